/* A request that is answered later. Stands first in what a handler keeps for it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "handlers/app.h"

typedef struct Later {
    App *app;
    Request *request; /* NULL: the client has left */
} Later;

/* Allocates size bytes that begin with a Later, zeroed, and takes hold of the request, so that it is noticed
 * when the client leaves. The handler then returns NULL. */
void *later_new(size_t size, App *app, Request *request);

/* Answers, if there is still somebody, and frees what later_new() gave. Takes the response over. */
void later_answer(void *later, Response *response);

/* The same with a problem. */
void later_refuse(void *later, const Problem *problem);
