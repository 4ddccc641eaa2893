/* Two hosts are compared to decide who may talk to the server and where fetch may go, so what is read here
 * must be read by nobody else in another way. Whatever is not plain is refused, not repaired: a user name
 * before an @, a percent-escape, a blank, a second colon. What is left is written in one form (lower case,
 * the short form of IPv6, no dot at the end), and comparing is comparing bytes. */
#include "base/authority.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "base/array.h"

enum { MAX_NAME = 253, MAX_LABEL = 63, MAX_PORT = 65535 };

static const struct {
    const char *scheme;
    int port;
} schemes[] = {
    {"http://", 80},
    {"https://", 443},
};

/* Writes the address in its one form; text is terminated. */
static bool take_address(int family, const char *text, Authority *into)
{
    unsigned char address[sizeof(struct in6_addr)];

    if (inet_pton(family, text, address) != 1)
        return false;
    inet_ntop(family, address, into->host, sizeof(into->host));
    into->kind = family == AF_INET ? AUTHORITY_IPV4 : AUTHORITY_IPV6;
    return true;
}

/* Labels of at most 63 characters with dots between them; one more dot at the end means the same name.
 * Underscores are not allowed in the name of a host, but names with them exist and are looked up all the
 * same. */
static bool take_name(const char *text, Authority *into)
{
    size_t length = strlen(text), in_label = 0;

    if (length > 0 && text[length - 1] == '.')
        length--;
    if (length == 0 || length > MAX_NAME)
        return false;
    for (size_t i = 0; i < length; i++) {
        unsigned char character = (unsigned char)text[i];

        if (character == '.' ? in_label == 0 : !isalnum(character) && character != '-' && character != '_')
            return false;
        in_label = character == '.' ? 0 : in_label + 1;
        if (in_label > MAX_LABEL)
            return false;
        into->host[i] = (char)tolower(character);
    }
    into->host[length] = '\0';
    into->kind = AUTHORITY_NAME;
    return in_label > 0;
}

/* The colon and what follows; a colon alone gives no port (RFC 3986, 3.2.3). The length is bounded before
 * the digits are read, so the sum cannot overflow, and "00080" is still port 80. */
static bool take_port(const char *text, size_t length, Authority *into)
{
    if (length == 0)
        return true;
    if (text[0] != ':' || length > 1 + strlen("65535"))
        return false;
    for (size_t i = 1; i < length; i++) {
        if (!isdigit((unsigned char)text[i]))
            return false;
        into->port = 10 * into->port + (text[i] - '0');
    }
    return length == 1 || (into->port >= 1 && into->port <= MAX_PORT);
}

int authority_parse(const char *text, size_t length, Authority *ret)
{
    Authority made = {0};
    char host[sizeof(made.host)];
    bool in_brackets = length > 0 && text[0] == '[';
    const char *end = memchr(text, in_brackets ? ']' : ':', length);
    size_t host_length = end ? (size_t)(end - text) : length;

    /* A NUL would end the copy early, and what is behind it would not have been judged. */
    if ((in_brackets && !end) || host_length >= sizeof(host) || memchr(text, '\0', length))
        return -EINVAL;
    memcpy(host, text, host_length);
    host[host_length] = '\0';
    /* Four numbers are tried as an address first: they would pass as a name, too, and then a rule for
     * addresses would not see them. Brackets hold nothing but IPv6, so a name in brackets is refused. */
    if (in_brackets ? !take_address(AF_INET6, host + 1, &made)
                    : !take_address(AF_INET, host, &made) && !take_name(host, &made))
        return -EINVAL;
    host_length += in_brackets;
    if (!take_port(text + host_length, length - host_length, &made))
        return -EINVAL;
    *ret = made;
    return 0;
}

/* The authority ends at the first slash, question mark or hash sign, as RFC 3986 has it. A backslash does
 * not end it: browsers take it for a slash and other programs do not, so it stays in the host, where
 * authority_parse() refuses it. */
int authority_parse_url(const char *url, size_t length, Authority *ret)
{
    for (size_t i = 0; i < ARRAY_LENGTH(schemes); i++) {
        size_t before = strlen(schemes[i].scheme), end = before;

        if (length < before || strncasecmp(url, schemes[i].scheme, before) != 0)
            continue;
        /* strchr() would also find the NUL behind the three: then a NUL byte would end the authority, and the
         * name before it would be taken although it is not the whole. */
        while (end < length && !memchr("/?#", url[end], strlen("/?#")))
            end++;
        if (authority_parse(url + before, end - before, ret) < 0)
            return -EINVAL;
        ret->default_port = schemes[i].port;
        return (int)end;
    }
    return -EINVAL;
}

/* An origin has no path, not even "/": if anything is left behind the authority, it is not an origin. */
int authority_parse_origin(const char *origin, size_t length, Authority *ret)
{
    Authority made;
    int end = authority_parse_url(origin, length, &made);

    if (end < 0 || (size_t)end < length)
        return -EINVAL;
    *ret = made;
    return 0;
}

/* "example.org" in a Host header and "https://example.org" in an Origin mean the same port, although only one
 * of them says which: the side that has no scheme borrows that of the other. */
static int authority_port(const Authority *authority, const Authority *other)
{
    if (authority->port > 0)
        return authority->port;
    return authority->default_port > 0 ? authority->default_port : other->default_port;
}

/* The kind need not be compared: each form of host looks different, and only IPv6 has colons. */
bool authority_equals(const Authority *one, const Authority *other)
{
    return strcmp(one->host, other->host) == 0 && authority_port(one, other) == authority_port(other, one);
}

bool authority_is_localhost(const Authority *authority)
{
    return authority_fits(authority, "localhost", strlen("localhost")) ||
           authority_fits(authority, "*.localhost", strlen("*.localhost"));
}

bool authority_fits(const Authority *authority, const char *pattern, size_t length)
{
    size_t host_length = strlen(authority->host);
    const char *host = authority->host;

    if (authority->kind != AUTHORITY_NAME)
        return false;
    if (length > 2 && strncmp(pattern, "*.", 2) == 0) {
        /* The dot stays in the pattern, so that "*.example.org" does not fit "badexample.org". */
        pattern++;
        length--;
        if (host_length <= length)
            return false;
        host += host_length - length;
        host_length = length;
    }
    return host_length == length && strncasecmp(host, pattern, length) == 0;
}
