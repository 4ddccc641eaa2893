/* Which CPUs this process may use. */
#pragma once

/* The number of usable CPUs by affinity, at least 1. */
int affinity_usable(void);

/* Confines this process to the first n_cpus of its usable CPUs. Returns 0 or a negative errno; -EINVAL if
 * there are fewer. */
int affinity_confine(int n_cpus);
