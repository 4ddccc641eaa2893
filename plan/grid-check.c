#include "plan/grid-check.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "plan/common.h"
#include "plan/param.h"

void offers_make(const Asked *asked, Memo **memo, Offers *ret)
{
    size_t n_locks = json_array_size(asked_value(asked, "lock"));

    *ret = (Offers){.list = memo_take(memo, n_locks * asked->n_runtimes, sizeof(Offer))};
    for (size_t l = 0; l < n_locks; l++)
        for (size_t r = 0; r < asked->n_runtimes; r++)
            offer_make(asked, r, l, memo, &ret->list[ret->n++]);
}

size_t names_place(const json_t *names, const char *name)
{
    json_t *one;
    size_t i;

    json_array_foreach (names, i, one)
        if (strcmp(json_string_value(one), name) == 0)
            break;
    return i;
}

static bool some_runtime_has_mode(const Asked *asked, const char *name)
{
    for (size_t r = 0; r < asked->n_runtimes; r++)
        if (offer_mode(&asked->runtimes[r], name))
            return true;
    return false;
}

void grid_drop_modes(const Asked *asked)
{
    json_auto_t *modes = json_array();
    json_t *mode;
    size_t i;

    if (param_given(asked->given, "mode"))
        return;
    json_array_foreach (asked_value(asked, "mode"), i, mode)
        if (some_runtime_has_mode(asked, json_string_value(mode)))
            json_array_append(modes, mode);
    if (json_array_size(modes) == 0)
        return;
    json_array_foreach (asked_value(asked, "mode"), i, mode) {
        const char *name = json_string_value(mode);

        for (size_t r = 0; r < asked->n_runtimes && !some_runtime_has_mode(asked, name); r++) {
            auto_free char *why = offer_why_no_mode(&asked->runtimes[r], name);

            asked_leave_out(asked, asked->runtimes[r].catalog, json_pack("{s:s}", "mode", name), "%s", why);
        }
    }
    json_object_set(asked->values, "mode", modes);
}

/* What is wrong with some cells. All is taken over by complaints_add(). */
typedef struct Complaint {
    const char *param;
    json_t *got, *allowed;
    char *reason;
    int64_t cells; /* so many have it */
} Complaint;

/* What stands of a fault, an array of {param, got, allowed, reason, cells}. Cells that differ in something
 * else have the same fault: a mode that does not exist would otherwise be named once for each lock, each
 * number of tasks and each CPU. So it is said once, with all values that have it and the number of cells. */
static void complaints_add(json_t *complaints, Complaint complaint)
{
    auto_free char *reason = complaint.reason;
    json_auto_t *got = complaint.got, *allowed = complaint.allowed;
    json_t *same = NULL, *one;
    size_t i;

    json_array_foreach (complaints, i, one)
        if (strcmp(json_string_value(json_object_get(one, "param")), complaint.param) == 0 &&
            strcmp(json_string_value(json_object_get(one, "reason")), reason) == 0)
            same = one;
    if (!same) {
        same = json_pack("{s:s, s:[], s:O?, s:s, s:i}", "param", complaint.param, "got", "allowed", allowed,
            "reason", reason, "cells", 0);
        json_array_append_new(complaints, same);
    }
    json_object_set_new(same, "cells",
        json_integer(json_integer_value(json_object_get(same, "cells")) + (json_int_t)complaint.cells));
    json_array_foreach (json_object_get(same, "got"), i, one)
        if (json_equal(one, got))
            return;
    json_array_append(json_object_get(same, "got"), got);
}

/* A single value is told as it was given, and not as a list of one. How many cells have the fault says
 * whether it is the value itself or what it meets in some of them. n_cells 0: that is not told. */
