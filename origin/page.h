/* The one page that the origin has: what a request may ask of it, and its content. */
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
    unsigned given;   /* bit set of the parameters that were there */
    char error[160];  /* what is wrong with the request, a line of text; empty if nothing is */
} PageRequest;

/* A page of 1,024 bytes, at once, with status 200. */
void page_request_init(PageRequest *request);

/* Reads one parameter; value is NULL if it has none. The first that is unknown, repeated or does not fit
 * fills in the error. */
void page_request_parameter(PageRequest *request, const PageLimits *limits, const char *name,
    size_t name_length, const char *value, size_t value_length);

/* Returns the body of a page: the title line that names the path, then filler, cut to so many bytes. The
 * caller frees it. NULL if there is no memory. */
char *page_copy(const char *path, size_t bytes);

/* The same for a large page, without a copy of the filler: returns pieces that point to it, in one block of
 * memory with the title. The caller frees it. NULL if there is no memory. */
struct iovec *page_pieces(const char *path, size_t bytes, unsigned *ret_n_pieces);
