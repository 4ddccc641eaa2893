/* What a table cannot say. A note that is true of many cells is said once, with their names: sixty cells that
 * were cancelled need one line. */
#include "results/prose.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "results/human.h"
#include "results/plain.h"
#include "results/view.h"

#define NOTE_WIDTH 500
#define MOST_LABELS 4

static const char *get_text(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

/* Returns "; intervals of the median at 98.4 %", from the first cell that has one; the caller frees it. */
static char *level_text(const json_t *cells)
{
    size_t i;
    json_t *cell;

    json_array_foreach (cells, i, cell) {
        const json_t *level = json_object_get(json_object_get(cell, "wall_ns"), "level");

        if (json_is_number(level))
            return text_printf("; intervals of the median at %.3g %%", 100 * json_number_value(level));
    }
    return strdup("");
}

/* "7 repetitions after 1 warm-up, 4.21 s in all" */
static void write_repetitions(const Prose *prose, const json_t *run)
{
    const json_t *request = json_object_get(run, "request");
    json_int_t repeat = json_integer_value(json_object_get(request, "repeat"));
    json_int_t warmup = json_integer_value(json_object_get(request, "warmup"));
    const json_t *duration = json_object_get(run, "duration_ns");
    auto_free char *time = human_time(json_integer_value(duration));
    auto_free char *level = level_text(json_object_get(run, "cells"));
    auto_free char *warmups =
        warmup > 0 ? text_printf(" after %lld warm-up%s", (long long)warmup, warmup == 1 ? "" : "s")
                   : strdup("");

    if (repeat > 0)
        paragraph_write(prose, "\n", "  ", "%lld repetition%s%s, %s in all%s", (long long)repeat,
            repeat == 1 ? "" : "s", warmups, time, level);
}

void prose_settings(const Prose *prose, const char *title, json_t *settings)
{
    Paragraph paragraph = {.prose = prose, .indent = "  "};
    const char *name;
    json_t *value;

    fputs("\n", prose->file);
    paragraph_add(&paragraph, "", title);
    json_object_foreach (settings, name, value)
        paragraph_add_setting(&paragraph, name, value);
    paragraph_end(&paragraph);
}

void prose_title(const Prose *prose, const char *title, const json_t *cells)
{
    json_auto_t *fixed = view_names(cells, false);
    auto_free char *clean = plain_clean(title, prose->markdown);
    auto_free char *marked = prose->markdown ? text_printf("**%s**", clean) : strdup(clean);
    Paragraph paragraph = {.prose = prose, .indent = "  "};
    size_t i;
    json_t *name;

    paragraph_add(&paragraph, "", marked);
    json_array_foreach (fixed, i, name) {
        const json_t *value = view_value(json_array_get(cells, 0), json_string_value(name));

        if (value && !json_is_null(value))
            paragraph_add_setting(&paragraph, json_string_value(name), value);
    }
    paragraph_end(&paragraph);
}

void prose_heading(const Prose *prose, const json_t *run)
{
    const char *experiment = get_text(run, "experiment"), *status = get_text(run, "status");
    const char *reason = get_text(run, "reason"), *label = get_text(run, "label");

    prose_title(prose, experiment ? experiment : "run", json_object_get(run, "cells"));
    if (label)
        paragraph_write(prose, "\n", "  ", "label: %s", label);
    write_repetitions(prose, run);
    if (status && strcmp(status, "done") != 0)
        paragraph_write(
            prose, "\n", "  ", "Run status: %s%s%s", status, reason ? ": " : "", reason ? reason : "");
}

/* Returns what has to be said about a cell, owned by the caller, or NULL. */
static char *note_text(const json_t *cell)
{
    const char *reason = get_text(cell, "reason");
    const char *in_run = get_text(json_object_get(cell, "relative"), "hint");
    const char *hint = in_run ? in_run : get_text(cell, "hint");

    if (reason)
        return plain_cut(strdup(reason), NOTE_WIDTH);
    return hint ? text_printf("cannot tell, %s", hint) : NULL;
}

/* "threads lock=gil, processes lock=gil and 3 more" */
static char *join_labels(const json_t *labels)
{
    char *text = NULL;
    size_t length = 0, i;
    FILE *file = open_memstream(&text, &length);
    json_t *label;

    assert(file);
    json_array_foreach (labels, i, label) {
        if (i < MOST_LABELS)
            fprintf(file, "%s%s", i > 0 ? ", " : "", json_string_value(label));
    }
    if (i > MOST_LABELS)
        fprintf(file, " and %zu more", i - MOST_LABELS);
    fclose(file);
    return text;
}

void prose_notes(const Prose *prose, const json_t *cells, const json_t *varying)
{
    json_auto_t *notes = json_object(); /* note: the labels of the cells it is about */
    const char *note;
    size_t i;
    json_t *cell, *labels;

    json_array_foreach (cells, i, cell) {
        auto_free char *text = note_text(cell), *label = view_label(cell, varying);

        if (!text)
            continue;
        if (!json_object_get(notes, text))
            json_object_set_new(notes, text, json_array());
        json_array_append_new(json_object_get(notes, text), json_string(label));
    }
    if (json_object_size(notes) > 0)
        fputs("\n", prose->file);
    json_object_foreach (notes, note, labels) {
        auto_free char *names = join_labels(labels);

        paragraph_write(prose, "- ", "  ", "%s: %s", names, note);
    }
}

/* "Noise: other programs took 1.2 % of the CPU time, other machines 0.0 %; load before the run 0.31", if it
 * is known. */
static void write_noise(const Prose *prose, const json_t *host)
{
    const json_t *foreign = json_object_get(host, "foreign_cpu"), *steal = json_object_get(host, "steal");
    const json_t *load = json_object_get(host, "load1");
    auto_free char *before = json_is_number(load)
                                 ? text_printf("; load before the run %.2f", json_number_value(load))
                                 : strdup("");

    if (json_is_number(foreign) && json_is_number(steal))
        paragraph_write(prose, "\n", "  ",
            "Noise: other programs took %.1f %% of the CPU time, other machines %.1f %%%s",
            100 * json_number_value(foreign), 100 * json_number_value(steal), before);
}

/* ", quota 1.5 CPUs, in docker", as much of it as there is; the caller frees it. */
static char *limits_text(const json_t *host)
{
    const json_t *quota = json_object_get(host, "cpu_quota");
    const char *container = get_text(host, "container");
    auto_free char *first =
        json_is_number(quota) ? text_printf(", quota %.3g CPUs", json_number_value(quota)) : strdup("");

    return text_printf("%s%s%s", first, container ? ", container " : "", container ? container : "");
}

static void write_host(const Prose *prose, const json_t *host)
{
    const char *model = get_text(host, "cpu_model"), *kernel = get_text(host, "kernel");
    auto_free char *online = human_value(json_object_get(host, "cpus_online"));
    auto_free char *usable = human_value(json_object_get(host, "cpus_usable"));
    auto_free char *limits = limits_text(host);
    const json_t *reasons = json_object_get(host, "noise_reasons");
    size_t i;
    json_t *reason;

    paragraph_write(prose, "", "  ", "Host: %s, %s of %s CPUs usable%s%s%s", model ? model : "unknown CPU",
        usable, online, limits, kernel ? ", kernel " : "", kernel ? kernel : "");
    write_noise(prose, host);
    if (!json_is_true(json_object_get(host, "noisy")))
        return;
    paragraph_write(prose, "\n", "  ", "The machine was noisy, so take the figures with care:");
    json_array_foreach (reasons, i, reason) {
        if (json_is_string(reason))
            paragraph_write(prose, i == 0 ? "\n- " : "- ", "  ", "%s", json_string_value(reason));
    }
}

void prose_closing(const Prose *prose, const json_t *run)
{
    const char *lesson = get_text(run, "lesson");
    const json_t *host = json_object_get(run, "host");

    if (lesson) {
        fputs("\n", prose->file);
        paragraph_write(prose, "", "", "%s", lesson);
    }
    if (json_is_object(host)) {
        fputs("\n", prose->file);
        write_host(prose, host);
    }
}