static void complaints_tell(const json_t *complaints, int64_t n_cells, Problem *problem)
{
    json_t *one;
    size_t i;

    json_array_foreach (complaints, i, one) {
        json_t *got = json_object_get(one, "got");
        long long n = json_integer_value(json_object_get(one, "cells"));
        auto_free char *where = n_cells < 2    ? text_printf("%s", "")
                                : n == n_cells ? text_printf(" (all %lld cells)", n)
                                               : text_printf(" (%lld of %lld cells)", n, (long long)n_cells);

        problem_add(problem, json_string_value(json_object_get(one, "param")),
            json_incref(json_array_size(got) == 1 ? json_array_get(got, 0) : got),
            json_incref(json_object_get(one, "allowed")), "%s%s",
            json_string_value(json_object_get(one, "reason")), where);
    }
}

/* What is looked at: one lock, one mode and one number of tasks, by their places in the lists. */
typedef struct Look {
    const Asked *asked;
    const Offer *offers; /* those of the lock, one for each runtime */
    size_t mode_at, tasks_at;
    const char *lock, *mode;
    int64_t cells; /* that have all three, if there is one runtime */
} Look;

/* The reasons of all runtimes: "c: there is no such mode; jython: ...", or the reason alone if there is one
 * runtime. Owned by the caller. */
static char *look_reasons(const Look *look, bool of_lock)
{
    char *text = NULL;

    for (size_t r = 0; r < look->asked->n_runtimes; r++) {
        const AskedRuntime *runtime = &look->asked->runtimes[r];
        auto_free char *before = text;
        auto_free char *why = of_lock && !look->offers[r].lock ? offer_why_no_lock(runtime, look->lock)
                                                               : offer_why_no_mode(runtime, look->mode);

        text = look->asked->n_runtimes == 1 ? text_copy(why)
                                            : text_printf("%s%s%s: %s", before ? before : "",
                                                  before ? "; " : "", runtime->catalog->runtime, why);
    }
    return text;
}

/* A lock that some runtimes have and a mode that some have, but none both. */
static void look_at_lock(const Look *look, json_t *complaints)
{
    auto_free char *reasons = look_reasons(look, true);

    /* Modes that nobody gave go where they can. */
    if (!param_given(look->asked->given, "mode"))
        return;
    complaints_add(
        complaints, (Complaint){"mode", json_string(look->mode), NULL,
                        text_printf("cannot be had with lock=%s: %s", look->lock, reasons), look->cells});
}

static void look_at_tasks(const Look *look, json_t *complaints)
{
    const char *experiment = look->asked->experiment->name, *reason = NULL;
    bool is_single = look->asked->n_runtimes == 1;
    json_t *got = NULL;
    int64_t most = 0;

    for (size_t r = 0; r < look->asked->n_runtimes; r++) {
        const CatalogMode *mode = offer_mode(&look->asked->runtimes[r], look->mode);
        const char *here;
        int64_t room = mode ? offer_max_tasks(&look->asked->runtimes[r], mode, &here) : 0;

        if (!mode || !look->offers[r].lock)
            continue;
        if (offer_takes(&look->offers[r], look->mode_at, look->tasks_at))
            return;
        got = json_array_get(look->offers[r].tasks.values, look->tasks_at);
        reason = room > most ? here : reason;
        most = room > most ? room : most;
    }
    complaints_add(complaints,
        (Complaint){"tasks", json_incref(got), json_pack("{s:i, s:I}", "min", 1, "max", (json_int_t)most),
            text_printf("must be from 1 to %lld for %s in mode %s%s%s%s%s", (long long)most, experiment,
                look->mode, is_single ? "" : " with lock=", is_single ? "" : look->lock, reason ? ": " : "",
                reason ? reason : ""),
            look->cells});
}

/* Whether a runtime has both the lock and the mode. */
static bool look_is_offered(const Look *look)
{
    for (size_t r = 0; r < look->asked->n_runtimes; r++)
        if (look->offers[r].lock && offer_mode(&look->asked->runtimes[r], look->mode))
            return true;
    return false;
}

/* The cells that one lock, one mode and one number of tasks stand for, in the first runtime. */
static int64_t cells_of(const Offer *offer)
{
    int64_t cells = (int64_t)json_array_size(offer->cpus.values);

    for (size_t i = 0; i < offer->n_own; i++)
        if (__builtin_mul_overflow(cells, (int64_t)json_array_size(offer->own[i].values), &cells))
            return INT64_MAX / 2;
    return cells;
}

