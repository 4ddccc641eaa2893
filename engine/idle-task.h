/* What a task of idle does: it begins, waits until all are there, sleeps, wakes now and then, and ends. */
#pragma once

#include <semaphore.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/nsec.h"
#include "engine/experiment.h"

typedef struct IdleParams {
    int64_t wakeups_per_s, duration_ms, touch_stack_bytes, stack_bytes;
} IdleParams;

/* In memory that processes share. The semaphore is posted once for each task that may pass. */
typedef struct IdleGate {
    sem_t open;
    /* Tasks that have begun, and that have fallen asleep behind the gate. Looked at again and again. */
    atomic_uint n_begun, n_asleep;
} IdleGate;

/* What a thread has used when it looked. */
typedef struct IdleUsage {
    nsec_t at, cpu;
    uint64_t switches;
} IdleUsage;

typedef enum IdleStage { STAGE_NEW, STAGE_BEGUN, STAGE_ARRIVED, STAGE_ASLEEP, STAGE_DONE } IdleStage;

typedef struct IdleTask {
    IdleStage stage;
    pid_t pid;  /* of a task that is a process */
    Task *task; /* this one, for its timer */
    Timer timer;
    nsec_t until, next; /* when its sleep ends, and when it wakes next */
    uint64_t wakeups;
    IdleUsage before, after; /* its sleep; only if it is to wake */
} IdleTask;

/* The step of the experiment. */
Step idle_step(Loop *loop, Task *task, uint64_t ticks);

/* Its attend(): waits until all that are started have begun, notes the memory, and lets them through. */
void idle_attend(const Cell *cell, Arena *arena);
