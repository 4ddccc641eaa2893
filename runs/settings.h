/* What the operator decides about runs. The server fills it in once at the start; it does not change. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plan/plan.h"

enum { SETTINGS_MAX_RUNTIMES = 16 };

/* How a runtime is started. Whether it can be, and what it offers, stands in its catalog. */
typedef struct RuntimeProgram {
    const char *name; /* by which requests and answers know it */
    char **words;     /* the program, and its arguments; NULL at the end */
    char *flaw;       /* why it cannot be started, if that is known already; NULL: it may be tried */
    bool optional;    /* nobody has asked for it: there is nothing wrong where it is not installed */
} RuntimeProgram;

typedef struct RunSettings {
    PlanLimits limits;
    int64_t max_queue;         /* runs that may wait behind the running ones */
    int64_t max_queue_address; /* of one address */
    int64_t max_queue_client;  /* of one client there */
    int64_t max_joined;        /* who may have asked for the same run */
    int64_t max_processes;     /* and threads of a run at once; 0: no limit */
    int64_t max_file_bytes;    /* of a file that a run writes; 0: no limit */
    int64_t origin_ports;      /* of the own slow origin; 0: none is started */
    int64_t tick_turns;        /* turns of the countdown that fill a tick, the model's unit of work */
    const json_t *allow; /* what fetch may reach besides the own origin: an array of "host:port" patterns */
    const char *guard;   /* path of gilscope-guard */
    const char *origin;  /* path of gilscope-origin */
    const RuntimeProgram *runtimes; /* all that may be used, installed or not; the first is gilscope-run */
    size_t n_runtimes;
} RunSettings;

/* Returns why the runtime cannot be started, as far as that is seen without trying it, owned by the caller;
 * NULL: nothing is known against it. Sets *ret_is_there to whether its program is. */
char *runtime_obstacle(const RuntimeProgram *runtime, bool *ret_is_there);

/* Returns the program of this name, or NULL. */
const RuntimeProgram *settings_runtime(const RunSettings *settings, const char *name);