/* A value of a parameter of the lock that is in no range; only one that was given can be. */
static void check_own(const Asked *asked, const Offer *offers, const char *lock, json_t *complaints)
{
    for (size_t r = 0; r < asked->n_runtimes; r++) {
        const Offer *offer = &offers[r];

        for (size_t i = 0; i < offer->n_own; i++) {
            const CatalogParameter *parameter = &offer->lock->parameters[i];
            json_t *value;
            size_t k;

            json_array_foreach (offer->own[i].values, k, value) {
                bool is_taken = false;

                for (size_t other = 0; other < asked->n_runtimes; other++)
                    for (size_t p = 0; p < offers[other].n_own; p++)
                        is_taken = is_taken ||
                                   (strcmp(offers[other].own[p].name, parameter->name) == 0 &&
                                       catalog_parameter_takes(&offers[other].lock->parameters[p], value));
                if (!is_taken)
                    complaints_add(complaints,
                        (Complaint){parameter->name, json_incref(value),
                            json_pack("{s:I, s:I}", "min", (json_int_t)parameter->min, "max",
                                (json_int_t)parameter->max),
                            text_printf("must be from %lld to %lld with lock=%s in the runtime %s",
                                (long long)parameter->min, (long long)parameter->max, lock,
                                offer->runtime->catalog->runtime),
                            0});
            }
        }
    }
}

static void check_lock(const Asked *asked, const Offer *offers, json_t *complaints, int64_t *n_cells)
{
    const json_t *modes = asked_value(asked, "mode");
    size_t n_tasks = json_array_size(asked->runtimes[0].tasks);
    Look look = {.asked = asked,
        .offers = offers,
        .lock = json_string_value(json_array_get(asked_value(asked, "lock"), offers->lock_at)),
        .cells = cells_of(offers)};

    for (look.mode_at = 0; look.mode_at < json_array_size(modes); look.mode_at++) {
        look.mode = json_string_value(json_array_get(modes, look.mode_at));
        for (look.tasks_at = 0; look.tasks_at < n_tasks; look.tasks_at++) {
            if (__builtin_add_overflow(*n_cells, look.cells, n_cells))
                *n_cells = INT64_MAX / 2;
            if (!some_runtime_has_mode(asked, look.mode))
                complaints_add(complaints, (Complaint){"mode", json_string(look.mode), NULL,
                                               look_reasons(&look, false), look.cells});
            else if (!look_is_offered(&look))
                look_at_lock(&look, complaints);
            else
                look_at_tasks(&look, complaints);
        }
    }
    if (asked->n_runtimes > 1)
        check_own(asked, offers, look.lock, complaints);
}

/* What is left are tasks, and values of a parameter of its lock. */
static void refuse_numbers(const Asked *asked, const Offer *offer, Problem *problem)
{
    const char *name = offer->runtime->catalog->runtime, *reason;
    int64_t most = 0;

    for (size_t i = 0; i < offer->n_own; i++) {
        const CatalogParameter *parameter = &offer->lock->parameters[i];

        if (offer->own[i].n > 0)
            continue;
        problem_add(problem, parameter->name,
            json_incref((json_t *)param_given(asked->given, parameter->name)),
            json_pack("{s:I, s:I}", "min", (json_int_t)parameter->min, "max", (json_int_t)parameter->max),
            "leaves nothing for the runtime %s, whose lock %s takes it from %lld to %lld", name,
            offer->lock->name, (long long)parameter->min, (long long)parameter->max);
        return;
    }
    for (size_t i = 0; i < offer->modes.n; i++) {
        const char *mode = json_string_value(json_array_get(offer->modes.values, offer->modes.at[i]));
        int64_t room = offer_max_tasks(offer->runtime, offer_mode(offer->runtime, mode), &reason);

        most = room > most ? room : most;
    }
    problem_add(problem, "tasks", json_incref((json_t *)param_given(asked->given, "tasks")),
        json_pack("{s:i, s:I}", "min", 1, "max", (json_int_t)most),
        "leaves nothing for the runtime %s, which can have at most %lld in these modes", name,
        (long long)most);
}

