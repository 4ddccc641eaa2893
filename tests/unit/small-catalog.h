/* A small runtime for tests: what it says of itself, complete, so that each test changes only what it is
 * about. */
#pragma once

#include <check.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "catalog/catalog.h"

static const char small_catalog_text[] =
    "{'protocol': 1, 'runtime': 'c', 'version': '0', 'about': 'small', 'cpus_usable': 2, 'modes': ["
    "{'name': 'serial', 'summary': '', 'aliases': [], 'usual': true, 'baseline': true, 'side_by_side': false,"
    " 'shares_memory': true, 'one_loop': false, 'task': {'noun': 'call', 'ns': 0, 'bytes': 0}},"
    "{'name': 'threads', 'summary': '', 'aliases': [], 'usual': true, 'baseline': false, 'side_by_side': "
    "true,"
    " 'shares_memory': true, 'one_loop': false, 'task': {'noun': 'thread', 'ns': 50e3, 'bytes': 45056}},"
    "{'name': 'processes', 'summary': '', 'aliases': [], 'usual': true, 'baseline': false,"
    " 'side_by_side': true, 'shares_memory': false, 'one_loop': false,"
    " 'task': {'noun': 'process', 'ns': 400e3, 'bytes': 245760}},"
    "{'name': 'epoll', 'summary': '', 'aliases': ['asyncio'], 'usual': false, 'baseline': false,"
    " 'side_by_side': false, 'shares_memory': true, 'one_loop': true,"
    " 'task': {'noun': 'task', 'ns': 0, 'bytes': 0}}], 'locks': ["
    "{'name': 'none', 'title': 'no lock', 'summary': '', 'usual': false, 'exclusive': false, 'whose': 'all',"
    " 'models': 'free-threaded', 'crowding': 0, 'parameters': []},"
    "{'name': 'gil', 'title': 'the GIL', 'summary': '', 'usual': true, 'exclusive': true, 'whose': 'all',"
    " 'models': 'cpython3', 'crowding': 0, 'parameters': [{'name': 'switch_interval_us', 'type': 'integer',"
    " 'unit': 'us', 'help': 'how long', 'min': 1, 'max': 1000000, 'default': [5000], 'list': true}]},"
    "{'name': 'gil-py2', 'title': 'the old one', 'summary': '', 'usual': false, 'exclusive': true,"
    " 'whose': 'all', 'models': null, 'crowding': 0.5, 'parameters': [{'name': 'check_interval',"
    " 'type': 'integer', 'unit': 'ticks', 'help': 'how many', 'min': 1, 'max': 1000000, 'default': [100],"
    " 'list': true}]}], 'experiments': [{'name': 'work', 'summary': 'works', 'parameters': ["
    "{'name': 'n', 'type': 'integer', 'help': 'how much', 'min': 0, 'max': 1000000000000, 'default': 1000000,"
    " 'sized': true},"
    "{'name': 'client', 'type': 'choice', 'help': 'how', 'choices': ['async', 'blocking'],"
    " 'default': 'async'},"
    "{'name': 'url', 'type': 'text', 'help': 'where', 'format': 'url', 'max_length': 100, 'default': null}],"
    "'max_tasks': {'serial': 256, 'threads': 8, 'processes': 256, 'epoll': 10000},"
    "'max_tasks_reason': {'threads': 'its pids.max is low'}, 'unavailable': {},"
    "'cost': [{'kind': 'cpu', 'ns': 1.0, 'times': ['n'], 'only_if': {}}], 'memory': []}]}";

/* JSON with ' for ", a new reference. */
static inline json_t *small_json(const char *text)
{
    auto_free char *quoted = text_printf("%s", text);
    json_error_t error;
    json_t *json;

    for (char *at = quoted; (at = strchr(at, '\'')); at++)
        *at = '"';
    json = json_loads(quoted, JSON_DECODE_ANY, &error);
    ck_assert_msg(json, "%s: %s", error.text, quoted);
    return json;
}

static inline json_t *small_describe(void)
{
    return small_json(small_catalog_text);
}

/* Puts what the text says in a place such as "modes/0/name", whose last step may be new; NULL takes away what
 * stands there. */
static inline void small_set(json_t *json, const char *path, const char *text)
{
    auto_free char *steps = text_printf("%s", path);
    char *step = steps, *slash;

    for (; (slash = strchr(step, '/')); step = slash + 1) {
        *slash = '\0';
        json = json_is_array(json) ? json_array_get(json, (size_t)atoi(step)) : json_object_get(json, step);
        ck_assert_msg(json, "%s: %s", path, step);
    }
    if (!text && json_is_array(json))
        json_array_remove(json, (size_t)atoi(step));
    else if (!text)
        json_object_del(json, step);
    else if (!json_is_array(json))
        json_object_set_new(json, step, small_json(text));
    else if ((size_t)atoi(step) == json_array_size(json))
        json_array_append_new(json, small_json(text));
    else
        json_array_set_new(json, (size_t)atoi(step), small_json(text));
}

/* Reads it, which must work, and releases it. */
static inline Catalogs small_read(json_t *describe)
{
    json_auto_t *describes = json_pack("[o]", describe);
    auto_free char *reason = NULL;
    Catalogs catalogs;
    int r = catalogs_read(describes, &catalogs, &reason);

    ck_assert_msg(r == 0, "%s", reason);
    return catalogs;
}

static inline Catalogs small_catalogs(void)
{
    return small_read(small_describe());
}
