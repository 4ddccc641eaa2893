/* The mistakes that people make, and what they are told: in full, so that a reader of this file can judge the
 * words. Each row is asked twice. A terminal (Accept: text/plain, or format=table) gets these lines and
 * nothing else. A program gets a problem with the same status, title and, where something is near,
 * did_you_mean. */
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "tests/api/api-client.h"
#include "tests/unit/run.h"

static ApiServer server;

typedef struct Mistake {
    ApiAsk ask;
    long status;
    const char *near;  /* did_you_mean; NULL: nothing is near */
    const char *lines; /* what a terminal gets */
} Mistake;

#define RUN "/run/countdown?"
#define FORM "Content-Type: application/x-www-form-urlencoded"
#define JSON "Content-Type: application/json"
#define BAD "400 Bad parameters: "
#define MODES                                                                                                \
    "must be one of serial, threads (or thread, threading), processes (or process, multiprocessing), "       \
    "epoll (or asyncio, async)"

/* clang-format off */
static const Mistake mistakes[] = {
    /* Names that are nearly right. */
    {{.path = RUN "taks=2"}, 400, "tasks",
        BAD "taks (given \"2\"): there is no such parameter; did you mean tasks?\n"},
    {{.path = RUN "Tasks=2"}, 400, "tasks",
        BAD "Tasks (given \"2\"): there is no such parameter; did you mean tasks?\n"},
    {{.path = RUN "interval=5"}, 400, "check_interval",
        BAD "interval (given \"5\"): there is no such parameter; did you mean check_interval?\n"},
    {{.path = RUN "threads=2"}, 400, "mode=threads",
        BAD "threads (given \"2\"): there is no such parameter, but a mode of that name; did you mean mode=threads?\n"},
    {{.path = RUN "mode=serail"}, 400, "serial", BAD "mode (given \"serail\"): " MODES "; did you mean serial?\n"},
    {{.path = RUN "mode=Asyncio"}, 400, "asyncio", BAD "mode (given \"Asyncio\"): " MODES "; did you mean asyncio?\n"},
    {{.path = RUN "mode=gil"}, 400, "lock=gil", BAD "mode (given \"gil\"): is a lock and no mode; did you mean lock=gil?\n"},
    {{.path = RUN "lock=threading"}, 400, "mode=threading",
        BAD "lock (given \"threading\"): is a mode and no lock; did you mean mode=threading?\n"},
    {{.path = RUN "lock=GIL"}, 400, "gil",
        BAD "lock (given \"GIL\"): must be one of none, gil, gil-py2, ticket, per-interpreter, own; did you mean gil?\n"},
    {{.path = RUN "format=tabel"}, 400, "table",
        BAD "format (given \"tabel\"): must be one of json, csv, table, markdown; did you mean table?\n"},
    {{.path = "/run/countdwn"}, 404, "countdown",
        "404 Unknown experiment: there is no experiment called \"countdwn\"; did you mean countdown?\n"},
    {{.path = "/runs?limt=5"}, 400, "limit",
        BAD "limt (given \"5\"): there is no such parameter; did you mean limit?\n"},
    {{.method = "PATCH", .path = "/runs/01M8BNSK63CV413CYR3D84HRK7?lable=x"}, 400, "label",
        BAD "lable (given \"x\"): there is no such parameter; did you mean label?\n"},
    {{.path = "/compare?baselin=x&candidate=y"}, 400, "baseline",
        BAD "baseline: must be given: the id of the run to compare with\n"
        BAD "baselin (given \"x\"): there is no such parameter; did you mean baseline?\n"},
    /* Where nothing can be named, and where nothing is. */
    {{.method = "POST", .path = "/runs/01M8BNSK63CV413CYR3D84HRK7/cancel?lable=x"}, 400, NULL,
        BAD "lable (given \"x\"): there is no such parameter; there is none at all\n"},
    {{.path = "/runs/"}, 404, NULL, "404 No such run: the path names no run; GET /runs lists those there are\n"},
    /* Names that are near nothing: then there are those there are, once. */
    {{.path = RUN "mode=green"}, 400, NULL, BAD "mode (given \"green\"): " MODES "\n"},
    {{.path = "/runs?colour=red&size=3"}, 400, NULL,
        BAD "colour (given \"red\"): there is no such parameter; there are before, experiment, label, limit, status\n"
        BAD "size (given \"3\"): there is no such parameter\n"},
    {{.path = "/run/nothing"}, 404, NULL,
        "404 Unknown experiment: there is no experiment called \"nothing\"; there are countdown, fetch, crunch, "
        "refcount, counter, share, idle, convoy\n"},
    {{.path = RUN "runtime=cobol"}, 400, NULL, BAD "runtime (given \"cobol\"): must be c\n"},
    /* Values that are missing, or of the wrong kind. */
    {{.path = RUN "detail=foo"}, 400, NULL, BAD "detail (given \"foo\"): must be one of summary, full\n"},
    {{.path = RUN "detail"}, 400, NULL, BAD "detail: is empty; must be one of summary, full\n"},
    {{.path = RUN "detail="}, 400, NULL, BAD "detail: is empty; must be one of summary, full\n"},
    {{.path = RUN "mode="}, 400, NULL, BAD "mode: is empty; " MODES "\n"},
    {{.path = RUN "timeline"}, 400, NULL, BAD "timeline: is empty; must be one of off, on, auto\n"},
    {{.path = RUN "tasks"}, 400, NULL, BAD "tasks: is empty; must be a whole number from 1 to 256\n"},
    {{.path = RUN "tasks=two"}, 400, NULL, BAD "tasks (given \"two\"): must be a whole number from 1 to 256\n"},
    {{.path = "/runs?status=finished"}, 400, NULL,
        BAD "status (given \"finished\"): must be one of queued, running, done, failed, cancelled, timeout\n"},
    /* Signs that mean something else. */
    {{.path = RUN "mode=serial+threads"}, 400, "serial,threads",
        BAD "mode (given \"serial threads\"): " MODES "; the values of a list have commas between them (in a query, + "
        "stands for a blank); did you mean serial,threads?\n"},
    {{.path = RUN "n=1e+6"}, 400, NULL,
        BAD "n (given \"1e 6\"): must be a whole number from 0 to 1000000000000 turns; there is a blank in it (in a "
        "query, + stands for one; a plus sign is written %2B)\n"},
    {{.path = RUN "tasks=2;mode=serial"}, 400, NULL,
        BAD "tasks (given \"2;mode=serial\"): must be a whole number from 1 to 256; parameters are separated by &\n"},
    {{.path = RUN "tasks=2?mode=serial"}, 400, NULL,
        BAD "tasks (given \"2?mode=serial\"): must be a whole number from 1 to 256; parameters are separated by &\n"},
    {{.path = RUN "label=50%"}, 400, NULL,
        BAD "label (given \"label=50%\"): has a bad percent-escape: a percent sign is followed by two hexadecimal "
        "digits, and itself is written %25\n"},
    /* Bodies that are not what their type says. */
    {{.path = "/run/countdown", .body = "{\"tasks\":2}", .header = FORM}, 400, NULL,
        "400 JSON sent as a form: the body looks like JSON, and its content type says that it is a form: send it with "
        "-H 'Content-Type: application/json', or with curl --json instead of -d\n"},
    {{.path = "/run/countdown", .body = "tasks=2", .header = JSON}, 400, NULL,
        "400 Malformed JSON: line 1, column 5: invalid token near 'tasks'; the body looks like a form, and its content "
        "type says that it is JSON: leave the header out (curl -d says of itself that it sends a form)\n"},
    {{.path = "/run/countdown", .body = "{'tasks': 2}", .header = JSON}, 400, NULL,
        "400 Malformed JSON: line 1, column 2: string or '}' expected near '''; names and texts of JSON stand in double "
        "quotes, and the whole in none\n"},
    {{.path = "/run/countdown", .body = "\"tasks=2\"", .header = JSON}, 400, NULL,
        "400 Not a JSON object: the body must be an object, as in {\"tasks\": 2, \"mode\": [\"serial\", \"threads\"]}, "
        "and is a text\n"},
    {{.path = "/run/countdown", .body = "{\"tasks\": 2}", .header = "Content-Type: text/plain"}, 415, NULL,
        "415 Unsupported content type: the body is text/plain; send a form (Content-Type: "
        "application/x-www-form-urlencoded) or a JSON object (application/json); this one looks like JSON\n"},
    {{.method = "GET", .path = "/run/countdown", .body = "taks=2", .header = FORM}, 400, "tasks",
        BAD "taks (given \"2\"): there is no such parameter; did you mean tasks?\n"},
    /* Paths that lead nowhere, and methods. */
    {{.path = "/countdown"}, 404, "/run/countdown",
        "404 No such path: there is nothing at /countdown; did you mean /run/countdown?\n"},
    {{.method = "POST", .path = "/countdown"}, 404, "/run/countdown",
        "404 No such path: there is nothing at /countdown; did you mean /run/countdown?\n"},
    {{.path = "/experiments/countdwn"}, 404, "/run/countdown",
        "404 No such path: there is nothing at /experiments/countdwn; did you mean /run/countdown?\n"},
    {{.path = "/runs/countdown"}, 404, "/run/countdown",
        "404 No such run: there is no run countdown; did you mean /run/countdown?\n"},
    {{.path = "/runs/01K"}, 404, NULL,
        "404 No such run: there is no run 01K: an id has 26 letters and digits; GET /runs lists those there are\n"},
    {{.path = "/run"}, 404, "/run/countdown",
        "404 No such path: there is nothing at /run; did you mean /run/countdown?\n"},
    {{.path = "/run/countdown/"}, 404, "/run/countdown",
        "404 No such path: there is nothing at /run/countdown/; did you mean /run/countdown?\n"},
    {{.path = "//run//countdown"}, 404, "/run/countdown",
        "404 No such path: there is nothing at //run//countdown; did you mean /run/countdown?\n"},
    {{.path = "/healtz"}, 404, "/healthz",
        "404 No such path: there is nothing at /healtz; did you mean /healthz?\n"},
    {{.path = "/Experiments"}, 404, "/experiments",
        "404 No such path: there is nothing at /Experiments; did you mean /experiments?\n"},
    {{.path = "/api/v1/runs"}, 404, "/runs",
        "404 No such path: there is nothing at /api/v1/runs; did you mean /runs?\n"},
    {{.path = "/runs/01M8BNSK63CV413CYR3D84HRK7/evnts"}, 404, "/runs/01M8BNSK63CV413CYR3D84HRK7/events",
        "404 No such path: there is nothing at /runs/01M8BNSK63CV413CYR3D84HRK7/evnts; did you mean "
        "/runs/01M8BNSK63CV413CYR3D84HRK7/events?\n"},
    {{.method = "POST", .path = "/runs"}, 405, NULL,
        "405 Wrong method: /runs takes GET, HEAD, DELETE, OPTIONS, not POST; POST /run/{experiment} starts a run\n"},
    {{.method = "PUT", .path = "/run/countdown"}, 405, NULL,
        "405 Wrong method: /run/countdown takes GET, POST, OPTIONS, not PUT\n"},
    /* Too much, and one fault once. */
    {{.path = "/run/idle?tasks=1,2,3,4,5,6,7&lock=none,gil,ticket&mode=threads,epoll&repeat=1000&warmup=0&timeline=off"
              "&duration_ms=60000"}, 400, NULL,
        BAD "timeout_ms: this would run for about 30 days, and the limit is 1 minute: ask for less (size, tasks, "
        "cells, repeat)\n"},
    {{.path = RUN "tasks=1,2,3,4,5&mode=serial,threads,processes,epoll&lock=none,gil,gil-py2,ticket"}, 400, NULL,
        BAD "tasks (given \"1,2,3,4,5\"): the lists mode (4), lock (4), tasks (5) span 80 cells together, and at most 64 "
        "are allowed: shorten one of them\n"},
    {{.path = RUN "tasks=0,-1,two"}, 400, NULL,
        BAD "tasks (given [\"0\",\"-1\"]): must be from 1 to 256\n"
        BAD "tasks (given \"two\"): must be a whole number from 1 to 256\n"},
};
/* clang-format on */

