/* The slow web server that fetch asks by default: a process of its own on loopback, started by the server,
 * watched, and started again when it dies, later each time. It ends when this side of its standard input is
 * closed, by us or by our death.
 *
 * Its ports are new after each start, so they are asked for with each run and never kept. A run that comes
 * while it starts again waits for it; if it does not come up, the run is told that there is none. One that
 * somebody has stopped is woken. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <uv.h>

#include "runs/settings.h"

typedef struct Origin Origin;

/* Starts it; the loop has to run for anything to come of it. With 0 ports in the settings nothing is
 * started and there is never a port. settings is borrowed and must outlive the origin. Returns the
 * origin, which is freed after origin_stop(). */
Origin *origin_start(uv_loop_t *loop, const RunSettings *settings);

/* The array of ports that it listens on, borrowed; NULL while it is not up. */
const json_t *origin_ports(const Origin *origin);

/* Its process; 0 while there is none. */
pid_t origin_pid(const Origin *origin);

/* Whether it is worth no wait: it is up, or it failed, or its start takes too long. The server waits for this
 * before it answers anybody, and a run before it begins. */
bool origin_is_settled(const Origin *origin);

/* settled(data) is called from the loop each time it becomes so again. */
void origin_tell_settled(Origin *origin, void (*settled)(void *data), void *data);

/* Ends it by closing its input, and kills it if that does not help within a second. It is freed by
 * itself, from the loop, when the process is gone. Call it once. */
void origin_stop(Origin *origin);
