/* What a request asks of other people's servers: where its URLs lead, and how often they would be got. A
 * parameter is a URL if its format says so; times names the parameter that says how often each task gets it.
 */
#pragma once

#include "plan/asked.h"

/* Adds to the problem every URL that the limits' allow does not let pass. Needs the values of all runtimes,
 * so it can be asked before there are any cells. */
void elsewhere_check_urls(const Asked *asked, Problem *problem);

/* Returns how many rounds of all cells together may get their URLs, by the limits' fetch_max_requests;
 * INT64_MAX if nothing is got from elsewhere. Needs the cells. */
int64_t elsewhere_most_rounds(const Asked *asked);

/* Whether no URL would be got more often than the limits' fetch_max_requests by all cells together. Needs the
 * cells and the rounds. */
bool elsewhere_allows(const Asked *asked);

/* Adds to the problem a URL that all cells together would get more often than the limits' fetch_max_requests.
 * Needs the cells and the rounds. */
void elsewhere_check_requests(const Asked *asked, Problem *problem);
