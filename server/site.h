/* The lab on the web: what the handlers share, and the server that answers by them. When it begins and ends
 * is serve.c's; tests/fuzz opens the same in a process of its own. */
#pragma once

#include "handlers/app.h"
#include "server/config.h"
#include "server/http.h"
#include "server/lab.h"

/* Behind lab_start(): makes what the handlers share. The lab and the config must outlive it; app_finish()
 * ends it. */
void site_make_app(App *app, Lab *lab, const Config *config);

/* Answers requests on a listening socket, which is taken over. The app must stay where it is. Returns NULL
 * after it said on standard error that it cannot. */
Http *site_open(App *app, Lab *lab, const Config *config, int fd);
