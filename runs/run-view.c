/* All who asked for a run share its object: only the few members that are one client's own are made anew for
 * it, and never written into the shared one, which others may be reading. */
#include "runs/run-view.h"

#include <string.h>

json_t *run_json(const Run *run)
{
    nsec_t now = nsec_now();
    nsec_t started = run->started_at ? run->started_at : run->ended_at ? run->ended_at : now;
    RunHead head = {
        .id = run->id,
        .status = run_status_name(run),
        .reason = run->reason,
        .created_ms = run->created_ms,
        .queued_ns = (int64_t)(started - run->queued_at),
        .duration_ns = run->started_at ? (int64_t)((run->ended_at ? run->ended_at : now) - started) : 0,
        .stopped_by = run->stopped_by,
        .host = run->host,
    };

    return results_run(run->results, &head);
}

static json_t *view_text(const char *text)
{
    return text ? json_string(text) : json_null();
}

static void set_view(json_t *run, const RunView *view)
{
    json_object_set_new(run, "label", view_text(view->label));
    json_object_set_new(run, "joined", json_boolean(view->joined));
    if (!view->tells_kept)
        return;
    json_object_set_new(run, "kept", json_boolean(view->kept));
    if (!view->kept && view->trouble)
        json_object_set_new(run, "kept_reason", json_string(view->trouble));
}

json_t *run_json_for(const json_t *object, const RunView *view)
{
    json_t *run = json_object(), *value;
    const char *key;

    /* The order of the members is kept, as people read this. Only `label` and `request` are the client's
     * own. The request is copied one level deep, because its label and prediction are written into it;
     * writing them into the shared one would give a client's words to everybody. */
    json_object_foreach ((json_t *)object, key, value) {
        if (strcmp(key, "label") == 0) {
            set_view(run, view);
        } else if (strcmp(key, "request") == 0 && json_is_object(value)) {
            json_object_set_new(run, key, json_copy(value));
            json_object_set_new(json_object_get(run, key), "label", view_text(view->label));
            json_object_set_new(json_object_get(run, key), "prediction", view_text(view->prediction));
        } else {
            json_object_set(run, key, value);
        }
    }
    return run;
}
