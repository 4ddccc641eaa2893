/* One runtime at work: gilscope-guard around a program, its standard input filled, its output cut into
 * lines, its log passed on.
 *
 * The guard is told to stop by the hang-up of a pipe that this side holds open. So the same thing happens
 * when a run is cancelled and when the server itself is killed: every descendant of the runtime ends.
 *
 * Everything happens on the loop and calls back from there. The child frees itself: after end() was
 * called, whoever started it must not use it any more. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "runs/relay.h"

typedef struct Child Child;

enum {
    CHILD_MAX_OUTPUT = 256 << 20, /* bytes of one child, with its log; its results are kept until it ends */
    CHILD_SHARE = 64 << 10,       /* bytes of its output that are read in a turn of the loop */
    CHILD_LEAVES_MS = 5000, /* from its last word to its end; an instant, unless the machine is very busy */
};

/* What the guard is told to allow the program; 0 or NULL: as much as the server itself has. */
typedef struct ChildLimits {
    int64_t cpu_seconds;    /* of each process, not of all together */
    int64_t max_file_bytes; /* of each file */
    int64_t max_processes;  /* and threads, all together, where the machine can count them */
    int64_t memory_bytes;   /* of all together, where max_processes holds and memory can be divided, too */
    const char *cpus;       /* a list as in "0-3,8" */
} ChildLimits;

typedef struct ChildSpec {
    const char *guard;   /* path of gilscope-guard */
    const char *program; /* the runtime: a path, or a name that is looked up on PATH */
    /* Its arguments, NULL at the end, which must live until child_start() returns; NULL: none. */
    const char *const *arguments;
    const char *input; /* for its standard input; copied */
    size_t input_length;
    bool keep_input; /* child_say() follows */
    /* For the log: the run's id, NULL where there is none; and the name of the runtime. Both are copied. */
    const char *run, *runtime;
    ChildLimits limits;

    /* One line of output without its newline, which the callee may change. Or, where lines may be long, what is
     * made of each and heard, see runs/relay.h. Neither is called after child_stop(). */
    void (*line)(void *data, char *line, size_t length);
    const RelayReader *reader; /* NULL: line() */
    /* All processes are gone and all output was seen. reason says in words what was wrong, as "died of signal
     * 11 (Segmentation fault)", or is NULL if the program ended by itself with status 0. Frees the child. */
    void (*end)(void *data, const char *reason);
    void *data;
} ChildSpec;

/* Starts it. Returns 0 and the child, which is freed by itself after end(); or a negative errno, and then
 * end() is not called. */
int child_start(uv_loop_t *loop, const ChildSpec *spec, Child **ret);

/* Writes a text, which must be a constant, to its standard input, which keep_input has left open. Once the
 * input is closed, nothing happens. */
void child_say(Child *child, const char *text);

/* Tells the guard to end everything. No further line is handed on from now on. end() follows when all
 * processes are gone, normally within milliseconds, and never from inside this call. Stopping twice is
 * like stopping once. */
void child_stop(Child *child);
