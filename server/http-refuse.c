/* Requests that are refused before anybody looks at what they ask for.
 *
 * Two groups: what does not fit into the memory of a connection (refuse_size), and what could be read in
 * two ways (refuse_header). The second is about proxies. If a proxy in front of this server and the
 * server itself see different ends of a request, an attacker's request can hide in the body of another
 * one (request smuggling); so whatever is not clear is refused, even if one could guess what was meant. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/problem.h"
#include "server/http-exchange.h"

/* Bytes. MAX_TARGET is for the target alone; MAX_RECORDS for what libmicrohttpd keeps besides the text of
 * the header. */
enum {
    MAX_TARGET = 8192,
    MAX_HEADER = 16384,
    MAX_RECORDS = 12288,
    RECORD = 64, /* what libmicrohttpd keeps of a line or cookie besides its text */
};

/* MAX_HEADER is also the size that libmicrohttpd's buffer has at first; what came in with the header may fill
 * it. The rest is for the header of the answer. An answer that did not fit would not be sent. */
static_assert(MAX_HEADER + MAX_RECORDS + 4096 <= CONNECTION_MEMORY, "there is room for an answer");

/* Problem details with this status; the caller owns them. */
static Response *refuse_with(int status, const char *title, const char *detail)
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

Response *refuse_late(void)
{
    return refuse_with(503, "Stopping", "the server is stopping and answers nothing more");
}

static bool header_is(const char *text, size_t length, const char *name)
{
    return length == strlen(name) && strncasecmp(text, name, length) == 0;
}

/* The library parses cookies in a copy of their line; what stands behind a chunked body makes its buffer
 * grow. */
static enum MHD_Result records_on_value(void *data, enum MHD_ValueKind kind, const char *name,
    size_t name_length, const char *value, size_t value_length)
{
    size_t *used = data;

    (void)value;
    *used += RECORD;
    if (kind == MHD_HEADER_KIND && header_is(name, name_length, "Cookie"))
        *used += value_length;
    if (kind == MHD_FOOTER_KIND)
        *used += name_length + strlen(": ") + value_length + strlen("\r\n");
    return MHD_YES;
}

static size_t header_size(const Exchange *exchange)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);

    return info ? info->header_size : 0;
}

/* Called twice for each request: with its header, and when its body is complete, for the lines that may
 * stand behind a chunked body. */
Response *refuse_size(const Exchange *exchange)
{
    size_t used = 0;

    if (strlen(exchange->request.target) > MAX_TARGET)
        return refuse_with(414, "URL too long", "at most 8192 bytes are allowed");
    if (header_size(exchange) > MAX_HEADER)
        return refuse_with(431, "Header too large", "at most 16384 bytes are allowed");
    MHD_get_connection_values_n(
        exchange->connection, MHD_HEADER_KIND | MHD_COOKIE_KIND | MHD_FOOTER_KIND, records_on_value, &used);
    if (used > MAX_RECORDS)
        return refuse_with(431, "Header too large",
            "it has too many lines or cookies: 64 bytes for each, the cookies and what stands behind a "
            "chunked body may "
            "be 12288 bytes together");
    return NULL;
}

/* What the header says about the body, counted: two opinions about its length are how requests are smuggled
 * past a proxy (RFC 9112, 6.3). */
typedef struct Framing {
    const char *line; /* where the next one has to begin; see framing_is_torn() */
    bool torn;        /* a line is not where it has to be, or is none */
    int n_lengths, n_encodings, n_hosts;
    bool chunked, waits; /* waits: for "100 Continue", so nothing was sent yet */
    uint64_t length;
} Framing;

/* What a name consists of (RFC 9110, 5.6.2): no blank, so that "Content-Length :" is not another header than
 * "Content-Length:". */
static bool line_is_token(const char *name, size_t length)
{
    static const char allowed[] =
        "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    return length > 0 && strspn(name, allowed) == length;
}

/* Some take a CR alone for the end of a line. */
static bool line_is_value(const char *value)
{
    for (; *value; value++)
        if (((unsigned char)*value < ' ' && *value != '\t') || *value == 0x7f)
            return false;
    return true;
}

/* libmicrohttpd before version 1 takes a NUL for the end of a value and drops the rest, takes an LF
 * alone for the end of a line, and joins lines that begin with a blank to the one before: what is in front of
 * this server may see other headers (RFC 9112, 2.2 and 5.2). It cuts the lines where they are in its buffer,
 * so what it did shows in the gaps: a value, CR, LF, the next name. */
