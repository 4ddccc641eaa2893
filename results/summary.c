/* A list of runs is kept and sent for each of them, so it holds no more than a line can show. */
#include "results/summary.h"

/* What came out for each question, without why nothing could be told, which stands in the run itself. */
static json_t *summary_outcomes(const json_t *outcomes)
{
    json_t *object = json_object(), *value;
    const char *question;

    json_object_foreach ((json_t *)outcomes, question, value)
        json_object_set_new(object, question,
            json_pack("{s:O, s:O*}", "outcome", json_object_get(value, "outcome"), "possible",
                json_object_get(value, "possible")));
    return object;
}

json_t *summary_make(const ResultRun *run)
{
    json_t *object = json_object(), *headline = json_object_get(run->json, "headline");

    if (run->reason)
        json_object_set_new(object, "reason", json_string(run->reason));
    if (run->queued_ns != RESULT_UNKNOWN)
        json_object_set_new(object, "queued_ns", json_integer(run->queued_ns));
    if (run->duration_ns != RESULT_UNKNOWN)
        json_object_set_new(object, "duration_ns", json_integer(run->duration_ns));
    json_object_set_new(object, "n_cells", json_integer((json_int_t)run->cells.n));
    json_object_set_new(
        object, "noisy", run->host.has_noise ? json_boolean(run->host.is_noisy) : json_null());
    json_object_set_new(object, "headline", headline ? json_incref(headline) : json_null());
    json_object_set_new(object, "outcomes", summary_outcomes(json_object_get(run->json, "outcomes")));
    return object;
}
