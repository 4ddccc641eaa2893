/* What a table cannot say. A note that is true of many cells is said once, with their names: sixty cells that
 * were cancelled need one line. What the lesson has said is not said again.
 *
 * Every text goes through a paragraph, which breaks and cleans it, so nothing here writes to the file by
 * itself but line breaks. */
#include "results/prose.h"

#include <ctype.h>
#include <string.h>

#include "base/array.h"
#include "results/expected.h"
#include "results/plain.h"
#include "results/runtimes.h"
#include "results/sentences.h"
#include "results/words.h"

#define NOTE_WIDTH 500
#define MOST_LABELS 4

/* Settings that are null say nothing and are left out. */
void prose_title(const Prose *prose, const char *title, const ResultCells *cells)
{
    auto_axes Axes fixed = axes_fixed(cells);
    auto_words Words words = {0};
    const char *clean = words_keep(&words, plain_clean(title, prose->markdown));
    Paragraph paragraph = {.prose = prose, .indent = "  "};

    paragraph_add(&paragraph, "", prose->markdown ? words_printf(&words, "**%s**", clean) : clean);
    for (size_t i = 0; i < fixed.n && cells->n > 0; i++) {
        const Axis *axis = &fixed.at[i];
        const ResultCell *first = axis_first(axis, cells);

        if (axis_is_set(axis, first))
            paragraph_add_setting(&paragraph, axis->name, words_keep(&words, axis_text(axis, first)));
    }
    paragraph_end(&paragraph);
}

/* A fault of all 80 cells is in the lesson, in the run's reason and in that of each cell. A reader who meets
 * it three times looks for the difference. */
static bool prose_is_said(const Prose *prose, const char *text)
{
    return prose->said && strstr(prose->said, text);
}

/* A run that is done says nothing of its status: that is what everybody expects. */
void prose_heading(const Prose *prose, const ResultRun *run)
{
    const char *status = result_status_name(run->status);
    const char *reason = run->reason && !prose_is_said(prose, run->reason) ? run->reason : NULL;
    auto_words Words words = {0};
    const char *repetitions = sentence_repetitions(&words, run);
    const char *precision = sentence_precision(&words, &run->precision);

    prose_title(prose, run->experiment ? run->experiment : "run", &run->cells);
    if (run->label)
        paragraph_write(prose, "\n", "  ", "label: %s", run->label);
    expected_write(prose, run);
    if (repetitions)
        paragraph_write(prose, "\n", "  ", "%s", repetitions);
    if (precision)
        paragraph_write(prose, "\n", "  ", "Precision: %s", precision);
    if (status && run->status != RESULT_DONE)
        paragraph_write(
            prose, "\n", "  ", "Run status: %s%s%s", status, reason ? ": " : "", reason ? reason : "");
    if (run->lesson) {
        fputs("\n", prose->file);
        paragraph_write(prose, "", "", "%s", run->lesson);
    }
}

/* What has to be said about a cell, or NULL. The reason why a cell failed is more than a hint, so it comes
 * first. */
static const char *note_of(Words *words, const ResultCell *cell)
{
    if (cell->reason)
        return words_keep(words, plain_cut(strdup(cell->reason), NOTE_WIDTH));
    if (cell->scaling.hint)
        return words_printf(words, "cannot tell, %s", cell->scaling.hint);
    return cell->relative.hint ? words_printf(words, "cannot tell, %s", cell->relative.hint) : NULL;
}

/* "threads lock=gil, processes lock=gil and 3 more" Four names are enough to find such cells in the table,
 * and sixty would be longer than it. A value may have commas of its own, and then they do not separate. */
const char *prose_labels(Words *words, const json_t *labels)
{
    const char *text = "", *gap = ", ";
    size_t i;
    json_t *label;

    json_array_foreach (labels, i, label) {
        if (strchr(json_string_value(label), ','))
            gap = "; ";
    }
    json_array_foreach (labels, i, label) {
        if (i < MOST_LABELS)
            text = words_join(words, text, gap, json_string_value(label));
    }
    return i > MOST_LABELS ? words_printf(words, "%s and %zu more", text, i - MOST_LABELS) : text;
}

/* What all notes have in common from their first semicolon on: what would help one cell helps most of them.
 * NULL if there is one note only, or if they differ. */
