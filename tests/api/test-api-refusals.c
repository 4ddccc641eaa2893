/* What is refused, with which status, naming what, and that nothing is started for it. */
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "tests/api/api-client.h"
#include "tests/unit/run.h"

static ApiServer server;

typedef struct Row {
    ApiAsk ask;
    long status;
    const char *param; /* that errors name; NULL: none */
    const char *words; /* that stand in the body */
} Row;

#define RUN "/run/countdown?"
#define JSON "Content-Type: application/json"
#define FORM "Content-Type: application/x-www-form-urlencoded"

static const Row rows[] = {
    /* Parameters of the query. */
    {{.path = "/run/nonsense"}, 404, NULL, "countdown"},
    {{.path = "/run/"}, 404, NULL, "countdown"},
    {{.path = RUN "colour=red"}, 400, "colour", "no such parameter"},
    {{.path = RUN "Tasks=2"}, 400, "Tasks", "no such parameter"},
    {{.path = RUN "tasks=2&tasks=3"}, 400, "tasks", "commas between them: tasks=2,3"},
    {{.path = RUN "tasks=two"}, 400, "tasks", "whole number"},
    {{.path = RUN "tasks=1.5"}, 400, "tasks", "whole number"},
    {{.path = RUN "tasks="}, 400, "tasks", "tasks"},
    {{.path = RUN "tasks"}, 400, "tasks", "tasks"},
    {{.path = RUN "tasks=0"}, 400, "tasks", "\"max\""},
    {{.path = RUN "tasks=-1"}, 400, "tasks", "\"min\""},
    {{.path = RUN "tasks=257"}, 400, "tasks", "256"},
    {{.path = RUN "tasks=99999999999999999999"}, 400, "tasks", "tasks"},
    {{.path = RUN "n=1e13"}, 400, "n", "1000000000000"},
    {{.path = RUN "mode=threds"}, 400, "mode", "threads"},
    {{.path = RUN "mode=serial,,threads"}, 400, "mode", "empty"},
    {{.path = RUN "mode=serial,"}, 400, "mode", "empty"},
    {{.path = RUN "mode=serial,serial"}, 400, "mode", "serial"},
    {{.path = RUN "lock=gil3"}, 400, "lock", "gil-py2"},
    {{.path = RUN "repeat=1001"}, 400, "repeat", "1000"},
    {{.path = RUN "repeat=2,3"}, 400, "repeat", "repeat"},
    {{.path = RUN "timeout_ms=0"}, 400, "timeout_ms", "\"min\""},
    {{.path = RUN "format=xml"}, 400, "format", "markdown"},
    {{.path = RUN "format=events"}, 400, "format", "markdown"},
    {{.path = RUN "runtime=cobol"}, 400, "runtime", "runtime"},
    {{.path = RUN "tasks=%zz"}, 400, "tasks", "percent-escape"},
    {{.path = RUN "tasks=%4"}, 400, "tasks", "percent-escape"},
    {{.path = RUN "tasks=2%00"}, 400, "tasks", "NUL"},
    {{.path = RUN "label=%ff"}, 400, "label", "UTF-8"},
    {{.path = RUN "%ff=1"}, 400, "?", "UTF-8"},
    {{.path = RUN "=1"}, 400, "", "without a name"},
    {{.path = RUN "tasks=1,2,3,4,5,6,7,8,9,10,11&lock=none,gil&mode=serial,threads,processes"}, 400, "tasks",
        "66 cells"},
    {{.path = RUN "n=1e12&mode=serial"}, 400, "timeout_ms", "estimate_ms"},
    {{.path = "/run/idle?mode=epoll&tasks=4000&lock=none,gil"}, 400, "tasks", "8000 tasks, and at most 5000"},
    {{.path = "/run/idle?mode=threads&tasks=2000"}, 400, "tasks", "and 60 MB are allowed"},
    {{.path = "/run/idle?mode=threads&tasks=40&touch_stack_bytes=2M"}, 400, "touch_stack_bytes", "max_bytes"},
    {{.path = "/run/crunch?mode=serial&n=2048&rounds=1"}, 400, "n", "max_bytes"},
    {{.path = "/run/countdown?tasks=0&mode=x&colour=red"}, 400, "tasks", "colour"},
    {{.path = "/run/countdown", .header = "Accept: text/html"}, 406, NULL, "text/markdown"},
    /* Parameters of a body. */
    {{.path = "/run/countdown", .body = "tasks=0", .header = FORM}, 400, "tasks", "\"max\""},
    {{.path = "/run/countdown", .body = "tasks=%zz", .header = FORM}, 400, "tasks", "percent-escape"},
    {{.path = "/run/countdown?tasks=2", .body = "tasks=4", .header = FORM}, 400, "tasks",
        "commas between them: tasks=2,4"},
    {{.path = "/run/countdown?tasks=2", .body = "{\"tasks\": 2}", .header = JSON}, 400, "tasks",
        "more than once"},
    {{.path = "/run/countdown", .body = "{\"tasks\": 0}", .header = JSON}, 400, "tasks", "\"max\""},
    {{.path = "/run/countdown", .body = "{\"tasks\": true}", .header = JSON}, 400, "tasks", "tasks"},
    {{.path = "/run/countdown", .body = "{\"tasks\": {}}", .header = JSON}, 400, "tasks", "tasks"},
    {{.path = "/run/countdown", .body = "{\"mode\": [\"serial\", 5]}", .header = JSON}, 400, "mode", "mode"},
    {{.path = "/run/countdown", .body = "{\"tasks\": 2,\n  \"n\": }", .header = JSON}, 400, NULL,
        "\"line\": 2"},
    {{.path = "/run/countdown", .body = "{\"tasks\": 2,\n  \"n\": }", .header = JSON}, 400, NULL,
        "\"column\": 8"},
    {{.path = "/run/countdown", .body = "{\"tasks\": 2, \"tasks\": 3}", .header = JSON}, 400, NULL, "line 1"},
    {{.path = "/run/countdown", .body = "{\"label\": \"a\\u0000\"}", .header = JSON}, 400, NULL, "line 1"},
    {{.path = "/run/countdown", .body = "[1, 2]", .header = JSON}, 400, NULL, "must be an object"},
    {{.path = "/run/countdown", .body = "", .header = JSON}, 400, NULL, "line 1"},
    {{.path = "/run/countdown", .body = "2", .header = JSON}, 400, NULL, "must be an object"},
    {{.path = "/run/countdown", .body = "tasks: 2", .header = "Content-Type: application/yaml"}, 415, NULL,
        "application/json"},
    {{.path = "/run/countdown", .body = "tasks=2", .header = "Content-Type:"}, 415, NULL, "no content type"},
    {{.path = "/run/countdown", .body = "tasks=2", .header = "Content-Type: multipart/form-data; boundary=x"},
        415, NULL, "application/json"},
    /* Methods and paths. */
    {{.method = "PUT", .path = "/run/countdown"}, 405, NULL, "GET, POST, OPTIONS"},
    {{.method = "DELETE", .path = "/experiments"}, 405, NULL, "GET, HEAD, OPTIONS"},
    {{.method = "POST", .path = "/"}, 405, NULL, "GET, HEAD, OPTIONS"},
    {{.method = "BREW", .path = "/healthz"}, 405, NULL, "GET, HEAD, OPTIONS"},
    {{.path = "/nowhere"}, 404, NULL, "/run/{experiment}"},
    {{.path = "/run"}, 404, NULL, "/run/{experiment}"},
    {{.path = "/healthz/"}, 404, NULL, "/healthz"},
    {{.path = "//healthz"}, 404, NULL, "/healthz"},
    {{.path = "/../healthz"}, 404, NULL, "/healthz"},
    {{.path = "/healthz%00"}, 400, NULL, "NUL"},
    {{.path = "/%zz"}, 400, NULL, "percent-escape"},
};

