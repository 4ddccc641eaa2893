/* One row for each cell, so that a spreadsheet or a data frame needs no further step. RFC 4180: lines end in
 * CR LF, a field with a comma, a quote or a line break is quoted.
 *
 * A spreadsheet takes a field that begins with = + - @ for a formula, and a URL or a reason may come from
 * anyone. Such a text gets an apostrophe in front; numbers never do. Parameters keep their names, metrics get
 * "metric_" in front, and a parameter that is called like a fixed column gets "param_". */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "results/format-private.h"

/* Where a column finds its value in a cell: a key, maybe a key in that, maybe an item of that array. */
typedef struct Column {
    const char *name, *key, *sub;
    int item; /* counted from 1; 0: none */
} Column;

static const Column identity[] = {
    {"runtime", "runtime", NULL, 0},
    {"mode", "mode", NULL, 0},
    {"lock", "lock", NULL, 0},
    {"tasks", "tasks", NULL, 0},
    {"cpus", "cpus", NULL, 0},
};

/* clang-format off */
#define TIME_COLUMNS(time) \
    {time "_median_ns", time "_ns", "median", 0}, \
    {time "_min_ns", time "_ns", "min", 0}, \
    {time "_max_ns", time "_ns", "max", 0}, \
    {time "_mad_ns", time "_ns", "mad", 0}, \
    {time "_low_ns", time "_ns", "interval", 1}, \
    {time "_high_ns", time "_ns", "interval", 2}, \
    {time "_level", time "_ns", "level", 0}
/* clang-format on */

static const Column figures[] = {
    {"status", "status", NULL, 0},
    {"reason", "reason", NULL, 0},
    TIME_COLUMNS("wall"),
    TIME_COLUMNS("cpu"),
    TIME_COLUMNS("create"),
    TIME_COLUMNS("join"),
    {"ideal_ns", "ideal_ns", NULL, 0},
    {"relative_to", "relative", "to", 0},
    {"relative_ratio", "relative", "ratio", 0},
    {"relative_low", "relative", "interval", 1},
    {"relative_high", "relative", "interval", 2},
    {"relative_verdict", "relative", "verdict", 0},
    {"switches_voluntary", "context_switches", "voluntary", 0},
    {"switches_involuntary", "context_switches", "involuntary", 0},
    {"memory_peak_rss_bytes", "memory", "peak_rss_bytes", 0},
    {"memory_virtual_bytes", "memory", "virtual_bytes", 0},
    {"memory_rss_per_task_bytes", "memory", "rss_per_task_bytes", 0},
    {"memory_virtual_per_task_bytes", "memory", "virtual_per_task_bytes", 0},
    {"memory_kernel_per_task_bytes", "memory", "kernel_per_task_bytes", 0},
    {"lock_acquires", "lock_stats", "acquires", 0},
    {"lock_contended", "lock_stats", "contended", 0},
    {"lock_handoffs", "lock_stats", "handoffs", 0},
    {"lock_false_wakeups", "lock_stats", "false_wakeups", 0},
    {"lock_drop_requests", "lock_stats", "drop_requests", 0},
    {"lock_forced_switches", "lock_stats", "forced_switches", 0},
    {"lock_held_ns", "lock_stats", "held_ns", 0},
    {"lock_waited_ns", "lock_stats", "waited_ns", 0},
};

#define N_IDENTITY (sizeof(identity) / sizeof(identity[0]))
#define N_FIGURES (sizeof(figures) / sizeof(figures[0]))

/* Columns that are neither in a row of the tables nor of a cell. */
static const char *const other_names[] = {"id", "experiment", "cell", "repetitions"};

static void write_text(const char *text, FILE *file)
{
    bool formula = *text && strchr("=+-@\t\r", *text);

    if (!formula && !strpbrk(text, ",\"\r\n") && *text != ' ') {
        fputs(text, file);
        return;
    }
    fputs(formula ? "\"'" : "\"", file);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', file);
        fputc(*text, file);
    }
    fputc('"', file);
}

