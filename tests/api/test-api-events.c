/* Event streams: of one run, before, while and after it runs, and of all runs. */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "tests/api/api-runs.h"
#include "tests/api/api-stream.h"
#include "tests/unit/run.h"

#define FRESH "&fresh=1"
#define STREAM "Accept: text/event-stream\r\n"

static ApiServer server;

static void follow(ApiStream *stream, const char *id, uint64_t last_id)
{
    auto_free char *path = text_printf("/runs/%s/events", id);
    auto_free char *header = text_printf("Last-Event-ID: %llu\r\n", (unsigned long long)last_id);

    api_stream_open(stream, &server, path, last_id > 0 ? header : "");
}

/* Reads to the end. Returns the events as "12 sample 1, 13 done" (a sample with its number), owned by the
 * caller, and closes the stream. Ids have to rise. */
static char *read_all(ApiStream *stream)
{
    char *text = strdup("");
    uint64_t last = 0;

    for (;;) {
        auto_event ApiEvent event = api_stream_next(stream);
        auto_free char *before = text;
        json_int_t done = json_integer_value(json_object_get(event.data, "done"));

        text =
            text_printf("%s%s%llu %s", before, *before ? ", " : "", (unsigned long long)event.id, event.name);
        if (event.ended) {
            free(text);
            text = strdup(before);
            break;
        }
        ck_assert_uint_gt(event.id, last);
        ck_assert_ptr_nonnull(event.data);
        last = event.id;
        if (done > 0) {
            auto_free char *shorter = text;

            text = text_printf("%s %lld", shorter, (long long)done);
        }
    }
    api_stream_close(stream);
    return text;
}

static char *read_events(const char *id, uint64_t last_id)
{
    ApiStream stream;

    follow(&stream, id, last_id);
    return read_all(&stream);
}

START_TEST(a_stream_tells_how_a_run_goes)
{
    static const char *const names[] = {
        "queued", "started", "sample", "sample", "sample", "sample", "result", "result", "done"};
    ApiStream stream;
    uint64_t last = 0;

    api_server_start(&server, NULL);
    api_stream_open(&stream, &server,
        "/run/countdown?n=1000&repeat=2&warmup=0&tasks=2&mode=serial,threads&label=mine&prediction=same",
        STREAM);
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        auto_event ApiEvent event = api_stream_next(&stream);

        ck_assert_str_eq(event.name, names[i]);
        ck_assert_uint_gt(event.id, last);
        last = event.id;
        if (strcmp(event.name, "queued") == 0)
            ck_assert_int_eq(json_integer_value(json_object_get(event.data, "position")), 1);
        if (strcmp(event.name, "sample") == 0) {
            ck_assert_int_eq(json_integer_value(json_object_get(event.data, "done")), (json_int_t)i - 1);
            ck_assert_int_eq(json_integer_value(json_object_get(event.data, "of")), 4);
            ck_assert(json_is_integer(json_object_get(event.data, "remaining_ns")));
        }
        if (strcmp(event.name, "result") == 0)
            ck_assert_str_eq(api_text(event.data, "mode"), i == 6 ? "serial" : "threads");
        if (strcmp(event.name, "done") == 0) {
            ck_assert_str_eq(api_text(event.data, "label"), "mine");
            ck_assert_str_eq(api_text(json_object_get(event.data, "request"), "prediction"), "same");
            ck_assert(json_is_true(json_object_get(event.data, "kept")));
            ck_assert_uint_eq(json_array_size(json_object_get(event.data, "cells")), 2);
        }
    }
    {
        auto_event ApiEvent end = api_stream_next(&stream);

        ck_assert(end.ended);
    }
    api_stream_close(&stream);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* What is told behind an event. */
static const char *rest_behind(const char *told, const char *event)
{
    const char *at = strstr(told, event), *rest = at ? strstr(at, ", ") : NULL;

    ck_assert_msg(rest, "nothing behind \"%s\" in %s", event, told);
    return rest + 2;
}

