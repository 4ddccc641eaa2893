/* A run in the forms that people and programs ask for. */
#pragma once

#include <jansson.h>
#include <stddef.h>

typedef enum ResultFormat {
    RESULT_FORMAT_JSON,     /* the object itself, one line for each field of the run and of a cell */
    RESULT_FORMAT_CSV,      /* RFC 4180, one row for each cell, units in the names */
    RESULT_FORMAT_TABLE,    /* for a terminal: at most 100 columns, UTF-8 */
    RESULT_FORMAT_MARKDOWN, /* the same table for a report */
} ResultFormat;

/* Reads "json", "csv", "table" or "markdown". Returns 0 and sets *ret, or -EINVAL. */
int result_format_from_name(const char *name, ResultFormat *ret);

/* Returns the media type for Content-Type, with its charset. */
const char *result_format_media_type(ResultFormat format);

/* Returns a run as results_run() makes it, also one read back from an archive, as text that ends in a
 * newline; owned by the caller. Sets *ret_length, which may be NULL. Fields that are missing or of a wrong
 * type are left out or shown as "-". */
char *result_format(const json_t *run, ResultFormat format, size_t *ret_length);
