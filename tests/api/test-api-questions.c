/* What is asked before a run: predictions are checked, each client keeps its own, and the figures of the run
 * say whether it held. */
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "tests/api/api-runs.h"
#include "tests/api/api-stream.h"
#include "tests/unit/run.h"

/* A counter under the GIL, of which nothing is ever lost; six repetitions give an interval. */
#define NOTHING_LOST "/run/counter?n=1000&tasks=2&mode=threads&lock=gil&warmup=0&timeline=off&repeat=6"

#define ADDITIONS                                                                                            \
    "Several threads add 1 to the same counter of your program, again and again. How many of their "         \
    "additions are missing in the end?"

static ApiServer server;

/* Asks as the client of this name, which may be NULL, and asserts the status. */
static json_t *ask_as(const char *name, const char *path, long status)
{
    auto_free char *header = name ? text_printf(API_OWNER("%s"), name) : NULL;
    auto_answer ApiAnswer answer = api_ask(&server, (ApiAsk){.path = path, .header = header});

    ck_assert_msg(answer.status == status, "%s: %ld: %s", path, answer.status, answer.body);
    return json_incref(answer.json);
}

static char *text_as(const char *name, const char *path)
{
    auto_free char *header = text_printf(API_OWNER("%s"), name);
    auto_answer ApiAnswer answer = api_ask(&server, (ApiAsk){.path = path, .header = header});

    ck_assert_int_eq(answer.status, 200);
    return take_pointer(answer.body);
}

static void assert_member(const json_t *object, const char *key, const char *text)
{
    auto_free char *shown = json_dumps(object, JSON_COMPACT);
    const json_t *value = json_object_get(object, key);

    ck_assert_msg(value && (text ? json_is_string(value) && strcmp(json_string_value(value), text) == 0
                                 : json_is_null(value)),
        "%s is not %s in %s", key, text ? text : "null", shown);
}

/* What came out of a prediction: held is "true", "false" or "null". */
static void assert_held(const json_t *object, const char *held)
{
    auto_free char *is = json_dumps(json_object_get(object, "held"), JSON_ENCODE_ANY);

    ck_assert_str_eq(is, held);
}

