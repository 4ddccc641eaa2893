/* From the settings to what handlers and HTTP are told of them. */
#include "server/site.h"

#include "handlers/routes.h"

/* The gate reads the settings where they are: they live as long as the server. */
static GateSettings site_gate_settings(const Config *config)
{
    return (GateSettings){
        .hosts = config->server.hosts,
        .cors_origins = config->server.cors_origins,
        .token = config->server.token,
        .instructor_token = config->server.instructor_token,
    };
}

/* A quarter of the connections is for those who ask and go. */
static Audience site_audience(const Config *config)
{
    int64_t most = config->server.max_connections * 3 / 4;

    return (Audience){
        .max = config->limits.max_watchers < most ? config->limits.max_watchers : most,
        .max_address = config->limits.max_watchers_address,
    };
}

void site_make_app(App *app, Lab *lab, const Config *config)
{
    *app = (App){
        .gate = site_gate_settings(config),
        .loop = &lab->loop,
        .version_name = GILSCOPE_VERSION,
        .settings = &lab->settings,
        .catalogs = &lab->catalogs,
        .present = &lab->present,
        .queue = lab->queue,
        .archive = lab->archive,
        .board = lab->board,
        .class = lab->class,
        .metrics = &lab->metrics,
        .audience = site_audience(config),
        .max_unread_bytes = config->limits.max_unread_bytes,
    };
    /* Everything that the constant answers tell of is known by now: the catalog, the limits, the tokens. */
    app_init(app);
}

static Response *site_on_request(void *data, Request *request)
{
    return routes_dispatch(data, request);
}

static void site_on_answered(void *data, const Request *request, int status)
{
    routes_answered(data, request, status);
}

static size_t site_n_connections(const void *http)
{
    return http_n_connections(http);
}

Http *site_open(App *app, Lab *lab, const Config *config, int fd)
{
    HttpSettings settings = {
        .max_connections = config->server.max_connections,
        .header_timeout_ms = config->limits.header_timeout_ms,
        .answer_timeout_ms = config->limits.answer_timeout_ms,
        .max_body_bytes = config->limits.max_body_bytes,
        .trusted_proxies = config->server.trusted_proxies,
        .answered = site_on_answered,
    };
    Http *http = http_start(&lab->loop, fd, &settings, site_on_request, app);

    app->http = http;
    app->n_connections = site_n_connections;
    if (!http)
        lab_complain("http", "libmicrohttpd cannot start");
    return http;
}
