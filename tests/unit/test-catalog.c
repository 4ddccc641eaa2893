/* Documents that a runtime may send: good ones as fields, and bad ones refused with the place. */
#include "base/array.h"
#include "engine/describe.h"
#include "tests/unit/run.h"
#include "tests/unit/small-catalog.h"

#define WORK "experiments/0"
#define IN_WORK "experiments[0]"

static const struct {
    const char *path, *text; /* what is put in which place; NULL: it is taken away */
    const char *reason;      /* how the complaint begins */
} bad_rows[] = {
    {"protocol", NULL, "protocol: must be 1, "},
    {"protocol", "2", "protocol: must be 1, "},
    {"protocol", "'1'", "protocol: must be 1, "},
    {"runtime", NULL, "runtime: must be a name, is missing"},
    {"runtime", "null", "runtime: must be a name, is null"},
    {"runtime", "''", "runtime: must be a name: 1 to 64 "},
    {"runtime", "'a,b'", "runtime: must be a name: 1 to 64 "},
    {"version", "1", "version: must be a text, is a number"},
    {"paces", "'yes'", "paces: must be true or false, is a text"},
    {"cpus_usable", NULL, "cpus_usable: must be a whole number, is missing"},
    {"cpus_usable", "0", "cpus_usable: must be from 1 to "},
    {"cpus_usable", "-1", "cpus_usable: must be from 1 to "},
    {"cpus_usable", "1.5", "cpus_usable: must be a whole number, is a number"},
    {"memory_bytes", "-1", "memory_bytes: must be from 0 to "},
    {"turn_ns", "'fast'", "turn_ns: must be a number, is a text"},
    {"turn_ns", "1e300", "turn_ns: must be from 0 to "},
    {"timeline_ns", "-1", "timeline_ns: must be from 0 to "},
    {"absent", "[]", "absent: must be an object, is a list"},
    {"absent", "{'fetch': 5}", "absent.fetch: must be a text, is a number"},
    {"absent", "{'a,b': 'why'}", "absent.a,b: must be a name: 1 to 64 "},
    {"absent", "{'work': 'why'}", "absent.work: is there all the same"},
    {"absent", "{'asyncio': 'why'}", "absent.asyncio: is there all the same"},
    {"absent", "{'gil': 'why'}", "absent.gil: is there all the same"},
    {"host", "[]", "host: must be an object, is a list"},
    {"host", "{'cpus_online': 'two'}", "host.cpus_online: must be a whole number, is a text"},

    {"modes", NULL, "modes: must be a list, is missing"},
    {"modes", "{}", "modes: must be a list, is an object"},
    {"modes", "[]", "modes: at least one must be usual"},
    {"modes", "[null]", "modes[0]: must be an object, is null"},
    {"modes", "['serial']", "modes[0]: must be an object, is a text"},
    {"modes", "[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]", "modes[0]: must be an object, is a list"},
    {"modes/0/name", NULL, "modes[0].name: must be a name, is missing"},
    {"modes/0/name", "5", "modes[0].name: must be a name, is a number"},
    {"modes/1/name", "'serial'", "modes[1].name: \"serial\" stands twice"},
    {"modes/2/name", "'asyncio'", "modes[3].aliases[0]: \"asyncio\" stands for another mode"},
    {"modes/2/name", "'fibers'", IN_WORK ".max_tasks.processes: there is no such mode"},
    {"modes/0/aliases", "['threads']", "modes[1].name: \"threads\" is another mode's alias"},
    {"modes/0/aliases", "['asyncio']", "modes[3].aliases[0]: \"asyncio\" stands for another mode"},
    {"modes/0/aliases", "['one', 'one']", "modes[0].aliases[1]: \"one\" stands twice"},
    {"modes/0/aliases", "'one'", "modes[0].aliases: must be a list, is a text"},
    {"modes/0/usual", NULL, "modes[0].usual: must be true or false, is missing"},
    {"modes/0/one_loop", "1", "modes[0].one_loop: must be true or false, is a number"},
    {"modes/1/baseline", "true", "modes: at most one must be the baseline, and 2 are"},
    {"modes/0/task", NULL, "modes[0].task: must be an object, is missing"},
    {"modes/0/task/ns", "-1", "modes[0].task.ns: must be from 0 to "},
    {"modes/0/task/bytes", "null", "modes[0].task.bytes: must be a whole number, is null"},

    {"locks", "[]", "locks: exactly one must be usual, and 0 are"},
    {"locks", "[{'name': 5}]", "locks[0].name: must be a name, is a number"},
    {"locks/1/usual", "false", "locks: exactly one must be usual, and 0 are"},
    {"locks/0/usual", "true", "locks: exactly one must be usual, and 2 are"},
    {"locks/1/name", "'none'", "locks[1].name: \"none\" stands twice"},
    {"locks/0/real", "5", "locks[0].real: must be a name, is a number"},
    {"locks/0/real", "'free-threaded'", "locks[0].real: must be null, where models says "},
    {"locks/0/whose", "'mine'", "locks[0].whose: must be one of all, task"},
    {"locks/0/whose", "null", "locks[0].whose: must be one of all, task, is null"},
    {"locks/0/models", NULL, "locks[0].models: must be a name, is missing"},
    {"locks/0/crowding", "-0.5", "locks[0].crowding: must be from 0 to "},
    {"locks/1/parameters/0", "{'name': 'x', 'type': 'text', 'help': '', 'default': null}",
        "locks[1].parameters[0].list: must be true"},
    {"locks/1/parameters/0/default", "[0]", "locks[1].parameters[0].default: is no value that"},
    {"locks/1/parameters/0/default", "[]", "locks[1].parameters[0].default: is no value that"},
    {"locks/1/parameters/0/default", "5000", "locks[1].parameters[0].default: is no value that"},
    {"locks/1/parameters/0/max", NULL, "locks[1].parameters[0].min: must be there with max"},

    {"experiments", "[{}]", IN_WORK ".name: must be a name, is missing"},
    {WORK "/name", NULL, IN_WORK ".name: must be a name, is missing"},
    {WORK "/name", "'a/b'", IN_WORK ".name: must be a name: 1 to 64 "},
    {WORK "/summary", "[]", IN_WORK ".summary: must be a text, is a list"},
    {WORK "/headline", "5", IN_WORK ".headline: must be an object, is a number"},
    {WORK "/headline", "'a b'", IN_WORK ".headline: must be a name: 1 to 64 "},
    {WORK "/headline", "'wall_ns'", IN_WORK ".headline: must be metrics.NAME or memory.NAME, is \"wall_ns\""},
    {WORK "/headline", "'metrics.'", IN_WORK ".headline: must be metrics.NAME or memory.NAME, is "},
    {WORK "/headline", "{'figure': 'cpu_ns', 'head': 'CPU'}",
        IN_WORK ".headline.figure: must be metrics.NAME or memory.NAME, is \"cpu_ns\""},
    {WORK "/headline", "{}", IN_WORK ".headline.figure: must be a name, is missing"},
    {WORK "/headline", "{'figure': 'metrics.lost', 'head': 5}",
        IN_WORK ".headline.head: must be a text, is a number"},
    {WORK "/headline", "{'figure': 'metrics.lost', 'words': 'off by some'}",
        IN_WORK ".headline.words: must have {} where the figure stands"},
    {WORK "/fixed_time", "'on'", IN_WORK ".fixed_time: must be true or false, is a text"},
    {WORK "/totals", "'requests'", IN_WORK ".totals: must be a list"},
    {WORK "/totals", "['requests', 'requests']", IN_WORK ".totals[1]: \"requests\" stands twice"},
    {"experiments/1", "7", "experiments[1]: must be an object, is a number"},
    {WORK "/parameters/0", "{}", IN_WORK ".parameters[0].name: must be a name, is missing"},
    {WORK "/parameters/0", "null", IN_WORK ".parameters[0]: must be an object, is null"},
    {WORK "/parameters/0/name", "'client'", IN_WORK ".parameters[1].name: \"client\" stands twice"},
    {WORK "/parameters/0/name", "'tasks'", IN_WORK ".parameters[0].name: must not be \"tasks\""},
    {WORK "/parameters/0/name", "'check_interval'", IN_WORK ".parameters[0].name: a lock has a parameter"},
    {WORK "/parameters/0/type", "'real'", IN_WORK ".parameters[0].type: must be one of integer, choice, "},
    {WORK "/parameters/0/help", NULL, IN_WORK ".parameters[0].help: must be a text, is missing"},
    {WORK "/parameters/0/min", "2000000", IN_WORK ".parameters[0].default: is no value that"},
    {WORK "/parameters/0/min", "1e12", IN_WORK ".parameters[0].min: must be a whole number, is a number"},
    {WORK "/parameters/0/max", "-1", IN_WORK ".parameters[0].min: must not be above max"},
    {WORK "/parameters/0/default", NULL, IN_WORK ".parameters[0].default: is missing"},
    {WORK "/parameters/0/default", "'many'", IN_WORK ".parameters[0].default: is no value that"},
    {WORK "/parameters/0/default", "[[[[[[]]]]]]", IN_WORK ".parameters[0].default: is no value that"},
    {WORK "/parameters/0/list", "true", IN_WORK ".parameters[0].default: is no value that"},
    {WORK "/parameters/1/choices", "[]", IN_WORK ".parameters[1].choices: must have an item"},
    {WORK "/parameters/1/choices", "[5]", IN_WORK ".parameters[1].choices[0]: must be a name, is a number"},
    {WORK "/parameters/1/choices", "['a', 'a']", IN_WORK ".parameters[1].choices[1]: \"a\" stands twice"},
    {WORK "/parameters/1/default", "'slow'", IN_WORK ".parameters[1].default: is no value that"},
    {WORK "/parameters/0/unless", "'nothing'",
        IN_WORK ".parameters[0].unless: there is no other parameter \"nothing\" that is a text"},
    {WORK "/parameters/0/unless", "'client'",
        IN_WORK ".parameters[0].unless: there is no other parameter \"client\" that is a text"},
    {WORK "/parameters/1/aliases", "['b']", IN_WORK ".parameters[1].aliases: must be an object, is a list"},
    {WORK "/parameters/1/aliases", "'b'", IN_WORK ".parameters[1].aliases: must be an object, is a text"},
    {WORK "/parameters/1/aliases", "{'b': 'slow'}",
        IN_WORK ".parameters[1].aliases.b: must be one of the cho"},
    {WORK "/parameters/1/aliases", "{'b': 5}",
        IN_WORK ".parameters[1].aliases.b: must be one of the choices, "},
    {WORK "/parameters/1/aliases", "{'b': null}",
        IN_WORK ".parameters[1].aliases.b: must be one of the choi"},
    {WORK "/parameters/1/aliases", "{'a,b': 'async'}",
        IN_WORK ".parameters[1].aliases.a,b: must be a name: 1"},
    {WORK "/parameters/1/aliases", "{'async': 'blocking'}",
        IN_WORK ".parameters[1].aliases.async: is a choice"},
    {WORK "/parameters/0/aliases", "{'many': '5'}",
        IN_WORK ".parameters[0].aliases: must not be, for a para"},
    {WORK "/parameters/1/default", "'b'", IN_WORK ".parameters[1].default: is no value that"},
    {WORK "/parameters/2/max_length", "0", IN_WORK ".parameters[2].max_length: must be from 1 to "},
    {WORK "/parameters/2/times", "'m'", IN_WORK ".parameters[2].times: there is no parameter \"m\""},
    {WORK "/parameters/2/times", "'client'", IN_WORK ".parameters[2].times: there is no parameter"},

    {WORK "/cost", NULL, IN_WORK ".cost: must be a list, is missing"},
    {WORK "/cost", "[5]", IN_WORK ".cost[0]: must be an object, is a number"},
    {WORK "/cost/0/kind", "'disk'", IN_WORK ".cost[0].kind: must be one of cpu, outside, wait"},
    {WORK "/cost/0/ns", "-1", IN_WORK ".cost[0].ns: must be from 0 to "},
    {WORK "/cost/0/times", "'n'", IN_WORK ".cost[0].times: must be a list, is a text"},
    {WORK "/cost/0/times", "['m']", IN_WORK ".cost[0].times[0]: there is no parameter \"m\""},
    {WORK "/cost/0/times", "['n', 'client']", IN_WORK ".cost[0].times[1]: there is no parameter \"client\""},
    {WORK "/cost/0/only_if", "[]", IN_WORK ".cost[0].only_if: must be an object, is a list"},
    {WORK "/cost/0/only_if", "{'mode.fast': true}", IN_WORK ".cost[0].only_if.mode.fast: there is no such"},
    {WORK "/cost/0/only_if", "{'mode.usual': 1}", IN_WORK ".cost[0].only_if.mode.usual: must be true or "},
    {WORK "/cost/0/only_if", "{'lock.task': true}", IN_WORK ".cost[0].only_if.lock.task: there is no such"},
    {WORK "/cost/0/only_if", "{'mode': 'epoll'}", IN_WORK ".cost[0].only_if.mode: there is no such fact or"},
    {WORK "/cost/0/only_if", "{'lock.name': 'gil'}", IN_WORK ".cost[0].only_if.lock.name: there is no such"},
    {"locks/2/parameters/0/name", "'switch_interval_us'",
        "locks[2].parameters[0]: \"switch_interval_us\" is"},
    {WORK "/cost/0/only_if", "{'m': 1}", IN_WORK ".cost[0].only_if.m: there is no such fact or parameter"},
    {WORK "/cost/0/only_if", "{'client': 'slow'}", IN_WORK ".cost[0].only_if.client: is no value that"},
    {WORK "/cost/0/only_if", "{'client': null}", IN_WORK ".cost[0].only_if.client: must be true, false, "},
    {WORK "/memory", "[{'per': 'task'}]", IN_WORK ".memory[0].bytes: must be a number, is missing"},
    {WORK "/memory", "[{'per': 'mode', 'bytes': 1}]", IN_WORK ".memory[0].per: must be one of cell, task"},
    {WORK "/released", "true", IN_WORK ".released: must be an object, is true"},
    {WORK "/released", "{'only_if': {'m': 1}}", IN_WORK ".released.only_if.m: there is no such fact or"},
    {WORK "/blocks_loop", "{'only_if': 5}", IN_WORK ".blocks_loop.only_if: must be an object, is a number"},
    {WORK "/tasks", "'n'", IN_WORK ".tasks: must be an object, is a text"},
    {WORK "/tasks", "{'parameter': 'm', 'plus': 1}", IN_WORK ".tasks.parameter: there is no parameter"},
    {WORK "/tasks", "{'parameter': 'n', 'plus': -1}", IN_WORK ".tasks.plus: must be from 0 to "},
    {WORK "/max_tasks", "5", IN_WORK ".max_tasks: must be an object, is a number"},
    {WORK "/max_tasks/fibers", "5", IN_WORK ".max_tasks.fibers: there is no such mode"},
    {WORK "/max_tasks/serial", "0", IN_WORK ".max_tasks.serial: must be from 1 to "},
    {WORK "/max_tasks/serial", NULL, IN_WORK ".max_tasks.serial: must be there, or a reason in unavailable"},
    {WORK "/unavailable/serial", "5", IN_WORK ".unavailable.serial: must be a text, is a number"},
};

