/* What the handlers share: where runs go, what can be run, and the answers that never change.
 *
 * There is one App, made by the server before the first request. Handlers run in the loop's thread, one
 * at a time, and must not block: what takes long goes to the archive, the queue, or uv_queue_work(). */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <uv.h>

#include "handlers/audience.h"
#include "handlers/content.h"
#include "handlers/gate.h"
#include "handlers/heavy.h"
#include "handlers/query.h"
#include "handlers/request.h"
#include "handlers/response.h"
#include "handlers/stream.h"
#include "runs/archive.h"
#include "runs/board.h"
#include "runs/catalog.h"
#include "runs/class.h"
#include "runs/metrics.h"
#include "runs/present.h"
#include "runs/queue.h"
#include "runs/settings.h"

typedef struct App App;
typedef struct Page Page;

/* The document of /openapi.json, and how it is seen from one place. All of it is NULL until it is asked for.
 */
typedef struct OpenApi {
    json_t *document;
    Content *content;
    char *base; /* the address that a proxy gives the server in the content; NULL: without one */
} OpenApi;

/* Members above the audience are set by the server, with its limits, and not changed afterwards. What they
 * point to is the server's. */
struct App {
    GateSettings gate;
    uv_loop_t *loop;
    const char *version_name; /* "0.2.0" */
    const RunSettings *settings;
    const Catalogs *catalogs;
    Present *present; /* of the catalogs; see app_look() */
    Queue *queue;
    Archive *archive;
    Board *board;
    Class *class;
    Metrics *metrics;

    Audience audience;
    int64_t max_unread_bytes;         /* of the texts below, together */
    LIST_HEAD(, ReadText) read_texts; /* owned; large texts that somebody reads, see handlers/run-text.h */
    Heavy heavy;
    Backlog backlog; /* of events that are told; as much may be held for them as for the texts above */

    /* How many connections are open now. Whose they are, only the server knows; both are set before the first
     * request. */
    size_t (*n_connections)(const void *http);
    const void *http;

    /* Constant answers, made by app_init(); the first two again when a runtime has come or gone, in this
     * version of the present. */
    Response *alive, *version, *stopping;
    uint64_t health_version;
    Page *page;

    /* Owned; the documents that tell what can be asked, NULL until they are asked for. They tell of the
     * machine in this version of the present. */
    Content *experiments;
    OpenApi openapi;
    uint64_t told_version;
    nsec_t looked; /* when the machine was looked at; 0, long ago: not yet */
    /* Returns a new document of /openapi.json. It is made of all routes, so their handlers cannot know it. */
    json_t *(*make_openapi)(const App *app);
};

/* Makes the constant answers. Everything before them was set and must outlive the app. */
void app_init(App *app);

/* Frees the constant answers. No request may be left, and all that was set before app_init() stays its
 * owner's. */
void app_finish(App *app);

/* Looks at the machine, if that was not done just now, as every handler does that plans or tells what can be
 * planned. Documents that tell of another machine are let go of. */
void app_look(App *app);

/* Lets go of them in any case. */
void app_forget_told(App *app);

/* The handlers, one for each route. Each returns the answer, or NULL if it comes later by
 * request->answer(). A constant answer stays the app's; any other one is the server's from then on. */
Response *handle_board(App *app, Request *request);
Response *handle_cancel(App *app, Request *request);
Response *handle_class(App *app, Request *request);
Response *handle_compare(App *app, Request *request);
Response *handle_experiments(App *app, Request *request);
Response *handle_healthz(App *app, Request *request);
Response *handle_lead(App *app, Request *request);
Response *handle_metrics(App *app, Request *request);
Response *handle_one_run(App *app, Request *request);
Response *handle_openapi(App *app, Request *request);
Response *handle_page(App *app, Request *request);
Response *handle_qr(App *app, Request *request);
Response *handle_readyz(App *app, Request *request);
Response *handle_relabel(App *app, Request *request);
Response *handle_remove(App *app, Request *request);
Response *handle_remove_all(App *app, Request *request);
Response *handle_run(App *app, Request *request);
Response *handle_run_events(App *app, Request *request);
Response *handle_run_trace(App *app, Request *request);
Response *handle_runs(App *app, Request *request);
Response *handle_version(App *app, Request *request);

/* Their parameters, see handlers/route.h. */
extern const RouteParameter no_parameters[], class_parameters[], compare_parameters[], qr_parameters[],
    relabel_parameters[], run_parameters[], runs_parameters[];

/* Returns the document of /openapi.json, a new reference. */
json_t *openapi_make(const App *app);

/* What the app calls in the handlers' files. */
void health_init(App *app);
Page *page_new(void);
void page_free(Page *page);

/* How long the large texts are that somebody reads, and what forgets those that nobody reads any more (data:
 * the app). */
int64_t run_texts_bytes(const App *app);
void run_texts_sweep(void *data);

/* Whether the page has a file for the path: "/", "/style.css". */
bool page_has(const App *app, const char *path);
