/* One table of options feeds the parsing, the error lines and the help, so the three cannot disagree. A value
 * is given as --name=value. */
#include "guard/guard-options.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/cpulist.h"
#include "base/near.h"
#include "base/number.h"

typedef enum OptionType {
    OPTION_SWITCH, /* has no value */
    OPTION_NUMBER, /* a whole number within the range of its row */
    OPTION_CPUS,   /* a list of usable CPUs */
} OptionType;

typedef struct OptionRow {
    const char *name;
    OptionType type;
    const char *value; /* what the help calls the value; NULL for a switch */
    int64_t min, max;
    const char *help;
} OptionRow;

#define SWITCH OPTION_SWITCH, NULL, 0, 0
#define NUMBER(value, min, max) OPTION_NUMBER, value, min, max

static const OptionRow rows[N_GUARD_OPTIONS] = {
    [GUARD_CLEAN_ENV] = {"clean-env", SWITCH, "pass on only a few harmless environment variables"},
    [GUARD_CPU_SECONDS] = {"cpu-seconds", NUMBER("N", 1, 31536000), "CPU time of each process, then SIGXCPU"},
    [GUARD_CPUS] = {"cpus", OPTION_CPUS, "LIST", 0, 0, "the CPUs to run on, as in 0-3,8"},
    [GUARD_FILE_SIZE] = {"file-size", NUMBER("BYTES", 0, INT64_C(1000000000000000)),
        "largest file to be written"},
    [GUARD_HANGUP_FD] = {"hangup-fd", NUMBER("FD", 3, 1048576),
        "pipe or socket whose other end is the owner's life"},
    [GUARD_HELP] = {"help", SWITCH, "show this text"},
    [GUARD_MEMORY_MAX] = {"memory-max", NUMBER("BYTES", 1, INT64_C(1000000000000000)),
        "memory of all together, see below"},
    [GUARD_NOFILE] = {"nofile", NUMBER("N", 16, 1048576), "open descriptors of each process"},
    [GUARD_OOM_SCORE_ADJ] = {"oom-score-adj", NUMBER("N", -1000, 1000),
        "1000: first to go when memory runs out"},
    [GUARD_PIDS_MAX] = {"pids-max", NUMBER("N", 1, 4194304), "processes and threads at once, see below"},
    [GUARD_VERSION] = {"version", SWITCH, "show the version"},
};

__attribute__((format(printf, 3, 4))) static int refuse_value(
    const OptionRow *row, const char *value, const char *format, ...)
{
    va_list arguments;

    fprintf(stderr, "gilscope-guard: --%s=%s: ", row->name, value);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    return -EINVAL;
}

static int option_read_number(const OptionRow *row, const char *value, int64_t *ret)
{
    int64_t number;

    if (number_parse(value, strlen(value), &number) < 0 || number < row->min || number > row->max)
        return refuse_value(
            row, value, "must be a whole number from %" PRId64 " to %" PRId64, row->min, row->max);
    *ret = number;
    return 0;
}

/* CPUs that this process may not use are refused. sched_setaffinity() would drop them silently, and a run
 * would be measured on fewer CPUs than its cells say. */
static int option_read_cpus(const OptionRow *row, const char *value, cpu_set_t *ret)
{
    auto_free char *allowed = NULL;
    cpu_set_t usable, chosen;

    if (cpulist_parse(value, &chosen) < 0)
        return refuse_value(
            row, value, "must be a list of CPU numbers from 0 to %d, as in 0-3,8", CPU_SETSIZE - 1);
    if (sched_getaffinity(0, sizeof(usable), &usable) < 0)
        return refuse_value(row, value, "cannot be compared with the usable CPUs: %s", strerror(errno));
    allowed = cpulist_text(&usable);
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET(cpu, &chosen) && !CPU_ISSET(cpu, &usable))
            return refuse_value(row, value, "CPU %d is not usable, only %s", cpu, allowed);
    *ret = chosen;
    return 0;
}

static int option_read_value(
    const OptionRow *row, const char *value, GuardOptions *options, GuardOption *option)
{
    option->given = true;
    if (row->type == OPTION_SWITCH)
        return value ? refuse_value(row, value, "takes no value") : 0;
    if (!value) {
        fprintf(
            stderr, "gilscope-guard: --%s: needs a value, as in --%s=%s\n", row->name, row->name, row->value);
        return -EINVAL;
    }
    if (row->type == OPTION_CPUS)
        return option_read_cpus(row, value, &options->cpus);
    return option_read_number(row, value, &option->value);
}

static int option_refuse(const char *argument)
{
    const char *name = argument + strspn(argument, "-");
    auto_free char *bare = strndup(name, strcspn(name, "="));
    Near near;

    near_begin(&near, bare);
    for (int i = 0; i < N_GUARD_OPTIONS; i++)
        near_offer(&near, rows[i].name);
    near_refuse_option("gilscope-guard", argument, &near);
    return -EINVAL;
}

static int option_read(GuardOptions *options, const char *argument)
{
    const char *name = argument + 2, *equals = strchr(name, '=');
    size_t length = equals ? (size_t)(equals - name) : strlen(name);

    /* Abbreviations are not taken: a script that uses one would break with the next option. */
    for (int i = 0; i < N_GUARD_OPTIONS; i++) {
        if (strlen(rows[i].name) != length || strncmp(rows[i].name, name, length) != 0)
            continue;
        return option_read_value(&rows[i], equals ? equals + 1 : NULL, options, &options->option[i]);
    }
    return option_refuse(argument);
}

int guard_options_parse(GuardOptions *options, char **argv)
{
    *options = (GuardOptions){.program = argv};
    if (*argv)
        argv++;
    /* Options end at the first word that is none, or at "--" behind which even a program whose name
     * begins with a hyphen is one. */
    for (; *argv && strncmp(*argv, "--", 2) == 0 && (*argv)[2] != '\0'; argv++)
        if (option_read(options, *argv) < 0)
            return -EINVAL;
    if (*argv && **argv == '-' && strcmp(*argv, "--") != 0)
        return option_refuse(*argv);
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

        if (rows[i].type == OPTION_NUMBER)
            snprintf(range, sizeof(range), " (%" PRId64 " to %" PRId64 ")", rows[i].min, rows[i].max);
        snprintf(usage, sizeof(usage), "--%s%s%s", rows[i].name, rows[i].value ? "=" : "",
            rows[i].value ? rows[i].value : "");
        printf("  %-20s %s%s\n", usage, rows[i].help, range);
    }
    printf("\n--pids-max makes a pids control group below our own and removes it in the end. PROGRAM runs\n"
           "without this limit where there is no such group, where it is not ours to divide, or where it is\n"
           "one of version 2 whose pids controller is not handed on to groups below. --memory-max is a\n"
           "further limit of such a group of version 2, where the memory controller is handed on, too.\n");
    printf("\nExit status: that of PROGRAM, or 128 + N when signal N ended it; 143 told to stop;\n"
           "125 bad usage or the guard itself failed; 126 PROGRAM cannot be executed; 127 not found.\n");
}