/* The complaint about a document, or NULL. */
static char *complaint_of(const json_t *describe)
{
    Catalog *catalog = NULL;
    char *reason = NULL;

    if (catalog_read(describe, &catalog, &reason) == 0) {
        ck_assert_ptr_null(reason);
        catalog_unref(catalog);
    } else {
        ck_assert_ptr_null(catalog);
        ck_assert_ptr_nonnull(reason);
    }
    return reason;
}

START_TEST(bad_documents_are_refused_with_the_place)
{
    for (size_t i = 0; i < ARRAY_LENGTH(bad_rows); i++) {
        json_auto_t *describe = small_describe();
        auto_free char *reason = NULL;

        small_set(describe, bad_rows[i].path, bad_rows[i].text);
        reason = complaint_of(describe);
        ck_assert_msg(reason, "%s = %s was taken", bad_rows[i].path, bad_rows[i].text);
        ck_assert_msg(strncmp(reason, bad_rows[i].reason, strlen(bad_rows[i].reason)) == 0, "%s = %s: %s",
            bad_rows[i].path, bad_rows[i].text, reason);
    }
}
END_TEST

/* What nobody reads is shown all the same, inside of a larger document. */
START_TEST(what_is_nested_too_deep_is_refused)
{
    json_auto_t *describe = small_describe();
    json_t *deep = json_integer(1);
    auto_free char *reason = NULL, *none = NULL;

    for (int i = 0; i < 31; i++)
        deep = json_pack("[o]", deep);
    json_object_set(describe, "deep", deep);
    none = complaint_of(describe);
    ck_assert_pstr_eq(none, NULL);
    deep = json_pack("[[o]]", deep);
    json_object_set_new(describe, "deep", deep);
    reason = complaint_of(describe);
    ck_assert_pstr_eq(reason, "the document: must not be nested deeper than 32");
}
END_TEST

