/* What the one who asks for a run expects of it: a choice of one question about the experiment. It is the
 * asker's own, and changes nothing of the run. */
#pragma once

#include "base/problem.h"
#include "catalog/catalog.h"
#include "plan/asked.h"

/* Whether a parameter is one that a person leaves empty in a form: then it is as if it were not there. */
bool expect_may_be_empty(const CatalogParameter *parameter);

/* Checks a prediction against the question of the request, which asked->values has if it is right. Returns as
 * param_check() does; NULL without a word where the question was refused already. */
json_t *expect_check_prediction(
    const Asked *asked, const CatalogParameter *parameter, const json_t *given, Problem *problem);

/* Refuses a question or a prediction where no question is about the experiment, and returns whether this was
 * one. */
bool expect_refuse(const Asked *asked, const char *name, const json_t *given, Problem *problem);
