/* Inside the gate: its single checks. Others include handlers/gate.h.
 *
 *     gate-host.c    is the name that was asked for one of ours?
 *     gate-site.c    does another site's page make the request?
 *     gate-token.c   who asks?
 *     gate-cors.c    what other sites' pages may know and do */
#pragma once

#include <stdbool.h>

#include "base/authority.h"
#include "handlers/gate.h"

/* What a header of the request says, as a refusal may show it: not more than this. */
#define GATE_SHOWN "%.200s"

/* Sets *ret to the host that the client asks for: what a trusted proxy says of it, or else that of an
 * absolute target, or else the Host header. Returns 0; -ENOENT if there is none, as in HTTP/1.0; or -EINVAL.
 * *ret_text, unless NULL, is set to how it was written, also if that is wrong. */
int gate_authority(const Request *request, Authority *ret, const char **ret_text);

/* Whether the value of an Origin header is one that server.cors_origins allows. */
bool gate_allows_origin(const GateSettings *settings, const char *origin);

/* Each returns the refusal, or NULL. */
Response *gate_check_host(const GateSettings *settings, const Request *request);
Response *gate_check_site(const GateSettings *settings, const Request *request);
Response *gate_check_token(
    const GateSettings *settings, const Request *request, bool needed, GateRole *ret_role);

/* Returns the refusal of those who are not the instructor; if there can be none, it names the setting. */
Response *gate_refuse_all_but_instructor(const GateSettings *settings);
