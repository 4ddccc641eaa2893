/* The catalog for people and forms. It changes only if the machine does, so it is kept until then. */
#include "handlers/app.h"

Response *handle_experiments(App *app, Request *request)
{
    app_look(app);
    if (!app->experiments) {
        json_auto_t *catalog = plan_catalog(app->catalogs, &app->settings->limits);

        app->experiments = content_new(response_new_json(200, catalog));
    }
    return content_answer(app->experiments, request);
}
