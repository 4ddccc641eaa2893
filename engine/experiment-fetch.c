/* The other function of the article: get a page and return its content. It is bound to waiting, so threads
 * and an event loop help, with and without a lock.
 *
 * Waiting for an error takes as long as waiting for a page, or far less: from the times nobody could tell
 * that all of them are those of "500 Internal Server Error". So the answers are counted by class and code,
 * and a client that wants pages only says expect=2xx.
 *
 * A loop of many tasks has all their transfers at once (engine/transfers.h). A task that has its thread to
 * itself sleeps in the call, outside the lock, as an interpreter's urlopen() does in its system calls.
 * client=blocking does so on the event loop, too, and freezes it.
 *
 * A step takes over the row of the request that has ended, if there is one, and begins the next. */
#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/array.h"
#include "base/random.h"
#include "engine/egress.h"
#include "engine/fetch-rows.h"
#include "engine/late-curl.h"
#include "engine/registry.h"
#include "engine/transfers.h"

typedef enum FetchClient { CLIENT_ASYNC, CLIENT_BLOCKING } FetchClient;
static const char *const clients[] = {"async", "blocking", NULL};

typedef enum FetchExpect { EXPECT_ANY, EXPECT_2XX } FetchExpect;
static const char *const expects[] = {"any", "2xx", NULL};

typedef struct FetchParams {
    int64_t requests, delay_ms, jitter_ms, bytes, request_timeout_ms;
    int client, expect;
    char url[PARAMETER_TEXT_SIZE];
} FetchParams;

typedef struct FetchTask {
    CURL *easy;
    Task *task;
    Transfer under_way; /* of this handle, on a loop */
    bool finished;      /* the transfer under way has ended, with this code */
    CURLcode code;
    int lost; /* an errno: it ended because the loop's transfers were lost; 0: they were not */
    EgressTransfer transfer;
    uint32_t n_rows;
    FetchRow rows[];
} FetchTask;

static const Parameter parameters[] = {
    {
        .name = "url",
        .type = PARAMETER_URL,
        .help = "the page to get; if not given, one of gilscope's own slow server",
        .times = "requests",
        .offset = offsetof(FetchParams, url),
    },
    {
        .name = "requests",
        .help = "how many pages each task gets, one after the other",
        .min = 1,
        .max = 50,
        .fallback = 1,
        .offset = offsetof(FetchParams, requests),
    },
    {
        .name = "delay_ms",
        .unit = "ms",
        .help = "how long the own server waits before it answers",
        .unless = "url",
        .max = 60000,
        .fallback = 200,
        .offset = offsetof(FetchParams, delay_ms),
    },
    {
        .name = "jitter_ms",
        .unit = "ms",
        .help = "how much longer it waits by chance, from 0 to this; the seed decides",
        .unless = "url",
        .max = 60000,
        .offset = offsetof(FetchParams, jitter_ms),
    },
    {
        .name = "bytes",
        .unit = "bytes",
        .help = "length of the own server's page",
        .unless = "url",
        .max = 10000000,
        .fallback = 1024,
        .offset = offsetof(FetchParams, bytes),
    },
    {
        .name = "request_timeout_ms",
        .unit = "ms",
        .help = "how long a request may take; a longer one has failed",
        .min = 1,
        .max = 600000,
        .fallback = 10000,
        .offset = offsetof(FetchParams, request_timeout_ms),
    },
    {
        .name = "client",
        .type = PARAMETER_CHOICE,
        .help =
            "how a task waits on an event loop; async: on the loop; blocking: in the call, which freezes it",
        .choices = clients,
        .offset = offsetof(FetchParams, client),
    },
    {
        .name = "expect",
        .type = PARAMETER_CHOICE,
        .help =
            "which answers are good ones; 2xx: one with any other status has failed; any: all are counted",
        .choices = expects,
        .offset = offsetof(FetchParams, expect),
    },
};

/* One disturbed answer in five must not hide because another repetition stands for all. */
static const char *const totals[] = {"requests", "answers_2xx", "answers_3xx", "answers_4xx", "answers_5xx",
    "answers_other", "answers_empty", "bytes_received", "responses", NULL};

static const Cost costs[] = {
    {.kind = COST_WAIT, .ns = 1e6, .times = {"requests", "delay_ms"}},
    /* Half of it, on average. */
    {.kind = COST_WAIT, .ns = 0.5e6, .times = {"requests", "jitter_ms"}},
    {.ns = 80e3, .times = {"requests"}},
    {.ns = 0.5, .times = {"requests", "bytes"}},
};

