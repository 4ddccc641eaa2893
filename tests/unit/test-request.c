/* Requests as a server, or something that is no server, might send them to the engine. */
#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/array.h"
#include "engine/describe.h"
#include "engine/registry.h"
#include "engine/repeat.h"
#include "engine/ticks.h"
#include "plan/plan.h"
#include "tests/unit/run.h"

/* What a good request looks like; each row of the table below breaks it in one place. */
static const char good[] =
    "{\"protocol\": 1, \"experiment\": \"countdown\", \"repeat\": 2, \"warmup\": 1, \"cells\": [{\"cell\": 5,"
    "\"mode\": \"threads\", \"lock\": \"gil\", \"tasks\": 2, \"cpus\": 1, \"params\": {\"n\": 1000,"
    "\"await_every\": 0, \"switch_interval_us\": 700, \"check_interval\": 7}}]}";

/* From the lock on: what is different if it is another one. */
static const char from_lock[] =
    "\"gil\", \"tasks\": 2, \"cpus\": 1, \"params\": {\"n\": 1000,\"await_every\": 0, "
    "\"switch_interval_us\": 700, \"check_interval\": 7}";

typedef struct Row {
    const char *from, *to, *param;
} Row;

static const Row rows[] = {
    {"\"protocol\": 1", "\"protocol\": 2", "protocol"},
    {"countdown", "cuontdown", "experiment"},
    {"\"repeat\": 2", "\"repeat\": 0", "repeat"},
    {"\"repeat\": 2", "\"repeat\": \"2\"", "repeat"},
    {"\"repeat\": 2", "\"repeat\": 2, \"max_repeat\": 1", "max_repeat"},
    {"\"warmup\": 1", "\"warmup\": -1", "warmup"},
    {"\"warmup\": 1", "\"tick_turns\": 0", "tick_turns"},
    {"\"warmup\": 1", "\"tick_turns\": \"5\"", "tick_turns"},
    {"\"warmup\": 1", "\"friends\": [0]", "friends"},
    {"\"warmup\": 1", "\"friends\": [1, \"2\"]", "friends"},
    {"\"warmup\": 1",
        "\"friends\": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, "
        "24, "
        "25, 26, 27, 28, 29, 30, 31, 32, 33]",
        "friends"},
    {"\"warmup\": 1", "\"origin\": {\"ports\": [70000]}", "origin"},
    {"\"warmup\": 1", "\"allow\": \"*:*\"", "allow"},
    {"\"warmup\": 1", "\"allow\": [\"a:1\", 2]", "allow"},
    {"\"warmup\": 1", "\"max_bytes\": -1", "max_bytes"},
    {"threads", "thread", "mode"},
    {"\"gil\"", "\"gul\"", "lock"},
    {"\"gil\"", "7", "lock"},
    {"\"tasks\": 2", "\"tasks\": 0", "tasks"},
    {"\"tasks\": 2", "\"tasks\": 257", "tasks"},
    {"\"tasks\": 2", "\"tasks\": 1.5", "tasks"},
    {"\"cpus\": 1", "\"cpus\": 100000", "cpus"},
    {"\"n\": 1000", "\"n\": -1", "n"},
    {"\"n\": 1000", "\"m\": 1", "n"},
    {"\"n\": 1000", "\"n\": null", "n"},
    {"700", "0", "switch_interval_us"},
    {from_lock,
        "\"gil-py2\", \"tasks\": 2, \"params\": {\"n\": 1000, \"await_every\": 0, \"check_interval\": "
        "1000001}",
        "check_interval"},
};

static json_t *replaced(const char *from, const char *to)
{
    const char *at = strstr(good, from);
    char text[1024];

    ck_assert_ptr_nonnull(at);
    snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - good), good, to, at + strlen(from));
    return json_loads(text, 0, NULL);
}

/* What the lock of a cell was given for its parameter. */
static int64_t lock_setting(const Cell *cell, const char *name)
{
    for (size_t i = 0; i < cell->lock->n_parameters; i++)
        if (strcmp(cell->lock->parameters[i].name, name) == 0)
            return *(const int64_t *)(cell->lock_settings.bytes + cell->lock->parameters[i].offset);
    ck_abort_msg("%s has no parameter %s", cell->lock->name, name);
}

