/* What happens here between two repetitions disturbs none of them, since all runtimes wait: reading an event,
 * writing it to a log, looking at intervals. The price is that a turn which is forgotten stops the run until
 * its time is over. So there is one function that gives turns, and everything that may make one possible
 * calls it: an event, the end of a child, a look that is over, the start that has been noted. */
#include "runs/turns.h"

#include "base/log.h"
#include "runs/child.h"

enum {
    READING_MS = 4, /* for those who watch */
    MUCH_OUTPUT = CHILD_MAX_OUTPUT / 2,
};

RunPart *turns_next(const RunParts *parts, const Results *results)
{
    RunPart *next = NULL;
    double behind = 0;

    for (size_t i = 0; i < parts->n; i++) {
        RunPart *part = &parts->list[i];
        double rounds;

        if (part->state != PART_WAITING)
            continue;
        rounds = results_rounds_of(results, part_runtime(part));
        if (!next || rounds < behind) {
            next = part;
            behind = rounds;
        }
    }
    return next;
}

/* They have had their time to end by themselves. */
static void on_late_to_leave(uv_timer_t *timer)
{
    const Run *run = timer->data;

    for (size_t i = 0; i < run->parts.n; i++) {
        const RunPart *part = &run->parts.list[i];

        if (part->state != PART_DONE || !part->child)
            continue;
        log_warning("runtime_stays", log_text("run", run->id), log_text("runtime", part_runtime(part)),
            log_number("waited_ms", CHILD_LEAVES_MS));
        part_stop(part);
    }
}

void turns_await_end(Run *run)
{
    uv_timer_start(&run->leaving, on_late_to_leave, CHILD_LEAVES_MS, 0);
}

/* Whether something has to come to its end before a turn can begin. */
static bool turns_are_held(const Run *run)
{
    if (run->is_being_noted)
        return true;
    if (parts_count(&run->parts, PART_STARTING) > 0 || parts_count(&run->parts, PART_MEASURING) > 0)
        return true;
    for (size_t i = 0; i < run->parts.n; i++)
        if (run->parts.list[i].state != PART_WAITING && run->parts.list[i].child)
            return true;
    return false;
}

/* Somebody may have gone during the pause. */
static void give(Run *run)
{
    RunPart *next = turns_next(&run->parts, run->results);

    if (run->state != RUN_RUNNING || !next || turns_are_held(run))
        return;
    next->state = PART_MEASURING;
    child_say(next->child, run->enough ? "stop\n" : "\n");
}

static void on_read(uv_timer_t *timer)
{
    give(timer->data);
}

static void on_ask_again(uv_timer_t *timer)
{
    turns_take(timer->data);
}

/* With precision the runtimes may be told to stop. That is decided cell by cell, a turn of the loop for each,
 * since the intervals of a large grid take longer than other clients may wait; all runtimes wait meanwhile.
 * Whoever is told what has happened gets a moment to read it. A client that only waits for the end is told
 * nothing before, so nothing is written for it, and it costs no pause. */
void turns_take(Run *run)
{
    int64_t elapsed = (int64_t)(nsec_now() - run->started_at);

    if (run->state != RUN_RUNNING || uv_is_active((uv_handle_t *)&run->pause) || turns_are_held(run) ||
        parts_count(&run->parts, PART_WAITING) == 0)
        return;
    /* Nobody reckoned with so many repetitions, and a runtime that writes too much is ended as a bad one. */
    if (run->n_bytes > MUCH_OUTPUT)
        results_cut(run->results, "output");
    switch (results_precision(run->results, elapsed, (int64_t)run->plan.timeout)) {
    case RESULTS_GO_ON:
        break;
    case RESULTS_STOP:
        run->enough = true;
        break;
    case RESULTS_ASK_AGAIN:
        uv_timer_start(&run->pause, on_ask_again, 0, 0);
        return;
    }
    if (run_is_looked_at(run))
        uv_timer_start(&run->pause, on_read, READING_MS, 0);
    else
        give(run);
}
