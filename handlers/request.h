/* A request as the handlers see it: plain data and three functions, whatever HTTP library brought it. The
 * server fills it in, routes_dispatch() splits the target, a handler reads it and returns a Response.
 *
 * A handler that cannot answer at once (a run takes its time) returns NULL, keeps the pointer, and calls
 * request->answer() later, from the loop, exactly once; unless request->gone() was called before: then the
 * client has left, nobody may touch the request any more, and the work for it should end.
 *
 * The pointer is valid until the answer was given or gone() was called. Everything in it belongs to the
 * request, and is read and written in the loop's thread only. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/address.h"
#include "base/nsec.h"

typedef struct Response Response;

/* Headers that the answer to this request has, whatever Response it is: a constant one cannot tell one
 * request from another. */
enum { REQUEST_MAX_HEADERS = 8 };

typedef struct RequestHeader {
    const char *name; /* static; NULL: none */
    char value[320];
} RequestHeader;

/* The most characters of a path that the server may be found below; longer ones are passed over. */
enum { FORWARDED_MAX_PREFIX = 128 };

/* The client as it is seen in front of all trusted proxies; see handlers/forwarded.h. */
typedef struct Forwarded {
    char client[ADDRESS_TEXT_SIZE]; /* its address; without a trusted proxy, that of the peer */
    bool said;                      /* a trusted proxy has said something of what follows */
    bool https;                     /* the client has asked by https */
    char host[264]; /* host[:port] as the client has asked for it, not checked; "": not said */
    char prefix[FORWARDED_MAX_PREFIX + 1]; /* "/lab"; "": the server is found at the root */
} Forwarded;

/* A set of bits, so that a route can name several. */
typedef enum Method {
    METHOD_GET = 1 << 0,
    METHOD_HEAD = 1 << 1,
    METHOD_POST = 1 << 2,
    METHOD_OPTIONS = 1 << 3,
    METHOD_PUT = 1 << 4,
    METHOD_PATCH = 1 << 5,
    METHOD_DELETE = 1 << 6,
    METHOD_OTHER = 1 << 7, /* any name we do not know */
} Method;

typedef struct Request Request;
struct Request {
    Method method;
    char *target;        /* as it came: "/run/countdown?n=1e6"; split and decoded in place */
    char *path;          /* decoded; begins with '/', or is "*" */
    char *authority;     /* of a target that is a whole URL: "localhost:8080"; else NULL */
    const char *query;   /* behind the '?', still encoded; "" if there is none */
    char parameter[128]; /* what stands for {name} in the route's path */
    const char *body;    /* not terminated; NULL if empty */
    size_t body_length;
    const char *peer;    /* the address at the other end of the connection, "192.0.2.1"; perhaps a proxy's */
    Forwarded forwarded; /* the client itself; see handlers/forwarded.h */
    char id[72];         /* of this request: the client's own (X-Request-ID) or a new one */
    nsec_t began;        /* when its header was here */

    RequestHeader answer_headers[REQUEST_MAX_HEADERS];

    /* For the log and the metrics, set by the dispatcher and by handlers. */
    const char *route; /* its path with {name}; NULL: none */
    char run[32];      /* the id of the run that it is about; "": none */

    bool watches;                            /* has a place in the audience, see handlers/audience.h */
    bool instructor;                         /* asks, by its token; set by routes_dispatch() */
    const struct RouteParameter *parameters; /* those that its route takes; set by routes_dispatch() */

    /* Returns the first header line of that name, or NULL; valid until the request is answered. */
    const char *(*header)(const Request *request, const char *name);
    /* Returns all header lines of that name as one list, "a, b" (RFC 9110, 5.3), owned by the caller; NULL if
     * there is none. */
    char *(*header_list)(const Request *request, const char *name);
    /* Answers a request whose handler returned NULL; takes the response over. */
    void (*answer)(Request *request, Response *response);

    /* Set by a handler before it returns NULL. */
    void (*gone)(Request *request); /* the client has left */
    void *data;                     /* the handler's own */
};

/* Adds a header to the answer; name is static. A value that is too long is cut, one too many is left out. */
void request_add_header(Request *request, const char *name, const char *value);

/* Returns the method of a name as it stands in a request line, upper and lower case told apart;
 * METHOD_OTHER for any other. */
Method method_from_name(const char *name);

/* Returns the name of exactly one method. */
const char *method_name(Method method);

/* Splits the target into authority, path and query and decodes the path, all in place: the members point
 * into the target. Returns 0; or -EINVAL if the path has a bad percent-escape, a NUL byte, or does not
 * begin with a slash, and then path may be NULL. */
int request_split_target(Request *request);
