/* Nothing is remembered here between two requests: there is no list of secrets that were given out, which
 * would have to be kept, limited and lost with the server. A secret is right if its hash is that of the run's
 * owner, and one that was never given out owns nothing, because no run has its hash. */
#include "handlers/client.h"

#include <assert.h>
#include <errno.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "runs/ask.h"

enum {
    YEAR_S = 365 * 24 * 3600,
    SECRET_BYTES = 16, /* nobody guesses 128 bits */
    HASH_BYTES = 32,   /* SHA-256 */
};

/* Letters that need no escape anywhere: names and secrets stand in cookies, in headers and in queries. */
static bool client_is_word(const char *text, size_t length, size_t min, size_t max)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

    return length >= min && length <= max && strspn(text, allowed) >= length;
}

static bool client_is_name(const char *text, size_t length)
{
    return client_is_word(text, length, 1, CLIENT_MAX_NAME);
}

static bool client_is_secret(const char *text, size_t length)
{
    return client_is_word(text, length, CLIENT_MIN_SECRET, CLIENT_MAX_SECRET);
}

/* Finds our cookie in a header such as "a=1; gilscope_client=abc" (RFC 6265) and returns its value, which
 * ends after *ret_length bytes; NULL if there is none. A cookie is only compared where a name begins: one
 * called "my_gilscope_client" is another one. */
static const char *client_find_cookie(const Request *request, const char *name, size_t *ret_length)
{
    const char *cookies = request->header(request, "Cookie");
    size_t length = strlen(name);

    while (cookies && *cookies) {
        cookies += strspn(cookies, "; \t");
        if (strncmp(cookies, name, length) == 0 && cookies[length] == '=') {
            cookies += length + 1;
            *ret_length = strcspn(cookies, "; \t");
            return cookies;
        }
        cookies += strcspn(cookies, ";");
    }
    return NULL;
}

static void client_write_hex(const unsigned char *bytes, size_t n, char *text)
{
    const gnutls_datum_t datum = {(unsigned char *)bytes, (unsigned)n};
    size_t size = 2 * n + 1;
    int r = gnutls_hex_encode(&datum, text, &size);

    assert(r == 0);
}

/* The archive has the hash alone: its file, or a copy of it, gives nobody the right to change a run. */
static void client_set_owner(Client *client, const char *secret, size_t length)
{
    /* Servers before this one kept "client:NAME" and "address:ADDRESS". With a kind in front no hash can be
     * taken for one of those, nor the other way round: what they kept belongs to nobody but the instructor.
     */
    static const char kind[] = ASK_HASH;
    unsigned char hash[HASH_BYTES];
    int r = gnutls_hash_fast(GNUTLS_DIG_SHA256, secret, length, hash);

    assert(r == 0);
    static_assert(sizeof(client->owner) >= sizeof(kind) + 2 * HASH_BYTES, "a hash fits");
    strcpy(client->owner, kind);
    client_write_hex(hash, HASH_BYTES, client->owner + strlen(kind));
}

static int client_identify_name(const Request *request, const char *given, Client *client, Problem *problem)
{
    size_t length = given ? strlen(given) : 0;
    const char *name = given;

    if (given && !client_is_name(given, length)) {
        problem_add(problem, "client", json_string(given), json_pack("{s:i}", "max_length", CLIENT_MAX_NAME),
            "must be 1 to %d letters, digits, '-' and '_'", CLIENT_MAX_NAME);
        return -EINVAL;
    }
    if (!given)
        name = client_find_cookie(request, CLIENT_COOKIE, &length);
    if (name && client_is_name(name, length))
        memcpy(client->name, name, length);
    return 0;
}

/* The header goes first, as a script has written it on purpose. What was given is not repeated: it may be a
 * secret but for one letter. */
static int client_identify_owner(const Request *request, Client *client, Problem *problem)
{
    const char *secret = request->header(request, CLIENT_OWNER_HEADER);
    size_t length = secret ? strcspn(secret, " \t") : 0;

    if (secret &&
        (!client_is_secret(secret, length) || secret[length + strspn(secret + length, " \t")] != '\0')) {
        problem_add(problem, CLIENT_OWNER_HEADER, NULL, NULL,
            "must be what an answer had in this header, or a secret of your own of %d to %d letters, digits, "
            "'-' and '_'",
            CLIENT_MIN_SECRET, CLIENT_MAX_SECRET);
        return -EINVAL;
    }
    if (!secret)
        secret = client_find_cookie(request, CLIENT_OWNER_COOKIE, &length);
    if (secret && client_is_secret(secret, length))
        client_set_owner(client, secret, length);
    return 0;
}

int client_identify(const Request *request, const char *given, Client *ret, Problem *problem)
{
    int r;

    *ret = (Client){.address = request->forwarded.client};
    r = client_identify_name(request, given, ret, problem);
    return client_identify_owner(request, ret, problem) < 0 ? -EINVAL : r;
}

void client_make_owner(Client *client)
{
    unsigned char bytes[SECRET_BYTES];

    if (*client->owner)
        return;
    /* So few bytes come whole and at once, but for the first moments after the start of the machine. */
    if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
        assert(!"the kernel has random bytes");
    client_write_hex(bytes, sizeof(bytes), client->new_secret);
    client_set_owner(client, client->new_secret, strlen(client->new_secret));
}

/* Lax, not Strict: a browser that follows a link from elsewhere would not send a strict cookie, and would get
 * a new one in its place; its runs so far would be nobody's. Writing needs the same site in any case. No
 * script has to read it, so none can. */
static void client_set_cookie(Request *request, const Client *client)
{
    char value[sizeof(request->answer_headers[0].value)];
    int length = snprintf(value, sizeof(value), "%s=%s; Path=%s/; Max-Age=%d; HttpOnly; SameSite=Lax%s",
        CLIENT_OWNER_COOKIE, client->new_secret, request->forwarded.prefix, YEAR_S,
        request->forwarded.https ? "; Secure" : "");

    assert(length > 0 && (size_t)length < sizeof(value));
    request_add_header(request, "Set-Cookie", value);
}

/* What has a cookie, or says like a browser from where it asks, keeps cookies; to others one would be noise.
 */
void client_tell_owner(Request *request, const Client *client)
{
    if (!*client->new_secret)
        return;
    request_add_header(request, CLIENT_OWNER_HEADER, client->new_secret);
    if (request->header(request, "Cookie") || request->header(request, "Sec-Fetch-Site"))
        client_set_cookie(request, client);
}

/* The page is the same for all but for this: so that no cache on the way gives the secret of one browser to
 * the next, the answer is private. */
void client_greet_browser(Request *request)
{
    Client client = {0};
    size_t length = 0;
    const char *secret = client_find_cookie(request, CLIENT_OWNER_COOKIE, &length);

    if (secret && client_is_secret(secret, length))
        return;
    client_make_owner(&client);
    client_set_cookie(request, &client);
    request_add_header(request, "Cache-Control", "private");
}
