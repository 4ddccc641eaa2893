/* GET /openapi.json: the document that openapi.c makes. It has the ranges of all parameters, and so tells of
 * the machine. Where the server is found can differ from request to request: a proxy may have it under
 * another name, and below a prefix. Requests come by one proxy as a rule, so the last such document is kept.
 */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "handlers/app.h"
#include "handlers/forwarded.h"

/* The same document with another address of the server, a new reference; all else is shared. */
static json_t *openapi_found_at(const json_t *document, const char *base)
{
    json_t *copy = json_copy((json_t *)document), *servers = json_deep_copy(json_object_get(copy, "servers"));

    json_object_set_new(json_array_get(servers, 0), "url", json_string(*base ? base : "/"));
    json_object_set_new(copy, "servers", servers);
    return copy;
}

static void openapi_keep(OpenApi *openapi, const char *base)
{
    json_auto_t *document = base ? openapi_found_at(openapi->document, base) : json_incref(openapi->document);

    content_free(openapi->content);
    openapi->content = content_new(response_new_json(200, document));
    text_replace(&openapi->base, base);
}

/* Whether what is kept is for this address; NULL: for that of the request itself. */
static bool openapi_is_for(const OpenApi *openapi, const char *base)
{
    if (!openapi->content || !base || !openapi->base)
        return openapi->content && !base && !openapi->base;
    return strcmp(openapi->base, base) == 0;
}

Response *handle_openapi(App *app, Request *request)
{
    auto_free char *base = request->forwarded.said ? forwarded_base(request) : NULL;

    app_look(app);
    if (!app->openapi.document)
        app->openapi.document = app->make_openapi(app);
    if (!openapi_is_for(&app->openapi, base))
        openapi_keep(&app->openapi, base);
    return content_answer(app->openapi.content, request);
}