START_TEST(a_good_request_becomes_cells)
{
    json_auto_t *object = json_loads(good, 0, NULL);
    auto_problem Problem problem = {0};
    Request request;

    ck_assert_int_eq(request_parse(object, &request, &problem), 0);
    ck_assert_int_eq(request.repeat, 2);
    ck_assert_int_eq(request.warmup, 1);
    ck_assert_uint_eq(request.n_cells, 1);
    ck_assert_uint_eq(request.cells[0].number, 5);
    ck_assert_ptr_eq(request.cells[0].mode, &mode_threads);
    ck_assert_ptr_eq(request.cells[0].lock, &lock_gil);
    ck_assert_uint_eq(request.cells[0].n_tasks, 2);
    ck_assert_uint_eq(request.cells[0].n_cpus, 1);
    ck_assert_int_eq(lock_setting(&request.cells[0], "switch_interval_us"), 700);
    ck_assert_uint_eq(request.max_spans, 0);
    ck_assert_uint_eq(request.tick_turns, PLAN_TICK_TURNS);
    request_finish(&request);
    json_object_set_new(object, "tick_turns", json_integer(7));
    ck_assert_int_eq(request_parse(object, &request, &problem), 0);
    ck_assert_uint_eq(request.tick_turns, 7);
    request_finish(&request);
    json_object_set_new(json_array_get(json_object_get(object, "cells"), 0), "lock", json_string("gil-py2"));
    ck_assert_int_eq(request_parse(object, &request, &problem), 0);
    ck_assert_int_eq(lock_setting(&request.cells[0], "check_interval"), 7);
    request_finish(&request);
    json_object_set_new(object, "timeline", json_string("on"));
    ck_assert_int_eq(request_parse(object, &request, &problem), 0);
    ck_assert_uint_eq(request.max_spans, 20000);
    request_finish(&request);
    json_object_set_new(object, "max_spans", json_integer(4000));
    ck_assert_int_eq(request_parse(object, &request, &problem), 0);
    ck_assert_uint_eq(request.max_spans, 4000);
    request_finish(&request);
    json_object_set_new(object, "max_spans", json_integer(20001));
    ck_assert_int_eq(request_parse(object, &request, &problem), -EINVAL);
}
END_TEST

/* The cells of a lock need not say what only another one asks for, and what they do not say is the default.
 */
START_TEST(a_lock_reads_its_own_parameters)
{
    json_auto_t *object = json_loads(good, 0, NULL);
    json_t *cell = json_array_get(json_object_get(object, "cells"), 0),
           *params = json_object_get(cell, "params");
    auto_problem Problem problem = {0};
    Request request;

    json_object_del(params, "switch_interval_us");
    json_object_del(params, "check_interval");
    for (size_t i = 0; registry_locks[i]; i++) {
        json_object_set_new(cell, "lock", json_string(registry_locks[i]->name));
        ck_assert_int_eq(request_parse(object, &request, &problem), 0);
        for (size_t k = 0; k < registry_locks[i]->n_parameters; k++)
            ck_assert_int_eq(lock_setting(&request.cells[0], registry_locks[i]->parameters[k].name),
                registry_locks[i]->parameters[k].fallback);
        request_finish(&request);
    }
}
END_TEST

START_TEST(a_bad_request_names_what_is_bad)
{
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        json_auto_t *object = replaced(rows[i].from, rows[i].to);
        auto_problem Problem problem = {0};
        Request request;

        ck_assert_msg(request_parse(object, &request, &problem) < 0, "row %zu", i);
        ck_assert_str_eq(
            json_string_value(json_object_get(json_array_get(problem.errors, 0), "param")), rows[i].param);
    }
}
END_TEST

START_TEST(what_is_no_object_is_refused)
{
    static const char *const texts[] = {"[]", "{}", "null", "3", "{\"cells\": {}}", "\"x\"",
        "{\"experiment\": \"countdown\", \"cells\": []}", "{\"experiment\": \"countdown\", \"cells\": [3]}"};

    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
        json_auto_t *object = json_loads(texts[i], JSON_DECODE_ANY, NULL);
        auto_problem Problem problem = {0};
        Request request;

        ck_assert(request_parse(object, &request, &problem) < 0);
    }
}
END_TEST

