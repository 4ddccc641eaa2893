/* Is the process alive, does it take work, and what is it? Answers are made once where they can be, and again
 * when a runtime comes or goes: a probe comes every few seconds, perhaps beside a repetition that is being
 * timed. */
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "handlers/app.h"

static Response *constant(int status, json_t *object)
{
    Response *response = response_make_constant(response_new_json(status, object));

    json_decref(object);
    return response;
}

/* Those that can be used, with what they are. */
static json_t *health_versions_json(const Catalogs *catalogs)
{
    json_t *list = json_array();

    for (size_t i = 0; i < catalogs->n; i++)
        json_array_append_new(list, json_pack("{s:s, s:s?, s:i}", "runtime", catalogs->list[i]->runtime,
                                        "version", catalogs->list[i]->version, "protocol", CATALOG_PROTOCOL));
    return list;
}

/* All that are configured, in their order: whether each can be used, and why not. */
static json_t *health_runtimes_json(const Catalogs *catalogs)
{
    json_t *list = json_array();
    size_t i = 0, k = 0;

    while (i < catalogs->n || k < catalogs->n_missing) {
        const CatalogMissing *missing = k < catalogs->n_missing ? &catalogs->missing[k] : NULL;

        if (!missing || (i < catalogs->n && catalogs->places[i] < missing->place)) {
            json_array_append_new(list,
                json_pack("{s:s, s:s}", "runtime", catalogs->list[i++]->runtime, "status", CATALOG_READY));
            continue;
        }
        k++;
        json_array_append_new(list, json_pack("{s:s, s:s, s:s*}", "runtime", missing->runtime, "status",
                                        catalog_missing_status(missing), "reason", missing->reason));
    }
    return list;
}

static void health_make(App *app)
{
    response_free(app->version);
    response_free(app->alive);
    app->version =
        constant(200, json_pack("{s:s, s:s, s:s, s:o}", "name", "gilscope", "version", app->version_name,
                          "compiler", __VERSION__, "runtimes", health_versions_json(app->catalogs)));
    app->alive = constant(
        200, json_pack("{s:s, s:o}", "status", "alive", "runtimes", health_runtimes_json(app->catalogs)));
    app->health_version = app->present->version;
}

void health_init(App *app)
{
    health_make(app);
    app->stopping = constant(503, json_pack("{s:s}", "status", "stopping"));
}

/* The machine is not looked at for this: that takes longer than the answer. */
static void health_look(App *app)
{
    if (app->health_version != app->present->version)
        health_make(app);
}

/* A runtime that is broken is no reason to say that the server is not alive: all others work. */
Response *handle_healthz(App *app, Request *request)
{
    (void)request;
    health_look(app);
    return app->alive;
}

/* "a quota of 1.5 CPUs" or "no quota", owned by the caller. */
static char *health_quota_text(double quota)
{
    return quota > 0 ? text_printf("a quota of %.3g CPUs", quota) : strdup("no quota");
}

/* "2 usable CPUs and no quota", owned by the caller. */
static char *health_cpus_text(const Machine *machine)
{
    auto_free char *quota = health_quota_text(machine->cpu_quota);

    return text_printf("%lld usable CPU%s and %s", (long long)machine->cpus_usable,
        machine->cpus_usable == 1 ? "" : "s", quota);
}

/* How the machine differs from that of the start, owned by the caller; NULL: not at all. Memory is not
 * mentioned, as there is always more or less of it. */
static char *health_change(const Present *present)
{
    auto_free char *then = health_cpus_text(&present->then), *now = health_cpus_text(&present->now);

    if (strcmp(then, now) == 0)
        return NULL;
    return text_printf("when the server started there were %s, now there %s %s", then,
        present->now.cpus_usable == 1 ? "is" : "are", now);
}

/* What runs find here at present. A runtime may use less, and says so itself. */
static json_t *health_machine_json(const App *app)
{
    const Machine *now = &app->present->now;
    auto_free char *change = health_change(app->present);

    return json_pack("{s:I, s:o, s:o, s:s?}", "cpus_usable", (json_int_t)now->cpus_usable, "cpu_quota",
        now->cpu_quota > 0 ? json_real(now->cpu_quota) : json_null(), "memory_bytes",
        now->memory_bytes < INT64_MAX ? json_integer((json_int_t)now->memory_bytes) : json_null(), "changed",
        change);
}

/* An archive that cannot be written is told but is no reason for 503: a balancer would send everybody
 * away from a server that can still run everything. Nor is a machine that has become smaller. */
Response *handle_readyz(App *app, Request *request)
{
    const char *trouble = archive_trouble(app->archive), *notice = archive_notice(app->archive);
    json_auto_t *object = NULL;

    (void)request;
    if (queue_is_stopping(app->queue))
        return app->stopping;
    app_look(app);
    object = json_pack("{s:s, s:b, s:o, s:s*, s:s*}", "status", "ready", "runs_kept", !trouble, "machine",
        health_machine_json(app), "reason", trouble, "notice", notice);
    return response_new_json(200, object);
}

Response *handle_version(App *app, Request *request)
{
    (void)request;
    health_look(app);
    return app->version;
}
