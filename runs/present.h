/* What can be run here at present. A catalog says what its runtime found when the server started; since then
 * somebody may have lowered the quota of the container, or the affinity of the server. Then a request without
 * `cpus` would be planned for CPUs that are gone, and its runtime would refuse what nobody has asked for.
 *
 * So the machine is looked at before each plan, and before each answer that tells what can be planned. All of
 * it belongs to the thread of the loop, which starts the runs, so its affinity is theirs. */
#pragma once

#include <sched.h>
#include <stdint.h>

#include "base/machine.h"
#include "catalog/catalog.h"

typedef struct Present {
    Catalogs *catalogs; /* borrowed; those of all runtimes */
    bool is_pinned;
    cpu_set_t within; /* the CPUs of a run; only if they are pinned */
    Machine then;     /* when the runtimes described themselves */
    Machine now;      /* when it was looked at for the last time */
    uint64_t version; /* counts the changes that make another catalog */
} Present;

/* Right behind the loading of the catalogs, with the same list of CPUs (NULL: all). */
void present_init(Present *present, Catalogs *catalogs, const char *cpus);

/* Looks at the machine, and has the catalogs follow. */
void present_update(Present *present);
