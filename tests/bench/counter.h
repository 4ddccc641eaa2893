/* Instructions instead of time: on a busy or a small machine a difference of some per cent does not show in
 * any time, but the number of instructions is the same in every run. They are counted by perf, where the
 * machine lets it, or else by valgrind (callgrind). Only what a program itself does is counted, not what the
 * kernel does for it; and an instruction that waits for memory counts like any other. So they decide only
 * where the time cannot. */
#pragma once

#include <stddef.h>

enum { COUNTER_WORDS = 12 };

typedef struct Counter {
    const char *words[COUNTER_WORDS]; /* what a command is to begin with, ended by NULL */
    char *file, *option;              /* the counter's own */
} Counter;

/* Prepares for one command. Returns 0, or the result of bench_fail() where nothing here can count. */
int counter_begin(Counter *counter);

/* After the command has ended: sets the number of instructions of it and of all that it started, and frees
 * the rest. Returns 0 or the result of bench_fail(). */
int counter_end(Counter *counter, double *ret);
