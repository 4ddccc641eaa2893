/* The health checks come first, as they are asked often. The page comes last: it would fit any path. There is
 * no HEAD for /run: it would do all the work and throw the answer away.
 *
 * GET /run, /events and a run's events ask for the same site, which GET otherwise does not: a foreign page
 * could start a run by an image, or hold connections open by the dozen. */
#include <string.h>

#include "base/array.h"
#include "handlers/route.h"

enum {
    NEEDS_RUNS = NEEDS_HOST | NEEDS_TOKEN,
    NEEDS_ALL = NEEDS_HOST | NEEDS_SAME_SITE | NEEDS_TOKEN,
};

const Route routes[] = {
    {
        .methods = ROUTE_READS,
        .needs = NEEDS_NOTHING,
        .path = "/healthz",
        .handle = handle_healthz,
        .operation = "health",
        .tag = "server",
        .help = "the server is alive",
        .answers = {{200, "Alive"}},
    },
    {
        .methods = ROUTE_READS,
        .needs = NEEDS_NOTHING,
        .path = "/readyz",
        .handle = handle_readyz,
        .operation = "readiness",
        .tag = "server",
        .help = "it takes work; 503 while it is stopping",
        .answers = {{200, "Ready"}, {503, "Stopping"}},
    },
    {
        .methods = ROUTE_READS,
        .needs = NEEDS_HOST,
        .path = "/metrics",
        .handle = handle_metrics,
        .operation = "metrics",
        .tag = "server",
        .help = "counters and states for Prometheus",
        .answers = {{200, "Metrics"}},
    },
    {
        .methods = ROUTE_READS,
        .needs = NEEDS_HOST,
        .path = "/version",
        .handle = handle_version,
        .operation = "version",
        .tag = "server",
        .help = "what is running here",
        .answers = {{200, "Version"}},
    },
    {
        .methods = ROUTE_READS,
        .needs = NEEDS_HOST,
        .path = "/openapi.json",
        .handle = handle_openapi,
        .operation = "openapi",
        .tag = "server",
        .help = "this document",
        .answers = {{200, "OpenApi"}},
    },
    {
        .methods = ROUTE_READS,
        .needs = NEEDS_HOST,
        .path = "/experiments",
        .handle = handle_experiments,
        .operation = "experiments",
        .tag = "experiments",
        .help = "what can be run: the catalog and the limits in force",
        .answers = {{200, "Catalog"}},
    },
    {
        .methods = ROUTE_READS,
        .needs = NEEDS_RUNS,
        .path = "/runs",
        .handle = handle_runs,
        .parameters = runs_parameters,
        .operation = "listRuns",
        .tag = "runs",
        .help = "the runs there are, newest first",
        .answers = {{200, "RunList"}},
    },
    {
        .methods = ROUTE_READS,
        .needs = NEEDS_RUNS,
        .path = "/runs/{id}",
        .handle = handle_one_run,
        .parameters = run_parameters,
        .operation = "getRun",
        .tag = "runs",
        .help = "one run",
        .answers = {{200, "Run"}, {404, "NoRun"}, {406, "NotAcceptable"}, {500, "Unreadable"}},
    },
    {
        .methods = METHOD_PATCH,
        .needs = NEEDS_RUNS,
        .path = "/runs/{id}",
        .handle = handle_relabel,
        .parameters = relabel_parameters,
        .operation = "relabelRun",
        .tag = "runs",
        .help = "changes the label of a run",
        .answers = {{200, "RunSummary"}, {403, "NotYours"}, {404, "NoRun"}},
    },
    {
        .methods = METHOD_DELETE,
        .needs = NEEDS_RUNS,
        .path = "/runs/{id}",
        .handle = handle_remove,
        .parameters = client_parameters,
        .operation = "removeRun",
        .tag = "runs",
        .help = "removes a run that is over",
        .answers = {{204, "Removed"}, {403, "NotYours"}, {404, "NoRun"}, {409, "NotNow"}},
    },
    {
        .methods = METHOD_POST,
        .needs = NEEDS_RUNS,
        .path = "/runs/{id}/cancel",
        .handle = handle_cancel,
        .parameters = client_parameters,
        .operation = "cancelRun",
        .tag = "runs",
        .help = "ends a run",
        .answers = {{200, "Cancelled"}, {403, "NotYours"}, {404, "NoRun"}, {409, "NotNow"}},
    },
    {
        .methods = ROUTE_READS,
        .needs = NEEDS_ALL,
        .path = "/runs/{id}/events",
        .handle = handle_run_events,
        .parameters = client_parameters,
        .operation = "getRunEvents",
        .tag = "runs",
        .help = "how a run goes, as an event stream",
        .header = "Last-Event-ID",
        .answers = {{200, "RunEvents"}, {204, "NothingLeft"}, {404, "NoRun"}},
    },
    {
        .methods = ROUTE_READS,
        .needs = NEEDS_RUNS,
        .path = "/runs/{id}/trace",
        .handle = handle_run_trace,
        .parameters = client_parameters,
        .operation = "getRunTrace",
        .tag = "runs",
        .help = "the timelines of a run, for Perfetto",
        .answers = {{200, "Trace"}, {404, "NoTrace"}, {409, "NotNow"}},
    },
    {
        .methods = ROUTE_READS,
        .needs = NEEDS_RUNS,
        .path = "/compare",
        .handle = handle_compare,
        .parameters = compare_parameters,
        .operation = "compareRuns",
        .tag = "runs",
        .help = "two runs held against each other",
        .answers = {{200, "Comparison"}, {404, "NoRun"}, {406, "NotAcceptable"}},
    },
    {
        .methods = ROUTE_READS,
        .needs = NEEDS_ALL,
        .path = "/events",
        .handle = handle_board,
        .parameters = client_parameters,
        .operation = "watchBoard",
        .tag = "runs",
        .help = "the starts and ends of all runs, as an event stream",
        .header = "Last-Event-ID",
        .answers = {{200, "Board"}},
    },
    {
        .methods = METHOD_GET | METHOD_POST,
        .needs = NEEDS_ALL,
        .path = "/run/{experiment}",
        .handle = handle_run,
        .operation = "run",
        .tag = "experiments",
        .help = "runs it and answers when done",
        .header = "Prefer",
        .answers = {{200, "RunDone"}, {202, "RunAccepted"}, {403, "RunForbidden"}, {406, "NotAcceptable"},
            {429, "TooMany"}, {502, "RunFailed"}, {503, "Busy"}, {504, "RunLate"}},
    },
    {
        .methods = ROUTE_READS,
        .needs = NEEDS_HOST,
        .path = "/{file}",
        .shown = "/",
        .handle = handle_page,
        .has = page_has,
        .operation = "page",
        .tag = "page",
        .help = "the page: / and what belongs to it",
        .header = "If-None-Match",
        .answers = {{200, "Page"}, {304, "SamePage"}},
    },
};
const size_t n_routes = ARRAY_LENGTH(routes);

bool route_runs(const Route *route)
{
    return strstr(route->path, "{experiment}");
}

unsigned route_needs(const Route *route, Method method)
{
    return method & ROUTE_READS ? route->needs : route->needs | NEEDS_SAME_SITE;
}
