/* A request and the work for it end in either order. The request knows its Later as long as it lives, and
 * tells it when the client has left; from then on nothing may touch the request, while the archive or a
 * thread still works for it and calls back. So the callback finds a Later in any case, and it is freed by
 * the answer alone.
 *
 * Without it, a client that leaves while the archive searches would leave a pointer to a freed request
 * with the archive's callback. */
#include "handlers/later.h"

#include <assert.h>
#include <stdlib.h>

struct Later {
    App *app;
    Request *request; /* NULL: the client has left */
};

static void on_later_gone(Request *request)
{
    Later *later = request->data;

    later->request = NULL;
}

Later *later_new(App *app, Request *request)
{
    Later *later = calloc(1, sizeof(*later));

    assert(later);
    later->app = app;
    later->request = request;
    request->data = later;
    request->gone = on_later_gone;
    return later;
}

App *later_app(const Later *later)
{
    return later->app;
}

bool later_is_gone(const Later *later)
{
    return !later->request;
}

/* A constant answer is the app's and is never freed here. In the other case nobody is left to take it. */
void later_answer(Later *later, Response *response)
{
    if (later->request)
        later->request->answer(later->request, response);
    else if (!response->constant)
        response_free(response);
    free(later);
}

/* The handler answers after all: its request must not tell a Later that is freed. */
void later_cancel(Later *later)
{
    if (later && later->request)
        later->request->gone = NULL;
    free(later);
}
