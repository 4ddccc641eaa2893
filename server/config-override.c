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
        } else if (section) {
            setting_refuse(
                problem, name, section, NULL, equals + 1, setting_names(section), "no such setting");
        }
    }
}

/* A section has no dot, so the first one ends it; the value may have any characters, and equals signs, too.
 */
void config_set(Config *config, const char *assignment, Problem *problem)
{
    const char *equals = strchr(assignment, '=');
    auto_free char *section = strndup(assignment, equals ? (size_t)(equals - assignment) : 0);
    char *dot = section ? strchr(section, '.') : NULL;
    const Setting *setting;

    assert(section);
    if (!dot) {
        setting_refuse(problem, "--set", NULL, NULL, assignment, NULL, "must be section.key=value");
        return;
    }
    *dot = '\0';
    setting = setting_find(section, dot + 1);
    if (setting)
        setting_take(setting, config, "--set", equals + 1, problem);
    else if (setting_is_section(section))
        setting_refuse(
            problem, "--set", section, dot + 1, equals + 1, setting_names(section), "no such setting");
    else
        setting_refuse(
            problem, "--set", section, dot + 1, equals + 1, setting_names(NULL), "no such section");
}
