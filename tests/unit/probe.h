/* An experiment that watches its own run: it does every kind of step an experiment can do, and counts how
 * often it found another thread inside. Not in the registry; tests put it into a cell by hand. */
#pragma once

#include "engine/experiment.h"

typedef struct ProbeParams {
    int64_t steps;  /* how many a task makes before it is done */
    int64_t script; /* letters of the steps in turn, as bits: see probe_script() */
    int crash_task; /* this task kills its process in its second step; -1: none */
    int fail_task;  /* this task fails in its second step; -1: none */
    int wrong_task; /* this task's answer is wrong; -1: none */
} ProbeParams;

typedef struct ProbeState {
    uint32_t steps;
    uint32_t collisions; /* steps that found another thread inside */
    uint32_t more, awaits, timers, watches, detached;
    bool outside;        /* the step that comes runs outside the lock */
    bool awaits_outside; /* and awaits there */
    int event_fd;
    Timer timer;
    Watch watch;
    Task *task;
} ProbeState;

extern const Experiment experiment_probe;

/* A cell of the probe; steps of the kinds in script ("m" more, "a" await, "t" timer, "w" watch, "d"
 * detached, "o" detached with an await outside), which is repeated. */
Cell probe_cell(
    const Mode *mode, const LockPolicy *lock, uint32_t n_tasks, int64_t steps, const char *script);