/* Terms have no name: what is called so is unknown, and may stand twice. */
START_TEST(unknown_members_are_left_alone)
{
    static const char *const names[] = {"'a'", "5", "null", "{'name': 'a'}"};

    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        json_auto_t *describe = small_describe();
        auto_free char *cost = text_printf("{'kind': 'cpu', 'ns': 1, 'name': %s}", names[i]);
        auto_free char *memory = text_printf("{'per': 'task', 'bytes': 1, 'name': %s}", names[i]);
        auto_free char *reason = NULL;

        small_set(describe, "colour", names[i]);
        small_set(describe, WORK "/cost/0", cost);
        small_set(describe, WORK "/cost/1", cost);
        small_set(describe, WORK "/memory/0", memory);
        small_set(describe, WORK "/memory/1", memory);
        reason = complaint_of(describe);
        ck_assert_msg(!reason, "%s: %s", names[i], reason);
    }
}
END_TEST

/* Each member that there is, one after the other, of each wrong type, anywhere in the document. */
static void spoil_all(json_t *describe, json_t *json)
{
    static const char *const wrong[] = {"null", "-1", "1e308", "''", "[null]", "{'': {}}"};
    const char *key;
    json_t *value;
    void *next;
    size_t i;

    json_object_foreach_safe(json, next, key, value)
    {
        json_auto_t *kept = json_incref(value);
        auto_free char *name = text_printf("%s", key);

        spoil_all(describe, value);
        for (size_t k = 0; k < ARRAY_LENGTH(wrong); k++) {
            json_object_set_new(json, name, small_json(wrong[k]));
            free(complaint_of(describe));
        }
        json_object_set(json, name, kept);
    }
    json_array_foreach (json, i, value) {
        json_auto_t *kept = json_incref(value);

        spoil_all(describe, value);
        for (size_t k = 0; k < ARRAY_LENGTH(wrong); k++) {
            json_array_set_new(json, i, small_json(wrong[k]));
            free(complaint_of(describe));
        }
        json_array_set(json, i, kept);
    }
}