static const char *prose_common_end(json_t *notes)
{
    const char *note, *common = NULL;
    json_t *labels;

    json_object_foreach (notes, note, labels) {
        const char *end = json_array_size(labels) > 0 ? strstr(note, "; ") : NULL;

        if (!end || (common && strcmp(common, end) != 0))
            return NULL;
        common = end;
    }
    return json_object_size(notes) > 1 ? common : NULL;
}

/* An object serves as a map from the text of a note to the cells it is true of, and keeps the order in which
 * the notes came. */
static void prose_write_notes(const Prose *prose, const ResultCells *cells, const Axes *varying,
    const char *(*text_of)(Words *words, const ResultCell *cell))
{
    json_auto_t *notes = json_object(); /* note: the labels of the cells it is about */
    auto_words Words words = {0};
    const char *note, *common;
    json_t *labels;

    for (size_t i = 0; i < cells->n; i++) {
        const char *text = text_of(&words, cells->at[i]);

        if (!text || prose_is_said(prose, text))
            continue;
        if (!json_object_get(notes, text))
            json_object_set_new(notes, text, json_array());
        json_array_append_new(
            json_object_get(notes, text), json_string(words_keep(&words, axes_label(varying, cells->at[i]))));
    }
    if (json_object_size(notes) > 0)
        fputs("\n", prose->file);
    common = prose_common_end(notes);
    json_object_foreach (notes, note, labels) {
        size_t length = strlen(note) - (common ? strlen(common) : 0);

        paragraph_write(prose, "- ", "  ", "%s: %.*s", prose_labels(&words, labels), (int)length, note);
    }
    if (common)
        paragraph_write(prose, "- ", "  ", "all of these: %s", common + strlen("; "));
}

void prose_notes(const Prose *prose, const ResultCells *cells, const Axes *varying)
{
    prose_write_notes(prose, cells, varying, note_of);
}

/* A list of its own above the notes on cells: what is not in the table cannot be missed in it. */
void prose_runtimes(const Prose *prose, const ResultRun *run)
{
    auto_words Words words = {0};
    size_t n = 0, i;
    json_t *item;

    for (i = 0; i < run->n_runtimes; i++) {
        const char *lost = runtimes_lost_words(&words, &run->runtimes[i]);

        if (!lost)
            continue;
        if (n++ == 0)
            fputs("\n", prose->file);
        paragraph_write(prose, "- ", "  ", "%s", lost);
    }
    json_array_foreach (run->left_out, i, item) {
        if (n++ == 0)
            fputs("\n", prose->file);
        paragraph_write(prose, "- ", "  ", "left out: %s", runtimes_left_out_words(&words, item));
    }
}

void prose_models(const Prose *prose, const ResultCells *cells, const Axes *varying)
{
    prose_write_notes(prose, cells, varying, sentence_model);
}

static const char *prose_crowd_of(Words *words, const ResultCell *cell)
{
    (void)words;
    return cell->inside.text;
}

void prose_crowds(const Prose *prose, const ResultCells *cells, const Axes *varying)
{
    prose_write_notes(prose, cells, varying, prose_crowd_of);
}

/* A word that stands in the lesson or over a column, and what it means. */
static const struct {
    const char *term, *means;
    enum {
        TERM_WORD,
        TERM_COLUMN,
        TERM_OF_WORK, /* a column, of runtimes that did different work */
    } kind;
} terms[] = {
    {"wall",
        "wall: not to be compared between runtimes, whose work differs in size; x serial can be, as each is "
        "held against the serial time of its own runtime",
        TERM_OF_WORK},
    {"x serial",
        "x serial: the time over that of serial; the verdict is same if its whole interval is within 5 % of "
        "1, "
        "else faster or slower if all of it is below or above 1, else cannot tell",
        TERM_COLUMN},
    {"model/real",
        "model/real: what the model's cell took of its own serial time, over the same of this cell; it "
        "agrees if "
        "the whole interval of the quotient is within 10 % of 1, differs if all of it is outside",
        TERM_COLUMN},
    {"interval", "interval: that of the median wall time, not of a ratio", TERM_COLUMN},
    {"ideal", "ideal: what a machine without any cost of its own would need", TERM_COLUMN},
    {"cell", "cell: a row of the table", TERM_WORD},
    {"turns_per_tick",
        "turn: one pass of the loop; turns_per_tick of them make a tick, a small step of the interpreter",
        TERM_WORD},
    {"tick", "tick: a small step of the interpreter, some nanoseconds", TERM_WORD},
    {"switch interval", "switch interval: how long a thread waits for the lock before it asks for it",
        TERM_WORD},
    {"hog", "hog: a task that only computes", TERM_WORD},
};

