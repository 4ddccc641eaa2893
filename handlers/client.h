/* The client that asks: which places in the line it takes, and which runs are its own. These are two things.
 *
 * The line goes by its address and by a name: a random one that the page keeps in a cookie, or one that a
 * script says with client=, or none. Names are said by the clients themselves, stand in URLs, and prove
 * nothing.
 *
 * A run belongs to the one that knows its owner secret. A client sends its secret in a header or a cookie.
 * One that has none and asks for a run gets a new one with the answer:
 *
 *     Gilscope-Owner: 1f0c...            for scripts, which send it back as it is
 *     Set-Cookie: gilscope_owner=1f0c... for browsers
 *
 * The server keeps only a hash of it, with the run, and remembers nothing else: any text that is long enough
 * is a secret, so a script may also choose its own. An address proves nothing, as a whole room may have it.
 */
#pragma once

#include "base/problem.h"
#include "handlers/request.h"

enum {
    CLIENT_MAX_NAME = 64,
    CLIENT_MIN_SECRET = 16,
    CLIENT_MAX_SECRET = 64,
};

/* The cookie that the page keeps the name in, and that in which a browser keeps the secret. */
#define CLIENT_COOKIE "gilscope_client"
#define CLIENT_OWNER_COOKIE "gilscope_owner"
#define CLIENT_OWNER_HEADER "Gilscope-Owner"

typedef struct Client {
    const char *address;            /* borrowed from the request */
    char name[CLIENT_MAX_NAME + 1]; /* "": none */
    char owner[80];                 /* a hash of its secret, which its runs are kept with; "": no secret */
    char new_secret[CLIENT_MAX_SECRET + 1]; /* made for it and not told yet; "": none */
} Client;

/* Finds out which client asks. given is the parameter client, or NULL; it goes before the cookie, because
 * somebody has written it on purpose. Returns 0 and fills in *ret, or -EINVAL with the problem extended for a
 * name of other characters than letters, digits, '-' and '_', and for a header that is no secret. A cookie
 * that is none is passed over: nobody typed it. */
int client_identify(const Request *request, const char *given, Client *ret, Problem *problem);

/* Makes a secret for a client that has none. */
void client_make_owner(Client *client);

/* Tells a client its new secret, if it has one, by headers of the answer. */
void client_tell_owner(Request *request, const Client *client);

/* The same for the page, before the browser asks for a run: two runs that it asks for at once have one owner.
 */
void client_greet_browser(Request *request);
