/* What is told of the machine must be what requests are planned for. So handlers look at it in one way,
 * before they plan or tell anything, and a document that tells of another machine is never shown again. */
#include <stdlib.h>

#include "base/nsec.h"
#include "handlers/app.h"

/* To look reads a dozen small files, ten times the work of an answer that is ready. A crowd that asks at once
 * is told by one look. */
#define LOOK_HOLDS (5 * NSEC_PER_MSEC)

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
    nsec_t now = nsec_now();

    if (now - app->looked >= LOOK_HOLDS) {
        app->looked = now;
        present_update(app->present);
    }
    if (app->told_version == app->present->version)
        return;
    app_forget_told(app);
    app->told_version = app->present->version;
}
