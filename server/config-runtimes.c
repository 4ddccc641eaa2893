/* A free key cannot be misspelt, only badly formed. It becomes a row of its own while it is read or printed,
 * so that it is held to the same rules as all other settings. */
#include "server/config-runtimes.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "server/config-setting.h"

#define NAME_MAX_LENGTH 32
#define NAME_RULE "small letters, digits, . _ and -, a letter first, at most 32 in all"

const Setting config_free_setting = {
    .section = "runtimes",
    .key = "NAME",
    .type = SETTING_WORDS,
    .initial = "",
    .prose = "Any other runtime, under a name of your own (" NAME_RULE
             "): a program, looked up on PATH unless it has a slash, and its arguments, separated by blanks; "
             "\"double quotes\" keep blanks together. An argument like python.py, without a slash, is a "
             "script that "
             "gilscope brings. Empty: not used. There may be 16 runtimes in all.",
};

bool setting_is_free(const char *section)
{
    return section && strcmp(section, config_free_setting.section) == 0;
}

static bool key_is_name(const char *key)
{
    size_t length = strlen(key);

    return length <= NAME_MAX_LENGTH && *key >= 'a' && *key <= 'z' &&
           key[strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789._-")] == '\0';
}

static void refuse_key(const char *where, const char *key, const char *value, Problem *problem)
{
    const Setting *near = setting_nearest(config_free_setting.section, key);
    auto_free char *meant =
        near ? text_printf("; did you mean %s.%s?", near->section, near->key) : strdup("");
    auto_free char *reason = text_printf("the name of a runtime must be " NAME_RULE "%s", meant);

    setting_refuse(problem, where, config_free_setting.section, key, value, NULL, reason);
}

static Setting row_at(const ConfigRuntime *runtime, const char *key, const Config *config)
{
    Setting row = config_free_setting;

    row.key = key;
    row.offset = (size_t)((const char *)&runtime->words - (const char *)config);
    return row;
}

/* The place of this key, or the first that is free; NULL if there is none. */
static ConfigRuntime *find_place(Config *config, const char *key)
{
    for (size_t i = 0; i < config->runtimes.n_more; i++)
        if (strcmp(config->runtimes.more[i].name, key) == 0)
            return &config->runtimes.more[i];
    return config->runtimes.n_more < CONFIG_MAX_NAMES ? &config->runtimes.more[config->runtimes.n_more]
                                                      : NULL;
}

void setting_take_free(
    Config *config, const char *where, const char *key, const char *value, Problem *problem)
{
    ConfigRuntime *place = find_place(config, key);
    Setting row;

    if (!key_is_name(key)) {
        refuse_key(where, key, value, problem);
        return;
    }
    if (!place) {
        setting_refuse(
            problem, where, config_free_setting.section, key, value, NULL, "there are too many names");
        return;
    }
    row = row_at(place, key, config);
    setting_take(&row, config, where, value, problem);
    /* A value that was refused has left nothing. */
    if (!place->words || place->name)
        return;
    place->name = strdup(key);
    assert(place->name);
    config->runtimes.n_more++;
}

size_t setting_n_free(const Config *config)
{
    return config->runtimes.n_more;
}

Setting setting_free_row(const Config *config, size_t i)
{
    const ConfigRuntime *runtime = &config->runtimes.more[i];

    return row_at(runtime, runtime->name, config);
}

/* The words of a row of the table. */
static const char *table_words(const Config *config, const Setting *setting)
{
    return *(char *const *)((const char *)config + setting->offset);
}

/* The engine has its place also where its setting is empty: only its row has no default. */
static bool setting_is_used(const Setting *setting, const char *words)
{
    return *words || (*setting->initial == '\0' && setting != &config_free_setting);
}

size_t config_runtimes(const Config *config, ConfigProgram programs[CONFIG_MAX_RUNTIMES])
{
    size_t n = 0;

    for (size_t i = 0; i < config_n_settings; i++) {
        const Setting *setting = &config_settings[i];
        const char *words;

        if (!setting_is_free(setting->section))
            continue;
        words = table_words(config, setting);
        if (!setting_is_used(setting, words))
            continue;
        if (n < CONFIG_MAX_RUNTIMES)
            programs[n] = (ConfigProgram){setting->key, words, strcmp(words, setting->initial) == 0};
        n++;
    }
    for (size_t i = 0; i < config->runtimes.n_more; i++) {
        const ConfigRuntime *runtime = &config->runtimes.more[i];

        if (!setting_is_used(&config_free_setting, runtime->words))
            continue;
        if (n < CONFIG_MAX_RUNTIMES)
            programs[n] = (ConfigProgram){runtime->name, runtime->words, false};
        n++;
    }
    return n;
}

/* The last one is named: it is the one that is too many, and every other one could be given up for it. */
void setting_check_runtimes(const Config *config, Problem *problem)
{
    ConfigProgram programs[CONFIG_MAX_RUNTIMES];
    size_t n = config_runtimes(config, programs), last = config->runtimes.n_more;
    auto_free char *reason =
        text_printf("there may be at most %d runtimes, and with this one there are %zu; an "
                    "empty setting takes one away",
            CONFIG_MAX_RUNTIMES, n);

    if (n <= CONFIG_MAX_RUNTIMES)
        return;
    while (last > 0 && *config->runtimes.more[last - 1].words == '\0')
        last--;
    assert(last > 0);
    setting_refuse(problem, NULL, config_free_setting.section, config->runtimes.more[last - 1].name,
        config->runtimes.more[last - 1].words, NULL, reason);
}
