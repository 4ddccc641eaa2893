/* The table of routes: the only list of paths, and all that is known about each. The dispatcher finds its way
 * by it, handlers find their parameters through it, and the OpenAPI document is made of it. A new route is a
 * row here and a handler; that it is documented, refused with 405, shown by a 404 and counted follows from
 * the row. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "handlers/app.h"

/* What a route answers, beside what follows from its other members: an entry of components.responses in
 * openapi.json. */
typedef struct RouteAnswer {
    int status;
    const char *response;
} RouteAnswer;

enum { ROUTE_MAX_ANSWERS = 10 };

typedef struct Route {
    unsigned methods;  /* OPTIONS is answered for every path */
    unsigned needs;    /* of the gate, NEEDS_...; writing needs NEEDS_SAME_SITE in any case */
    const char *path;  /* {name} stands for what is between two slashes, {file} for all the rest */
    const char *shown; /* NULL: as path */
    Response *(*handle)(App *app, Request *request);
    bool (*has)(const App *app, const char *path); /* NULL: any path that fits */
    const RouteParameter *parameters;              /* NULL: it reads none, or those of an experiment */

    /* For people and the OpenAPI document. */
    const char *operation; /* a name for programs: "listRuns" */
    const char *tag;       /* one of openapi.json */
    const char *help;
    const char
        *headers[2]; /* that it reads, entries of components.parameters in openapi.json; NULL: no more */
    RouteAnswer answers[ROUTE_MAX_ANSWERS]; /* up to a status of 0 */
} Route;

enum { ROUTE_READS = METHOD_GET | METHOD_HEAD };

/* A path may stand in several rows, one after the other, with different methods. */
extern const Route routes[];
extern const size_t n_routes;

/* Whether the route runs an experiment: its parameters are those of the catalog. */
bool route_runs(const Route *route);

/* Returns what the gate asks of a request with this method. What changes something must not come from
 * another site's page, so writing adds NEEDS_SAME_SITE to what the row says. */
unsigned route_needs(const Route *route, Method method);
