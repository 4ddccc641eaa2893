/* Answers of all kinds held against /openapi.json by a JSON Schema validator: every experiment in every mode,
 * with and without details, streams, runs that ended badly, comparisons, lists and problems. A member that is
 * null only sometimes, or that nobody documented, is found here before a client of somebody else finds it. */
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "tests/api/api-runs.h"
#include "tests/api/api-stream.h"
#include "tests/api/openapi-read.h"
#include "tests/api/schema-check.h"
#include "tests/unit/listener.h"
#include "tests/unit/run.h"

#define NO_RUN "01ARZ3NDEKTSV4RRFFQ69G5FAV"
#define ERROR_500 "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 4\r\nConnection: close\r\n\r\noops"
#define PAGE "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi"

static ApiServer server;
static json_t *document;

static void begin(void)
{
    document = openapi_read(&server);
}

static void end(void)
{
    json_decref(document);
    schema_check_end();
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}

/* Asks, and asserts that the answer has this status and is as the document says of the operation. */
static ApiAnswer ask(const char *method, const char *documented, const char *path, long status)
{
    Operation operation = openapi_find(document, method, documented);
    ApiAnswer answer =
        api_ask(&server, (ApiAsk){.method = operation.name, .path = path, .header = API_OWNER("schema")});

    ck_assert_msg(answer.status == status, "%s %s: %ld, not %ld: %s", operation.name, path, answer.status,
        status, answer.body);
    openapi_assert_documented(&operation, &answer, true);
    return answer;
}

static void check(const char *method, const char *documented, const char *path, long status)
{
    ApiAnswer answer = ask(method, documented, path, status);

    api_answer_finish(&answer);
}

/* The same of a run, whose id is returned, owned by the caller. */
static char *check_run(const char *documented, const char *path, long status)
{
    auto_answer ApiAnswer answer = ask("get", documented, path, status);

    return strdup(api_text(answer.json, "id"));
}

/* "serial,threads": the modes in which the experiment can run. */
static char *modes_of(const json_t *catalog, const json_t *experiment)
{
    char *text = strdup("");
    json_t *mode;
    size_t i;

    json_array_foreach (json_object_get(catalog, "modes"), i, mode) {
        const char *name = api_text(mode, "name");
        auto_free char *shorter = text;

        text = json_object_get(json_object_get(experiment, "unavailable"), name)
                   ? strdup(shorter)
                   : text_printf("%s%s%s", shorter, *shorter ? "," : "", name);
    }
    return text;
}

/* Twice: with all details and enough repetitions for intervals, and with the fewest. */
START_TEST(every_experiment_in_every_mode_answers_as_documented)
{
    static const char *const more[] = {"detail=full&timeline=on&repeat=6&warmup=1",
        "detail=summary&timeline=on&repeat=1&warmup=0",
        "detail=summary&timeline=off&repeat=2&warmup=0&lock=none,gil&tasks=2"};
    auto_answer ApiAnswer catalog = {0};
    json_t *experiment;
    size_t i;

    api_server_start(&server, "fetch.allow=127.0.0.1:*", NULL);
    begin();
    catalog = ask("get", "/experiments", "/experiments", 200);
    ck_assert_uint_gt(json_array_size(json_object_get(catalog.json, "experiments")), 0);
    json_array_foreach (json_object_get(catalog.json, "experiments"), i, experiment) {
        auto_free char *place = text_printf("/run/%s", api_text(experiment, "name"));
        auto_free char *modes = modes_of(catalog.json, experiment);
        Operation operation = openapi_find(document, "get", place);
        bool follows = json_object_get(experiment, "tasks");

        for (size_t k = 0; k < ARRAY_LENGTH(more); k++) {
            auto_free char *given = text_printf("mode=%s&%.*s", modes,
                (int)(follows && strstr(more[k], "&tasks") ? strlen(more[k]) - strlen("&tasks=2")
                                                           : strlen(more[k])),
                more[k]);
            auto_free char *query = openapi_cheap_query(&server, &operation, given);
            auto_free char *path = text_printf("%s%s", place, query);
            auto_free char *with = openapi_excluding(&server, &operation, given);

            check("get", place, path, 200);
            if (with) {
                auto_free char *other = openapi_cheap_query(&server, &operation, with);
                auto_free char *second = text_printf("%s%s", place, other);

                check("get", place, second, 200);
            }
        }
    }
    end();
}
END_TEST

