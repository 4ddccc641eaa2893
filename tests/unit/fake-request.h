/* A request that consists of a method and header lines, for tests of what reads headers. */
#pragma once

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "handlers/request.h"

enum { MAX_HEADERS = 6 };

typedef struct FakeRequest {
    Request request;            /* stands first */
    const char *const *headers; /* "Name: value", at most MAX_HEADERS, else up to a NULL */
} FakeRequest;

/* Returns the value of a line if it has this name, else NULL. */
static inline const char *fake_value(const char *line, const char *name)
{
    size_t length = strlen(name);

    return strncasecmp(line, name, length) == 0 && line[length] == ':' ? line + length + 2 : NULL;
}

static inline const char *fake_header(const Request *request, const char *name)
{
    const FakeRequest *fake = (const FakeRequest *)request;

    for (size_t i = 0; i < MAX_HEADERS && fake->headers[i]; i++)
        if (fake_value(fake->headers[i], name))
            return fake_value(fake->headers[i], name);
    return NULL;
}

static inline char *fake_header_list(const Request *request, const char *name)
{
    const FakeRequest *fake = (const FakeRequest *)request;
    char *list = NULL;

    for (size_t i = 0; i < MAX_HEADERS && fake->headers[i]; i++) {
        const char *value = fake_value(fake->headers[i], name);
        char *longer;

        if (!value)
            continue;
        longer = text_printf("%s%s%s", list ? list : "", list ? ", " : "", value);
        free(list);
        list = longer;
    }
    return list;
}

static inline FakeRequest fake_request(Method method, const char *const *headers)
{
    return (FakeRequest){
        .request = {.method = method, .header = fake_header, .header_list = fake_header_list},
        .headers = headers,
    };
}
