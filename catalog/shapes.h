/* The shapes of catalog.h's structs, one file for each kind of thing, and what they ask of one another. A
 * shape that refers to others by name is read when those are there, and finds them in the reader's root,
 * which is the Catalog. */
#pragma once

#include "base/array.h"
#include "catalog/catalog.h"
#include "catalog/schema.h"

/* For the rows of a shape: the field of a member; that of a list, with its number; and the shape of rows.
 * The macros keep name, offset and count of a field together, so that a row cannot name the count of another
 * list. */
#define AT(type, field) .offset = offsetof(type, field)
#define AT_ALL(type, field, count) .offset = offsetof(type, field), .count_offset = offsetof(type, count)
#define SHAPE(type, rows, checking)                                                                          \
    {                                                                                                        \
        .members = rows, .n_members = ARRAY_LENGTH(rows), .size = sizeof(type), .check = checking            \
    }

extern const Shape shape_parameter, shape_mode, shape_lock, shape_cost, shape_memory, shape_experiment;

/* Whether numbers can be multiplied by what is called so: a parameter that is a number, or what all cells
 * have.
 */
bool shape_is_factor(const Reader *reader, const CatalogExperiment *experiment, const char *name);

/* Fills ret from the member only_if of json; without it, ret holds for all cells. What the conditions name is
 * not looked at yet. */
bool shape_read_only_if(Reader *reader, const Place *place, const json_t *json, CatalogConditions *ret);

/* Looks at it: place is that of only_if, or of the term. Both return whether all is right, and have
 * complained to the reader if not. The experiment's parameters and the catalog's locks must have been read.
 */
bool shape_check_conditions(Reader *reader, const Place *place, const CatalogExperiment *experiment,
    const CatalogConditions *conditions);
bool shape_check_term(
    Reader *reader, const Place *place, const CatalogExperiment *experiment, const CatalogTerm *term);
