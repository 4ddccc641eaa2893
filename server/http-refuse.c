/* Requests that are refused before anybody looks at what they ask for. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/problem.h"
#include "server/http-exchange.h"

enum {
    MAX_TARGET = 8192,
    MAX_HEADER = 16384,
};

static Response *problem_response(int status, const char *title, const char *detail)
{
    auto_problem Problem problem = {0};

    problem_set(&problem, status, title, "%s", detail);
    return response_new_problem(&problem);
}

Response *refuse_body(int64_t max_body_bytes)
{
    auto_problem Problem problem = {0};

    problem_set(&problem, 413, "Body too large", "at most %lld bytes are allowed", (long long)max_body_bytes);
    problem_extend(&problem, "max_bytes", json_integer(max_body_bytes));
    return response_new_problem(&problem);
}

/* What the header says about the body, counted: two opinions about its length are how requests are smuggled
 * past a proxy (RFC 9112, 6.3). */
typedef struct Framing {
    int n_lengths, n_encodings, n_hosts;
    bool chunked, waits; /* waits: for "100 Continue", so nothing was sent yet */
    uint64_t length;
} Framing;

static bool is(const char *text, size_t length, const char *name)
{
    return length == strlen(name) && strncasecmp(text, name, length) == 0;
}

static enum MHD_Result on_header(void *data, enum MHD_ValueKind kind, const char *name, size_t name_length,
    const char *value, size_t value_length)
{
    Framing *framing = data;

    (void)kind;
    if (is(name, name_length, "Content-Length")) {
        framing->n_lengths++;
        framing->length = strtoull(value, NULL, 10);
    } else if (is(name, name_length, "Transfer-Encoding")) {
        framing->n_encodings++;
        framing->chunked = is(value, value_length, "chunked");
    } else if (is(name, name_length, "Host")) {
        framing->n_hosts++;
    } else if (is(name, name_length, "Expect")) {
        framing->waits = true;
    }
    return MHD_YES;
}

/* libmicrohttpd splits the request line at its first and last space. */
static bool is_clean(const char *target)
{
    for (; *target; target++)
        if ((unsigned char)*target <= ' ' || *target == 0x7f)
            return false;
    return true;
}

/* libmicrohttpd before version 1 takes a NUL in the request line for the end of the target and drops the
 * rest. The version stands behind the target in the same buffer, so a gap between the two gives it away. */
static bool is_cut(const Exchange *exchange, const char *version)
{
#if MHD_VERSION < 0x01000000
    return exchange->target_start + strlen(exchange->request.target) + 1 != version;
#else
    (void)exchange;
    (void)version;
    return false;
#endif
}

static Response *find_fault(const Exchange *exchange, const char *version)
{
    struct MHD_Connection *connection = exchange->connection;
    const char *target = exchange->request.target;
    int64_t max_body_bytes = exchange->http->settings.max_body_bytes;
    const union MHD_ConnectionInfo *header =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    uint64_t most = (uint64_t)max_body_bytes;
    Framing framing = {0};

    MHD_get_connection_values_n(connection, MHD_HEADER_KIND, on_header, &framing);
    if (strlen(target) > MAX_TARGET)
        return problem_response(414, "URL too long", "at most 8192 bytes are allowed");
    if (header && header->header_size > MAX_HEADER)
        return problem_response(431, "Header too large", "at most 16384 bytes are allowed");
    if (is_cut(exchange, version) || !is_clean(target))
        return problem_response(400, "Bad request", "the path has a blank or a control character");
    if (framing.n_hosts != 1 && strcmp(version, "HTTP/1.0") != 0)
        return problem_response(400, "Bad request", "there must be one Host");
    if (framing.n_lengths > 1)
        return problem_response(400, "Bad request", "Content-Length is given more than once");
    if (framing.n_encodings > 1 || (framing.n_encodings > 0 && framing.n_lengths > 0))
        return problem_response(400, "Bad request", "Transfer-Encoding stands beside another length");
    if (framing.n_encodings > 0 && !framing.chunked)
        return problem_response(400, "Bad request", "of all transfer codings, only chunked is understood");
    /* Who waits for "100 Continue" has sent nothing yet; from others a little too much is read and dropped.
     */
    if (!framing.waits && most < REFUSE_MAX_DISCARDED)
        most = REFUSE_MAX_DISCARDED;
    if (framing.length > most)
        return refuse_body(max_body_bytes);
    return NULL;
}

/* A connection on which the next request may begin anywhere is of no more use. */
Response *refuse_header(const Exchange *exchange, const char *version)
{
    Response *refusal = find_fault(exchange, version);

    return refusal ? response_add_header(refusal, "Connection", "close") : NULL;
}