/* A row that has no header of its own asks as a script does that reads text, the others by their query. */
static ApiAnswer ask_for_lines(const Mistake *mistake)
{
    ApiAsk ask = mistake->ask;
    auto_free char *path = text_printf("%s%sformat=table", ask.path, strchr(ask.path, '?') ? "&" : "?");

    if (ask.header)
        ask.path = path;
    else
        ask.header = "Accept: text/plain";
    return api_ask(&server, ask);
}

/* That of the problem itself, or of the first of its errors that has one. */
static const char *near_of(const json_t *problem)
{
    const char *near = json_string_value(json_object_get(problem, "did_you_mean"));
    const json_t *error;
    size_t i;

    json_array_foreach (json_object_get(problem, "errors"), i, error)
        near = near ? near : json_string_value(json_object_get(error, "did_you_mean"));
    return near;
}

START_TEST(a_terminal_gets_plain_lines)
{
    api_server_start(&server, NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(mistakes); i++) {
        auto_answer ApiAnswer answer = ask_for_lines(&mistakes[i]);
        auto_free char *type = api_answer_header(&answer, "Content-Type");

        ck_assert_str_eq(answer.body, mistakes[i].lines);
        ck_assert_str_eq(type, "text/plain; charset=utf-8");
        ck_assert_int_eq(answer.status, mistakes[i].status);
    }
    ck_assert_int_eq(api_server_count_descendants(&server), 1);
    api_server_stop(&server, SIGTERM);
}
END_TEST

