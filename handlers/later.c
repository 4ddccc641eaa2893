#include "handlers/later.h"

#include <assert.h>
#include <stdlib.h>

static void on_gone(Request *request)
{
    Later *later = request->data;

    later->request = NULL;
}

void *later_new(size_t size, App *app, Request *request)
{
    Later *later = calloc(1, size);

    assert(later && size >= sizeof(*later));
    later->app = app;
    later->request = request;
    request->data = later;
    request->gone = on_gone;
    return later;
}

void later_answer(void *data, Response *response)
{
    Later *later = data;

    if (later->request)
        later->request->answer(later->request, response);
    else if (!response->constant)
        response_free(response);
    free(later);
}

void later_refuse(void *later, const Problem *problem)
{
    later_answer(later, response_new_problem(problem));
}
