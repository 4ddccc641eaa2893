/* The order of the checks. Each of them is in a file of its own. */
#include "handlers/gate.h"

#include "handlers/gate-check.h"

/* The host first: while it is not known to be right, the other checks compare with a name of the attacker's
 * choice. The token last: a page that may not ask at all is not told whether its token is good. */
Response *gate_check(const GateSettings *settings, const Request *request, unsigned needs, GateRole *ret_role)
{
    Response *refusal = needs & NEEDS_HOST ? gate_check_host(settings, request) : NULL;

    if (!refusal && needs & NEEDS_SAME_SITE)
        refusal = gate_check_site(settings, request);
    if (refusal)
        return refusal;
    refusal = gate_check_token(settings, request, needs & NEEDS_TOKEN, ret_role);
    if (!refusal && needs & NEEDS_INSTRUCTOR && *ret_role != GATE_INSTRUCTOR)
        return gate_refuse_all_but_instructor(settings);
    return refusal;
}
