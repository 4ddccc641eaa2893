/* The client that asks: a random name that the page makes and keeps in a cookie, or that a script says with
 * client=; without one, it is its address. The name is also the proof that a run is one's own, so it is never
 * shown to anybody. */
#pragma once

#include "base/problem.h"
#include "handlers/request.h"

enum { CLIENT_MAX_NAME = 64 };

/* The cookie that the page keeps the name in. */
#define CLIENT_COOKIE "gilscope_client"

typedef struct Client {
    const char *address;              /* borrowed from the request */
    char name[CLIENT_MAX_NAME + 1];   /* "": none */
    char owner[CLIENT_MAX_NAME + 16]; /* "client:NAME" or "address:ADDRESS" */
} Client;

/* Finds out which client asks. given is the parameter client, or NULL; it goes before the cookie, because
 * somebody has written it on purpose. Returns 0 and fills in *ret, or -EINVAL with the problem extended
 * for a name of other characters than letters, digits, '-' and '_'. A cookie that is no such name is
 * passed over: nobody typed it. */
int client_identify(const Request *request, const char *given, Client *ret, Problem *problem);