START_TEST(the_questions_are_listed_with_their_choices_and_without_the_answers)
{
    auto_answer ApiAnswer answer = {0};
    const json_t *experiments, *question;
    json_t *experiment;
    size_t i;

    api_server_start(&server, NULL);
    answer = api_get(&server, "/experiments");
    experiments = json_object_get(answer.json, "experiments");
    json_array_foreach (experiments, i, experiment) {
        size_t k;
        bool is_asked = false;

        json_array_foreach (json_object_get(answer.json, "questions"), k, question)
            is_asked = is_asked || strcmp(api_text(question, "id"), api_text(experiment, "name")) == 0;
        ck_assert_msg(is_asked, "nothing is asked about %s", api_text(experiment, "name"));
    }
    question = json_array_get(json_object_get(answer.json, "questions"), 0);
    ck_assert_uint_eq(json_object_size(question), 4);
    ck_assert_uint_eq(json_object_size(json_array_get(json_object_get(question, "choices"), 0)), 2);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(what_is_no_choice_of_the_question_is_refused_with_those_there_are)
{
    static const struct {
        const char *query, *reason;
    } rows[] = {
        {"prediction=sam",
            "prediction (given \"sam\"): must be one of shorter, same, longer; did you mean same?"},
        {"prediction=it+is+faster", "must be one of shorter, same, longer"},
        {"prediction=none", "must be one of shorter, same, longer"},
        {"question=fetch&prediction=same", "question (given \"fetch\"): must be "},
        {"question=countdwn", "did you mean countdown?"},
    };

    api_server_start(&server, NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        auto_free char *path = text_printf("/run/countdown?format=table&%s", rows[i].query);
        auto_answer ApiAnswer answer = api_get(&server, path);

        ck_assert_int_eq(answer.status, 400);
        ck_assert_msg(strstr(answer.body, rows[i].reason), "%s: %s", rows[i].query, answer.body);
    }
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(where_nothing_is_asked_nothing_can_be_predicted)
{
    json_auto_t *problem = NULL, *run = NULL;
    const json_t *error;

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    problem = ask_as("anna", "/run/fine" API_ONCE "&prediction=shorter", 400);
    error = json_array_get(json_object_get(problem, "errors"), 0);
    ck_assert_str_eq(api_text(error, "param"), "prediction");
    ck_assert_str_eq(api_text(error, "reason"),
        "has no meaning here: no question is asked about fine, so there is nothing to predict");
    run = ask_as("anna", "/run/fine" API_ONCE, 200);
    assert_member(run, "question", NULL);
    assert_member(run, "prediction", NULL);
    assert_member(run, "outcome", NULL);
    assert_held(run, "null");
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(a_prediction_is_held_against_what_came_out)
{
    json_auto_t *right = NULL, *wrong = NULL, *none = NULL;

    api_server_start(&server, NULL);
    right = ask_as("anna", NOTHING_LOST "&prediction=none", 200);
    wrong = ask_as("ben", NOTHING_LOST "&prediction=many&question=counter", 200);
    none = ask_as("carl", NOTHING_LOST, 200);
    assert_member(right, "question", "counter");
    assert_member(right, "question_text", ADDITIONS);
    assert_member(right, "prediction", "none");
    assert_member(right, "outcome", "none");
    assert_member(right, "outcome_text", "none");
    assert_member(right, "outcome_reason", NULL);
    assert_held(right, "true");
    assert_member(wrong, "prediction_text", "a thousand or more");
    assert_member(wrong, "outcome", "none");
    assert_held(wrong, "false");
    assert_member(none, "question", "counter");
    assert_member(none, "prediction", NULL);
    assert_member(none, "outcome", "none");
    assert_held(none, "null");
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(what_cannot_be_told_is_said_with_the_reason)
{
    json_auto_t *few = NULL, *grid = NULL, *other = NULL;

    api_server_start(&server, NULL);
    few = ask_as("anna", "/run/counter?n=1000&mode=threads&repeat=5&warmup=0&prediction=none", 200);
    grid =
        ask_as("anna", "/run/counter?n=1000&mode=threads&tasks=2,3&repeat=6&warmup=0&prediction=none", 200);
    other = ask_as("anna", "/run/counter?n=1000&mode=serial&repeat=6&warmup=0&prediction=none", 200);
    assert_member(few, "outcome", NULL);
    assert_member(few, "outcome_reason", "the figure needs 6 good repetitions for an interval, and has 5");
    assert_held(few, "null");
    assert_member(grid, "outcome_reason", "the run has 2 cells that the question may be about");
    assert_held(grid, "null");
    assert_member(other, "outcome_reason", "the run has no cell that the question is about");
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(tables_and_csv_say_it_in_words)
{
    auto_free char *table = NULL, *csv = NULL, *markdown = NULL;

    api_server_start(&server, NULL);
    table = text_as("anna", NOTHING_LOST "&prediction=many&format=table");
    markdown = text_as("anna", NOTHING_LOST "&prediction=none&format=markdown");
    csv = text_as("anna", NOTHING_LOST "&prediction=many&format=csv");
    ck_assert_msg(strstr(table, "Prediction: a thousand or more\n") &&
                      strstr(table, "The prediction did not hold; it came out: none\n"),
        "%s", table);
    ck_assert_msg(
        strstr(markdown, "Prediction: none") && strstr(markdown, "The prediction held."), "%s", markdown);
    ck_assert_msg(strstr(csv, "\"" ADDITIONS "\",a thousand or more,none"), "%s", csv);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* The ask of this name among all, as one reader sees it. */
static const json_t *find_ask(const json_t *run, const char *label)
{
    json_t *ask;
    size_t i;

    json_array_foreach (json_object_get(run, "asks"), i, ask)
        if (strcmp(api_text(ask, "label"), label) == 0)
            return ask;
    ck_abort_msg("nobody is called %s", label);
}

START_TEST(each_who_joins_keeps_a_prediction_and_all_are_told)
{
    static const char *const labels[] = {"alpha", "beta", "gamma"};
    json_auto_t *waiting = NULL, *over = NULL, *of_beta = NULL;
    auto_free char *id = NULL, *path = NULL;
    int first, second;

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    first = api_send_run(&server, "crunch", "&client=anna&label=alpha&prediction=shorter");
    api_server_wait_for_file(&server, "begun");
    second = api_send_run(&server, "crunch", "&client=ben&label=beta&prediction=longer");
    free(api_wait_for_asks(&server, 2));
    id = api_book(&server, "crunch", "&client=carl&label=gamma");
    waiting = api_run(&server, id);
    for (size_t i = 0; i < ARRAY_LENGTH(labels); i++) {
        const json_t *ask = json_array_get(json_object_get(waiting, "asks"), i);

        assert_member(ask, "label", labels[i]);
        assert_member(ask, "question", "crunch");
        assert_member(ask, "outcome", NULL);
        ck_assert(json_is_true(json_object_get(ask, "waiting")));
        ck_assert(json_is_false(json_object_get(ask, "yours")));
        ck_assert(json_is_false(json_object_get(ask, "hidden")));
    }
    api_server_touch(&server, "go");
    json_decref(api_receive_json(first));
    of_beta = api_receive_json(second);
    path = text_printf("/runs/%s", id);
    over = ask_as("anna", path, 200);
    assert_member(of_beta, "prediction", "longer");
    assert_member(over, "prediction", "shorter");
    assert_member(find_ask(over, "alpha"), "prediction", "shorter");
    assert_member(find_ask(over, "beta"), "prediction", "longer");
    assert_member(find_ask(over, "gamma"), "prediction", NULL);
    ck_assert(json_is_true(json_object_get(find_ask(over, "alpha"), "yours")));
    ck_assert(json_is_true(json_object_get(find_ask(of_beta, "beta"), "yours")));
    ck_assert(json_is_false(json_object_get(find_ask(of_beta, "alpha"), "yours")));
    ck_assert(json_is_false(json_object_get(find_ask(over, "beta"), "waiting")));
    ck_assert_uint_eq(json_array_size(json_object_get(over, "asks")), 3);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(one_who_has_left_does_not_wait)
{
    json_auto_t *run = NULL;
    auto_free char *id = NULL;
    int first, second;

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    first = api_send_run(&server, "crunch", "&client=anna&label=alpha&prediction=shorter");
    api_server_wait_for_file(&server, "begun");
    second = api_send_run(&server, "crunch", "&client=ben&label=beta&prediction=longer");
    id = api_wait_for_asks(&server, 2);
    close(first);
    for (bool waits = true; waits;) {
        json_decref(run);
        run = api_run(&server, id);
        waits = json_is_true(json_object_get(find_ask(run, "alpha"), "waiting"));
    }
    ck_assert(json_is_true(json_object_get(find_ask(run, "beta"), "waiting")));
    assert_member(find_ask(run, "alpha"), "prediction", "shorter");
    api_server_touch(&server, "go");
    json_decref(api_receive_json(second));
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* The events of a run that is over, as one of those who asked for it is told them: the data of the last. */
static json_t *told_at_the_end(const char *name, const char *id)
{
    auto_free char *path = text_printf("/runs/%s/events", id);
    auto_free char *header = text_printf(API_OWNER("%s") "\r\n", name);
    json_t *last = NULL;
    ApiStream stream;

    api_stream_open(&stream, &server, path, header);
    for (;;) {
        auto_event ApiEvent event = api_stream_next(&stream);

        if (event.ended)
            break;
        ck_assert(!last);
        if (strcmp(event.name, "done") == 0)
            last = json_incref(event.data);
    }
    api_stream_close(&stream);
    ck_assert_ptr_nonnull(last);
    return last;
}

START_TEST(what_is_over_is_told_to_each_in_its_own_words)
{
    json_auto_t *list = NULL, *told = NULL, *later = NULL, *stranger = NULL;
    auto_free char *id = NULL, *path = NULL;
    const json_t *row;
    int ben;

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    id = api_book(&server, "crunch", "&client=anna&label=alpha&prediction=shorter");
    api_server_wait_for_file(&server, "begun");
    ben = api_send_run(&server, "crunch", "&client=ben&label=beta&prediction=longer");
    free(api_wait_for_asks(&server, 2));
    api_server_touch(&server, "go");
    json_decref(api_receive_json(ben));
    ck_assert_int_eq(api_server_end(&server, SIGTERM), 0);
    api_server_start_again(&server, API_FAKE_RUNTIME, NULL);
    told = told_at_the_end("ben", id);
    assert_member(told, "label", "beta");
    assert_member(told, "prediction", "longer");
    ck_assert_uint_eq(json_array_size(json_object_get(told, "asks")), 2);
    path = text_printf("/runs/%s", id);
    later = ask_as("ben", path, 200);
    assert_member(later, "prediction", "longer");
    stranger = ask_as("xaver", path, 200);
    assert_member(stranger, "prediction", "shorter");
    ck_assert_ptr_null(json_object_get(later, "outcomes"));
    list = ask_as("ben", "/runs", 200);
    row = json_array_get(json_object_get(list, "runs"), 0);
    assert_member(row, "question", "crunch");
    assert_member(row, "prediction", "longer");
    assert_member(row, "outcome", NULL);
    assert_held(row, "null");
    ck_assert(json_is_true(json_object_get(row, "yours")));
    ck_assert_ptr_null(json_object_get(row, "outcomes"));
    ck_assert_int_eq(json_integer_value(json_object_get(row, "asks")), 2);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(lists_say_what_held)
{
    json_auto_t *list = NULL;
    const json_t *rows;

    api_server_start(&server, NULL);
    json_decref(ask_as("anna", NOTHING_LOST "&prediction=none", 200));
    json_decref(ask_as("anna", NOTHING_LOST "&prediction=few", 200));
    list = ask_as("anna", "/runs", 200);
    rows = json_object_get(list, "runs");
    assert_member(json_array_get(rows, 0), "outcome", "none");
    assert_held(json_array_get(rows, 0), "false");
    assert_held(json_array_get(rows, 1), "true");
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

#define TEACHER "Authorization: Bearer teacher-secret"
#define A_CLASS API_FAKE_RUNTIME, "server.instructor_token=teacher-secret", NULL

/* The instructor does something to the class. */
static void lead(const char *body)
{
    auto_answer ApiAnswer answer =
        api_ask(&server, (ApiAsk){.path = "/class", .header = TEACHER, .body = body});

    ck_assert_msg(answer.status == 200, "%s: %ld: %s", body, answer.status, answer.body);
}

/* Of one's own ask and of that of another, as some reader sees them. */
static void assert_ask(const json_t *object, const char *label, const char *prediction, bool hidden)
{
    const json_t *ask = find_ask(object, label);

    assert_member(ask, "prediction", prediction);
    ck_assert(json_is_true(json_object_get(ask, "hidden")) == hidden);
    if (hidden) {
        assert_member(ask, "outcome", NULL);
        assert_held(ask, "null");
    }
}

/* A run that anna and ben asked for and that is over; returns its path, owned by the caller. */
static char *run_of_two(void)
{
    auto_free char *id = api_book(&server, "crunch", "&client=anna&label=alpha&prediction=shorter");
    auto_free char *joined = NULL;

    api_server_wait_for_file(&server, "begun");
    joined = api_book(&server, "crunch", "&client=ben&label=beta&prediction=longer");
    ck_assert_str_eq(id, joined);
    api_server_touch(&server, "go");
    api_wait_for_status(&server, id, "done");
    return text_printf("/runs/%s", id);
}

static json_t *ask_as_teacher(const char *path)
{
    auto_answer ApiAnswer answer = api_ask(&server, (ApiAsk){.path = path, .header = TEACHER});

    ck_assert_int_eq(answer.status, 200);
    return json_incref(answer.json);
}

START_TEST(a_class_sees_predictions_of_others_when_they_are_revealed)
{
    auto_free char *path = NULL;

    api_server_start(&server, A_CLASS);
    lead("action=next&title=Now&experiment=crunch");
    path = run_of_two();
    for (int i = 0; i < 3; i++) {
        bool hidden = i == 0;
        json_auto_t *anna = ask_as("anna", path, 200), *stranger = ask_as("xaver", path, 200);
        json_auto_t *teacher = ask_as_teacher(path), *list = ask_as("xaver", "/runs", 200);
        json_auto_t *of_anna = ask_as("anna", "/runs", 200);
        const json_t *row = json_array_get(json_object_get(list, "runs"), 0);
        const json_t *own_row = json_array_get(json_object_get(of_anna, "runs"), 0);

        assert_ask(anna, "alpha", "shorter", false);
        assert_ask(anna, "beta", hidden ? NULL : "longer", hidden);
        assert_member(anna, "prediction", "shorter");
        assert_ask(stranger, "alpha", hidden ? NULL : "shorter", hidden);
        assert_member(stranger, "prediction", hidden ? NULL : "shorter");
        assert_member(stranger, "prediction_text", hidden ? NULL : "clearly shorter, such as half of it");
        assert_member(json_object_get(stranger, "request"), "prediction", hidden ? NULL : "shorter");
        assert_ask(teacher, "alpha", "shorter", false);
        assert_ask(teacher, "beta", "longer", false);
        assert_member(row, "prediction", hidden ? NULL : "shorter");
        ck_assert(json_is_null(json_object_get(row, "headline")) == hidden);
        ck_assert(json_is_object(json_object_get(own_row, "headline")));
        ck_assert(json_is_true(json_object_get(row, "hidden")) == hidden);
        assert_member(own_row, "prediction", "shorter");
        ck_assert(json_is_false(json_object_get(own_row, "hidden")));
        lead(i == 0 ? "action=reveal" : "action=end");
    }
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(nothing_hidden_is_told_in_tables_or_streams)
{
    auto_free char *path = NULL, *csv_path = NULL, *table_path = NULL, *csv = NULL, *table = NULL,
                   *own = NULL;
    json_auto_t *told = NULL;

    api_server_start(&server, A_CLASS);
    lead("action=next&title=Now&experiment=crunch");
    path = run_of_two();
    table_path = text_printf("%s?format=table", path);
    csv_path = text_printf("%s?format=csv", path);
    table = text_as("xaver", table_path);
    csv = text_as("xaver", csv_path);
    own = text_as("ben", table_path);
    told = told_at_the_end("xaver", strrchr(path, '/') + 1);
    ck_assert_msg(!strstr(table, "rediction"), "%s", table);
    ck_assert_msg(!strstr(csv, "clearly shorter"), "%s", csv);
    ck_assert_msg(strstr(own, "Prediction: clearly longer"), "%s", own);
    assert_ask(told, "beta", NULL, true);
    assert_member(told, "prediction", NULL);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* Reads on until both have asked. */
static ApiEvent next_with_both(ApiStream *board, const char *name)
{
    for (;;) {
        ApiEvent event = api_stream_find(board, name);

        if (json_array_size(json_object_get(event.data, "asks")) == 2)
            return event;
        api_event_finish(&event);
    }
}

START_TEST(the_board_tells_each_what_it_may_see_and_all_again_when_it_is_revealed)
{
    ApiStream of_ben, of_teacher, of_nobody;
    auto_free char *id = NULL;

    api_server_start(&server, A_CLASS);
    lead("action=next&title=Now&experiment=crunch");
    api_stream_open(&of_ben, &server, "/events", API_OWNER("ben") "\r\n");
    api_stream_open(&of_teacher, &server, "/events", TEACHER "\r\n");
    api_stream_open(&of_nobody, &server, "/events", "");
    id = api_book(&server, "crunch", "&client=anna&label=alpha&prediction=shorter");
    api_server_wait_for_file(&server, "begun");
    free(api_book(&server, "crunch", "&client=ben&label=beta&prediction=longer"));
    {
        auto_event ApiEvent ben = next_with_both(&of_ben, "started"),
                            nobody = next_with_both(&of_nobody, "started");
        auto_event ApiEvent teacher = next_with_both(&of_teacher, "started");

        assert_ask(ben.data, "alpha", NULL, true);
        assert_ask(ben.data, "beta", "longer", false);
        ck_assert(json_is_true(json_object_get(find_ask(ben.data, "beta"), "yours")));
        ck_assert(json_is_true(json_object_get(find_ask(ben.data, "alpha"), "waiting")));
        assert_ask(nobody.data, "alpha", NULL, true);
        assert_ask(nobody.data, "beta", NULL, true);
        assert_ask(teacher.data, "alpha", "shorter", false);
        assert_ask(teacher.data, "beta", "longer", false);
    }
    api_server_touch(&server, "go");
    {
        auto_event ApiEvent ended = api_stream_find(&of_nobody, "ended"), again = {0};
        auto_free char *shown = json_dumps(ended.data, JSON_COMPACT);

        assert_ask(ended.data, "beta", NULL, true);
        ck_assert(json_is_null(json_object_get(ended.data, "headline")));
        ck_assert_msg(!strstr(shown, "outcomes") && !strstr(shown, "owner"), "%s", shown);
        lead("action=reveal");
        again = api_stream_find(&of_nobody, "ended");
        ck_assert_uint_eq(again.id, ended.id);
        assert_ask(again.data, "alpha", "shorter", false);
        assert_ask(again.data, "beta", "longer", false);
        ck_assert(json_is_object(json_object_get(again.data, "headline")));
    }
    api_stream_close(&of_ben);
    api_stream_close(&of_teacher);
    api_stream_close(&of_nobody);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(the_board_tells_who_has_left)
{
    ApiStream board;
    bool waits = true;
    int anna, ben;

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    api_stream_open(&board, &server, "/events", "");
    anna = api_send_run(&server, "crunch", "&client=anna&label=alpha&prediction=shorter");
    api_server_wait_for_file(&server, "begun");
    ben = api_send_run(&server, "crunch", "&client=ben&label=beta&prediction=longer");
    for (bool both = false; !both;) {
        auto_event ApiEvent event = next_with_both(&board, "started");

        both = json_is_true(json_object_get(find_ask(event.data, "alpha"), "waiting")) &&
               json_is_true(json_object_get(find_ask(event.data, "beta"), "waiting"));
    }
    close(anna);
    while (waits) {
        auto_event ApiEvent event = next_with_both(&board, "started");

        waits = json_is_true(json_object_get(find_ask(event.data, "alpha"), "waiting"));
        ck_assert(json_is_true(json_object_get(find_ask(event.data, "beta"), "waiting")));
    }
    api_server_touch(&server, "go");
    json_decref(api_receive_json(ben));
    api_stream_close(&board);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

RUN_TESTS("api-questions", 60, the_questions_are_listed_with_their_choices_and_without_the_answers,
    what_is_no_choice_of_the_question_is_refused_with_those_there_are,
    where_nothing_is_asked_nothing_can_be_predicted, a_prediction_is_held_against_what_came_out,
    what_cannot_be_told_is_said_with_the_reason, tables_and_csv_say_it_in_words,
    each_who_joins_keeps_a_prediction_and_all_are_told, one_who_has_left_does_not_wait,
    what_is_over_is_told_to_each_in_its_own_words, lists_say_what_held,
    a_class_sees_predictions_of_others_when_they_are_revealed, nothing_hidden_is_told_in_tables_or_streams,
    the_board_tells_each_what_it_may_see_and_all_again_when_it_is_revealed, the_board_tells_who_has_left)
