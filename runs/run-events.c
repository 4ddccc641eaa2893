/* The events of a runtime come in as lines; each goes to the results, which make sense of it. Here it is only
 * asked whether it is the runtime's turn to say something, and whether it is about the end: `done`, `error`.
 *
 * What a runtime writes is not trusted: a line that is no JSON, no event, or an event that does not fit loses
 * it, with the number of the line in the reason. So an author of a runtime finds the mistake, and a broken
 * runtime never makes figures. */
#include "runs/run-events.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/bounds.h"
#include "base/cleanup.h"
#include "base/log.h"
#include "base/text.h"
#include "base/utf8.h"
#include "results/value.h"
#include "runs/run-loss.h"
#include "runs/turns.h"

/* Of a line. One repetition of 10,000 tasks has about 150,000. */
enum { MAX_VALUES = 400000 };

/* What the experiment is about, of this repetition; NULL if there is no such number. The path, as
 * "metrics.latency_p50_ns", is the same in an event as in a cell. Borrowed. */
static json_t *figure_of(const Run *run, const json_t *event)
{
    const char *path = results_experiment(run->results)->headline.figure,
               *dot = path ? strchr(path, '.') : NULL;
    json_t *part = dot ? json_object_getn(event, path, (size_t)(dot - path)) : NULL;
    json_t *figure = part ? json_object_get(part, dot + 1) : NULL;

    return json_is_number(figure) ? figure : NULL;
}

/* Progress: what was measured, and how far it is. */
static void tell_sample(Run *run, const json_t *event)
{
    static const char *const copied[] = {"cell", "repetition", "status", "reason", "wall_ns"};
    json_auto_t *data = json_object();
    json_t *figure = figure_of(run, event);
    int64_t expected = run_expected(run), done = run_done(run);

    for (size_t i = 0; i < ARRAY_LENGTH(copied); i++) {
        json_t *value = json_object_get(event, copied[i]);

        if (value && !json_is_null(value))
            json_object_set(data, copied[i], value);
    }
    if (figure)
        json_object_set(data, "figure", figure);
    json_object_set_new(data, "done", json_integer((json_int_t)done));
    json_object_set_new(data, "of", json_integer((json_int_t)(expected > done ? expected : done)));
    json_object_set_new(data, "remaining_ns", json_integer((json_int_t)run_remaining(run)));
    run_tell(run, "sample", data, false);
}

/* The message of an error; NULL: there is none. Owned by the caller. One that is too long for a reason is
 * cut: what it begins with is worth more than nothing. */
static char *read_message(const json_t *event)
{
    const json_t *message = json_object_get(event, "message");

    return json_string_length(message) > VALUE_MAX_TEXT
               ? utf8_clean(json_string_value(message), VALUE_MAX_TEXT)
               : text_copy(json_string_value(message));
}

/* A runtime may refuse what the server could not check, and says with which status of HTTP. Only 4xx is taken
 * over, and 503 where the machine is no longer what the run was planned for: what else it says must not make
 * a failed run look like a good answer. */
static void read_error(RunPart *part, const json_t *event)
{
    auto_free char *message = read_message(event);
    json_int_t status = json_integer_value(json_object_get(json_object_get(event, "problem"), "status"));
    auto_free char *how = text_printf("reports an error%s%s", message ? ": " : "", message ? message : "");

    if ((status >= 400 && status < 500) || status == 503)
        part->refused = (int)status;
    if (part_has_others(part) || !message) {
        run_lose(part->run, part, how);
    } else {
        part->state = PART_LOST;
        run_stop(part->run, OUTCOME_FAILED, message);
    }
}

/* A runtime that knows of no precision ends by itself; the others are not to go on without it, or the cells
 * would be of different rounds. What it lacks it will not give any more. Behind the last event there may be
 * one that waits to be told to go on all the same. */
static void read_done(RunPart *part)
{
    Run *run = part->run;

    if (part_has_others(part) && !results_complete(run->results, part_runtime(part))) {
        run_lose(run, part, "said it was done before all repetitions were");
        return;
    }
    part->state = PART_DONE;
    turns_await_end(run);
    if (part_has_others(part))
        results_cut(run->results, "runtime");
    if (part_paces(part))
        child_say(part->child, "\n");
    /* After a stop, `done` may still be in the pipe; the outcome is decided then and stays. */
    if (run->state == RUN_RUNNING && parts_are_over(&run->parts))
        run_become(run, RUN_LEAVING);
}

