/* The runtime is asked in the same way as it is run: through the guard, with the same limits, on the same
 * CPUs. So what it says of the machine is what its runs will find, and what keeps it from starting is
 * known before the first request. */
#include "runs/describe.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/cleanup.h"
#include "base/split.h"
#include "base/text.h"
#include "base/utf8.h"
#include "plan/plan.h"
#include "runs/child-limits.h"
#include "runs/child.h"

enum {
    MAX_TEXT = 4 << 20,
    MAX_VALUES = 100000, /* of an answer, which is read on the loop; the engine's has 2,000 */
    MAX_COMMAND = 200,   /* bytes of it that a reason shows */
    DESCRIBE_MS = 20000, /* it measures a little; a machine that is very busy gets its time */
};

struct Describe {
    const RuntimeProgram *runtime;
    Child *child; /* NULL when it is gone, or could not be started */
    uv_timer_t timer;
    char *text; /* the lines so far; they may be one or many */
    size_t length;
    Catalog *catalog; /* the answer, or NULL: then reason says why */
    char *reason;
    bool late, too_long, stopped;
    void (*end)(void *data, Catalog *catalog, const char *reason);
    void *data;
};

/* What is wrong, behind the command that somebody can try by hand: of several runtimes with one interpreter
 * only the script tells which it is. */
static void describe_fail(Describe *describe, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void describe_fail(Describe *describe, const char *format, ...)
{
    auto_free char *words = split_join((const char *const *)describe->runtime->words), *what = NULL;
    size_t length = strlen(words), shown = length < MAX_COMMAND ? length : MAX_COMMAND;
    auto_free char *command = utf8_clean(words, shown);
    va_list arguments;
    int r;

    va_start(arguments, format);
    r = vasprintf(&what, format, arguments);
    va_end(arguments);
    assert(r >= 0);
    describe->reason = text_printf("%s%s --describe%s", command, shown < length ? "..." : "", what);
}

/* A runtime that says too much is stopped: one that never ends its answer would otherwise be read until the
 * much larger limit of a run's output. No further line comes after that. */
static void describe_on_line(void *data, char *line, size_t length)
{
    Describe *describe = data;

    if (describe->length + length + 1 > MAX_TEXT) {
        describe->too_long = true;
        child_stop(describe->child);
        return;
    }
    memcpy(describe->text + describe->length, line, length);
    describe->length += length;
    describe->text[describe->length++] = '\n';
}

/* The answer is a text from another program: it may be anything. */
static void describe_read(Describe *describe)
{
    json_error_t error;
    auto_free char *complaint = NULL;
    json_auto_t *answer = NULL;

    if (bounds_count_values(describe->text, describe->length) > MAX_VALUES) {
        describe_fail(describe, " says more than %d values", MAX_VALUES);
        return;
    }
    answer = json_loadb(describe->text, describe->length, JSON_REJECT_DUPLICATES, &error);
    if (!answer) {
        describe_fail(describe, ": line %d, column %d: %s", error.line, error.column, error.text);
        return;
    }
    if (json_is_object(answer))
        json_object_set_new(answer, "runtime", json_string(describe->runtime->name));
    if (catalog_read(answer, &describe->catalog, &complaint) == 0 &&
        plan_check_catalog(describe->catalog, &complaint) == 0)
        return;
    catalog_unref(describe->catalog);
    describe->catalog = NULL;
    describe_fail(describe, ": %s", complaint);
}

/* Of several reasons the first cause is told: a runtime that was too slow, or said too much, was stopped by
 * us, so how it ended says nothing. */
static void describe_judge(Describe *describe, const char *how)
{
    if (describe->stopped)
        return;
    if (describe->late)
        describe_fail(describe, " did not answer within %d s", DESCRIBE_MS / 1000);
    else if (describe->too_long)
        describe_fail(describe, " says more than %d bytes", MAX_TEXT);
    else if (how)
        describe_fail(describe, " %s", how);
    else
        describe_read(describe);
}

static void describe_on_closed(uv_handle_t *handle)
{
    Describe *describe = handle->data;

    describe->end(describe->data, describe->catalog, describe->reason);
    free(describe->text);
    free(describe->reason);
    free(describe);
}

static void describe_on_end(void *data, const char *how)
{
    Describe *describe = data;

    describe->child = NULL;
    describe_judge(describe, how);
    uv_close((uv_handle_t *)&describe->timer, describe_on_closed);
}

static void describe_on_late(uv_timer_t *timer)
{
    Describe *describe = timer->data;

    describe->late = true;
    child_stop(describe->child);
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

Describe *describe_start(uv_loop_t *loop, const RunSettings *settings, const RuntimeProgram *runtime,
    const char *cpus, void (*end)(void *data, Catalog *catalog, const char *reason), void *data)
{
    Describe *describe = calloc(1, sizeof(*describe));
    auto_free const char **arguments = describe_arguments(runtime);
    ChildSpec spec = {
        .guard = settings->guard,
        .program = runtime->words[0],
        .arguments = arguments,
        .input = "",
        .runtime = runtime->name,
        .limits = child_limits(settings, DESCRIBE_MS * NSEC_PER_MSEC, 0, cpus),
        .line = describe_on_line,
        .end = describe_on_end,
        .data = describe,
    };
    int r;

    assert(describe);
    describe->runtime = runtime;
    describe->end = end;
    describe->data = data;
    uv_timer_init(loop, &describe->timer);
    describe->timer.data = describe;
    /* The room for the longest answer at once: it costs no memory before it is written to, and an answer of a
     * million short lines costs no million copies. */
    describe->text = malloc(MAX_TEXT);
    assert(describe->text);
    r = child_start(loop, &spec, &describe->child);
    if (r < 0) {
        describe->reason = text_printf("cannot start %s: %s", settings->guard, strerror(-r));
        uv_close((uv_handle_t *)&describe->timer, describe_on_closed);
        return describe;
    }
    uv_update_time(loop);
    uv_timer_start(&describe->timer, describe_on_late, DESCRIBE_MS, 0);
    return describe;
}

void describe_stop(Describe *describe)
{
    describe->stopped = true;
    if (describe->child)
        child_stop(describe->child);
}
