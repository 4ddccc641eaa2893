/* Runs over HTTP: what comes back, in which order, and what becomes of runs that end badly. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "tests/api/api-client.h"
#include "tests/api/api-runs.h"
#include "tests/unit/run.h"

#define ONCE "?repeat=1&warmup=0&mode=serial&lock=gil&fresh=1"

static ApiServer server;

static const char *text_of(const ApiAnswer *answer, const char *key)
{
    const char *text = json_string_value(json_object_get(answer->json, key));

    return text ? text : "";
}

START_TEST(a_run_is_one_object)
{
    auto_answer ApiAnswer answer = {0};
    auto_free char *cache = NULL, *type = NULL;
    json_t *cell;

    api_server_start(&server, NULL);
    answer = api_get(&server, "/run/countdown?n=1000&tasks=2&repeat=2&mode=serial,threads&label=mine");
    ck_assert_msg(answer.status == 200, "%s", answer.body);
    cache = api_answer_header(&answer, "Cache-Control");
    type = api_answer_header(&answer, "Content-Type");
    ck_assert_str_eq(cache, "no-store");
    ck_assert_str_eq(type, "application/json");
    ck_assert_str_eq(text_of(&answer, "experiment"), "countdown");
    ck_assert_str_eq(text_of(&answer, "status"), "done");
    ck_assert_str_eq(text_of(&answer, "label"), "mine");
    ck_assert_uint_eq(strlen(text_of(&answer, "id")), 26);
    ck_assert_uint_eq(json_array_size(json_object_get(answer.json, "cells")), 2);
    ck_assert(json_is_boolean(json_object_get(json_object_get(answer.json, "host"), "noisy")));
    ck_assert(json_object_get(json_object_get(answer.json, "host"), "load1"));
    cell = json_array_get(json_object_get(answer.json, "cells"), 1);
    ck_assert_str_eq(json_string_value(json_object_get(cell, "mode")), "threads");
    ck_assert_int_eq(json_integer_value(json_object_get(json_object_get(cell, "params"), "n")), 1000);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(the_spans_of_a_timeline_are_in_the_answer_with_full_detail_only)
{
    static const char path[] =
        "/run/countdown?n=1000&tasks=2&repeat=1&warmup=0&mode=threads&timeline=on&detail=";

    api_server_start(&server, NULL);
    for (int full = 0; full < 2; full++) {
        auto_free char *whole = text_printf("%s%s", path, full ? "full" : "summary");
        auto_answer ApiAnswer answer = api_get(&server, whole);
        const json_t *cell = json_array_get(json_object_get(answer.json, "cells"), 0);
        const json_t *timeline = json_object_get(cell, "timeline");

        ck_assert_msg(answer.status == 200, "%s", answer.body);
        ck_assert_int_eq(json_array_size(json_object_get(timeline, "spans")) >= 2, full);
        ck_assert_int_eq(json_integer_value(json_object_get(timeline, "n_spans")) >= 2, !full);
    }
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* Whether two runs of different tasks have some time in common, by the spans themselves; the slow way. */
static bool two_were_inside(const json_t *cell)
{
    const json_t *spans = json_object_get(json_object_get(cell, "timeline"), "spans");

    for (size_t i = 0; i < json_array_size(spans); i++) {
        for (size_t k = 0; k < i; k++) {
            const json_t *one = json_array_get(spans, i), *two = json_array_get(spans, k);
            bool run = strcmp(json_string_value(json_array_get(one, 1)), "run") == 0 &&
                       strcmp(json_string_value(json_array_get(two, 1)), "run") == 0;
            json_int_t starts[] = {
                json_integer_value(json_array_get(one, 2)), json_integer_value(json_array_get(two, 2))};
            json_int_t ends[] = {
                json_integer_value(json_array_get(one, 3)), json_integer_value(json_array_get(two, 3))};

            if (run && starts[0] < ends[1] - 1000 && starts[1] < ends[0] - 1000)
                return true;
        }
    }
    return false;
}

/* Under none the two threads of a countdown are inside at once on any machine that lets the second begin
 * within the 200 ms of the first. Should one not, the spans decide: the count must agree with them. */
