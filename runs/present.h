/* What can be run here at present. A catalog says what its runtime found when it was asked; since then
 * somebody may have lowered the quota of the container, or the affinity of the server. Then a request without
 * `cpus` would be planned for CPUs that are gone, and its runtime would refuse what nobody has asked for.
 *
 * So the machine is looked at before each plan, and before each answer that tells what can be planned. And
 * runtimes come and go: what stands in the list of catalogs is changed here alone, once there is somebody to
 * see it. All of it belongs to the thread of the loop, which starts the runs, so its affinity is theirs. */
#pragma once

#include <sched.h>
#include <stdint.h>

#include "base/machine.h"
#include "catalog/catalog.h"
#include "runs/settings.h"

typedef struct Present {
    Catalogs *catalogs; /* borrowed; those of all runtimes */
    bool is_pinned;
    cpu_set_t within;                     /* the CPUs of a run; only if they are pinned */
    Machine then;                         /* when the server started */
    Machine now;                          /* when it was looked at for the last time */
    Machine asked[SETTINGS_MAX_RUNTIMES]; /* when the runtime of this place described itself */
    uint64_t version; /* counts the changes that make another catalog, or another list of them */
} Present;

/* Right behind the loading of the catalogs, with the same list of CPUs (NULL: all). */
void present_init(Present *present, Catalogs *catalogs, const char *cpus);

/* Looks at the machine, and has the catalogs follow. */
void present_update(Present *present);

/* Puts the catalog of a runtime that has just described itself in its place, see catalogs_set(); or says why
 * there is none, see catalogs_set_missing(). Places are those of RunSettings.runtimes. */
void present_set(Present *present, size_t place, Catalog *catalog);
void present_set_missing(
    Present *present, size_t place, const char *runtime, unsigned why, const char *reason);