START_TEST(a_program_gets_a_problem_with_the_same_words)
{
    api_server_start(&server, NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(mistakes); i++) {
        auto_answer ApiAnswer answer = api_ask(&server, mistakes[i].ask);
        auto_free char *type = api_answer_header(&answer, "Content-Type"), *head = NULL;
        const char *what = mistakes[i].lines, *near = near_of(answer.json);

        /* The one mistake that says of itself that it comes from a terminal. */
        if (strstr(mistakes[i].ask.path, "format=tabel"))
            continue;
        ck_assert_str_eq(type, "application/problem+json");
        ck_assert_int_eq(answer.status, mistakes[i].status);
        head =
            text_printf("%ld %s: ", answer.status, json_string_value(json_object_get(answer.json, "title")));
        ck_assert_msg(strncmp(what, head, strlen(head)) == 0, "%s: %s", what, head);
        ck_assert_msg(!near == !mistakes[i].near, "%s: %s", what, near ? near : "nothing is near");
        if (near)
            ck_assert_str_eq(near, mistakes[i].near);
    }
    api_server_stop(&server, SIGTERM);
}
END_TEST

/* Where the wish for lines can stand. Before a request is understood, it is told in the same form. */
static const struct {
    ApiAsk ask;
    bool lines;
} wishes[] = {
    {{.path = RUN "taks=2"}, false},
    {{.path = RUN "taks=2", .header = "Accept: */*"}, false},
    {{.path = RUN "taks=2", .header = "Accept: text/html,application/xhtml+xml,*/*;q=0.8"}, false},
    {{.path = RUN "taks=2", .header = "Accept: application/json"}, false},
    {{.path = RUN "taks=2", .header = "Accept: text/event-stream"}, false},
    {{.path = RUN "taks=2", .header = "Accept: text/csv"}, true},
    {{.path = RUN "taks=2", .header = "Accept: text/markdown"}, true},
    {{.path = RUN "taks=2", .header = "Accept: text/plain;q=0.9, application/json;q=0.8"}, true},
    {{.path = RUN "taks=2&format=json", .header = "Accept: text/plain"}, false},
    {{.path = RUN "taks=2&format=csv"}, true},
    {{.path = RUN "taks=2&format=markdown"}, true},
    {{.path = "/run/countdown", .body = "taks=2&format=table", .header = FORM}, true},
    {{.path = "/run/countdown", .body = "{\"taks\": 2, \"format\": \"table\"}", .header = JSON}, true},
    {{.path = "/run/countdown?format=table", .body = "{", .header = JSON}, true},
    {{.path = "/%zz?format=table"}, true},
    {{.path = "/%zz"}, false},
    {{.path = "/nowhere?format=csv"}, true},
    {{.path = "/runs?format=table", .header = "Host: lab.example.org"}, true},
};

