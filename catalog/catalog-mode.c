/* Modes and locks: names, and the facts that everybody else asks for.
 *
 * Both keep their entry of the document. A condition of an experiment ("mode.one_loop") is looked up in that
 * entry by its name, so a fact that a newer engine adds needs its row in one of the tables below and no line
 * in the code that evaluates conditions. */
#include "catalog/shapes.h"

/* The ranges are generous: they are to keep an estimate from overflowing, not to judge a runtime. */
static const Member task_members[] = {
    {"noun", MEMBER_NAME, AT(CatalogTask, noun)},
    {"ns", MEMBER_NUMBER, AT(CatalogTask, ns), .min = 0, .max = 1e12},
    {"bytes", MEMBER_INTEGER, AT(CatalogTask, bytes), .min = 0, .max = 1e12},
};

static const Shape task_shape = SHAPE(CatalogTask, task_members, NULL);

static const Member mode_members[] = {
    {"name", MEMBER_NAME, AT(CatalogMode, name)},
    {"summary", MEMBER_TEXT, AT(CatalogMode, summary)},
    {"aliases", MEMBER_SET, MEMBER_OPTIONAL, AT_ALL(CatalogMode, aliases, n_aliases)},
    {"usual", MEMBER_FLAG, AT(CatalogMode, usual)},
    {"baseline", MEMBER_FLAG, AT(CatalogMode, baseline)},
    {"side_by_side", MEMBER_FLAG, AT(CatalogMode, side_by_side)},
    {"shares_memory", MEMBER_FLAG, AT(CatalogMode, shares_memory)},
    {"one_loop", MEMBER_FLAG, AT(CatalogMode, one_loop)},
    {"task", MEMBER_PART, AT(CatalogMode, task), .shape = &task_shape},
};

/* There is nothing else to check: whether a set of modes makes sense is seen only when all are read, in
 * catalog.c. */
static bool mode_check(Reader *reader, const Place *place, const json_t *json, void *target)
{
    CatalogMode *mode = target;

    (void)reader;
    (void)place;
    mode->json = json;
    return true;
}

const Shape shape_mode = SHAPE(CatalogMode, mode_members, mode_check);

/* In the order of the enum in CatalogLock: what is stored is the index. */
static const char *const whose_words[] = {"all", "task", NULL};

static const Member lock_members[] = {
    {"name", MEMBER_NAME, AT(CatalogLock, name)},
    {"title", MEMBER_TEXT, AT(CatalogLock, title)},
    {"summary", MEMBER_TEXT, AT(CatalogLock, summary)},
    {"usual", MEMBER_FLAG, AT(CatalogLock, usual)},
    {"exclusive", MEMBER_FLAG, AT(CatalogLock, exclusive)},
    {"fair", MEMBER_FLAG, MEMBER_OPTIONAL, AT(CatalogLock, fair)},
    {"between_bytecodes", MEMBER_FLAG, MEMBER_OPTIONAL, AT(CatalogLock, between_bytecodes)},
    {"whose", MEMBER_WORD, AT(CatalogLock, whose), .words = whose_words},
    {"models", MEMBER_NAME, MEMBER_NULLABLE, AT(CatalogLock, models)},
    {"real", MEMBER_NAME, MEMBER_OPTIONAL, AT(CatalogLock, real)},
    {"crowding", MEMBER_NUMBER, AT(CatalogLock, crowding), .min = 0, .max = 1000},
    {"parameters", MEMBER_LIST, AT_ALL(CatalogLock, parameters, n_parameters), .shape = &shape_parameter},
};

/* A model is held against the thing that it models, so a lock that was both would be held against itself.
 *
 * Each parameter of a lock is an axis of the grid, and an axis has a list of values. A parameter that took
 * one value only would be an axis without a form field for its values. */
static bool lock_check(Reader *reader, const Place *place, const json_t *json, void *target)
{
    const Place parameters = {.in = place, .member = "parameters"};
    CatalogLock *lock = target;

    lock->json = json;
    if (lock->models && lock->real)
        return reader_complain(reader, &(Place){.in = place, .member = "real"},
            "must be null, where models says that the lock is a model");
    for (size_t i = 0; i < lock->n_parameters; i++) {
        const Place item = {.in = &parameters, .index = i}, list = {.in = &item, .member = "list"};

        if (!lock->parameters[i].list)
            return reader_complain(reader, &list, "must be true, for a parameter of a lock");
    }
    return true;
}

const Shape shape_lock = SHAPE(CatalogLock, lock_members, lock_check);