/* libcurl, its handles with their buffers, the own server's part of a connection, and the rows. */
static const MemoryUse memory[] = {
    {.bytes = 2 << 20},
    {.per_task = true, .bytes = sizeof(FetchRow), .times = {"requests"}},
    {.per_task = true, .bytes = 28 << 10, .only_if = {IF_ONE_LOOP, {"client", .is = "async"}}},
    {.per_task = true, .bytes = 74 << 10, .only_if = {IF_THREADS}},
    {.per_task = true, .bytes = 100 << 10, .only_if = {IF_PROCESSES}},

    /* So much of a page stands in the kernel on its way: most of all where one thread has many transfers. */
    {.bytes = 0.3, .times = {"bytes"}},
    {.per_task = true, .bytes = 0.6, .times = {"bytes"}, .only_if = {IF_ONE_LOOP, {"client", .is = "async"}}},
    {.per_task = true, .bytes = 0.06, .times = {"bytes"}, .only_if = {IF_THREADS}},
    {.per_task = true, .bytes = 0.05, .times = {"bytes"}, .only_if = {IF_PROCESSES}},
};

/* What a task needs at once: in epoll a socket; in a thread libcurl's own two, and a socket, or two while it
 * tries two addresses. Processes count by themselves, and are limited to what a machine can bear. The hard
 * limit is asked, since the program raises its soft one to it when it starts. */
static int64_t fetch_max_tasks(const Mode *mode, char reason[static ARENA_REASON_SIZE])
{
    enum { MOST = 10000, MOST_PROCESSES = 1000, OTHERS = 64 };
    struct rlimit limit;
    int64_t most;

    if (mode_is_one_by_one(mode))
        return MOST;
    if (!mode->shares_memory)
        return MOST_PROCESSES;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_max == RLIM_INFINITY)
        return MOST;
    most = ((int64_t)limit.rlim_max - OTHERS) / (mode->one_loop ? 1 : 4);
    if (most >= MOST)
        return MOST;
    snprintf(reason, ARENA_REASON_SIZE, "no more than %lld files may be open at once (RLIMIT_NOFILE)",
        (long long)limit.rlim_max);
    return most < 1 ? 1 : most;
}

static size_t fetch_state_bytes(const Cell *cell)
{
    const FetchParams *params = (const FetchParams *)cell->params;

    return sizeof(FetchTask) + (size_t)params->requests * sizeof(FetchRow);
}

static void fetch_warm(const Cell *cell)
{
    (void)cell;
    late_curl_load();
}

/* What is forbidden is found out here, before anything is measured. curl_global_init() must be called before
 * there are threads: not in every version is it safe beside others. */
static int fetch_prepare(Cell *cell, char reason[static ARENA_REASON_SIZE])
{
    const FetchParams *params = (const FetchParams *)cell->params;
    const char *missing = late_curl_load();
    Egress *egress;

    if (missing) {
        snprintf(reason, ARENA_REASON_SIZE, "libcurl is not there: %.130s", missing);
        return -ENOSYS;
    }
    egress = calloc(1, sizeof(*egress));
    if (!egress || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        free(egress);
        snprintf(reason, ARENA_REASON_SIZE, "libcurl does not start");
        return -EIO;
    }
    cell->prepared = egress;
    if (params->url[0])
        return egress_to_url(cell, params->url, egress, reason);
    if (cell->n_origin_ports == 0) {
        snprintf(reason, ARENA_REASON_SIZE, "the slow server for fetch is not there");
        return -ECONNREFUSED;
    }
    *egress = egress_to_own_origin(cell);
    return 0;
}

/* The task's page on the own server. The delay depends on seed, task and request alone, so every mode and
 * every repetition waits for the same times. So two modes wait for the same, and their difference is the
 * mode's. The tasks are spread over the ports of the own server in turns. */
static void fetch_own_url(char *url, size_t size, const Cell *cell, uint32_t task, uint32_t request)
{
    const FetchParams *params = (const FetchParams *)cell->params;
    uint64_t state = cell->seed ^ ((uint64_t)task << 32 | request);
    int64_t delay = params->delay_ms;

    if (params->jitter_ms > 0) {
        random_next(&state);
        delay += (int64_t)random_below(&state, (uint64_t)params->jitter_ms + 1);
    }
    snprintf(url, size, "http://127.0.0.1:%u/task/%u/page/%u?delay_ms=%lld&bytes=%lld",
        cell->origin_ports[task % cell->n_origin_ports], task, request, (long long)delay,
        (long long)params->bytes);
}

/* To take less than was offered tells libcurl to break off. */
static size_t fetch_on_content(char *data, size_t size, size_t count, void *user)
{
    FetchTask *state = user;

    if (!egress_take(&state->transfer, size * count))
        return 0;
    fetch_row_content(&state->rows[state->n_rows], data, size * count);
    return size * count;
}

