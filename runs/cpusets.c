/* The sets are cut once, when the server starts: a run that waits must find the same places as those before
 * it. A machine that becomes smaller later does not change them; runs/present.h then counts what is left of a
 * set. */
#include "runs/cpusets.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/cpulist.h"

typedef struct Place {
    char *text;
    bool taken;
} Place;

struct Cpusets {
    int n_places;
    Place places[];
};

/* CPUs that follow one another are mostly those that share a core or a cache: so a run is disturbed by its
 * own tasks rather than by those of another run.
 *
 * Takes the next n CPUs of usable, from *at on, which moves behind them. Returns them as a list. */
static char *cpusets_cut(const cpu_set_t *usable, int64_t n, int *at)
{
    cpu_set_t set;

    CPU_ZERO(&set);
    for (; n > 0; (*at)++) {
        assert(*at < CPU_SETSIZE);
        if (!CPU_ISSET(*at, usable))
            continue;
        CPU_SET(*at, &set);
        n--;
    }
    return cpulist_text(&set);
}

int cpusets_new(const cpu_set_t *usable, int64_t cpus_per_run, int64_t n_unpinned, Cpusets **ret)
{
    int64_t n_places = cpus_per_run > 0 ? CPU_COUNT(usable) / cpus_per_run : n_unpinned;
    Cpusets *sets;
    int at = 0;

    if (n_places < 1)
        return -ERANGE;
    sets = calloc(1, sizeof(*sets) + (size_t)n_places * sizeof(sets->places[0]));
    assert(sets);
    sets->n_places = (int)n_places;
    for (int i = 0; cpus_per_run > 0 && i < sets->n_places; i++)
        sets->places[i].text = cpusets_cut(usable, cpus_per_run, &at);
    *ret = sets;
    return 0;
}

void cpusets_free(Cpusets *sets)
{
    if (!sets)
        return;
    for (int i = 0; i < sets->n_places; i++)
        free(sets->places[i].text);
    free(sets);
}

int cpusets_count(const Cpusets *sets)
{
    return sets->n_places;
}

int cpusets_take(Cpusets *sets)
{
    for (int i = 0; i < sets->n_places; i++) {
        if (sets->places[i].taken)
            continue;
        sets->places[i].taken = true;
        return i;
    }
    return -1;
}

void cpusets_give_back(Cpusets *sets, int index)
{
    assert(index >= 0 && index < sets->n_places && sets->places[index].taken);
    sets->places[index].taken = false;
}

const char *cpusets_text(const Cpusets *sets, int index)
{
    assert(index >= 0 && index < sets->n_places);
    return sets->places[index].text;
}
