#include "tests/api/openapi-read.h"

#include <check.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "tests/api/schema-check.h"

json_t *openapi_read(const ApiServer *server)
{
    auto_answer ApiAnswer answer = api_get(server, "/openapi.json");

    ck_assert_int_eq(answer.status, 200);
    ck_assert_str_eq(json_string_value(json_object_get(answer.json, "openapi")), "3.1.0");
    return json_incref(answer.json);
}

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static Operation make(const json_t *document, const char *path, const char *method, const json_t *object)
{
    Operation operation = {.document = document, .object = object, .path = path, .method = method};

    ck_assert_msg(object && strlen(method) < sizeof(operation.name), "%s %s", method, path);
    for (size_t i = 0; method[i]; i++)
        operation.name[i] = (char)toupper((unsigned char)method[i]);
    return operation;
}

size_t openapi_list(const json_t *document, Operation operations[static OPENAPI_MAX_OPERATIONS])
{
    const char *path, *method;
    json_t *item, *object;
    size_t n = 0;

    json_object_foreach (json_object_get(document, "paths"), path, item) {
        json_object_foreach (item, method, object) {
            if (strcmp(method, "parameters") == 0)
                continue;
            ck_assert_uint_lt(n, OPENAPI_MAX_OPERATIONS);
            operations[n++] = make(document, path, method, object);
        }
    }
    ck_assert_uint_gt(n, 0);
    return n;
}

Operation openapi_find(const json_t *document, const char *method, const char *path)
{
    const json_t *item = json_object_get(json_object_get(document, "paths"), path);

    return make(document, path, method, json_object_get(item, method));
}

char *openapi_path(const Operation *operation, const char *id)
{
    const char *at = strstr(operation->path, "{id}");

    return at ? text_printf("%.*s%s%s", (int)(at - operation->path), operation->path, id, at + 4)
              : strdup(operation->path);
}

const json_t *openapi_parameter_at(const Operation *operation, size_t i)
{
    const json_t *parameter = json_array_get(json_object_get(operation->object, "parameters"), i);

    return parameter ? schema_resolve(operation->document, parameter) : NULL;
}

json_t *openapi_cheap_value(const ApiServer *server, const char *name, const json_t *schema)
{
    const json_t *choices = json_object_get(schema, "enum"), *items = json_object_get(schema, "items");

    if (items)
        return json_pack("[o]", openapi_cheap_value(server, name, items));
    if (choices)
        return json_incref(json_array_get(choices, 0));
    if (strcmp(text_of(schema, "type"), "string") == 0)
        return text_of(schema, "format") ? json_sprintf("http://127.0.0.1:%d/healthz", server->port)
                                         : json_string("a");
    /* A short time-out would only make it fail. */
    return json_incref(json_object_get(schema, strstr(name, "timeout_ms") ? "default" : "minimum"));
}

char *openapi_text(const json_t *value)
{
    const json_t *one = json_is_array(value) ? json_array_get(value, 0) : value;

    return json_is_string(one) ? strdup(json_string_value(one))
                               : text_printf("%lld", (long long)json_integer_value(one));
}

/* Whether the name is the first of a pair in "tasks=2&n=5". */
static bool is_given(const char *more, const char *name)
{
    size_t length = strlen(name);

    for (const char *at = strstr(more, name); at; at = strstr(at + 1, name))
        if ((at == more || at[-1] == '&') && at[length] == '=')
            return true;
    return false;
}

/* Whether others have no meaning with it. */
static bool excludes_others(const Operation *operation, const char *name)
{
    const json_t *parameter;

    for (size_t i = 0; (parameter = openapi_parameter_at(operation, i)); i++) {
        const json_t *unless = json_object_get(parameter, "x-unless");

        if (unless && strcmp(json_string_value(unless), name) == 0)
            return true;
    }
    return false;
}

static bool is_excluded(const json_t *parameter, const char *more)
{
    const json_t *unless = json_object_get(parameter, "x-unless");

    return unless && is_given(more, json_string_value(unless));
}

char *openapi_excluding(const ApiServer *server, const Operation *operation, const char *more)
{
    const json_t *parameter;

    for (size_t i = 0; (parameter = openapi_parameter_at(operation, i)); i++) {
        const char *name = text_of(parameter, "name");
        json_auto_t *value = openapi_cheap_value(server, name, json_object_get(parameter, "schema"));
        auto_free char *text = openapi_text(value);

        if (excludes_others(operation, name))
            return text_printf("%s%s%s=%s", more, *more ? "&" : "", name, text);
    }
    return NULL;
}

char *openapi_cheap_query(const ApiServer *server, const Operation *operation, const char *more)
{
    char *text = text_printf("?fresh=on%s%s", *more ? "&" : "", more);
    const json_t *parameter;

    for (size_t i = 0; (parameter = openapi_parameter_at(operation, i)); i++) {
        const char *name = text_of(parameter, "name");
        json_auto_t *value = openapi_cheap_value(server, name, json_object_get(parameter, "schema"));
        auto_free char *item = openapi_text(value), *shorter = text;
        /* How many tasks a convoy has follows from its hogs. */
        bool follows = strcmp(name, "tasks") == 0 && strstr(operation->path, "convoy");
        bool is_here = strcmp(name, "fresh") == 0 || is_given(more, name);
        bool is_other = is_excluded(parameter, more) || excludes_others(operation, name);

        text = strcmp(text_of(parameter, "in"), "query") == 0 && !is_here && !follows && !is_other
                   ? text_printf("%s&%s=%s", shorter, name, item)
                   : strdup(shorter);
    }
    return text;
}

