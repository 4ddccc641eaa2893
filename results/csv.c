/* A run as CSV: what is known of each cell, its parameters and its metrics. A column is the place of a field
 * in the struct of a cell, so a new field is one line here. Times are nanoseconds and memory is bytes, never
 * rounded, with the unit in the name: what a program reads on needs no guessing. */
#include <assert.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "results/csv-table.h"
#include "results/format-private.h"

/* clang-format off */
#define AT(name, type, field) {name, type, offsetof(ResultCell, field), false}
#define OF_RUN(name, type, field) {name, type, offsetof(CsvSource, field), true}
#define CROWD_COLUMNS(crowd) \
    AT(#crowd "_max", CSV_INTEGER, crowd.max), \
    AT(#crowd "_mean", CSV_REAL, crowd.mean), \
    AT(#crowd "_whole", CSV_WHOLE, crowd)
#define TIME_COLUMNS(time) \
    AT(#time "_median_ns", CSV_INTEGER, time.median), \
    AT(#time "_min_ns", CSV_INTEGER, time.min), \
    AT(#time "_max_ns", CSV_INTEGER, time.max), \
    AT(#time "_mad_ns", CSV_INTEGER, time.mad), \
    AT(#time "_low_ns", CSV_INTEGER, time.low), \
    AT(#time "_high_ns", CSV_INTEGER, time.high), \
    AT(#time "_level", CSV_REAL, time.level)
/* clang-format on */

/* The same in every row, so that rows of several runs can be put into one table. */
static const CsvColumn run_columns[] = {
    OF_RUN("id", CSV_TEXT, id),
    OF_RUN("experiment", CSV_TEXT, experiment),
};

static const CsvColumn figures[] = {
    AT("repetitions", CSV_COUNT, wall.n),
    AT("status", CSV_STATUS, status),
    AT("reason", CSV_TEXT, reason),
    TIME_COLUMNS(wall),
    TIME_COLUMNS(cpu),
    TIME_COLUMNS(create),
    TIME_COLUMNS(join),
    AT("ideal_ns", CSV_INTEGER, ideal_ns),
    AT("relative_to", CSV_INTEGER, relative.to),
    AT("relative_ratio", CSV_REAL, relative.ratio),
    AT("relative_low", CSV_REAL, relative.low),
    AT("relative_high", CSV_REAL, relative.high),
    AT("relative_verdict", CSV_VERDICT, relative.verdict),
    AT("switches_voluntary", CSV_INTEGER, switches.voluntary),
    AT("switches_involuntary", CSV_INTEGER, switches.involuntary),
    AT("memory_peak_rss_bytes", CSV_INTEGER, memory.peak_rss_bytes),
    AT("memory_virtual_bytes", CSV_INTEGER, memory.virtual_bytes),
    AT("memory_rss_per_task_bytes", CSV_INTEGER, memory.rss_per_task_bytes),
    AT("memory_virtual_per_task_bytes", CSV_INTEGER, memory.virtual_per_task_bytes),
    AT("memory_kernel_per_task_bytes", CSV_INTEGER, memory.kernel_per_task_bytes),
    AT("lock_acquires", CSV_INTEGER, lock_stats.acquires),
    AT("lock_contended", CSV_INTEGER, lock_stats.contended),
    AT("lock_handoffs", CSV_INTEGER, lock_stats.handoffs),
    AT("lock_false_wakeups", CSV_INTEGER, lock_stats.false_wakeups),
    AT("lock_drop_requests", CSV_INTEGER, lock_stats.drop_requests),
    AT("lock_forced_switches", CSV_INTEGER, lock_stats.forced_switches),
    AT("lock_held_ns", CSV_INTEGER, lock_stats.held_ns),
    AT("lock_waited_ns", CSV_INTEGER, lock_stats.waited_ns),
};

/* What came later, and what of the whole run stands against the figures of the row. */
static const CsvColumn closing[] = {
    TIME_COLUMNS(waits),
    TIME_COLUMNS(start),
    AT("scaling_to", CSV_INTEGER, scaling.to),
    AT("scaling_speedup", CSV_REAL, scaling.speedup),
    AT("scaling_low", CSV_REAL, scaling.low),
    AT("scaling_high", CSV_REAL, scaling.high),
    AT("scaling_efficiency", CSV_REAL, scaling.efficiency),
    AT("scaling_verdict", CSV_VERDICT, scaling.verdict),
    AT("scaling_gain", CSV_VERDICT, scaling.gain),
    CROWD_COLUMNS(inside),
    CROWD_COLUMNS(outside),
    OF_RUN("noisy", CSV_TEXT, noisy),
    OF_RUN("foreign_cpu", CSV_REAL, foreign_cpu),
    OF_RUN("steal", CSV_REAL, steal),
    OF_RUN("throttled_ns", CSV_INTEGER, throttled_ns),
    OF_RUN("created_at", CSV_TEXT, created_at),
    OF_RUN("precision_asked", CSV_REAL, precision_asked),
    OF_RUN("precision_reached", CSV_REAL, precision_reached),
    OF_RUN("precision_stopped_by", CSV_TEXT, stopped_by),
    AT("model_to", CSV_INTEGER, model.to),
    AT("model_ratio", CSV_REAL, model.ratio),
    AT("model_low", CSV_REAL, model.low),
    AT("model_high", CSV_REAL, model.high),
    AT("model_verdict", CSV_MODEL, model.verdict),
    OF_RUN("held", CSV_TEXT, held),
    AT("relative_hint", CSV_TEXT, relative.hint),
    OF_RUN("label", CSV_TEXT, label),
    OF_RUN("left_out", CSV_TEXT, left_out),
    OF_RUN("question", CSV_TEXT, question),
    OF_RUN("prediction", CSV_TEXT, prediction),
    OF_RUN("outcome", CSV_TEXT, outcome),
};

/* The parts of a row that are of runs alone; what all rows have is in results/csv-table.c. */
static const CsvTable table = {
    .document = run_columns,
    .n_document = ARRAY_LENGTH(run_columns),
    .figures = figures,
    .n_figures = ARRAY_LENGTH(figures),
    .closing = closing,
    .n_closing = ARRAY_LENGTH(closing),
};

/* A row's figures are fields of the cell itself. */
void run_write_csv(const ResultRun *run, size_t width, FILE *file)
{
    auto_free CsvRow *rows = calloc(run->cells.n + 1, sizeof(*rows));
    auto_words Words words = {0};
    const CsvSource source = csv_source(&words, run);

    (void)width;
    assert(rows);
    for (size_t i = 0; i < run->cells.n; i++)
        rows[i] = (CsvRow){run->cells.at[i], run->cells.at[i]};
    csv_table_write(&table, &source, rows, run->cells.n, file);
}
