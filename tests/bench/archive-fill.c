#include "tests/bench/archive-fill.h"

#include <stdio.h>

#include "tests/bench/bench.h"

enum { N_AT_ONCE = 500, RARE = 5000, RARE_LABEL = 4999, FAILED = 997 };

void archive_fill_id(int i, char id[static ARCHIVE_ID_SIZE])
{
    snprintf(id, ARCHIVE_ID_SIZE, "01K%023d", i);
}

static void add_run(Archive *archive, int i, const json_t *summary)
{
    const ArchiveTexts texts = {.run = "{\"cells\": [1, 2, 3, 4]}", .events = "event: done\n\n"};
    char id[ARCHIVE_ID_SIZE];

    archive_fill_id(i, id);
    archive_begin(archive, id, i, i % RARE ? "countdown" : "rare", "queued", summary, NULL, NULL);
    archive_ask(
        archive, id, "client:a", &(AskWords){.label = i % RARE_LABEL ? "common" : "rare"}, NULL, NULL);
    archive_ask(archive, id, "client:b", &(AskWords){"common", "countdown", "shorter"}, NULL, NULL);
    archive_finish(archive, id, i % FAILED ? "done" : "failed", summary, &texts, NULL, NULL);
}

int archive_fill(const char *path, int n_runs)
{
    json_auto_t *summary = json_pack("{s:[s, s, s], s:[s, s], s:I, s:s}", "modes", "serial", "threads",
        "processes", "locks", "gil", "none", "duration_ns", (json_int_t)123456789, "lesson",
        "Two threads took 1.98 times as long as one.");
    const ArchiveSettings settings = {path, n_runs, INT64_C(1) << 40};
    uv_loop_t loop;
    Archive *archive;
    int64_t n_there;

    uv_loop_init(&loop);
    archive = archive_open(&loop, &settings);
    for (int i = 0; i < n_runs; i++) {
        add_run(archive, i, summary);
        if (i % N_AT_ONCE == N_AT_ONCE - 1)
            uv_run(&loop, UV_RUN_DEFAULT);
    }
    uv_run(&loop, UV_RUN_DEFAULT);
    n_there = archive_trouble(archive) ? 0 : archive_n_runs(archive);
    archive_close(archive, NULL, NULL);
    uv_run(&loop, UV_RUN_DEFAULT);
    uv_loop_close(&loop);
    return n_there == n_runs ? 0 : bench_fail("the archive cannot be filled");
}
