/* A class that an instructor leads: who may, what is refused, what everybody is told, and what outlives the
 * server. And what a room needs beside it: all runs removed at once, and a code for telephones. */
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "tests/api/api-runs.h"
#include "tests/api/api-stream.h"
#include "tests/unit/run.h"

#define FRESH "&fresh=1"
#define INSTRUCTOR "server.instructor_token=teacher-secret"
#define TEACHER "Authorization: Bearer teacher-secret"
#define JSON "Content-Type: application/json"
#define FORM "Content-Type: application/x-www-form-urlencoded"

static ApiServer server;

static ApiAnswer post(const char *token, const char *type, const char *body)
{
    return api_ask(&server, (ApiAsk){.path = "/class", .header = type, .also = token, .body = body});
}

/* Leads as the instructor, by a form; returns the class. */
static json_t *lead(const char *body)
{
    auto_answer ApiAnswer answer = post(TEACHER, FORM, body);

    api_assert_status(&answer, 200);
    return json_incref(answer.json);
}

static void act(const char *body)
{
    json_decref(lead(body));
}

static const json_t *next_of(const json_t *class)
{
    return json_object_get(class, "next");
}

static void assert_class(const json_t *class, bool on, bool revealed, const char *title)
{
    auto_free char *shown = json_dumps(class, JSON_COMPACT);

    ck_assert_msg(json_is_true(json_object_get(class, "on")) == on, "%s", shown);
    ck_assert_msg(json_is_true(json_object_get(class, "revealed")) == revealed, "%s", shown);
    if (title)
        ck_assert_str_eq(api_text(next_of(class), "title"), title);
    else
        ck_assert_msg(json_is_null(next_of(class)), "%s", shown);
}

/* What anybody is told who asks. */
static json_t *seen(void)
{
    auto_answer ApiAnswer answer = api_get(&server, "/class");
    auto_free char *caching = api_answer_header(&answer, "Cache-Control");

    api_assert_status(&answer, 200);
    ck_assert_str_eq(caching, "no-store");
    return json_incref(answer.json);
}

