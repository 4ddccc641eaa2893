/* Runs that go on until they are precise: how they end, with the engine and with runtimes that do not do as
 * they are told. */
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "tests/api/api-client.h"
#include "tests/api/api-runs.h"
#include "tests/unit/run.h"

#define PACER "runtimes.c=" API_SOURCE_ROOT "/tests/api/pacing-runtime.sh"
#define MORE "?repeat=2&warmup=0&mode=serial,threads&precision=5&fresh=1"

static ApiServer server;

static const json_t *precision_of(const json_t *run)
{
    const json_t *precision = json_object_get(run, "precision");

    ck_assert_msg(json_is_object(precision), "there is no precision");
    return precision;
}

static json_int_t rounds_of(const json_t *run)
{
    return json_integer_value(json_object_get(precision_of(run), "rounds"));
}

static void assert_samples(const json_t *run, json_int_t n)
{
    size_t i;
    json_t *cell;

    json_array_foreach (json_object_get(run, "cells"), i, cell) {
        const json_t *samples = json_object_get(json_object_get(cell, "wall_ns"), "samples");

        ck_assert_str_eq(api_text(cell, "status"), "done");
        ck_assert_uint_eq(json_array_size(samples), (size_t)n);
    }
}

/* However noisy the machine is, the run ends by itself, and says how. */
START_TEST(a_run_with_a_precision_ends_by_itself)
{
    static const char path[] = "/run/countdown?n=1e5&tasks=2&mode=serial,threads,processes&precision=50"
                               "&timeout_ms=10000&timeline=on&repeat=3";
    auto_answer ApiAnswer answer = {0};
    const char *by;
    double reached;

    api_server_start(&server, NULL);
    answer = api_get(&server, path);
    api_assert_status(&answer, 200);
    by = api_text(precision_of(answer.json), "stopped_by");
    reached = json_number_value(json_object_get(precision_of(answer.json), "reached"));
    ck_assert_msg(strcmp(by, "precision") == 0 || strcmp(by, "time") == 0 || strcmp(by, "max_repeat") == 0,
        "stopped by %s", by);
    ck_assert_int_eq(strcmp(by, "precision") == 0, reached <= 50);
    ck_assert_int_ge(rounds_of(answer.json), strcmp(by, "precision") == 0 ? 10 : 3);
    assert_samples(answer.json, rounds_of(answer.json));
    ck_assert(json_is_object(
        json_object_get(json_array_get(json_object_get(answer.json, "cells"), 0), "timeline")));
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(without_a_precision_there_is_none)
{
    auto_answer ApiAnswer answer = {0};

    api_server_start(&server, PACER, NULL);
    answer = api_get(&server, "/run/blind?repeat=2&warmup=0&mode=serial,threads");
    api_assert_status(&answer, 200);
    ck_assert(json_is_null(json_object_get(answer.json, "precision")));
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* All times are the same, so that nothing but the rule decides. One hears the stop, one goes on for ever and
 * is ended, one knows of no precision and ends by itself, and one is too wide for all the rounds there are.
 */
START_TEST(runtimes_end_as_they_are_told_or_are_ended)
{
    static const struct {
        const char *experiment, *more, *by;
        json_int_t rounds;
    } rows[] = {
        {"heeding", "", "precision", 10},
        {"heedless", "", "precision", 10},
        {"heedless", "&max_repeat=5", "max_repeat", 5},
        {"blind", "", "runtime", 2},
        {"wide", "&max_repeat=12", "max_repeat", 12},
    };

    api_server_start(&server, PACER, NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        auto_free char *path = text_printf("/run/%s" MORE "%s", rows[i].experiment, rows[i].more);
        auto_answer ApiAnswer answer = api_get(&server, path);

        api_assert_status(&answer, 200);
        ck_assert_str_eq(api_text(answer.json, "status"), "done");
        ck_assert_str_eq(api_text(precision_of(answer.json), "stopped_by"), rows[i].by);
        ck_assert_int_eq(rounds_of(answer.json), rows[i].rounds);
        assert_samples(answer.json, rows[i].rounds);
    }
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* Only a runtime that waits can be told anything. */
START_TEST(a_runtime_that_does_not_wait_is_refused)
{
    auto_answer ApiAnswer answer = {0};

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    answer = api_get(&server, "/run/fine" API_ONCE "&precision=5");
    api_assert_status(&answer, 400);
    ck_assert_ptr_nonnull(strstr(answer.body, "cannot be told to stop"));
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

static bool has_what_it_must(const ApiAnswer *answer)
{
    return answer->status == 200;
}

/* A run that is late has all that it must have, and is done. */
START_TEST(the_time_limit_ends_it_as_done)
{
    auto_answer ApiAnswer answer = {0};
    int timeout_ms = 1500;

    api_server_start(&server, PACER, NULL);
    answer = api_get_cut_short(&server, "/run/wide" MORE, &timeout_ms, has_what_it_must);
    api_assert_status(&answer, 200);
    ck_assert_str_eq(api_text(answer.json, "status"), "done");
    ck_assert_str_eq(api_text(precision_of(answer.json), "stopped_by"), "time");
    assert_samples(answer.json, rounds_of(answer.json));
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* Starts one that does not end by itself, and waits until it goes on beyond what it must have. Returns its
 * id, and sets *ret_header to the header that shows whose it is; both are owned by the caller. */
static char *book_wide(char **ret_header)
{
    auto_answer ApiAnswer answer = api_ask(
        &server, (ApiAsk){.path = "/run/wide" MORE "&timeout_ms=60000", .header = "Prefer: respond-async"});
    auto_free char *owner = api_answer_header(&answer, "Gilscope-Owner");

    api_assert_status(&answer, 202);
    ck_assert_ptr_nonnull(owner);
    api_server_wait_for_file(&server, "begun");
    *ret_header = text_printf("Gilscope-Owner: %s", owner);
    return strdup(api_text(answer.json, "id"));
}

START_TEST(a_client_ends_it)
{
    auto_free char *id = NULL, *path = NULL, *header = NULL;
    auto_answer ApiAnswer answer = {0};
    json_auto_t *running = NULL, *run = NULL;

    api_server_start(&server, PACER, NULL);
    id = book_wide(&header);
    running = api_run(&server, id);
    ck_assert(json_is_null(json_object_get(precision_of(running), "stopped_by")));
    path = text_printf("/runs/%s/cancel", id);
    answer = api_ask(&server, (ApiAsk){.method = "POST", .path = path, .header = header});
    api_assert_status(&answer, 200);
    run = api_run(&server, id);
    ck_assert_str_eq(api_text(run, "status"), "cancelled");
    ck_assert_str_eq(api_text(precision_of(run), "stopped_by"), "client");
    ck_assert_int_ge(rounds_of(run), 2);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(the_end_of_the_server_is_not_the_client)
{
    auto_free char *id = NULL, *header = NULL;
    json_auto_t *run = NULL;

    api_server_start(&server, PACER, "server.grace_ms=0", NULL);
    id = book_wide(&header);
    ck_assert_int_eq(api_server_end(&server, SIGTERM), 0);
    api_server_start_again(&server, PACER, NULL);
    run = api_run(&server, id);
    ck_assert_str_eq(api_text(run, "status"), "cancelled");
    ck_assert_str_eq(api_text(precision_of(run), "stopped_by"), "server");
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

RUN_TESTS("api-precision", 120, a_run_with_a_precision_ends_by_itself, without_a_precision_there_is_none,
    runtimes_end_as_they_are_told_or_are_ended, a_runtime_that_does_not_wait_is_refused,
    the_time_limit_ends_it_as_done, a_client_ends_it, the_end_of_the_server_is_not_the_client)
