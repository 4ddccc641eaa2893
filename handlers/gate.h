/* The gate: what every request passes before its handler. It keeps three kinds of strangers out.
 *
 * Host: a page elsewhere can have its own name resolve to this machine (DNS rebinding) and is then, to a
 * browser, the same site as this server. So a request has to ask for an address, for localhost, or for a name
 * that the operator allows. An address cannot be rebound.
 *
 * Same site: any page can make a browser send a request here, by a form, an image or a link; it cannot read
 * the answer, but the run would start. Browsers tell such a request from one of the server's own page; curl
 * and the like send none of these headers and pass. Origins that are allowed by name (CORS) pass, too.
 *
 * Token: where the operator has set one, nothing that costs or tells something works without it. Some things
 * are the instructor's, who has another token; where the operator has set none, they are nobody's.
 *
 * A route says which of them it needs. */
#pragma once

#include "handlers/request.h"
#include "handlers/response.h"

/* From the settings server.hosts and so on; empty means none, NULL is not allowed. Lists are separated by
 * blanks and commas. */
typedef struct GateSettings {
    const char *hosts;        /* "lab.example.org *.school.example" */
    const char *cors_origins; /* "https://lab.example.org", or "*" for all */
    const char *token, *instructor_token;
} GateSettings;

/* What the client may do, as far as tokens tell. */
typedef enum GateRole {
    GATE_NOBODY,     /* a token is needed, and there is none */
    GATE_USER,       /* may run something and read the history */
    GATE_INSTRUCTOR, /* may also lead the class, and change the runs of others */
} GateRole;

enum {
    NEEDS_NOTHING = 0,
    NEEDS_HOST = 1 << 0,
    NEEDS_SAME_SITE = 1 << 1,
    NEEDS_TOKEN = 1 << 2,
    NEEDS_INSTRUCTOR = 1 << 3,
};

/* Returns NULL and sets *ret_role if the request may pass what it needs, or else the refusal: 400 for a Host
 * that is none, 421 for one that is not allowed, 403 for a foreign page, 401 without the right token, 403
 * without that of the instructor. */
Response *gate_check(
    const GateSettings *settings, const Request *request, unsigned needs, GateRole *ret_role);

typedef struct GateHeader {
    const char *name, *value;
} GateHeader;

enum { GATE_CORS_HEADERS = 3 };

/* Returns how many headers CORS adds to the answer of this request, refusals and errors too, and writes them;
 * the values live as long as the request. A preflight gets none here: its answer has them. Without
 * server.cors_origins there are none. */
size_t gate_cors_headers(
    const GateSettings *settings, const Request *request, GateHeader headers[static GATE_CORS_HEADERS]);

/* Adds to the answer to OPTIONS what a browser has to know beforehand, if the request is such a preflight
 * from an allowed origin. methods is the value of Allow. Returns the response; adds at most five headers. */
Response *gate_cors_preflight(
    const GateSettings *settings, const Request *request, Response *response, const char *methods);