static bool line_is_elsewhere(const char *expected, const char *found)
{
    return MHD_VERSION < 0x01000000 && expected != found;
}

static enum MHD_Result framing_on_header(void *data, enum MHD_ValueKind kind, const char *name,
    size_t name_length, const char *value, size_t value_length)
{
    Framing *framing = data;

    (void)kind;
    framing->torn = framing->torn || !line_is_token(name, name_length) || !line_is_value(value) ||
                    line_is_elsewhere(framing->line, name);
    framing->line = value + strlen(value) + strlen("\r\n");
    if (header_is(name, name_length, "Content-Length")) {
        framing->n_lengths++;
        framing->length = strtoull(value, NULL, 10);
    } else if (header_is(name, name_length, "Transfer-Encoding")) {
        framing->n_encodings++;
        framing->chunked = header_is(value, value_length, "chunked");
    } else if (header_is(name, name_length, "Host")) {
        framing->n_hosts++;
    } else if (header_is(name, name_length, "Expect")) {
        framing->waits = true;
    }
    return MHD_YES;
}

/* libmicrohttpd splits the request line at its first and last space. */
static bool target_is_clean(const char *target)
{
    for (; *target; target++)
        if ((unsigned char)*target <= ' ' || *target == 0x7f)
            return false;
    return true;
}

/* The same of the request line: the version stands behind the target. */
static bool target_is_cut(const Exchange *exchange, const char *version)
{
    return line_is_elsewhere(exchange->target_start + strlen(exchange->request.target) + 1, version);
}

/* And of the end: behind the last line comes an empty one. */
static bool framing_is_torn(const Framing *framing, const char *method, size_t size)
{
    return framing->torn || line_is_elsewhere(framing->line, method + size - strlen("\r\n"));
}

/* The order goes from the form of the header to its meaning: where lines are torn apart, what
 * Content-Length seems to say means nothing. */
static Response *refuse_fault(const Exchange *exchange, const char *method, const char *version)
{
    struct MHD_Connection *connection = exchange->connection;
    const char *target = exchange->request.target;
    int64_t max_body_bytes = exchange->http->settings.max_body_bytes;
    size_t size = header_size(exchange);
    uint64_t most = (uint64_t)max_body_bytes;
    Framing framing = {.line = version + strlen(version) + strlen("\r\n")};
    bool is_old = strcmp(version, "HTTP/1.0") == 0;

    MHD_get_connection_values_n(connection, MHD_HEADER_KIND, framing_on_header, &framing);
    if (target_is_cut(exchange, version) || !target_is_clean(target))
        return refuse_with(400, "Bad request", "the path has a blank or a control character");
    if (size > 0 && framing_is_torn(&framing, method, size))
        return refuse_with(400, "Bad request",
            "a header line has a bad name or a control character, is folded, or does not end in CR and LF");
    if (framing.n_hosts > 1 || (framing.n_hosts < 1 && !is_old))
        return refuse_with(400, "Bad request", "there must be one Host");
    if (framing.n_lengths > 1)
        return refuse_with(400, "Bad request", "Content-Length is given more than once");
    if (framing.n_encodings > 1 || (framing.n_encodings > 0 && framing.n_lengths > 0))
        return refuse_with(400, "Bad request", "Transfer-Encoding stands beside another length");
    if (framing.n_encodings > 0 && is_old)
        return refuse_with(400, "Bad request", "HTTP/1.0 has no Transfer-Encoding");
    if (framing.n_encodings > 0 && !framing.chunked)
        return refuse_with(400, "Bad request", "of all transfer codings, only chunked is understood");
    /* A client that waits for "100 Continue" has sent nothing yet; from others a little too much is read and
     * dropped, so that the answer is not lost in a reset connection. */
    if (!framing.waits && most < REFUSE_MAX_DISCARDED)
        most = REFUSE_MAX_DISCARDED;
    if (framing.length > most)
        return refuse_body(max_body_bytes);
    return NULL;
}

/* A connection on which the next request may begin anywhere is of no more use. */
Response *refuse_header(const Exchange *exchange, const char *method, const char *version)
{
    Response *refusal = refuse_fault(exchange, method, version);

    return refusal ? response_add_header(refusal, "Connection", "close") : NULL;
}
