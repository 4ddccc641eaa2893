/* Which handler answers which path. The table in routes.c is the only list of paths; OPTIONS, 404 and 405
 * follow from it. */
#pragma once

#include "handlers/app.h"

/* Splits the request's target, finds its route, lets the gate check it and calls the handler. Returns the
 * answer, or NULL if the handler answers later. */
Response *routes_dispatch(App *app, Request *request);

/* The request is over: counts it and writes it to the log. status is 0 if the client left unanswered. */
void routes_answered(App *app, const Request *request, int status);