/* Null and what is no single value give an empty field. */
static void write_value(const json_t *value, FILE *file)
{
    if (json_is_integer(value))
        fprintf(file, "%lld", (long long)json_integer_value(value));
    else if (json_is_real(value))
        fprintf(file, "%.15g", json_real_value(value));
    else if (json_is_boolean(value))
        fputs(json_is_true(value) ? "true" : "false", file);
    else if (json_is_string(value))
        write_text(json_string_value(value), file);
}

static const json_t *find_value(const json_t *cell, const Column *column)
{
    const json_t *value = json_object_get(cell, column->key);

    if (column->sub)
        value = json_object_get(value, column->sub);
    if (column->item > 0)
        value = json_array_get(value, (size_t)column->item - 1);
    return value;
}

/* Returns the names of all single values in an object of the cells ("params"), in the order of their first
 * appearance: an array, a new reference. */
static json_t *collect_names(const json_t *cells, const char *field)
{
    json_auto_t *seen = json_object();
    json_t *names = json_array(), *cell, *value;
    const char *name;
    size_t i;

    json_array_foreach (cells, i, cell) {
        json_object_foreach (json_object_get(cell, field), name, value) {
            if (json_is_object(value) || json_is_array(value) || json_object_get(seen, name))
                continue;
            json_object_set_new(seen, name, json_true());
            json_array_append_new(names, json_string(name));
        }
    }
    return names;
}

static bool is_fixed_name(const char *name)
{
    for (size_t i = 0; i < sizeof(other_names) / sizeof(other_names[0]); i++) {
        if (strcmp(name, other_names[i]) == 0)
            return true;
    }
    for (size_t i = 0; i < N_IDENTITY; i++) {
        if (strcmp(name, identity[i].name) == 0)
            return true;
    }
    for (size_t i = 0; i < N_FIGURES; i++) {
        if (strcmp(name, figures[i].name) == 0)
            return true;
    }
    return false;
}

static void write_head(const json_t *params, const json_t *metrics, FILE *file)
{
    size_t i;
    json_t *name;

    fputs("id,experiment,cell", file);
    for (i = 0; i < N_IDENTITY; i++)
        fprintf(file, ",%s", identity[i].name);
    json_array_foreach (params, i, name) {
        const char *text = json_string_value(name);
        auto_free char *longer = text_printf("param_%s", text);

        fputc(',', file);
        write_text(is_fixed_name(text) ? longer : text, file);
    }
    fputs(",repetitions", file);
    for (i = 0; i < N_FIGURES; i++)
        fprintf(file, ",%s", figures[i].name);
    json_array_foreach (metrics, i, name) {
        auto_free char *longer = text_printf("metric_%s", json_string_value(name));

        fputc(',', file);
        write_text(longer, file);
    }
    fputs("\r\n", file);
}

static void write_named(const json_t *object, const json_t *names, FILE *file)
{
    size_t i;
    json_t *name;

    json_array_foreach (names, i, name) {
        fputc(',', file);
        write_value(json_object_get(object, json_string_value(name)), file);
    }
}

static void write_columns(const json_t *cell, const Column *columns, size_t n, FILE *file)
{
    for (size_t i = 0; i < n; i++) {
        fputc(',', file);
        write_value(find_value(cell, &columns[i]), file);
    }
}

void csv_write(const json_t *run, FILE *file)
{
    const json_t *cells = json_object_get(run, "cells");
    json_auto_t *params = collect_names(cells, "params");
    json_auto_t *metrics = collect_names(cells, "metrics");
    size_t i;
    json_t *cell;

    write_head(params, metrics, file);
    json_array_foreach (cells, i, cell) {
        const json_t *samples = json_object_get(json_object_get(cell, "wall_ns"), "samples");

        write_value(json_object_get(run, "id"), file);
        fputc(',', file);
        write_value(json_object_get(run, "experiment"), file);
        fprintf(file, ",%zu", i);
        write_columns(cell, identity, N_IDENTITY, file);
        write_named(json_object_get(cell, "params"), params, file);
        fprintf(file, ",%zu", json_array_size(samples));
        write_columns(cell, figures, N_FIGURES, file);
        write_named(json_object_get(cell, "metrics"), metrics, file);
        fputs("\r\n", file);
    }
}
