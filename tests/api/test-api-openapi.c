/* /openapi.json held against the server that it came from: what it promises is so, and what the server does
 * is in it. tests/web has a public linter read it. */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "tests/api/api-runs.h"
#include "tests/api/openapi-read.h"
#include "tests/api/schema-check.h"
#include "tests/unit/run.h"

#define CHEAP "?repeat=1&warmup=0&mode=serial&lock=gil"
#define NO_RUN "01ARZ3NDEKTSV4RRFFQ69G5FAV"
#define JSON "Content-Type: application/json"
#define FORM "Content-Type: application/x-www-form-urlencoded"

static ApiServer server;
static json_t *document;
static Operation operations[OPENAPI_MAX_OPERATIONS];
static size_t n_operations;

static void begin(void)
{
    document = openapi_read(&server);
    n_operations = openapi_list(document, operations);
}

static void end(void)
{
    json_decref(document);
    schema_check_end();
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static bool is_run(const Operation *operation)
{
    return strncmp(operation->path, "/run/", 5) == 0;
}

/* Returns the id of a new run that is over, owned by the caller. */
static char *new_run(const char *path)
{
    auto_answer ApiAnswer answer = api_ask(&server, (ApiAsk){.path = path, .header = API_OWNER("tester")});

    ck_assert_msg(answer.status == 200, "%s: %s", path, answer.body);
    return strdup(text_of(answer.json, "id"));
}

/* --- What it says is so --- */

/* A value that the schema does not allow. */
static json_t *bad_value(const json_t *schema)
{
    const json_t *most = json_object_get(schema, "maxLength"), *items = json_object_get(schema, "items");
    auto_free char *letters = NULL;

    if (items)
        return bad_value(items);
    if (!most || text_of(schema, "format"))
        return json_string(strcmp(text_of(schema, "type"), "integer") == 0 ? "1e30" : "none-of-them");
    letters = calloc(1, (size_t)json_integer_value(most) + 2);
    ck_assert_ptr_nonnull(letters);
    memset(letters, 'a', (size_t)json_integer_value(most) + 1);
    return json_string(letters);
}

static bool names(const ApiAnswer *answer, const char *param)
{
    size_t i;
    json_t *error;

    json_array_foreach (json_object_get(answer->json, "errors"), i, error)
        if (strcmp(text_of(error, "param"), param) == 0)
            return true;
    return false;
}

/* Whether the answer refuses exactly the parameter "nonsense", which was sent beside another one. */
static void assert_only_nonsense(const ApiAnswer *answer, const Operation *operation, const char *name)
{
    ck_assert_msg(answer->status == 400 && names(answer, "nonsense") &&
                      json_array_size(json_object_get(answer->json, "errors")) == 1,
        "%s %s: %s is not accepted: %s", operation->name, operation->path, name, answer->body);
}

static void assert_refused(const ApiAnswer *answer, const Operation *operation, const char *name)
{
    ck_assert_msg(answer->status == 400 && names(answer, name), "%s %s: %s may be anything: %ld %s",
        operation->name, operation->path, name, answer->status, answer->body);
    openapi_assert_documented(operation, answer, false);
}

static void *connection;

#define INSTRUCTOR "server.instructor_token=teacher-secret"
#define TEACHER "Authorization: Bearer teacher-secret"

/* What may stand in a body for /class depends on the action that stands there too: api-class tries all of it.
 */
static bool has_rules_of_its_own(const Operation *operation)
{
    return strcmp(operation->path, "/class") == 0;
}

static ApiAnswer send_query(const Operation *operation, const char *path, const char *query)
{
    auto_free char *whole = text_printf("%s?%s", path, query);

    return api_ask(&server, (ApiAsk){.method = operation->name, .path = whole, .connection = connection});
}

/* The other parameters without which nothing goes. */
static char *required_query(const Operation *operation, const char *but)
{
    char *text = strdup("");
    const json_t *parameter;

    for (size_t i = 0; (parameter = openapi_parameter_at(operation, i)); i++) {
        auto_free char *shorter = text;

        text = json_is_true(json_object_get(parameter, "required")) &&
                       strcmp(text_of(parameter, "name"), but) != 0
                   ? text_printf("%s&%s=a", shorter, text_of(parameter, "name"))
                   : strdup(shorter);
    }
    return text;
}

static void try_query(const Operation *operation, const char *path, const json_t *parameter)
{
    const char *name = text_of(parameter, "name");
    const json_t *schema = json_object_get(parameter, "schema");
    json_auto_t *good = openapi_cheap_value(&server, name, schema), *bad = bad_value(schema);
    auto_free char *good_text = openapi_text(good), *bad_text = openapi_text(bad), *good_query = NULL;
    auto_free char *bad_query = NULL, *rest = required_query(operation, name);
    auto_answer ApiAnswer accepted = {0}, refused = {0};

    good_query = text_printf("nonsense=1%s&%s=%s", rest, name, good_text);
    bad_query = text_printf("%s=%s%s", name, bad_text, rest);
    accepted = send_query(operation, path, good_query);
    assert_only_nonsense(&accepted, operation, name);
    refused = send_query(operation, path, bad_query);
    assert_refused(&refused, operation, name);
}

/* A body with one member, as JSON or as a form, and maybe another one that there is not. */
static ApiAnswer send_body(const Operation *operation, const char *path, const char *name,
    const json_t *value, bool json, bool nonsense)
{
    json_auto_t *object = json_pack("{s:O}", name, value);
    auto_free char *text = openapi_text(value), *body = NULL;

    if (nonsense)
        json_object_set_new(object, "nonsense", json_integer(1));
    body = json ? json_dumps(object, JSON_COMPACT)
                : text_printf("%s=%s%s", name, text, nonsense ? "&nonsense=1" : "");
    return api_ask(&server, (ApiAsk){.method = operation->name,
                                .path = path,
                                .body = body,
                                .header = json ? JSON : FORM,
                                .connection = connection});
}

static void try_body(const Operation *operation, const char *path, const char *name, const json_t *schema)
{
    json_auto_t *good = openapi_cheap_value(&server, name, schema), *bad = bad_value(schema);

    for (int json = 0; json < 2; json++) {
        auto_answer ApiAnswer accepted = send_body(operation, path, name, good, json, true);
        auto_answer ApiAnswer refused = send_body(operation, path, name, bad, json, false);

        assert_only_nonsense(&accepted, operation, name);
        assert_refused(&refused, operation, name);
    }
}

static void try_header(const Operation *operation, const char *path, const json_t *parameter)
{
    auto_free char *line = text_printf("%s: none-of-them", text_of(parameter, "name"));
    auto_answer ApiAnswer answer = {0};

    if (strcmp(text_of(json_object_get(parameter, "schema"), "type"), "integer") != 0)
        return;
    answer = api_ask(
        &server, (ApiAsk){.method = operation->name, .path = path, .header = line, .connection = connection});
    assert_refused(&answer, operation, text_of(parameter, "name"));
}

/* Returns how many parameters there were. */
static size_t try_parameters(const Operation *operation, const char *path)
{
    const json_t *body = openapi_body(operation), *parameter;
    const char *name;
    json_t *schema;
    size_t n = 0;

    for (; (parameter = openapi_parameter_at(operation, n)); n++) {
        if (strcmp(text_of(parameter, "in"), "query") == 0)
            try_query(operation, path, parameter);
        else
            try_header(operation, path, parameter);
    }
    json_object_foreach (json_object_get(body, "properties"), name, schema) {
        try_body(operation, path, name, schema);
        n++;
    }
    return n;
}

/* How many parameters the experiments have in common, of each, by GET and by POST. */
static size_t count_common(void)
{
    auto_answer ApiAnswer catalog = api_get(&server, "/experiments");

    return json_array_size(json_object_get(catalog.json, "experiments")) *
           json_array_size(json_object_get(catalog.json, "parameters")) * 2;
}

START_TEST(every_documented_parameter_is_accepted_and_a_bad_value_refused_by_name)
{
    auto_free char *id = NULL;
    size_t n = 0;

    api_server_start(&server, "fetch.allow=127.0.0.1:*", NULL);
    begin();
    connection = api_connection_new();
    id = new_run("/run/countdown" CHEAP "&n=1000");
    for (size_t i = 0; i < n_operations; i++) {
        auto_free char *path = openapi_path(&operations[i], id);

        if (strcmp(operations[i].method, "head") != 0 && !has_rules_of_its_own(&operations[i]))
            n += try_parameters(&operations[i], path);
    }
    /* What they have in common, and what there is besides. */
    ck_assert_uint_gt(n, count_common());
    ck_assert_uint_gt(count_common(), 0);
    api_connection_free(connection);
    end();
}
END_TEST

/* The board does not end: the head of its answer is enough. */
static void assert_board(void)
{
    int fd = api_send(&server, "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
    char bytes[1024];
    ssize_t n = recv(fd, bytes, sizeof(bytes) - 1, 0);

    ck_assert_int_gt(n, 0);
    bytes[n] = '\0';
    ck_assert_msg(
        strncmp(bytes, "HTTP/1.1 200 ", 13) == 0 && strstr(bytes, "Content-Type: text/event-stream"), "%s",
        bytes);
    close(fd);
}

static ApiAnswer ask_operation(const Operation *operation, const char *more)
{
    bool is_comparison = strcmp(operation->path, "/compare") == 0,
         is_of_run = strstr(operation->path, "{id}");
    auto_free char *id =
        is_of_run || is_comparison ? new_run("/run/countdown" CHEAP "&n=1000&fresh=1&timeline=on") : NULL;
    auto_free char *filled = openapi_path(operation, id), *query = NULL, *path = NULL;

    if (is_comparison) {
        query = text_printf("?baseline=%s&candidate=%s", id, id);
    } else if (is_run(operation)) {
        Operation by_get = openapi_find(document, "get", operation->path);

        query = openapi_cheap_query(&server, &by_get, more);
    }
    if (strcmp(operation->path, "/qr") == 0)
        query = strdup("?text=a");
    else if (strcmp(operation->path, "/class") == 0 && strcmp(operation->name, "POST") == 0)
        query = strdup("?action=end");
    path = text_printf("%s%s", filled, query ? query : "");
    return api_ask(&server,
        (ApiAsk){.method = operation->name, .path = path, .header = API_OWNER("tester"), .also = TEACHER});
}

static void assert_answered(const Operation *operation, const char *more)
{
    bool is_cancel = strstr(operation->path, "/cancel");
    auto_answer ApiAnswer answer = ask_operation(operation, more);

    openapi_assert_documented(operation, &answer, false);
    /* The run that is to be cancelled is over. */
    ck_assert_msg(is_cancel ? answer.status == 409 : answer.status / 100 == 2, "%s %s: %ld %s",
        operation->name, operation->path, answer.status, answer.body);
}

/* A run has all its parameters, each at its least; a second one has what excludes some of them. */
START_TEST(every_documented_operation_is_there_and_answers_as_documented)
{
    size_t n_excluding = 0;

    api_server_start(&server, "fetch.allow=127.0.0.1:*", INSTRUCTOR, NULL);
    begin();
    for (size_t i = 0; i < n_operations; i++) {
        Operation by_get = {0};
        auto_free char *excluding = NULL;

        if (strcmp(operations[i].path, "/events") == 0 && strcmp(operations[i].method, "get") == 0) {
            assert_board();
            continue;
        }
        assert_answered(&operations[i], "");
        if (!is_run(&operations[i]))
            continue;
        by_get = openapi_find(document, "get", operations[i].path);
        excluding = openapi_excluding(&server, &by_get, "");
        if (excluding) {
            assert_answered(&operations[i], excluding);
            n_excluding++;
        }
    }
    ck_assert_uint_gt(n_excluding, 0);
    end();
}
END_TEST

static bool is_documented_path(const char *path)
{
    const char *brace = strstr(path, "{experiment}");
    const char *name;
    json_t *item;

    json_object_foreach (json_object_get(document, "paths"), name, item)
        if (brace ? strncmp(name, path, (size_t)(brace - path)) == 0 : strcmp(name, path) == 0)
            return true;
    return false;
}

/* Of experiments. */
static size_t count_run_paths(void)
{
    const char *name;
    json_t *item;
    size_t n = 0;

    json_object_foreach (json_object_get(document, "paths"), name, item)
        n += strncmp(name, "/run/", 5) == 0;
    return n;
}

START_TEST(every_path_of_the_server_is_documented)
{
    auto_answer ApiAnswer answer = {0}, catalog = {0};
    json_t *path, *experiment;
    size_t i;

    api_server_start(&server, NULL);
    begin();
    answer = api_get(&server, "/nowhere");
    ck_assert_uint_gt(json_array_size(json_object_get(answer.json, "paths")), 10);
    json_array_foreach (json_object_get(answer.json, "paths"), i, path)
        ck_assert_msg(is_documented_path(json_string_value(path)), "%s", json_string_value(path));
    catalog = api_get(&server, "/experiments");
    ck_assert_uint_gt(count_run_paths(), 0);
    ck_assert_uint_eq(json_array_size(json_object_get(catalog.json, "experiments")), count_run_paths());
    json_array_foreach (json_object_get(catalog.json, "experiments"), i, experiment) {
        auto_free char *name = text_printf("/run/%s", text_of(experiment, "name"));

        ck_assert_msg(is_documented_path(name), "%s", name);
    }
    end();
}
END_TEST

/* "GET, HEAD, OPTIONS": whether a method is in a list like this. */
static bool is_listed(const char *list, const char *method)
{
    size_t length = strlen(method);

    for (const char *at = strstr(list, method); at; at = strstr(at + 1, method))
        if ((at == list || at[-1] == ' ') && (at[length] == ',' || at[length] == '\0'))
            return true;
    return false;
}

START_TEST(a_method_that_is_not_documented_is_refused_and_Allow_lists_those_that_are)
{
    static const char *const methods[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"};
    const char *last = "";

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    begin();
    for (size_t i = 0; i < n_operations; i++) {
        auto_free char *path = openapi_path(&operations[i], NO_RUN), *allow = NULL;
        const json_t *item = json_object_get(json_object_get(document, "paths"), operations[i].path);
        auto_answer ApiAnswer refused = api_ask(&server, (ApiAsk){.method = "PUT", .path = path});
        size_t n = 0;

        if (strcmp(last, operations[i].path) == 0)
            continue;
        last = operations[i].path;
        ck_assert_int_eq(refused.status, 405);
        openapi_assert_documented(&operations[i], &refused, true);
        allow = api_answer_header(&refused, "Allow");
        for (size_t k = 0; k < ARRAY_LENGTH(methods); k++)
            n += is_listed(allow, methods[k]);
        ck_assert(is_listed(allow, "OPTIONS"));
        ck_assert_uint_eq(n, json_object_size(item) - (json_object_get(item, "parameters") != NULL));
        for (size_t k = i; k < n_operations && strcmp(operations[k].path, last) == 0; k++)
            ck_assert_msg(is_listed(allow, operations[k].name), "%s: %s", last, allow);
    }
    end();
}
END_TEST

/* --- Every refusal that it documents occurs --- */

/* A way to make any operation that documents the status answer with it. */
typedef struct Provocation {
    long status;
    const char *header;
    const char *body;
    bool elsewhere; /* operations that do not document it do not answer so either */
} Provocation;

static char long_body[70001];

static const Provocation provocations[] = {
    {421, "Host: evil.example", NULL, true},
    {400, "Host: user@localhost", NULL, false},
    {403, "Origin: https://evil.example", NULL, true},
    {415, "Content-Type: application/yaml", "a: 1", false},
    {413, FORM, long_body, false},
    {404, NULL, NULL, false},
};

static bool is_provoked(const Operation *operation, const Provocation *provocation)
{
    if (provocation->status == 404 && !strstr(operation->path, "{id}"))
        return false;
    return provocation->elsewhere || openapi_has_status(operation, provocation->status);
}

/* The board, too, is asked where it would not refuse: only what it refuses ends. */
static bool would_last(const Operation *operation, const Provocation *provocation)
{
    return strcmp(operation->path, "/events") == 0 && !openapi_has_status(operation, provocation->status);
}

START_TEST(what_any_operation_refuses_is_refused_as_documented)
{
    memset(long_body, 'a', sizeof(long_body) - 1);
    api_server_start(&server, API_FAKE_RUNTIME, INSTRUCTOR, NULL);
    begin();
    for (size_t k = 0; k < ARRAY_LENGTH(provocations); k++) {
        const Provocation *provocation = &provocations[k];
        size_t n = 0;

        for (size_t i = 0; i < n_operations; i++) {
            auto_free char *path = openapi_path(&operations[i], NO_RUN);
            auto_answer ApiAnswer answer = {0};

            if (!is_provoked(&operations[i], provocation) || would_last(&operations[i], provocation))
                continue;
            answer = api_ask(&server, (ApiAsk){.method = operations[i].name,
                                          .path = path,
                                          .header = provocation->header,
                                          .also = TEACHER,
                                          .body = provocation->body});
            ck_assert_msg((answer.status == provocation->status) ==
                              openapi_has_status(&operations[i], provocation->status),
                "%s %s: %ld, not %ld: %s", operations[i].name, path, answer.status, provocation->status,
                answer.body);
            openapi_assert_documented(&operations[i], &answer, false);
            n++;
        }
        ck_assert_uint_gt(n, 0);
    }
    end();
}
END_TEST

START_TEST(with_a_token_set_operations_that_document_401_need_it_and_no_others)
{
    api_server_start(&server, API_FAKE_RUNTIME, "server.token=user-secret", NULL);
    begin();
    for (size_t i = 0; i < n_operations; i++) {
        auto_free char *path = openapi_path(&operations[i], NO_RUN);
        const json_t *security = json_object_get(operations[i].object, "security");
        auto_answer ApiAnswer answer = api_ask(&server, (ApiAsk){.method = operations[i].name, .path = path});

        ck_assert_msg((answer.status == 401) == openapi_has_status(&operations[i], 401), "%s %s: %ld",
            operations[i].name, path, answer.status);
        ck_assert_uint_eq(json_array_size(security), answer.status == 401);
        ck_assert(answer.status != 401 || json_object_get(json_array_get(security, 0), "bearerAuth"));
        openapi_assert_documented(&operations[i], &answer, false);
    }
    end();
}
END_TEST

/* One refusal or answer that has a cause of its own. %s in the path stands for the run of that state. */
typedef struct Row {
    const char *method, *documented, *path;
    const char *header;
    long status;
} Row;

static void assert_rows(const Row *rows, size_t n, const char *id)
{
    for (size_t i = 0; i < n; i++) {
        const char *hole = strstr(rows[i].path, "{id}");
        auto_free char *path =
            hole ? text_printf("%.*s%s%s", (int)(hole - rows[i].path), rows[i].path, id, hole + 4)
                 : strdup(rows[i].path);
        Operation operation = openapi_find(document, rows[i].method, rows[i].documented);
        auto_answer ApiAnswer answer =
            api_ask(&server, (ApiAsk){.method = operation.name, .path = path, .header = rows[i].header});

        ck_assert_msg(answer.status == rows[i].status, "%s %s: %ld, not %ld: %s", operation.name, path,
            answer.status, rows[i].status, answer.body);
        openapi_assert_documented(&operation, &answer, false);
    }
}
#define ASSERT_ROWS(rows, id) assert_rows(rows, ARRAY_LENGTH(rows), id)

START_TEST(what_a_run_may_come_to_is_documented)
{
    static const Row rows[] = {
        {"get", "/run/fine", "/run/fine" CHEAP, NULL, 200},
        {"post", "/run/fine", "/run/fine" CHEAP, NULL, 200},
        {"get", "/run/fine", "/run/fine" CHEAP, "Accept: text/event-stream", 200},
        {"get", "/run/fine", "/run/fine" CHEAP, "Accept: text/csv", 200},
        {"get", "/run/fine", "/run/fine" CHEAP "&format=table", NULL, 200},
        {"get", "/run/fine", "/run/fine" CHEAP "&format=markdown", NULL, 200},
        {"get", "/run/fine", "/run/fine" CHEAP, "Prefer: respond-async", 202},
        {"get", "/run/fine", "/run/fine" CHEAP, "Accept: text/html", 406},
        {"get", "/run/crash", "/run/crash" CHEAP, NULL, 502},
        {"get", "/run/refusing", "/run/refusing" CHEAP, NULL, 403},
        {"get", "/run/hang", "/run/hang" CHEAP "&timeline=off&timeout_ms=50", NULL, 504},
        {"get", "/runs/{id}", "/runs/{id}", NULL, 200},
        {"get", "/runs/{id}", "/runs/{id}", "Accept: text/html", 406},
        {"get", "/runs/{id}/events", "/runs/{id}/events", NULL, 200},
        {"get", "/runs/{id}/events", "/runs/{id}/events", "Last-Event-ID: 99", 204},
        {"get", "/runs/{id}/trace", "/runs/{id}/trace", NULL, 404},
        {"get", "/compare", "/compare?baseline={id}&candidate=" NO_RUN, NULL, 404},
        {"get", "/compare", "/compare?baseline=a&candidate=b", "Accept: text/html", 406},
        {"get", "/", "/", "If-None-Match: *", 304},
        {"patch", "/runs/{id}", "/runs/{id}", API_OWNER("somebody"), 403},
        {"post", "/runs/{id}/cancel", "/runs/{id}/cancel", NULL, 409},
        {"delete", "/runs/{id}", "/runs/{id}", API_OWNER("somebody"), 403},
        {"delete", "/runs/{id}", "/runs/{id}", API_OWNER("tester"), 204},
    };
    auto_free char *id = NULL;

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    begin();
    id = new_run("/run/fine" CHEAP);
    ASSERT_ROWS(rows, id);
    end();
}
END_TEST

/* Returns the id of a run that has begun and goes on until it is told to end, owned by the caller. */
static char *begin_gated(void)
{
    auto_answer ApiAnswer answer =
        api_ask(&server, (ApiAsk){.path = "/run/gated" CHEAP "&client=teacher&fresh=1",
                             .header = "Prefer: respond-async",
                             .also = API_OWNER("teacher")});

    ck_assert_int_eq(answer.status, 202);
    api_server_wait_for_file(&server, "begun");
    return strdup(text_of(answer.json, "id"));
}

START_TEST(what_may_be_done_with_a_run_that_goes_on_is_documented)
{
    static const Row rows[] = {
        {"get", "/runs/{id}", "/runs/{id}", NULL, 200},
        {"head", "/runs/{id}/events", "/runs/{id}/events", NULL, 200},
        {"get", "/runs", "/runs", NULL, 200},
        {"get", "/runs/{id}/trace", "/runs/{id}/trace", NULL, 409},
        {"delete", "/runs/{id}", "/runs/{id}", API_OWNER("teacher"), 409},
        {"patch", "/runs/{id}", "/runs/{id}?label=x", API_OWNER("teacher"), 200},
        {"patch", "/runs/{id}", "/runs/{id}?label=x", API_OWNER("pupil"), 403},
        {"post", "/runs/{id}/cancel", "/runs/{id}/cancel", API_OWNER("pupil"), 403},
        {"post", "/runs/{id}/cancel", "/runs/{id}/cancel", API_OWNER("teacher"), 200},
        {"get", "/runs/{id}", "/runs/{id}", NULL, 200},
    };
    auto_free char *id = NULL;

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    begin();
    id = begin_gated();
    ASSERT_ROWS(rows, id);
    end();
}
END_TEST

START_TEST(a_full_queue_refuses_as_documented)
{
#define LATER "Prefer: respond-async"
    static const Row rows[] = {
        {"get", "/run/fine", "/run/fine" CHEAP "&fresh=1&client=a", LATER, 202},
        {"get", "/run/fine", "/run/fine" CHEAP "&fresh=1&client=a", NULL, 429},
        {"post", "/run/fine", "/run/fine" CHEAP "&fresh=1&client=b", LATER, 202},
        {"post", "/run/fine", "/run/fine" CHEAP "&fresh=1&client=c", NULL, 503},
    };
    auto_free char *id = NULL;

    api_server_start(&server, API_FAKE_RUNTIME, "limits.max_queue_client=1", "limits.max_queue=2", NULL);
    begin();
    id = begin_gated();
    ASSERT_ROWS(rows, id);
    api_server_touch(&server, "go");
    end();
}
END_TEST

START_TEST(a_server_that_stops_says_so_as_documented)
{
    Operation ready, run;
    auto_answer ApiAnswer first = {0}, answer = {0}, refused = {0};
    auto_free char *id = NULL;

    api_server_start(&server, API_FAKE_RUNTIME, "server.grace_ms=30000", NULL);
    begin();
    ready = openapi_find(document, "get", "/readyz");
    run = openapi_find(document, "get", "/run/fine");
    connection = api_connection_new();
    id = begin_gated();
    first = api_ask(&server, (ApiAsk){.path = "/readyz", .connection = connection});
    ck_assert_int_eq(first.status, 200);
    kill(server.pid, SIGTERM);
    do {
        api_answer_finish(&answer);
        answer = api_ask(&server, (ApiAsk){.path = "/readyz", .connection = connection});
    } while (answer.status == 200);
    ck_assert_int_eq(answer.status, 503);
    openapi_assert_documented(&ready, &answer, false);
    refused = api_ask(&server, (ApiAsk){.path = "/run/fine" CHEAP, .connection = connection});
    ck_assert_int_eq(refused.status, 503);
    openapi_assert_documented(&run, &refused, false);
    api_server_touch(&server, "go");
    api_connection_free(connection);
    json_decref(document);
    schema_check_end();
    ck_assert_int_eq(api_server_wait(&server), 0);
}
END_TEST

/* --- What holds of the document by itself --- */

static void check_references(const json_t *node)
{
    const char *key;
    json_t *value;
    size_t i;

    schema_resolve(document, node);
    if (json_is_object(node))
        json_object_foreach ((json_t *)node, key, value)
            check_references(value);
    json_array_foreach (node, i, value)
        check_references(value);
}

START_TEST(without_a_token_none_is_needed_but_the_instructors_and_every_operation_has_a_name)
{
    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    begin();
    check_references(document);
    for (size_t i = 0; i < n_operations; i++) {
        const json_t *security = json_object_get(operations[i].object, "security");
        const json_t *refusal = json_object_get(json_object_get(operations[i].object, "responses"), "403");
        const char *place = json_string_value(json_object_get(refusal, "$ref"));
        bool is_instructors = place && strcmp(place, "#/components/responses/NotTheInstructor") == 0;

        ck_assert(is_instructors || json_array_size(security) == 0 ||
                  json_object_size(json_array_get(security, 0)) == 0);
        for (size_t k = 0; k < i; k++)
            ck_assert_str_ne(
                text_of(operations[i].object, "operationId"), text_of(operations[k].object, "operationId"));
    }
    end();
}
END_TEST

RUN_TESTS("api-openapi", 240, every_documented_parameter_is_accepted_and_a_bad_value_refused_by_name,
    every_documented_operation_is_there_and_answers_as_documented, every_path_of_the_server_is_documented,
    a_method_that_is_not_documented_is_refused_and_Allow_lists_those_that_are,
    what_any_operation_refuses_is_refused_as_documented,
    with_a_token_set_operations_that_document_401_need_it_and_no_others, what_a_run_may_come_to_is_documented,
    what_may_be_done_with_a_run_that_goes_on_is_documented, a_full_queue_refuses_as_documented,
    a_server_that_stops_says_so_as_documented,
    without_a_token_none_is_needed_but_the_instructors_and_every_operation_has_a_name)
