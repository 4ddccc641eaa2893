/* The usual answer to /run: the whole run, when it is over. */
#pragma once

#include "handlers/app.h"
#include "handlers/client.h"
#include "results/format.h"

/* Watches the run for a client and answers its request at the end, in this format. When the client leaves
 * before, it does not watch any more, and the run ends if it was the last. own is what its request said,
 * taken over. Sets the request's data and gone. */
void wait_for_run(
    App *app, Request *request, Run *run, const Client *client, Ask *own, bool joined, ResultFormat format);
