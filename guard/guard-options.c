/* One table of options feeds the parsing, the error lines and the help, so the three cannot disagree. A row
 * without a value name is a switch; the others are whole numbers within a range, given as --name=value. */
#include "guard/guard-options.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"

typedef struct OptionRow {
    const char *name;
    const char *value; /* what the help calls the value; NULL for a switch */
    int64_t min, max;
    const char *help;
} OptionRow;

static const OptionRow rows[N_GUARD_OPTIONS] = {
    [GUARD_CLEAN_ENV] = {"clean-env", NULL, 0, 0, "pass on only a few harmless environment variables"},
    [GUARD_CPU_SECONDS] = {"cpu-seconds", "N", 1, 31536000, "CPU time of each process, then SIGXCPU"},
    [GUARD_FILE_SIZE] = {"file-size", "BYTES", 0, INT64_C(1000000000000000), "largest file to be written"},
    [GUARD_HANGUP_FD] = {"hangup-fd", "FD", 3, 1048576, "pipe or socket whose other end is the owner's life"},
    [GUARD_HELP] = {"help", NULL, 0, 0, "show this text"},
    [GUARD_NOFILE] = {"nofile", "N", 16, 1048576, "open descriptors of each process"},
    [GUARD_OOM_SCORE_ADJ] = {"oom-score-adj", "N", -1000, 1000, "1000: first to go when memory runs out"},
    [GUARD_VERSION] = {"version", NULL, 0, 0, "show the version"},
};

static int refuse_value(const OptionRow *row, const char *value)
{
    fprintf(stderr, "gilscope-guard: --%s=%s: must be a whole number from %" PRId64 " to %" PRId64 "\n",
        row->name, value, row->min, row->max);
    return -EINVAL;
}

static int read_value(const OptionRow *row, const char *value, int64_t *ret)
{
    if (!row->value && !value)
        return 0;
    if (!row->value) {
        fprintf(stderr, "gilscope-guard: --%s=%s: takes no value\n", row->name, value);
        return -EINVAL;
    }
    if (!value) {
        fprintf(
            stderr, "gilscope-guard: --%s: needs a value, as in --%s=%s\n", row->name, row->name, row->value);
        return -EINVAL;
    }
    int64_t number;

    if (number_parse(value, strlen(value), &number) < 0 || number < row->min || number > row->max)
        return refuse_value(row, value);
    *ret = number;
    return 0;
}

static int read_option(GuardOptions *options, const char *argument)
{
    const char *name = argument + 2, *equals = strchr(name, '=');
    size_t length = equals ? (size_t)(equals - name) : strlen(name);

    for (int i = 0; i < N_GUARD_OPTIONS; i++) {
        if (strlen(rows[i].name) != length || strncmp(rows[i].name, name, length) != 0)
            continue;
        options->option[i].given = true;
        return read_value(&rows[i], equals ? equals + 1 : NULL, &options->option[i].value);
    }
    fprintf(stderr, "gilscope-guard: %s: unknown option, see --help\n", argument);
    return -EINVAL;
}

int guard_options_parse(GuardOptions *options, char **argv)
{
    *options = (GuardOptions){.program = argv};
    if (*argv)
        argv++;
    for (; *argv && strncmp(*argv, "--", 2) == 0 && (*argv)[2] != '\0'; argv++)
        if (read_option(options, *argv) < 0)
            return -EINVAL;
    if (*argv && **argv == '-' && strcmp(*argv, "--") != 0) {
        fprintf(stderr, "gilscope-guard: %s: unknown option, see --help\n", *argv);
        return -EINVAL;
    }
    if (*argv && **argv == '-')
        argv++;
    options->program = argv;
    if (*argv || options->option[GUARD_HELP].given || options->option[GUARD_VERSION].given)
        return 0;
    fprintf(stderr, "gilscope-guard: no PROGRAM given, see --help\n");
    return -EINVAL;
}

void guard_options_help(void)
{
    printf("Usage: gilscope-guard [OPTIONS] -- PROGRAM [ARGUMENTS]\n\n"
           "Runs PROGRAM confined. When it ends, or when the guard is told to stop by SIGTERM, SIGINT,\n"
           "SIGHUP or SIGQUIT or by a hang-up of --hangup-fd, every descendant is killed and reaped.\n"
           "Limits only ever tighten: the smaller of what is given and what is in force holds.\n\n");
    for (int i = 0; i < N_GUARD_OPTIONS; i++) {
        char range[64] = "", usage[40];

        if (rows[i].value)
            snprintf(range, sizeof(range), " (%" PRId64 " to %" PRId64 ")", rows[i].min, rows[i].max);
        snprintf(usage, sizeof(usage), "--%s%s%s", rows[i].name, rows[i].value ? "=" : "",
            rows[i].value ? rows[i].value : "");
        printf("  %-20s %s%s\n", usage, rows[i].help, range);
    }
    printf("\nExit status: that of PROGRAM, or 128 + N when signal N ended it; 143 told to stop;\n"
           "125 bad usage or the guard itself failed; 126 PROGRAM cannot be executed; 127 not found.\n");
}
