/* What a runtime offers, typed: its modes, locks and experiments with all the facts that anybody outside the
 * engine needs about them.
 *
 * Facts stand in the engine's descriptors and nowhere else. They travel as the JSON that `--describe` prints,
 * are checked and parsed once by catalog_read(), and are read as fields from then on. So nobody outside the
 * engine compares the name of a mode or a lock: a new one is right everywhere as soon as its descriptor is.
 *
 * A catalog does not change, but for what the machine leaves. It keeps the document that it was read from;
 * texts, lists and JSON values in the structs belong to it and live as long as it does. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/machine.h"
#include "base/memo.h"

/* The version of the document that is understood; a runtime says which one it speaks. */
enum { CATALOG_PROTOCOL = 1 };

typedef struct Catalog Catalog;
typedef struct CellSpec CellSpec;

typedef enum CatalogType {
    CATALOG_INTEGER,
    CATALOG_CHOICE,
    CATALOG_TEXT,
} CatalogType;

/* Another name that is accepted for a choice. */
typedef struct CatalogAlias {
    const char *name, *means;
} CatalogAlias;

/* A parameter: of an experiment, of a lock, or (made elsewhere in the same form) one that all requests have.
 */
typedef struct CatalogParameter {
    const char *name, *help;
    const char *unit; /* or NULL */
    CatalogType type;
    bool list;                  /* takes several values; they span the grid */
    bool sized;                 /* gilscope may choose a smaller value where nobody gave one */
    bool required;              /* has no default, and must be given */
    int64_t min, max;           /* of an integer */
    int64_t max_length;         /* of a text, in bytes; 0: any */
    const char *format;         /* of a text: "url"; or NULL */
    const char *times;          /* of a URL: the parameter that says how often each task gets it; or NULL */
    const char *unless;         /* the text with which, if it is given, this one has no meaning; or NULL */
    const char *const *choices; /* of a choice */
    size_t n_choices;
    const CatalogAlias *aliases; /* of choices */
    size_t n_aliases;
    const CatalogAlias *barred; /* of a request: names that are known, and why they cannot be had, a clause */
    size_t n_barred;
    const json_t *fallback; /* the default: an array for a list; JSON null or NULL where there is none */
} CatalogParameter;

/* Something that is true of some cells only: one fact of the cell's mode ("mode.one_loop") or lock
 * ("lock.exclusive"), or one parameter ("via"), and the value that it must have. */
typedef struct CatalogCondition {
    enum { CATALOG_OF_PARAMETER, CATALOG_OF_MODE, CATALOG_OF_LOCK } of;
    const char *name; /* of the fact or the parameter, without "mode." */
    const json_t *value;
} CatalogCondition;

/* All of them must hold; so without any, the thing is true of every cell. */
typedef struct CatalogConditions {
    const CatalogCondition *list;
    size_t n;
    bool given; /* false: the document says nothing, and the thing is true of no cell */
} CatalogConditions;

/* What making and keeping one task of a mode takes. */
typedef struct CatalogTask {
    const char *noun; /* "thread", "process", "task", "call" */
    double ns;        /* to make one; 0: nothing is made */
    int64_t bytes;    /* of memory while it lives, with the kernel's part */
} CatalogTask;

typedef struct CatalogMode {
    const char *name, *summary;
    const char *const *aliases;
    size_t n_aliases;
    bool usual;         /* in the list of modes that a request without one gets */
    bool baseline;      /* what all others are compared with; at most one mode is */
    bool side_by_side;  /* tasks can run at the same time */
    bool shares_memory; /* tasks see one memory, and so have one lock between them */
    bool one_loop;      /* all tasks run on one event loop */
    CatalogTask task;
    const json_t *json; /* the entry of the document */
} CatalogMode;

