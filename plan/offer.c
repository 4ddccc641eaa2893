#include "plan/offer.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "plan/common.h"
#include "plan/limits.h"
#include "plan/param.h"

const CatalogMode *offer_mode(const AskedRuntime *runtime, const char *name)
{
    const CatalogMode *mode = catalog_mode(runtime->catalog, name);

    return mode && !catalog_room(runtime->catalog, runtime->experiment, mode)->unavailable ? mode : NULL;
}

int64_t offer_max_tasks(const AskedRuntime *runtime, const CatalogMode *mode, const char **ret_reason)
{
    const CatalogRoom *room = catalog_room(runtime->catalog, runtime->experiment, mode);

    *ret_reason = room->reason;
    return room->max_tasks;
}

const CatalogLock *offer_lock(const Asked *asked, const AskedRuntime *runtime, const char *name)
{
    return strcmp(name, COMMON_OWN_LOCK) == 0 ? limits_own_lock(asked->all, asked->limits, runtime->catalog)
                                              : catalog_lock(runtime->catalog, name);
}

/* An axis without values yet; takes the list over. */
static Axis axis_new(const char *name, json_t *values, Memo **memo)
{
    return (Axis){
        .name = name, .values = values, .at = memo_take(memo, json_array_size(values), sizeof(size_t))};
}

static void axis_add_if(Axis *axis, size_t at, bool is_there)
{
    if (is_there)
        axis->at[axis->n++] = at;
}

static Axis offer_axis(const Asked *asked, const char *name, Memo **memo)
{
    return axis_new(name, json_incref(asked_value(asked, name)), memo);
}

/* What nobody gave is what the lock says. */
static Axis offer_own_axis(const Asked *asked, const CatalogParameter *parameter, Memo **memo)
{
    json_t *values = param_given(asked->given, parameter->name)
                         ? json_incref(asked_value(asked, parameter->name))
                         : limits_lock_default(asked->limits, parameter);
    Axis axis = axis_new(parameter->name, values, memo);
    json_t *value;
    size_t i;

    json_array_foreach (values, i, value)
        axis_add_if(&axis, i, catalog_parameter_takes(parameter, value));
    return axis;
}

void offer_make(const Asked *asked, size_t runtime_at, size_t lock_at, Memo **memo, Offer *ret)
{
    const AskedRuntime *runtime = &asked->runtimes[runtime_at];
    const json_t *locks = asked_value(asked, "lock");
    const char *name = json_string_value(json_array_get(locks, lock_at));
    json_t *value;
    size_t i;

    *ret = (Offer){
        .runtime = runtime,
        .runtime_at = runtime_at,
        .lock_at = lock_at,
        .lock = offer_lock(asked, runtime, name),
        .modes = offer_axis(asked, "mode", memo),
        .tasks = axis_new("tasks", json_incref(runtime->tasks), memo),
        .cpus = offer_axis(asked, "cpus", memo),
    };
    for (i = 0; i < lock_at; i++) {
        name = json_string_value(json_array_get(locks, i));
        ret->is_twice = ret->is_twice || (ret->lock && offer_lock(asked, runtime, name) == ret->lock);
    }
    json_array_foreach (ret->modes.values, i, value)
        axis_add_if(&ret->modes, i, offer_mode(runtime, json_string_value(value)));
    json_array_foreach (ret->tasks.values, i, value)
        axis_add_if(&ret->tasks, i, true);
    json_array_foreach (ret->cpus.values, i, value)
        axis_add_if(&ret->cpus, i, json_integer_value(value) <= runtime->catalog->cpus_usable);
    if (!ret->lock)
        return;
    ret->own = memo_take(memo, ret->lock->n_parameters, sizeof(Axis));
    for (; ret->n_own < ret->lock->n_parameters; ret->n_own++)
        ret->own[ret->n_own] = offer_own_axis(asked, &ret->lock->parameters[ret->n_own], memo);
}

void offer_finish(Offer *offer)
{
    json_decref(offer->modes.values);
    json_decref(offer->tasks.values);
    json_decref(offer->cpus.values);
    for (size_t i = 0; i < offer->n_own; i++)
        json_decref(offer->own[i].values);
}

bool offer_takes(const Offer *offer, size_t mode_at, size_t tasks_at)
{
    const CatalogMode *mode =
        offer_mode(offer->runtime, json_string_value(json_array_get(offer->modes.values, mode_at)));
    const char *reason;

    return mode && json_integer_value(json_array_get(offer->tasks.values, tasks_at)) <=
                       offer_max_tasks(offer->runtime, mode, &reason);
}

/* Lists come from a client, and their product can overflow; then it becomes one that no limit allows. A
 * product that wrapped round could look small. */
static int64_t times(int64_t product, size_t n)
{
    return __builtin_mul_overflow(product, (int64_t)n, &product) ? INT64_MAX : product;
}

