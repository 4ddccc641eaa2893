/* Who gets which run and when: joining, leaving, limits, turns, and what one may do with the runs of
 * others. */
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "tests/api/api-runs.h"
#include "tests/api/api-stream.h"
#include "tests/unit/run.h"

#define FRESH "&fresh=1"
#define TEACHER "Authorization: Bearer teacher-secret"

static ApiServer server;

/* A run that occupies the place, so that all others wait, and that ends when "go" comes. */
static char *occupy(void)
{
    char *id = api_book(&server, "gated", "&client=first" FRESH);

    api_server_wait_for_file(&server, "begun");
    return id;
}

static void assert_words(const json_t *run, const char *id, const char *label, const char *prediction)
{
    ck_assert_str_eq(api_text(run, "id"), id);
    ck_assert_str_eq(api_text(run, "status"), "done");
    ck_assert_str_eq(api_text(run, "label"), label);
    ck_assert_str_eq(api_text(json_object_get(run, "request"), "label"), label);
    ck_assert_str_eq(api_text(run, "question"), "crunch");
    ck_assert_str_eq(api_text(run, "prediction"), prediction);
    ck_assert_str_eq(api_text(json_object_get(run, "request"), "question"), "crunch");
    ck_assert_str_eq(api_text(json_object_get(run, "request"), "prediction"), prediction);
}

