/* /metrics of the real server: read strictly, and true. */
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "tests/api/api-client.h"
#include "tests/api/exposition-check.h"
#include "tests/unit/run.h"

#define ONCE "?repeat=1&warmup=0&mode=serial&lock=gil&fresh=1"

static ApiServer server;

static Exposition *read_metrics(void)
{
    auto_answer ApiAnswer answer = api_get(&server, "/metrics");

    ck_assert_int_eq(answer.status, 200);
    return exposition_new(answer.body);
}

/* Whole numbers, which a double holds exactly. */
static long long value_of(const char *sample)
{
    Exposition *exposition = read_metrics();
    double value = exposition_value(exposition, sample);

    exposition_free(exposition);
    return (long long)value;
}

static void wait_for_value(const char *sample, long long value)
{
    for (int i = 0; i < API_PATIENCE_S * 100 && value_of(sample) != value; i++)
        usleep(10000);
    ck_assert_int_eq(value_of(sample), value);
}

static const struct {
    const char *name, *type;
} families[] = {
    {"gilscope_runs_total", "counter"},
    {"gilscope_queue_length", "gauge"},
    {"gilscope_running", "gauge"},
    {"gilscope_run_waiting_seconds", "histogram"},
    {"gilscope_run_duration_seconds", "histogram"},
    {"gilscope_lock_held_seconds_total", "counter"},
    {"gilscope_lock_waited_seconds_total", "counter"},
    {"gilscope_http_requests_total", "counter"},
    {"gilscope_connections", "gauge"},
    {"gilscope_watchers", "gauge"},
    {"gilscope_unread_bytes", "gauge"},
    {"gilscope_children_started_total", "counter"},
    {"gilscope_children", "gauge"},
    {"gilscope_archive_runs", "gauge"},
    {"gilscope_archive_bytes", "gauge"},
    {"gilscope_archive_kept", "gauge"},
    {"gilscope_build_info", "gauge"},
};

START_TEST(the_metrics_are_in_the_format_before_and_after_the_first_run)
{
    auto_answer ApiAnswer answer = {0};
    auto_free char *type = NULL;

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    for (int round = 0; round < 2; round++) {
        Exposition *exposition = read_metrics();
        auto_answer ApiAnswer run = {0};

        for (size_t i = 0; i < ARRAY_LENGTH(families); i++)
            ck_assert_str_eq(exposition_type(exposition, families[i].name), families[i].type);
        exposition_free(exposition);
        run = api_get(&server, "/run/fine" ONCE);
        ck_assert_int_eq(run.status, 200);
    }
    answer = api_get(&server, "/metrics");
    type = api_answer_header(&answer, "Content-Type");
    ck_assert_str_eq(type, "text/plain; version=0.0.4; charset=utf-8");
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(runs_are_counted_by_experiment_and_status)
{
    static const char *const paths[] = {"/run/fine" ONCE, "/run/fine" ONCE, "/run/crash" ONCE};
    Exposition *exposition;

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(paths); i++) {
        auto_answer ApiAnswer answer = api_get(&server, paths[i]);

        ck_assert_int_eq(answer.status, i < 2 ? 200 : 502);
    }
    ck_assert_int_eq(value_of("gilscope_runs_total{experiment=\"fine\",status=\"done\"}"), 2);
    ck_assert_int_eq(value_of("gilscope_runs_total{experiment=\"crash\",status=\"failed\"}"), 1);
    ck_assert_int_eq(value_of("gilscope_run_waiting_seconds_count"), 3);
    ck_assert_int_eq(value_of("gilscope_run_duration_seconds_bucket{le=\"+Inf\"}"), 3);
    ck_assert_int_eq(value_of("gilscope_children_started_total"), 3);
    ck_assert_int_eq(value_of("gilscope_archive_runs"), 3);
    ck_assert_int_eq(value_of("gilscope_archive_kept"), 1);
    exposition = read_metrics();
    ck_assert_double_gt(exposition_value(exposition, "gilscope_run_duration_seconds_sum"), 0);
    ck_assert_double_gt(exposition_value(exposition, "gilscope_archive_bytes"), 0);
    exposition_free(exposition);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(what_waits_and_what_runs_is_seen_while_it_does)
{
    int first, second;

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    first = api_send_get(&server, "/run/gated" ONCE);
    api_server_wait_for_file(&server, "begun");
    second = api_send_get(&server, "/run/gated" ONCE);
    wait_for_value("gilscope_queue_length", 1);
    ck_assert_int_eq(value_of("gilscope_running"), 1);
    ck_assert_int_eq(value_of("gilscope_children"), 1);
    ck_assert_int_ge(value_of("gilscope_connections"), 3);
    close(second);
    wait_for_value("gilscope_run_waiting_seconds_count", 1);
    ck_assert_int_eq(value_of("gilscope_runs_total{experiment=\"gated\",status=\"cancelled\"}"), 1);
    /* It never had a runtime, so it counts as one that waited only. */
    ck_assert_int_eq(value_of("gilscope_run_duration_seconds_count"), 0);
    ck_assert_int_eq(value_of("gilscope_children"), 1);
    api_server_touch(&server, "go");
    free(api_receive(first));
    wait_for_value("gilscope_children", 0);
    ck_assert_int_eq(value_of("gilscope_running"), 0);
    ck_assert_int_eq(value_of("gilscope_queue_length"), 0);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(requests_are_counted_by_route_method_and_code)
{
    static const struct {
        ApiAsk ask;
        const char *labels;
    } rows[] = {
        {{.path = "/version"}, "route=\"/version\",method=\"GET\",code=\"200\""},
        {{.method = "HEAD", .path = "/version"}, "route=\"/version\",method=\"HEAD\",code=\"200\""},
        {{.path = "/run/nonsense"}, "route=\"/run/{experiment}\",method=\"GET\",code=\"404\""},
        {{.path = "/nowhere\"\\"}, "route=\"other\",method=\"GET\",code=\"404\""},
        {{.method = "BREW", .path = "/version"}, "route=\"/version\",method=\"other\",code=\"405\""},
        {{.path = "/version", .header = "Host: evil.example"}, "route=\"other\",method=\"GET\",code=\"421\""},
    };

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        ApiAnswer answer = api_ask(&server, rows[i].ask);
        auto_free char *sample = text_printf("gilscope_http_requests_total{%s}", rows[i].labels);

        api_answer_finish(&answer);
        ck_assert_int_eq(value_of(sample), 1);
    }
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(the_metrics_say_whether_runs_are_kept)
{
    api_server_start(&server, API_FAKE_RUNTIME, "archive.path=none", NULL);
    ck_assert_int_eq(value_of("gilscope_archive_kept"), 0);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(lock_time_is_summed_up)
{
    auto_answer ApiAnswer answer = {0};
    Exposition *exposition;

    api_server_start(&server, NULL);
    answer = api_get(&server, "/run/countdown?n=1e6&repeat=1&warmup=0&mode=threads");
    ck_assert_int_eq(answer.status, 200);
    exposition = read_metrics();
    ck_assert_double_gt(exposition_value(exposition, "gilscope_lock_held_seconds_total"), 0);
    exposition_free(exposition);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

RUN_TESTS("api-metrics", 120, the_metrics_are_in_the_format_before_and_after_the_first_run,
    runs_are_counted_by_experiment_and_status, what_waits_and_what_runs_is_seen_while_it_does,
    requests_are_counted_by_route_method_and_code, the_metrics_say_whether_runs_are_kept,
    lock_time_is_summed_up)
