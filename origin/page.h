/* The one page that the origin has: what a request may ask of it, and its content. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

typedef struct PageRequest {
    int64_t delay_ms; /* from the request's arrival to its answer */
    int64_t bytes;    /* length of the body */
    int64_t status;   /* of HTTP */
    char error[128];  /* what is wrong with the request; empty if nothing is */
} PageRequest;

/* A page of 1,024 bytes, at once, with status 200. */
void page_request_init(PageRequest *request);

/* Reads one parameter. The first one that is unknown or does not fit fills in the error. */
void page_request_parameter(PageRequest *request, const char *name, const char *value);

enum { PAGE_TITLE_SIZE = 256, PAGE_MAX_PIECES = 256 };

/* Describes a body of so many bytes: a line of HTML that names the path, written to title, and filler behind
 * it. Returns the number of pieces. */
unsigned page_body(const char *path, size_t bytes, char title[static PAGE_TITLE_SIZE],
    struct iovec pieces[static PAGE_MAX_PIECES]);
