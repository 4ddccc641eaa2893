/* A catalog is read in two passes over one document. The first reads the runtime, its modes and its locks
 * and checks them against one another; the second reads the experiments, which name modes, locks and the
 * parameters of locks. So whatever an experiment refers to is known to be right by then, whatever the order
 * of the members in the document.
 *
 * The structs point into the JSON document instead of copying its texts. Therefore the catalog holds a
 * reference to the document for as long as it lives, and what the pieces themselves need comes from one
 * memo: no piece is freed by itself, also when the reading broke off in the middle. */
#include "catalog/catalog.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "base/text.h"
#include "catalog/shapes.h"

static const Member host_members[] = {
    {"cpu_model", MEMBER_TEXT, MEMBER_OPTIONAL, AT(CatalogHost, cpu_model)},
    {"kernel", MEMBER_TEXT, MEMBER_OPTIONAL, AT(CatalogHost, kernel)},
    {"container", MEMBER_TEXT, MEMBER_OPTIONAL, AT(CatalogHost, container)},
    {"cpus_online", MEMBER_INTEGER, MEMBER_OPTIONAL, AT(CatalogHost, cpus_online), .min = 1, .max = 1e6},
    {"cpus_usable", MEMBER_INTEGER, MEMBER_OPTIONAL, AT(CatalogHost, cpus_usable), .min = 1, .max = 1e6},
    {"cpu_quota", MEMBER_NUMBER, MEMBER_OPTIONAL, AT(CatalogHost, cpu_quota), .min = 0, .max = 1e6},
};

static bool host_check(Reader *reader, const Place *place, const json_t *json, void *target)
{
    CatalogHost *host = target;

    (void)reader;
    (void)place;
    host->json = json;
    return true;
}

/* The document may leave out the host and each of its members, so that a runtime in a language without such
 * calls can be described by hand; what is missing stays 0 or NULL, which means that it is not known. */
static const Shape host_shape = SHAPE(CatalogHost, host_members, host_check);

static const Member catalog_members[] = {
    {"runtime", MEMBER_NAME, AT(Catalog, runtime)},
    {"version", MEMBER_TEXT, MEMBER_OPTIONAL, AT(Catalog, version)},
    {"about", MEMBER_TEXT, MEMBER_OPTIONAL, AT(Catalog, about)},
    {"paces", MEMBER_FLAG, MEMBER_OPTIONAL, AT(Catalog, paces)},
    {"cpus_usable", MEMBER_INTEGER, AT(Catalog, cpus_usable), .min = 1, .max = 1e6},
    {"memory_bytes", MEMBER_INTEGER, MEMBER_OPTIONAL, AT(Catalog, memory_bytes), .min = 0, .max = 9e15},
    {"turn_ns", MEMBER_NUMBER, MEMBER_OPTIONAL, AT(Catalog, turn_ns), .min = 0, .max = 1e9},
    {"timeline_ns", MEMBER_NUMBER, MEMBER_OPTIONAL, AT(Catalog, timeline_ns), .min = 0, .max = 1e12},
    {"host", MEMBER_PART, MEMBER_OPTIONAL, AT(Catalog, host), .shape = &host_shape},
    {"modes", MEMBER_LIST, AT_ALL(Catalog, modes, n_modes), .shape = &shape_mode},
    {"locks", MEMBER_LIST, AT_ALL(Catalog, locks, n_locks), .shape = &shape_lock},
};

/* A name or an alias that leads to two modes would lead to whichever stands first. Without a usual mode, a
 * request that names none would have no cells; with two baselines, a ratio would not say what it is to.
 * catalog_mode() finds the first mode that answers to a name, which is what makes it a test: a mode that
 * does not find itself by its own name or alias stands behind another that has it, too. */
static bool catalog_check_modes(Reader *reader, const Place *place, const Catalog *catalog)
{
    const Place at = {.in = place, .member = "modes"};
    size_t n_usual = 0, n_baselines = 0;

    for (size_t i = 0; i < catalog->n_modes; i++) {
        const CatalogMode *mode = &catalog->modes[i];
        const Place item = {.in = &at, .index = i}, aliases = {.in = &item, .member = "aliases"};

        n_usual += mode->usual;
        n_baselines += mode->baseline;
        if (catalog_mode(catalog, mode->name) != mode)
            return reader_complain(reader, &(Place){.in = &item, .member = "name"},
                "\"%s\" is another mode's alias", mode->name);
        for (size_t k = 0; k < mode->n_aliases; k++)
            if (catalog_mode(catalog, mode->aliases[k]) != mode)
                return reader_complain(reader, &(Place){.in = &aliases, .index = k},
                    "\"%s\" stands for another mode already", mode->aliases[k]);
    }
    if (n_baselines > 1)
        return reader_complain(reader, &at, "at most one must be the baseline, and %zu are", n_baselines);
    return n_usual > 0 || reader_complain(reader, &at, "at least one must be usual, and none is");
}

/* A parameter that several locks have is one axis, and one form field: it must be the same in all of them.
 * Otherwise the range that a request is checked against would depend on which lock stands first. The first
 * lock that has the parameter is compared with itself, which is always equal. Their descriptions as JSON are
 * compared, so a field that is new is compared, too, as soon as it is described. */
