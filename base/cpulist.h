/* Sets of CPUs as people, taskset and the kernel's files write them: "0-3,8". */
#pragma once

#include <sched.h>

/* Reads a list of CPU numbers and ranges of them, separated by commas and nothing else. Returns 0 and sets
 * *ret; -EINVAL if it is no such list, or an empty one; -ERANGE if a number is CPU_SETSIZE (1024) or more. */
int cpulist_parse(const char *text, cpu_set_t *ret);

/* Returns the shortest list of a set, "" for the empty one. The caller frees it. */
char *cpulist_text(const cpu_set_t *set);
