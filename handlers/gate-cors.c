/* Pages of other origins that may use the server (CORS, in the Fetch standard). There are no cookies here, so
 * an origin is let in by name and credentials are not: a page sends its token itself. */
#include <string.h>

#include "base/text.h"
#include "handlers/gate-check.h"

#define EXPOSED "Location, Retry-After, X-Request-ID, Server-Timing, Preference-Applied, Gilscope-Owner"
#define REQUEST_HEADERS                                                                                      \
    "Authorization, Content-Type, Accept, Last-Event-ID, Prefer, X-Request-ID, Gilscope-Owner"

enum { MAX_AGE_S = 600 };

bool gate_allows_origin(const GateSettings *settings, const char *origin)
{
    const char *at = settings->cors_origins, *item;
    Authority given, allowed;
    bool is_origin = authority_parse_origin(origin, strlen(origin), &given) == 0;
    size_t length;

    while ((length = text_next_item(&at, &item)) > 0) {
        if (length == 1 && *item == '*')
            return true;
        /* The scheme counts too, by its default port: a page that came without TLS could be anybody's on
         * the way. */
        if (is_origin && authority_parse_origin(item, length, &allowed) == 0 &&
            allowed.default_port == given.default_port && authority_equals(&allowed, &given))
            return true;
    }
    return false;
}

static const char *cors_origin_of(const GateSettings *settings, const Request *request)
{
    const char *origin = *settings->cors_origins ? request->header(request, "Origin") : NULL;

    return origin && gate_allows_origin(settings, origin) ? origin : NULL;
}

/* With such a request a browser asks whether it may send another one, before it does so. */
static bool cors_is_preflight(const Request *request)
{
    return request->method == METHOD_OPTIONS && request->header(request, "Access-Control-Request-Method");
}

size_t gate_cors_headers(
    const GateSettings *settings, const Request *request, GateHeader headers[static GATE_CORS_HEADERS])
{
    const char *origin = cors_origin_of(settings, request);
    size_t n = 0;

    if (!*settings->cors_origins || cors_is_preflight(request))
        return 0;
    /* Also without an Origin: what a cache keeps of this answer does not fit a request that has one. */
    headers[n++] = (GateHeader){"Vary", "Origin"};
    if (origin) {
        headers[n++] = (GateHeader){"Access-Control-Allow-Origin", origin};
        headers[n++] = (GateHeader){"Access-Control-Expose-Headers", EXPOSED};
    }
    return n;
}

Response *gate_cors_preflight(
    const GateSettings *settings, const Request *request, Response *response, const char *methods)
{
    const char *origin = cors_is_preflight(request) ? cors_origin_of(settings, request) : NULL;

    if (!origin)
        return response;
    response_add_header(response, "Vary", "Origin");
    response_add_header(response, "Access-Control-Allow-Origin", "%s", origin);
    response_add_header(response, "Access-Control-Allow-Methods", "%s", methods);
    response_add_header(response, "Access-Control-Allow-Headers", REQUEST_HEADERS);
    return response_add_header(response, "Access-Control-Max-Age", "%d", MAX_AGE_S);
}
