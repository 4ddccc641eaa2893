/* The cells of a run are a grid. Those that differ in nothing but the mode are a group, and a sentence is
 * about one group: in it, modes are held against the baseline under the same circumstances. What the groups
 * differ in is the title of each. */
#include "results/sentences.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "results/human.h"

#define MOST_GROUPS 8 /* with a sentence each; more would be a table again */

/* What a cell can differ in, in the order of a title. Parameters follow. */
static const char *const axes[] = {"runtime", "lock", "cpus", "tasks"};

/* What a heading says where all cells have it in common. */
static const char *const heading_axes[] = {"tasks", "lock", "cpus"};

struct Naming {
    const ResultCells *cells;
    const char **names; /* owned; axes, then parameters, borrowed from the cells */
    bool *varies;       /* owned; for each name */
    size_t n;
};

static char *plural_text(int64_t n, const char *noun)
{
    auto_free char *number = human_integer(n);

    return text_printf("%s %s%s", number, noun, n == 1 ? "" : "s");
}

/* The value of a cell at an axis or of a parameter, as a title says it. */
static char *axis_text(const ResultCell *cell, const char *name)
{
    const json_t *value;
    auto_free char *text = NULL;

    if (strcmp(name, "tasks") == 0)
        return plural_text(cell->tasks, "task");
    if (strcmp(name, "cpus") == 0)
        return plural_text(cell->cpus, "CPU");
    if (strcmp(name, "lock") == 0)
        return text_printf("lock %s", cell->lock);
    if (strcmp(name, "runtime") == 0)
        return text_printf("%s", cell->runtime);
    value = result_param(cell, name);
    text = !value || json_is_null(value) ? text_printf("default") : human_value(value);
    return text_printf("%s %s", name, text);
}

static bool naming_varies(const ResultCells *cells, const char *name)
{
    auto_free char *first = cells->n > 0 ? axis_text(cells->at[0], name) : NULL;

    for (size_t i = 1; i < cells->n; i++) {
        auto_free char *text = axis_text(cells->at[i], name);

        if (strcmp(text, first) != 0)
            return true;
    }
    return false;
}

Naming *naming_new(const ResultCells *cells)
{
    json_auto_t *seen = json_object();
    Naming *naming = calloc(1, sizeof(*naming));
    const char *name;
    json_t *value;
    size_t n = ARRAY_LENGTH(axes);

    assert(naming);
    naming->cells = cells;
    for (size_t i = 0; i < cells->n; i++)
        n += json_object_size(cells->at[i]->params);
    naming->names = calloc(n, sizeof(*naming->names));
    naming->varies = calloc(n, sizeof(*naming->varies));
    assert(naming->names && naming->varies);
    for (size_t i = 0; i < ARRAY_LENGTH(axes); i++)
        naming->names[naming->n++] = axes[i];
    for (size_t i = 0; i < cells->n; i++) {
        json_object_foreach ((json_t *)cells->at[i]->params, name, value) {
            if (!json_object_get(seen, name))
                naming->names[naming->n++] = name;
            json_object_set_new(seen, name, json_true());
        }
    }
    for (size_t i = 0; i < naming->n; i++)
        naming->varies[i] = naming_varies(cells, naming->names[i]);
    return naming;
}

void naming_free(Naming *naming)
{
    if (!naming)
        return;
    free(naming->names);
    free(naming->varies);
    free(naming);
}

static void naming_cleanup(Naming **naming)
{
    naming_free(*naming);
}

#define auto_naming __attribute__((cleanup(naming_cleanup)))

/* A list in words that grows: "a, b, c". */
typedef struct Joined {
    char *text;
    size_t length, n;
    FILE *file;
} Joined;

static void joined_begin(Joined *joined)
{
    *joined = (Joined){0};
    joined->file = open_memstream(&joined->text, &joined->length);
    assert(joined->file);
}

/* Takes the item over. */
static void joined_add(Joined *joined, char *item)
{
    fprintf(joined->file, "%s%s", joined->n++ > 0 ? ", " : "", item);
    free(item);
}

static char *joined_end(Joined *joined)
{
    fclose(joined->file);
    return joined->text;
}