/* A runtime of which nothing is left: the first list of which it has nothing is at fault. */
static void refuse_runtime(const Asked *asked, const Offers *offers, size_t r, Problem *problem)
{
    const AskedRuntime *runtime = &asked->runtimes[r];
    const char *name = runtime->catalog->runtime;
    const char *lock = json_string_value(json_array_get(asked_value(asked, "lock"), 0));
    const char *mode = json_string_value(json_array_get(asked_value(asked, "mode"), 0));
    const Offer *offer = NULL;

    for (size_t i = r; i < offers->n; i += asked->n_runtimes)
        if (!offer && offers->list[i].lock)
            offer = &offers->list[i];
    if (!offer) {
        auto_free char *why = offer_why_no_lock(runtime, lock);

        problem_add(problem, "lock", json_incref((json_t *)param_given(asked->given, "lock")), NULL,
            "leaves nothing for the runtime %s: %s", name, why);
    } else if (offer->modes.n == 0) {
        auto_free char *why = offer_why_no_mode(runtime, mode);

        problem_add(problem, "mode", json_incref((json_t *)param_given(asked->given, "mode")), NULL,
            "leaves nothing for the runtime %s: %s: %s", name, mode, why);
    } else if (offer->cpus.n == 0) {
        problem_add(problem, "cpus", json_incref((json_t *)param_given(asked->given, "cpus")),
            json_pack("{s:i, s:I}", "min", 1, "max", (json_int_t)runtime->catalog->cpus_usable),
            "leaves nothing for the runtime %s, which can use %lld", name,
            (long long)runtime->catalog->cpus_usable);
    } else {
        refuse_numbers(asked, offer, problem);
    }
}

void grid_check(const Asked *asked, const Offers *offers, Problem *problem)
{
    json_auto_t *complaints = json_array();
    int64_t n_cells = 0;

    for (size_t i = 0; i < offers->n; i += asked->n_runtimes)
        check_lock(asked, &offers->list[i], complaints, &n_cells);
    complaints_tell(complaints, asked->n_runtimes == 1 ? n_cells : 0, problem);
    for (size_t r = 0; r < asked->n_runtimes && !json_array_size(complaints); r++) {
        int64_t n = 0;

        for (size_t i = r; i < offers->n; i += asked->n_runtimes)
            n |= offer_count(&offers->list[i]);
        if (n == 0)
            refuse_runtime(asked, offers, r, problem);
    }
}

/* A parameter that was given, and that no lock of the runtime has while one of another runtime does. */
static void note_parameter(const Asked *asked, const Offers *offers, const char *name)
{
    json_auto_t *have = json_array();

    for (size_t i = 0; i < offers->n; i++)
        for (size_t k = 0; k < offers->list[i].n_own; k++)
            if (strcmp(offers->list[i].own[k].name, name) == 0)
                json_array_append_new(have, json_string(offers->list[i].runtime->catalog->runtime));
    for (size_t r = 0; r < asked->n_runtimes && json_array_size(have) > 0; r++)
        if (names_place(have, asked->runtimes[r].catalog->runtime) == json_array_size(have))
            asked_leave_out(asked, asked->runtimes[r].catalog, json_pack("{s:s}", "parameter", name),
                "its lock has no such parameter");
}

void grid_note(const Asked *asked, const Offers *offers)
{
    const char *name;
    json_t *value;

    if (asked->n_runtimes == 1)
        return;
    for (size_t r = 0; r < asked->n_runtimes; r++)
        for (size_t i = r; i < offers->n; i += asked->n_runtimes)
            offer_note(asked, &offers->list[i]);
    json_object_foreach ((json_t *)asked->given, name, value)
        if (!json_is_null(value) && catalogs_lock_parameter(asked->chosen, name))
            note_parameter(asked, offers, name);
}
