/* From what was given to values: each is checked against its parameter, and what nobody gave gets its
 * default. What spans the grid and what says how it is run has one value for all runtimes; the experiment's
 * own parameters have one in each. */
#pragma once

#include "base/problem.h"
#include "plan/asked.h"
#include "plan/common.h"

/* Fills asked->values and the params of asked->runtimes, and adds every fault to the problem: names that are
 * unknown, values that do not fit, and what has no meaning beside something else. */
void values_check(Asked *asked, const Parameters *parameters, Problem *problem);

/* Sets how many tasks each runtime is asked for, where that follows from another parameter. All values must
 * be right by themselves. */
void values_derive_tasks(Asked *asked, const Parameters *parameters, Problem *problem);

/* Adds to asked->values what nobody gave of the experiment's own parameters, where all runtimes have it and
 * mean the same. Needs the cells with their final sizes. */
void values_settle(Asked *asked, const Parameters *parameters);
