/* /metrics: what the server counts, for Prometheus. Sums and present states only; what they make together in
 * a minute or on all servers is asked of Prometheus. */
#include <assert.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "handlers/app.h"
#include "handlers/exposition.h"

/* Counts by labels. names are as many as the table uses, the rest is NULL. */
static void write_table(
    FILE *file, const char *family, const char *help, const MetricsTable *table, const char *const names[3])
{
    exposition_family(file, family, "counter", help);
    for (size_t i = 0; i < table->n_rows; i++) {
        const char *labels[7] = {NULL};

        for (size_t k = 0; k < 3 && names[k]; k++) {
            labels[2 * k] = names[k];
            labels[2 * k + 1] = table->rows[i].names[k];
        }
        exposition_count(file, family, labels, table->rows[i].count);
    }
}

/* Writes a histogram as Prometheus wants it: each bucket has all that the smaller ones have, too, and the
 * last one, +Inf, is the count of all. Ours are kept apart, so that counting touches one number only. */
static void write_histogram(FILE *file, const char *family, const char *help, const Histogram *histogram)
{
    auto_free char *bucket = text_printf("%s_bucket", family), *sum = text_printf("%s_sum", family);
    auto_free char *count = text_printf("%s_count", family);
    uint64_t so_far = 0;

    exposition_family(file, family, "histogram", help);
    for (size_t i = 0; i <= METRICS_BUCKETS; i++) {
        auto_free char *bound =
            i < METRICS_BUCKETS ? text_printf("%g", metrics_bounds[i]) : text_printf("+Inf");

        so_far += histogram->counts[i];
        exposition_count(file, bucket, (const char *[]){"le", bound, NULL}, so_far);
    }
    exposition_sample(file, sum, NULL, histogram->sum);
    exposition_count(file, count, NULL, so_far);
}

static void write_runs(FILE *file, const App *app)
{
    const Metrics *metrics = app->metrics;

    write_table(file, "gilscope_runs_total", "Runs that are over.", &metrics->runs,
        (const char *const[]){"experiment", "status", NULL});
    write_histogram(
        file, "gilscope_run_waiting_seconds", "How long runs waited for their turn.", &metrics->waiting);
    write_histogram(
        file, "gilscope_run_duration_seconds", "How long runs took from their turn on.", &metrics->running);
}

static void write_requests(FILE *file, const App *app)
{
    write_table(file, "gilscope_http_requests_total",
        "Requests that are over; code gone: the client left without an answer.", &app->metrics->requests,
        (const char *const[]){"route", "method", "code"});
}

static void write_runtime(FILE *file, const char *runtime, const char *status)
{
    exposition_count(file, "gilscope_runtime_ready",
        (const char *[]){"runtime", runtime, "status", status, NULL}, strcmp(status, CATALOG_READY) == 0);
}

static void write_runtimes(FILE *file, const App *app)
{
    const Catalogs *catalogs = app->catalogs;

    exposition_family(file, "gilscope_runtime_ready", "gauge", "1 if the runtime can be used, else 0.");
    for (size_t i = 0; i < catalogs->n; i++)
        write_runtime(file, catalogs->list[i]->runtime, CATALOG_READY);
    for (size_t i = 0; i < catalogs->n_missing; i++)
        write_runtime(file, catalogs->missing[i].runtime, catalog_missing_status(&catalogs->missing[i]));
}

static void write_build(FILE *file, const App *app)
{
    exposition_family(file, "gilscope_build_info", "gauge", "What is running here; always 1.");
    exposition_count(file, "gilscope_build_info",
        (const char *[]){"version", app->version_name, "compiler", __VERSION__, NULL}, 1);
}

/* The families that are one number. States are read at the moment of the question. Counts go through a
 * double here, which is exact up to 2^53; the tables above, which grow fastest, do not. */
static void write_numbers(FILE *file, const App *app)
{
    const Metrics *metrics = app->metrics;
    const struct {
        const char *name, *type, *help;
        double value;
    } rows[] = {
        {"gilscope_queue_length", "gauge", "Runs that wait for their turn.",
            (double)queue_n_waiting(app->queue)},
        {"gilscope_running", "gauge", "Runs that have their turn.", (double)queue_n_running(app->queue)},
        {"gilscope_lock_held_seconds_total", "counter",
            "Time that tasks held the lock, in the repetition that stands for each cell.",
            metrics->lock_held},
        {"gilscope_lock_waited_seconds_total", "counter", "Time that they waited for it.",
            metrics->lock_waited},
        {"gilscope_connections", "gauge", "Connections that are open.",
            (double)app->n_connections(app->http)},
        {"gilscope_watchers", "gauge", "Clients that watch the board or a run, or wait for one.",
            (double)app->audience.n},
        {"gilscope_unread_bytes", "gauge", "Large texts that clients are reading.",
            (double)run_texts_bytes(app)},
        {"gilscope_unread_event_bytes", "gauge", "Events that clients who watch have not read yet.",
            (double)app->backlog.n_bytes},
        {"gilscope_children_started_total", "counter", "Runtimes that were started for runs.",
            (double)metrics->n_started},
        {"gilscope_children", "gauge", "Runtimes that are at work.",
            (double)(metrics->n_started - metrics->n_over)},
        {"gilscope_archive_runs", "gauge", "Runs in the archive, also those that are not over.",
            (double)archive_n_runs(app->archive)},
        {"gilscope_archive_bytes", "gauge", "Size of the archive.", (double)archive_n_bytes(app->archive)},
        {"gilscope_archive_kept", "gauge", "1 if runs are kept on disk, else 0.",
            archive_trouble(app->archive) ? 0 : 1},
    };

    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        exposition_family(file, rows[i].name, rows[i].type, rows[i].help);
        exposition_sample(file, rows[i].name, NULL, rows[i].value);
    }
}

Response *handle_metrics(App *app, Request *request)
{
    char *text = NULL;
    size_t length = 0;
    FILE *file = open_memstream(&text, &length);

    (void)request;
    assert(file);
    write_runs(file, app);
    write_numbers(file, app);
    write_requests(file, app);
    write_runtimes(file, app);
    write_build(file, app);
    fclose(file);
    return response_add_header(response_new(200, EXPOSITION_TYPE, text, length), "Cache-Control", "no-store");
}