/* Reads a stream to its end. Returns how many events of this name there were. */
static size_t check_stream(const char *documented, const char *path, const char *wanted)
{
    Operation operation = openapi_find(document, "get", documented);
    ApiStream stream;
    size_t n = 0;

    api_stream_open(&stream, &server, path, "Accept: text/event-stream\r\n");
    for (;;) {
        auto_event ApiEvent event = api_stream_next(&stream);

        if (event.ended)
            break;
        if (!*event.name)
            continue;
        openapi_assert_event(&operation, &event);
        n += strcmp(event.name, wanted) == 0;
    }
    api_stream_close(&stream);
    return n;
}

/* The board does not end by itself. */
static void check_board(size_t n_ended)
{
    Operation operation = openapi_find(document, "get", "/events");
    ApiStream stream;

    api_stream_open(&stream, &server, "/events", "");
    for (size_t n = 0; n < n_ended;) {
        auto_event ApiEvent event = api_stream_next(&stream);

        ck_assert(!event.ended);
        if (!*event.name)
            continue;
        openapi_assert_event(&operation, &event);
        n += strcmp(event.name, "ended") == 0;
    }
    api_stream_close(&stream);
}

/* Whatever may be asked of a run that is over. A stream is said again from its beginning. */
static void check_views(const char *id, bool has_trace)
{
    auto_free char *run = text_printf("/runs/%s", id), *trace = text_printf("%s/trace", run);
    auto_free char *events = text_printf("%s/events", run);

    check("get", "/runs/{id}", run, 200);
    check("get", "/runs/{id}/trace", trace, has_trace ? 200 : 404);
    ck_assert_uint_ge(check_stream("/runs/{id}/events", events, "queued"), 1);
}

/* Begins a run that its client may cancel and does, and returns its id, owned by the caller. */
static char *cancel_one(const char *path)
{
    auto_answer ApiAnswer accepted = api_ask(
        &server, (ApiAsk){.path = path, .header = "Prefer: respond-async", .also = API_OWNER("schema")});
    char *id = strdup(api_text(accepted.json, "id"));
    auto_free char *cancel = text_printf("/runs/%s/cancel", id),
                   *relabel = text_printf("/runs/%s?label=c", id);
    Operation run = openapi_find(document, "get", "/run/fetch");

    ck_assert_int_eq(accepted.status, 202);
    openapi_assert_documented(&run, &accepted, false);
    api_wait_for_status(&server, id, "running");
    check("get", "/runs", "/runs?limit=200", 200);
    check("patch", "/runs/{id}", relabel, 200);
    check("post", "/runs/{id}/cancel", cancel, 200);
    api_wait_for_status(&server, id, "cancelled");
    return id;
}

/* Each with each: also those that have no figures. */
static void check_comparisons(char *const *ids, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < n; k++) {
            auto_free char *path = text_printf("/compare?baseline=%s&candidate=%s", ids[i], ids[k]);

            check("get", "/compare", path, 200);
        }
    }
}

#define FETCH "/run/fetch?mode=serial,epoll&tasks=2&warmup=0&fresh=1&url=%s"