START_TEST(friends_are_taken_over)
{
    json_auto_t *object = replaced("\"warmup\": 1", "\"friends\": [7, 2000000]");
    auto_problem Problem problem = {0};
    Request request;

    ck_assert_int_eq(request_parse(object, &request, &problem), 0);
    ck_assert_uint_eq(request.n_friends, 2);
    ck_assert_int_eq(request.friends[1], 2000000);
    request_finish(&request);
}
END_TEST

static json_t *events;

static bool collect(void *user, json_t *event)
{
    (void)user;
    json_array_append_new(events, event);
    return true;
}

static json_int_t event_int(size_t i, const char *name)
{
    return json_integer_value(json_object_get(json_array_get(events, i), name));
}

START_TEST(repetitions_go_round_the_cells)
{
    json_auto_t *object = json_loads(good, 0, NULL);
    json_t *cells = json_object_get(object, "cells"), *second = json_deep_copy(json_array_get(cells, 0));
    auto_problem Problem problem = {0};
    Request request;

    json_object_set_new(second, "cell", json_integer(6));
    json_array_append_new(cells, second);
    events = json_array();
    ck_assert_int_eq(request_parse(object, &request, &problem), 0);
    ck_assert_int_eq(repeat_run(&request, collect, NULL), REPEAT_DONE);
    /* hello, a warm-up and two repetitions of both, done */
    ck_assert_uint_eq(json_array_size(events), 8);
    for (size_t i = 1; i < 7; i++) {
        ck_assert_int_eq(event_int(i, "cell"), 5 + (json_int_t)(i - 1) % 2);
        ck_assert_int_eq(event_int(i, "repetition"), (json_int_t)(i - 1) / 2 - 1);
    }
    request_finish(&request);
    json_decref(events);
}
END_TEST

/* It was measured when the catalog was asked for, and all runs agree on it. */
START_TEST(what_a_turn_takes_is_not_measured_where_it_is_said)
{
    static const char *const bad[] = {"0", "-1", "2e9", "\"1\"", "null"};
    json_auto_t *object = json_loads(good, 0, NULL);
    auto_problem Problem problem = {0};
    Request request;

    ck_assert_int_eq(request_parse(object, &request, &problem), 0);
    ck_assert_double_eq(request.turn_ns, 0);
    request_finish(&request);
    json_object_set_new(object, "turn_ns", json_real(1234.5));
    events = json_array();
    ck_assert_int_eq(request_parse(object, &request, &problem), 0);
    ck_assert_int_eq(repeat_run(&request, collect, NULL), REPEAT_DONE);
    ck_assert_double_eq(ticks_turn_ns(), 1234.5);
    request_finish(&request);
    json_decref(events);
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
        auto_problem Problem refused = {0};

        json_object_set_new(object, "turn_ns", json_loads(bad[i], JSON_DECODE_ANY, NULL));
        ck_assert_int_eq(request_parse(object, &request, &refused), -EINVAL);
    }
}
END_TEST

/* As a server says "stop": behind the first sample of this repetition. */
static int stop_at;

static bool collect_until(void *user, json_t *event)
{
    collect(user, event);
    return strcmp(json_string_value(json_object_get(event, "event")), "sample") != 0 ||
           json_integer_value(json_object_get(event, "repetition")) < stop_at;
}

/* Runs one cell of 2 to 5 repetitions after a warm-up, and leaves its events. */
static void run_until(int repetition)
{
    json_auto_t *object = json_loads(good, 0, NULL);
    auto_problem Problem problem = {0};
    Request request;

    json_object_set_new(object, "max_repeat", json_integer(5));
    json_object_set_new(object, "timeline", json_string("on"));
    stop_at = repetition;
    events = json_array();
    ck_assert_int_eq(request_parse(object, &request, &problem), 0);
    ck_assert_int_eq(repeat_run(&request, collect_until, NULL), REPEAT_DONE);
    request_finish(&request);
}