static void go_on_to(ApiStream *stream, json_int_t n)
{
    auto_event ApiEvent event = {0};

    api_server_touch(&server, "go");
    event = api_stream_find(stream, "sample");
    ck_assert_int_eq(json_integer_value(json_object_get(event.data, "done")), n);
}

/* How a finished run is told again, from each of its events on. */
static void assert_told_again(const char *id, const char *whole)
{
    const char *rest = whole;

    for (;;) {
        auto_free char *from_start = read_events(id, 0), *resumed = NULL;
        uint64_t last_id = strtoull(rest, NULL, 10);
        const char *next = strstr(rest, ", ");

        ck_assert_str_eq(from_start, whole);
        if (!next)
            return;
        rest = next + 2;
        resumed = read_events(id, last_id);
        ck_assert_str_eq(resumed, rest);
    }
}

static void assert_nothing_left(const char *id, const char *whole)
{
    auto_free char *path = text_printf("/runs/%s/events", id);
    const char *last = strrchr(whole, ',');
    auto_free char *header = text_printf("Last-Event-ID: %llu", strtoull(last + 2, NULL, 10));
    auto_free char *far = text_printf("Last-Event-ID: 999999");
    auto_answer ApiAnswer none = api_ask(&server, (ApiAsk){.path = path, .header = header});
    auto_answer ApiAnswer beyond = api_ask(&server, (ApiAsk){.path = path, .header = far});

    api_assert_status(&none, 204);
    api_assert_status(&beyond, 204);
}

