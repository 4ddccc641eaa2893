/* From a Response to libmicrohttpd's. A constant one keeps its prepared form, so that answering costs no
 * allocation of a body; any other one gives its body away.
 *
 * Some headers differ from request to request. libmicrohttpd knows headers of a response only, so those of a
 * constant one are changed each time: it writes the header of an answer before anybody else gets a turn. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/array.h"
#include "handlers/plain-words.h"
#include "server/http-exchange.h"

/* Every answer has these. The page has no inline script and asks nobody but this server. */
static const char *const common_headers[][2] = {
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"Referrer-Policy", "same-origin"},
    {"Content-Security-Policy",
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"},
};

typedef struct Prepared {
    struct MHD_Response *response;
    RequestHeader changing[REQUEST_MAX_HEADERS]; /* as they are in it now; a name of NULL: none */
} Prepared;

/* The other half of answer_prepare(), called when the response is freed. */
static void prepared_release(void *data)
{
    Prepared *prepared = data;

    MHD_destroy_response(prepared->response);
    free(prepared);
}

static void answer_drop(void *shared)
{
    shared_drop(shared);
}

/* A text that several have is held by each until it is sent. A body that is part of the program stays where
 * it is. Any other one may be sent for long after the response is gone: that of a constant answer is copied,
 * once, and else it changes hands, and libmicrohttpd frees it when it is sent. */
static struct MHD_Response *answer_make_body(Exchange *exchange, Response *response)
{
    bool give_away = response->owned && !response->constant;
    enum MHD_ResponseMemoryMode mode = give_away         ? MHD_RESPMEM_MUST_FREE
                                       : response->owned ? MHD_RESPMEM_MUST_COPY
                                                         : MHD_RESPMEM_PERSISTENT;
    struct MHD_Response *made;

    if (response->stream)
        return stream_attach(exchange, response);
    if (response->shared) {
        made = MHD_create_response_from_buffer_with_free_callback_cls(
            response->length, (void *)response->body, answer_drop, shared_hold(response->shared));
        assert(made);
        return made;
    }
    made = MHD_create_response_from_buffer(
        response->length, give_away ? response->owned : (void *)response->body, mode);
    assert(made);
    if (give_away)
        response->owned = NULL;
    return made;
}

static Prepared *answer_prepare(Exchange *exchange, Response *response)
{
    Prepared *prepared = response->prepared;

    if (prepared)
        return prepared;
    prepared = calloc(1, sizeof(*prepared));
    assert(prepared);
    prepared->response = answer_make_body(exchange, response);
    if (response->type)
        MHD_add_response_header(prepared->response, "Content-Type", response->type);
    for (size_t i = 0; i < response->n_headers; i++)
        MHD_add_response_header(prepared->response, response->headers[i].name, response->headers[i].value);
    for (size_t i = 0; i < ARRAY_LENGTH(common_headers); i++)
        MHD_add_response_header(prepared->response, common_headers[i][0], common_headers[i][1]);
    response->prepared = prepared;
    response->release = prepared_release;
    return prepared;
}

/* Takes out what the last answer with this response had, and puts in what this one has. What was put in
 * is remembered by value: libmicrohttpd takes a header out by its name and its value. */
static void prepared_change_headers(Prepared *prepared, const Request *request)
{
    for (size_t i = 0; i < REQUEST_MAX_HEADERS; i++) {
        RequestHeader *old = &prepared->changing[i];
        const RequestHeader *now = &request->answer_headers[i];

        if (old->name)
            MHD_del_response_header(prepared->response, old->name, old->value);
        if (now->name)
            MHD_add_response_header(prepared->response, now->name, now->value);
        *old = *now;
    }
}

/* How long it took until there was an answer, for the developer tools of a browser. In milliseconds, as
 * the header has it. */
static void answer_add_timing(Request *request)
{
    nsec_t us = (nsec_now() - request->began) / NSEC_PER_USEC;
    char value[48];

    snprintf(value, sizeof(value), "total;dur=%" PRIu64 ".%03u", us / 1000, (unsigned)(us % 1000));
    request_add_header(request, "Server-Timing", value);
}

enum MHD_Result answer_queue(Exchange *exchange, Response *response)
{
    enum MHD_Result result;
    Prepared *prepared;

    request_add_header(&exchange->request, "X-Request-ID", exchange->request.id);
    answer_add_timing(&exchange->request);
    plain_words_choose(&exchange->request, response);
    /* For the log and the metrics; the response may be freed below. */
    exchange->status = response->status;
    /* The order: the form that is kept, then what this request adds to it, then libmicrohttpd takes it. */
    prepared = answer_prepare(exchange, response);
    prepared_change_headers(prepared, &exchange->request);
    result = MHD_queue_response(exchange->connection, (unsigned)response->status, prepared->response);
    if (!response->constant)
        response_free(response);
    return result;
}

/* The same answer, made by hand. It is written in one call that does not block: what the socket does not
 * take at once is lost, which only a client notices that does not read. */
void answer_write(Exchange *exchange, Response *response)
{
    char *text = NULL;
    size_t length;
    FILE *file = open_memstream(&text, &length);
    const RequestHeader *headers = exchange->request.answer_headers;

    assert(file);
    request_add_header(&exchange->request, "X-Request-ID", exchange->request.id);
    answer_add_timing(&exchange->request);
    exchange->status = response->status;
    fprintf(file, "HTTP/1.1 %d %s\r\nConnection: close\r\nContent-Type: %s\r\nContent-Length: %zu\r\n",
        response->status, MHD_get_reason_phrase_for((unsigned)response->status), response->type,
        response->length);
    for (size_t i = 0; i < ARRAY_LENGTH(common_headers); i++)
        fprintf(file, "%s: %s\r\n", common_headers[i][0], common_headers[i][1]);
    for (size_t i = 0; i < REQUEST_MAX_HEADERS && headers[i].name; i++)
        fprintf(file, "%s: %s\r\n", headers[i].name, headers[i].value);
    fputs("\r\n", file);
    if (exchange->request.method != METHOD_HEAD)
        fwrite(response->body, 1, response->length, file);
    fclose(file);
    /* A client that has not read its earlier answers gets no further one. */
    send(exchange->fd, text, length, MSG_DONTWAIT | MSG_NOSIGNAL);
    free(text);
    response_free(response);
}
