/* GET /openapi.json: the document that openapi.c makes. It has the ranges of all parameters, and so tells of
 * the machine. Where the server is found can differ from request to request: a proxy may have it under
 * another name, and below a prefix. */
#include "base/cleanup.h"
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

Response *handle_openapi(App *app, Request *request)
{
    json_auto_t *document = NULL;

    app_look(app);
    if (!app->openapi)
        app->openapi = app->make_openapi(app);
    if (request->forwarded.said) {
        auto_free char *base = forwarded_base(request);

        document = openapi_found_at(app->openapi, base);
    }
    return response_new_json(200, document ? document : app->openapi);
}
