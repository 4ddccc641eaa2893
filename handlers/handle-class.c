/* GET and POST /class: what everybody shall do next, and whether predictions are shown. Who may lead is asked
 * by the gate.
 *
 * What everybody shall do is checked as if it were asked for now: a form that a class of thirty opens and
 * that is refused when they press the button would cost the lesson. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/log.h"
#include "handlers/answer-run.h"
#include "handlers/app.h"
#include "handlers/later.h"
#include "plan/plan.h"

/* Everybody has these of their own. */
static const char *const own[] = {"client", "format", "label", "prediction", "question"};

static const char *text_of(const json_t *values, const char *name)
{
    const char *text = json_string_value(json_object_get(values, name));

    return text && *text ? text : NULL;
}

/* Takes the object over. */
static Response *class_response(const App *app, json_t *object, bool instructor)
{
    const char *who = instructor ? "you" : *app->gate.instructor_token ? "other" : "none";
    json_auto_t *owned = object;

    json_object_set_new(owned, "instructor", json_string(who));
    return response_add_header(response_new_json(200, owned), "Cache-Control", "no-store");
}

Response *handle_class(App *app, Request *request)
{
    auto_problem Problem problem = {0};
    json_auto_t *values = query_read(request, &problem);

    if (!values)
        return answer_problem(&problem);
    return class_response(app, json_copy((json_t *)class_json(app->class)), request->instructor);
}

/* --- what comes next --- */

/* "two-threads". Which steps there are is the page's own. */
static void check_step(const char *step, Problem *problem)
{
    if (step && step[strspn(step, "abcdefghijklmnopqrstuvwxyz0123456789-")] != '\0')
        problem_add(problem, "step", json_string(step), NULL, "must be of small letters, digits and -");
}

/* A question of this experiment; without an experiment, any. */
static void check_question(const App *app, const char *id, const char *experiment, Problem *problem)
{
    const Questions *questions = app->settings->limits.questions;
    json_auto_t *names = json_array();

    for (size_t i = 0; id && i < questions->n; i++) {
        const Question *question = &questions->list[i];

        if (experiment && strcmp(question->experiment, experiment) != 0)
            continue;
        if (strcmp(question->id, id) == 0)
            return;
        json_array_append_new(names, json_string(question->id));
    }
    if (id)
        problem_add_name(problem, "question", json_string(id), id, names,
            experiment ? "there is no such question about this experiment" : "there is no such question");
}

static void refuse_own(const CatalogExperiment *experiment, const json_t *asked, Problem *problem)
{
    for (size_t i = 0; i < ARRAY_LENGTH(own); i++) {
        json_t *value = json_object_get(asked, own[i]);

        if (value && !catalog_parameter(experiment, own[i]))
            problem_add(problem, own[i], json_incref(value), NULL, "is for each one to say who runs it");
    }
}

/* A problem of another status, as that a runtime is still being asked what it offers, is handed on as it is.
 */
static void check_request(const App *app, const char *experiment, const json_t *given, Problem *problem)
{
    json_auto_t *nothing = json_object();
    const json_t *asked = json_is_object(given) ? given : nothing;
    auto_problem Problem inner = {0}, refused = {0};
    Plan plan = {0};

    refuse_own(catalogs_experiment(app->catalogs, experiment), asked, &refused);
    if (!problem_is_set(&refused))
        plan_make(app->catalogs, &app->settings->limits, experiment, asked, &plan, &inner);
    plan_finish(&plan);
    problem_add_inner(problem, "request", &refused);
    if (problem_is_set(&inner) && inner.status != 400 && !problem_is_set(problem)) {
        *problem = inner;
        inner = (Problem){0};
        return;
    }
    problem_add_inner(problem, "request", &inner);
}

static void check_experiment(const App *app, const char *experiment, Problem *problem)
{
    json_auto_t *names = NULL;

    if (catalogs_experiment(app->catalogs, experiment))
        return;
    names = plan_experiments(app->catalogs);
    problem_add_name(
        problem, "experiment", json_string(experiment), experiment, names, "there is no such experiment");
}

/* Whether a parameter was refused already, and so is not missing. */
static bool is_refused(const Problem *problem, const char *param)
{
    const json_t *error;
    size_t i;

    json_array_foreach (problem->errors, i, error)
        if (strcmp(json_string_value(json_object_get(error, "param")), param) == 0)
            return true;
    return false;
}

/* A step of the story may stand alone. What is asked of an experiment that is not there is not held against
 * it.
 */
