/* GET /openapi.json: the document that openapi.c makes. Only where the server is found can differ from
 * request to request: a proxy may have it under another name, and below a prefix. */
#include <assert.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "handlers/app.h"
#include "handlers/forwarded.h"

/* As it stands in the document, before its url: with this key, once. */
static const char servers[] = "\"servers\":[{\"url\":\"";

/* The gate has seen the host, and the prefix has plain letters only: neither has to be escaped. */
static Response *document_for(const Response *document, const Request *request)
{
    const char *url = memmem(document->body, document->length, servers, strlen(servers));
    auto_free char *base = forwarded_base(request);
    char *text;

    assert(url);
    url += strlen(servers);
    text = text_printf("%.*s%s%.*s", (int)(url - document->body), document->body, *base ? base : "/",
        (int)(document->body + document->length - url - 1), url + 1);
    return response_new(200, document->type, text, strlen(text));
}

Response *handle_openapi(App *app, Request *request)
{
    return request->forwarded.said ? document_for(app->openapi, request) : app->openapi;
}
