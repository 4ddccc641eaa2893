/* Programs that run with one of their calls failing (fail-call.c), or with few descriptors, and what became
 * of them. Whatever they leave behind becomes a child of the test and is waited for: so one that never ends
 * fails the test by its time limit. */
#pragma once

#include "tests/faults/fail-call.h"

/* True in builds whose sanitizer has to be loaded first and takes the same calls for itself. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define FAULTS_CANNOT_BE_MADE true
#else
#define FAULTS_CANNOT_BE_MADE false
#endif

enum { MESON_SKIPPED = 77 };

typedef struct FaultRun {
    const char *program; /* its path */
    const char *words;   /* as a shell reads them */
    int call;            /* a FaultCall; -1: none is to fail */
    unsigned at;         /* which call of it, from 1 */
    unsigned nofile;     /* RLIMIT_NOFILE; 0: as it is, and calls are counted */
} FaultRun;

typedef struct FaultEnd {
    int status;            /* as of waitpid() */
    char *output, *errors; /* owned by the caller */
    FaultBook book;
} FaultEnd;

/* Runs it to its end, with nothing on standard input. */
FaultEnd fault_run(const FaultRun *run);
void fault_end_finish(FaultEnd *end);

#define auto_fault_end __attribute__((cleanup(fault_end_finish)))
