/* What fetch says of answers that are not the page that was asked for: nobody may carry home the time of an
 * error for that of a page. */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/sibling.h"
#include "base/text.h"
#include "tests/api/api-client.h"
#include "tests/api/api-runs.h"
#include "tests/unit/listener.h"
#include "tests/unit/run.h"

#define CLOSE "Connection: close\r\n\r\n"
#define PAGE "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n" CLOSE "0123456789"
#define ERROR_500 "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 4\r\n" CLOSE "oops"
#define ERROR_503 "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n" CLOSE "busy"
#define REDIRECT "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n" CLOSE
#define NOTHING "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n" CLOSE
#define ODD "HTTP/1.1 999 Request Denied\r\nContent-Length: 2\r\n" CLOSE "no"
/* It promises ten bytes and closes after four. */
#define CUT "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n" CLOSE "0123"

#define CLASSES 6
static const char *const names[CLASSES] = {
    "answers_2xx", "answers_3xx", "answers_4xx", "answers_5xx", "answers_other", "answers_empty"};

/* Two tasks in one cell, one of them by the loop of libcurl and one by the call that blocks: they have the
 * same code behind the answer, and the test holds them to it. No warm-up: every answer counts. */
typedef struct Row {
    const char *answer, *seldom;
    int repeat;
    int counts[CLASSES];
    const char *doubt; /* NULL: there is none about the answers */
} Row;

static const Row rows[] = {
    {PAGE, NULL, 2, {4, 0, 0, 0, 0, 0}, NULL},
    {ERROR_500, NULL, 1, {0, 0, 0, 2, 0, 0}, "2 of 2 answers were 500"},
    {ERROR_500, NULL, 3, {0, 0, 0, 6, 0, 0}, "6 of 6 answers were 500"},
    {REDIRECT, NULL, 1, {0, 2, 0, 0, 0, 2},
        "2 of 2 answers were 302 (redirects are not followed); 2 of 2 answers were empty"},
    {NOTHING, NULL, 1, {2, 0, 0, 0, 0, 2}, "2 of 2 answers were empty"},
    {ODD, NULL, 1, {0, 0, 0, 0, 2, 0}, "2 of 2 answers were 999"},
    /* Of five repetitions each time another one has it, never all. */
    {PAGE, ERROR_503, 5, {8, 0, 0, 2, 0, 0}, "2 of 10 answers were 503"},
    {PAGE, ERROR_503, 4, {7, 0, 0, 1, 0, 0}, "1 of 8 answers was 503"},
};

static const char *const clients[] = {"async", "blocking"};

static char *path_of(const Listener *listener, int repeat, const char *more)
{
    auto_free char *url = listener_url(listener, "127.0.0.1");

    return text_printf(
        "/run/fetch?mode=threads&lock=gil&tasks=2&warmup=0&fresh=1&repeat=%d&url=%s%s", repeat, url, more);
}

/* Runs it once where every request gets this answer, or each fifth the other one. */
static ApiAnswer fetch_answers(
    const ApiServer *server, const char *usual, const char *seldom, int repeat, const char *more)
{
    Listener listener;
    auto_free char *path = NULL;
    ApiAnswer answer;

    listener_start_with(&listener, usual, seldom);
    path = path_of(&listener, repeat, more);
    answer = api_get(server, path);
    listener_stop(&listener);
    return answer;
}

static void assert_counted(const Row *row, const ApiAnswer *answer)
{
    const json_t *cell = json_array_get(json_object_get(answer->json, "cells"), 0);
    const json_t *metrics = json_object_get(cell, "metrics");
    const char *lesson = api_text(answer->json, "lesson");

    ck_assert_msg(answer->status == 200, "%s", answer->body);
    for (size_t i = 0; i < CLASSES; i++) {
        const json_t *count = json_object_get(metrics, names[i]);

        ck_assert_msg(json_is_integer(count) && json_integer_value(count) == row->counts[i], "%s of %s: %s",
            names[i], row->answer, answer->body);
    }
    ck_assert_int_eq(json_integer_value(json_object_get(metrics, "requests")), 2 * row->repeat);
    if (row->doubt)
        ck_assert_msg(strstr(lesson, "Take it with care: ") && strstr(lesson, row->doubt), "%s", lesson);
    else
        ck_assert_msg(!strstr(lesson, "answers were"), "%s", lesson);
}

