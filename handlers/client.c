/* Letters that need no escape anywhere: the name stands in cookies, in queries, and in the archive as an
 * owner.
 *
 * Whoever knows the name may change the runs of that client, as with a password. A run without a name
 * belongs to an address, which many may share behind one router; that is weaker, and enough for curl on
 * one's own machine. */
#include "handlers/client.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static bool is_client_name(const char *text, size_t length)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

    return length >= 1 && length <= CLIENT_MAX_NAME && strspn(text, allowed) >= length;
}

/* Finds our cookie in a header such as "a=1; gilscope_client=abc" (RFC 6265) and returns its value, which
 * ends after *ret_length bytes; NULL if there is none. A cookie is only compared where a name begins: one
 * called "my_gilscope_client" is another one. */
static const char *find_cookie(const char *cookies, size_t *ret_length)
{
    static const char name[] = CLIENT_COOKIE "=";

    while (cookies && *cookies) {
        cookies += strspn(cookies, "; \t");
        if (strncmp(cookies, name, sizeof(name) - 1) == 0) {
            cookies += sizeof(name) - 1;
            *ret_length = strcspn(cookies, "; \t");
            return cookies;
        }
        cookies += strcspn(cookies, ";");
    }
    return NULL;
}

int client_identify(const Request *request, const char *given, Client *ret, Problem *problem)
{
    size_t length = given ? strlen(given) : 0;
    const char *name = given;

    *ret = (Client){.address = request->forwarded.client};
    if (given && !is_client_name(given, length)) {
        problem_add(problem, "client", json_string(given), json_pack("{s:i}", "max_length", CLIENT_MAX_NAME),
            "must be 1 to %d letters, digits, '-' and '_'", CLIENT_MAX_NAME);
        return -EINVAL;
    }
    if (!given)
        name = find_cookie(request->header(request, "Cookie"), &length);
    /* The owner has its kind in front: a client that calls itself "127.0.0.1" does not become that
     * address. */
    if (name && is_client_name(name, length)) {
        memcpy(ret->name, name, length);
        snprintf(ret->owner, sizeof(ret->owner), "client:%s", ret->name);
    } else {
        snprintf(ret->owner, sizeof(ret->owner), "address:%s", request->forwarded.client);
    }
    return 0;
}