typedef struct CatalogLock {
    const char *name, *title, *summary;
    bool usual;             /* the lock that a request without one gets; exactly one is */
    bool exclusive;         /* never two tasks inside it at the same time, where memory is shared */
    bool fair;              /* first come, first served */
    bool between_bytecodes; /* it may go to another between any two bytecodes, also within x += 1 */
    enum { CATALOG_FOR_ALL, CATALOG_FOR_EACH_TASK } whose;
    const char *models; /* the real runtime whose lock it models: "cpython3", "cpython2", ...; or NULL */
    const char *real;   /* by the same words: the lock is no model, but the thing itself; or NULL */
    double crowding;    /* so much more each further task beside others costs with several CPUs */
    const CatalogParameter *parameters; /* axes of the grid */
    size_t n_parameters;
    const json_t *json;
} CatalogLock;

/* So much, times the values of the named parameters (or of "tasks" or "cpus"), where the conditions hold. So
 * a number of turns with its price for each turn is {40, {"n"}}. All factors are whole numbers. */
typedef struct CatalogTerm {
    double amount;
    const char *const *times;
    size_t n_times;
    CatalogConditions only_if;
} CatalogTerm;

/* Nanoseconds that each task costs: computed in the lock, computed outside it, or waited by all tasks at the
 * same time. The three are kept apart because they add up differently. One after the other all of them are
 * summed over the tasks. Side by side, what is computed inside an exclusive lock is still summed, what is
 * computed outside it is shared among the CPUs, and what is waited passes once for all. */
typedef struct CatalogCost {
    enum { CATALOG_CPU, CATALOG_OUTSIDE, CATALOG_WAIT } kind;
    CatalogTerm term;
} CatalogCost;

/* Bytes of memory that a cell needs at once: in all, or for each of its tasks. */
typedef struct CatalogMemory {
    enum { CATALOG_PER_CELL, CATALOG_PER_TASK } per;
    CatalogTerm term;
} CatalogMemory;

/* How many tasks a mode can have in an experiment. */
typedef struct CatalogRoom {
    int64_t max_tasks;
    const char *reason;      /* what of the machine allows no more; NULL: it is the experiment */
    const char *unavailable; /* why the experiment cannot run in this mode at all; NULL: it can */
} CatalogRoom;

/* What an experiment is about: a figure of its cells, and what people call it. */
typedef struct CatalogHeadline {
    const char *figure; /* "metrics.lost_updates"; NULL: the wall time, and there are no words */
    const char *head;   /* of a column: "off by"; NULL: the name of the figure */
    const char
        *words; /* a sentence with a place for it: "the counter was off by {}"; NULL: name and figure */
} CatalogHeadline;

typedef struct CatalogExperiment {
    const char *name, *summary;
    CatalogHeadline headline;
    const char *const *totals; /* metrics that a run shows summed over all good repetitions */
    size_t n_totals;
    bool fixed_time; /* goes on for a given time: wall times cannot be compared */
    const CatalogParameter *parameters;
    size_t n_parameters;
    const char *tasks_parameter; /* the number of tasks is its value plus tasks_plus; NULL: as asked for */
    int64_t tasks_plus;
    const CatalogRoom *room; /* one for each mode of the catalog, see catalog_room() */
    const CatalogCost *costs;
    size_t n_costs;
    const CatalogMemory *memory;
    size_t n_memory;
    CatalogConditions released;    /* the cells that compute outside the lock */
    CatalogConditions blocks_loop; /* the cells where a task of an event loop holds up all others */
    const json_t *json;
} CatalogExperiment;

/* What machine the runtime is on. */
typedef struct CatalogHost {
    const char *cpu_model, *kernel;
    const char *container; /* what kind of one; NULL: none */
    int64_t cpus_online, cpus_usable;
    double cpu_quota;   /* CPUs' worth of time; 0: no quota */
    const json_t *json; /* NULL: the runtime says nothing, and nothing here is known */
} CatalogHost;

/* Why an experiment, a mode, a lock or a parameter that other runtimes have is not offered by this one. */
typedef struct CatalogAbsence {
    const char *name, *reason;
} CatalogAbsence;

