/* What is known of each request of the fetch experiment. */
#pragma once

#include <curl/curl.h>
#include <jansson.h>
#include <stdint.h>

#include "base/nsec.h"

enum { FETCH_CONTENT_START = 64 };

/* Written while the request runs, by its loop's thread; zero before. */
typedef struct FetchRow {
    nsec_t lookup, connect, first_byte, total; /* since the request's start */
    uint64_t bytes;                            /* of the content, all of them */
    uint16_t status;                           /* of HTTP; 0 if there was no answer */
    uint8_t n_start;                           /* so many bytes of start are filled */
    char start[FETCH_CONTENT_START];           /* the first bytes of the content */
} FetchRow;

/* Adds received content. */
void fetch_row_content(FetchRow *row, const char *data, size_t length);

/* Takes over what libcurl measured, when the transfer has ended. */
void fetch_row_finish(FetchRow *row, CURL *easy, CURLcode code);

/* Returns the rows as an array, a new reference. Content that is not printable ASCII is escaped. */
json_t *fetch_rows_json(const FetchRow *rows, size_t n_rows);