/* Whether a text has the term or its plural; "ticket" is no tick, and neither is turns_per_tick. */
static bool term_is_used(const char *used, const char *term)
{
    for (const char *at = used; (at = strstr(at, term)); at++) {
        char before = at > used ? at[-1] : ' ', next = at[strlen(term)];

        if (!isalnum((unsigned char)before) && before != '_' &&
            (!islower((unsigned char)next) || next == 's'))
            return true;
    }
    return false;
}

/* Whether a text has a column of that name, which is never the first. Columns are two blanks or a bar apart;
 * in a sentence the same word means something else, and a column that was left out is followed by a comma or
 * a colon. */
static bool column_is_used(const char *used, const char *head)
{
    for (const char *at = used; (at = strstr(at, head)); at++) {
        const char *end = at + strlen(head);
        bool begins = at - used > 1 && (strncmp(at - 2, "  ", 2) == 0 || strncmp(at - 2, "| ", 2) == 0);

        if (begins && (strncmp(end, "  ", 2) == 0 || strncmp(end, " |", 2) == 0 || *end == '\n'))
            return true;
    }
    return false;
}

/* "cells (combinations of mode, lock and settings)": the lesson explains a term where it first stands. */
static bool term_is_explained(const char *lesson, const char *term)
{
    size_t length = strlen(term);

    for (const char *at = lesson; at && (at = strstr(at, term)); at++)
        if (strncmp(at + length + (at[length] == 's'), " (", 2) == 0)
            return true;
    return false;
}

/* Whoever meets a term in a lecture room has no manual at hand. So each that was used is explained below what
 * uses it, and none that was not, or was explained above. */
void prose_terms(const Prose *prose, const char *used, bool work_differs)
{
    bool is_first = true;

    for (size_t i = 0; i < ARRAY_LENGTH(terms); i++) {
        const char *term = terms[i].term;

        if (terms[i].kind == TERM_OF_WORK && !work_differs)
            continue;
        if (terms[i].kind == TERM_WORD ? !term_is_used(used, term) || term_is_explained(prose->said, term)
                                       : !column_is_used(used, term))
            continue;
        if (is_first)
            fputs("\n", prose->file);
        paragraph_write(prose, is_first || !prose->markdown ? "" : "\n", "  ", "%s", terms[i].means);
        is_first = false;
    }
}

/* The machine belongs to the figures: without it nobody can say whether another's may be compared. Noise is
 * said once: in the lesson, whose sentences it stands against, or where there is no such sentence, here. Of a
 * quiet machine the figures are given, since that they are small is worth knowing. */
void prose_closing(const Prose *prose, const ResultRun *run)
{
    const ResultHost *host = &run->host;
    auto_words Words words = {0};
    const char *noise = sentence_noise(&words, host);
    size_t n = 0;

    if (!host->is_known)
        return;
    fputs("\n", prose->file);
    for (size_t i = 0; runtimes_are_many(run) && i < run->n_runtimes; i++)
        paragraph_write(
            prose, i == 0 ? "" : "\n", "  ", "Runtime: %s", runtimes_name_words(&words, &run->runtimes[i]));
    paragraph_write(
        prose, runtimes_are_many(run) ? "\n" : "", "  ", "Host: %s", sentence_machine(&words, host));
    if (noise && !host->is_noisy)
        paragraph_write(prose, "\n", "  ", "Noise: %s", noise);
    for (size_t i = 0; host->is_noisy && i < host->noise_reasons.n; i++) {
        if (prose_is_said(prose, host->noise_reasons.at[i]))
            continue;
        if (n++ == 0)
            paragraph_write(prose, "\n", "  ", "The machine was noisy, so take the figures with care:");
        paragraph_write(prose, n == 1 ? "\n- " : "- ", "  ", "%s", host->noise_reasons.at[i]);
    }
}