START_TEST(each_cell_says_how_many_were_inside_at_once)
{
    static const char path[] = "/run/countdown?tasks=2&n=2e7&repeat=1&warmup=0&mode=serial,threads,epoll";
    json_t *cell;
    size_t i;

    api_server_start(&server, NULL);
    for (int full = 0; full < 2; full++) {
        auto_free char *whole = text_printf("%s&lock=none,gil,ticket%s", path, full ? "&detail=full" : "");
        auto_answer ApiAnswer answer = api_get(&server, whole);

        ck_assert_msg(answer.status == 200, "%s", answer.body);
        ck_assert_str_eq(
            json_string_value(json_object_get(json_object_get(answer.json, "request"), "timeline")),
            full ? "on" : "auto");
        json_array_foreach (json_object_get(answer.json, "cells"), i, cell) {
            const json_t *inside = json_object_get(cell, "inside");
            json_int_t max = json_integer_value(json_object_get(inside, "max"));
            double mean = json_number_value(json_object_get(inside, "mean"));
            bool side_by_side = strcmp(json_string_value(json_object_get(cell, "mode")), "threads") == 0;
            bool exclusive = strcmp(json_string_value(json_object_get(cell, "lock")), "none") != 0;

            ck_assert_int_ge(max, 1);
            ck_assert_int_le(max, side_by_side && !exclusive ? 2 : 1);
            ck_assert_double_gt(mean, 0);
            ck_assert_double_le(mean, (double)max);
            ck_assert_int_eq(json_integer_value(json_object_get(json_object_get(cell, "outside"), "max")), 0);
            if (full && json_is_true(json_object_get(inside, "whole")))
                ck_assert_int_eq(max == 2, two_were_inside(cell));
        }
    }
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

static bool has_measured(const ApiAnswer *answer)
{
    const json_t *cell = json_array_get(json_object_get(answer->json, "cells"), 0);

    return strcmp(api_text(cell, "status"), "done") == 0;
}

/* The fake sends its one repetition and then nothing more: the figures are whole. */
START_TEST(a_run_whose_timeline_has_no_time_is_done)
{
    auto_answer ApiAnswer answer = {0}, silent = {0};
    const json_t *cell;
    int timeout_ms = 400;

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    answer = api_get_cut_short(&server, "/run/hang" ONCE, &timeout_ms, has_measured);
    ck_assert_msg(answer.status == 200, "%s", answer.body);
    ck_assert_str_eq(text_of(&answer, "status"), "done");
    ck_assert_str_eq(text_of(&answer, "reason"), "");
    cell = json_array_get(json_object_get(answer.json, "cells"), 0);
    ck_assert_str_eq(json_string_value(json_object_get(cell, "status")), "done");
    ck_assert(json_is_null(json_object_get(cell, "inside")));
    ck_assert_str_eq(json_string_value(json_object_get(json_object_get(cell, "timeline"), "reason")),
        "timeout_ms left no time for it");
    silent = api_get(&server, "/run/fine" ONCE);
    ck_assert_msg(silent.status == 200, "%s", silent.body);
    cell = json_array_get(json_object_get(silent.json, "cells"), 0);
    ck_assert_str_eq(json_string_value(json_object_get(json_object_get(cell, "timeline"), "reason")),
        "the runtime sent no spans");
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(fetch_asks_the_own_origin)
{
    auto_answer ApiAnswer answer = {0};
    json_t *cell;

    api_server_start(&server, NULL);
    answer = api_get(&server, "/run/fetch?tasks=5&mode=epoll&repeat=1&warmup=0&delay_ms=10");
    ck_assert_msg(answer.status == 200, "%s", answer.body);
    cell = json_array_get(json_object_get(answer.json, "cells"), 0);
    ck_assert_uint_eq(json_array_size(json_object_get(cell, "per_task")), 5);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(parameters_mean_the_same_in_query_form_and_json)
{
    static const ApiAsk asks[] = {
        {.path = "/run/countdown?n=1e3&repeat=1&warmup=0&mode=serial"},
        {.path = "/run/countdown?repeat=1&warmup=0", .body = "n=1_000&mode=serial"},
        {.path = "/run/countdown", .body = "n=1k&repeat=1&warmup=0&mode=serial"},
        {.path = "/run/countdown",
            .body = "{\"n\": 1000, \"repeat\": 1, \"warmup\": 0, \"mode\": [\"serial\"]}",
            .header = "Content-Type: application/json; charset=utf-8"},
        {.method = "POST", .path = "/run/countdown?n=1000&repeat=1&warmup=0&mode=serial"},
    };
    json_auto_t *first = NULL;

    api_server_start(&server, NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(asks); i++) {
        auto_answer ApiAnswer answer = api_ask(&server, asks[i]);
        json_t *request = json_object_get(answer.json, "request");

        ck_assert_msg(answer.status == 200, "%s", answer.body);
        if (i == 0)
            first = json_incref(request);
        ck_assert(json_equal(first, request));
    }
    api_server_stop(&server, SIGTERM);
}
END_TEST

START_TEST(the_format_follows_the_parameter_then_the_accept_header)
{
    static const struct {
        const char *format, *accept, *type;
    } rows[] = {
        {"", "Accept: */*", "application/json"},
        {"", "Accept: text/html,application/xhtml+xml,*/*;q=0.8", "application/json"},
        {"", "Accept: text/csv", "text/csv"},
        {"", "Accept: text/*;q=0.5, text/markdown", "text/markdown"},
        {"", "Accept: application/json;q=0.1, text/csv;q=0.2", "text/csv"},
        {"&format=csv", "Accept: application/json", "text/csv"},
        {"&format=table", "Accept: text/html", "text/plain"},
        {"&format=markdown", "Accept: */*", "text/markdown"},
        {"&format=json", "Accept: text/csv", "application/json"},
    };

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        auto_free char *path = text_printf("/run/fine" ONCE "%s", rows[i].format), *type = NULL;
        auto_answer ApiAnswer answer = api_ask(&server, (ApiAsk){.path = path, .header = rows[i].accept});

        ck_assert_msg(answer.status == 200, "%s", answer.body);
        type = api_answer_header(&answer, "Content-Type");
        ck_assert_msg(strncmp(type, rows[i].type, strlen(rows[i].type)) == 0, "%s: %s", rows[i].accept, type);
        ck_assert_int_eq(answer.body[answer.length - 1], '\n');
    }
    api_server_stop(&server, SIGTERM);
}
END_TEST

/* Each way to end badly: the answer's status, the run's status, and words of the reason. */
static const struct {
    const char *experiment;
    long http;
    const char *status, *reason;
} failures[] = {
    {"crash", 502, "failed", "signal 11"},
    {"quit", 502, "failed", "status 3"},
    {"silent", 502, "failed", "before it was done"},
    {"garbage", 502, "failed", "line 2, column"},
    {"strange", 502, "failed", "line 2, \"sample\": cell: must be one of its own cells (0), is 7"},
    {"early", 502, "failed", "before all repetitions"},
    {"failing", 502, "failed", "a cell failed"},
    {"refusing", 403, "failed", "not with me"},
    {"flood", 502, "failed", "MB"},
};

START_TEST(a_runtime_that_fails_is_a_result_that_says_so)
{
    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(failures); i++) {
        auto_free char *path = text_printf("/run/%s" ONCE, failures[i].experiment);
        auto_answer ApiAnswer answer = api_get(&server, path);

        ck_assert_msg(answer.status == failures[i].http, "%s: %ld %s", path, answer.status, answer.body);
        ck_assert_str_eq(text_of(&answer, "status"), failures[i].status);
        ck_assert_msg(strstr(text_of(&answer, "reason"), failures[i].reason), "%s: %s", path,
            text_of(&answer, "reason"));
        api_server_wait_for_descendants(&server, 1);
    }
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(the_server_and_its_origin_are_friends_of_a_run)
{
    auto_answer ApiAnswer answer = {0};

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    answer = api_get(&server, "/run/friends" ONCE);
    ck_assert_msg(answer.status == 200, "%s", answer.body);
    api_server_stop(&server, SIGTERM);
}
END_TEST

/* The fake runtime has a single CPU, so of 12.5 seconds for the run come 13 for a process, and 10 more. */
START_TEST(a_run_is_confined)
{
    static const char *const lines[] = {"\n--clean-env\n", "\n--oom-score-adj=1000\n", "\n--cpu-seconds=23\n",
        "\n--file-size=2048\n", "\n--pids-max=300\n", "\nHOME=/nowhere\n",
        "\nMax file size             2048                 2048                 bytes"};
    auto_answer ApiAnswer answer = {0};
    auto_free char *path = NULL, *report = NULL;
    size_t length;

    setenv("SECRET", "hidden", 1);
    setenv("http_proxy", "http://hidden", 1);
    setenv("HOME", "/nowhere", 1);
    api_server_start(
        &server, API_FAKE_RUNTIME, "limits.max_file_bytes=2048", "limits.max_processes=300", NULL);
    answer = api_get(&server, "/run/confined" ONCE "&timeout_ms=12500");
    ck_assert_msg(answer.status == 200, "%s", answer.body);
    path = text_printf("%s/report", server.directory);
    ck_assert_int_eq(text_read_file(path, 1 << 20, &report, &length), 0);
    for (size_t i = 0; i < ARRAY_LENGTH(lines); i++)
        ck_assert_msg(strstr(report, lines[i]), "%s is not in: %s", lines[i], report);
    ck_assert_msg(!strstr(report, "hidden"), "%s", report);
    ck_assert_msg(!strstr(report, "--cpus="), "%s", report);
    api_server_stop(&server, SIGTERM);
}
END_TEST

/* Without limits the guard is not told any, and the server's own hold. */
START_TEST(limits_can_be_taken_off)
{
    auto_answer ApiAnswer answer = {0};
    auto_free char *path = NULL, *report = NULL;
    size_t length;

    api_server_start(&server, API_FAKE_RUNTIME, "limits.max_file_bytes=0", "limits.max_processes=0", NULL);
    answer = api_get(&server, "/run/confined" ONCE);
    ck_assert_msg(answer.status == 200, "%s", answer.body);
    path = text_printf("%s/report", server.directory);
    ck_assert_int_eq(text_read_file(path, 1 << 20, &report, &length), 0);
    ck_assert_msg(strstr(report, "\n--cpu-seconds=70\n"), "%s", report);
    ck_assert_msg(!strstr(report, "--file-size") && !strstr(report, "--pids-max"), "%s", report);
    api_server_stop(&server, SIGTERM);
}
END_TEST

/* By every mode, with the smallest limit of files: the engine shares memory and pipes, but never a file. */
START_TEST(confined_runs_share_what_they_share)
{
    static const char *const vias[] = {"variable", "shared-memory", "pipe"};

    api_server_start(&server, "limits.max_file_bytes=1", NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(vias); i++) {
        auto_free char *path = text_printf(
            "/run/share?repeat=1&warmup=0&items=100&mode=serial,threads,processes,epoll&via=%s", vias[i]);
        auto_answer ApiAnswer answer = api_get(&server, path);

        ck_assert_msg(answer.status == 200, "%s", answer.body);
    }
    api_server_stop(&server, SIGTERM);
}
END_TEST

/* What a request gets that says nothing of cpus, as text; the caller frees it. */
static char *default_cpus(void)
{
    auto_answer ApiAnswer answer = api_get(&server, "/experiments");
    json_t *parameter;
    size_t i;

    json_array_foreach (json_object_get(answer.json, "parameters"), i, parameter)
        if (strcmp(json_string_value(json_object_get(parameter, "name")), "cpus") == 0)
            return json_dumps(json_object_get(parameter, "default"), JSON_COMPACT);
    return NULL;
}

START_TEST(the_catalog_counts_the_cpus_of_a_run)
{
    auto_free char *cpus = NULL;

    api_server_start(&server, "runs.cpus_per_run=1", NULL);
    cpus = default_cpus();
    api_server_stop(&server, SIGTERM);
    ck_assert_pstr_eq(cpus, "[1]");
}
END_TEST

START_TEST(a_log_that_talks_too_much_does_no_harm)
{
    auto_answer ApiAnswer answer = {0};

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    answer = api_get(&server, "/run/talking" ONCE);
    ck_assert_msg(answer.status == 200, "%s", answer.body);
    api_server_stop(&server, SIGTERM);
}
END_TEST

START_TEST(a_run_past_its_time_ends_with_what_it_has)
{
    auto_answer ApiAnswer answer = {0}, after = {0};
    auto_free char *limit = NULL;
    int timeout_ms = 400;
    json_t *cell;

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    answer = api_get_cut_short(&server, "/run/hang" ONCE "&timeline=off", &timeout_ms, has_measured);
    limit = text_printf("timeout_ms=%d", timeout_ms);
    ck_assert_msg(answer.status == 504, "%s", answer.body);
    ck_assert_str_eq(text_of(&answer, "status"), "timeout");
    ck_assert_ptr_nonnull(strstr(text_of(&answer, "reason"), limit));
    cell = json_array_get(json_object_get(answer.json, "cells"), 0);
    ck_assert_str_eq(json_string_value(json_object_get(cell, "status")), "done");
    ck_assert_int_eq(api_server_count_descendants(&server), 1);
    after = api_get(&server, "/run/fine" ONCE);
    ck_assert_int_eq(after.status, 200);
    api_server_stop(&server, SIGTERM);
}
END_TEST

START_TEST(a_client_that_leaves_takes_its_run_along)
{
    auto_answer ApiAnswer answer = {0};
    int fd;

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    fd = api_send_get(&server, "/run/hang" ONCE);
    /* The origin, the guard's two, the runtime and its three. */
    api_server_wait_for_file(&server, "begun");
    api_server_wait_for_descendants(&server, 7);
    close(fd);
    api_server_wait_for_descendants(&server, 1);
    answer = api_get(&server, "/run/fine" ONCE);
    ck_assert_int_eq(answer.status, 200);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(a_client_that_leaves_the_queue_is_not_run)
{
    auto_answer ApiAnswer answer = {0};
    int first, second, third;

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    first = api_send_get(&server, "/run/hang" ONCE);
    api_server_wait_for_file(&server, "begun");
    second = api_send_get(&server, "/run/hang" ONCE);
    third = api_send_get(&server, "/run/hang" ONCE);
    answer = api_get(&server, "/healthz");
    close(third);
    close(second);
    close(first);
    api_server_wait_for_descendants(&server, 1);
    api_answer_finish(&answer);
    answer = api_get(&server, "/run/fine" ONCE);
    ck_assert_int_eq(answer.status, 200);
    ck_assert_int_eq(api_server_count_descendants(&server), 1);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* Returns which of the sockets has something to read first. */
static int first_ready(struct pollfd *sockets, nfds_t n)
{
    ck_assert_int_gt(poll(sockets, n, API_PATIENCE_S * 1000), 0);
    for (nfds_t i = 0; i < n; i++)
        if (sockets[i].revents)
            return (int)i;
    return -1;
}

START_TEST(runs_are_answered_in_the_order_they_came)
{
    struct pollfd sockets[4];
    enum { N = ARRAY_LENGTH(sockets) };

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    for (int i = 0; i < N; i++) {
        auto_answer ApiAnswer answer = {0};

        sockets[i] = (struct pollfd){.fd = api_send_get(&server, "/run/gated" ONCE), .events = POLLIN};
        answer = api_get(&server, "/healthz");
        ck_assert_int_eq(answer.status, 200);
    }
    for (int i = 0; i < N; i++) {
        auto_free char *text = NULL;

        api_server_wait_for_file(&server, "begun");
        api_server_touch(&server, "go");
        ck_assert_int_eq(first_ready(sockets, N), i);
        text = api_receive(sockets[i].fd);
        ck_assert(strstr(text, "HTTP/1.1 200"));
        sockets[i].fd = -1;
    }
    api_server_stop(&server, SIGTERM);
}
END_TEST

START_TEST(a_full_queue_says_when_to_come_back)
{
    auto_answer ApiAnswer answer = {0};
    auto_free char *retry = NULL, *text = NULL;
    int first, second;

    api_server_start(&server, API_FAKE_RUNTIME, "limits.max_queue=1", NULL);
    first = api_send_get(&server, "/run/hang" ONCE);
    api_server_wait_for_file(&server, "begun");
    second = api_send_get(&server, "/run/fine" ONCE);
    answer = api_get(&server, "/healthz");
    api_answer_finish(&answer);

    answer = api_get(&server, "/run/fine" ONCE);
    ck_assert_int_eq(answer.status, 503);
    retry = api_answer_header(&answer, "Retry-After");
    ck_assert_ptr_nonnull(retry);
    ck_assert_int_ge(atoi(retry), 1);
    close(first);
    text = api_receive(second);
    ck_assert(strstr(text, "HTTP/1.1 200"));
    api_server_stop(&server, SIGTERM);
}
END_TEST

/* Runs the same twice, and returns the comparison, a new object. */
static json_t *compare_twice(const char *path)
{
    char *ids[2];

    for (int i = 0; i < 2; i++) {
        auto_answer ApiAnswer answer = api_get(&server, path);

        api_assert_status(&answer, 200);
        ids[i] = strdup(api_text(answer.json, "id"));
    }
    for (int i = 0; i < 2; i++)
        api_wait_for_status(&server, ids[i], "done");
    {
        auto_free char *compare = text_printf("/compare?baseline=%s&candidate=%s", ids[0], ids[1]);
        auto_answer ApiAnswer answer = api_get(&server, compare);

        api_assert_status(&answer, 200);
        free(ids[0]);
        free(ids[1]);
        return json_incref(answer.json);
    }
}

/* With two repetitions nothing can be told, however quiet the machine is. Whatever was asked for is asked for
 * once more in the plan, lists and the parameters of locks too, and the limits are those of this server. */
START_TEST(a_comparison_that_cannot_tell_names_one_parameter_that_is_allowed)
{
    static const struct {
        const char *setting, *path, *advice;
    } rows[] = {
        {"limits.max_repeat=100", "/run/countdown?n=1000&lock=gil,gil-py2&switch_interval_us=1000,5000",
            "; try repeat=7 in both runs (about "},
        {"limits.max_repeat=100", "/run/fetch?requests=1&bytes=1&delay_ms=1&tasks=1",
            "; try repeat=7 in both runs (about "},
        {"limits.max_repeat=100", "/run/countdown?n=1000&tasks=1&cpus=1&timeline=off",
            "; try repeat=7 in both runs (about "},
        {"limits.max_repeat=5", "/run/countdown?n=1000", "; no single parameter within the limits would "},
    };

    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        auto_free char *path =
            text_printf("%s&mode=serial,threads&repeat=2&warmup=0&label=a&fresh=1", rows[i].path);
        json_auto_t *both = NULL;
        size_t k;
        json_t *cell;

        api_server_start(&server, rows[i].setting, NULL);
        both = compare_twice(path);
        ck_assert_uint_ge(json_array_size(json_object_get(both, "cells")), 2);
        json_array_foreach (json_object_get(both, "cells"), k, cell)
            ck_assert_msg(
                strstr(api_text(cell, "hint"), rows[i].advice), "%s: %s", path, api_text(cell, "hint"));
        ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
    }
}
END_TEST

RUN_TESTS("api-runs", 120, a_comparison_that_cannot_tell_names_one_parameter_that_is_allowed,
    a_run_is_one_object, the_spans_of_a_timeline_are_in_the_answer_with_full_detail_only,
    each_cell_says_how_many_were_inside_at_once, a_run_whose_timeline_has_no_time_is_done,
    fetch_asks_the_own_origin, parameters_mean_the_same_in_query_form_and_json,
    the_format_follows_the_parameter_then_the_accept_header, a_runtime_that_fails_is_a_result_that_says_so,
    the_server_and_its_origin_are_friends_of_a_run, a_run_is_confined, limits_can_be_taken_off,
    confined_runs_share_what_they_share, the_catalog_counts_the_cpus_of_a_run,
    a_log_that_talks_too_much_does_no_harm, a_run_past_its_time_ends_with_what_it_has,
    a_client_that_leaves_takes_its_run_along, a_client_that_leaves_the_queue_is_not_run,
    runs_are_answered_in_the_order_they_came, a_full_queue_says_when_to_come_back)
