/* One lock for each interpreter (PEP 684, CPython 3.12): the algorithm is that of lock-gil.c, but each loop
 * has a lock of its own, so tasks never contend. It is not exclusive: threads of different interpreters run
 * at the same time, and what they share they have to protect themselves. The mode makes a lock for each
 * thread because each_its_own says so; nothing else differs. */
#include "engine/lock-gil.h"
#include "engine/registry.h"

const LockPolicy lock_per_interpreter = {
    .name = "per-interpreter",
    .title = "a lock for each interpreter",
    .summary = "a lock of its own for each interpreter (PEP 684): threads do not wait for one another",
    .each_its_own = true,
    .models = "interpreters",
    .parameters = gil_parameters,
    .n_parameters = GIL_N_PARAMETERS,
    .budget_ticks = GIL_BUDGET_TICKS,
    .create = gil_create,
    .destroy = gil_destroy,
    .acquire = gil_acquire,
    .release = gil_release,
    .check = gil_check,
};
