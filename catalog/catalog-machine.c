/* A runtime is asked once, when the server starts, since it measures how fast the machine is when it
 * describes itself. But what the machine leaves it may change later, and a plan for two CPUs cannot run on
 * one. So the figures of the machine are read anew, and those of the document follow them.
 *
 * They are not just replaced. A runtime in another language may use less than there is, and say so. What it
 * said is held against what there was when it said it: if the two are the same, it means all that there is.
 */
#include "catalog/catalog.h"

#include <stdlib.h>

/* As a part of it, how much a reading of the available memory may be off: it is never the same twice. */
#define MEMORY_PLAY 0.1

static bool catalog_is_about(int64_t value, int64_t other)
{
    return (double)llabs(value - other) <= MEMORY_PLAY * (double)other;
}

/* What a runtime said of the CPUs, now that the machine is another. */
static int64_t catalog_follow_cpus(int64_t said, const Machine *then, const Machine *now)
{
    if (now->cpus_usable == then->cpus_usable)
        return said;
    return said == then->cpus_usable || now->cpus_usable < said ? now->cpus_usable : said;
}

/* The same of memory; 0 and INT64_MAX: the runtime, or nobody, knows. */
static int64_t catalog_follow_memory(int64_t said, const Machine *then, const Machine *now)
{
    if (said == 0 || now->memory_bytes == INT64_MAX)
        return said;
    return catalog_is_about(said, then->memory_bytes) || now->memory_bytes < said ? now->memory_bytes : said;
}

static int64_t catalog_said(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

/* The object that answers show is made anew and not changed, because runs that have begun go on showing the
 * one of their beginning. What the runtime did not say of itself is not said here either. */
static void catalog_renew_host(Catalog *catalog)
{
    json_t *host = json_copy((json_t *)catalog->host.json), *value;

    value = catalog->host.cpu_quota > 0 ? json_real(catalog->host.cpu_quota) : json_null();
    if (json_object_get(host, "cpu_quota"))
        json_object_set(host, "cpu_quota", value);
    json_decref(value);
    if (json_object_get(host, "cpus_usable"))
        json_object_set_new(host, "cpus_usable", json_integer((json_int_t)catalog->host.cpus_usable));
    json_decref(catalog->renewed_host);
    catalog->renewed_host = host;
    catalog->host.json = host;
}

/* The document itself never changes, so it remembers what was said at first. Memory moves all the time; it is
 * passed over until it has moved by more than its play, so that what an answer says of a limit is what holds
 * for the next request, too. The quota is the machine's, also where the runtime says nothing of it: its cells
 * are held back all the same. */
bool catalog_follow(Catalog *catalog, const Machine *then, const Machine *now)
{
    int64_t cpus = catalog_follow_cpus(catalog_said(catalog->json, "cpus_usable"), then, now);
    int64_t memory = catalog_follow_memory(catalog_said(catalog->json, "memory_bytes"), then, now);
    int64_t host_cpus =
        catalog_follow_cpus(catalog_said(json_object_get(catalog->json, "host"), "cpus_usable"), then, now);
    bool host_moved = catalog->host.cpu_quota != now->cpu_quota || catalog->host.cpus_usable != host_cpus;
    bool memory_moved = !catalog_is_about(memory, catalog->memory_bytes);
    bool moved = host_moved || memory_moved || cpus != catalog->cpus_usable;

    catalog->cpus_usable = cpus;
    if (memory_moved)
        catalog->memory_bytes = memory;
    if (host_moved) {
        catalog->host.cpu_quota = now->cpu_quota;
        catalog->host.cpus_usable = host_cpus;
        if (catalog->host.json)
            catalog_renew_host(catalog);
    }
    return moved;
}
