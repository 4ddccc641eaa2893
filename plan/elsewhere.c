/* Anybody may ask for a run, and a run may have ten thousand tasks: without these two checks the server would
 * be a way to reach what only it can reach, and to flood whom one likes from its address. What a name leads
 * to is asked again by the runtime, in the moment it dials; see engine/egress.h. */
#include "plan/elsewhere.h"

#include <math.h>
#include <string.h>

#include "base/cleanup.h"
#include "plan/param.h"
#include "plan/url.h"

/* Whether the parameter is a URL that is judged. Without a list of what is allowed there is no guard: that is
 * a person who runs the engine in a shell and could as well use curl. */
static bool is_guarded(const Asked *asked, const CatalogParameter *parameter)
{
    return asked->limits->allow && parameter->format && strcmp(parameter->format, "url") == 0;
}

/* A URL that was not given is null, and then fetch goes to the program's own origin, which needs no
 * permission. */
static void check_urls_of(const Asked *asked, const AskedRuntime *runtime, Problem *problem)
{
    for (size_t i = 0; i < runtime->experiment->n_parameters; i++) {
        const CatalogParameter *parameter = &runtime->experiment->parameters[i];
        json_t *url = json_object_get(runtime->params, parameter->name);
        auto_free char *refusal = NULL;

        if (!is_guarded(asked, parameter) || !json_is_string(url))
            continue;
        refusal = url_refusal(json_string_value(url), asked->limits->allow);
        if (refusal)
            asked_complain(problem, parameter->name, json_incref(url), NULL, "%s", refusal);
    }
}

void elsewhere_check_urls(const Asked *asked, Problem *problem)
{
    for (size_t i = 0; i < asked->n_runtimes; i++)
        check_urls_of(asked, &asked->runtimes[i], problem);
}

/* How often URLs would be got in one round, by each task of each cell. It is counted as a floating point
 * number, which cannot overflow, whatever ranges a runtime describes; a whole number that wrapped round would
 * let the largest requests of all pass. *ret_parameter: one of the URLs; untouched if there is none. */
static double count_requests(const Asked *asked, const CatalogParameter **ret_parameter)
{
    double sum = 0;

    for (size_t i = 0; i < asked->n_cells; i++) {
        const CellSpec *cell = &asked->cells[i];

        for (size_t k = 0; k < cell->experiment->n_parameters; k++) {
            const CatalogParameter *parameter = &cell->experiment->parameters[k];

            if (!is_guarded(asked, parameter) ||
                !json_is_string(json_object_get(cell->params, parameter->name)))
                continue;
            sum += (parameter->times ? cell_spec_number(cell, parameter->times) : 1) * (double)cell->tasks;
            *ret_parameter = parameter;
        }
    }
    return sum;
}

int64_t elsewhere_most_rounds(const Asked *asked)
{
    const CatalogParameter *parameter;
    double sum = count_requests(asked, &parameter), most;

    if (sum <= 0)
        return INT64_MAX;
    most = floor((double)asked->limits->fetch_max_requests / sum);
    return most < 1e18 ? (int64_t)most : INT64_MAX;
}

bool elsewhere_allows(const Asked *asked)
{
    return asked->rounds + asked->more_rounds <= elsewhere_most_rounds(asked);
}

/* Warm-ups count, too, and the repetition for a timeline, and all that precision may add. */
void elsewhere_check_requests(const Asked *asked, Problem *problem)
{
    const CatalogParameter *parameter = NULL;
    double sum = count_requests(asked, &parameter) * (double)(asked->rounds + asked->more_rounds);

    if (!parameter || sum <= (double)asked->limits->fetch_max_requests)
        return;
    problem_add(problem, parameter->name, json_incref((json_t *)param_given(asked->given, parameter->name)),
        json_pack("{s:I}", "max", (json_int_t)asked->limits->fetch_max_requests),
        "would be got %.0f times by all tasks of all cells and repetitions together, and away from this "
        "server "
        "at most %lld are allowed (the setting [fetch] max_requests)",
        sum, (long long)asked->limits->fetch_max_requests);
}
