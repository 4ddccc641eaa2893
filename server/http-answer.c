/* From a Response to libmicrohttpd's. A constant one keeps its prepared form, so that answering costs no
 * allocation; any other one gives its body away. */
#include <assert.h>

#include "server/http-exchange.h"

/* Every answer has these. The page has no inline script and asks nobody but this server. */
static const char *const common_headers[][2] = {
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "same-origin"},
    {"Content-Security-Policy",
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"},
};

static void release(void *prepared)
{
    MHD_destroy_response(prepared);
}

static struct MHD_Response *prepare(Response *response)
{
    struct MHD_Response *prepared;

    if (response->prepared)
        return response->prepared;
    prepared = MHD_create_response_from_buffer(response->length,
        response->owned && !response->constant ? response->owned : (void *)response->body,
        response->owned && !response->constant ? MHD_RESPMEM_MUST_FREE : MHD_RESPMEM_PERSISTENT);
    assert(prepared);
    if (!response->constant)
        response->owned = NULL;
    if (response->type)
        MHD_add_response_header(prepared, "Content-Type", response->type);
    for (size_t i = 0; i < response->n_headers; i++)
        MHD_add_response_header(prepared, response->headers[i].name, response->headers[i].value);
    for (size_t i = 0; i < sizeof(common_headers) / sizeof(common_headers[0]); i++)
        MHD_add_response_header(prepared, common_headers[i][0], common_headers[i][1]);
    response->prepared = prepared;
    response->release = release;
    return prepared;
}

enum MHD_Result answer_queue(struct MHD_Connection *connection, Response *response)
{
    enum MHD_Result result = MHD_queue_response(connection, (unsigned)response->status, prepare(response));

    if (!response->constant)
        response_free(response);
    return result;
}
