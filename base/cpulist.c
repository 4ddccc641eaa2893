/* strtoul alone would be too kind: it skips blanks, takes a sign, and lets "0-3, 8" through. Lists come from
 * requests and settings, and go on to taskset, to sched_setaffinity and into the results as they were
 * written. */
#include "base/cpulist.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* Moves *at behind the number. */
static int cpulist_read_number(const char **at, int *ret)
{
    unsigned long number;
    char *end;

    if (**at < '0' || **at > '9')
        return -EINVAL;
    number = strtoul(*at, &end, 10);
    if (number >= CPU_SETSIZE)
        return -ERANGE;
    *ret = (int)number;
    *at = end;
    return 0;
}

int cpulist_parse(const char *text, cpu_set_t *ret)
{
    cpu_set_t set;

    CPU_ZERO(&set);
    for (;; text++) {
        int first, last, r;

        /* A single number is a range from itself to itself. */
        r = cpulist_read_number(&text, &first);
        last = first;
        if (r == 0 && *text == '-') {
            text++;
            r = cpulist_read_number(&text, &last);
        }
        if (r < 0)
            return r;
        if (last < first)
            return -EINVAL;
        for (int cpu = first; cpu <= last; cpu++)
            CPU_SET(cpu, &set);
        if (*text != ',')
            break;
    }
    if (*text != '\0')
        return -EINVAL;
    *ret = set;
    return 0;
}

/* Neighbours are written as one range: 256 CPUs are "0-255" and not a line of a thousand characters. */
char *cpulist_text(const cpu_set_t *set)
{
    char *text = NULL;
    size_t length;
    FILE *file = open_memstream(&text, &length);
    const char *comma = "";

    assert(file);
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        int first = cpu;

        if (!CPU_ISSET(cpu, set))
            continue;
        while (cpu + 1 < CPU_SETSIZE && CPU_ISSET(cpu + 1, set))
            cpu++;
        fprintf(file, "%s%d", comma, first);
        if (cpu > first)
            fprintf(file, "-%d", cpu);
        comma = ",";
    }
    fclose(file);
    assert(text);
    return text;
}