/* A runtime that goes on by itself, beyond the stop. It has what was asked for. */
static void end_overrun(RunPart *part)
{
    Run *run = part->run;
    bool failed = results_failed(run->results);

    log_warning("runtime_ignores_stop", log_text("run", run->id), log_text("runtime", part_runtime(part)));
    part->state = PART_DONE;
    if (part_has_others(part))
        part_stop(part);
    else
        run_stop(run, failed ? OUTCOME_FAILED : OUTCOME_DONE, failed ? RUN_FAILED_CELL : NULL);
}

/* A sample, a timeline, or the first word. */
static void read_event(RunPart *part, const char *name, const json_t *event)
{
    Run *run = part->run;

    if (part->state != PART_DONE)
        part->state = part_paces(part) ? PART_WAITING : PART_MEASURING;
    if (strcmp(name, "sample") == 0) {
        part->n_samples++;
        tell_sample(run, event);
    } else if (strcmp(name, "timeline") == 0 && run->plan.max_spans > 0) {
        part->n_traced++;
    }
    if (run->enough && results_overrun(run->results, part_runtime(part)))
        end_overrun(part);
}

/* What is wrong with an event at this time, behind the number of its line; NULL: nothing. A runtime that does
 * not pace itself may say anything at any time once it has begun. */
static const char *out_of_turn(const RunPart *part, const char *name)
{
    bool is_hello = strcmp(name, "hello") == 0;

    if (part->state == PART_STARTING)
        return is_hello ? NULL : "comes before \"hello\"";
    if (is_hello)
        return "is a second \"hello\"";
    if (part_paces(part) && part->state == PART_DONE)
        return "comes after \"done\"";
    if (part_paces(part) && part->state != PART_MEASURING)
        return "came before it was told to go on";
    return NULL;
}

/* A line, as JSON. It is made off the loop where it is long, so nothing of the run is known here. */
typedef struct EventLine {
    size_t length;
    json_t *event; /* owned; NULL: what is wrong says why */
    char *wrong;   /* owned; behind the number of the line */
} EventLine;

static void *read_json(const char *line, size_t length)
{
    EventLine *made = calloc(1, sizeof(*made));
    json_error_t error;

    assert(made);
    made->length = length;
    if (bounds_count_values(line, length) > MAX_VALUES) {
        made->wrong = text_printf(" has more than %d values", MAX_VALUES);
        return made;
    }
    made->event = json_loadb(line, length, 0, &error);
    if (!made->event)
        made->wrong = text_printf(", column %d: %s", error.column, error.text);
    return made;
}

static void drop_json(void *data)
{
    EventLine *made = data;

    json_decref(made->event);
    free(made->wrong);
    free(made);
}

/* The order of the questions matters. An `error` may come at any time. `done` and `error` are about the
 * runtime as a whole; anything else goes to the results, which know what events there are and refuse the
 * rest. Returns what is wrong, owned by the caller; NULL: nothing. */
static char *hear_line(RunPart *part, const EventLine *line)
{
    const json_t *given = json_object_get(line->event, "event");
    const char *name = json_string_value(given), *wrong;
    unsigned long long number = ++part->n_lines;
    auto_free char *shown = NULL, *reason = NULL;

    if (line->wrong)
        return text_printf("line %llu%s", number, line->wrong);
    if (!name)
        return text_printf("line %llu is not an event", number);
    if (strcmp(name, "error") == 0) {
        read_error(part, line->event);
        return NULL;
    }
    wrong = out_of_turn(part, name);
    if (wrong)
        return text_printf("line %llu %s", number, wrong);
    if (strcmp(name, "done") == 0) {
        read_done(part);
    } else if (results_add(part->run->results, part_runtime(part), line->event, &reason) < 0) {
        shown = value_shown(given);
        return text_printf("line %llu, %s: %s", number, shown, reason);
    } else {
        read_event(part, name, line->event);
    }
    return NULL;
}

/* A line that loses a runtime is not answered with "go on": it is being stopped, and another repetition would
 * only keep the CPUs busy. */
static void on_json(void *data, void *made)
{
    RunPart *part = data;
    const EventLine *line = made;
    Run *run = part->run;
    auto_free char *wrong = NULL, *how = NULL;

    /* Stopped in the same buffer: nothing of it counts any more. */
    if (part->state == PART_LOST)
        return;
    run->n_bytes += line->length;
    if (run->n_bytes > CHILD_MAX_OUTPUT) {
        auto_free char *reason = text_printf("the runtimes wrote more than %d MB", CHILD_MAX_OUTPUT >> 20);

        run_stop(run, OUTCOME_FAILED, reason);
        return;
    }
    wrong = hear_line(part, line);
    if (wrong) {
        how = text_printf("broke the protocol: %s", wrong);
        run_lose(run, part, how);
    }
    turns_take(run);
}

const RelayReader run_events_reader = {.read = read_json, .heard = on_json, .drop = drop_json};