static const char *event_name(size_t i)
{
    return json_string_value(json_object_get(json_array_get(events, i), "event"));
}

/* hello, a warm-up, the repetitions, and then what follows the last of them in any run. */
START_TEST(rounds_go_on_until_they_are_stopped)
{
    static const struct {
        int stop_at;
        size_t n;
    } ends[] = {{2, 3}, {3, 4}, {100, 5}};

    for (size_t i = 0; i < ARRAY_LENGTH(ends); i++) {
        run_until(ends[i].stop_at);
        ck_assert_uint_eq(json_array_size(events), 1 + 1 + ends[i].n + 2);
        ck_assert_int_eq(event_int(1 + ends[i].n, "repetition"), (json_int_t)ends[i].n - 1);
        ck_assert_str_eq(event_name(2 + ends[i].n), "timeline");
        ck_assert_str_eq(event_name(3 + ends[i].n), "done");
        json_decref(events);
    }
}
END_TEST

START_TEST(the_catalog_describes_every_member)
{
    json_auto_t *catalog = describe_runtime();
    size_t n = 0;

    while (registry_experiments[n])
        n++;
    ck_assert_uint_eq(json_array_size(json_object_get(catalog, "experiments")), n);
    for (size_t i = 0; i < n; i++) {
        const json_t *entry = json_array_get(json_object_get(catalog, "experiments"), i);

        ck_assert_str_eq(json_string_value(json_object_get(entry, "name")), registry_experiments[i]->name);
        ck_assert_uint_eq(
            json_array_size(json_object_get(entry, "parameters")), registry_experiments[i]->n_parameters);
        for (size_t m = 0; registry_modes[m]; m++)
            ck_assert_int_ge(json_integer_value(json_object_get(
                                 json_object_get(entry, "max_tasks"), registry_modes[m]->name)),
                1);
    }
}
END_TEST

static size_t count_true(const json_t *family, const char *fact)
{
    size_t n = 0, i;
    json_t *member;

    json_array_foreach (family, i, member) {
        ck_assert_msg(json_is_boolean(json_object_get(member, fact)), "%s: %s",
            json_string_value(json_object_get(member, "name")), fact);
        n += json_is_true(json_object_get(member, fact));
    }
    return n;
}

/* Others ask for these instead of for names. */
START_TEST(the_catalog_tells_the_facts_of_modes_and_locks)
{
    json_auto_t *catalog = describe_runtime();
    const json_t *modes = json_object_get(catalog, "modes"), *locks = json_object_get(catalog, "locks");
    json_t *member;
    size_t i;

    ck_assert_uint_eq(count_true(modes, "baseline"), 1);
    ck_assert_uint_eq(count_true(locks, "usual"), 1);
    ck_assert_uint_ge(count_true(modes, "usual"), 1);
    json_array_foreach (modes, i, member) {
        const json_t *task = json_object_get(member, "task");

        ck_assert_ptr_eq(
            registry_mode(json_string_value(json_object_get(member, "name"))), registry_modes[i]);
        ck_assert_int_eq(
            json_is_true(json_object_get(member, "side_by_side")), registry_modes[i]->side_by_side);
        ck_assert_int_eq(
            json_is_true(json_object_get(member, "shares_memory")), registry_modes[i]->shares_memory);
        ck_assert_int_eq(json_is_true(json_object_get(member, "one_loop")), registry_modes[i]->one_loop);
        ck_assert(json_is_string(json_object_get(task, "noun")));
        ck_assert(json_is_real(json_object_get(task, "ns")));
        ck_assert(json_is_integer(json_object_get(task, "bytes")));
    }
    json_array_foreach (locks, i, member) {
        const json_t *models = json_object_get(member, "models");

        ck_assert_int_eq(json_is_true(json_object_get(member, "exclusive")), registry_locks[i]->exclusive);
        ck_assert_int_eq(json_is_true(json_object_get(member, "fair")), registry_locks[i]->fair);
        ck_assert_str_eq(json_string_value(json_object_get(member, "whose")),
            registry_locks[i]->each_its_own ? "task" : "all");
        ck_assert(json_is_string(json_object_get(member, "title")));
        ck_assert(json_is_string(models) || json_is_null(models));
        ck_assert_uint_eq(
            json_array_size(json_object_get(member, "parameters")), registry_locks[i]->n_parameters);
    }
}
END_TEST