char *naming_title(const Naming *naming, const ResultCell *cell)
{
    Joined title;

    joined_begin(&title);
    for (size_t i = 0; i < naming->n; i++) {
        if (naming->varies[i])
            joined_add(&title, axis_text(cell, naming->names[i]));
    }
    return joined_end(&title);
}

char *naming_common(const Naming *naming)
{
    Joined common;

    joined_begin(&common);
    for (size_t i = 0; i < ARRAY_LENGTH(heading_axes) && naming->cells->n > 0; i++) {
        if (!naming_varies(naming->cells, heading_axes[i]))
            joined_add(&common, axis_text(naming->cells->at[0], heading_axes[i]));
    }
    return joined_end(&common);
}

/* Whether a cell stands beside the one that it is compared with. */
static bool is_compared(const ResultCell *cell)
{
    return cell->relative.is_known && isfinite(cell->relative.ratio) && !result_is_baseline(cell);
}

/* The mode that a cell is compared with. */
static const char *baseline_mode(const ResultRun *run, const ResultCell *cell)
{
    for (size_t i = 0; i < run->cells.n; i++) {
        if ((int64_t)run->cells.at[i]->index == cell->relative.to)
            return run->cells.at[i]->mode;
    }
    return "baseline";
}

/* NULL for what the repetitions cannot tell. */
static const char *decided_text(Verdict verdict)
{
    switch (verdict) {
    case VERDICT_SAME:
        return "the same";
    case VERDICT_FASTER:
        return "faster";
    case VERDICT_SLOWER:
        return "slower";
    case VERDICT_CANNOT_TELL:
    case VERDICT_NONE:
        break;
    }
    return NULL;
}

char *sentence_took(const ResultRun *run, const ResultCell *cell)
{
    auto_free char *ratio = human_ratio(cell->relative.ratio);

    return text_printf("%s took %s times the %s time", cell->mode, ratio, baseline_mode(run, cell));
}

/* The cells of a run with their titles, for all that is said of groups. */
typedef struct Telling {
    const ResultRun *run;
    char **titles; /* owned, as are the texts; one for each cell */
    bool *first;   /* owned; whether the cell is the first of its group */
    size_t n_groups;
} Telling;

static void telling_begin(Telling *telling, const ResultRun *run, const Naming *naming)
{
    json_auto_t *seen = json_object();
    size_t n = run->cells.n;

    *telling = (Telling){.run = run,
        .titles = calloc(n + 1, sizeof(*telling->titles)),
        .first = calloc(n + 1, sizeof(*telling->first))};
    assert(telling->titles && telling->first);
    for (size_t i = 0; i < n; i++) {
        telling->titles[i] = naming_title(naming, run->cells.at[i]);
        telling->first[i] = !json_object_get(seen, telling->titles[i]);
        telling->n_groups += telling->first[i];
        json_object_set_new(seen, telling->titles[i], json_true());
    }
}

static void telling_end(Telling *telling)
{
    for (size_t i = 0; i < telling->run->cells.n; i++)
        free(telling->titles[i]);
    free(telling->titles);
    free(telling->first);
}

/* Returns "threads took 2.01 times the serial time (slower), processes 0.52 times (faster)" for the group
 * with this title; "" if nothing is decided. */
static char *group_finding(const Telling *telling, const char *title)
{
    Joined finding;

    joined_begin(&finding);
    for (size_t i = 0; i < telling->run->cells.n; i++) {
        const ResultCell *cell = telling->run->cells.at[i];
        const char *decided = decided_text(cell->relative.verdict);
        auto_free char *words = NULL, *ratio = NULL;

        if (!is_compared(cell) || !decided || strcmp(telling->titles[i], title) != 0)
            continue;
        ratio = human_ratio(cell->relative.ratio);
        words = finding.n == 0 ? sentence_took(telling->run, cell)
                               : text_printf("%s %s times", cell->mode, ratio);
        joined_add(&finding, text_printf("%s (%s)", words, decided));
    }
    return joined_end(&finding);
}

static void list_add(json_t *list, char *text)
{
    json_array_append_new(list, json_string(text));
    free(text);
}

static void add_group_findings(json_t *findings, const Telling *telling)
{
    for (size_t i = 0; i < telling->run->cells.n; i++) {
        const char *title = telling->titles[i];
        auto_free char *finding = telling->first[i] ? group_finding(telling, title) : NULL;

        if (finding && *finding)
            list_add(findings, text_printf("%s%s%s", title, *title ? ": " : "", finding));
    }
}

