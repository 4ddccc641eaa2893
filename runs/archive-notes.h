/* The notes of an archive: a few short texts, each under a name. All of them are in memory, whether or not
 * the disk has them, so one that was lost with its file is written to the next. */
#pragma once

#include <stdbool.h>
#include <sys/queue.h>

typedef struct Note {
    LIST_ENTRY(Note) link;
    char *name, *text; /* owned */
    bool saved;        /* the disk has it as it is */
} Note;

typedef LIST_HEAD(Notes, Note) Notes;

/* The note of this name; NULL: none. */
Note *notes_find(const Notes *notes, const char *name);

/* Sets the text of a note, which is made if need be, and returns it, not saved. Texts are copied. */
Note *notes_set(Notes *notes, const char *name, const char *text);

/* The disk has none of them any more. */
void notes_lose(Notes *notes);

void notes_finish(Notes *notes);
