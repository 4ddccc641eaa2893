/* A page is a line of HTML that names what was asked for, so that a person can tell one answer from another,
 * and as much filler behind it as the request wants. The filler is made once; a large page only points to it
 * many times. */
#include "origin/page.h"

#include <assert.h>
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/number.h"

enum { FILLER_SIZE = 64000, TITLE_SIZE = 256, SHOWN_PATH = 180, SHOWN_NAME = 20, SHOWN_VALUE = 30 };

/* One parameter of a request: its range and default, and where its value goes. All values are whole
 * numbers. */
typedef struct Row {
    const char *name;
    int64_t min, max, fallback;
    size_t offset;       /* in PageRequest */
    size_t limit_offset; /* in PageLimits, of what stands for max */
} Row;

#define NO_LIMIT SIZE_MAX

static const Row rows[] = {
    {"bytes", 0, 0, 1024, offsetof(PageRequest, bytes), offsetof(PageLimits, max_bytes)},
    {"delay_ms", 0, 0, 0, offsetof(PageRequest, delay_ms), offsetof(PageLimits, max_delay_ms)},
    {"status", 200, 599, 200, offsetof(PageRequest, status), NO_LIMIT},
};
enum { N_ROWS = ARRAY_LENGTH(rows) };

void page_request_init(PageRequest *request)
{
    request->given = 0;
    request->error[0] = '\0';
    for (size_t i = 0; i < N_ROWS; i++)
        *(int64_t *)((char *)request + rows[i].offset) = rows[i].fallback;
}

/* Copies what can be shown of a text, with its NUL; a question mark stands for the rest. What a request
 * says goes back into an answer, which a terminal may show: so no control characters. */
static void page_show(char *to, size_t size, const char *text, size_t length)
{
    size_t n = length < size ? length : size - 1;

    for (size_t i = 0; i < n; i++)
        to[i] = isprint((unsigned char)text[i]) ? text[i] : '?';
    to[n] = '\0';
}

/* A row with a limit takes its maximum from the command line: the table would else say one thing and
 * --max-bytes another. */
static void page_read_value(
    PageRequest *request, const PageLimits *limits, const Row *row, const char *value, size_t length)
{
    int64_t *field = (int64_t *)((char *)request + row->offset);
    int64_t max = row->max, number;
    char shown[SHOWN_VALUE + 1];

    if (row->limit_offset != NO_LIMIT)
        max = *(const int64_t *)((const char *)limits + row->limit_offset);
    if (value && number_parse(value, length, &number) == 0 && number >= row->min && number <= max) {
        *field = number;
        return;
    }
    page_show(shown, sizeof(shown), value ? value : "", value ? length : 0);
    snprintf(request->error, sizeof(request->error),
        "%s=%s: must be a whole number from %" PRId64 " to %" PRId64 "\n", row->name, shown, row->min, max);
}

void page_request_parameter(PageRequest *request, const PageLimits *limits, const char *name,
    size_t name_length, const char *value, size_t value_length)
{
    char shown[SHOWN_NAME + 1];

    if (request->error[0])
        return;
    for (size_t i = 0; i < N_ROWS; i++) {
        if (strlen(rows[i].name) != name_length || memcmp(rows[i].name, name, name_length) != 0)
            continue;
        if (request->given & 1u << i)
            snprintf(request->error, sizeof(request->error), "%s: given more than once\n", rows[i].name);
        else
            page_read_value(request, limits, &rows[i], value, value_length);
        request->given |= 1u << i;
        return;
    }
    page_show(shown, sizeof(shown), name, name_length);
    snprintf(request->error, sizeof(request->error),
        "%s: no such parameter; there are bytes, delay_ms and status\n", shown);
}

/* Lines of readable text; a whole number of them, so that two fillers join without a seam. */
static const char *page_filler(void)
{
    static const char line[] = "The quick brown fox waits for the lock.\n";
    static char text[FILLER_SIZE];

    static_assert(FILLER_SIZE % (sizeof(line) - 1) == 0, "the last line would be cut");
    if (!text[0])
        for (size_t i = 0; i < FILLER_SIZE; i++)
            text[i] = line[i % (sizeof(line) - 1)];
    return text;
}

/* The path came from outside, so nothing in it may be read as HTML. */
static size_t page_write_title(const char *path, char title[static TITLE_SIZE])
{
    char shown[SHOWN_PATH + 1];

    snprintf(shown, sizeof(shown), "%s", path);
    for (char *at = shown; (at = strpbrk(at, "<>&\"'")) != NULL;)
        *at = '?';
    return (size_t)snprintf(
        title, TITLE_SIZE, "<!DOCTYPE html><title>gilscope origin: page %s</title>\n", shown);
}

/* The title is cut if the page is to be shorter; so a page always has exactly the bytes that were asked
 * for. */
char *page_copy(const char *path, size_t bytes)
{
    char title[TITLE_SIZE], *body = malloc(bytes + 1);
    size_t at = page_write_title(path, title);

    if (!body)
        return NULL;
    memcpy(body, title, at < bytes ? at : bytes);
    while (at < bytes) {
        size_t piece = bytes - at < FILLER_SIZE ? bytes - at : FILLER_SIZE;

        memcpy(body + at, page_filler(), piece);
        at += piece;
    }
    return body;
}

/* The first piece is the title, which lies behind the pieces in the same block, so that one free() ends
 * both. All others point to the filler. Ten thousand clients that each get a large page need the filler
 * once. */
struct iovec *page_pieces(const char *path, size_t bytes, unsigned *ret_n_pieces)
{
    size_t max_pieces = bytes / FILLER_SIZE + 2;
    struct iovec *pieces = malloc(max_pieces * sizeof(*pieces) + TITLE_SIZE);
    unsigned n = 0;

    if (!pieces)
        return NULL;
    char *text = (char *)(pieces + max_pieces);
    size_t length = page_write_title(path, text);

    while (bytes > 0) {
        assert(n < max_pieces);
        length = length < bytes ? length : bytes;
        pieces[n++] = (struct iovec){.iov_base = text, .iov_len = length};
        bytes -= length;
        text = (char *)page_filler();
        length = FILLER_SIZE;
    }
    *ret_n_pieces = n;
    return pieces;
}