START_TEST(late_readers_get_what_they_have_missed_and_no_more)
{
    auto_free char *id = NULL, *all = NULL, *late = NULL, *resumed = NULL;
    ApiStream first, second, third;

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    api_stream_open(&first, &server, "/run/stepped?repeat=3&warmup=0&mode=serial&lock=gil", STREAM);
    api_server_wait_for_file(&server, "begun");
    id = api_wait_for_asks(&server, 1);
    go_on_to(&first, 1);
    follow(&second, id, 0);
    {
        auto_event ApiEvent sample = api_stream_find(&second, "sample");

        follow(&third, id, sample.id);
    }
    go_on_to(&first, 2);
    go_on_to(&first, 3);
    late = read_all(&second);
    resumed = read_all(&third);
    free(read_all(&first));
    all = read_events(id, 0);
    ck_assert_msg(strstr(all, "queued") && strstr(all, "started") && strstr(all, "sample 3"), "%s", all);
    ck_assert_str_eq(late, rest_behind(all, "sample 1"));
    ck_assert_str_eq(resumed, late);
    assert_told_again(id, all);
    assert_nothing_left(id, all);
    ck_assert_int_eq(api_server_end(&server, SIGTERM), 0);
    api_server_start_again(&server, API_FAKE_RUNTIME, NULL);
    assert_told_again(id, all);
    assert_nothing_left(id, all);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(who_comes_back_after_the_server_died_is_told_how_the_run_ended)
{
    auto_event ApiEvent started = {0}, failed = {0}, end = {0};
    auto_free char *id = NULL, *path = NULL, *header = NULL;
    auto_answer ApiAnswer rest = {0};
    ApiStream stream;

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    id = api_book(&server, "hang", "&label=mine");
    api_server_wait_for_file(&server, "begun");
    follow(&stream, id, 0);
    started = api_stream_find(&stream, "started");
    ck_assert_int_eq(api_server_end(&server, SIGKILL), 128 + SIGKILL);
    api_stream_close(&stream);
    api_server_start_again(&server, API_FAKE_RUNTIME, NULL);
    follow(&stream, id, started.id);
    failed = api_stream_next(&stream);
    ck_assert_str_eq(failed.name, "failed");
    ck_assert_str_eq(api_text(failed.data, "id"), id);
    ck_assert_str_eq(api_text(failed.data, "label"), "mine");
    ck_assert_str_eq(api_text(failed.data, "reason"), "the server ended before the run did");
    end = api_stream_next(&stream);
    ck_assert(end.ended);
    api_stream_close(&stream);
    path = text_printf("/runs/%s/events", id);
    header = text_printf("Last-Event-ID: %llu", (unsigned long long)failed.id);
    rest = api_ask(&server, (ApiAsk){.path = path, .header = header});
    api_assert_status(&rest, 204);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(thirty_watchers_are_told_the_same)
{
    enum { N = 30 };
    ApiStream streams[N];
    auto_free char *id = NULL, *told = NULL;

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    id = api_book(&server, "stepped", FRESH);
    api_server_wait_for_file(&server, "begun");
    for (int i = 0; i < N; i++)
        follow(&streams[i], id, 0);
    api_server_touch(&server, "hurry");
    for (int i = 0; i < N; i++) {
        auto_free char *text = read_all(&streams[i]);

        if (i == 0)
            told = strdup(text);
        ck_assert_str_eq(text, told);
    }
    ck_assert_msg(strstr(told, "sample 1") && strstr(told, "done"), "%s", told);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(who_streams_a_run_keeps_it_going_and_ends_it_as_the_last)
{
    ApiStream first, second;
    auto_free char *id = NULL;

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    api_stream_open(&first, &server, "/run/hang" API_ONCE, STREAM);
    api_server_wait_for_file(&server, "begun");
    id = api_wait_for_asks(&server, 1);
    follow(&second, id, 0);
    api_stream_close(&first);
    for (int i = 0; i < 20; i++)
        api_wait_for_status(&server, id, "running");
    api_stream_close(&second);
    api_wait_for_status(&server, id, "cancelled");
    api_server_wait_for_descendants(&server, 1);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

static void assert_place(ApiStream *stream, json_int_t position, json_int_t of)
{
    auto_event ApiEvent event = {0};

    do {
        api_event_finish(&event);
        event = api_stream_find(stream, "queued");
        ck_assert(json_is_integer(json_object_get(event.data, "estimated_wait_ns")));
    } while (json_integer_value(json_object_get(event.data, "position")) != position);
    ck_assert_int_eq(json_integer_value(json_object_get(event.data, "of")), of);
}

START_TEST(a_client_that_waits_is_told_its_place)
{
    auto_free char *first = NULL, *second = NULL, *third = NULL, *path = NULL;
    auto_answer ApiAnswer cancelled = {0};
    auto_event ApiEvent started = {0};
    ApiStream stream;

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    first = api_book(&server, "gated", "&client=anna");
    api_server_wait_for_file(&server, "begun");
    second = api_book(&server, "fine", "&client=ben" FRESH);
    third = api_book(&server, "fine", "&client=carl" FRESH);
    follow(&stream, third, 0);
    assert_place(&stream, 2, 2);
    path = text_printf("/runs/%s/cancel", second);
    cancelled = api_ask(&server, (ApiAsk){.method = "POST", .path = path, .header = API_OWNER("ben")});
    api_assert_status(&cancelled, 200);
    assert_place(&stream, 1, 1);
    api_server_touch(&server, "go");
    started = api_stream_find(&stream, "started");
    ck_assert_str_eq(api_text(started.data, "id"), third);
    api_stream_close(&stream);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(the_board_shows_all_runs_beginning_and_ending)
{
    auto_free char *id = NULL, *joined = NULL, *header = NULL;
    auto_event ApiEvent started = {0}, ended = {0}, again = {0}, next = {0};
    ApiStream board, late;

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    api_stream_open(&board, &server, "/events", "");
    id = api_book(&server, "crunch", "&client=anna&label=alpha&prediction=shorter");
    started = api_stream_find(&board, "started");
    ck_assert_str_eq(api_text(started.data, "id"), id);
    ck_assert_str_eq(api_text(started.data, "experiment"), "crunch");
    ck_assert_str_eq(api_text(started.data, "label"), "alpha");
    ck_assert_str_eq(
        api_text(json_array_get(json_object_get(started.data, "asks"), 0), "prediction"), "shorter");
    joined = api_book(&server, "crunch", "&client=ben&label=beta");
    api_server_wait_for_file(&server, "begun");
    api_server_touch(&server, "go");
    ended = api_stream_find(&board, "ended");
    ck_assert_str_eq(api_text(ended.data, "id"), joined);
    ck_assert_str_eq(api_text(ended.data, "status"), "done");
    ck_assert_uint_eq(json_array_size(json_object_get(ended.data, "asks")), 2);
    ck_assert_ptr_nonnull(json_object_get(json_object_get(ended.data, "headline"), "value"));
    ck_assert(*api_text(json_object_get(ended.data, "headline"), "text"));
    ck_assert_uint_gt(ended.id, started.id);
    header = text_printf("Last-Event-ID: %llu\r\n", (unsigned long long)started.id);
    api_stream_open(&late, &server, "/events", header);
    again = api_stream_find(&late, "ended");
    ck_assert_uint_eq(again.id, ended.id);
    free(api_book(&server, "crash", FRESH));
    next = api_stream_find(&late, "ended");
    ck_assert_str_eq(api_text(next.data, "status"), "failed");
    api_stream_close(&late);
    api_stream_close(&board);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

static void assert_head(const char *path, long status)
{
    auto_answer ApiAnswer answer = api_ask(&server, (ApiAsk){.method = "HEAD", .path = path});
    auto_free char *type = api_answer_header(&answer, "Content-Type");

    ck_assert_msg(answer.status == status, "%s: %ld", path, answer.status);
    ck_assert_uint_eq(answer.length, 0);
    if (status == 200)
        ck_assert_pstr_eq(type, "text/event-stream");
}

START_TEST(a_header_alone_is_answered_and_watches_nothing)
{
    auto_free char *over = NULL, *live = NULL, *of_over = NULL, *of_live = NULL;
    auto_answer ApiAnswer bad = {0};
    int fd;

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    over = api_book(&server, "fine", FRESH);
    api_wait_for_status(&server, over, "done");
    fd = api_send_run(&server, "hang", FRESH);
    api_server_wait_for_file(&server, "begun");
    live = api_wait_for_asks(&server, 1);
    of_over = text_printf("/runs/%s/events", over);
    of_live = text_printf("/runs/%s/events", live);
    assert_head("/events", 200);
    assert_head(of_over, 200);
    assert_head(of_live, 200);
    assert_head("/runs/01ARZ3NDEKTSV4RRFFQ69G5FAV/events", 404);
    bad = api_ask(&server, (ApiAsk){.path = of_live, .header = "Last-Event-ID: junk"});
    api_assert_status(&bad, 400);
    api_wait_for_status(&server, live, "running");
    close(fd);
    api_wait_for_status(&server, live, "cancelled");
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* As libcurl reads it, in pieces of HTTP/1.1, and the connection can be used again. */
START_TEST(a_stream_ends_and_the_connection_goes_on)
{
    void *connection = api_connection_new();

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    for (int i = 0; i < 3; i++) {
        auto_answer ApiAnswer stream = api_ask(&server, (ApiAsk){.path = "/run/fine" API_ONCE,
                                                            .header = "Accept: text/event-stream",
                                                            .connection = connection});
        auto_answer ApiAnswer health =
            api_ask(&server, (ApiAsk){.path = "/healthz", .connection = connection});

        api_assert_status(&stream, 200);
        ck_assert_msg(strstr(stream.body, "event: done\n"), "%s", stream.body);
        api_assert_status(&health, 200);
    }
    api_connection_free(connection);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* They get more than fits into what lies between them and the server, and do not take it. */
START_TEST(who_does_not_read_holds_nobody_up)
{
    enum { N_LAZY = 4, SMALL = 2048 };
    auto_free char *id = NULL, *told = NULL, *request = NULL;
    auto_answer ApiAnswer booked = {0};
    ApiStream reader;
    int lazy[N_LAZY];

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    booked = api_ask(&server, (ApiAsk){.path = "/run/stepped?repeat=1000&warmup=0&mode=serial&lock=gil",
                                  .header = "Prefer: respond-async"});
    id = strdup(api_text(booked.json, "id"));
    api_server_wait_for_file(&server, "begun");
    request = text_printf("GET /runs/%s/events HTTP/1.0\r\nHost: localhost\r\n\r\n", id);
    for (int i = 0; i < N_LAZY; i++) {
        lazy[i] = api_connect_small(&server, SMALL);
        ck_assert_int_eq(write(lazy[i], request, strlen(request)), (ssize_t)strlen(request));
    }
    follow(&reader, id, 0);
    api_server_touch(&server, "hurry");
    told = read_all(&reader);
    ck_assert_msg(strstr(told, "sample 1000, "), "%s", told);
    for (int i = 0; i < N_LAZY; i++) {
        auto_free char *text = api_receive(lazy[i]);

        ck_assert(strstr(text, "\"done\":1000,") && strstr(text, "event: done\n"));
    }
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(streams_end_with_the_server)
{
    auto_event ApiEvent failed = {0}, end = {0}, last = {0};
    auto_free char *id = NULL;
    ApiStream run, board;

    api_server_start(&server, API_FAKE_RUNTIME, "server.grace_ms=0", NULL);
    id = api_book(&server, "hang", FRESH);
    api_server_wait_for_file(&server, "begun");
    api_stream_open(&board, &server, "/events", "");
    follow(&run, id, 0);
    kill(server.pid, SIGTERM);
    failed = api_stream_find(&run, "failed");
    ck_assert_str_eq(api_text(failed.data, "status"), "cancelled");
    end = api_stream_next(&run);
    ck_assert(end.ended);
    last = api_stream_find(&board, "ended");
    api_event_finish(&end);
    end = api_stream_next(&board);
    ck_assert(end.ended);
    api_stream_close(&run);
    api_stream_close(&board);
    ck_assert_int_eq(api_server_wait(&server), 0);
}
END_TEST

/* It takes 15 seconds, which are those of the server. */
START_TEST(who_is_told_nothing_is_told_so)
{
    auto_event ApiEvent greeting = {0}, class = {0}, line = {0}, comment = {0}, of_run = {0};
    auto_free char *id = NULL;
    ApiStream board, run;

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    id = api_book(&server, "gated", FRESH);
    api_server_wait_for_file(&server, "begun");
    follow(&run, id, 0);
    api_event_finish(&of_run);
    of_run = api_stream_find(&run, "started");
    api_stream_open(&board, &server, "/events", "Last-Event-ID: 99999999999999\r\n");
    greeting = api_stream_next(&board);
    ck_assert_str_eq(greeting.name, "");
    class = api_stream_next(&board);
    ck_assert_str_eq(class.name, "class");
    line = api_stream_next(&board);
    ck_assert_str_eq(line.name, "line");
    comment = api_stream_next(&board);
    ck_assert(!comment.ended && *comment.name == '\0' && comment.id == 0);
    api_event_finish(&of_run);
    of_run = api_stream_next(&run);
    ck_assert(!of_run.ended && *of_run.name == '\0' && of_run.id == 0);
    api_server_touch(&server, "go");
    api_event_finish(&of_run);
    of_run = api_stream_find(&run, "done");
    api_event_finish(&comment);
    comment = api_stream_find(&board, "ended");
    api_stream_close(&run);
    api_stream_close(&board);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

RUN_TESTS("api-events", 120, a_stream_tells_how_a_run_goes,
    late_readers_get_what_they_have_missed_and_no_more,
    who_comes_back_after_the_server_died_is_told_how_the_run_ended, thirty_watchers_are_told_the_same,
    who_streams_a_run_keeps_it_going_and_ends_it_as_the_last, a_client_that_waits_is_told_its_place,
    the_board_shows_all_runs_beginning_and_ending, a_header_alone_is_answered_and_watches_nothing,
    a_stream_ends_and_the_connection_goes_on, who_does_not_read_holds_nobody_up, streams_end_with_the_server,
    who_is_told_nothing_is_told_so)
