/* A parameter of an experiment or of a lock: one row that feeds the catalog, the check of a request, and the
 * struct that the experiment or the lock reads. */
#pragma once

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "base/problem.h"

typedef enum ParameterType {
    PARAMETER_INTEGER, /* int64_t */
    PARAMETER_CHOICE,  /* int: index in choices; an enum of the experiment in the same order names them */
    PARAMETER_URL,     /* char[PARAMETER_TEXT_SIZE]; empty when not given */
} ParameterType;

enum { PARAMETER_TEXT_SIZE = 2048 };

/* How the help of a parameter with a size() ends; see plan/budget.h. */
#define PARAMETER_LESS "less where a run of many cells would otherwise take longer than the server allows"

/* One row of the table of an experiment or a lock: constant, and shared by all threads. */
typedef struct Parameter {
    const char *name, *unit, *help;
    ParameterType type;
    int64_t min, max, fallback;
    const char *const *choices; /* NULL-terminated; the first is the default */
    int64_t (*size)(void);      /* not NULL: gives the default, and a large grid may get a smaller one */
    const char *times;          /* of a URL: the parameter that says how often each task gets it; or NULL */
    const char *unless;         /* the URL with which it has no meaning; or NULL */
    size_t offset;              /* in the experiment's or the lock's struct */
} Parameter;

/* The default of a sized parameter: how many times something that takes so many nanoseconds fills 200 ms, to
 * the nearest of 1, 2, 5, 10, … on a logarithmic scale. At least 1. */
int64_t parameter_size(double ns);

/* Returns the description for the catalog (see CatalogParameter), a new reference. */
json_t *parameter_describe(const Parameter *parameter);

/* Sets the parameter to its default in the struct. */
void parameter_read_default(const Parameter *parameter, void *target);

/* Reads the parameter from a cell's params into the struct. Adds to the problem if it is missing or does not
 * fit. It may be missing where it has no meaning, and has its default then. */
void parameter_read(const Parameter *parameter, const json_t *params, void *target, Problem *problem);
