/* The form of a problem follows from the request alone, not from what went wrong. So it is chosen in one
 * place, after the answer is made, and no handler has to know of it: a path that does not exist, a missing
 * token and a wrong parameter are all told alike.
 *
 * What is asked for is read once more, and leniently: the request may be the very one that could not be read.
 */
#include "handlers/plain-words.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/form.h"
#include "base/near.h"
#include "handlers/accept.h"
#include "handlers/parameters.h"

/* The format that the request names, wherever it does, as a new reference; NULL if nowhere. A target that
 * could not be split still has its query. */
static json_t *plain_words_format(const Request *request)
{
    auto_problem Problem ignored = {0};
    json_auto_t *given = NULL;

    if (request->query) {
        given = parameters_read(request, NULL, &ignored);
    } else {
        const char *mark = request->target ? strchr(request->target, '?') : NULL;

        given = json_object();
        if (mark)
            form_parse(given, mark + 1, strlen(mark + 1), &ignored);
    }
    return json_incref(json_object_get(given, "format"));
}

/* A format that is named decides, also one that is misspelt: "tabel" comes from a terminal. Else the Accept
 * header does; of types that it likes equally the first here wins, so curl and browsers get JSON. */
static bool plain_words_wanted(const Request *request)
{
    static const char *const formats[] = {"json", "table", "csv", "markdown"};
    static const char *const types[] = {
        "application/problem+json", "application/json", "text/plain", "text/csv", "text/markdown"};
    enum { FIRST_TEXT_TYPE = 2 };
    json_auto_t *format = plain_words_format(request);
    Near near;

    near_begin(&near, json_string_value(format));
    for (size_t i = 0; i < ARRAY_LENGTH(formats); i++)
        near_offer(&near, formats[i]);
    if (near.best)
        return near.best != formats[0];
    return accept_choose(request->header(request, "Accept"), types, ARRAY_LENGTH(types)) >= FIRST_TEXT_TYPE;
}

void plain_words_choose(const Request *request, Response *response)
{
    if (!response->plain)
        return;
    /* Also where it stays JSON: a cache must not give the one for the other. */
    response_add_header(response, "Vary", "Accept");
    if (!plain_words_wanted(request))
        return;
    /* Problems are made for one request, and their body is theirs. */
    assert(!response->constant);
    free(response->owned);
    response->owned = response->plain;
    response->plain = NULL;
    response->body = response->owned;
    response->length = strlen(response->owned);
    response->type = "text/plain; charset=utf-8";
}
