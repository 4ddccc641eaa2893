/* What is told of the machine must be what requests are planned for. So handlers look at it in one way,
 * before they plan or tell anything, and a document that tells of another machine is never shown again. */
#include "handlers/app.h"

void app_look(App *app)
{
    present_update(app->present);
    if (app->told_version == app->present->version)
        return;
    json_decref(app->experiments);
    json_decref(app->openapi);
    app->experiments = app->openapi = NULL;
    app->told_version = app->present->version;
}
