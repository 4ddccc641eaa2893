#include "runs/catalog.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "runs/child-limits.h"
#include "runs/child.h"

enum {
    MAX_TEXT = 4 << 20,
    DESCRIBE_MS = 20000, /* it measures a little; a machine that is very busy gets its time */
    PROTOCOL = 1,
};

/* One question to a runtime. */
typedef struct Question {
    const char *program;
    Child *child;
    uv_timer_t timer;
    char *text; /* the lines so far; they may be one or many */
    size_t length;
    json_t *answer;
    char *reason;
    bool late, closed; /* closed: it is over, and the loop knows the timer no more */
} Question;

static void on_line(void *data, char *line, size_t length)
{
    Question *question = data;

    if (question->length + length + 1 > MAX_TEXT)
        return;
    question->text = realloc(question->text, question->length + length + 1);
    assert(question->text);
    memcpy(question->text + question->length, line, length);
    question->length += length;
    question->text[question->length++] = '\n';
}

/* The members that the server itself looks at; the planner relies on the rest. */
static bool is_catalog(const json_t *answer)
{
    return json_integer_value(json_object_get(answer, "protocol")) == PROTOCOL &&
           json_is_string(json_object_get(answer, "runtime")) &&
           json_is_array(json_object_get(answer, "modes")) &&
           json_is_array(json_object_get(answer, "locks")) &&
           json_is_array(json_object_get(answer, "experiments"));
}

static void on_timer_closed(uv_handle_t *handle)
{
    Question *question = handle->data;

    question->closed = true;
}

static void on_end(void *data, const char *reason)
{
    Question *question = data;
    json_error_t error;

    uv_close((uv_handle_t *)&question->timer, on_timer_closed);
    if (question->late) {
        question->reason =
            text_printf("%s --describe did not answer within %d s", question->program, DESCRIBE_MS / 1000);
        return;
    }
    if (reason) {
        question->reason = text_printf("%s --describe %s", question->program, reason);
        return;
    }
    question->answer = json_loadb(question->text ? question->text : "", question->length, 0, &error);
    if (!question->answer)
        question->reason = text_printf(
            "%s --describe: line %d, column %d: %s", question->program, error.line, error.column, error.text);
    else if (!is_catalog(question->answer))
        question->reason =
            text_printf("%s --describe does not speak protocol %d", question->program, PROTOCOL);
}

static void on_late(uv_timer_t *timer)
{
    Question *question = timer->data;

    question->late = true;
    child_stop(question->child);
}

int catalog_load(
    uv_loop_t *loop, const RunSettings *settings, const char *cpus, Catalog *ret, char **ret_reason)
{
    Question question = {.program = settings->runtime};
    ChildSpec spec = {
        .guard = settings->guard,
        .program = settings->runtime,
        .argument = "--describe",
        .input = "",
        .name = "catalog",
        .limits = child_limits(settings, DESCRIBE_MS * NSEC_PER_MSEC, 0, cpus),
        .line = on_line,
        .end = on_end,
        .data = &question,
    };
    int r = child_start(loop, &spec, &question.child);

    if (r < 0) {
        *ret_reason = text_printf("cannot start %s: %s", settings->guard, strerror(-r));
        return r;
    }
    uv_timer_init(loop, &question.timer);
    question.timer.data = &question;
    uv_timer_start(&question.timer, on_late, DESCRIBE_MS, 0);
    while (!question.closed)
        uv_run(loop, UV_RUN_ONCE);
    free(question.text);
    if (question.reason) {
        json_decref(question.answer);
        *ret_reason = question.reason;
        return -EPROTO;
    }
    ret->runtimes = json_array();
    json_array_append_new(ret->runtimes, question.answer);
    ret->turn_ns = json_number_value(json_object_get(question.answer, "turn_ns"));
    ret->paces = json_is_true(json_object_get(question.answer, "paces"));
    ret->host = json_object_get(question.answer, "host");
    return 0;
}

void catalog_finish(Catalog *catalog)
{
    json_decref(catalog->runtimes);
    *catalog = (Catalog){0};
}
