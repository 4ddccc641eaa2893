/* A plan's cells refer to the catalogs of their runtimes, so which cells a part has follows from them:
 * nothing of a request has to be read again. */
#include "runs/part.h"

#include <assert.h>
#include <stdlib.h>

#include "runs/run.h"

void parts_make(Run *run, const Plan *plan, RunParts *ret)
{
    RunParts parts = {.list = calloc(plan->n_runtimes + 1, sizeof(*parts.list)), .n = plan->n_runtimes};

    assert(parts.list);
    for (size_t i = 0; i < parts.n; i++)
        parts.list[i] = (RunPart){.run = run, .catalog = plan->runtimes[i]};
    for (size_t i = 0; i < plan->n_specs; i++)
        for (size_t k = 0; k < parts.n; k++)
            parts.list[k].n_cells += plan->specs[i].runtime == parts.list[k].catalog;
    *ret = parts;
}

void parts_finish(RunParts *parts)
{
    bool are_gone = parts_are_gone(parts);

    assert(are_gone);
    for (size_t i = 0; i < parts->n; i++)
        free(parts->list[i].how);
    free(parts->list);
    *parts = (RunParts){0};
}

size_t parts_count(const RunParts *parts, PartState state)
{
    size_t n = 0;

    for (size_t i = 0; i < parts->n; i++)
        n += parts->list[i].state == state;
    return n;
}

const RunPart *parts_measuring(const RunParts *parts)
{
    for (size_t i = 0; i < parts->n; i++)
        if (parts->list[i].state == PART_MEASURING)
            return &parts->list[i];
    return NULL;
}

bool parts_are_over(const RunParts *parts)
{
    return parts_count(parts, PART_DONE) + parts_count(parts, PART_LOST) == parts->n;
}

bool parts_are_gone(const RunParts *parts)
{
    for (size_t i = 0; i < parts->n; i++)
        if (parts->list[i].child)
            return false;
    return true;
}

bool part_has_others(const RunPart *part)
{
    return part->run->parts.n > 1;
}

const char *part_runtime(const RunPart *part)
{
    return part->catalog->runtime;
}

bool part_paces(const RunPart *part)
{
    return part->catalog->paces;
}

json_t *part_cells(const RunPart *part, const Plan *plan)
{
    json_t *cells = json_array();

    for (size_t i = 0; i < plan->n_specs; i++)
        if (plan->specs[i].runtime == part->catalog)
            json_array_append(cells, json_array_get(plan->cells, i));
    return cells;
}

void part_stop(const RunPart *part)
{
    if (part->child)
        child_stop(part->child);
}

void parts_stop(const RunParts *parts)
{
    for (size_t i = 0; i < parts->n; i++)
        part_stop(&parts->list[i]);
}
