/* The catalog for people and forms. It changes only if the machine does, so it is kept until then. */
#include "handlers/app.h"

Response *handle_experiments(App *app, Request *request)
{
    (void)request;
    app_look(app);
    if (!app->experiments)
        app->experiments = plan_catalog(app->catalogs, &app->settings->limits);
    return response_new_json(200, app->experiments);
}
