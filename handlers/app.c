#include "handlers/app.h"

void app_init(App *app, const char *version, const GateSettings *gate, const RunSettings *settings,
    const Catalog *catalog, Queue *queue)
{
    *app = (App){.gate = *gate, .settings = settings, .catalog = catalog, .queue = queue};
    health_init(app, version);
    experiments_init(app);
    app->page = page_new();
}

void app_finish(App *app)
{
    response_free(app->alive);
    response_free(app->ready);
    response_free(app->stopping);
    response_free(app->version);
    response_free(app->experiments);
    page_free(app->page);
    *app = (App){0};
}
