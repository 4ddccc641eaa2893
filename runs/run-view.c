/* All who asked for a run share its object: only the few members that are one client's own are made anew for
 * it, and never written into the shared one, which others may be reading. */
#include "runs/run-view.h"

#include <string.h>

#include "base/array.h"

RunHead run_head(const Run *run)
{
    nsec_t now = nsec_now();
    nsec_t started = run->started_at ? run->started_at : run->ended_at ? run->ended_at : now;

    return (RunHead){
        .id = run->id,
        .status = run_status_name(run),
        .reason = run->reason,
        .created_ms = run->created_ms,
        .queued_ns = (int64_t)(started - run->queued_at),
        .duration_ns = run->started_at ? (int64_t)((run->ended_at ? run->ended_at : now) - started) : 0,
        .stopped_by = run->stopped_by,
        .host = run->host,
    };
}

json_t *run_json(const Run *run)
{
    RunHead head = run_head(run);

    return results_run(run->results, &head);
}

/* Those who left a run that others wait for are still among its asks: they asked. */
json_t *run_asks(const Run *run)
{
    json_t *asks = asks_json(&run->asks);
    const Ask *ask;
    size_t i = 0;

    STAILQ_FOREACH (ask, &run->asks, link)
        json_object_set_new(json_array_get(asks, i++), "waiting",
            json_boolean(run->state < RUN_OVER && (ask->detached || run_has_watcher_of(run, ask->owner))));
    return asks;
}

void run_view_finish(RunView *view)
{
    json_decref(view->asks);
    json_decref(view->own);
}

static json_t *view_text(const char *text)
{
    return text ? json_string(text) : json_null();
}

static const char *view_word(const json_t *ask, const char *key)
{
    return json_string_value(json_object_get(ask, key));
}

/* A prediction from before there were questions is words already, and so is a choice that was taken away
 * since. */
static const char *choice_text(const Question *question, const char *id)
{
    const QuestionChoice *choice = question_choice(question, id);

    return choice ? choice->text : id;
}

/* What the reader expected, what came out, and why if nothing did: ids for programs, words for people. */
static void set_expected(json_t *run, const RunView *view, const json_t *ask, const json_t *outcomes)
{
    const Question *question = questions_find(view->questions, view_word(ask, "question"));
    const char *prediction = view_word(ask, "prediction"), *outcome = view_word(ask, "outcome");
    bool hidden = json_is_true(json_object_get(ask, "hidden"));
    const json_t *judged = question && !hidden ? json_object_get(outcomes, question->id) : NULL;

    json_object_set_new(run, "question", view_text(view_word(ask, "question")));
    json_object_set_new(run, "question_text", view_text(question ? question->text : NULL));
    json_object_set_new(run, "prediction", view_text(prediction));
    json_object_set_new(run, "prediction_text", view_text(choice_text(question, prediction)));
    json_object_set_new(run, "outcome", view_text(outcome));
    json_object_set_new(run, "outcome_text", view_text(choice_text(question, outcome)));
    json_object_set_new(run, "outcome_reason", view_text(view_word(judged, "reason")));
    json_object_set(run, "held", ask ? json_object_get(ask, "held") : json_null());
}

static void set_view(json_t *run, const RunView *view, const json_t *ask, const json_t *outcomes)
{
    json_object_set_new(run, "label", view_text(view_word(ask, "label")));
    set_expected(run, view, ask, outcomes);
    json_object_set_new(run, "asks", asks_told(view->asks, outcomes, &view->reader));
    json_object_set_new(run, "joined", json_boolean(view->joined));
    if (!view->tells_kept)
        return;
    json_object_set_new(run, "kept", json_boolean(view->kept));
    if (!view->kept && view->trouble)
        json_object_set_new(run, "kept_reason", json_string(view->trouble));
}

static void set_words(json_t *request, const json_t *ask)
{
    static const char *const own[] = {"label", "question", "prediction"};

    for (size_t i = 0; i < ARRAY_LENGTH(own); i++)
        json_object_set_new(request, own[i], view_text(view_word(ask, own[i])));
}

json_t *run_json_for(const json_t *object, const RunView *view)
{
    const json_t *outcomes = json_object_get(object, "outcomes");
    const json_t *kept = view->own ? view->own : asks_first_for(view->asks, &view->reader);
    json_auto_t *ask = kept ? ask_told(kept, outcomes, &view->reader) : NULL;
    json_t *run = json_object(), *value;
    const char *key;

    /* The order of the members is kept, as people read this. Only `label` and `request` are the client's
     * own. The request is copied one level deep, because its label and prediction are written into it;
     * writing them into the shared one would give a client's words to everybody. What came out for all
     * questions is nobody's. */
    json_object_foreach ((json_t *)object, key, value) {
        if (strcmp(key, "label") == 0) {
            set_view(run, view, ask, outcomes);
        } else if (strcmp(key, "request") == 0 && json_is_object(value)) {
            json_object_set_new(run, key, json_copy(value));
            set_words(json_object_get(run, key), ask);
        } else if (strcmp(key, "outcomes") != 0) {
            json_object_set(run, key, value);
        }
    }
    return run;
}