START_TEST(nothing_in_a_document_is_taken_on_trust)
{
    json_auto_t *describe = small_describe();
    auto_free char *reason = NULL;

    spoil_all(describe, describe);
    reason = complaint_of(describe);
    ck_assert_ptr_null(reason);
}
END_TEST

START_TEST(what_is_no_object_is_no_document)
{
    static const char *const texts[] = {"null", "[]", "'catalog'", "1"};

    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
        json_auto_t *describe = small_json(texts[i]);
        auto_free char *reason = complaint_of(describe);

        ck_assert_msg(strncmp(reason, "the document: must be an object, is ", 36) == 0, "%s", reason);
    }
}
END_TEST

START_TEST(a_long_list_and_a_long_text_are_refused)
{
    json_auto_t *describe = small_describe(), *list = json_array();
    auto_free char *text = text_printf("%5000d", 0), *reason = NULL;

    for (int i = 0; i < 300; i++)
        json_array_append_new(list, json_object());
    json_object_set(describe, "locks", list);
    reason = complaint_of(describe);
    ck_assert_str_eq(reason, "locks: must have at most 256 items");
    free(reason);
    json_object_set_new(describe, "about", json_string(text));
    reason = complaint_of(describe);
    ck_assert_str_eq(reason, "about: must be a text of at most 4000 bytes");
}
END_TEST

