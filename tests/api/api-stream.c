#include "tests/api/api-stream.h"

#include <check.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "tests/api/api-client.h"

void api_event_finish(ApiEvent *event)
{
    json_decref(event->data);
    *event = (ApiEvent){0};
}

/* Returns false at the end. A reset is an end like any other. */
static bool read_more(ApiStream *stream)
{
    ssize_t n = recv(stream->fd, stream->text + stream->length, API_STREAM_ROOM - 1 - stream->length, 0);

    ck_assert_msg(n >= 0 || errno != EAGAIN, "the stream says nothing any more behind: %s", stream->text);
    if (n <= 0)
        return false;
    stream->length += (size_t)n;
    stream->text[stream->length] = '\0';
    return true;
}

/* Takes the text up to the separator; NULL if the stream ends before. */
static char *take(ApiStream *stream, const char *separator)
{
    char *end, *taken;

    while (!(end = strstr(stream->text, separator)))
        if (!read_more(stream))
            return NULL;
    taken = strndup(stream->text, (size_t)(end - stream->text));
    end += strlen(separator);
    stream->length -= (size_t)(end - stream->text);
    memmove(stream->text, end, stream->length + 1);
    return taken;
}

void api_stream_open(ApiStream *stream, const ApiServer *server, const char *path, const char *headers)
{
    auto_free char *request = text_printf("GET %s HTTP/1.0\r\nHost: localhost\r\n%s\r\n", path, headers);

    *stream = (ApiStream){.fd = api_send(server, request), .text = calloc(1, API_STREAM_ROOM)};
    ck_assert_ptr_nonnull(stream->text);
    stream->header = take(stream, "\r\n\r\n");
    ck_assert_msg(stream->header && strstr(stream->header, " 200 OK") &&
                      strstr(stream->header, "Content-Type: text/event-stream"),
        "%s: %s%s", path, stream->header ? stream->header : "no answer", stream->text);
}

ApiEvent api_stream_next(ApiStream *stream)
{
    auto_free char *text = take(stream, "\n\n");
    ApiEvent event = {.ended = !text};
    char *rest = text, *line;

    while ((line = strsep(&rest, "\n"))) {
        if (strncmp(line, "id: ", 4) == 0)
            event.id = strtoull(line + 4, NULL, 10);
        else if (strncmp(line, "event: ", 7) == 0)
            snprintf(event.name, sizeof(event.name), "%s", line + 7);
        else if (strncmp(line, "data: ", 6) == 0)
            event.data = json_loads(line + 6, JSON_DECODE_ANY, NULL);
        else
            ck_assert_msg(*line == ':', "an odd line: %s", line);
    }
    return event;
}

ApiEvent api_stream_find(ApiStream *stream, const char *name)
{
    for (;;) {
        ApiEvent event = api_stream_next(stream);

        ck_assert_msg(!event.ended, "the stream ends before %s", name);
        if (strcmp(event.name, name) == 0)
            return event;
        api_event_finish(&event);
    }
}

void api_stream_close(ApiStream *stream)
{
    close(stream->fd);
    free(stream->text);
    free(stream->header);
}
