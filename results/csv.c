/* A run as CSV: what is known of each cell, its parameters and its metrics. */
#include "results/csv-table.h"
#include "results/format-private.h"

static const CsvColumn run_columns[] = {
    {"id", "id", NULL, 0},
    {"experiment", "experiment", NULL, 0},
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

static const CsvColumn figures[] = {
    {"repetitions", "wall_ns", "samples", CSV_LENGTH},
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

static const CsvTable table = {
    .document = run_columns,
    .n_document = sizeof(run_columns) / sizeof(run_columns[0]),
    .figures = figures,
    .n_figures = sizeof(figures) / sizeof(figures[0]),
};

void run_write_csv(const json_t *run, FILE *file)
{
    csv_table_write(&table, run, json_object_get(run, "cells"), file);
}
