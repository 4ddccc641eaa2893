/* A run as a text, for one reader or for many. A run can have megabytes, and then parsing it, choosing what
 * the reader may see, and writing it takes longer than others may wait for an answer: so it is done off the
 * loop, in the line of heavy.h. A small one is made at once.
 *
 *     a run in the archive   run_text_new ─► run_text_wait ─► archive_get ─► run_text_make ─► made
 *     one that has ended     run_text_new ─────────────────────────────────► run_text_make ─► made
 *     one that goes on       run_text_new ─► run_text_wait ─► run_picture_take ─► run_text_make ─► made
 *
 * A large text is in memory once for all who read the same words at the same time, however slow they are. All
 * of them together may be limits.max_unread_bytes long; beyond that a further one is refused.
 *
 * All of it belongs to the thread of the loop, but for write(). */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/shared.h"
#include "handlers/app.h"
#include "results/format.h"
#include "runs/run-picture.h"
#include "runs/run-view.h"

typedef struct RunText RunText;
struct RunText {
    /* What it is made of; all of it is owned, and any of it may be NULL. */
    json_t *object;      /* the run; or */
    char *run;           /* the same, as the archive has it */
    char *other;         /* its events or its trace there */
    RunPicture *picture; /* or as it is while it goes on, see run_text_picture() */
    const char *ended;   /* static; the name of its last event */
    RunView view;        /* set by run_text_see() */

    /* What it is to be: texts of the same run, kind, number and view are the same. kind is static. */
    const char *kind;
    uint64_t number;

    /* Returns the text, held by the caller, or NULL if it cannot be made. run is the run as the reader sees
     * it; NULL if it cannot be read or was not given. Called once, from a thread or from the loop. */
    Shared *(*write)(const RunText *text, const json_t *run);

    /* How it ended; the text is freed after the call. shared is NULL if it cannot be made, or was refused;
     * who wants it for longer holds it. */
    void (*made)(void *data, const RunText *text, Shared *shared);
    void *data;
    bool refused;

    /* run-text.c's own. */
    App *app;
    char *id, *key, *moment, *owner, *trouble;
    size_t size;
    bool has_turn;
    void (*turn)(void *data);
    HeavyWork heavy;
    uv_work_t work;
    Shared *result;
};

/* Returns one without content, whose end is told to made(data, text, shared). */
RunText *run_text_new(
    App *app, const char *id, void (*made)(void *data, const RunText *text, Shared *shared), void *data);

/* Calls turn(data) when it may be read from the archive, from inside or later. */
void run_text_wait(RunText *text, void (*turn)(void *data));

/* Whether somebody reads a large text of the same run, so that it is worth asking run_text_share(). */
bool run_text_is_read(const RunText *text);

/* Takes the text that somebody reads, if it is the same: then made() is called, and true returned. The
 * content is not needed for this, but what it is to be, and the view. */
bool run_text_share(RunText *text);

/* Takes the view over, in the place of the one before, with copies of what it borrows. */
void run_text_see(RunText *text, RunView view);

/* Takes a picture of a run that goes on as its content. It is worth waiting for a turn before, if the run is
 * large: then no more pictures than turns are in memory. */
void run_text_picture(RunText *text, const Run *run);

/* Whether something of this size is made off the loop. */
bool run_text_is_large(size_t size);

/* What is seen says that it is not on disk, and why (copied; NULL: nobody knows). */
void run_text_not_kept(RunText *text, const char *trouble);

/* Says what it is to be: an answer in this format, or an event of this name (static) and number. */
void run_text_as_answer(RunText *text, ResultFormat format);
void run_text_as_event(RunText *text, const char *name, uint64_t number);

/* Makes it, of something of this size, about; made() may be called from inside. */
void run_text_make(RunText *text, size_t size);

/* Nothing is to be made after all; made() is not called. */
void run_text_cancel(RunText *text);

/* Returns the answer with what became of a text that was to be an answer: the text itself, or why there is
 * none. */
Response *run_text_answer(const RunText *text, int status, Shared *shared);

/* The same where there is no text. */
Response *run_text_failure(const RunText *text);
