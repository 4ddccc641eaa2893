/* Where fetch may go. The first line is the operator's list, the second a URL. What we read in the URL must
 * be what libcurl reads, who dials it; the plan and the guard must judge it alike; and no list that has
 * neither an address nor localhost opens the way to this machine or its network. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "engine/egress.h"
#include "plan/allow.h"
#include "plan/url.h"
#include "tests/fuzz/fuzz.h"

/* Takes the brackets of an IPv6 address off. */
static void strip_brackets(char *host)
{
    size_t length = strlen(host);

    if (length > 2 && host[0] == '[' && host[length - 1] == ']') {
        memmove(host, host + 1, length - 2);
        host[length - 2] = '\0';
    }
}

/* Whether both mean the same place. libcurl writes numbers as addresses. */
static bool same_host(const UrlTarget *target, char *host)
{
    Address address;

    strip_brackets(host);
    if (target->is_address)
        return address_parse_loosely(host, &address) && address_equals(&address, &target->address);
    return strcasecmp(host, target->host) == 0;
}

/* What libcurl refuses goes nowhere. */
static void check_curl(const char *url, const UrlTarget *target)
{
    CURLU *parsed = curl_url();
    char *host = NULL, *port = NULL;
    bool same = true;

    if (curl_url_set(parsed, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK) {
        same = curl_url_get(parsed, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
               curl_url_get(parsed, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK &&
               same_host(target, host) && atoi(port) == target->port;
    }
    if (!same)
        fprintf(stderr, "read %s:%d, libcurl %s:%s\n", target->host, target->port, host, port);
    assert(same);
    curl_free(host);
    curl_free(port);
    curl_url_cleanup(parsed);
}

static bool is_inside(const Address *address)
{
    static const char networks[] = "127.0.0.0/8 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 169.254.0.0/16 "
                                   "100.64.0.0/10 0.0.0.0/8 ::/127 fc00::/7 fe80::/10";

    return address_is_among(address, networks);
}

/* Whether there is nothing in the list that could be an address (:: is one without a digit), or the name of this
 * machine. */
static bool has_names_only(const char *patterns)
{
    return !strpbrk(patterns, "0123456789[]") && !strstr(patterns, "::") && !strcasestr(patterns, "localhost");
}

static void check_address(const char *patterns, const char *url, const UrlTarget *target, bool url_passes)
{
    static Cell cell;
    char reason[ARENA_REASON_SIZE] = "";
    bool inside = is_inside(&target->address), passes;
    Egress egress;

    cell.allow = patterns;
    passes = egress_to_url(&cell, url, &egress, reason) == 0;
    if (passes)
        egress_finish(&egress);
    assert(passes == url_passes);
    assert(passes || reason[0]);
    if (inside && has_names_only(patterns))
        assert(!passes);
}

static void check_name(const char *patterns, const UrlTarget *target, bool url_passes)
{
    bool allowed = allow_host(patterns, target->host, target->port);

    assert(allowed == url_passes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    auto_free char *patterns = fuzz_line(&data, &size), *url = fuzz_line(&data, &size);
    auto_free char *refusal = url_refusal(url, patterns), *never = url_refusal(url, "");
    UrlTarget target;
    const char *complaint = url_read(url, &target);

    assert(never);
    if (complaint) {
        assert(refusal);
        return 0;
    }
    assert(target.port >= 1 && target.port <= 65535 && target.host[0]);
    check_curl(url, &target);
    /* A name is not looked up here, or the network would decide. */
    if (target.is_address)
        check_address(patterns, url, &target, !refusal);
    else
        check_name(patterns, &target, !refusal);
    return 0;
}
