/* A cell as it is asked for, and what the catalog says of it. Conditions compare what stands in the entry of
 * the cell's mode or lock with what they want, so they need no line for a fact that is new. Nothing is
 * checked here: names and types of conditions and factors were, when the catalog was read. */
#include <string.h>

#include "catalog/catalog.h"

json_t *cell_spec_json(const CellSpec *cell)
{
    json_t *object = json_pack("{s:I, s:s, s:s, s:s, s:I, s:I, s:O}", "cell", (json_int_t)cell->number,
        "runtime", cell->runtime->runtime, "mode", cell->mode->name, "lock", cell->lock->name, "tasks",
        (json_int_t)cell->tasks, "cpus", (json_int_t)cell->cpus, "params", cell->params);

    if (cell->experiment->fixed_time)
        json_object_set_new(object, "fixed_time", json_true());
    return object;
}

/* What has no meaning in a cell is not there, and counts by its default in an estimate: how long a page from
 * elsewhere takes nobody knows, and that of the own server is as good a guess as any. */
double cell_spec_number(const CellSpec *cell, const char *name)
{
    const json_t *value = json_object_get(cell->params, name);
    const CatalogParameter *parameter = value ? NULL : catalog_parameter(cell->experiment, name);

    if (parameter)
        return json_number_value(parameter->fallback);

    if (value)
        return json_number_value(value);
    /* No parameter can be called so. */
    return strcmp(name, "tasks") == 0  ? (double)cell->tasks
           : strcmp(name, "cpus") == 0 ? (double)cell->cpus
                                       : 0;
}

/* A member that is missing is NULL, which json_equal() finds unequal to everything: an optional fact that a
 * lock does not mention is not true of it. */
static bool cell_spec_meets_one(const CellSpec *cell, const CatalogCondition *condition)
{
    const json_t *of = cell->params;

    if (condition->of == CATALOG_OF_MODE)
        of = cell->mode->json;
    else if (condition->of == CATALOG_OF_LOCK)
        of = cell->lock->json;
    return json_equal(json_object_get(of, condition->name), condition->value);
}

bool cell_spec_meets(const CellSpec *cell, const CatalogConditions *conditions)
{
    /* What the document says nothing of has no condition either, and is true of no cell. */
    for (size_t i = 0; i < conditions->n; i++)
        if (!cell_spec_meets_one(cell, &conditions->list[i]))
            return false;
    return conditions->given;
}

double cell_spec_term(const CellSpec *cell, const CatalogTerm *term)
{
    double product = term->amount;

    if (!cell_spec_meets(cell, &term->only_if))
        return 0;
    for (size_t i = 0; i < term->n_times; i++)
        product *= cell_spec_number(cell, term->times[i]);
    return product;
}
