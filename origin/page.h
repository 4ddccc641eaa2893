/* The one page that the origin has: what a request may ask of it, and its content.
 *
 * Nothing here knows of HTTP connections or of the loop: a request is a struct that is filled parameter
 * by parameter, a page is bytes. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

/* The most that a request may ask for. */
typedef struct PageLimits {
    int64_t max_delay_ms, max_bytes;
} PageLimits;

typedef struct PageRequest {
    int64_t delay_ms; /* from the request's arrival to its answer */
    int64_t bytes;    /* length of the body */
    int64_t status;   /* of HTTP */
    unsigned given;   /* a bit for each parameter that was there, to find one that comes twice */
    char error[160];  /* what is wrong with the request, a line of text; empty if nothing is */
} PageRequest;

/* A page of 1,024 bytes, at once, with status 200. */
void page_request_init(PageRequest *request);

/* Reads one parameter. Name and value need no NUL at their end, and may have any bytes inside; value is
 * NULL if there is none. The first parameter that is unknown, repeated or does not fit fills in the
 * error, a line that says what is allowed; the rest is passed over then. */
void page_request_parameter(PageRequest *request, const PageLimits *limits, const char *name,
    size_t name_length, const char *value, size_t value_length);

/* Returns the body of a page: the title line that names the path, then filler, cut to so many bytes. The
 * caller frees it. NULL if there is no memory. */
char *page_copy(const char *path, size_t bytes);

/* The same for a large page, without a copy of the filler: returns pieces that point to it, in one block of
 * memory with the title. The caller frees it. NULL if there is no memory. */
struct iovec *page_pieces(const char *path, size_t bytes, unsigned *ret_n_pieces);