/* Returns "threads against serial: slower 3 times, cannot tell 1 time" for the mode of this cell. */
static char *mode_finding(const ResultRun *run, const ResultCell *of)
{
    static const Verdict verdicts[] = {VERDICT_SLOWER, VERDICT_SAME, VERDICT_FASTER, VERDICT_CANNOT_TELL};
    auto_free char *counted = NULL;
    Joined counts;

    joined_begin(&counts);
    for (size_t k = 0; k < ARRAY_LENGTH(verdicts); k++) {
        const char *decided = decided_text(verdicts[k]);
        auto_free char *how_often = NULL;
        int64_t n = 0;

        for (size_t i = 0; i < run->cells.n; i++) {
            const ResultCell *cell = run->cells.at[i];

            n += is_compared(cell) && cell->relative.verdict == verdicts[k] &&
                 strcmp(cell->mode, of->mode) == 0;
        }
        how_often = plural_text(n, "time");
        if (n > 0)
            joined_add(
                &counts, text_printf("%s %s", decided ? decided : verdict_name(verdicts[k]), how_often));
    }
    counted = joined_end(&counts);
    return text_printf("%s against %s: %s", of->mode, baseline_mode(run, of), counted);
}

static void add_mode_findings(json_t *findings, const ResultRun *run)
{
    json_auto_t *seen = json_object();

    for (size_t i = 0; i < run->cells.n; i++) {
        const ResultCell *cell = run->cells.at[i];

        if (!is_compared(cell) || json_object_get(seen, cell->mode))
            continue;
        json_object_set_new(seen, cell->mode, json_true());
        list_add(findings, mode_finding(run, cell));
    }
}

/* What is known of a ratio without a hint: a stored run need not have one. */
static char *range_text(const ResultRelative *relative)
{
    auto_free char *ratio = human_ratio(relative->ratio);
    auto_free char *low = human_ratio(relative->low), *high = human_ratio(relative->high);

    return isfinite(relative->low) ? text_printf("it is %s to %s times", low, high)
                                   : text_printf("the medians give %s times", ratio);
}

static json_t *doubts_json(const Telling *telling)
{
    json_t *doubts = json_array();

    for (size_t i = 0; i < telling->run->cells.n; i++) {
        const ResultCell *cell = telling->run->cells.at[i];
        const char *title = telling->titles[i];
        auto_free char *range = NULL;

        if (!is_compared(cell) || cell->relative.verdict != VERDICT_CANNOT_TELL)
            continue;
        range = range_text(&cell->relative);
        list_add(doubts,
            text_printf("%s%s%s against %s: cannot tell, %s.", title, *title ? ": " : "", cell->mode,
                baseline_mode(telling->run, cell), cell->relative.hint ? cell->relative.hint : range));
    }
    return doubts;
}

/* "Done: 6 of 6 cells measured." */
static char *ended_text(const ResultRun *run)
{
    static const char *const said[] = {
        [RESULT_STATUS_UNKNOWN] = "Ended",
        [RESULT_QUEUED] = "Waiting",
        [RESULT_RUNNING] = "Running",
        [RESULT_DONE] = "Done",
        [RESULT_FAILED] = "Ended as failed",
        [RESULT_CANCELLED] = "Cancelled",
        [RESULT_TIMEOUT] = "Ended as timeout",
    };
    size_t n = 0;

    for (size_t i = 0; i < run->cells.n; i++)
        n += run->cells.at[i]->wall.median != RESULT_UNKNOWN;
    return text_printf(
        "%s: %zu of %zu cell%s measured.", said[run->status], n, run->cells.n, run->cells.n == 1 ? "" : "s");
}

/* "7 repetitions after 1 warm-up, 4.21 s in all; intervals of the median at 98.4 %", as much of it as there
 * is. The level is that of the first cell that has one: all have as many repetitions. */
