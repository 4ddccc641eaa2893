/* /openapi.json: what can be asked here, for programs. Made once, as the catalog does not change. */
#include "handlers/openapi.h"

void openapi_init(App *app)
{
    json_auto_t *document = openapi_make(app);

    app->openapi = response_make_constant(response_new_json(200, document));
}

Response *handle_openapi(App *app, Request *request)
{
    (void)request;
    return app->openapi;
}
