/* The answers that are made once and sent many times. Each of them belongs to the file of its handler;
 * here they are only gathered, so that none is forgotten at the end. */
#include "handlers/app.h"

void app_init(App *app)
{
    heavy_init(&app->heavy, app->loop, run_texts_sweep, app);
    app->backlog.max_bytes = app->max_unread_bytes;
    health_init(app);
    app->page = page_new();
    app->make_openapi = openapi_make;
}

void app_finish(App *app)
{
    run_texts_sweep(app);
    response_free(app->alive);
    response_free(app->stopping);
    response_free(app->version);
    app_forget_told(app);
    page_free(app->page);
    *app = (App){0};
}