START_TEST(a_place_is_short_and_can_be_shown)
{
    json_auto_t *describe = small_describe();
    json_t *experiment = json_array_get(json_object_get(describe, "experiments"), 0);
    auto_free char *name = text_printf("\x1b[2J%5000d", 0), *reason = NULL;

    json_object_set_new(json_object_get(experiment, "max_tasks"), name, json_integer(1));
    reason = complaint_of(describe);
    ck_assert_ptr_null(strchr(reason, '\x1b'));
    ck_assert_uint_lt(strlen(reason), 200);
}
END_TEST

START_TEST(some_mode_is_usual)
{
    json_auto_t *describe = small_describe();
    auto_free char *reason = NULL;

    small_set(describe, "modes/0/usual", "false");
    small_set(describe, "modes/1/usual", "false");
    small_set(describe, "modes/2/usual", "false");
    reason = complaint_of(describe);
    ck_assert_str_eq(reason, "modes: at least one must be usual, and none is");
}
END_TEST

START_TEST(two_runtimes_have_two_names)
{
    json_auto_t *one = small_describe(), *describes = json_pack("[O, O]", one, one);
    auto_free char *reason = NULL;
    Catalogs catalogs;

    ck_assert_int_lt(catalogs_read(describes, &catalogs, &reason), 0);
    ck_assert_str_eq(reason, "runtime: there are two of the name \"c\"");
}
END_TEST

