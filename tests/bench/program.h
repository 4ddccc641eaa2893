/* Other programs as contenders start them: by an array of arguments, without a shell, so that what is
 * measured is the program. They end with the benchmark, however that ends. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/nsec.h"

typedef struct Program {
    pid_t pid; /* 0: none */
    int input; /* our end of its standard input; the origin lives as long as it is open */
    int output;
    bool is_group; /* it is to be ended with all that it started: it stands behind a wrapper */
} Program;

/* Returns the path of a program of the build tree, for good. Of one that is not there it is the name alone,
 * which then does not start. */
const char *program_path(const char *folder, const char *name);

/* Starts it with both outputs: standard output to us, standard error to nowhere, except where the environment
 * has GILSCOPE_BENCH_ERRORS. arguments[0] is looked up on PATH, and the array ends in NULL. Returns 0 or the
 * result of bench_fail(). */
int program_start(Program *program, const char *const arguments[]);

/* The same behind the words of a wrapper, which ends with it; NULL: there is none. */
int program_start_behind(Program *program, const char *const wrapper[], const char *const arguments[]);

/* Reads its output up to the end of a line. Returns 0 with the line, without its end, or the result of
 * bench_fail(). */
int program_read_line(Program *program, char *line, size_t size);

/* Asks it to end, and waits; after ten seconds it is killed. One that is not there is passed over. */
void program_stop(Program *program);

/* The CPU time that it has used so far, of all its threads. */
nsec_t program_cpu(const Program *program);

/* Runs it to its end, with the text as its input (NULL: none). Returns 0 and sets *ret_output (owned by the
 * caller; NULL: not wanted), or the result of bench_fail() where its status is not 0. */
int program_run(const char *const arguments[], const char *input, char **ret_output);

/* Runs a bare program that prints BENCH_FIGURES or fewer numbers in one line, and reads them. Returns how
 * many, or the result of bench_fail(). */
int program_run_figures(const char *const arguments[], double *figures);