START_TEST(an_instructor_leads_and_everybody_sees_it)
{
    json_auto_t *before = NULL, *led = NULL, *seen_then = NULL, *revealed = NULL, *hidden = NULL,
                *ended = NULL;
    auto_answer ApiAnswer by_json = {0};

    api_server_start(&server, INSTRUCTOR, NULL);
    before = seen();
    assert_class(before, false, false, NULL);
    led = lead("action=next&title=Two+threads&experiment=countdown&request=tasks%3D2%26lock%3Dnone%2Cgil"
               "&question=countdown&step=two-threads");
    assert_class(led, true, false, "Two threads");
    ck_assert_str_eq(api_text(next_of(led), "experiment"), "countdown");
    ck_assert_str_eq(api_text(next_of(led), "question"), "countdown");
    ck_assert_str_eq(api_text(next_of(led), "step"), "two-threads");
    ck_assert_str_eq(api_text(json_object_get(next_of(led), "request"), "lock"), "none,gil");
    ck_assert_int_eq(json_integer_value(json_object_get(next_of(led), "number")), 1);
    seen_then = seen();
    ck_assert(json_equal(next_of(led), next_of(seen_then)));
    revealed = lead("action=reveal");
    assert_class(revealed, true, true, "Two threads");
    hidden = lead("action=hide");
    assert_class(hidden, true, false, "Two threads");
    by_json = post(TEACHER, JSON,
        "{\"action\": \"next\", \"experiment\": \"fetch\", \"request\": {\"tasks\": [1, 2], \"delay_ms\": "
        "5}}");
    api_assert_status(&by_json, 200);
    assert_class(by_json.json, true, false, "fetch");
    ck_assert_int_eq(json_integer_value(json_object_get(next_of(by_json.json), "number")), 2);
    ck_assert_uint_eq(
        json_array_size(json_object_get(json_object_get(next_of(by_json.json), "request"), "tasks")), 2);
    ended = lead("action=end");
    assert_class(ended, false, false, NULL);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* A title that nobody gave is the question, which says nothing of the answer, or a name. */
START_TEST(what_is_left_out_is_filled_in)
{
    json_auto_t *bare = NULL, *asked = NULL, *step = NULL;
    auto_answer ApiAnswer catalog = {0};
    const json_t *question;

    api_server_start(&server, INSTRUCTOR, NULL);
    catalog = api_get(&server, "/experiments");
    question = json_array_get(json_object_get(catalog.json, "questions"), 0);
    bare = lead("action=next&experiment=countdown&title=&question=&step=&request=");
    assert_class(bare, true, false, "countdown");
    ck_assert_uint_eq(json_object_size(json_object_get(next_of(bare), "request")), 0);
    ck_assert(json_is_object(json_object_get(next_of(bare), "request")));
    ck_assert(json_is_null(json_object_get(next_of(bare), "question")));
    ck_assert(json_is_null(json_object_get(next_of(bare), "step")));
    {
        auto_free char *body = text_printf("action=next&experiment=%s&question=%s",
            api_text(question, "experiment"), api_text(question, "id"));

        asked = lead(body);
    }
    assert_class(asked, true, false, api_text(question, "text"));
    step = lead("action=next&step=refcount&title=Why+the+lock+exists");
    assert_class(step, true, false, "Why the lock exists");
    ck_assert(json_is_null(json_object_get(next_of(step), "experiment")));
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(only_the_instructor_leads)
{
    static const char *const tokens[] = {NULL, "Authorization: Bearer user-secret",
        "Authorization: Bearer wrong-secret", "Authorization: Basic dGVhY2hlcg=="};
    static const long with_token[] = {401, 403, 401, 401}, without_token[] = {403, 401, 401, 403};
    auto_answer ApiAnswer none = {0};

    api_server_start(&server, INSTRUCTOR, "server.token=user-secret", NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(tokens); i++) {
        auto_answer ApiAnswer answer = post(tokens[i], FORM, "action=end"),
                              removal = api_ask(&server,
                                  (ApiAsk){.method = "DELETE", .path = "/runs", .header = tokens[i]});

        ck_assert_int_eq(answer.status, with_token[i]);
        ck_assert_int_eq(removal.status, with_token[i]);
    }
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
    api_server_start(&server, INSTRUCTOR, NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(tokens); i++) {
        auto_answer ApiAnswer answer = post(tokens[i], FORM, "action=end");

        ck_assert_int_eq(answer.status, without_token[i]);
        ck_assert(!json_object_get(answer.json, "setting"));
    }
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
    /* Without an instructor's token there is no instructor, whatever is sent. */
    api_server_start(&server, NULL);
    none = post(TEACHER, FORM, "action=next&experiment=countdown");
    api_assert_status(&none, 403);
    ck_assert_str_eq(api_text(none.json, "setting"), "server.instructor_token");
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

typedef struct Mistake {
    const char *type, *body;
    long status;
    const char *params; /* that the answer names, in their order; or words of its detail */
} Mistake;

static const Mistake mistakes[] = {
    {FORM, "", 400, "action"},
    {FORM, "action=nxt", 400, "action"},
    {FORM, "title=x", 400, "action"},
    {FORM, "action=next", 400, "experiment"},
    {FORM, "action=next&step=a", 400, "title"},
    {FORM, "action=next&experiment=countdwn", 400, "experiment"},
    {FORM, "action=next&experiment=countdown&question=fetch", 400, "question"},
    {FORM, "action=next&experiment=countdown&step=Two+threads", 400, "step"},
    {FORM, "action=next&step=a&title=b&request=tasks%3D2", 400, "request"},
    {FORM, "action=next&experiment=countdown&request=tasks%3D0%26taks%3D2", 400,
        "request.taks request.tasks"},
    {FORM, "action=next&experiment=countdown&request=tasks%3D2%26tasks%3D3", 400, "request.tasks"},
    {FORM, "action=next&experiment=countdown&request=format%3Dcsv%26label%3Da%26prediction%3Db%26client%3Dc",
        400, "request.client request.format request.label request.prediction"},
    {FORM, "action=next&experiment=countdown&titel=a", 400, "titel"},
    {FORM, "action=next&experiment=countdwn&question=a&step=B&titel=c", 400,
        "titel experiment question step"},
    {FORM, "action=next&action=end&experiment=fetch", 400, "action"},
    {FORM, "action=reveal&title=a&experiment=fetch", 400, "experiment title"},
    {FORM, "action=end&request=tasks%3D2", 400, "request"},
    {JSON, "{\"action\": \"next\", \"experiment\": \"countdown\", \"request\": 7}", 400, "request"},
    {JSON, "{\"action\": \"next\", \"experiment\": \"countdown\", \"request\": [1]}", 400, "request"},
    {JSON, "{\"action\": \"next\", \"experiment\": 7, \"step\": 8, \"question\": 9, \"title\": 10}", 400,
        "experiment question step title"},
    {JSON, "{\"action\": {\"a\": 1}}", 400, "action"},
    {JSON, "{\"action\": \"next\", \"experiment\": \"countdown\", \"title\": {\"a\": {}}}", 400, "title"},
    {JSON,
        "{\"action\": \"next\", \"experiment\": \"countdown\", \"request\": {\"tasks\": {\"a\": {}}, \"n\": "
        "[[1]]}}",
        400, "request.tasks request.n"},
    {JSON, "{\"action\": ", 400, "line 1"},
    {JSON, "[]", 400, "must be an object"},
    {"Content-Type: text/plain", "action=end", 415, "text/plain"},
};

static char *params_of(const json_t *problem)
{
    char *text = text_copy("");
    const json_t *error;
    size_t i;

    json_array_foreach (json_object_get(problem, "errors"), i, error) {
        auto_free char *shorter = text;

        text = text_printf("%s%s%s", shorter, *shorter ? " " : "", api_text(error, "param"));
    }
    return text;
}

START_TEST(every_fault_of_a_body_is_named_and_nothing_is_done)
{
    json_auto_t *before = NULL, *after = NULL;

    api_server_start(&server, INSTRUCTOR, NULL);
    act("action=next&experiment=countdown&title=before");
    before = seen();
    for (size_t i = 0; i < ARRAY_LENGTH(mistakes); i++) {
        auto_answer ApiAnswer answer = post(TEACHER, mistakes[i].type, mistakes[i].body);
        auto_free char *params = params_of(answer.json);

        ck_assert_msg(
            answer.status == mistakes[i].status, "%s: %ld %s", mistakes[i].body, answer.status, answer.body);
        ck_assert_msg(strcmp(api_text(answer.json, "title"), "Bad parameters") == 0
                          ? strcmp(params, mistakes[i].params) == 0
                          : strstr(answer.body, mistakes[i].params) != NULL,
            "%s: %s", mistakes[i].body, answer.body);
    }
    after = seen();
    ck_assert(json_equal(before, after));
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(a_body_that_is_too_large_and_a_title_that_is_too_long_are_refused)
{
    static char large[70001];
    auto_answer ApiAnswer too_large = {0}, too_long = {0}, fits = {0};
    auto_free char *title = NULL, *form = NULL, *shorter = NULL;

    memset(large, 'a', sizeof(large) - 1);
    api_server_start(&server, INSTRUCTOR, NULL);
    too_large = post(TEACHER, FORM, large);
    api_assert_status(&too_large, 413);
    title = text_printf("%.201s", large);
    form = text_printf("action=next&experiment=countdown&title=%s", title);
    too_long = post(TEACHER, FORM, form);
    api_assert_status(&too_long, 400);
    ck_assert_msg(strstr(too_long.body, "at most 200 bytes"), "%s", too_long.body);
    shorter = text_printf("%.*s", (int)strlen(form) - 1, form);
    fits = post(TEACHER, FORM, shorter);
    api_assert_status(&fits, 200);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(there_is_nothing_to_reveal_or_hide_without_a_class)
{
    static const char *const actions[] = {"reveal", "hide"};

    api_server_start(&server, INSTRUCTOR, NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(actions); i++) {
        auto_free char *body = text_printf("action=%s", actions[i]);
        auto_answer ApiAnswer answer = post(TEACHER, FORM, body);

        api_assert_status(&answer, 409);
        ck_assert_msg(strstr(answer.body, "action=next begins a class"), "%s", answer.body);
    }
    act("action=end");
    act("action=clear");
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(a_class_outlives_the_server_and_says_if_it_would_not)
{
    json_auto_t *before = NULL, *after = NULL, *third = NULL;
    auto_answer ApiAnswer unkept = {0};

    api_server_start(&server, INSTRUCTOR, "archive.path=runs.db", NULL);
    act("action=next&experiment=countdown&request=tasks%3D2&title=one");
    before = lead("action=next&experiment=countdown&request=tasks%3D3&question=countdown&title=two");
    ck_assert(!json_object_get(before, "kept"));
    ck_assert_int_eq(api_server_end(&server, SIGTERM), 0);
    api_server_start_again(&server, INSTRUCTOR, "archive.path=runs.db", NULL);
    after = seen();
    assert_class(after, true, false, "two");
    ck_assert(json_equal(next_of(before), next_of(after)));
    /* What was answered is kept, also if the server is killed. */
    act("action=reveal");
    ck_assert_int_eq(api_server_end(&server, SIGKILL), 128 + SIGKILL);
    api_server_start_again(&server, INSTRUCTOR, "archive.path=runs.db", NULL);
    {
        json_auto_t *killed = seen();

        assert_class(killed, true, true, "two");
    }
    third = lead("action=next&step=a&title=three");
    ck_assert_int_eq(json_integer_value(json_object_get(next_of(third), "number")), 3);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
    api_server_start(&server, INSTRUCTOR, "archive.path=none", NULL);
    unkept = post(TEACHER, FORM, "action=next&experiment=countdown");
    ck_assert(json_is_false(json_object_get(unkept.json, "kept")));
    ck_assert(json_object_get(unkept.json, "kept_reason"));
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* Neither waits for the other; each is answered with what its own action made. */
START_TEST(two_instructors_at_once_are_both_answered_and_the_last_one_counts)
{
    enum { TIMES = 20 };
    json_int_t seen_numbers[TIMES + 1] = {0};
    int fds[TIMES];
    json_auto_t *last = NULL;

    api_server_start(&server, INSTRUCTOR, "archive.path=runs.db", NULL);
    for (int i = 0; i < TIMES; i++) {
        auto_free char *body = text_printf("action=next&experiment=countdown&title=t%d", i);
        auto_free char *bytes =
            text_printf("POST /class HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" FORM "\r\n" TEACHER
                        "\r\nContent-Length: %zu\r\n\r\n%s",
                strlen(body), body);

        fds[i] = api_send(&server, bytes);
    }
    for (int i = 0; i < TIMES; i++) {
        auto_free char *title = text_printf("t%d", i);
        json_auto_t *answer = api_receive_json(fds[i]);
        json_int_t number = json_integer_value(json_object_get(next_of(answer), "number"));

        assert_class(answer, true, false, title);
        ck_assert_msg(number >= 1 && number <= TIMES && !seen_numbers[number], "%lld", (long long)number);
        seen_numbers[number]++;
        if (number == TIMES)
            last = json_incref(answer);
    }
    {
        json_auto_t *now = seen();

        ck_assert(json_equal(next_of(now), next_of(last)));
    }
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(the_board_tells_the_class_first_and_when_it_changes)
{
    auto_event ApiEvent at_once = {0}, begun = {0}, revealed = {0}, for_late = {0};
    ApiStream board, late;

    api_server_start(&server, INSTRUCTOR, NULL);
    api_stream_open(&board, &server, "/events", "");
    at_once = api_stream_find(&board, "class");
    assert_class(at_once.data, false, false, NULL);
    ck_assert_uint_eq(at_once.id, 0);
    act("action=next&experiment=countdown&title=one");
    begun = api_stream_find(&board, "class");
    assert_class(begun.data, true, false, "one");
    act("action=hide");
    act("action=reveal");
    revealed = api_stream_find(&board, "class");
    assert_class(revealed.data, true, true, "one");
    api_stream_open(&late, &server, "/events", "Last-Event-ID: 99999999999999\r\n");
    for_late = api_stream_find(&late, "class");
    ck_assert(json_equal(for_late.data, revealed.data));
    api_stream_close(&late);
    api_stream_close(&board);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* A run that occupies the place, so that all others wait, and that ends when "go" comes. */
static char *occupy(void)
{
    char *id = api_book(&server, "gated", "&client=first" FRESH);

    api_server_wait_for_file(&server, "begun");
    return id;
}

/* Waits until the board says that these wait, in this order. */
static void await_line(ApiStream *board, const char *const *ids, size_t n)
{
    for (;;) {
        auto_event ApiEvent event = api_stream_find(board, "line");
        const json_t *waiting = json_object_get(event.data, "waiting");
        size_t same = 0;

        while (same < n && same < json_array_size(waiting) &&
               strcmp(json_string_value(json_array_get(waiting, same)), ids[same]) == 0)
            same++;
        if (same == n && json_array_size(waiting) == n)
            return;
    }
}

START_TEST(the_board_knows_who_has_booked_who_waits_and_who_runs)
{
    auto_free char *first = NULL, *second = NULL, *third = NULL, *joined = NULL;
    auto_event ApiEvent booked = {0}, again = {0}, started = {0}, replayed = {0};
    ApiStream board, late;

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    api_stream_open(&board, &server, "/events", "");
    await_line(&board, NULL, 0);
    first = occupy();
    second = api_book(&server, "fine", "&client=anna&label=anna");
    do {
        api_event_finish(&booked);
        booked = api_stream_find(&board, "queued");
    } while (strcmp(api_text(booked.data, "id"), second) != 0);
    ck_assert_str_eq(api_text(booked.data, "status"), "queued");
    ck_assert_str_eq(api_text(booked.data, "experiment"), "fine");
    ck_assert_int_eq(json_integer_value(json_object_get(booked.data, "position")), 1);
    joined = api_book(&server, "fine", "&client=ben&label=ben");
    ck_assert_str_eq(joined, second);
    do {
        api_event_finish(&again);
        again = api_stream_find(&board, "queued");
        ck_assert_str_eq(api_text(again.data, "id"), second);
    } while (json_array_size(json_object_get(again.data, "asks")) < 2);
    third = api_book(&server, "crash", "&client=anna" FRESH);
    await_line(&board, (const char *const[]){second, third}, 2);
    api_stream_open(&late, &server, "/events", "");
    await_line(&late, (const char *const[]){second, third}, 2);
    replayed = api_stream_find(&late, "started");
    ck_assert_str_eq(api_text(replayed.data, "id"), first);
    api_event_finish(&replayed);
    replayed = api_stream_find(&late, "queued");
    ck_assert_str_eq(api_text(replayed.data, "id"), second);
    api_server_touch(&server, "go");
    do {
        api_event_finish(&started);
        started = api_stream_find(&board, "started");
    } while (strcmp(api_text(started.data, "id"), second) != 0);
    ck_assert(!json_object_get(started.data, "position"));
    await_line(&late, NULL, 0);
    api_stream_close(&late);
    api_stream_close(&board);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(a_cleared_board_forgets_its_rows_but_not_the_runs_that_wait)
{
    auto_free char *done = NULL, *first = NULL, *second = NULL;
    auto_event ApiEvent told = {0}, cleared = {0}, row = {0}, of_first = {0}, of_second = {0};
    auto_answer ApiAnswer list = {0};
    ApiStream board, late;

    api_server_start(&server, API_FAKE_RUNTIME, INSTRUCTOR, NULL);
    act("action=next&experiment=fine&title=one");
    done = api_book(&server, "fine", "&label=old" FRESH);
    api_wait_for_status(&server, done, "done");
    first = occupy();
    second = api_book(&server, "fine", "&client=anna&label=anna" FRESH);
    api_stream_open(&board, &server, "/events", "");
    {
        json_auto_t *class = lead("action=clear");

        assert_class(class, true, false, NULL);
    }
    told = api_stream_find(&board, "cleared");
    ck_assert_uint_gt(told.id, 0);
    ck_assert_uint_eq(json_object_size(told.data), 0);
    /* All runs are where they were. */
    list = api_get(&server, "/runs");
    ck_assert_uint_eq(json_array_size(json_object_get(list.json, "runs")), 3);
    api_stream_open(&late, &server, "/events", "");
    cleared = api_stream_find(&late, "cleared");
    ck_assert_uint_eq(cleared.id, told.id);
    api_server_touch(&server, "go");
    /* Nothing is told of what was over, and of the others what happens now. */
    do {
        api_event_finish(&row);
        row = api_stream_next(&late);
        ck_assert_str_ne(api_text(row.data, "id"), done);
    } while (strcmp(row.name, "ended") != 0);
    ck_assert_str_eq(api_text(row.data, "id"), first);
    of_first = api_stream_find(&board, "ended");
    ck_assert_str_eq(api_text(of_first.data, "id"), first);
    of_second = api_stream_find(&board, "ended");
    ck_assert_str_eq(api_text(of_second.data, "id"), second);
    ck_assert_str_eq(api_text(of_second.data, "label"), "anna");
    api_stream_close(&late);
    api_stream_close(&board);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

static json_int_t remove_all(void)
{
    auto_answer ApiAnswer answer =
        api_ask(&server, (ApiAsk){.method = "DELETE", .path = "/runs", .header = TEACHER});

    api_assert_status(&answer, 200);
    ck_assert_uint_eq(json_object_size(answer.json), 1);
    return json_integer_value(json_object_get(answer.json, "removed"));
}

START_TEST(all_runs_that_are_over_are_removed_and_those_that_wait_or_run_go_on)
{
    auto_free char *done = NULL, *failed = NULL, *first = NULL, *second = NULL;
    auto_answer ApiAnswer list = {0}, unknown = {0};

    api_server_start(&server, API_FAKE_RUNTIME, INSTRUCTOR, "archive.path=runs.db", NULL);
    ck_assert_int_eq(remove_all(), 0);
    done = api_book(&server, "fine", FRESH);
    api_wait_for_status(&server, done, "done");
    failed = api_book(&server, "crash", FRESH);
    api_wait_for_status(&server, failed, "failed");
    first = occupy();
    second = api_book(&server, "fine", FRESH);
    unknown = api_ask(&server, (ApiAsk){.method = "DELETE", .path = "/runs?older=1", .header = TEACHER});
    api_assert_status(&unknown, 400);
    ck_assert_int_eq(remove_all(), 2);
    list = api_get(&server, "/runs");
    ck_assert_uint_eq(json_array_size(json_object_get(list.json, "runs")), 2);
    {
        auto_free char *path = text_printf("/runs/%s", done);
        auto_answer ApiAnswer gone = api_get(&server, path);

        api_assert_status(&gone, 404);
    }
    api_server_touch(&server, "go");
    api_wait_for_status(&server, first, "done");
    api_wait_for_status(&server, second, "done");
    ck_assert_int_eq(remove_all(), 2);
    ck_assert_int_eq(api_server_end(&server, SIGTERM), 0);
    api_server_start_again(&server, INSTRUCTOR, "archive.path=runs.db", NULL);
    ck_assert_int_eq(remove_all(), 0);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(a_code_for_telephones_is_drawn_of_any_text_that_fits)
{
    static const struct {
        size_t length;
        long status;
    } sizes[] = {{1, 200}, {512, 200}, {513, 400}, {0, 400}};
    auto_answer ApiAnswer first = {0}, again = {0}, other = {0}, none = {0}, nul = {0};
    auto_free char *type = NULL;
    char text[514];

    memset(text, 'a', sizeof(text));
    api_server_start(&server, "server.token=user-secret", NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(sizes); i++) {
        auto_free char *path = text_printf("/qr?text=%.*s", (int)sizes[i].length, text);
        auto_answer ApiAnswer answer = api_get(&server, path);

        ck_assert_msg(answer.status == sizes[i].status, "%zu: %ld", sizes[i].length, answer.status);
        ck_assert_int_eq(strncmp(answer.body, "<svg ", 5) == 0, sizes[i].status == 200);
    }
    first = api_get(&server, "/qr?text=http%3A%2F%2F192.0.2.1%3A8080%2F");
    type = api_answer_header(&first, "Content-Type");
    ck_assert_str_eq(type, "image/svg+xml");
    ck_assert_ptr_nonnull(strstr(first.body, "viewBox=\"0 0 33 33\""));
    again = api_get(&server, "/qr?text=http%3A%2F%2F192.0.2.1%3A8080%2F");
    ck_assert_str_eq(first.body, again.body);
    other = api_get(&server, "/qr?text=http%3A%2F%2F192.0.2.2%3A8080%2F");
    ck_assert_str_ne(first.body, other.body);
    none = api_get(&server, "/qr");
    api_assert_status(&none, 400);
    nul = api_get(&server, "/qr?text=a%00b");
    api_assert_status(&nul, 400);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

RUN_TESTS("api-class", 120, an_instructor_leads_and_everybody_sees_it, what_is_left_out_is_filled_in,
    only_the_instructor_leads, every_fault_of_a_body_is_named_and_nothing_is_done,
    a_body_that_is_too_large_and_a_title_that_is_too_long_are_refused,
    there_is_nothing_to_reveal_or_hide_without_a_class, a_class_outlives_the_server_and_says_if_it_would_not,
    two_instructors_at_once_are_both_answered_and_the_last_one_counts,
    the_board_tells_the_class_first_and_when_it_changes,
    the_board_knows_who_has_booked_who_waits_and_who_runs,
    a_cleared_board_forgets_its_rows_but_not_the_runs_that_wait,
    all_runs_that_are_over_are_removed_and_those_that_wait_or_run_go_on,
    a_code_for_telephones_is_drawn_of_any_text_that_fits)