/* What libcurl reads into: the whole answer of the origin with its head, at most libcurl's own 16 KB. It is
 * there from the beginning of a transfer, and ten thousand that wait need not have 16 KB each. */
static long fetch_buffer_bytes(const FetchParams *params)
{
    enum { HEAD_BYTES = 512, MOST_BYTES = 16 << 10 };

    return params->url[0] || params->bytes > MOST_BYTES - HEAD_BYTES ? MOST_BYTES
                                                                     : HEAD_BYTES + (long)params->bytes;
}

/* The handle is made with the first request and kept for the others. */
static bool fetch_start_request(Loop *loop, Task *task)
{
    const Cell *cell = loop->cell;
    const FetchParams *params = (const FetchParams *)cell->params;
    FetchTask *state = (FetchTask *)task->state;
    char url[PARAMETER_TEXT_SIZE];

    if (!state->easy)
        state->easy = curl_easy_init();
    if (!state->easy)
        return false;
    if (params->url[0])
        memcpy(url, params->url, sizeof(url));
    else
        fetch_own_url(url, sizeof(url), cell, task->id, state->n_rows);
    state->finished = false;
    curl_easy_setopt(state->easy, CURLOPT_URL, url);
    state->task = task;
    state->under_way.easy = state->easy;
    curl_easy_setopt(state->easy, CURLOPT_WRITEFUNCTION, fetch_on_content);
    curl_easy_setopt(state->easy, CURLOPT_WRITEDATA, state);
    curl_easy_setopt(state->easy, CURLOPT_TIMEOUT_MS, (long)params->request_timeout_ms);
    curl_easy_setopt(state->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(state->easy, CURLOPT_USERAGENT, "gilscope");
    curl_easy_setopt(state->easy, CURLOPT_BUFFERSIZE, fetch_buffer_bytes(params));
    /* No signals for time-outs: with many threads a SIGALRM could reach any of them. */
    curl_easy_setopt(state->easy, CURLOPT_NOSIGNAL, 1L);
    /* Without these two libcurl looks through all its connections for every new transfer: with 10,000 of
     * them that takes five times as long as the transfers. */
    curl_easy_setopt(state->easy, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(state->easy, CURLOPT_FORBID_REUSE, 1L);
    egress_guard(&state->transfer, cell->prepared, state->easy);
    return true;
}

static void fetch_on_ended(Loop *loop, Transfer *transfer, CURLcode code)
{
    FetchTask *state = (FetchTask *)((char *)transfer - offsetof(FetchTask, under_way));

    state->code = code;
    state->lost = transfers_lost(loop);
    state->finished = true;
    loop_wake(loop, state->task);
}

/* Whether a task sleeps in libcurl's call, not on the loop. */
static bool fetch_blocks(const Loop *loop)
{
    return loop->alone || ((const FetchParams *)loop->cell->params)->client == CLIENT_BLOCKING;
}

static int fetch_open_loop(Loop *loop)
{
    return fetch_blocks(loop) ? 0 : transfers_open(loop, fetch_on_ended);
}

/* The handle goes in any case, so a task that has failed leaves no socket open behind it. */
static Step fetch_finish(Task *task, StepKind kind, uint64_t ticks)
{
    FetchTask *state = (FetchTask *)task->state;

    curl_easy_cleanup(state->easy);
    state->easy = NULL;
    egress_finish_transfer(&state->transfer);
    return (Step){kind, ticks};
}

static void fetch_say_lost(Task *task, int error)
{
    const FetchTask *state = (const FetchTask *)task->state;

    task_fail(task, "request %u: its connection could not be waited for: %s", state->n_rows, strerror(error));
}

/* The most telling reason first: libcurl knows of a refusal only that it got no socket, and of a page that
 * was too long only that somebody did not want the rest. */
static void fetch_say_why(Task *task, const FetchParams *params)
{
    const FetchTask *state = (const FetchTask *)task->state;

    if (state->code == CURLE_OPERATION_TIMEDOUT)
        task_fail(task, "request %u took longer than request_timeout_ms=%lld", state->n_rows,
            (long long)params->request_timeout_ms);
    else if (state->lost)
        fetch_say_lost(task, state->lost);
    else if (state->transfer.refusal)
        task_fail(task, "request %u: %s", state->n_rows, state->transfer.refusal);
    else if (egress_is_too_long(&state->transfer))
        task_fail(task, "request %u: the answer is longer than the setting [fetch] max_bytes=%llu allows",
            state->n_rows, (unsigned long long)state->transfer.egress->max_bytes);
    else
        task_fail(task, "request %u: %s", state->n_rows, curl_easy_strerror(state->code));
}

/* Completes the row of a request that has ended. Returns whether it is an answer that was asked for; if not,
 * the task has failed, with the reason. A code of CURLE_OK alone says only that the server closed in order.
 */
static bool fetch_take_answer(Task *task, const FetchParams *params)
{
    FetchTask *state = (FetchTask *)task->state;
    FetchRow *row = &state->rows[state->n_rows];

    fetch_row_finish(row, state->easy, state->code);
    if (state->code != CURLE_OK) {
        fetch_say_why(task, params);
    } else if (egress_is_cut(&state->transfer)) {
        task_fail(task, "request %u: the server closed the connection inside its header", state->n_rows);
    } else if (params->expect == EXPECT_2XX && !fetch_row_is_good(row)) {
        task_fail(task, "request %u was answered with status %u, and expect=2xx wants 200 to 299",
            state->n_rows, row->status);
    } else {
        return true;
    }
    return false;
}

/* Interpreting a request takes an interpreter more than one check interval, so a step fills its budget. */
static Step fetch_step(Loop *loop, Task *task, uint64_t ticks)
{
    const FetchParams *params = (const FetchParams *)loop->cell->params;
    FetchTask *state = (FetchTask *)task->state;
    bool blocking = fetch_blocks(loop);

    if (blocking && state->easy && !state->finished) {
        state->code = curl_easy_perform(state->easy);
        state->finished = true;
        return (Step){STEP_MORE, 0};
    }
    if (state->finished) {
        if (!fetch_take_answer(task, params))
            return fetch_finish(task, STEP_FAILED, ticks);
        state->n_rows++;
        if (state->n_rows == (uint32_t)params->requests)
            return fetch_finish(task, STEP_DONE, ticks);
    }
    if (!blocking && transfers_lost(loop)) {
        fetch_say_lost(task, transfers_lost(loop));
        return fetch_finish(task, STEP_FAILED, ticks);
    }
    if (!fetch_start_request(loop, task) || (!blocking && !transfers_begin(loop, &state->under_way))) {
        task_fail(task, "request %u: libcurl could not start it", state->n_rows);
        return fetch_finish(task, STEP_FAILED, ticks);
    }
    return (Step){blocking ? STEP_BLOCKING : STEP_WAIT, ticks};
}

/* The own server's pages are known; a page elsewhere is right however it answered. */
static const char *fetch_check(const Cell *cell, const Task *task)
{
    const FetchParams *params = (const FetchParams *)cell->params;
    const FetchTask *state = (const FetchTask *)task->state;

    if (state->n_rows != (uint32_t)params->requests)
        return "it did not make all its requests";
    for (uint32_t i = 0; i < state->n_rows && !params->url[0]; i++)
        if (state->rows[i].status != 200 || state->rows[i].bytes != (uint64_t)params->bytes)
            return "the page was not the one that was asked for";
    return NULL;
}

static json_t *fetch_answer(const Cell *cell, const Task *task)
{
    const FetchTask *state = (const FetchTask *)task->state;

    (void)cell;
    return fetch_rows_json(state->rows, state->n_rows);
}

static void fetch_report(const Cell *cell, Arena *arena, json_t *metrics)
{
    FetchCounts counts = {.codes = json_object()};

    (void)cell;
    for (uint32_t i = 0; i < arena->n_tasks; i++) {
        const FetchTask *state = (const FetchTask *)arena_task(arena, i)->state;

        for (uint32_t k = 0; k < state->n_rows; k++)
            fetch_row_count(&state->rows[k], &counts);
    }
    json_object_set_new(metrics, "requests", json_integer(counts.n));
    fetch_counts_set_classes(&counts, metrics);
    json_object_set_new(metrics, "requests_per_s",
        json_real((double)counts.n / ((double)arena->wall / (double)NSEC_PER_SEC)));
    json_object_set_new(metrics, "bytes_received", json_integer(counts.n_bytes));
    json_object_set_new(metrics, "responses", counts.codes);
}

const Experiment experiment_fetch = {
    .name = "fetch",
    .summary = "get a page: bound to waiting, so threads and an event loop help, whatever the lock",
    .parameters = parameters,
    .n_parameters = ARRAY_LENGTH(parameters),
    .costs = costs,
    .n_costs = ARRAY_LENGTH(costs),
    .memory = memory,
    .n_memory = ARRAY_LENGTH(memory),
    .totals = totals,
    .blocks_loop = {{"client", .is = "blocking"}},
    .max_tasks_of = fetch_max_tasks,
    .state_bytes_of = fetch_state_bytes,
    .warm = fetch_warm,
    .prepare = fetch_prepare,
    .open_loop = fetch_open_loop,
    .close_loop = transfers_close,
    .step = fetch_step,
    .check = fetch_check,
    .answer = fetch_answer,
    .report = fetch_report,
};
