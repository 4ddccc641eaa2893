#include "tests/api/schema-check.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"

const json_t *schema_resolve(const json_t *document, const json_t *node)
{
    const char *path = json_string_value(json_object_get(node, "$ref"));
    const json_t *at = document;

    if (!path)
        return node;
    ck_assert_msg(strncmp(path, "#/", 2) == 0, "%s", path);
    for (path++; *path == '/';) {
        size_t length = strcspn(++path, "/");
        auto_free char *key = strndup(path, length);

        at = json_object_get(at, key);
        path += length;
    }
    ck_assert_msg(at, "nothing at %s", json_string_value(json_object_get(node, "$ref")));
    return schema_resolve(document, at);
}

/* The program, and the document that it was told last. */
static pid_t checker;
static FILE *to_checker, *from_checker;
static const json_t *told; /* a reference, so that no other document can have its address */

static void start_checker(void)
{
    int in[2], out[2];
    ck_assert_msg(*API_SCHEMA_PYTHON,
        "there was no python3 with jsonschema for Draft 2020-12 (Debian: python3-jsonschema) when this was "
        "configured: install it, and run meson setup --reconfigure");
    ck_assert_int_eq(pipe2(in, O_CLOEXEC), 0);
    ck_assert_int_eq(pipe2(out, O_CLOEXEC), 0);
    checker = fork();
    ck_assert_int_ge(checker, 0);
    if (checker == 0) {
        dup2(in[0], STDIN_FILENO);
        dup2(out[1], STDOUT_FILENO);
        execlp(API_SCHEMA_PYTHON, API_SCHEMA_PYTHON, API_SOURCE_ROOT "/tests/api/check-schema.py", NULL);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    to_checker = fdopen(in[1], "w");
    from_checker = fdopen(out[0], "r");
    ck_assert(to_checker && from_checker);
}

/* Takes the question over, and returns the answer's text, owned by the caller; NULL for null. */
static char *ask_checker(json_t *question)
{
    json_auto_t *answer = NULL;
    char *line = NULL;
    size_t room = 0;

    ck_assert_int_eq(json_dumpf(question, to_checker, JSON_COMPACT), 0);
    json_decref(question);
    ck_assert(fputc('\n', to_checker) != EOF && fflush(to_checker) == 0);
    ck_assert_msg(getline(&line, &room, from_checker) > 0, "check-schema.py has died");
    answer = json_loads(line, JSON_DECODE_ANY, NULL);
    free(line);
    ck_assert(json_is_string(answer) || json_is_null(answer));
    return json_is_string(answer) ? strdup(json_string_value(answer)) : NULL;
}

static void tell_document(const json_t *document)
{
    auto_free char *fault = NULL;

    if (checker == 0)
        start_checker();
    if (document == told)
        return;
    json_decref((json_t *)told);
    told = json_incref((json_t *)document);
    fault = ask_checker(json_pack("{s:O}", "document", document));
    ck_assert_msg(!fault, "%s", fault);
}

char *schema_complaint(const json_t *document, const json_t *schema, const json_t *value)
{
    tell_document(document);
    return ask_checker(json_pack("{s:O, s:O}", "schema", schema, "value", value));
}

/* It sees the end of its input. */
void schema_check_end(void)
{
    int status;

    if (checker == 0)
        return;
    fclose(to_checker);
    fclose(from_checker);
    json_decref((json_t *)told);
    told = NULL;
    ck_assert_int_eq(waitpid(checker, &status, 0), checker);
    ck_assert_int_eq(status, 0);
    checker = 0;
}