/* A run for each way in which one ends, and each seen from all sides. The third target never answers. */
START_TEST(runs_that_ended_well_and_badly_are_as_documented_from_all_sides)
{
    static const struct {
        const char *more;
        int target;
        long status;
        bool has_trace;
    } rows[] = {
        {"&repeat=6&label=a&prediction=shorter&timeline=on", 0, 200, true},
        {"&repeat=2&timeline=off", 1, 200, false},
        {"&repeat=2&expect=2xx&timeline=on&detail=full", 1, 502, true},
        {"&repeat=1&expect=2xx&timeline=off", 1, 502, false},
        {"&repeat=1&timeline=off&timeout_ms=400", 2, 504, false},
    };
    char *ids[ARRAY_LENGTH(rows) + 1] = {0};
    auto_free char *silent = NULL, *cancelled = NULL;
    Listener targets[3];

    listener_start(&targets[0], PAGE);
    listener_start(&targets[1], ERROR_500);
    listener_start(&targets[2], NULL);
    api_server_start(&server, "fetch.allow=127.0.0.1:*", NULL);
    begin();
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        auto_free char *url = listener_url(&targets[rows[i].target], "127.0.0.1");
        auto_free char *path = text_printf(FETCH "%s", url, rows[i].more);

        ids[i] = check_run("/run/fetch", path, rows[i].status);
        check_views(ids[i], rows[i].has_trace);
        /* With its events, too, which say that it failed. */
        check_stream("/run/fetch", path, "queued");
    }
    silent = listener_url(&targets[2], "127.0.0.1");
    cancelled = text_printf(FETCH "&timeline=off&repeat=1", silent);
    ids[ARRAY_LENGTH(rows)] = cancel_one(cancelled);
    check_views(ids[ARRAY_LENGTH(rows)], false);
    check_comparisons(ids, ARRAY_LENGTH(ids));
    check("get", "/runs", "/runs?limit=3", 200);
    check_board(2 * ARRAY_LENGTH(rows) + 1);
    end();
    for (size_t i = 0; i < ARRAY_LENGTH(ids); i++)
        free(ids[i]);
    for (size_t i = 0; i < ARRAY_LENGTH(targets); i++)
        listener_stop(&targets[i]);
}
END_TEST

/* Each is refused by another part of the server, with members of its own. */
START_TEST(problems_are_as_documented)
{
    static const struct {
        const char *method, *documented, *path;
        long status;
    } rows[] = {
        {"get", "/run/countdown", "/run/countdown?task=2", 400},
        {"get", "/run/countdown", "/run/countdown?tasks=0&mode=sreial&n=1e30&repeat=x", 400},
        {"get", "/run/countdown", "/run/countdown?tasks=256&repeat=1000&n=1e12", 400},
        {"get", "/run/countdown",
            "/run/countdown?tasks=1,2,3,4,5,6,7,8&cpus=1,2&mode=serial,threads&lock=gil,none,gil-py2", 400},
        {"get", "/run/idle", "/run/idle?tasks=10000&mode=threads,serial,processes", 400},
        {"get", "/run/fetch", "/run/fetch?url=http://127.0.0.1:1/", 400},
        {"get", "/run/fetch", "/run/fetch?expect=3xx", 400},
        {"get", "/run/convoy", "/run/convoy?tasks=7&mode=serial,threads", 400},
        {"get", "/run/countdown", "/run/countdown?n=1&n=2", 400},
        {"get", "/runs", "/runs?limit=0&before=x&stauts=done", 400},
        {"get", "/compare", "/compare", 400},
        {"get", "/compare", "/compare?baseline=x&candidate=" NO_RUN, 404},
        {"get", "/runs/{id}", "/runs/x", 404},
        {"delete", "/runs/{id}", "/runs/" NO_RUN, 404},
    };

    api_server_start(&server, NULL);
    begin();
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
        check(rows[i].method, rows[i].documented, rows[i].path, rows[i].status);
    end();
}
END_TEST

/* Paths and bodies that belong to no operation, or are not even read: the problem itself is as documented. */
START_TEST(refusals_without_an_operation_are_problems_too)
{
    static char long_path[9001], long_header[20001] = "X-Long: ";
    static const struct {
        ApiAsk ask;
        long status;
    } rows[] = {
        {{.path = "/nowhere"}, 404},
        {{.path = "/run/none"}, 404},
        {{.path = "/run/coutdown"}, 404},
        {{.path = "/%ff"}, 404},
        {{.path = "/run/countdown", .method = "PUT"}, 405},
        {{.path = "/run/countdown", .body = "{\"n\": ", .header = "Content-Type: application/json"}, 400},
        {{.path = "/run/countdown", .body = "[1]", .header = "Content-Type: application/json"}, 400},
        {{.path = "/run/countdown", .body = "x", .header = "Content-Type: text/plain"}, 415},
        {{.path = "/run/countdown", .header = "Host: elsewhere.example"}, 421},
        {{.path = "/run/countdown", .header = "Origin: https://elsewhere.example"}, 403},
        {{.path = long_path}, 414},
        {{.path = "/version", .header = long_header}, 431},
    };
    json_auto_t *schema = json_pack("{s:s}", "$ref", "#/components/schemas/Problem");

    memset(long_path, 'a', sizeof(long_path) - 1);
    long_path[0] = '/';
    memset(long_header + strlen("X-Long: "), 'a', sizeof(long_header) - 1 - strlen("X-Long: "));
    api_server_start(&server, NULL);
    begin();
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        auto_answer ApiAnswer answer = api_ask(&server, rows[i].ask);
        auto_free char *complaint = NULL;

        ck_assert_msg(answer.status == rows[i].status && answer.json, "%.80s: %ld, not %ld: %s",
            rows[i].ask.path, answer.status, rows[i].status, answer.body);
        complaint = schema_complaint(document, schema, answer.json);
        ck_assert_msg(!complaint, "%.80s: %s\n%s", rows[i].ask.path, complaint, answer.body);
    }
    end();
}
END_TEST

