/* What is known of each request of the fetch experiment. */
#pragma once

#include <curl/curl.h>
#include <jansson.h>
#include <stdbool.h>
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

/* Whether the status is one of 200 to 299. */
bool fetch_row_is_good(const FetchRow *row);

/* How the answers of many rows were. */
typedef struct FetchCounts {
    int64_t n, n_bytes, n_empty; /* answers, bytes of all, those without a byte of content */
    int64_t classes[6];          /* by the first digit of the status, 2 to 5; [0]: any other */
    json_t *codes;               /* owned; {"200": 13, "503": 1} */
} FetchCounts;

/* Counts a row that has an answer. */
void fetch_row_count(const FetchRow *row, FetchCounts *counts);

/* Sets "answers_2xx" to "answers_5xx", "answers_other" and "answers_empty". A class that did not occur is 0,
 * so that each of them is a column in every table. */
void fetch_counts_set_classes(const FetchCounts *counts, json_t *metrics);

/* Returns the rows as an array, a new reference. Content that is not printable ASCII is escaped. */
json_t *fetch_rows_json(const FetchRow *rows, size_t n_rows);