/* What the catalog says of an experiment and a mode. */
static void assert_most(const char *experiment, const char *mode, json_int_t most, const char *part)
{
    json_auto_t *catalog = describe_runtime();
    const json_t *entry;
    const char *reason;
    size_t i;

    json_array_foreach (json_object_get(catalog, "experiments"), i, entry) {
        if (strcmp(json_string_value(json_object_get(entry, "name")), experiment) != 0)
            continue;
        reason = json_string_value(json_object_get(json_object_get(entry, "max_tasks_reason"), mode));
        ck_assert_int_eq(
            json_integer_value(json_object_get(json_object_get(entry, "max_tasks"), mode)), most);
        ck_assert_msg(
            part ? reason && strstr(reason, part) : !reason, "%s in %s: %s", experiment, mode, reason);
        return;
    }
    ck_abort_msg("there is no %s", experiment);
}

START_TEST(the_catalog_says_which_limit_of_files_allows_no_more_tasks)
{
    const struct rlimit few = {464, 464};

    assert_most("fetch", "serial", 10000, NULL);
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
    assert_most("fetch", "threads", 100, "464 files may be open at once (RLIMIT_NOFILE)");
    assert_most("fetch", "epoll", 400, "RLIMIT_NOFILE");
    assert_most("fetch", "processes", 1000, NULL);
    assert_most("countdown", "threads", 256, NULL);
}
END_TEST

/* Root is not bound by it, and has to be somebody else meanwhile. A sanitizer needs all rights at the end. */
START_TEST(the_catalog_says_which_limit_of_threads_allows_no_more_tasks)
{
    struct rlimit usual, few;
    uid_t user = geteuid();

    ck_assert_int_eq(getrlimit(RLIMIT_NPROC, &usual), 0);
    few = (struct rlimit){30, usual.rlim_max};
    ck_assert_int_eq(setrlimit(RLIMIT_NPROC, &few), 0);
    ck_assert_int_eq(seteuid(user == 0 ? 65534 : user), 0);
    assert_most("idle", "threads", 14, "threads (RLIMIT_NPROC)");
    assert_most("idle", "processes", 14, "threads (RLIMIT_NPROC)");
    assert_most("idle", "epoll", 10000, NULL);
    ck_assert_int_eq(seteuid(user), 0);
    ck_assert_int_eq(setrlimit(RLIMIT_NPROC, &usual), 0);
    prctl(PR_SET_DUMPABLE, 1);
}
END_TEST

static const Parameter *parameter_named(const Experiment *experiment, const char *name)
{
    for (size_t i = 0; i < experiment->n_parameters; i++)
        if (strcmp(experiment->parameters[i].name, name) == 0)
            return &experiment->parameters[i];
    ck_abort_msg("%s has no parameter %s", experiment->name, name);
}

/* Whether some mode or lock of the catalog has the fact. */
static bool some_member_is(const json_t *family, const char *fact, const Condition *condition)
{
    json_t *member;
    size_t i;

    json_array_foreach (family, i, member) {
        const json_t *value = json_object_get(member, fact);

        if (condition->is ? json_is_string(value) && strcmp(json_string_value(value), condition->is) == 0
                          : json_is_boolean(value) && json_is_true(value) == (condition->equals != 0))
            return true;
    }
    return false;
}

/* Whether a condition can be true: a fact of a mode or a lock, a choice, or a number of the experiment's. */
static bool can_be(const json_t *catalog, const Experiment *experiment, const Condition *condition)
{
    const char *const *choice;

    if (strncmp(condition->name, "mode.", 5) == 0)
        return some_member_is(json_object_get(catalog, "modes"), condition->name + 5, condition);
    if (strncmp(condition->name, "lock.", 5) == 0)
        return some_member_is(json_object_get(catalog, "locks"), condition->name + 5, condition);
    if (!condition->is)
        return parameter_named(experiment, condition->name)->type == PARAMETER_INTEGER;
    choice = parameter_named(experiment, condition->name)->choices;
    while (choice && *choice && strcmp(*choice, condition->is) != 0)
        choice++;
    return choice && *choice;
}

