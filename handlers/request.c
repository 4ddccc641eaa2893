/* The path is decoded once, after it was cut out: "%3F" in a path is a character of a name, not the
 * beginning of a query. A NUL byte is refused, as everything behind would be invisible to all that
 * compare paths as C strings. */
#include "handlers/request.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/array.h"
#include "base/form.h"

static const struct {
    Method method;
    const char *name;
} method_names[] = {
    {METHOD_GET, "GET"},
    {METHOD_HEAD, "HEAD"},
    {METHOD_POST, "POST"},
    {METHOD_OPTIONS, "OPTIONS"},
    {METHOD_PUT, "PUT"},
    {METHOD_PATCH, "PATCH"},
    {METHOD_DELETE, "DELETE"},
};

/* The table is large enough for all that we add ourselves (CORS, the id, the timing). A header too many
 * is left out rather than written behind the table. */
void request_add_header(Request *request, const char *name, const char *value)
{
    for (size_t i = 0; i < REQUEST_MAX_HEADERS; i++) {
        RequestHeader *header = &request->answer_headers[i];

        if (header->name)
            continue;
        header->name = name;
        snprintf(header->value, sizeof(header->value), "%s", value);
        return;
    }
}

Method method_from_name(const char *name)
{
    for (size_t i = 0; i < ARRAY_LENGTH(method_names); i++)
        if (strcmp(method_names[i].name, name) == 0)
            return method_names[i].method;
    return METHOD_OTHER;
}

const char *method_name(Method method)
{
    for (size_t i = 0; i < ARRAY_LENGTH(method_names); i++)
        if (method_names[i].method == method)
            return method_names[i].name;
    return "a method of that name";
}

/* Takes the host out of a target that is a whole URL, as a client of a proxy may write it, and returns
 * where the path begins (RFC 9112, 3.2.2). The host moves back over the two slashes: that makes room for
 * the NUL at its end, and for a slash that the path may lack. Nothing is allocated. */
static char *take_authority(Request *request)
{
    char *target = request->target, *host;
    size_t length;

    if (strncasecmp(target, "http://", 7) != 0 && strncasecmp(target, "https://", 8) != 0)
        return target;
    host = strchr(target, ':') + 3;
    length = strcspn(host, "/?");
    request->authority = memmove(host - 2, host, length);
    request->authority[length] = '\0';
    return host + length;
}

int request_split_target(Request *request)
{
    char *path = take_authority(request);
    char *question = strchr(path, '?');
    size_t length = question ? (size_t)(question - path) : strlen(path);
    long decoded;

    request->query = question ? question + 1 : "";
    if (length == 0 && request->authority) {
        /* "http://host" and "http://host?a=1" mean the root; the slash fits where the host was. */
        path[-1] = '/';
        path--;
        length = 1;
    }
    decoded = form_unescape(path, length, 0);
    /* Decoding never makes a text longer, so it is done in place. */
    if (decoded < 0 || memchr(path, '\0', (size_t)decoded))
        return -EINVAL;
    path[decoded] = '\0';
    if (path[0] != '/' && strcmp(path, "*") != 0)
        return -EINVAL;
    request->path = path;
    return 0;
}
