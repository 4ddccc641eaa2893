/* Asking the server: with libcurl as any client would, and with bytes on a socket where no client would. */
#pragma once

#include <jansson.h>
#include <stddef.h>

#include "tests/api/api-server.h"

/* Everything is owned; api_answer_finish() frees it. */
typedef struct ApiAnswer {
    long status;
    char *body, *headers; /* both end in NUL; headers as they came */
    size_t length;
    json_t *json; /* the body, if it is JSON; else NULL */
} ApiAnswer;

void api_answer_finish(ApiAnswer *answer);
#define auto_answer __attribute__((cleanup(api_answer_finish)))

/* Returns the value of a header line, owned by the caller, or NULL. */
char *api_answer_header(const ApiAnswer *answer, const char *name);

typedef struct ApiAsk {
    const char *method; /* NULL: GET, or POST with a body */
    const char *path;   /* with its query */
    const char *header; /* one header line, or NULL */
    const char *also;   /* one more, or NULL */
    const char *body;   /* or NULL */
    const char *from;   /* the client's own address, as 127.0.0.2; or NULL */
    size_t length;      /* of the body; 0: it is a string */
    void *connection;   /* of api_connection_new(), to ask over the same one again; or NULL */
} ApiAsk;

/* Asks and waits for the answer. Asserts that there is one. */
ApiAnswer api_ask(const ApiServer *server, ApiAsk ask);
ApiAnswer api_get(const ApiServer *server, const char *path);

/* Gets a run whose time limit must not be over before it has come to some point. How long that takes depends on
 * what else the machine does, so that it is asked again with three times the limit, from timeout_ms on, until
 * came_so_far says so, or API_PATIENCE_S is over. The path has a query. Leaves the last limit in *timeout_ms. */
ApiAnswer api_get_cut_short(
    const ApiServer *server, const char *path, int *timeout_ms, bool (*came_so_far)(const ApiAnswer *answer));

void *api_connection_new(void);
void api_connection_free(void *connection);

/* Connects. Returns the socket, on which nobody waits longer than API_PATIENCE_S. */
int api_connect(const ApiServer *server);

/* The same, where only so many bytes may be under way to the client; 0: as usual. */
int api_connect_small(const ApiServer *server, int room);

/* Connects and sends these bytes. Returns the socket. */
int api_send(const ApiServer *server, const char *bytes);

/* Sends "GET path" and asks for the connection to be closed behind the answer. */
int api_send_get(const ApiServer *server, const char *path);

/* Reads until the server closes the connection, at most API_PATIENCE_S. Returns what came, owned by the
 * caller, and closes the socket. */
char *api_receive(int fd);

/* The same, of an answer with JSON as its body; returns that, owned by the caller. */
json_t *api_receive_json(int fd);