static void check_conditions(
    const json_t *catalog, const Experiment *experiment, const Condition conditions[static N_CONDITIONS])
{
    for (size_t i = 0; i < N_CONDITIONS && conditions[i].name; i++)
        ck_assert_msg(can_be(catalog, experiment, &conditions[i]), "%s of %s cannot be %s",
            conditions[i].name, experiment->name, conditions[i].is);
}

/* A name that is wrong in a table would count as nothing. */
static void check_term(const json_t *catalog, const Experiment *experiment,
    const char *const times[static N_FACTORS], const Condition only_if[static N_CONDITIONS])
{
    static const char *const common[] = {"tasks", "switch_interval_us", "check_interval", "turn_ticks"};

    for (size_t i = 0; i < N_FACTORS && times[i]; i++) {
        bool is_common = false;

        for (size_t k = 0; k < ARRAY_LENGTH(common); k++)
            is_common = is_common || strcmp(times[i], common[k]) == 0;
        if (!is_common)
            ck_assert_int_eq(parameter_named(experiment, times[i])->type, PARAMETER_INTEGER);
    }
    check_conditions(catalog, experiment, only_if);
}

START_TEST(costs_and_memory_name_what_there_is)
{
    json_auto_t *catalog = describe_runtime();

    for (size_t i = 0; registry_experiments[i]; i++) {
        const Experiment *experiment = registry_experiments[i];

        for (size_t k = 0; k < experiment->n_costs; k++) {
            const Cost *cost = &experiment->costs[k];

            check_term(catalog, experiment, cost->times, cost->only_if);
        }
        for (size_t k = 0; k < experiment->n_memory; k++) {
            const MemoryUse *use = &experiment->memory[k];

            check_term(catalog, experiment, use->times, use->only_if);
        }
        check_conditions(catalog, experiment, experiment->released);
        check_conditions(catalog, experiment, experiment->blocks_loop);
    }
}
END_TEST

static bool is_for_threads(const json_t *only_if)
{
    return json_is_true(json_object_get(only_if, "mode.side_by_side")) &&
           json_is_true(json_object_get(only_if, "mode.shares_memory"));
}

/* What the planner looks for: bytes that a term has, in a mode or in all. */
START_TEST(the_catalog_describes_the_memory_of_threads)
{
    json_auto_t *catalog = describe_runtime();
    json_t *entry, *term;
    size_t i, k;

    json_array_foreach (json_object_get(catalog, "experiments"), i, entry) {
        double bytes = 0;

        json_array_foreach (json_object_get(entry, "memory"), k, term) {
            if (is_for_threads(json_object_get(term, "only_if")) &&
                json_array_size(json_object_get(term, "times")) == 0)
                bytes += json_real_value(json_object_get(term, "bytes"));
        }
        ck_assert_double_ge(bytes, (double)mode_threads.task.bytes);
    }
}
END_TEST

START_TEST(the_catalog_says_how_much_memory_is_left)
{
    json_auto_t *catalog = describe_runtime();
    json_int_t bytes = json_integer_value(json_object_get(catalog, "memory_bytes"));

    ck_assert_int_gt(bytes, 0);
    ck_assert_int_le(bytes, (json_int_t)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE));
}
END_TEST

RUN_TESTS("request", 60, a_good_request_becomes_cells, a_lock_reads_its_own_parameters,
    a_bad_request_names_what_is_bad, what_is_no_object_is_refused, friends_are_taken_over,
    repetitions_go_round_the_cells, what_a_turn_takes_is_not_measured_where_it_is_said,
    rounds_go_on_until_they_are_stopped, the_catalog_describes_every_member,
    the_catalog_tells_the_facts_of_modes_and_locks,
    the_catalog_says_which_limit_of_files_allows_no_more_tasks,
    the_catalog_says_which_limit_of_threads_allows_no_more_tasks, costs_and_memory_name_what_there_is,
    the_catalog_describes_the_memory_of_threads, the_catalog_says_how_much_memory_is_left)
