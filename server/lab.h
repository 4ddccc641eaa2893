/* What runs need, without HTTP: the other programs, the settings, the loop, the runtime's catalog, the
 * origin and the queue. The server answers requests with it, the preflight asks it once.
 *
 * The order of the calls is lab_init(), lab_ask() or lab_start(), lab_stop() if it was started, the loop
 * to its end, lab_finish(). */
#pragma once

#include <uv.h>

#include "runs/catalog.h"
#include "runs/class.h"
#include "runs/cpusets.h"
#include "runs/origin.h"
#include "runs/present.h"
#include "runs/queue.h"
#include "runs/settings.h"
#include "runs/survey.h"
#include "server/config.h"
#include "server/programs.h"

typedef struct Lab {
    uv_loop_t loop;
    char *guard, *origin_program; /* owned; their paths */
    Programs programs;            /* the runtimes; the first is gilscope-run */
    json_t *allow;                /* owned; fetch.allow as a list */
    Questions *questions;         /* owned; that may be answered before a run */
    RunSettings settings;         /* borrows from the config and from here */
    Cpusets *cpusets;
    Catalogs catalogs;
    Present present; /* of the catalogs */
    Origin *origin;
    bool cancelled; /* set from the loop while the lab starts: it ends its start as soon as it can */
    bool keeps;     /* runs are kept on disk, unless the settings say otherwise; set before lab_start() */
    Archive *archive;
    Board *board; /* ended by board_free(), when no run tells it anything any more */
    Class *class;
    Metrics metrics;
    Queue *queue;
    Survey *survey; /* of the runtimes other than the engine; it asks nobody before survey_begin() */
} Lab;

/* Finds the programs, takes over the settings and cuts the CPUs into sets; config must outlive the lab.
 * Returns 0, or -1 after it said on standard error what is missing or wrong. In any case lab_finish() ends
 * it. */
int lab_init(Lab *lab, const Config *config);

/* Asks the engine what it can do, which takes a moment and runs the loop, and whether it has what the
 * settings want of it, as the lock that they name. Returns 0, or -1 after it said on standard error what
 * is missing or wrong. */
int lab_ask(Lab *lab);

/* Behind lab_ask(): sets in the lab's own config what the settings leave to the runtime:
 * which lock is the usual one, and what the parameters of locks are. */
void lab_settle(Lab *lab, Config *config);

/* Does what lab_ask() does, starts the origin and waits until it is up or has failed, opens the archive
 * and makes the queue. Returns 0, or -1 as lab_ask() does, and then nothing was started. An origin or an
 * archive that does not work is no failure: runs do without. A start that is cancelled while the runtime is
 * asked says nothing and returns -1; later it only waits for the origin no longer. */
int lab_start(Lab *lab, const Config *config);

/* Behind lab_init(): whether the runtimes that the settings name can be started, as far as that is seen
 * without trying it. Returns 0, or -1 after it said on standard error what is wrong. */
int lab_check_runtimes(const Lab *lab, const Config *config);

/* Behind lab_start(): asks the runtimes other than the engine, and runs the loop until each of them has said
 * what it offers, or why it does not. */
void lab_await_runtimes(Lab *lab);

/* Ends what lab_start() began. The queue must be idle; the loop has to run until nothing is left on it. */
void lab_stop(Lab *lab);

/* When the loop has run to its end. */
void lab_finish(Lab *lab);

/* Says on standard error what went wrong, in the form of the log if that is JSON. Returns -1. */
int lab_complain(const char *what, const char *why);
int lab_complain_of_settings(const Problem *problem);
