/* What is done with a request. */
#pragma once

#include <microhttpd.h>

/* The access handler of libmicrohttpd: called once when the header is there, again for each piece of a body,
 * again at the end, and again when the connection is resumed. The context of the socket is a Visitor; data is
 * not used. */
enum MHD_Result request_handle(void *data, struct MHD_Connection *connection, const char *path,
    const char *method, const char *version, const char *body, size_t *body_size, void **state);
