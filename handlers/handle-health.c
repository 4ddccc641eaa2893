/* Is the process alive, does it take work, and what is it? All three answers are made once. */
#include <string.h>

#include "handlers/app.h"

static Response *constant(int status, json_t *object)
{
    Response *response = response_make_constant(response_new_json(status, object));

    json_decref(object);
    return response;
}

void health_init(App *app, const char *version)
{
    json_t *about = json_pack(
        "{s:s, s:s, s:s, s:[]}", "name", "gilscope", "version", version, "compiler", __VERSION__, "runtimes");
    json_t *runtime;
    size_t i;

    json_array_foreach (app->catalog->runtimes, i, runtime)
        json_array_append_new(json_object_get(about, "runtimes"),
            json_pack("{s:O, s:O?, s:O}", "runtime", json_object_get(runtime, "runtime"), "version",
                json_object_get(runtime, "version"), "protocol", json_object_get(runtime, "protocol")));
    app->version = constant(200, about);
    app->alive = constant(200, json_pack("{s:s}", "status", "alive"));
    app->ready = constant(200, json_pack("{s:s}", "status", "ready"));
    app->stopping = constant(503, json_pack("{s:s}", "status", "stopping"));
}

Response *handle_healthz(App *app, Request *request)
{
    (void)request;
    return app->alive;
}

Response *handle_readyz(App *app, Request *request)
{
    (void)request;
    return queue_is_stopping(app->queue) ? app->stopping : app->ready;
}

Response *handle_version(App *app, Request *request)
{
    (void)request;
    return app->version;
}
