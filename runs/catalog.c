/* The runtime is asked in the same way as it is run: through the guard, with the same limits, on the same
 * CPUs. So what it says of the machine is what its runs will find, and what keeps it from starting is
 * known before the first request. */
#include "runs/catalog.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "plan/plan.h"
#include "runs/child-limits.h"
#include "runs/child.h"

enum {
    MAX_TEXT = 4 << 20,
    DESCRIBE_MS = 20000, /* it measures a little; a machine that is very busy gets its time */
};

/* One question to a runtime. */
typedef struct Question {
    const char *program;
    Child *child;
    uv_timer_t timer;
    char *text; /* the lines so far; they may be one or many */
    size_t length;
    Catalogs answer; /* of one runtime, or of none: then reason says why */
    char *reason;
    bool late, too_long, over;
    bool closed; /* closed: it is over, and the loop knows the timer no more */
} Question;

/* A runtime that says too much is stopped: one that never ends its answer would otherwise be read until the
 * much larger limit of a run's output. No further line comes after that. */
static void question_on_line(void *data, char *line, size_t length)
{
    Question *question = data;

    if (question->length + length + 1 > MAX_TEXT) {
        question->too_long = true;
        child_stop(question->child);
        return;
    }
    memcpy(question->text + question->length, line, length);
    question->length += length;
    question->text[question->length++] = '\n';
}

/* The timer is on the stack of catalog_load(): it may return only when libuv has let go of it. */
static void question_on_timer_closed(uv_handle_t *handle)
{
    Question *question = handle->data;

    question->closed = true;
}

/* The answer is a text from another program: it may be anything. */
static void question_read(Question *question)
{
    json_error_t error;
    auto_free char *complaint = NULL;
    json_auto_t *describe = json_loadb(question->text, question->length, JSON_REJECT_DUPLICATES, &error);
    json_auto_t *describes = json_pack("[O*]", describe);

    if (!describe)
        question->reason = text_printf(
            "%s --describe: line %d, column %d: %s", question->program, error.line, error.column, error.text);
    else if (catalogs_read(describes, &question->answer, &complaint) < 0)
        question->reason = text_printf("%s --describe: %s", question->program, complaint);
    else if (plan_check_catalog(question->answer.list[0], &complaint) < 0) {
        question->reason = text_printf("%s --describe: %s", question->program, complaint);
        catalogs_finish(&question->answer);
    }
}

/* Of several reasons the first cause is told: a runtime that was too slow, or said too much, was stopped by
 * us, so how it ended says nothing. */
static void question_on_end(void *data, const char *reason)
{
    Question *question = data;

    question->over = true;
    uv_close((uv_handle_t *)&question->timer, question_on_timer_closed);
    if (question->late) {
        question->reason =
            text_printf("%s --describe did not answer within %d s", question->program, DESCRIBE_MS / 1000);
        return;
    }
    if (question->too_long) {
        question->reason = text_printf("%s --describe says more than %d bytes", question->program, MAX_TEXT);
        return;
    }
    if (reason) {
        question->reason = text_printf("%s --describe %s", question->program, reason);
        return;
    }
    question_read(question);
}

static void question_on_late(uv_timer_t *timer)
{
    Question *question = timer->data;

    question->late = true;
    child_stop(question->child);
}

/* Its own arguments and "--describe", owned by the caller; the words themselves stay the runtime's. */
static const char **describe_arguments(const RuntimeProgram *runtime)
{
    size_t n = 0;
    const char **arguments;

    while (runtime->words[1 + n])
        n++;
    arguments = calloc(n + 2, sizeof(*arguments));
    assert(arguments);
    memcpy(arguments, runtime->words + 1, n * sizeof(*arguments));
    arguments[n] = "--describe";
    return arguments;
}

int catalog_load(uv_loop_t *loop, const RunSettings *settings, const char *cpus, const bool *cancelled,
    Catalogs *ret, char **ret_reason)
{
    const RuntimeProgram *runtime = &settings->runtimes[0];
    auto_free const char **arguments = describe_arguments(runtime);
    Question question = {.program = runtime->words[0]};
    ChildSpec spec = {
        .guard = settings->guard,
        .program = runtime->words[0],
        .arguments = arguments,
        .input = "",
        .name = "catalog",
        .limits = child_limits(settings, DESCRIBE_MS * NSEC_PER_MSEC, 0, cpus),
        .line = question_on_line,
        .end = question_on_end,
        .data = &question,
    };
    int r;

    /* The room for the longest answer at once: it costs no memory before it is written to, and an answer of a
     * million short lines costs no million copies. */
    question.text = malloc(MAX_TEXT);
    assert(question.text);
    r = child_start(loop, &spec, &question.child);
    if (r < 0) {
        free(question.text);
        *ret_reason = text_printf("cannot start %s: %s", settings->guard, strerror(-r));
        return r;
    }
    uv_timer_init(loop, &question.timer);
    question.timer.data = &question;
    uv_timer_start(&question.timer, question_on_late, DESCRIBE_MS, 0);
    /* The loop runs here although the server is not up yet: nothing else is on it but this child, and the
     * signals that cancel it. The child's own handles may still be closing afterwards; they need nothing of
     * the question. */
    while (!question.closed) {
        uv_run(loop, UV_RUN_ONCE);
        if (*cancelled && !question.over)
            child_stop(question.child);
    }
    free(question.text);
    if (*cancelled) {
        catalogs_finish(&question.answer);
        free(question.reason);
        return -ECANCELED;
    }
    if (question.reason) {
        *ret_reason = question.reason;
        return -EPROTO;
    }
    *ret = question.answer;
    return 0;
}