const json_t *openapi_body(const Operation *operation)
{
    const json_t *content = json_object_get(json_object_get(operation->object, "requestBody"), "content");
    const json_t *json = json_object_get(content, "application/json");
    const json_t *form = json_object_get(content, "application/x-www-form-urlencoded");

    ck_assert((json != NULL) == (form != NULL));
    if (!json)
        return NULL;
    ck_assert(json_equal(json_object_get(json, "schema"), json_object_get(form, "schema")));
    return schema_resolve(operation->document, json_object_get(json, "schema"));
}

static const json_t *find_response(const Operation *operation, const char *key)
{
    const json_t *response = json_object_get(json_object_get(operation->object, "responses"), key);

    return response ? schema_resolve(operation->document, response) : NULL;
}

static const json_t *response_of(const Operation *operation, long status)
{
    auto_free char *key = text_printf("%ld", status);

    return find_response(operation, key);
}

bool openapi_has_status(const Operation *operation, long status)
{
    return response_of(operation, status) != NULL;
}

static void check_headers(const Operation *operation, const json_t *response, const ApiAnswer *answer)
{
    const char *name;
    json_t *header;

    json_object_foreach (json_object_get(response, "headers"), name, header) {
        const json_t *described = schema_resolve(operation->document, header);
        auto_free char *value = api_answer_header(answer, name);

        ck_assert_msg(value || !json_is_true(json_object_get(described, "required")), "%s %s: %ld without %s",
            operation->name, operation->path, answer->status, name);
    }
}

/* The entry of a media type, which may be written with its parameters. */
static const json_t *find_media(const json_t *content, const char *type)
{
    auto_free char *bare = strndup(type, strcspn(type, "; "));
    const json_t *media = json_object_get(content, type);

    return media ? media : json_object_get(content, bare);
}

static void check_content(const Operation *operation, const json_t *response, const ApiAnswer *answer)
{
    const json_t *content = json_object_get(response, "content");
    auto_free char *type = api_answer_header(answer, "Content-Type"), *complaint = NULL;
    const json_t *media = type ? find_media(content, type) : NULL;

    ck_assert_msg(!type == !content && (!type || media), "%s %s: %ld as %s", operation->name, operation->path,
        answer->status, type ? type : "nothing");
    if (strcmp(operation->method, "head") == 0 || !content) {
        ck_assert_uint_eq(answer->length, 0);
        return;
    }
    if (!strstr(type, "json"))
        return;
    ck_assert_msg(answer->json, "%s: %s", operation->path, answer->body);
    complaint = schema_complaint(operation->document, json_object_get(media, "schema"), answer->json);
    ck_assert_msg(!complaint, "%s %s: %ld: %s\n%s", operation->name, operation->path, answer->status,
        complaint, answer->body);
}

void openapi_assert_documented(const Operation *operation, const ApiAnswer *answer, bool others)
{
    const json_t *response = response_of(operation, answer->status);

    if (!response && others && answer->status / 100 == 4)
        response = find_response(operation, "4XX");
    ck_assert_msg(response, "%s %s answers %ld, which is not documented: %s", operation->name,
        operation->path, answer->status, answer->body);
    check_headers(operation, response, answer);
    check_content(operation, response, answer);
}

/* The events of a stream, each an object {id, event, data} of which one goes by this name; NULL: none does.
 */
static const json_t *find_event(const Operation *operation, const char *name)
{
    const json_t *content = json_object_get(response_of(operation, 200), "content");
    const json_t *schema = json_object_get(json_object_get(content, "text/event-stream"), "schema");
    const json_t *list = schema_resolve(operation->document, json_object_get(schema, "contentSchema"));
    json_t *each;
    size_t i;

    json_array_foreach (json_object_get(json_object_get(list, "items"), "oneOf"), i, each) {
        const json_t *event = json_object_get(json_object_get(each, "properties"), "event");

        if (strcmp(text_of(event, "const"), name) == 0)
            return each;
    }
    return NULL;
}

void openapi_assert_event(const Operation *operation, const ApiEvent *event)
{
    const json_t *schema = find_event(operation, event->name);
    json_auto_t *value = json_pack("{s:s, s:O}", "event", event->name, "data", event->data);
    auto_free char *complaint = NULL, *text = NULL;

    if (event->id)
        json_object_set_new(value, "id", json_integer((json_int_t)event->id));
    text = json_dumps(value, JSON_COMPACT);
    ck_assert_msg(
        schema, "%s %s: the event %s is not documented", operation->name, operation->path, event->name);
    complaint = schema_complaint(operation->document, schema, value);
    ck_assert_msg(!complaint, "%s %s: %s\n%s", operation->name, operation->path, complaint, text);
}
