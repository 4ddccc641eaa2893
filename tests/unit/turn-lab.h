/* A run of runtimes that are scripts (tests/api/turning-runtime.sh), each named after what it does, under the
 * real guard and without a server: for tests of who measures when, and of what becomes of a run when one of
 * them misbehaves. */
#pragma once

#include "runs/run-work.h"

enum { TURN_LAB_MAX = 3, TURN_LAB_PATIENCE_S = 50 };

/* How a run is asked for; what is 0 or false is as little as there can be. */
typedef struct TurnAsk {
    int repeat, warmup;
    int precision, max_repeat;
    int timeout_ms; /* 0: more than any test takes */
    bool traced;
} TurnAsk;

/* From turn_lab_make() to turn_lab_finish(), in a folder of its own, which is the current one meanwhile. */
typedef struct TurnLab {
    char folder[64];
    uv_loop_t loop;
    char *script;
    char *words[TURN_LAB_MAX][3];
    RuntimeProgram programs[TURN_LAB_MAX];
    Catalogs catalogs;
    RunSettings settings;
    Origin *origin;
    Run *run; /* two cells of each runtime, numbered as a grid numbers them: the mode varies fastest */
    bool over;
} TurnLab;

/* names end with NULL. */
void turn_lab_make(TurnLab *lab, const char *const *names, TurnAsk ask);

/* Starts the run and waits until it is over; or only starts it, and then waits. Asserts that no child is
 * left.
 */
void turn_lab_run(TurnLab *lab);
void turn_lab_start(TurnLab *lab);
void turn_lab_wait(TurnLab *lab);

/* Lets the loop run until a file of this name is in the folder. */
void turn_lab_wait_for_file(TurnLab *lab, const char *name);

/* Makes a file of this name in the folder. */
void turn_lab_touch(const char *name);

/* The run as JSON, a new object. */
json_t *turn_lab_json(const TurnLab *lab);

/* Asserts that no process is left, and removes the folder. */
void turn_lab_finish(TurnLab *lab);
