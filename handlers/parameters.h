/* The parameters of a request, wherever they stand: in the query, in a form, or in a JSON object. */
#pragma once

#include <jansson.h>

#include "base/problem.h"
#include "handlers/request.h"

/* Returns a new object of names and values: strings from a query or a form, any JSON from a JSON object,
 * with a list at most; only the parameter of the name `object`, if that is not NULL, may be an object of such
 * values. It is returned in any case; everything wrong is added to the problem: 400, or 415
 * for a body of another type. A body that cannot be read at all sets the problem's detail. What the names
 * mean is not known here. */
json_t *parameters_read(const Request *request, const char *object, Problem *problem);
