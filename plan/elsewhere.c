/* Anybody may ask for a run, and a run may have ten thousand tasks: without these two checks the server would
 * be a way to reach what only it can reach, and to flood whom one likes from its address. What a name leads
 * to is asked again by the runtime, in the moment it dials; see engine/egress.h. */
#include "plan/elsewhere.h"

#include <math.h>
#include <string.h>

#include "base/cleanup.h"
#include "plan/url.h"

/* The next parameter that is a URL; NULL behind the last. Without a list of what is allowed there is no
 * guard: that is a person who runs the engine in a shell and could as well use curl. *at is the place to go
 * on from, 0 at first. */
static const CatalogParameter *next_url(const Asked *asked, size_t *at)
{
    while (asked->limits->allow && *at < asked->experiment->n_parameters) {
        const CatalogParameter *parameter = &asked->experiment->parameters[(*at)++];

        if (parameter->format && strcmp(parameter->format, "url") == 0)
            return parameter;
    }
    return NULL;
}

/* A URL that was not given is null, and then fetch goes to the program's own origin, which needs no
 * permission. */
void elsewhere_check_urls(const Asked *asked, Problem *problem)
{
    const CatalogParameter *parameter;
    size_t at = 0;

    while ((parameter = next_url(asked, &at))) {
        json_t *url = asked_value(asked, parameter->name);
        auto_free char *refusal = NULL;

        if (!json_is_string(url))
            continue;
        refusal = url_refusal(json_string_value(url), asked->limits->allow);
        if (refusal)
            problem_add(problem, parameter->name, json_incref(url), NULL, "%s", refusal);
    }
}

/* How often the URL would be got in one round, by each task of each cell. It is counted as a floating point
 * number, which cannot overflow, whatever ranges a runtime describes; a whole number that wrapped round would
 * let the largest requests of all pass. */
static double count_requests(const Asked *asked, const CatalogParameter *parameter)
{
    double sum = 0;

    for (size_t i = 0; i < asked->n_cells; i++) {
        const CellSpec *cell = &asked->cells[i];
        double each = parameter->times ? cell_spec_number(cell, parameter->times) : 1;

        sum += each * (double)cell->tasks;
    }
    return sum;
}

int64_t elsewhere_most_rounds(const Asked *asked)
{
    const CatalogParameter *parameter;
    double most = (double)INT64_MAX;
    size_t at = 0;

    while ((parameter = next_url(asked, &at))) {
        double sum = count_requests(asked, parameter);

        if (json_is_string(asked_value(asked, parameter->name)) && sum > 0)
            most = fmin(most, floor((double)asked->limits->fetch_max_requests / sum));
    }
    return most < 1e18 ? (int64_t)most : INT64_MAX;
}

bool elsewhere_allows(const Asked *asked)
{
    return asked->rounds + asked->more_rounds <= elsewhere_most_rounds(asked);
}

/* Warm-ups count, too, and the repetition for a timeline, and all that precision may add. */
void elsewhere_check_requests(const Asked *asked, Problem *problem)
{
    const CatalogParameter *parameter;
    size_t at = 0;

    while ((parameter = next_url(asked, &at))) {
        json_t *url = asked_value(asked, parameter->name);
        double rounds = (double)(asked->rounds + asked->more_rounds);
        double sum = json_is_string(url) ? count_requests(asked, parameter) * rounds : 0;

        if (sum <= (double)asked->limits->fetch_max_requests)
            continue;
        problem_add(problem, parameter->name, json_incref(url),
            json_pack("{s:I}", "max", (json_int_t)asked->limits->fetch_max_requests),
            "would be got %.0f times by all tasks of all cells and repetitions together, and away from this "
            "server at most %lld are allowed (the setting [fetch] max_requests)",
            sum, (long long)asked->limits->fetch_max_requests);
    }
}
