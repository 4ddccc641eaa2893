/* A request is read in the first call that libmicrohttpd makes for it, waits in the second, and is answered
 * when it is resumed.
 *
 *     call 1   the header is there: the parameters are read
 *     call 2   a body, if there is one, is thrown away piece by piece
 *     call 3   the whole request is there: an error is answered at once, a page without a delay too;
 *              any other request is suspended
 *     call 4   resumed, as its time has come or its client is gone
 *
 * A suspended connection costs no thread and no look: that is why ten thousand can wait. */
#include "origin/request.h"

#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>

#include "origin/page.h"
#include "origin/visitor.h"

/* A body up to that is sent together with its header, in one system call. */
enum { COPY_BYTES = 32768 };

static enum MHD_Result request_read_parameter(void *data, enum MHD_ValueKind kind, const char *name,
    size_t name_length, const char *value, size_t value_length)
{
    Visitor *visitor = data;

    (void)kind;
    page_request_parameter(&visitor->page, visitor->limits, name, name_length, value, value_length);
    return MHD_YES;
}

/* Takes the response over. */
static enum MHD_Result request_answer(
    Visitor *visitor, unsigned status, const char *type, struct MHD_Response *response)
{
    enum MHD_Result r;

    if (!response)
        return MHD_NO;
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    r = MHD_queue_response(visitor->connection, status, response);
    MHD_destroy_response(response);
    return r;
}

static enum MHD_Result request_answer_error(Visitor *visitor, unsigned status, const char *text)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(strlen(text), (void *)text, MHD_RESPMEM_MUST_COPY);

    if (response && status == MHD_HTTP_METHOD_NOT_ALLOWED)
        MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
    return request_answer(visitor, status, "text/plain", response);
}

/* libmicrohttpd frees the body, once there is a response for it; without a response it is still ours. The
 * same holds below. */
static struct MHD_Response *request_make_small(const char *path, size_t bytes)
{
    char *body = page_copy(path, bytes);
    struct MHD_Response *response =
        body ? MHD_create_response_from_buffer(bytes, body, MHD_RESPMEM_MUST_FREE) : NULL;

    if (!response)
        free(body);
    return response;
}

static struct MHD_Response *request_make_large(const char *path, size_t bytes)
{
    unsigned n_pieces = 0;
    struct iovec *pieces = page_pieces(path, bytes, &n_pieces);
    struct MHD_Response *response =
        pieces ? MHD_create_response_from_iovec((const struct MHD_IoVec *)pieces, n_pieces, free, pieces)
               : NULL;

    if (!response)
        free(pieces);
    return response;
}

static enum MHD_Result request_answer_page(Visitor *visitor, const char *path)
{
    size_t bytes = (size_t)visitor->page.bytes;
    unsigned status = (unsigned)visitor->page.status;

    /* These have no body by definition. */
    if (status == MHD_HTTP_NO_CONTENT || status == MHD_HTTP_RESET_CONTENT || status == MHD_HTTP_NOT_MODIFIED)
        bytes = 0;
    return request_answer(visitor, status, "text/html",
        bytes <= COPY_BYTES ? request_make_small(path, bytes) : request_make_large(path, bytes));
}

/* The first call of a request only takes it in: an answer there would close the connection. */
static enum MHD_Result request_begin(Visitor *visitor, void **state)
{
    *state = visitor;
    page_request_init(&visitor->page);
    MHD_get_connection_values_n(visitor->connection, MHD_GET_ARGUMENT_KIND, request_read_parameter, visitor);
    return MHD_YES;
}

static Visitor *request_visitor(struct MHD_Connection *connection)
{
    return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

enum MHD_Result request_handle(void *data, struct MHD_Connection *connection, const char *path,
    const char *method, const char *version, const char *body, size_t *body_size, void **state)
{
    Visitor *visitor = request_visitor(connection);

    (void)data;
    (void)version;
    (void)body;
    /* Without memory for it, see port_on_connection(): closes the connection. */
    if (!visitor)
        return MHD_NO;
    if (!*state)
        return request_begin(visitor, state);
    /* 0 tells libmicrohttpd that all of it was taken; what is left of it would come again and again. */
    if (*body_size > 0) {
        *body_size = 0;
        return MHD_YES;
    }
    if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
        return request_answer_error(visitor, MHD_HTTP_METHOD_NOT_ALLOWED, "only GET and HEAD\n");
    if (visitor->page.error[0])
        return request_answer_error(visitor, MHD_HTTP_BAD_REQUEST, visitor->page.error);
    if (visitor->page.delay_ms > 0) {
        /* Once only: the next call comes when the wait is over. */
        int64_t delay_ms = visitor->page.delay_ms;

        visitor->page.delay_ms = 0;
        if (!visitor_wait(visitor, delay_ms))
            return MHD_NO;
        MHD_suspend_connection(connection);
        return MHD_YES;
    }
    /* Nobody is there to read it. */
    return visitor->gone ? MHD_NO : request_answer_page(visitor, path);
}
