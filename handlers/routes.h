/* Which handler answers which path. It goes by the table of handlers/route.h; OPTIONS, 404 and 405 follow
 * from that. */
#pragma once

#include "handlers/app.h"

/* Splits the request's target, finds its route, lets the gate check it and calls the handler. Returns the
 * answer, or NULL if the handler answers later. */
Response *routes_dispatch(App *app, Request *request);

/* The request is over: counts it and writes it to the log. status is 0 if the client left unanswered. */
void routes_answered(App *app, const Request *request, int status);