START_TEST(identical_requests_are_one_run_and_each_has_its_own_words)
{
    json_auto_t *anna_run = NULL, *ben_run = NULL;
    auto_free char *id = NULL, *table = NULL;
    int anna, ben, carl;

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    anna = api_send_run(&server, "crunch", "&client=anna&label=alpha&prediction=shorter");
    api_server_wait_for_file(&server, "begun");
    ben = api_send_run(&server, "crunch", "&client=ben&label=beta&prediction=longer");
    carl = api_send_run(&server, "crunch", "&client=carl&label=&prediction=&format=table");
    id = api_wait_for_asks(&server, 3);
    api_server_touch(&server, "go");
    anna_run = api_receive_json(anna);
    ben_run = api_receive_json(ben);
    table = api_receive(carl);
    assert_words(anna_run, id, "alpha", "shorter");
    assert_words(ben_run, id, "beta", "longer");
    ck_assert(json_is_false(json_object_get(anna_run, "joined")));
    ck_assert(json_is_true(json_object_get(ben_run, "joined")));
    ck_assert_msg(strstr(table, "text/plain") && strstr(table, id), "%s", table);
    ck_assert(!strstr(table, "alpha") && !strstr(table, "beta"));
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* By its secret it is one client, but these are two requests. */
START_TEST(a_client_that_joins_its_own_run_keeps_the_words_of_each_request)
{
    json_auto_t *first_run = NULL, *second_run = NULL;
    auto_answer ApiAnswer third = {0};
    auto_free char *id = NULL;
    int first, second;

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    first = api_send_run(&server, "crunch", "&client=anna&label=alpha&prediction=shorter");
    api_server_wait_for_file(&server, "begun");
    second = api_send_run(&server, "crunch", "&client=anna&label=beta&prediction=longer");
    do {
        api_answer_finish(&third);
        third = api_get(&server, "/runs?label=beta");
    } while (json_array_size(json_object_get(third.json, "runs")) == 0);
    id = strdup(api_text(json_array_get(json_object_get(third.json, "runs"), 0), "id"));
    api_server_touch(&server, "go");
    first_run = api_receive_json(first);
    second_run = api_receive_json(second);
    assert_words(first_run, id, "alpha", "shorter");
    assert_words(second_run, id, "beta", "longer");
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(who_joins_a_waiting_run_does_not_make_the_line_longer)
{
    auto_free char *first = NULL, *id = NULL, *joined = NULL, *other = NULL, *fresh = NULL, *again = NULL;

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    first = occupy();
    id = api_book(&server, "fine", "&client=anna&label=alpha");
    joined = api_book(&server, "fine", "&client=ben&label=beta");
    other = api_book(&server, "fine", "&client=ben&seed=7");
    fresh = api_book(&server, "fine", "&client=anna" FRESH);
    ck_assert_str_eq(id, joined);
    ck_assert_str_ne(id, other);
    ck_assert_str_ne(id, fresh);
    api_wait_for_runs(&server, "queued", 3);
    api_server_touch(&server, "go");
    api_wait_for_status(&server, fresh, "done");
    /* What is over is not joined. */
    again = api_book(&server, "fine", "&client=ben&label=beta");
    ck_assert_str_ne(id, again);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

static void assert_ends_as(const char *id, const char *status, const char *reason)
{
    json_auto_t *run = NULL;

    api_wait_for_status(&server, id, status);
    run = api_run(&server, id);
    ck_assert_str_eq(api_text(run, "reason"), reason);
}

static void follow(ApiStream *stream, const char *id)
{
    auto_free char *path = text_printf("/runs/%s/events", id);

    api_stream_open(stream, &server, path, API_OWNER("carl") "\r\n");
}

START_TEST(a_run_ends_when_its_last_watcher_leaves_and_not_before)
{
    auto_free char *id = NULL;
    ApiStream stream;
    int anna, ben;

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    anna = api_send_run(&server, "hang", "&client=anna");
    api_server_wait_for_file(&server, "begun");
    ben = api_send_run(&server, "hang", "&client=ben");
    id = api_wait_for_asks(&server, 2);
    follow(&stream, id);
    close(anna);
    api_wait_for_runs(&server, "running", 1);
    close(ben);
    for (int i = 0; i < 20; i++)
        api_wait_for_status(&server, id, "running");
    api_stream_close(&stream);
    assert_ends_as(id, "cancelled", "the client has left");
    api_server_wait_for_descendants(&server, 1);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(a_waiting_run_goes_when_who_asked_for_it_leaves)
{
    auto_free char *first = NULL, *id = NULL;
    int anna;

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    first = occupy();
    anna = api_send_run(&server, "fine", "&client=anna");
    api_wait_for_runs(&server, "queued", 1);
    id = api_wait_for_asks(&server, 1);
    close(anna);
    assert_ends_as(id, "cancelled", "the client has left");
    api_server_touch(&server, "go");
    api_wait_for_status(&server, first, "done");
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(an_asynchronous_run_goes_on_without_watchers)
{
    auto_free char *id = NULL, *joined = NULL;
    ApiStream stream;
    int anna;

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    anna = api_send_run(&server, "gated", "&client=anna");
    api_server_wait_for_file(&server, "begun");
    id = api_wait_for_asks(&server, 1);
    joined = api_book(&server, "gated", "&client=ben");
    ck_assert_str_eq(id, joined);
    follow(&stream, id);
    close(anna);
    api_stream_close(&stream);
    for (int i = 0; i < 20; i++)
        api_wait_for_status(&server, id, "running");
    api_server_touch(&server, "go");
    api_wait_for_status(&server, id, "done");
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

static void assert_refused(const ApiAsk *ask, long status, const char *setting)
{
    auto_answer ApiAnswer answer = api_ask(&server, *ask);
    auto_free char *retry = api_answer_header(&answer, "Retry-After");

    api_assert_status(&answer, status);
    ck_assert_msg(strstr(api_text(answer.json, "detail"), setting), "%s", answer.body);
    ck_assert_msg(retry && atoi(retry) >= 1, "%s", answer.headers);
    ck_assert_int_eq(json_integer_value(json_object_get(answer.json, "retry_after_s")), atoi(retry));
}

#define ASYNC .header = "Prefer: respond-async"

START_TEST(a_client_an_address_and_the_line_have_limits)
{
    auto_free char *first = NULL, *joined = NULL;

    api_server_start(&server, API_FAKE_RUNTIME, "limits.max_queue_address=6", "limits.max_queue=7", NULL);
    first = occupy();
    for (int i = 0; i < 4; i++)
        free(api_book(&server, "fine", "&client=anna" FRESH));
    assert_refused(
        &(ApiAsk){.path = "/run/fine" API_ONCE FRESH "&client=anna"}, 429, "limits.max_queue_client");
    free(api_book(&server, "fine", "&client=ben" FRESH));
    free(api_book(&server, "fine", "&client=carl" FRESH));
    assert_refused(
        &(ApiAsk){.path = "/run/fine" API_ONCE FRESH "&client=dora", ASYNC}, 429, "limits.max_queue_address");
    free(api_book_from(&server, "127.0.0.2", "fine", FRESH));
    assert_refused(
        &(ApiAsk){.path = "/run/fine" API_ONCE FRESH, .from = "127.0.0.3"}, 503, "limits.max_queue)");
    /* Who joins takes no place. */
    joined = api_book(&server, "gated", "&client=first");
    ck_assert_str_eq(joined, first);
    api_server_touch(&server, "go");
    api_wait_for_runs(&server, "done", 8);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* The labels of the runs in the order in which they went, one after the other, with blanks between. */
static char *order_of_ends(int n)
{
    char *order = strdup("");
    ApiStream stream;

    api_stream_open(&stream, &server, "/events", "");
    for (int i = 0; i < n; i++) {
        auto_event ApiEvent event = api_stream_find(&stream, "ended");
        auto_free char *before = order;

        order = text_printf("%s%s%s", before, i > 0 ? " " : "", api_text(event.data, "label"));
    }
    api_stream_close(&stream);
    return order;
}

static void book_labelled(const char *from, const char *client, const char *label)
{
    auto_free char *more = text_printf("&client=%s&label=%s" FRESH, client, label);

    free(api_book_from(&server, from, "fine", more));
}

START_TEST(clients_of_an_address_take_turns)
{
    auto_free char *first = NULL, *order = NULL;

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    first = occupy();
    book_labelled(NULL, "anna", "A1");
    book_labelled(NULL, "anna", "A2");
    book_labelled(NULL, "anna", "A3");
    book_labelled(NULL, "anna", "A4");
    book_labelled(NULL, "ben", "B1");
    book_labelled(NULL, "carl", "C1");
    api_server_touch(&server, "go");
    order = order_of_ends(7);
    ck_assert_str_eq(order, " A1 B1 C1 A2 A3 A4");
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(addresses_take_turns_whatever_names_they_use)
{
    auto_free char *first = NULL, *order = NULL;

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    first = occupy();
    book_labelled(NULL, "anna", "A1");
    book_labelled(NULL, "ben", "B1");
    book_labelled(NULL, "carl", "C1");
    book_labelled(NULL, "dora", "D1");
    book_labelled("127.0.0.2", "anna", "X1");
    book_labelled("127.0.0.2", "anna", "X2");
    api_server_touch(&server, "go");
    order = order_of_ends(7);
    ck_assert_str_eq(order, " A1 X1 B1 X2 C1 D1");
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* Asks something of a run: "POST", "/cancel" and the like. */
static ApiAnswer act(const char *method, const char *id, const char *rest, const char *header)
{
    auto_free char *path = text_printf("/runs/%s%s", id, rest);

    return api_ask(&server, (ApiAsk){.method = method, .path = path, .header = header});
}

static void assert_act(
    const char *method, const char *id, const char *rest, const char *header, long status, const char *words)
{
    auto_answer ApiAnswer answer = act(method, id, rest, header);

    ck_assert_msg(answer.status == status, "%s %s%s: %ld, not %ld: %s", method, id, rest, answer.status,
        status, answer.body);
    ck_assert_msg(
        strstr(answer.body, words), "%s %s%s: no \"%s\" in %s", method, id, rest, words, answer.body);
}

static const char nobody[] = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

START_TEST(a_run_is_cancelled_by_who_asked_for_it_and_by_the_instructor)
{
    auto_free char *running = NULL, *waiting = NULL;

    api_server_start(&server, API_FAKE_RUNTIME, "server.instructor_token=teacher-secret", NULL);
    running = api_book(&server, "hang", "&client=anna");
    waiting = api_book(&server, "fine", "&client=anna");
    assert_act("POST", running, "/cancel", API_OWNER("ben"), 403, "Somebody else's run");
    assert_act("POST", waiting, "/cancel", NULL, 403, "Somebody else's run");
    assert_act("POST", running, "/cancel", "Authorization: Bearer nonsense", 401, "Wrong token");
    assert_act("POST", waiting, "/cancel", API_OWNER("anna"), 200, "\"cancelled\"");
    assert_act("POST", waiting, "/cancel", API_OWNER("anna"), 409, "is over already: cancelled");
    assert_act("POST", running, "/cancel", TEACHER, 200, "by the instructor");
    assert_act("POST", nobody, "/cancel", TEACHER, 404, nobody);
    assert_ends_as(running, "cancelled", "it was cancelled by the instructor");
    assert_ends_as(waiting, "cancelled", "it was cancelled");
    api_server_wait_for_descendants(&server, 1);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(a_run_goes_on_for_those_who_still_want_it)
{
    auto_free char *id = NULL, *joined = NULL;

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    id = api_book(&server, "hang", "&client=anna");
    joined = api_book(&server, "hang", "&client=ben");
    ck_assert_str_eq(id, joined);
    assert_act("POST", id, "/cancel", API_OWNER("anna"), 200, "it goes on for them");
    assert_act("POST", id, "/cancel", API_OWNER("anna"), 403, "Somebody else's run");
    api_wait_for_status(&server, id, "running");
    assert_act("POST", id, "/cancel", API_OWNER("ben"), 200, "\"cancelled\"");
    api_server_wait_for_descendants(&server, 1);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* Anna lets it go on, Ben waits for it on the socket. */
static char *hang_for_two(int *ret_ben)
{
    free(api_book(&server, "hang", "&client=anna"));
    *ret_ben = api_send_run(&server, "hang", "&client=ben");
    return api_wait_for_asks(&server, 2);
}

/* Who only waited for it and has left does not want it any more. */
START_TEST(who_has_left_does_not_keep_a_run_from_being_cancelled)
{
    auto_free char *id = NULL;
    int ben;

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    id = hang_for_two(&ben);
    close(ben);
    /* The server sees the one before the other. */
    assert_act("POST", id, "/cancel", API_OWNER("anna"), 200, "\"cancelled\"");
    assert_ends_as(id, "cancelled", "it was cancelled");
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* What goes on without a watcher goes on for the one who said so. */
START_TEST(a_run_that_was_cancelled_by_who_let_it_go_on_ends_with_the_last_watcher)
{
    auto_free char *id = NULL;
    int ben;

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    id = hang_for_two(&ben);
    assert_act("POST", id, "/cancel", API_OWNER("anna"), 200, "it goes on for them");
    api_wait_for_status(&server, id, "running");
    close(ben);
    assert_ends_as(id, "cancelled", "the client has left");
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(a_label_is_changed_by_whose_it_is)
{
    auto_free char *running = NULL, *over = NULL;

    api_server_start(&server, API_FAKE_RUNTIME, "server.instructor_token=teacher-secret", NULL);
    over = api_book(&server, "fine", "&client=anna&label=old");
    api_wait_for_status(&server, over, "done");
    running = api_book(&server, "hang", "&client=anna&label=old");
    for (int i = 0; i < 2; i++) {
        const char *id = i == 0 ? over : running;

        assert_act("PATCH", id, "?label=new", API_OWNER("ben"), 403, "Somebody else's run");
        assert_act("PATCH", id, "?label=new", API_OWNER("anna"), 200, "\"label\":\"new\"");
        assert_act("GET", id, "", API_OWNER("anna"), 200, "\"label\": \"new\"");
        assert_act("PATCH", id, "?label=better", TEACHER, 200, "\"label\":\"better\"");
        assert_act("PATCH", id, "", API_OWNER("anna"), 200, "\"label\":\"better\"");
        assert_act("PATCH", id, "?label=", API_OWNER("anna"), 200, "\"label\":null");
        assert_act("PATCH", id, "?colour=red", API_OWNER("anna"), 400, "colour");
    }
    assert_act("PATCH", nobody, "?label=new", NULL, 404, nobody);
    assert_act("POST", running, "/cancel", API_OWNER("anna"), 200, "\"label\": null");
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(a_run_that_is_over_is_removed_by_who_began_it)
{
    auto_free char *running = NULL, *over = NULL, *another = NULL;

    api_server_start(&server, API_FAKE_RUNTIME, "server.instructor_token=teacher-secret", NULL);
    over = api_book(&server, "fine", "&client=anna");
    api_wait_for_status(&server, over, "done");
    another = api_book(&server, "fine", "&client=anna&seed=7");
    api_wait_for_status(&server, another, "done");
    running = api_book(&server, "hang", "&client=anna");
    assert_act("DELETE", over, "", API_OWNER("ben"), 403, "Somebody else's run");
    assert_act("DELETE", running, "", API_OWNER("anna"), 409, "cancel it first");
    assert_act("DELETE", over, "", API_OWNER("anna"), 204, "");
    assert_act("DELETE", over, "", API_OWNER("anna"), 404, over);
    assert_act("GET", over, "", NULL, 404, over);
    assert_act("DELETE", another, "", TEACHER, 204, "");
    api_wait_for_runs(&server, "", 1);
    assert_act("POST", running, "/cancel", API_OWNER("anna"), 200, "\"cancelled\"");
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(a_run_of_several_is_removed_by_the_instructor_alone)
{
    auto_free char *id = NULL, *joined = NULL;

    api_server_start(&server, API_FAKE_RUNTIME, "server.instructor_token=teacher-secret", NULL);
    id = api_book(&server, "gated", "&client=anna");
    joined = api_book(&server, "gated", "&client=ben");
    ck_assert_str_eq(id, joined);
    api_server_wait_for_file(&server, "begun");
    api_server_touch(&server, "go");
    api_wait_for_status(&server, id, "done");
    assert_act("DELETE", id, "", API_OWNER("anna"), 409, "others who asked for the same");
    assert_act("DELETE", id, "", API_OWNER("ben"), 403, "Somebody else's run");
    assert_act("DELETE", id, "", API_OWNER("ben"), 403, "and you asked for the same");
    assert_act("DELETE", id, "", API_OWNER("carl"), 403, "was asked for by another client");
    assert_act("DELETE", id, "", TEACHER, 204, "");
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(so_many_clients_may_ask_for_one_run)
{
    auto_free char *id = NULL, *joined = NULL, *again = NULL, *other = NULL;
    auto_answer ApiAnswer answer = {0};

    api_server_start(&server, API_FAKE_RUNTIME, "limits.max_joined=2", "server.grace_ms=0", NULL);
    id = api_book(&server, "hang", "&client=anna");
    joined = api_book(&server, "hang", "&client=ben");
    again = api_book(&server, "hang", "&client=anna");
    ck_assert_str_eq(id, joined);
    ck_assert_str_eq(id, again);
    answer = api_get(&server, "/run/hang" API_ONCE "&client=carl");
    api_assert_status(&answer, 429);
    ck_assert_ptr_nonnull(strstr(answer.body, "limits.max_joined"));
    other = api_book(&server, "hang", "&client=carl" FRESH);
    ck_assert_str_ne(id, other);
    ck_assert_int_eq(api_server_stop(&server, SIGINT), 0);
}
END_TEST

START_TEST(as_many_run_at_once_as_have_cpus_for_themselves)
{
    cpu_set_t usable;
    size_t n;

    ck_assert_int_eq(sched_getaffinity(0, sizeof(usable), &usable), 0);
    n = (size_t)CPU_COUNT(&usable);
    api_server_start(&server, API_FAKE_RUNTIME, "runs.cpus_per_run=1", "limits.max_queue_client=1000",
        "limits.max_queue_address=1000", "server.grace_ms=0", NULL);
    for (size_t i = 0; i < n + 1; i++)
        free(api_book(&server, "hang", FRESH));
    api_wait_for_runs(&server, "running", n);
    api_wait_for_runs(&server, "queued", 1);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

RUN_TESTS("api-queue", 120, identical_requests_are_one_run_and_each_has_its_own_words,
    a_client_that_joins_its_own_run_keeps_the_words_of_each_request,
    who_joins_a_waiting_run_does_not_make_the_line_longer,
    a_run_ends_when_its_last_watcher_leaves_and_not_before, a_waiting_run_goes_when_who_asked_for_it_leaves,
    an_asynchronous_run_goes_on_without_watchers, a_client_an_address_and_the_line_have_limits,
    clients_of_an_address_take_turns, addresses_take_turns_whatever_names_they_use,
    a_run_is_cancelled_by_who_asked_for_it_and_by_the_instructor, a_run_goes_on_for_those_who_still_want_it,
    who_has_left_does_not_keep_a_run_from_being_cancelled,
    a_run_that_was_cancelled_by_who_let_it_go_on_ends_with_the_last_watcher,
    a_label_is_changed_by_whose_it_is, a_run_that_is_over_is_removed_by_who_began_it,
    a_run_of_several_is_removed_by_the_instructor_alone, so_many_clients_may_ask_for_one_run,
    as_many_run_at_once_as_have_cpus_for_themselves)
