#include "results/totals.h"

#include "results/value.h"

/* Two counts are at most 10^18 each, so they can be added. What is larger then is no count that anybody made,
 * and the sum stays as it was. */
static json_t *total_sum(const json_t *before, const json_t *more)
{
    int64_t sum = 0, next = 0;
    json_t *value;

    value_read_integer(before, &sum);
    value_read_integer(more, &next);
    value = json_integer(sum + next);
    if (value_read_integer(value, &next) < 0)
        json_integer_set(value, sum);
    return value;
}

/* Only what is a count in this repetition is added; a member that is new begins with it. What was an object
 * before stays one. */
static void total_add_count(json_t *sums, const char *name, const json_t *value)
{
    int64_t ignored;

    if (value_read_integer(value, &ignored) == 0 && !json_is_object(json_object_get(sums, name)))
        json_object_set_new(sums, name, total_sum(json_object_get(sums, name), value));
}

static void total_add_members(json_t *sums, const char *name, const json_t *value)
{
    json_t *of_name = json_object_get(sums, name), *member;
    const char *key;

    if (!of_name) {
        of_name = json_object();
        json_object_set_new(sums, name, of_name);
    }
    json_object_foreach ((json_t *)value, key, member) {
        if (json_is_object(of_name))
            total_add_count(of_name, key, member);
    }
}

void totals_add(json_t **totals, const CatalogExperiment *experiment, const json_t *metrics)
{
    if (experiment->n_totals == 0 || !json_is_object(metrics))
        return;
    if (!*totals)
        *totals = json_object();
    for (size_t i = 0; i < experiment->n_totals; i++) {
        const json_t *value = json_object_get(metrics, experiment->totals[i]);

        if (json_is_object(value))
            total_add_members(*totals, experiment->totals[i], value);
        else
            total_add_count(*totals, experiment->totals[i], value);
    }
}

/* The metrics may be those of an event that is asked again, and the sums go on while somebody writes down
 * what is returned here: so neither is shared. */
json_t *totals_apply(const json_t *metrics, const json_t *totals)
{
    json_auto_t *sums = json_deep_copy((json_t *)totals);
    json_t *copy = json_copy((json_t *)metrics);

    json_object_update_existing(copy, sums);
    return copy;
}
