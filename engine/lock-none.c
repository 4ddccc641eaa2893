/* No lock: free threading (PEP 703), Jython, IronPython. Everybody may be inside. There is nothing to ask and
 * nothing to count, so a policy without an algorithm is all that it takes. */
#include "engine/registry.h"

const LockPolicy lock_none = {
    .name = "none",
    .title = "no lock",
    .summary = "no lock: free-threaded CPython (PEP 703), Jython, IronPython",
    .models = "free-threaded",
    /* Nobody asks for the lock, so a step may be long; it stays short enough to be cancelled and to share a
     * loop. */
    .budget_ticks = 10000,
};
