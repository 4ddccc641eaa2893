/* Where things stand in the runtimes' catalogs and in what was asked for. Everything returned is borrowed. */
#pragma once

#include <jansson.h>
#include <stdbool.h>

/* The object of the array whose member key is the text name, or NULL. */
json_t *find_named(const json_t *array, const char *key, const char *name);

/* The entry of an experiment in a runtime's catalog (runtime NULL: in any), or NULL. */
json_t *find_experiment(const json_t *catalogs, const char *runtime, const char *name);

/* What was given for a parameter, or NULL if nothing was; null stands for nothing. */
json_t *find_given(const json_t *given, const char *name);

/* Whether gilscope chooses the value of a parameter (its description): a size, and none was given. */
bool find_is_sized(const json_t *parameter, const json_t *given);
