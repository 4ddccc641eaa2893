#include "origin/page.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"

enum { FILLER_SIZE = 65536 };

typedef struct Row {
    const char *name;
    int64_t min, max, fallback;
    size_t offset;
} Row;

static const Row rows[] = {
    {"delay_ms", 0, 120000, 0, offsetof(PageRequest, delay_ms)},
    {"bytes", 0, 10000000, 1024, offsetof(PageRequest, bytes)},
    {"status", 200, 599, 200, offsetof(PageRequest, status)},
};
enum { N_ROWS = sizeof(rows) / sizeof(rows[0]) };

void page_request_init(PageRequest *request)
{
    request->error[0] = '\0';
    for (size_t i = 0; i < N_ROWS; i++)
        *(int64_t *)((char *)request + rows[i].offset) = rows[i].fallback;
}

void page_request_parameter(PageRequest *request, const char *name, const char *value)
{
    if (request->error[0])
        return;
    for (size_t i = 0; i < N_ROWS; i++) {
        int64_t number = 0;

        if (strcmp(rows[i].name, name) != 0)
            continue;
        if (!value || number_parse(value, strlen(value), &number) < 0 || number < rows[i].min ||
            number > rows[i].max)
            snprintf(request->error, sizeof(request->error),
                "%s=%.40s: must be a whole number from %" PRId64 " to %" PRId64 "\n", name,
                value ? value : "", rows[i].min, rows[i].max);
        else
            *(int64_t *)((char *)request + rows[i].offset) = number;
        return;
    }
    snprintf(request->error, sizeof(request->error),
        "%.40s: there is no such parameter; there are delay_ms, bytes and status\n", name);
}

/* Lines of readable text, made once. */
static const char *filler(void)
{
    static const char line[] = "The quick brown fox waits for the lock.\n";
    static char text[FILLER_SIZE];

    if (!text[0])
        for (size_t i = 0; i < FILLER_SIZE; i++)
            text[i] = line[i % (sizeof(line) - 1)];
    return text;
}

unsigned page_body(const char *path, size_t bytes, char title[static PAGE_TITLE_SIZE],
    struct iovec pieces[static PAGE_MAX_PIECES])
{
    int length = snprintf(
        title, PAGE_TITLE_SIZE, "<!DOCTYPE html><title>gilscope origin: page %.180s</title>\n", path);
    size_t piece = (size_t)length < bytes ? (size_t)length : bytes;
    unsigned n = 0;

    for (const char *text = title; bytes > 0; text = filler()) {
        pieces[n++] = (struct iovec){.iov_base = (char *)text, .iov_len = piece};
        bytes -= piece;
        piece = bytes < FILLER_SIZE ? bytes : FILLER_SIZE;
    }
    return n;
}
