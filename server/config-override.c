/* Settings from the environment and from the command line.
 *
 * Both name a setting in one word, GILSCOPE_SERVER_PORT and server.port, so the first thing is to find
 * out where its section ends. In the environment an underscore may be part of either; so the names are
 * made from the table and compared whole, instead of being taken apart. */
#include "server/config.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "server/config-runtimes.h"
#include "server/config-setting.h"

#define ENVIRONMENT_PREFIX "GILSCOPE_"

/* GILSCOPE_SERVER_PORT, or GILSCOPE_SERVER_ for an empty key. */
static char *override_name(const char *section, const char *key)
{
    char *name = text_printf(ENVIRONMENT_PREFIX "%s_%s", section, key);

    for (char *at = name; *at; at++)
        *at = (char)toupper((unsigned char)*at);
    return name;
}

/* Returns the setting that the variable names; otherwise *ret_section is the section that it begins with. */
static const Setting *override_find(const char *variable, const char **ret_section)
{
    for (size_t i = 0; i < config_n_settings; i++) {
        const Setting *setting = &config_settings[i];
        auto_free char *prefix = override_name(setting->section, "");
        auto_free char *name = override_name(setting->section, setting->key);

        if (strcmp(variable, name) == 0)
            return setting;
        if (strncmp(variable, prefix, strlen(prefix)) == 0)
            *ret_section = setting->section;
    }
    return NULL;
}

static void override_refuse_variable(
    const char *name, const char *section, const char *value, Problem *problem)
{
    const Setting *near = setting_nearest(section, name + strlen(ENVIRONMENT_PREFIX) + strlen(section) + 1);
    auto_free char *variable = near ? override_name(near->section, near->key) : NULL;

    setting_refuse_unknown(problem, name, section, NULL, setting_showable(near, value), variable);
}

/* A key of a person's own, GILSCOPE_RUNTIMES_PYTHON2 for python2. A variable has no dot and no hyphen, so
 * keys with these can only be set elsewhere. */
static void override_take_free(
    Config *config, const char *name, const char *section, const char *value, Problem *problem)
{
    auto_free char *key = strdup(name + strlen(ENVIRONMENT_PREFIX) + strlen(section) + 1);

    assert(key);
    for (char *at = key; *at; at++)
        *at = (char)tolower((unsigned char)*at);
    setting_take_free(config, name, key, value, problem);
}

/* A name without a section of ours, GILSCOPE_HOME, may belong to somebody else; one with a section is a
 * setting that was misspelt. */
void config_read_environment(Config *config, char *const environment[], Problem *problem)
{
    for (; *environment; environment++) {
        const char *equals = strchr(*environment, '='), *section = NULL;
        auto_free char *name = equals ? strndup(*environment, (size_t)(equals - *environment)) : NULL;
        const Setting *setting;

        if (!name || strncmp(name, ENVIRONMENT_PREFIX, strlen(ENVIRONMENT_PREFIX)) != 0)
            continue;
        setting = override_find(name, &section);
        if (setting) {
            setting_take(setting, config, name, equals + 1, problem);
        } else if (setting_is_free(section)) {
            override_take_free(config, name, section, equals + 1, problem);
        } else if (section) {
            override_refuse_variable(name, section, equals + 1, problem);
        }
    }
}

/* A section has no dot, so the first one ends it; the value may have any characters, and equals signs, too.
 */
void config_set(Config *config, const char *assignment, Problem *problem)
{
    const char *equals = strchr(assignment, '=');
    auto_free char *name = strndup(assignment, equals ? (size_t)(equals - assignment) : strlen(assignment));
    char *dot = name ? strchr(name, '.') : NULL, *key = dot ? dot + 1 : name;
    const char *section = dot ? name : NULL;
    auto_free char *near_name = NULL, *reason = NULL;
    const Setting *setting, *near;

    assert(name);
    if (dot)
        *dot = '\0';
    setting = dot && equals ? setting_find(section, key) : NULL;
    if (setting) {
        setting_take(setting, config, "--set", equals + 1, problem);
        return;
    }
    if (dot && equals && setting_is_free(section)) {
        setting_take_free(config, "--set", key, equals + 1, problem);
        return;
    }
    near = setting_nearest(section, key);
    near_name = near ? text_printf("%s.%s", near->section, near->key) : NULL;
    if (dot && equals) {
        setting_refuse_unknown(problem, "--set", section, key, setting_showable(near, equals + 1), near_name);
        return;
    }
    reason = near ? text_printf("must be section.key=value; did you mean %s=...?", near_name)
                  : text_printf("must be section.key=value");
    /* "token=..." is not shown either, although it is not known to be one. */
    setting_refuse(problem, "--set", NULL, NULL, setting_showable(near, assignment), NULL, reason);
}
