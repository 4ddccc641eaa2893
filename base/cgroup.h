/* The control groups of this process, and what they leave it of the CPUs and of other things. A container is
 * limited in this way, and neither the number of CPUs nor the affinity shows it.
 *
 * Both versions are read, v1 (its cpu hierarchy) and v2, because a machine may have both mounted. A group is
 * bound by its own limits and by those of every ancestor that can be seen, up to the mount point. A file that
 * is missing means no limit, and never an error. */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/nsec.h"

/* The group of this process in one hierarchy. */
typedef struct CgroupTree {
    char folder[PATH_MAX]; /* its own folder; empty: there is no such hierarchy */
    size_t top;            /* so much of it is the mount point */
    bool is_own; /* it is really the own one, not just the top of what can be seen of the hierarchy */
} CgroupTree;

typedef struct Cgroup {
    CgroupTree v1, v2;
} Cgroup;

/* Finds the groups of this process. root is put before every path: "" for the real ones, a folder with a
 * made-up proc and mount points in tests. */
void cgroup_find(const char *root, Cgroup *ret);

/* The same for another controller than that of the CPUs; v1 has a hierarchy for each. */
void cgroup_find_controller(const char *root, const char *controller, Cgroup *ret);

/* Returns how many CPUs the tightest of the quotas allows, for example 1.5, or 0 if there is none. */
double cgroup_cpu_quota(const Cgroup *cgroup);

/* Returns how long quotas have held back these groups so far, summed over their CPUs and levels. Only the
 * difference of two readings says anything. */
nsec_t cgroup_throttled(const Cgroup *cgroup);

/* Returns what the tightest of the limits in the files called limit leaves, in the group and all its
 * ancestors, less what is used of it (usage NULL: less nothing); INT64_MAX if there is none. Both are names
 * of files in the group's folder, for example "pids.max" and "pids.current"; the result is in the unit of
 * the files, and never below 0. */
int64_t cgroup_left(const CgroupTree *tree, const char *limit, const char *usage);
