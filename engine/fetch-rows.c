/* Rows are filled while the clock runs, so that takes no more than a copy of a few bytes. What they look like
 * for a reader is decided when the repetition is over. */
#include "engine/fetch-rows.h"

#include <stdio.h>
#include <string.h>

/* Comes in pieces of any size; only the first bytes of the whole are kept, and all are counted. */
void fetch_row_content(FetchRow *row, const char *data, size_t length)
{
    size_t room = FETCH_CONTENT_START - row->n_start;
    size_t kept = length < room ? length : room;

    memcpy(row->start + row->n_start, data, kept);
    row->n_start += (uint8_t)kept;
    row->bytes += length;
}

/* libcurl gives microseconds, and 0 or less for a point that the request did not reach. */
static nsec_t row_read_time(CURL *easy, CURLINFO info)
{
    curl_off_t us = 0;

    curl_easy_getinfo(easy, info, &us);
    return us > 0 ? (nsec_t)us * NSEC_PER_USEC : 0;
}

void fetch_row_finish(FetchRow *row, CURL *easy, CURLcode code)
{
    long status = 0;

    /* A transfer that broke off may have had a status, but not the answer that it promised. */
    if (code == CURLE_OK)
        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    row->status = (uint16_t)status;
    row->lookup = row_read_time(easy, CURLINFO_NAMELOOKUP_TIME_T);
    row->connect = row_read_time(easy, CURLINFO_CONNECT_TIME_T);
    row->first_byte = row_read_time(easy, CURLINFO_STARTTRANSFER_TIME_T);
    row->total = row_read_time(easy, CURLINFO_TOTAL_TIME_T);
}

static unsigned row_class(const FetchRow *row)
{
    return row->status >= 200 && row->status < 600 ? row->status / 100u : 0;
}

bool fetch_row_is_good(const FetchRow *row)
{
    return row_class(row) == 2;
}

void fetch_row_count(const FetchRow *row, FetchCounts *counts)
{
    char status[16];
    json_int_t n;

    snprintf(status, sizeof(status), "%u", row->status);
    n = json_integer_value(json_object_get(counts->codes, status));
    json_object_set_new(counts->codes, status, json_integer(n + 1));
    counts->classes[row_class(row)]++;
    counts->n_empty += row->bytes == 0;
    counts->n_bytes += (int64_t)row->bytes;
    counts->n++;
}

void fetch_counts_set_classes(const FetchCounts *counts, json_t *metrics)
{
    json_object_set_new(metrics, "answers_2xx", json_integer(counts->classes[2]));
    json_object_set_new(metrics, "answers_3xx", json_integer(counts->classes[3]));
    json_object_set_new(metrics, "answers_4xx", json_integer(counts->classes[4]));
    json_object_set_new(metrics, "answers_5xx", json_integer(counts->classes[5]));
    json_object_set_new(metrics, "answers_other", json_integer(counts->classes[0]));
    json_object_set_new(metrics, "answers_empty", json_integer(counts->n_empty));
}

/* A page may be anything: a picture, half a character, an escape sequence for the reader's terminal. */
static json_t *row_escaped(const char *data, size_t length)
{
    char text[4 * FETCH_CONTENT_START + 1];
    size_t at = 0;

    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)data[i];

        if (c >= ' ' && c <= '~' && c != '\\')
            text[at++] = (char)c;
        else
            at += (size_t)sprintf(text + at, "\\x%02x", c);
    }
    return json_stringn(text, at);
}

json_t *fetch_rows_json(const FetchRow *rows, size_t n_rows)
{
    json_t *array = json_array();

    for (size_t i = 0; i < n_rows; i++)
        json_array_append_new(array,
            json_pack("{s:i, s:I, s:I, s:I, s:I, s:I, s:o}", "status", rows[i].status, "bytes",
                (json_int_t)rows[i].bytes, "lookup_ns", (json_int_t)rows[i].lookup, "connect_ns",
                (json_int_t)rows[i].connect, "first_byte_ns", (json_int_t)rows[i].first_byte, "total_ns",
                (json_int_t)rows[i].total, "content_start", row_escaped(rows[i].start, rows[i].n_start)));
    return array;
}
