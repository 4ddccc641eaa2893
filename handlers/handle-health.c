/* Is the process alive, does it take work, and what is it? The answers are made once, but for one that tells
 * of trouble: a probe comes every few seconds, perhaps beside a repetition that is being timed. */
#include <string.h>

#include "handlers/app.h"

static Response *constant(int status, json_t *object)
{
    Response *response = response_make_constant(response_new_json(status, object));

    json_decref(object);
    return response;
}

void health_init(App *app)
{
    json_t *about = json_pack("{s:s, s:s, s:s, s:[]}", "name", "gilscope", "version", app->version_name,
        "compiler", __VERSION__, "runtimes");

    for (size_t i = 0; i < app->catalogs->n; i++)
        json_array_append_new(json_object_get(about, "runtimes"),
            json_pack("{s:s, s:s?, s:i}", "runtime", app->catalogs->list[i]->runtime, "version",
                app->catalogs->list[i]->version, "protocol", CATALOG_PROTOCOL));
    app->version = constant(200, about);
    app->alive = constant(200, json_pack("{s:s}", "status", "alive"));
    app->ready = constant(200, json_pack("{s:s, s:b}", "status", "ready", "runs_kept", 1));
    app->stopping = constant(503, json_pack("{s:s}", "status", "stopping"));
}

Response *handle_healthz(App *app, Request *request)
{
    (void)request;
    return app->alive;
}

/* An archive that cannot be written is told but is no reason for 503: a balancer would send everybody
 * away from a server that can still run everything. */
Response *handle_readyz(App *app, Request *request)
{
    const char *trouble = archive_trouble(app->archive), *notice = archive_notice(app->archive);
    json_auto_t *object = NULL;

    (void)request;
    if (queue_is_stopping(app->queue))
        return app->stopping;
    if (!trouble && !notice)
        return app->ready;
    /* Runs work all the same, so it is ready. */
    object = json_pack("{s:s, s:b, s:s*, s:s*}", "status", "ready", "runs_kept", !trouble, "reason", trouble,
        "notice", notice);
    return response_new_json(200, object);
}

Response *handle_version(App *app, Request *request)
{
    (void)request;
    return app->version;
}