static void set_up(void)
{
    api_server_start(&server, "limits.max_estimate_ms=60000", "limits.max_task_cells=5000",
        "limits.max_memory_bytes=60000000", NULL);
}

static bool names(const json_t *errors, const char *param)
{
    size_t i;
    json_t *error;

    json_array_foreach (errors, i, error)
        if (strcmp(json_string_value(json_object_get(error, "param")), param) == 0)
            return true;
    return false;
}

static void assert_problem(const Row *row, const ApiAnswer *answer)
{
    auto_free char *type = api_answer_header(answer, "Content-Type");
    const char *what = row->ask.body ? row->ask.body : row->ask.path;

    ck_assert_msg(answer->status == row->status, "%s: status %ld: %s", what, answer->status, answer->body);
    ck_assert_str_eq(type, "application/problem+json");
    ck_assert_int_eq(json_integer_value(json_object_get(answer->json, "status")), row->status);
    ck_assert(json_is_string(json_object_get(answer->json, "title")));
    ck_assert(json_is_string(json_object_get(answer->json, "detail")));
    ck_assert_msg(!row->param || names(json_object_get(answer->json, "errors"), row->param),
        "%s: does not name %s: %s", what, row->param, answer->body);
    ck_assert_msg(strstr(answer->body, row->words), "%s: no \"%s\": %s", what, row->words, answer->body);
    ck_assert_int_eq(answer->body[answer->length - 1], '\n');
}