START_TEST(lines_come_for_a_text_format_and_for_nobody_else)
{
    api_server_start(&server, NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(wishes); i++) {
        auto_answer ApiAnswer answer = api_ask(&server, wishes[i].ask);
        auto_free char *type = api_answer_header(&answer, "Content-Type");
        auto_free char *vary = api_answer_header(&answer, "Vary");

        ck_assert_msg(
            strcmp(type, wishes[i].lines ? "text/plain; charset=utf-8" : "application/problem+json") == 0,
            "%s, %s: %s", wishes[i].ask.path, wishes[i].ask.header ? wishes[i].ask.header : "", type);
        ck_assert_str_eq(vary, "Accept");
        ck_assert_int_ge(answer.status, 400);
    }
    api_server_stop(&server, SIGTERM);
}
END_TEST

/* Behind a proxy the path that is proposed is one that the client can ask for. */
START_TEST(a_path_is_proposed_with_the_prefix_under_which_the_client_asks)
{
    static const char *const paths[] = {"/countdown?format=table", "/runs/countdown?format=table"};

    api_server_start(&server, "server.trusted_proxies=127.0.0.1", NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(paths); i++) {
        auto_answer ApiAnswer answer =
            api_ask(&server, (ApiAsk){.path = paths[i], .header = "X-Forwarded-Prefix: /lab"});

        ck_assert_msg(strstr(answer.body, "did you mean /lab/run/countdown?"), "%s", answer.body);
    }
    api_server_stop(&server, SIGTERM);
}
END_TEST

