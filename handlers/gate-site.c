/* Whether a browser sends the request for a page that is not this server's. It says so in one of four
 * headers, newer and older ones, and not in all at once: Sec-Fetch-Site comes over TLS and to loopback only,
 * Origin not with an image or a link, Referer not if the page forbids it, and what an image may be is in
 * Accept even then. A plain link or script of a page that forbids Referer, to a server without TLS on another
 * machine, looks like curl. */
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "handlers/accept.h"
#include "handlers/forwarded.h"
#include "handlers/gate-check.h"

/* A header that tells, and what it says. */
typedef struct Sign {
    const char *header, *value;
} Sign;

/* Whether the URL, or with exact an origin, is one of the server that was asked. The scheme is left open: a
 * proxy may add TLS, and passes the host on. */
static bool site_is_own(const Request *request, const char *url, bool exact)
{
    Authority asked, foreign;
    int r;

    if (gate_authority(request, &asked, NULL) < 0)
        return false;
    r = exact ? authority_parse_origin(url, strlen(url), &foreign)
              : authority_parse_url(url, strlen(url), &foreign);
    if (r < 0)
        return false;
    return authority_equals(&asked, &foreign);
}

/* Returns what tells that the request comes from elsewhere; header is NULL if nothing does. An origin
 * that the operator allows goes before all other signs, as such a page has the other signs of a foreign
 * page, too. After that, one header that points elsewhere is enough. A page's script cannot forge Origin,
 * Referer or Sec-Fetch-Site. */
static Sign site_find_sign(const GateSettings *settings, const Request *request)
{
    Sign origin = {"Origin", request->header(request, "Origin")};
    Sign referer = {"Referer", request->header(request, "Referer")};
    Sign site = {"Sec-Fetch-Site", request->header(request, "Sec-Fetch-Site")};
    Sign accept = {"Accept", request->header(request, "Accept")};

    if (origin.value && gate_allows_origin(settings, origin.value))
        return (Sign){0};
    if (origin.value && !site_is_own(request, origin.value, true))
        return origin;
    if (referer.value && *referer.value && !site_is_own(request, referer.value, false))
        return referer;
    if (site.value && strcasecmp(site.value, "same-origin") != 0 && strcasecmp(site.value, "none") != 0)
        return site;
    if (request->method & (METHOD_GET | METHOD_HEAD) && accept_is_embedded(accept.value))
        return accept;
    return (Sign){0};
}

Response *gate_check_site(const GateSettings *settings, const Request *request)
{
    Sign sign = site_find_sign(settings, request);
    auto_problem Problem problem = {0};
    auto_free char *page = NULL, *base = NULL, *shown = NULL;
    Authority authority;

    if (!sign.header)
        return NULL;
    if (gate_authority(request, &authority, NULL) == 0) {
        base = forwarded_base(request);
        page = text_printf("%s/", base);
    }
    shown = text_printf(GATE_SHOWN, sign.value);
    problem_set(&problem, 403, "Not from this site",
        "a browser sends this for another site, to judge by %s: %s; open %s and run it there, or use curl",
        sign.header, shown, page ? page : "the page of this server");
    problem_extend(&problem, "header", json_string(sign.header));
    if (page)
        problem_extend(&problem, "page", json_string(page));
    return response_new_problem(&problem);
}