/* Everything that one runtime offers. Made by catalog_read(), then read-only, but for what the machine leaves
 * it: cpus_usable, memory_bytes and the host, which catalog_follow() keeps up to date.
 *
 * It is counted who refers to it: a runtime may be asked anew while runs that were planned with its old
 * catalog still wait. */
struct Catalog {
    const char *runtime, *version, *about;
    bool paces; /* waits behind each event until it is told to go on, if it is asked to */
    int64_t cpus_usable;
    int64_t memory_bytes; /* available here; 0: not known */
    double turn_ns;       /* of a countdown, as measured when it described itself; 0: not known */
    double timeline_ns;   /* how fine the spans of its timelines are; 0: exact */
    CatalogHost host;
    const CatalogMode *modes;
    size_t n_modes;
    const CatalogLock *locks;
    size_t n_locks;
    const CatalogExperiment *experiments;
    size_t n_experiments;
    const CatalogAbsence *absent;
    size_t n_absent;
    const json_t *json;
    size_t n_references;  /* of the thread that plans only */
    json_t *renewed_host; /* owned; host.json since it is no longer the document's; NULL: it is */
    Memo *memo;           /* what all that points at */
};

/* A runtime that is configured, and cannot be used now. */
typedef struct CatalogMissing {
    char *runtime; /* owned */
    enum { CATALOG_STARTING, CATALOG_BROKEN, CATALOG_NOT_INSTALLED } why;
    char *reason; /* owned; for people, or NULL */
    size_t place; /* see catalogs_set() */
} CatalogMissing;

/* All runtimes, each list in the order in which they are configured. The first that can be used is the one
 * that a request without a runtime gets. Who plans needs one at least. */
typedef struct Catalogs {
    Catalog **list; /* those that can be used */
    size_t n;
    size_t *places; /* of those, see catalogs_set() */
    CatalogMissing *missing;
    size_t n_missing;
} Catalogs;

/* Checks a whole document against the schema (shapes.h): types, ranges, names that stand twice, and
 * names that name nothing. Returns 0 with *ret set, to be freed; or -EINVAL with *ret_reason (owned by the
 * caller) naming the place and what it should be: "experiments[2].parameters[0].name: must be a text, is
 * missing". The document is kept, and must not be changed afterwards. */
int catalog_read(const json_t *describe, Catalog **ret, char **ret_reason);

/* Has what the runtime said of the machine when it described itself (then) follow what the machine is now.
 * Returns whether that changes anything that requests depend on. For the thread that plans; others that read
 * a host take a reference of its JSON there. */
bool catalog_follow(Catalog *catalog, const Machine *then, const Machine *now);

/* One more who refers to it, and one less: catalog_read() has made the first reference, and with the last one
 * the catalog is freed. Only the thread that plans may call these. catalog_ref() returns the catalog;
 * catalog_unref() takes NULL. */
Catalog *catalog_ref(Catalog *catalog);
void catalog_unref(Catalog *catalog);

/* The same for an array of documents; no two may be of the same runtime. */
int catalogs_read(const json_t *describes, Catalogs *ret, char **ret_reason);

/* Puts the catalog, a reference that is taken over, where the configuration has its runtime: place counts
 * from 0, and gaps are fine. What stood there goes, a catalog or the note that it is missing. */
void catalogs_set(Catalogs *catalogs, size_t place, Catalog *catalog);

/* The same for a runtime that cannot be used: why is one of the enum in CatalogMissing. The texts are copied;
 * reason may be NULL. */
void catalogs_set_missing(
    Catalogs *catalogs, size_t place, const char *runtime, unsigned why, const char *reason);

/* "starting", "broken" or "missing", as answers have it; a runtime that is not missing is "ready". */
const char *catalog_missing_status(const CatalogMissing *missing);
#define CATALOG_READY "ready"

/* Gives up all references; {0} is fine, and is what is left. */
void catalogs_finish(Catalogs *catalogs);
#define auto_catalogs __attribute__((cleanup(catalogs_finish)))

