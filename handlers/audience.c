/* There are as many addresses here as clients that watch, at most; so a list of them is short enough. */
#include "handlers/audience.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "handlers/answer-run.h"

/* Those who watch leave when they like; a client may as well try again soon. */
enum { RETRY_AFTER_S = 5 };

typedef struct AudienceAddress {
    LIST_ENTRY(AudienceAddress) link;
    char text[ADDRESS_TEXT_SIZE];
    int64_t n; /* who watch from there; never 0 */
} AudienceAddress;

static AudienceAddress *audience_find(const Audience *audience, const char *text)
{
    AudienceAddress *address;

    LIST_FOREACH (address, &audience->addresses, link)
        if (strcmp(address->text, text) == 0)
            return address;
    return NULL;
}

static AudienceAddress *audience_add(Audience *audience, const char *text)
{
    AudienceAddress *address = calloc(1, sizeof(*address));

    assert(address);
    memcpy(address->text, text, strlen(text) + 1);
    LIST_INSERT_HEAD(&audience->addresses, address, link);
    return address;
}

static Response *audience_refuse(Problem *problem)
{
    problem_extend(problem, "retry_after_s", json_integer(RETRY_AFTER_S));
    return answer_problem(problem);
}

Response *audience_enter(Audience *audience, Request *request)
{
    const char *client = request->forwarded.client;
    AudienceAddress *address = audience_find(audience, client);
    auto_problem Problem problem = {0};

    if (request->watches)
        return NULL;
    if (audience->n >= audience->max) {
        problem_set(&problem, 503, "Too many who watch",
            "no more than %lld clients may watch or wait for a run at once (limits.max_watchers); try again "
            "when one of them has left, or ask with Prefer: respond-async",
            (long long)audience->max);
        return audience_refuse(&problem);
    }
    if (address && address->n >= audience->max_address) {
        problem_set(&problem, 429, "Too many who watch from this address",
            "no more than %lld of %s may watch or wait for a run at once (limits.max_watchers_address); try "
            "again when one of them has left, or ask with Prefer: respond-async",
            (long long)audience->max_address, client);
        return audience_refuse(&problem);
    }
    if (!address)
        address = audience_add(audience, client);
    address->n++;
    audience->n++;
    request->watches = true;
    return NULL;
}

void audience_leave(Audience *audience, const Request *request)
{
    AudienceAddress *address;

    if (!request->watches)
        return;
    address = audience_find(audience, request->forwarded.client);
    audience->n--;
    if (--address->n > 0)
        return;
    LIST_REMOVE(address, link);
    free(address);
}
