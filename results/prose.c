/* What a table cannot say. A note that is true of many cells is said once, with their names: sixty cells that
 * were cancelled need one line. */
#include "results/prose.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "results/human.h"
#include "results/plain.h"

#define NOTE_WIDTH 500
#define MOST_LABELS 4

/* Returns "; intervals of the median at 98.4 %", from the first cell that has one; the caller frees it. */
static char *level_text(const ResultCells *cells)
{
    for (size_t i = 0; i < cells->n; i++) {
        double level = cells->at[i]->wall.level;

        if (!isnan(level))
            return text_printf("; intervals of the median at %.3g %%", 100 * level);
    }
    return strdup("");
}

/* "7 repetitions after 1 warm-up, 4.21 s in all" */
static void write_repetitions(const Prose *prose, const ResultRun *run)
{
    auto_free char *time = human_time(run->duration_ns == RESULT_UNKNOWN ? 0 : run->duration_ns);
    auto_free char *level = level_text(&run->cells);
    auto_free char *warmups = run->warmup > 0 ? text_printf(" after %lld warm-up%s", (long long)run->warmup,
                                                    run->warmup == 1 ? "" : "s")
                                              : strdup("");

    if (run->repeat > 0)
        paragraph_write(prose, "\n", "  ", "%lld repetition%s%s, %s in all%s", (long long)run->repeat,
            run->repeat == 1 ? "" : "s", warmups, time, level);
}

void prose_title(const Prose *prose, const char *title, const ResultCells *cells)
{
    auto_axes Axes fixed = axes_fixed(cells);
    auto_free char *clean = plain_clean(title, prose->markdown);
    auto_free char *marked = prose->markdown ? text_printf("**%s**", clean) : strdup(clean);
    Paragraph paragraph = {.prose = prose, .indent = "  "};

    paragraph_add(&paragraph, "", marked);
    for (size_t i = 0; i < fixed.n && cells->n > 0; i++) {
        const Axis *axis = &fixed.at[i];
        auto_free char *value = axis_text(axis, cells->at[0]);

        if (axis_is_set(axis, cells->at[0]))
            paragraph_add_setting(&paragraph, axis->name, value);
    }
    paragraph_end(&paragraph);
}

void prose_heading(const Prose *prose, const ResultRun *run)
{
    const char *status = result_status_name(run->status);

    prose_title(prose, run->experiment ? run->experiment : "run", &run->cells);
    if (run->label)
        paragraph_write(prose, "\n", "  ", "label: %s", run->label);
    write_repetitions(prose, run);
    if (status && run->status != RESULT_DONE)
        paragraph_write(prose, "\n", "  ", "Run status: %s%s%s", status, run->reason ? ": " : "",
            run->reason ? run->reason : "");
}

/* Returns what has to be said about a cell, owned by the caller, or NULL. */
static char *note_text(const ResultCell *cell)
{
    if (cell->reason)
        return plain_cut(strdup(cell->reason), NOTE_WIDTH);
    return cell->relative.hint ? text_printf("cannot tell, %s", cell->relative.hint) : NULL;
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

void prose_notes(const Prose *prose, const ResultCells *cells, const Axes *varying)
{
    json_auto_t *notes = json_object(); /* note: the labels of the cells it is about */
    const char *note;
    json_t *labels;

    for (size_t i = 0; i < cells->n; i++) {
        auto_free char *text = note_text(cells->at[i]), *label = axes_label(varying, cells->at[i]);

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
static void write_noise(const Prose *prose, const ResultHost *host)
{
    auto_free char *before =
        isnan(host->load1) ? strdup("") : text_printf("; load before the run %.2f", host->load1);

    if (!isnan(host->foreign_cpu) && !isnan(host->steal))
        paragraph_write(prose, "\n", "  ",
            "Noise: other programs took %.1f %% of the CPU time, other machines %.1f %%%s",
            100 * host->foreign_cpu, 100 * host->steal, before);
}

/* ", quota 1.5 CPUs, in docker", as much of it as there is; the caller frees it. */
static char *limits_text(const ResultHost *host)
{
    auto_free char *first =
        isnan(host->cpu_quota) ? strdup("") : text_printf(", quota %.3g CPUs", host->cpu_quota);

    return text_printf(
        "%s%s%s", first, host->container ? ", container " : "", host->container ? host->container : "");
}

static char *count_text(int64_t n)
{
    return n == RESULT_UNKNOWN ? strdup("-") : human_integer(n);
}

static void write_host(const Prose *prose, const ResultHost *host)
{
    auto_free char *online = count_text(host->cpus_online), *usable = count_text(host->cpus_usable);
    auto_free char *limits = limits_text(host);

    paragraph_write(prose, "", "  ", "Host: %s, %s of %s CPUs usable%s%s%s",
        host->cpu_model ? host->cpu_model : "unknown CPU", usable, online, limits,
        host->kernel ? ", kernel " : "", host->kernel ? host->kernel : "");
    write_noise(prose, host);
    if (!host->is_noisy)
        return;
    paragraph_write(prose, "\n", "  ", "The machine was noisy, so take the figures with care:");
    for (size_t i = 0; i < host->noise_reasons.n; i++)
        paragraph_write(prose, i == 0 ? "\n- " : "- ", "  ", "%s", host->noise_reasons.at[i]);
}

void prose_closing(const Prose *prose, const ResultRun *run)
{
    if (run->lesson) {
        fputs("\n", prose->file);
        paragraph_write(prose, "", "", "%s", run->lesson);
    }
    if (run->host.is_known) {
        fputs("\n", prose->file);
        write_host(prose, &run->host);
    }
}