START_TEST(facts_are_fields)
{
    Catalogs catalogs = small_catalogs();
    const Catalog *catalog = catalogs.list[0];
    const CatalogExperiment *work = catalogs_experiment(&catalogs, "work");
    const CatalogMode *threads = catalog_mode(catalog, "threads");

    ck_assert_ptr_eq(catalogs_runtime(&catalogs, "c"), catalog);
    ck_assert_ptr_eq(catalog_mode(catalog, "asyncio"), catalog_mode(catalog, "epoll"));
    ck_assert_ptr_null(catalog_mode(catalog, "fibers"));
    ck_assert_ptr_null(catalog_mode(catalog, NULL));
    ck_assert(threads->side_by_side && threads->shares_memory && !threads->one_loop && !threads->baseline);
    ck_assert_str_eq(threads->task.noun, "thread");
    ck_assert_int_eq(threads->task.bytes, 45056);
    ck_assert(catalog_lock(catalog, "gil")->usual && catalog_lock(catalog, "gil")->exclusive);
    ck_assert_str_eq(catalog_lock(catalog, "gil")->models, "cpython3");
    ck_assert_ptr_null(catalog_lock(catalog, "gil-py2")->models);
    ck_assert_int_eq(catalog_parameter(work, "n")->max, 1000000000000);
    ck_assert_str_eq(catalog_parameter(work, "client")->choices[1], "blocking");
    ck_assert_int_eq(catalog_room(catalog, work, threads)->max_tasks, 8);
    ck_assert_str_eq(catalog_room(catalog, work, threads)->reason, "its pids.max is low");
    ck_assert(!work->released.given);
    catalogs_finish(&catalogs);
}
END_TEST

/* With words for it, or the name of the figure alone. */
START_TEST(a_headline_is_a_figure_or_its_name)
{
    static const char *const texts[] = {
        "{\"figure\": \"metrics.lost\", \"head\": \"off by\", \"words\": \"it was off by {}\"}",
        "\"metrics.lost\"", "null"};

    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
        json_auto_t *describe = small_describe(), *describes = json_pack("[O]", describe);
        json_t *work = json_array_get(json_object_get(describe, "experiments"), 0);
        auto_free char *reason = NULL;
        const CatalogHeadline *headline;
        Catalogs catalogs;

        json_object_set_new(work, "headline", json_loads(texts[i], JSON_DECODE_ANY, NULL));
        ck_assert_msg(catalogs_read(describes, &catalogs, &reason) == 0, "%s", reason);
        headline = &catalogs_experiment(&catalogs, "work")->headline;
        ck_assert_pstr_eq(headline->figure, i < 2 ? "metrics.lost" : NULL);
        ck_assert_pstr_eq(headline->head, i < 1 ? "off by" : NULL);
        ck_assert_pstr_eq(headline->words, i < 1 ? "it was off by {}" : NULL);
        catalogs_finish(&catalogs);
    }
}
END_TEST

