/* What a request asks of other people's servers: where its URLs lead, and how often they would be got. A
 * parameter is a URL if its format says so; "times" of its description names the parameter that says how
 * often each task gets it. */
#pragma once

#include <jansson.h>

#include "plan/plan.h"

/* Adds to the problem every URL that limits->allow does not let pass. */
void elsewhere_check_urls(
    const json_t *parameters, const json_t *values, const PlanLimits *limits, Problem *problem);

/* Adds to the problem a URL that the cells, each run so many rounds, would get more often than
 * limits->fetch_max_requests. */
void elsewhere_check_requests(const json_t *parameters, const json_t *cells, int64_t rounds,
    const PlanLimits *limits, Problem *problem);
