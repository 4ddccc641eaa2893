/* The usual answer to /run: the whole run, when it is over. */
#pragma once

#include "handlers/app.h"
#include "handlers/client.h"
#include "results/format.h"

/* Watches the run for a client and answers its request at the end; when the client leaves before, it does not
 * watch any more. own is what its request said, taken over. */
void wait_for_run(
    App *app, Request *request, Run *run, const Client *client, Ask *own, bool joined, ResultFormat format);
