/* What gilscope-guard can be told on its command line. */
#pragma once

#include <sched.h>
#include <stdbool.h>
#include <stdint.h>

enum GuardOptionName {
    GUARD_CLEAN_ENV,
    GUARD_CPU_SECONDS,
    GUARD_CPUS,
    GUARD_FILE_SIZE,
    GUARD_HANGUP_FD,
    GUARD_HELP,
    GUARD_MEMORY_MAX,
    GUARD_NOFILE,
    GUARD_OOM_SCORE_ADJ,
    GUARD_PIDS_MAX,
    GUARD_VERSION,
    N_GUARD_OPTIONS,
};

typedef struct GuardOption {
    bool given;
    int64_t value; /* within the range of its row; 0 if not given, or no number */
} GuardOption;

typedef struct GuardOptions {
    GuardOption option[N_GUARD_OPTIONS];
    cpu_set_t cpus; /* of --cpus: some of those that this process may use; unset if not given */
    char **program; /* borrowed from argv: the program, its arguments and NULL; empty for help and version */
} GuardOptions;

/* Reads the command line. Returns 0, or -EINVAL after one line on standard error that names the option, its
 * value and what is allowed. A program must be there unless help or version is asked for. */
int guard_options_parse(GuardOptions *options, char **argv);

/* Writes the help text to standard output. */
void guard_options_help(void);
