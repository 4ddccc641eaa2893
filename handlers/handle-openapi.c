/* /openapi.json: what can be asked here, for programs. The document is made of the table of routes, this one
 * among them, in openapi.c. */
#include "handlers/app.h"

Response *handle_openapi(App *app, Request *request)
{
    (void)request;
    return app->openapi;
}