START_TEST(a_parameter_is_written_as_it_was_read)
{
    json_auto_t *describe = small_describe();
    json_t *locks = json_object_get(describe, "locks"),
           *experiments = json_object_get(describe, "experiments");
    const json_t *of_work = json_object_get(json_array_get(experiments, 0), "parameters");
    const json_t *of_gil = json_object_get(json_array_get(locks, 1), "parameters");
    json_auto_t *interval = NULL;
    const CatalogExperiment *work;
    Catalogs catalogs;

    small_set(describe, WORK "/parameters/1/aliases", "{'b': 'blocking', '0': 'async'}");
    catalogs = small_read(json_incref(describe));
    work = catalogs_experiment(&catalogs, "work");
    interval = catalog_parameter_json(&catalogs_lock(&catalogs, "gil")->parameters[0]);
    ck_assert(json_equal(interval, json_array_get(of_gil, 0)));
    for (size_t i = 0; i < work->n_parameters; i++) {
        json_auto_t *written = catalog_parameter_json(&work->parameters[i]);

        ck_assert(json_equal(written, json_array_get(of_work, i)));
    }
    catalogs_finish(&catalogs);
}
END_TEST

START_TEST(conditions_are_facts_of_the_cell)
{
    static const struct {
        const char *only_if;
        bool met;
    } rows[] = {
        {"{}", true},
        {"{'mode.side_by_side': true}", true},
        {"{'mode.one_loop': true}", false},
        {"{'lock.exclusive': true, 'mode.shares_memory': true}", true},
        {"{'lock.whose': 'task'}", false},
        {"{'lock.models': 'cpython3'}", true},
        {"{'client': 'blocking'}", true},
        {"{'client': 'blocking', 'mode.usual': false}", false},
        {"{'switch_interval_us': 5000}", true},
    };

    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        json_auto_t *describe = small_describe();
        json_auto_t *params =
            json_pack("{s:s, s:i, s:i}", "client", "blocking", "n", 3, "switch_interval_us", 5000);
        Catalogs catalogs;
        CellSpec cell = {.tasks = 4, .cpus = 2, .params = params};

        small_set(describe, "experiments/0/cost/0/only_if", rows[i].only_if);
        small_set(describe, "experiments/0/cost/0/times", "['n', 'n', 'tasks', 'cpus']");
        catalogs = small_read(json_incref(describe));
        cell.runtime = catalogs.list[0];
        cell.experiment = catalogs_experiment(&catalogs, "work");
        cell.mode = catalogs_mode(&catalogs, "threads");
        cell.lock = catalogs_lock(&catalogs, "gil");
        ck_assert_msg(cell_spec_meets(&cell, &cell.experiment->costs[0].term.only_if) == rows[i].met, "%s",
            rows[i].only_if);
        ck_assert_double_eq(
            cell_spec_term(&cell, &cell.experiment->costs[0].term), rows[i].met ? 3 * 3 * 4 * 2 : 0);
        ck_assert(!cell_spec_meets(&cell, &cell.experiment->released));
        catalogs_finish(&catalogs);
    }
}
END_TEST

static Machine machine_of(int64_t cpus, double quota, int64_t memory)
{
    return (Machine){.cpus_usable = cpus, .cpu_quota = quota, .memory_bytes = memory};
}

/* A runtime that uses all there is goes on to do so; one that said less does not get more, and never more
 * than there is. */
START_TEST(what_was_said_of_the_machine_follows_it)
{
    enum { GB = 1000000000 };
    static const struct {
        int64_t said, then, now, cpus;
    } rows[] = {
        {2, 2, 2, 2}, {2, 2, 1, 1}, {2, 2, 4, 4}, {2, 4, 3, 2}, {2, 4, 1, 1}, {2, 4, 8, 2},
        {2, 1, 1, 2}, /* it knows better */
    };

    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        json_t *describe = small_describe();
        Machine then = machine_of(rows[i].then, 0, GB), now = machine_of(rows[i].now, 0, GB);
        Catalogs catalogs;

        json_object_set_new(describe, "cpus_usable", json_integer((json_int_t)rows[i].said));
        catalogs = small_read(describe);
        ck_assert_int_eq(catalog_follow(catalogs.list[0], &then, &now), rows[i].cpus != rows[i].said);
        ck_assert_int_eq(catalogs.list[0]->cpus_usable, rows[i].cpus);
        ck_assert(!catalog_follow(catalogs.list[0], &then, &now));
        ck_assert(catalog_follow(catalogs.list[0], &then, &then) == (rows[i].cpus != rows[i].said));
        ck_assert_int_eq(catalogs.list[0]->cpus_usable, rows[i].said);
        catalogs_finish(&catalogs);
    }
}
END_TEST