static bool catalog_check_axes(
    Reader *reader, const Place *place, const Catalog *catalog, const CatalogLock *lock)
{
    for (size_t i = 0; i < lock->n_parameters; i++) {
        const CatalogParameter *parameter = &lock->parameters[i];
        json_auto_t *own = catalog_parameter_json(parameter);
        json_auto_t *first = catalog_parameter_json(catalog_lock_parameter(catalog, parameter->name));
        const Place parameters = {.in = place, .member = "parameters"};

        if (!json_equal(own, first))
            return reader_complain(reader, &(Place){.in = &parameters, .index = i},
                "\"%s\" is described in another way by another lock", parameter->name);
    }
    return true;
}

/* A request that names no lock gets the usual one, so there must be one, and no second one to choose from.
 * (Of modes there may be several: a request without a mode compares them.) */
static bool catalog_check_locks(Reader *reader, const Place *place, const Catalog *catalog)
{
    const Place at = {.in = place, .member = "locks"};
    size_t n_usual = 0;

    for (size_t i = 0; i < catalog->n_locks; i++)
        n_usual += catalog->locks[i].usual;
    for (size_t i = 0; i < catalog->n_locks; i++)
        if (!catalog_check_axes(reader, &(Place){.in = &at, .index = i}, catalog, &catalog->locks[i]))
            return false;
    return n_usual == 1 || reader_complain(reader, &at, "exactly one must be usual, and %zu are", n_usual);
}

static bool catalog_check(Reader *reader, const Place *place, const json_t *json, void *target)
{
    (void)json;
    return catalog_check_modes(reader, place, target) && catalog_check_locks(reader, place, target);
}

/* {"refcount": "counts of references cannot be taken off"}: any names, which no table can list, so it is read
 * by hand. It is about what is not there; a reason for something that is would be shown to nobody, or worse,
 * beside the thing itself. */
static bool catalog_read_absent(Reader *reader, const Place *place, const json_t *json, void *target)
{
    const json_t *absent = json_object_get(json, "absent");
    const Place at = {.in = place, .member = "absent"};
    CatalogAbsence *list = memo_take(reader->memo, json_object_size(absent), sizeof(*list));
    Catalog *catalog = target;
    const char *name;
    json_t *reason;

    if (!absent || json_is_null(absent))
        return true;
    if (!json_is_object(absent))
        return reader_refuse(reader, &at, "an object", absent);
    catalog->absent = list;
    json_object_foreach ((json_t *)absent, name, reason) {
        const Place here = {.in = &at, .member = name};
        const Member text = {name, MEMBER_TEXT, AT(CatalogAbsence, reason)};
        CatalogAbsence *absence = &list[catalog->n_absent];

        if (!reader_check_name(reader, &here, name) || !member_read(reader, &here, &text, reason, absence))
            return false;
        if (catalog_experiment(catalog, name) || catalog_mode(catalog, name) || catalog_lock(catalog, name))
            return reader_complain(reader, &here, "is there all the same");
        absence->name = name;
        catalog->n_absent++;
    }
    return true;
}

/* Experiments refer to modes and locks, which are to be right by then. */
static const Member last_members[] = {
    {"experiments", MEMBER_LIST, AT_ALL(Catalog, experiments, n_experiments), .shape = &shape_experiment},
};

static const Shape catalog_shape = SHAPE(Catalog, catalog_members, catalog_check);
static const Shape last_shape = SHAPE(Catalog, last_members, catalog_read_absent);

/* Asked first: of another protocol nothing else can be said. Its members may mean anything, and a complaint
 * about one of them would lead people astray. */
static bool catalog_check_protocol(Reader *reader, const json_t *describe)
{
    const Place document = {0}, at = {.in = &document, .member = "protocol"};
    const json_t *protocol = json_object_get(describe, "protocol");

    if (!json_is_object(describe))
        return reader_refuse(reader, &document, "an object", describe);
    /* What no table names is passed on as it is. */
    if (!reader_check_depth(reader, &document, describe))
        return false;
    return (json_is_integer(protocol) && json_integer_value(protocol) == CATALOG_PROTOCOL) ||
           reader_complain(reader, &at, "must be %d, the protocol that is spoken here", CATALOG_PROTOCOL);
}

Catalog *catalog_ref(Catalog *catalog)
{
    catalog->n_references++;
    return catalog;
}

void catalog_unref(Catalog *catalog)
{
    if (!catalog || --catalog->n_references > 0)
        return;
    memo_release(&catalog->memo);
    json_decref((json_t *)catalog->json);
    json_decref(catalog->renewed_host);
    free(catalog);
}

/* The reader stops at the first complaint, and its reason goes to the caller. The catalog itself, half
 * filled, is given back: what was not read is still NULL or 0, so freeing it is safe at any point. */
int catalog_read(const json_t *describe, Catalog **ret, char **ret_reason)
{
    Catalog *catalog = calloc(1, sizeof(*catalog));
    Reader reader = {.memo = &catalog->memo, .root = catalog};

    assert(catalog);
    catalog->n_references = 1;
    catalog->json = json_incref((json_t *)describe);
    if (catalog_check_protocol(&reader, describe) &&
        shape_read(&reader, &(Place){0}, &catalog_shape, describe, catalog) &&
        shape_read(&reader, &(Place){0}, &last_shape, describe, catalog)) {
        *ret = catalog;
        return 0;
    }
    catalog_unref(catalog);
    *ret_reason = reader.reason;
    return -EINVAL;
}