/* What has this name (a mode also this alias), or NULL. name may be NULL. An unknown name is not an error
 * here: the caller decides what to say. */
const CatalogMode *catalog_mode(const Catalog *catalog, const char *name);
const CatalogLock *catalog_lock(const Catalog *catalog, const char *name);
const CatalogExperiment *catalog_experiment(const Catalog *catalog, const char *name);
const CatalogParameter *catalog_parameter(const CatalogExperiment *experiment, const char *name);
const Catalog *catalogs_runtime(const Catalogs *catalogs, const char *name);
const CatalogMissing *catalogs_missing(const Catalogs *catalogs, const char *name);

/* Why the runtime does not offer what has this name, in its own words; NULL: it does not say. */
const char *catalog_absence(const Catalog *catalog, const char *name);

/* The lock that a runtime has of its own accord: the usual one. */
const CatalogLock *catalog_own_lock(const Catalog *catalog);

/* The first entry of that name in any runtime, or NULL. For what is asked before a runtime is chosen, such
 * as a list of all modes that there are. The facts of two runtimes may differ, so what runs uses the entry
 * of its own runtime. */
const CatalogMode *catalogs_mode(const Catalogs *catalogs, const char *name);
const CatalogLock *catalogs_lock(const Catalogs *catalogs, const char *name);
const CatalogExperiment *catalogs_experiment(const Catalogs *catalogs, const char *name);

/* The lock's own parameter of this name, or NULL. */
const CatalogParameter *catalog_parameter_of_lock(const CatalogLock *lock, const char *name);

/* The parameter of this name of any lock, or NULL. Several locks may have it, as they may be versions of one
 * another: then it means the same, and the first one's description stands for all. */
const CatalogParameter *catalog_lock_parameter(const Catalog *catalog, const char *name);
const CatalogParameter *catalogs_lock_parameter(const Catalogs *catalogs, const char *name);

/* What the experiment says of a mode of the same catalog. Never NULL. The mode must come from this catalog:
 * its place among the catalog's modes is the index. */
const CatalogRoom *catalog_room(
    const Catalog *catalog, const CatalogExperiment *experiment, const CatalogMode *mode);

/* Whether a parameter can have this value, one of a list. */
bool catalog_parameter_takes(const CatalogParameter *parameter, const json_t *value);

/* The description as a JSON object {name, type, help, unit, min, max, max_length, choices, aliases, default,
 * list, format, times, sized, required}, a new reference: what a catalog says, GET /experiments shows and
 * forms are made of. Members that say nothing are left out. */
json_t *catalog_parameter_json(const CatalogParameter *parameter);

/* One cell of the grid as it was asked for. Everything but params is borrowed. */
struct CellSpec {
    int64_t number; /* its place in the grid, from 0 */
    const Catalog *runtime;
    const CatalogExperiment *experiment;
    const CatalogMode *mode;
    const CatalogLock *lock;
    int64_t tasks, cpus;
    double cpu_quota; /* CPUs' worth of time that it may use, of all CPUs together; 0: no quota */
    json_t *params;   /* of the experiment and of all locks, by name; owned by whoever made the cell */
};

/* Returns the cell as requests, events and results have it, a new object {cell, runtime, mode, lock, tasks,
 * cpus, params}, with fixed_time: true where the experiment says so. */
json_t *cell_spec_json(const CellSpec *cell);

/* The value of a parameter, or of "tasks" or "cpus", as a number; 0 if it is none. */
double cell_spec_number(const CellSpec *cell, const char *name);

/* What a term comes to in the cell; 0 where it does not apply. In nanoseconds for a cost, in bytes for
 * memory. */
double cell_spec_term(const CellSpec *cell, const CatalogTerm *term);

/* Whether what stands under these conditions is true of the cell. */
bool cell_spec_meets(const CellSpec *cell, const CatalogConditions *conditions);