/* Memory moves all the time, and that is no change. */
START_TEST(memory_follows_in_large_steps)
{
    enum { MB = 1000000 };
    json_t *describe = small_describe();
    Machine then = machine_of(2, 0, 1010 * (int64_t)MB), now = then;
    Catalogs catalogs;
    Catalog *catalog;

    small_set(describe, "memory_bytes", "1000000000");
    catalogs = small_read(describe);
    catalog = catalogs.list[0];
    now.memory_bytes = 950 * (int64_t)MB;
    ck_assert(!catalog_follow(catalog, &then, &now));
    ck_assert_int_eq(catalog->memory_bytes, 1000 * (int64_t)MB);
    now.memory_bytes = 500 * (int64_t)MB;
    ck_assert(catalog_follow(catalog, &then, &now));
    ck_assert_int_eq(catalog->memory_bytes, 500 * (int64_t)MB);
    now.memory_bytes = 4000 * (int64_t)MB;
    ck_assert(catalog_follow(catalog, &then, &now));
    ck_assert_int_eq(catalog->memory_bytes, 4000 * (int64_t)MB);
    now.memory_bytes = INT64_MAX;
    ck_assert(catalog_follow(catalog, &then, &now));
    ck_assert_int_eq(catalog->memory_bytes, 1000 * (int64_t)MB);
    catalogs_finish(&catalogs);
}
END_TEST

/* A run that has begun goes on showing the machine of its beginning. */
START_TEST(a_host_is_made_anew_and_not_changed)
{
    json_t *describe = small_describe(), *first;
    Machine then = machine_of(2, 0, INT64_MAX), now = machine_of(1, 0.5, INT64_MAX);
    Catalogs catalogs;
    Catalog *catalog;

    small_set(describe, "host", "{'cpus_usable': 2, 'cpu_quota': null, 'kernel': '6'}");
    catalogs = small_read(describe);
    catalog = catalogs.list[0];
    first = json_incref((json_t *)catalog->host.json);
    ck_assert(catalog_follow(catalog, &then, &now));
    ck_assert_double_eq(catalog->host.cpu_quota, 0.5);
    ck_assert_double_eq(json_number_value(json_object_get(catalog->host.json, "cpu_quota")), 0.5);
    ck_assert_int_eq(json_integer_value(json_object_get(catalog->host.json, "cpus_usable")), 1);
    ck_assert_str_eq(json_string_value(json_object_get(catalog->host.json, "kernel")), "6");
    ck_assert_int_eq(json_integer_value(json_object_get(first, "cpus_usable")), 2);
    ck_assert(json_is_null(json_object_get(first, "cpu_quota")));
    ck_assert(catalog_follow(catalog, &then, &then));
    ck_assert(json_equal(catalog->host.json, first));
    json_decref(first);
    catalogs_finish(&catalogs);
}
END_TEST

START_TEST(the_engine_describes_itself_well)
{
    json_auto_t *describe = describe_runtime();
    auto_free char *reason = complaint_of(describe);

    ck_assert_msg(!reason, "%s", reason);
}
END_TEST

RUN_TESTS("catalog", 60, bad_documents_are_refused_with_the_place, what_is_nested_too_deep_is_refused,
    unknown_members_are_left_alone, nothing_in_a_document_is_taken_on_trust, what_is_no_object_is_no_document,
    a_long_list_and_a_long_text_are_refused, a_place_is_short_and_can_be_shown, some_mode_is_usual,
    two_runtimes_have_two_names, facts_are_fields, a_headline_is_a_figure_or_its_name,
    a_parameter_is_written_as_it_was_read, conditions_are_facts_of_the_cell,
    what_was_said_of_the_machine_follows_it, memory_follows_in_large_steps,
    a_host_is_made_anew_and_not_changed, the_engine_describes_itself_well)