int64_t offer_count(const Offer *offer)
{
    int64_t count = 0;

    if (!offer->lock || offer->is_twice)
        return 0;
    for (size_t m = 0; m < offer->modes.n; m++)
        for (size_t t = 0; t < offer->tasks.n; t++)
            count += offer_takes(offer, offer->modes.at[m], offer->tasks.at[t]);
    count = times(count, offer->cpus.n);
    for (size_t i = 0; i < offer->n_own; i++)
        count = times(count, offer->own[i].n);
    return count;
}

int64_t offer_span(const Offer *offer)
{
    int64_t span = offer->lock && !offer->is_twice ? 1 : 0;

    span = times(span, offer->modes.n);
    span = times(span, json_array_size(offer->tasks.values));
    span = times(span, json_array_size(offer->cpus.values));
    for (size_t i = 0; i < offer->n_own; i++)
        span = times(span, json_array_size(offer->own[i].values));
    return span;
}

char *offer_why_no_mode(const AskedRuntime *runtime, const char *name)
{
    const CatalogMode *mode = catalog_mode(runtime->catalog, name);
    const char *absence = catalog_absence(runtime->catalog, name);
    json_auto_t *names = json_array();
    auto_free char *list = NULL;

    if (mode)
        return text_copy(catalog_room(runtime->catalog, runtime->experiment, mode)->unavailable);
    if (absence)
        return text_copy(absence);
    for (size_t i = 0; i < runtime->catalog->n_modes; i++)
        json_array_append_new(names, json_string(runtime->catalog->modes[i].name));
    list = problem_names(names);
    return text_printf("there is no such mode; it has %s", list);
}

char *offer_why_no_lock(const AskedRuntime *runtime, const char *name)
{
    const char *absence = catalog_absence(runtime->catalog, name);
    json_auto_t *names = json_array();
    auto_free char *list = NULL;

    for (size_t i = 0; i < runtime->catalog->n_locks; i++)
        json_array_append_new(names, json_string(runtime->catalog->locks[i].name));
    list = problem_names(names);
    return absence ? text_printf("%s; it has %s", absence, list)
                   : text_printf("there is no such lock; it has %s", list);
}

/* Whether the offer has the value of a list, by its place. */
static bool axis_has(const Axis *axis, size_t at)
{
    for (size_t i = 0; i < axis->n; i++)
        if (axis->at[i] == at)
            return true;
    return false;
}

static void offer_note_mode(const Asked *asked, const Offer *offer, size_t mode_at)
{
    const char *name = json_string_value(json_array_get(offer->modes.values, mode_at)), *reason;
    const CatalogMode *mode = offer_mode(offer->runtime, name);
    auto_free char *why = mode ? NULL : offer_why_no_mode(offer->runtime, name);
    int64_t most = mode ? offer_max_tasks(offer->runtime, mode, &reason) : 0;

    if (!mode) {
        asked_leave_out(asked, offer->runtime->catalog, json_pack("{s:s}", "mode", name), "%s", why);
        return;
    }
    for (size_t t = 0; t < json_array_size(offer->tasks.values); t++)
        if (!offer_takes(offer, mode_at, t))
            asked_leave_out(asked, offer->runtime->catalog,
                json_pack("{s:s, s:O}", "mode", name, "tasks", json_array_get(offer->tasks.values, t)),
                "at most %lld tasks in mode %s%s%s", (long long)most, name, reason ? ": " : "",
                reason ? reason : "");
}

/* A value that the lock's parameter cannot have, while that of another runtime can. */
static void offer_note_value(const Asked *asked, const Offer *offer, size_t own, const json_t *value)
{
    const CatalogParameter *parameter = &offer->lock->parameters[own];
    auto_free char *text = json_dumps(value, JSON_ENCODE_ANY);

    asked_leave_out(asked, offer->runtime->catalog,
        json_pack("{s:s, s:s}", "lock", offer->lock->name, "parameter", parameter->name),
        "must be from %lld to %lld, not %s", (long long)parameter->min, (long long)parameter->max, text);
}

void offer_note(const Asked *asked, const Offer *offer)
{
    const Catalog *catalog = offer->runtime->catalog;
    const char *lock = json_string_value(json_array_get(asked_value(asked, "lock"), offer->lock_at));
    auto_free char *why = offer->lock ? NULL : offer_why_no_lock(offer->runtime, lock);

    if (!offer->lock)
        asked_leave_out(asked, catalog, json_pack("{s:s}", "lock", lock), "%s", why);
    for (size_t i = 0; i < json_array_size(offer->modes.values); i++)
        offer_note_mode(asked, offer, i);
    for (size_t i = 0; i < json_array_size(offer->cpus.values); i++)
        if (!axis_has(&offer->cpus, i))
            asked_leave_out(asked, catalog, json_pack("{s:s}", "parameter", "cpus"),
                "it can use %lld, not %lld", (long long)catalog->cpus_usable,
                (long long)json_integer_value(json_array_get(offer->cpus.values, i)));
    for (size_t i = 0; i < offer->n_own; i++)
        for (size_t k = 0; k < json_array_size(offer->own[i].values); k++)
            if (!axis_has(&offer->own[i], k))
                offer_note_value(asked, offer, i, json_array_get(offer->own[i].values, k));
}
