#include "runs/survey.h"

#include <assert.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "runs/describe.h"

enum {
    LOOK_MS = 200, /* while a question waits for a quiet moment */
};

struct Survey {
    SurveyParts parts;
    uv_timer_t timer; /* to the next look */
    bool is_due[SETTINGS_MAX_RUNTIMES];
    Describe *describe; /* the question that is being asked; NULL: none */
    size_t place;       /* of its runtime */
    nsec_t due_since;   /* since when the first one that is due could have been asked; 0: none is due */
    nsec_t asked_at;
    bool has_asked; /* somebody, in this round */
    bool again;     /* another round is to follow it */
    bool holds;     /* a run was kept waiting */
    bool stopping, closed;
};

static const RuntimeProgram *survey_runtime(const Survey *survey, size_t place)
{
    return &survey->parts.settings->runtimes[place];
}

/* Returns the place of the first one that is due, or that there is none. */
static bool survey_find_due(const Survey *survey, size_t *ret)
{
    for (size_t place = 0; place < survey->parts.settings->n_runtimes; place++) {
        if (!survey->is_due[place])
            continue;
        *ret = place;
        return true;
    }
    return false;
}

static bool survey_insists(const Survey *survey)
{
    return survey->due_since > 0 && nsec_now() - survey->due_since >= survey->parts.patience;
}

static void survey_miss(Survey *survey, size_t place, unsigned why, const char *reason)
{
    const char *name = survey_runtime(survey, place)->name;

    if (why == CATALOG_BROKEN)
        log_warning("runtime_broken", log_text("runtime", name), log_text("reason", reason));
    else if (why == CATALOG_NOT_INSTALLED)
        log_info("runtime_missing", log_text("runtime", name), log_text("reason", reason));
    present_set_missing(survey->parts.present, place, name, why, reason);
}

/* Whether there is anything to ask. If not, it is said why. */
static bool survey_can_ask(Survey *survey, size_t place)
{
    const RuntimeProgram *runtime = survey_runtime(survey, place);
    bool is_there;
    auto_free char *obstacle = runtime_obstacle(runtime, &is_there);

    if (obstacle)
        survey_miss(
            survey, place, runtime->optional && !is_there ? CATALOG_NOT_INSTALLED : CATALOG_BROKEN, obstacle);
    return !obstacle;
}

static void survey_step(Survey *survey);

static void survey_on_timer_closed(uv_handle_t *handle)
{
    Survey *survey = handle->data;

    survey->closed = true;
    /* A question that is still under way frees it in its stead. */
    if (!survey->describe)
        free(survey);
}

static void survey_take_answer(Survey *survey, Catalog *catalog, const char *reason)
{
    const char *name = survey_runtime(survey, survey->place)->name;
    int64_t took_ms = (int64_t)((nsec_now() - survey->asked_at) / NSEC_PER_MSEC);

    survey->due_since = 0;
    if (catalog) {
        log_info("runtime_ready", log_text("runtime", name), log_text("version", catalog->version),
            log_number("took_ms", took_ms));
        present_set(survey->parts.present, survey->place, catalog);
    } else {
        survey_miss(survey, survey->place, CATALOG_BROKEN, reason);
    }
}

/* The next one begins when all have had their turn in this one. If each call began anew with the first
 * runtime, those behind it would never be asked by somebody who calls often. */
static void survey_end_round(Survey *survey)
{
    bool again = survey->again;
    size_t place;

    if (survey->describe || survey_find_due(survey, &place))
        return;
    survey->has_asked = survey->again = false;
    if (again)
        survey_begin(survey);
}

/* Without a catalog and a reason it was stopped: it gave way, or the server stops. */
static void survey_on_end(void *data, Catalog *catalog, const char *reason)
{
    Survey *survey = data;

    survey->describe = NULL;
    if (survey->stopping) {
        catalog_unref(catalog);
        if (survey->closed)
            free(survey);
        return;
    }
    if (catalog || reason)
        survey_take_answer(survey, catalog, reason);
    else
        survey->is_due[survey->place] = true;
    survey_step(survey);
    survey_end_round(survey);
    if (survey->holds && !survey->describe) {
        survey->holds = false;
        survey->parts.go_on(survey->parts.data);
    }
}

static void survey_on_timer(uv_timer_t *timer)
{
    survey_step(timer->data);
}

static bool survey_may_ask(const Survey *survey)
{
    if (survey->parts.n_running(survey->parts.data) > 0)
        return false;
    return survey->parts.n_waiting(survey->parts.data) == 0 || survey_insists(survey);
}

/* Asks the next one if it is due and may be asked now. Who is not there is dealt with on the way. */
static void survey_step(Survey *survey)
{
    size_t place;

    if (survey->describe || survey->stopping || !survey_find_due(survey, &place))
        return;
    if (survey->due_since == 0)
        survey->due_since = nsec_now();
    if (!survey_may_ask(survey)) {
        uv_timer_start(&survey->timer, survey_on_timer, LOOK_MS, 0);
        return;
    }
    survey->is_due[place] = false;
    survey->has_asked = true;
    survey->place = place;
    survey->asked_at = nsec_now();
    survey->describe = describe_start(survey->parts.loop, survey->parts.settings,
        survey_runtime(survey, place), survey->parts.cpus, survey_on_end, survey);
}

Survey *survey_new(const SurveyParts *parts)
{
    Survey *survey = calloc(1, sizeof(*survey));

    assert(survey && parts->settings->n_runtimes <= SETTINGS_MAX_RUNTIMES);
    survey->parts = *parts;
    uv_timer_init(parts->loop, &survey->timer);
    survey->timer.data = survey;
    return survey;
}

bool survey_begin(Survey *survey)
{
    bool is_new;
    size_t first;

    if (survey->stopping)
        return false;
    if (survey->has_asked) {
        is_new = !survey->again;
        survey->again = true;
        return is_new;
    }
    is_new = !survey_find_due(survey, &first);
    for (size_t place = 1; place < survey->parts.settings->n_runtimes; place++) {
        const char *name = survey_runtime(survey, place)->name;

        survey->is_due[place] = survey_can_ask(survey, place);
        if (survey->is_due[place] && !catalogs_runtime(survey->parts.present->catalogs, name))
            survey_miss(survey, place, CATALOG_STARTING, NULL);
    }
    survey_step(survey);
    return is_new;
}

bool survey_gives_way(Survey *survey)
{
    size_t place;

    if (!survey)
        return true;
    survey_step(survey);
    if (survey->describe && !survey_insists(survey))
        describe_stop(survey->describe);
    survey->holds = survey->describe || (survey_insists(survey) && survey_find_due(survey, &place));
    return !survey->holds;
}

void survey_stop(Survey *survey)
{
    if (!survey)
        return;
    survey->stopping = true;
    if (survey->describe)
        describe_stop(survey->describe);
    uv_close((uv_handle_t *)&survey->timer, survey_on_timer_closed);
}
