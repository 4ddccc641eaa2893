/* The path that was probably meant by one that leads nowhere. */
#pragma once

#include "handlers/app.h"

/* Returns a path that there is and that is near the one that is asked for, with the prefix under which the
 * client asks; owned by the caller, or NULL. Names of experiments are known: /countdown, /runs/countdown and
 * /experiments/countdwn all mean /run/countdown. What stands for an {id} is taken over as it is, whether
 * there is such a run or not. */
char *near_path(const App *app, const Request *request);