/* A runtime need not know anything of its machine, and an archive may be where nobody can write. */
START_TEST(what_is_not_known_is_null_as_documented)
{
    auto_free char *id = NULL, *run = NULL;

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    ck_assert_int_eq(api_server_end(&server, SIGTERM), 0);
    api_server_touch(&server, "hostless");
    api_server_start_again(&server, API_FAKE_RUNTIME, "archive.path=/proc/nowhere/archive.db", NULL);
    begin();
    id = check_run("/run/fine", "/run/fine?mode=serial&repeat=1&warmup=0", 200);
    run = text_printf("/runs/%s", id);
    check("get", "/runs/{id}", run, 200);
    check("get", "/run/failing", "/run/failing?mode=serial&repeat=1&warmup=0", 502);
    check_stream("/run/failing", "/run/failing?mode=serial&repeat=1&warmup=0&fresh=1", "failed");
    check("get", "/experiments", "/experiments", 200);
    check("get", "/readyz", "/readyz", 200);
    check("get", "/healthz", "/healthz", 200);
    check("get", "/version", "/version", 200);
    check("get", "/openapi.json", "/openapi.json", 200);
    end();
}
END_TEST

/* What passes everything would pass here, too. */
START_TEST(what_is_not_as_documented_is_found)
{
    static const struct {
        const char *value, *complaint; /* NULL: it is fine */
    } rows[] = {
        {"{'id': 0, 'start_ns': 1, 'end_ns': 2, 'cpu_ns': null, 'answer': [1]}", NULL},
        {"{'id': 0, 'start_ns': 1, 'end_ns': 2}", NULL},
        {"{'id': 0, 'start_ns': 1}", ": 'end_ns' is a required property"},
        {"{'id': 0, 'start_ns': 1, 'end_ns': null}", "end_ns: None is not of type 'integer'"},
        {"{'id': 0, 'start_ns': 1, 'end_ns': 1.5}", "end_ns: 1.5 is not of type 'integer'"},
        {"{'id': -1, 'start_ns': 1, 'end_ns': 2}", "id: -1 is less than the minimum of 0"},
        {"{'id': 0, 'start_ns': 1, 'end_ns': 2, 'own': 3}", ": Additional properties are not allowed"},
    };
    json_auto_t *schema = json_pack("{s:s}", "$ref", "#/components/schemas/TaskRow");

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    begin();
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        auto_free char *text = strdup(rows[i].value), *complaint = NULL;
        json_auto_t *value = NULL;

        for (char *at = text; *at; at++)
            *at = *at == '\'' ? '"' : *at;
        value = json_loads(text, 0, NULL);
        complaint = schema_complaint(document, schema, value);
        ck_assert_msg(rows[i].complaint
                          ? complaint && strncmp(complaint, rows[i].complaint, strlen(rows[i].complaint)) == 0
                          : !complaint,
            "%s: %s", text, complaint ? complaint : "nothing");
    }
    end();
}
END_TEST

RUN_TESTS("api-schema", 120, what_is_not_as_documented_is_found,
    every_experiment_in_every_mode_answers_as_documented,
    runs_that_ended_well_and_badly_are_as_documented_from_all_sides, problems_are_as_documented,
    refusals_without_an_operation_are_problems_too, what_is_not_known_is_null_as_documented)