static void check_next(const App *app, const json_t *values, Problem *problem)
{
    const char *given = text_of(values, "experiment"), *step = text_of(values, "step");
    const char *experiment = given && catalogs_experiment(app->catalogs, given) ? given : NULL;
    json_t *asked = json_object_get(values, "request");

    if (given)
        check_experiment(app, given, problem);
    else if (!step && !is_refused(problem, "experiment") && !is_refused(problem, "step"))
        problem_add(problem, "experiment", NULL, NULL, "must be given, or a step of the story");
    if (!given && json_object_size(asked) > 0)
        problem_add(problem, "request", json_incref(asked), NULL, "needs an experiment");
    check_question(app, text_of(values, "question"), experiment, problem);
    check_step(step, problem);
    if (!given && step && !text_of(values, "title") && !is_refused(problem, "title"))
        problem_add(problem, "title", NULL, NULL, "must be given with a step alone");
    if (experiment)
        check_request(app, experiment, asked, problem);
}

/* Any other action has nothing to say beside itself: what was given with it was meant for something else. */
static void check_alone(const json_t *values, Problem *problem)
{
    const char *name;
    json_t *value;

    json_object_foreach ((json_t *)values, name, value)
        if (strcmp(name, "action") != 0 && !json_is_null(value))
            problem_add(problem, name, json_incref(value), NULL, "goes with action=next only");
}

/* The words of a request with what it left out. The title is then the question, or else the experiment's
 * name: what an experiment says of itself would give the answer away. An empty field of a form is none. */
static json_t *make_next(const App *app, const json_t *values)
{
    const Question *question = questions_find(app->settings->limits.questions, text_of(values, "question"));
    static const char *const texts[] = {"title", "experiment", "question", "step"};
    const char *experiment = text_of(values, "experiment");
    json_t *asked = json_object_get(values, "request"), *next = json_object();

    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
        if (text_of(values, texts[i]))
            json_object_set_new(next, texts[i], json_string(text_of(values, texts[i])));
    if (experiment && !text_of(values, "title"))
        json_object_set_new(next, "title", json_string(question ? question->text : experiment));
    json_object_set_new(next, "request", json_is_object(asked) ? json_incref(asked) : json_object());
    return next;
}

/* --- leading --- */

/* The class as it was when the action was done; another instructor's may follow before the archive has it. */
typedef struct Lead {
    Later *later;
    json_t *object; /* owned */
} Lead;

static void on_class_kept(void *data, bool found, bool kept)
{
    Lead *lead = data;
    const char *trouble = archive_trouble(later_app(lead->later)->archive);

    (void)found;
    if (!kept) {
        json_object_set_new(lead->object, "kept", json_false());
        json_object_set_new(lead->object, "kept_reason", trouble ? json_string(trouble) : json_null());
    }
    later_answer(lead->later, class_response(later_app(lead->later), lead->object, true));
    free(lead);
}

static ClassAction action_of(const json_t *values)
{
    const char *name = text_of(values, "action");
    ClassAction action = CLASS_NEXT;

    while (strcmp(class_action_names[action], name) != 0)
        action++;
    return action;
}

static Response *no_class(ClassAction action)
{
    auto_problem Problem problem = {0};

    problem_set(&problem, 409, "No class is on",
        "there is nothing to %s: action=next begins a class, as in curl -H 'Authorization: Bearer TOKEN' -d "
        "action=next -d experiment=countdown ADDRESS/class",
        class_action_names[action]);
    return answer_problem(&problem);
}

Response *handle_lead(App *app, Request *request)
{
    auto_problem Problem problem = {0};
    json_auto_t *values = query_read_all(request, &problem), *next = NULL;
    ClassAction action;
    Lead *lead;

    if (problem.detail || !text_of(values, "action"))
        return answer_problem(&problem);
    action = action_of(values);
    app_look(app);
    if (action == CLASS_NEXT)
        check_next(app, values, &problem);
    else
        check_alone(values, &problem);
    if (problem_is_set(&problem))
        return answer_problem(&problem);
    if (!class_allows(app->class, action))
        return no_class(action);
    next = action == CLASS_NEXT ? make_next(app, values) : NULL;
    lead = calloc(1, sizeof(*lead));
    assert(lead);
    lead->later = later_new(app, request);
    class_act(app->class, action, next, on_class_kept, lead);
    lead->object = json_copy((json_t *)class_json(app->class));
    log_info("class", log_text("action", class_action_names[action]), log_text("request", request->id));
    return NULL;
}
