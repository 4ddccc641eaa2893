/* Inside the configuration: the one section in which a key may be any name. Its usual keys are rows of the
 * table as all others are; what stands here is about the rest. Others include server/config.h. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/problem.h"
#include "server/config-table.h"
#include "server/config.h"

/* The row that stands for all keys that the table does not name; its key is what the page of settings calls
 * one. */
extern const Setting config_free_setting;

/* Whether a key that the table does not name is one of a person's own there. section may be NULL. */
bool setting_is_free(const char *section);

/* Does what setting_take() does for such a key, or refuses the key. */
void setting_take_free(
    Config *config, const char *where, const char *key, const char *value, Problem *problem);

/* How many such keys were set, and the row of one of them, for setting_value(). It borrows from the config.
 */
size_t setting_n_free(const Config *config);
Setting setting_free_row(const Config *config, size_t i);

/* Refuses more runtimes than there may be, see config_check(). */
void setting_check_runtimes(const Config *config, Problem *problem);
