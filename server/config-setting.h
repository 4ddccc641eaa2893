/* Inside the configuration: the value of a setting on its way in and out. Others include server/config.h.
 *
 * A value is text outside and typed inside. setting_take() is the only way in, whether it comes from the
 * defaults, a file, the environment or the command line, so all of them are held to the same rules. */
#pragma once

#include <jansson.h>

#include "base/problem.h"
#include "server/config-table.h"
#include "server/config.h"

/* Takes the value, blanks around it ignored, into the config, or adds to the problem why it is refused; where
 * is the source, for example "config.ini:12". */
void setting_take(
    const Setting *setting, Config *config, const char *where, const char *value, Problem *problem);

/* Adds one error to the problem. where, section, key and got may hold any bytes; where is NULL for what has
 * no one source, section for what belongs to none, key for a whole section, got when nothing was given;
 * allowed is taken over. What was given for a secret is left out. */
void setting_refuse(Problem *problem, const char *where, const char *section, const char *key,
    const char *got, json_t *allowed, const char *reason);

/* The same for a name that there is none of: with those there are, or with the one that was probably meant
 * (near, may be NULL), written as it would be where the mistake is.
 * section says which names there are, also without a key: the name of a variable is one word. */
void setting_refuse_unknown(Problem *problem, const char *where, const char *section, const char *key,
    const char *got, const char *near);

/* What of a value may be shown that was given under a name that there is none of; near is what was probably
 * meant, or NULL. NULL: nothing, as that is a secret. */
static inline const char *setting_showable(const Setting *near, const char *value)
{
    return near && near->type == SETTING_SECRET ? NULL : value;
}

/* Returns the value in force as text that reads back to the same value. The caller frees it. */
char *setting_value(const Setting *setting, const Config *config);

/* Returns what is allowed, in words: "a whole number from 0 to 65535". The caller frees it. */
char *setting_range(const Setting *setting);
