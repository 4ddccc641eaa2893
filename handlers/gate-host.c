/* Which host a request asks for, and whether that may be this server.
 *
 * The attack that this is about: a page at evil.example has its name point to 127.0.0.1 after it was
 * loaded. To the browser it is still evil.example, so its script may read what this server answers. But
 * the requests then ask for the host evil.example, and that gives it away. */
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "handlers/gate-check.h"

/* The host that this very request names; behind a proxy, what the proxy calls us. */
static const char *host_named(const Request *request)
{
    /* An absolute target makes Host meaningless (RFC 9112, 3.2.2). */
    return request->authority ? request->authority : request->header(request, "Host");
}

static int host_read(const char *text, Authority *ret)
{
    size_t length = text ? strlen(text) : 0;

    /* Blanks behind a value do not belong to it, and some versions of libmicrohttpd leave them there. */
    while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t'))
        length--;
    return text ? authority_parse(text, length, ret) : -ENOENT;
}

int gate_authority(const Request *request, Authority *ret, const char **ret_text)
{
    const char *text = *request->forwarded.host ? request->forwarded.host : host_named(request);

    if (ret_text)
        *ret_text = text;
    return host_read(text, ret);
}

static bool host_is_allowed(const GateSettings *settings, const Authority *asked)
{
    const char *at = settings->hosts, *pattern;
    size_t length;

    /* An address cannot be made to point elsewhere, and localhost is resolved by no foreign name server. */
    if (asked->kind != AUTHORITY_NAME || authority_is_localhost(asked))
        return true;
    while ((length = text_next_item(&at, &pattern)) > 0)
        if (authority_fits(asked, pattern, length))
            return true;
    return false;
}

static Response *host_malformed(const char *text)
{
    auto_problem Problem problem = {0};

    problem_set(&problem, 400, "Malformed host",
        "the request asks for the host \"" GATE_SHOWN
        "\", which is not a name or address, with :port if need be",
        text);
    return response_new_problem(&problem);
}

static Response *host_misdirected(const Authority *asked)
{
    auto_problem Problem problem = {0};

    problem_set(&problem, 421, "Not this server's name",
        "the request asks for the host \"%s\", which the setting server.hosts does not allow; if that is a "
        "name of "
        "this server, start it with --set server.hosts=%s, otherwise ask for its address",
        asked->host, asked->host);
    problem_extend(&problem, "setting", json_string("server.hosts"));
    problem_extend(&problem, "got", json_string(asked->host));
    return response_new_problem(&problem);
}

static Response *host_check(const GateSettings *settings, const char *text)
{
    Authority asked;
    int r = host_read(text, &asked);

    /* A browser always names the host: nobody who is rebound gets through here. */
    if (r == -ENOENT)
        return NULL;
    if (r < 0)
        return host_malformed(text);
    return host_is_allowed(settings, &asked) ? NULL : host_misdirected(&asked);
}

/* Behind a proxy both names have to be right. Most proxies pass on a header that they do not set themselves:
 * a rebound page could send X-Forwarded-Host: localhost to its own name, and only the Host header would give
 * it away. */
Response *gate_check_host(const GateSettings *settings, const Request *request)
{
    Response *refusal = host_check(settings, host_named(request));

    if (!refusal && *request->forwarded.host)
        refusal = host_check(settings, request->forwarded.host);
    return refusal;
}
