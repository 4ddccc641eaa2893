/* Which CPUs this process may use. A cell with cpus=1 shows what threads do where there is nothing to run
 * side by side on, so the confinement has to be real. */
#pragma once

/* The number of usable CPUs, at least 1: what the affinity leaves, and no more than the quota of the control
 * groups is good for, rounded up. */
int affinity_usable(void);

/* The quota of the control groups in CPUs, for example 1.5, or 0 if there is none. Read once per process. */
double affinity_quota(void);

/* Confines this process to the first n_cpus of the CPUs in its affinity. Returns 0 or a negative errno;
 * -EINVAL if there are fewer. */
int affinity_confine(int n_cpus);
