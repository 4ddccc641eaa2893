/* A request that is answered later: the handler keeps this, returns NULL, and answers or cancels it once. In
 * between the client may leave; then the answer is dropped. */
#pragma once

#include "handlers/app.h"

typedef struct Later Later;

/* Takes hold of the request: sets its data and gone, which the handler must not use any more. End it by
 * exactly one of later_answer() and later_cancel(). */
Later *later_new(App *app, Request *request);

/* The app, for callbacks that have nothing else. */
App *later_app(const Later *later);

/* Whether the client has left, so that nothing needs to be found out for it. */
bool later_is_gone(const Later *later);

/* Answers, if there is still somebody, and frees it. Takes the response over. */
void later_answer(Later *later, Response *response);

/* Lets go of the request, which the handler answers at once after all, and frees it; NULL is allowed. */
void later_cancel(Later *later);