static const char *const other_names[][2] = {
    {"thread", "threads"},
    {"threading", "threads"},
    {"process", "processes"},
    {"multiprocessing", "processes"},
    {"async", "epoll"},
    {"asyncio", "epoll"},
    {"epoll", "epoll"},
};

START_TEST(a_mode_has_other_names_and_the_answer_its_own)
{
    api_server_start(&server, NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(other_names); i++) {
        auto_free char *path =
            text_printf(RUN "n=1000&repeat=1&warmup=0&timeline=off&mode=%s", other_names[i][0]);
        auto_answer ApiAnswer answer = api_get(&server, path);
        const json_t *cell = json_array_get(json_object_get(answer.json, "cells"), 0);

        ck_assert_msg(answer.status == 200, "%s: %s", path, answer.body);
        ck_assert_str_eq(json_string_value(json_object_get(cell, "mode")), other_names[i][1]);
    }
    api_server_stop(&server, SIGTERM);
}
END_TEST

/* Options and settings of the programs. */
static const struct {
    const char *word, *text;
} words[] = {
    {"--prot=1", "gilscope: there is no option --prot; did you mean --set server.port=1?\n"},
    {"--port=8080", "gilscope: there is no option --port; did you mean --set server.port=8080?\n"},
    {"--limits.max_cells=9",
        "gilscope: there is no option --limits.max_cells; did you mean --set limits.max_cells=9?\n"},
    {"--chek-config", "gilscope: there is no option --chek-config; did you mean --check-config?\n"},
    {"--colour", "gilscope: there is no option --colour; see --help\n"},
    {"--health=yes", "gilscope: the option --health takes no value; see --help\n"},
    {"--config", "gilscope: the option --config needs a value; see --help\n"},
    {"countdown", "gilscope: countdown is no option, and there is nothing else to say here; see --help\n"},
};

START_TEST(a_command_line_is_told_what_was_meant)
{
    for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
        auto_free char *text = NULL;

        ck_assert_int_eq(api_run_program(&text, words[i].word, NULL), 2);
        ck_assert_str_eq(text, words[i].text);
    }
}
END_TEST

RUN_TESTS("api-mistakes", 120, a_terminal_gets_plain_lines, a_program_gets_a_problem_with_the_same_words,
    lines_come_for_a_text_format_and_for_nobody_else,
    a_path_is_proposed_with_the_prefix_under_which_the_client_asks,
    a_mode_has_other_names_and_the_answer_its_own, a_command_line_is_told_what_was_meant)
