/* The catalog for people and forms. It does not change while the server runs. */
#include "handlers/app.h"

void experiments_init(App *app)
{
    json_auto_t *catalog = plan_catalog(app->catalogs, &app->settings->limits);

    app->experiments = response_make_constant(response_new_json(200, catalog));
}

Response *handle_experiments(App *app, Request *request)
{
    (void)request;
    return app->experiments;
}