START_TEST(answers_are_counted_by_class_over_all_repetitions_and_doubted)
{
    ApiServer server;

    api_server_start(&server, "fetch.allow=127.0.0.1:*", NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        for (size_t k = 0; k < ARRAY_LENGTH(clients); k++) {
            auto_free char *more = text_printf("&client=%s", clients[k]);
            auto_answer ApiAnswer answer =
                fetch_answers(&server, rows[i].answer, rows[i].seldom, rows[i].repeat, more);

            assert_counted(&rows[i], &answer);
        }
    }
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* In each format: the words of the lesson for people, and the figure by its name for programs. */
START_TEST(an_error_is_told_in_every_format)
{
    static const struct {
        const char *format, *parts[2];
    } formats[] = {
        {"table", {"2 of 2 answers were 500", "answers_5xx"}},
        {"markdown", {"2 of 2 answers were 500", "answers_5xx"}},
        {"csv", {"metric_answers_2xx,", "metric_answers_5xx,"}},
        {"json", {"\"answers_5xx\": 2", "\"500\": 2"}},
    };
    Listener listener;
    ApiServer server;

    listener_start(&listener, ERROR_500);
    api_server_start(&server, "fetch.allow=127.0.0.1:*", NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(formats); i++) {
        auto_free char *more = text_printf("&format=%s", formats[i].format), *path = NULL, *line = NULL;
        auto_answer ApiAnswer answer = {0};

        path = path_of(&listener, 1, more);
        answer = api_get(&server, path);
        ck_assert_int_eq(answer.status, 200);
        /* A table breaks its lines between any two words. */
        line = strdup(answer.body);
        for (char *at = line; *at; at++)
            *at = *at == '\n' ? ' ' : *at;
        for (size_t k = 0; k < ARRAY_LENGTH(formats[i].parts); k++)
            ck_assert_msg(strstr(line, formats[i].parts[k]), "%s: no %s: %s", formats[i].format,
                formats[i].parts[k], answer.body);
    }
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
    listener_stop(&listener);
}
END_TEST

/* The cell fails if one answer of its repetitions was not one of 200 to 299, and says which it was. */
START_TEST(with_expect_2xx_any_other_answer_fails_the_cell_with_its_status)
{
    static const struct {
        const char *answer, *seldom, *reason; /* NULL: it is done */
    } expected[] = {
        {PAGE, NULL, NULL},
        {NOTHING, NULL, NULL},
        {ERROR_500, NULL, "answered with status 500, and expect=2xx wants 200 to 299"},
        {REDIRECT, NULL, "answered with status 302, and expect=2xx"},
        {PAGE, ERROR_503, "request 0 was answered with status 503"},
        {ODD, NULL, "answered with status 999, and expect=2xx"},
    };
    ApiServer server;

    api_server_start(&server, "fetch.allow=127.0.0.1:*", NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(expected); i++) {
        for (size_t k = 0; k < ARRAY_LENGTH(clients); k++) {
            auto_free char *more = text_printf("&expect=2xx&client=%s", clients[k]);
            auto_answer ApiAnswer answer =
                fetch_answers(&server, expected[i].answer, expected[i].seldom, 3, more);
            const json_t *cell = json_array_get(json_object_get(answer.json, "cells"), 0);

            ck_assert_msg(answer.status == (expected[i].reason ? 502 : 200), "%s", answer.body);
            if (expected[i].reason)
                ck_assert_msg(
                    strstr(api_text(cell, "reason"), expected[i].reason), "%s", api_text(cell, "reason"));
        }
    }
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

static void assert_no_answer(const ApiServer *server, const Listener *listener)
{
    auto_free char *path = path_of(listener, 1, "");
    auto_answer ApiAnswer answer = api_get(server, path);

    ck_assert_msg(answer.status == 502, "%s", answer.body);
    ck_assert_msg(strstr(answer.body, "1 of 1 repetition failed"), "%s", answer.body);
}

/* What is broken is no answer at all, however soon it broke. */
START_TEST(a_page_that_ends_early_and_a_port_where_nobody_listens_fail_the_cell)
{
    static const char *const broken[] = {CUT, "", "HTTP/1.1 200 OK\r\nContent-Le"};
    Listener listener;
    ApiServer server;

    api_server_start(&server, "fetch.allow=127.0.0.1:*", NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(broken); i++) {
        listener_start(&listener, broken[i]);
        assert_no_answer(&server, &listener);
        listener_stop(&listener);
    }
    assert_no_answer(&server, &listener);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* An empty page of the own server is what was asked for. */
START_TEST(an_empty_page_that_was_asked_for_is_no_doubt)
{
    auto_answer ApiAnswer answer = {0};
    ApiServer server;

    api_server_start(&server, NULL);
    answer = api_get(&server, "/run/fetch?mode=serial&bytes=0&delay_ms=0&repeat=1&warmup=0&expect=2xx");
    ck_assert_msg(answer.status == 200, "%s", answer.body);
    ck_assert_msg(!strstr(api_text(answer.json, "lesson"), "empty"), "%s", answer.body);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* By hand the same code tells the same. Returns the exit status. */
static int fetch_by_hand(const Listener *listener, const char *words, char **ret)
{
    auto_free char *program = sibling_find("engine", "gilscope-run"), *command = NULL;
    auto_free char *url = listener_url(listener, "127.0.0.1");
    size_t length;
    FILE *output;

    ck_assert_ptr_nonnull(program);
    command = text_printf(
        "exec '%s' fetch url=%s mode=serial tasks=2 repeat=1 warmup=0 %s 2>&1", program, url, words);
    output = popen(command, "re");
    ck_assert_ptr_nonnull(output);
    ck_assert_int_eq(text_read_fd(fileno(output), 1 << 20, ret, &length), 0);
    return WEXITSTATUS(pclose(output));
}

START_TEST(by_hand_an_error_is_told_too)
{
    auto_free char *any = NULL, *good = NULL;
    Listener listener;

    listener_start(&listener, ERROR_500);
    ck_assert_int_eq(fetch_by_hand(&listener, "format=table", &any), 0);
    ck_assert_msg(strstr(any, "2 of 2 answers were 500"), "%s", any);
    ck_assert_int_eq(fetch_by_hand(&listener, "format=table expect=2xx", &good), 1);
    ck_assert_msg(strstr(good, "status 500"), "%s", good);
    listener_stop(&listener);
}
END_TEST

/* What the own server would have done must not stand in the head of what another one did. */
START_TEST(what_is_of_the_own_server_has_no_meaning_elsewhere)
{
    static const char *const own[] = {"delay_ms", "jitter_ms", "bytes"};
    auto_answer ApiAnswer table = {0}, object = {0};
    const json_t *cell;
    ApiServer server;

    api_server_start(&server, "fetch.allow=127.0.0.1:*", NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(own); i++) {
        auto_free char *more = text_printf("&%s=0", own[i]);
        auto_answer ApiAnswer refused = fetch_answers(&server, PAGE, NULL, 1, more);
        const json_t *error = json_array_get(json_object_get(refused.json, "errors"), 0);

        ck_assert_int_eq(refused.status, 400);
        ck_assert_str_eq(api_text(error, "param"), own[i]);
        ck_assert_str_eq(api_text(error, "reason"), "has no meaning with url: leave out one of the two");
    }
    table = fetch_answers(&server, PAGE, NULL, 1, "&format=table");
    object = fetch_answers(&server, PAGE, NULL, 1, "");
    ck_assert_int_eq(table.status, 200);
    ck_assert_int_eq(object.status, 200);
    cell = json_array_get(json_object_get(object.json, "cells"), 0);
    ck_assert_ptr_nonnull(json_object_get(json_object_get(cell, "params"), "url"));
    for (size_t i = 0; i < ARRAY_LENGTH(own); i++) {
        auto_free char *shown = text_printf("%s=", own[i]);

        ck_assert_msg(!strstr(table.body, shown), "%s", table.body);
        ck_assert_ptr_null(json_object_get(json_object_get(cell, "params"), own[i]));
        ck_assert_ptr_null(json_object_get(json_object_get(object.json, "request"), own[i]));
    }
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

RUN_TESTS("api-fetch", 120, what_is_of_the_own_server_has_no_meaning_elsewhere,
    answers_are_counted_by_class_over_all_repetitions_and_doubted, an_error_is_told_in_every_format,
    with_expect_2xx_any_other_answer_fails_the_cell_with_its_status,
    a_page_that_ends_early_and_a_port_where_nobody_listens_fail_the_cell,
    an_empty_page_that_was_asked_for_is_no_doubt, by_hand_an_error_is_told_too)
