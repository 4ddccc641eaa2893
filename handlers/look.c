/* What is told of the machine must be what requests are planned for. So handlers look at it in one way,
 * before they plan or tell anything, and a document that tells of another machine is never shown again. */
#include <stdlib.h>

#include "handlers/app.h"

void app_forget_told(App *app)
{
    content_free(app->experiments);
    json_decref(app->openapi.document);
    content_free(app->openapi.content);
    free(app->openapi.base);
    app->experiments = NULL;
    app->openapi = (OpenApi){0};
}

void app_look(App *app)
{
    present_update(app->present);
    if (app->told_version == app->present->version)
        return;
    app_forget_told(app);
    app->told_version = app->present->version;
}
