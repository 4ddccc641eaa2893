/* What the handlers share: where runs go, what can be run, and the answers that never change. */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "handlers/gate.h"
#include "handlers/request.h"
#include "handlers/response.h"
#include "runs/catalog.h"
#include "runs/queue.h"
#include "runs/settings.h"

typedef struct Page Page;

typedef struct App {
    GateSettings gate;
    const RunSettings *settings;
    const Catalog *catalog;
    Queue *queue;

    /* Constant answers, made by app_init(). */
    Response *alive, *ready, *stopping, *version, *experiments;
    Page *page;
} App;

/* Makes the constant answers; the texts of gate, settings, catalog and queue must outlive the app. */
void app_init(App *app, const char *version, const GateSettings *gate, const RunSettings *settings,
    const Catalog *catalog, Queue *queue);

void app_finish(App *app);

/* The handlers, one for each route. Each returns the answer, or NULL if it comes later. */
Response *handle_experiments(App *app, Request *request);
Response *handle_healthz(App *app, Request *request);
Response *handle_page(App *app, Request *request);
Response *handle_readyz(App *app, Request *request);
Response *handle_run(App *app, Request *request);
Response *handle_version(App *app, Request *request);

/* What app_init() calls in the handlers' files. */
void health_init(App *app, const char *version);
void experiments_init(App *app);
Page *page_new(void);
void page_free(Page *page);

/* Whether the page has a file for the path: "/", "/style.css". */
bool page_has(const App *app, const char *path);