START_TEST(every_bad_request_is_told_what_is_wrong_and_starts_nothing)
{
    void *connection = api_connection_new();

    set_up();
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        ApiAsk ask = rows[i].ask;
        auto_answer ApiAnswer answer = {0};

        ask.connection = connection;
        answer = api_ask(&server, ask);
        assert_problem(&rows[i], &answer);
    }
    ck_assert_int_eq(api_server_count_descendants(&server), 1);
    api_connection_free(connection);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(every_bad_parameter_is_named_at_once)
{
    static const char *const bad[] = {"n", "x", "lock", "mode", "tasks", "colour"};
    auto_answer ApiAnswer answer = {0};

    set_up();
    answer = api_get(&server, RUN "n=1&n=2&x=%zz&lock=a%00&mode=serial,,threads&tasks=0&colour=red");
    ck_assert_int_eq(answer.status, 400);
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
        ck_assert_msg(names(json_object_get(answer.json, "errors"), bad[i]), "%s: %s", bad[i], answer.body);
    api_server_stop(&server, SIGTERM);
}
END_TEST

START_TEST(a_body_may_have_64_KB_and_not_one_byte_more)
{
    static const size_t lengths[] = {65536, 65537, 500000, 3000000};

    set_up();
    for (size_t i = 0; i < ARRAY_LENGTH(lengths); i++) {
        auto_free char *body = calloc(1, lengths[i] + 1);
        auto_answer ApiAnswer answer = {0}, chunked = {0};

        memset(body, 'a', lengths[i]);
        answer = api_ask(
            &server, (ApiAsk){.path = "/run/countdown", .body = body, .length = lengths[i], .header = FORM});
        ck_assert_int_eq(answer.status, lengths[i] > 65536 ? 413 : 400);
        if (lengths[i] > 1000000)
            continue;
        chunked = api_ask(&server, (ApiAsk){.path = "/run/countdown",
                                       .body = body,
                                       .length = lengths[i],
                                       .header = "Transfer-Encoding: chunked"});
        ck_assert_int_eq(chunked.status, lengths[i] > 65536 ? 413 : 400);
    }
    api_server_stop(&server, SIGTERM);
}
END_TEST

/* One that says how long it is can be refused at once. Of this one the server reads a while, as many clients
 * read no answer before they have sent everything. */
START_TEST(a_chunked_body_that_goes_on_and_on_is_told_that_it_is_too_large)
{
    enum { SENT = (1 << 20) + 1 };
    static const char head[] = "POST /run/countdown HTTP/1.1\r\nHost: localhost\r\n"
                               "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
                               "200000\r\n";
    auto_free char *bytes = calloc(1, sizeof(head) + SENT), *answer = NULL;

    set_up();
    memcpy(bytes, head, sizeof(head));
    memset(bytes + strlen(head), 'a', SENT);
    answer = api_receive(api_send(&server, bytes));
    ck_assert_msg(strncmp(answer, "HTTP/1.1 413 ", 13) == 0, "%s", answer);
    ck_assert_msg(strstr(answer, "at most 65536 bytes"), "%s", answer);
    api_server_stop(&server, SIGTERM);
}
END_TEST

RUN_TESTS("api-refusals", 120, every_bad_request_is_told_what_is_wrong_and_starts_nothing,
    every_bad_parameter_is_named_at_once, a_body_may_have_64_KB_and_not_one_byte_more,
    a_chunked_body_that_goes_on_and_on_is_told_that_it_is_too_large)
