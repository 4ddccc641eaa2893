/* An archive in a folder of its own and a loop to drive it: each call here waits until the archive answered.
 */
#pragma once

#include <check.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "runs/archive.h"

typedef struct Keeper {
    char path[128];
    ArchiveSettings settings;
    uv_loop_t loop;
    Archive *archive; /* NULL: closed */
} Keeper;

/* With plenty of room, and its file in this folder. */
void keeper_init(Keeper *keeper, const char *folder);
void keeper_open(Keeper *keeper);
void keeper_close(Keeper *keeper);
void keeper_reopen(Keeper *keeper);

/* Closes it and removes the loop. */
void keeper_finish(Keeper *keeper);

/* What a writing call was answered with. */
typedef struct Kept {
    bool called, found, kept;
} Kept;
void note_kept(void *data, bool found, bool kept);

/* Runs the loop until what was noted is done. */
void keeper_settle(Keeper *keeper);

/* Run number i has an id that sorts by i, and is created i ms after 1970. */
#define ID_SIZE 32
const char *id_of(int i, char text[static ID_SIZE]);

Kept keep_begin(Keeper *keeper, int i, const char *experiment);
Kept keep_words(Keeper *keeper, int i, const char *owner, AskWords words);
Kept keep_ask(
    Keeper *keeper, int i, const char *owner, const char *label, const char *prediction); /* no question */
Kept keep_change(Keeper *keeper, int i, const char *status);
/* With the three texts {"number": i}, "events i" and "trace i". */
Kept keep_finish(Keeper *keeper, int i, const char *status);
/* With a run of that many letters that cannot be packed well, different for each i. */
Kept keep_large(Keeper *keeper, int i, size_t size);
Kept keep_relabel(Keeper *keeper, int i, const char *owner, const char *label);
Kept keep_remove(Keeper *keeper, int i);
Kept keep_note(Keeper *keeper, const char *name, const char *text);
/* Asserts that there is this text under the name (NULL: nothing), as the archive was opened. */
void assert_note(Keeper *keeper, const char *name, const char *text);
/* Removes all finished runs. Returns whether the archive says so, and sets *ret to how many it says there
 * were.
 */
bool keep_nothing(Keeper *keeper, int64_t *ret);

/* Begins, and finishes as done. Asserts that it is kept, or that it is not. */
void keep_whole(Keeper *keeper, int i, bool kept);

/* The run's text of a kind, or NULL; owned by the caller. */
char *kept_text(Keeper *keeper, int i, unsigned kind);
/* Why the run or one of these texts of it cannot be read; owned by the caller, NULL if it can. */
char *why_unreadable(Keeper *keeper, int i, unsigned kinds);
/* The numbers of the runs that a list of all names as unreadable, as of kept_numbers(). */
char *unreadable_numbers(Keeper *keeper);
/* A new reference to what lists show of it, or NULL if there is no such run. */
json_t *kept_summary(Keeper *keeper, int i, const char *owner);
/* What it is; asserts that there is such a run. */
void assert_status(Keeper *keeper, int i, const char *status);
void assert_large(Keeper *keeper, int i, size_t size);
void assert_absent(Keeper *keeper, int i);

/* A new reference to a page; *ret_more may be NULL. */
json_t *kept_page(Keeper *keeper, const ArchiveFilter *filter, bool *ret_more);
/* The numbers of the runs on a page, as "12 11 3", owned by the caller. */
char *kept_numbers(Keeper *keeper, const ArchiveFilter *filter);

/* Asserts that a list of all runs shows these. */
void assert_all_numbers(Keeper *keeper, const char *numbers);

/* Asserts what the archive says of itself; NULL: nothing. */
void assert_trouble(const Keeper *keeper, const char *words);
void assert_notice(const Keeper *keeper, const char *words);
