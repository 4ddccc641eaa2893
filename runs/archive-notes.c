/* There is a handful of names, all of them in the program: a list that is searched will do. */
#include "runs/archive-notes.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

Note *notes_find(const Notes *notes, const char *name)
{
    Note *note;

    LIST_FOREACH (note, notes, link)
        if (strcmp(note->name, name) == 0)
            return note;
    return NULL;
}

Note *notes_set(Notes *notes, const char *name, const char *text)
{
    Note *note = notes_find(notes, name);

    if (!note) {
        note = calloc(1, sizeof(*note));
        assert(note);
        note->name = text_copy(name);
        LIST_INSERT_HEAD(notes, note, link);
    }
    text_replace(&note->text, text);
    note->saved = false;
    return note;
}

void notes_lose(Notes *notes)
{
    Note *note;

    LIST_FOREACH (note, notes, link)
        note->saved = false;
}

void notes_finish(Notes *notes)
{
    Note *note;

    while ((note = LIST_FIRST(notes))) {
        LIST_REMOVE(note, link);
        free(note->name);
        free(note->text);
        free(note);
    }
}
