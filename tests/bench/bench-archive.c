/* How long a page of 50 out of 100,000 archived runs takes, from the call to the callback on an idle loop:
 * the 99th percentile over pages with cursors all over, for each filter, as a ratio of 10 ms. Labels,
 * experiments and statuses are such that some match nearly all runs and some nearly none. Also prints what
 * filling and opening took. */
#include <assert.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/nsec.h"
#include "base/text.h"
#include "runs/archive.h"
#include "tests/bench/judge.h"

enum { N_RUNS = 100000, N_AT_ONCE = 500, PAGES = 200, ROUNDS = 9, ID_SIZE = 32 };

static const double most_ms = 10;

static const ArchiveFilter filters[] = {
    {.limit = 50},
    {.limit = 50, .experiment = "countdown"},
    {.limit = 50, .experiment = "rare"},
    {.limit = 50, .status = "done"},
    {.limit = 50, .status = "failed"},
    {.limit = 50, .label = "COMMON"},
    {.limit = 50, .label = "rare"},
    {.limit = 50, .label = "common", .experiment = "rare"},
    {.limit = 50, .label = "common", .status = "failed"},
    {.limit = 50, .label = "common", .experiment = "rare", .status = "failed"},
};
enum { N_FILTERS = ARRAY_LENGTH(filters) };

static uv_loop_t loop;

static void id_of(int i, char id[static ID_SIZE])
{
    snprintf(id, ID_SIZE, "01K%023d", i);
}

static void fill(Archive *archive)
{
    json_auto_t *summary = json_pack("{s:[s, s, s], s:[s, s], s:I, s:s}", "modes", "serial", "threads",
        "processes", "locks", "gil", "none", "duration_ns", (json_int_t)123456789, "lesson",
        "Two threads took 1.98 times as long as one.");
    ArchiveTexts texts = {.run = "{\"cells\": [1, 2, 3, 4]}", .events = "event: done\n\n"};
    char id[ID_SIZE];

    for (int i = 0; i < N_RUNS; i++) {
        bool rare = i % 5000 == 0;

        id_of(i, id);
        archive_begin(archive, id, i, rare ? "rare" : "countdown", "queued", summary, NULL, NULL);
        archive_ask(archive, id, "client:a", i % 4999 ? "common" : "rare", NULL, NULL, NULL);
        archive_ask(archive, id, "client:b", "common", "slower", NULL, NULL);
        archive_finish(archive, id, i % 997 ? "done" : "failed", summary, &texts, NULL, NULL);
        if (i % N_AT_ONCE == N_AT_ONCE - 1)
            uv_run(&loop, UV_RUN_DEFAULT);
    }
}

static void on_listed(void *data, const json_t *runs, bool more)
{
    (void)more;
    *(size_t *)data += json_array_size(runs);
}

static int by_value(const void *one, const void *other)
{
    double x = *(const double *)one, y = *(const double *)other;

    return (x > y) - (x < y);
}

/* Returns milliseconds. */
static double p99_of(Archive *archive, ArchiveFilter filter, size_t *ret_n_shown)
{
    double ms[PAGES];
    char before[ID_SIZE];

    filter.before = before;
    filter.owner = "client:b";
    for (int i = 0; i < PAGES; i++) {
        nsec_t start = nsec_now();

        id_of((int)((i * INT64_C(7919) % PAGES + 1) * (N_RUNS / PAGES)), before);
        archive_list(archive, &filter, on_listed, ret_n_shown);
        uv_run(&loop, UV_RUN_DEFAULT);
        ms[i] = (double)(nsec_now() - start) / NSEC_PER_MSEC;
    }
    qsort(ms, PAGES, sizeof(ms[0]), by_value);
    return ms[PAGES * 99 / 100];
}

static int measure(Archive *archive)
{
    int outcome = JUDGE_HOLDS;

    for (int i = 0; i < N_FILTERS; i++) {
        const ArchiveFilter *filter = &filters[i];
        char claim[100];
        double ratios[ROUNDS];
        size_t n_shown = 0;

        for (int round = 0; round < ROUNDS; round++)
            ratios[round] = p99_of(archive, *filter, &n_shown) / most_ms;
        snprintf(claim, sizeof(claim), "p99/10 ms %s %s %s (%.1f runs)",
            filter->experiment ? filter->experiment : "-", filter->status ? filter->status : "-",
            filter->label ? filter->label : "-", (double)n_shown / PAGES / ROUNDS);
        outcome = judge_worse(outcome, judge(claim, ratios, ROUNDS, 1));
    }
    return outcome;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    return remove(path);
}

static Archive *open_timed(const ArchiveSettings *settings, const char *what)
{
    nsec_t start = nsec_now();
    Archive *archive = archive_open(&loop, settings);

    printf("%s: %.0f ms, %lld runs, %.1f MB\n", what, (double)(nsec_now() - start) / NSEC_PER_MSEC,
        (long long)archive_n_runs(archive), (double)archive_n_bytes(archive) / 1e6);
    return archive;
}

int main(void)
{
    char folder[] = "/tmp/gilscope-bench-XXXXXX", path[64];
    ArchiveSettings settings = {path, N_RUNS, INT64_C(1) << 40};
    Archive *archive;
    nsec_t start;
    int outcome;

    if (!mkdtemp(folder))
        abort();
    snprintf(path, sizeof(path), "%s/runs.db", folder);
    uv_loop_init(&loop);
    archive = open_timed(&settings, "open a new file");
    start = nsec_now();
    fill(archive);
    printf("begin, ask, ask, finish: %.0f us a run, %d at once\n",
        (double)(nsec_now() - start) / NSEC_PER_USEC / N_RUNS, N_AT_ONCE);
    archive_close(archive, NULL, NULL);
    uv_run(&loop, UV_RUN_DEFAULT);
    archive = open_timed(&settings, "open it again");
    outcome = measure(archive);
    archive_close(archive, NULL, NULL);
    uv_run(&loop, UV_RUN_DEFAULT);
    nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return outcome;
}