char *sentence_repetitions(const ResultRun *run)
{
    auto_free char *time = run->duration_ns > 0 ? human_time(run->duration_ns) : NULL;
    auto_free char *warmups = NULL, *level = NULL, *repetitions = NULL;

    if (run->repeat <= 0)
        return NULL;
    repetitions = plural_text(run->repeat, "repetition");
    warmups = plural_text(run->warmup, "warm-up");
    for (size_t i = 0; i < run->cells.n && !level; i++) {
        if (isfinite(run->cells.at[i]->wall.level))
            level = human_percent(run->cells.at[i]->wall.level);
    }
    return text_printf("%s%s%s%s%s%s%s%s", repetitions, run->warmup > 0 ? " after " : "",
        run->warmup > 0 ? warmups : "", time ? ", " : "", time ? time : "", time ? " in all" : "",
        level ? "; intervals of the median at " : "", level ? level : "");
}

char *sentence_machine(const ResultHost *host)
{
    auto_free char *online = human_integer(host->cpus_online), *usable = human_integer(host->cpus_usable);
    auto_free char *quota = isfinite(host->cpu_quota) ? human_real(host->cpu_quota) : NULL;
    bool counted = host->cpus_online != RESULT_UNKNOWN && host->cpus_usable != RESULT_UNKNOWN;
    Joined machine;

    if (!host->is_known)
        return NULL;
    joined_begin(&machine);
    joined_add(&machine, text_printf("%s", host->cpu_model ? host->cpu_model : "unknown CPU"));
    if (counted)
        joined_add(&machine, text_printf("%s of %s CPUs usable", usable, online));
    if (quota)
        joined_add(&machine, text_printf("quota %s CPUs", quota));
    if (host->container)
        joined_add(&machine, text_printf("container %s", host->container));
    if (host->kernel)
        joined_add(&machine, text_printf("kernel %s", host->kernel));
    return joined_end(&machine);
}

char *sentence_noise(const ResultHost *host)
{
    auto_free char *foreign = NULL, *steal = NULL, *load = NULL;

    if (!isfinite(host->foreign_cpu) || !isfinite(host->steal) || !host->is_known)
        return NULL;
    foreign = human_percent(host->foreign_cpu);
    steal = human_percent(host->steal);
    load = isfinite(host->load1) ? text_printf("; load before the run %.2f", host->load1)
                                 : text_printf("%s", "");
    return text_printf("other programs took %s of the CPU time, other machines %s%s", foreign, steal, load);
}

/* Takes the text over, which may be NULL. */
static json_t *text_json(char *text)
{
    json_t *value = text ? json_string(text) : json_null();

    free(text);
    return value;
}

json_t *sentences_of_run(const ResultRun *run)
{
    auto_naming Naming *naming = naming_new(&run->cells);
    auto_free char *common = naming_common(naming);
    const char *experiment = run->experiment ? run->experiment : "run";
    json_t *sentences = json_object(), *findings = json_array();
    Telling telling;

    telling_begin(&telling, run, naming);
    if (telling.n_groups > MOST_GROUPS)
        add_mode_findings(findings, run);
    else
        add_group_findings(findings, &telling);
    json_object_set_new(
        sentences, "heading", text_json(text_printf("%s%s%s", experiment, *common ? ", " : "", common)));
    json_object_set_new(sentences, "findings", findings);
    json_object_set_new(sentences, "doubts", doubts_json(&telling));
    json_object_set_new(sentences, "ended", text_json(ended_text(run)));
    json_object_set_new(sentences, "repetitions", text_json(sentence_repetitions(run)));
    json_object_set_new(sentences, "machine", text_json(sentence_machine(&run->host)));
    json_object_set_new(sentences, "noise", text_json(sentence_noise(&run->host)));
    telling_end(&telling);
    return sentences;
}

static json_t *titles_json(const json_t *run)
{
    auto_result_run ResultRun read;
    auto_naming Naming *naming = NULL;
    json_t *titles = json_array();

    result_run_read(run, &read);
    naming = naming_new(&read.cells);
    for (size_t i = 0; i < read.cells.n; i++)
        list_add(titles, naming_title(naming, read.cells.at[i]));
    return titles;
}

void sentences_set_titles(json_t *cells)
{
    json_auto_t *run = json_pack("{s:O}", "cells", cells), *titles = titles_json(run);
    size_t i;
    json_t *title;

    json_array_foreach (titles, i, title) {
        json_t *titled = json_object();

        json_object_set(titled, "title", title);
        json_object_update(titled, json_array_get(cells, i));
        json_array_set_new(cells, i, titled);
    }
}
