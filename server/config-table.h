/* Inside the configuration: the table of settings, one row each, and what is found in it by name. It says
 * what a setting is; what is done with its value stands in config-setting.h. Others include server/config.h.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

typedef enum SettingType {
    SETTING_INTEGER,  /* int64_t */
    SETTING_OF_LOCK,  /* int64_t, a parameter of a lock; its range is what the lock says, 0 its default */
    SETTING_CHOICE,   /* char *, one of choices */
    SETTING_WORD,     /* char *, a name that others know, may be empty */
    SETTING_ADDRESS,  /* char *, an IPv4 or IPv6 literal */
    SETTING_HOSTS,    /* char *, a list of host:port patterns, may be empty */
    SETTING_NAMES,    /* char *, a list of names and *.example.org, may be empty */
    SETTING_ORIGINS,  /* char *, a list of origins and *, may be empty */
    SETTING_NETWORKS, /* char *, a list of addresses and networks, may be empty */
    SETTING_SECRET,   /* char *, min to max characters, or empty; never shown in errors */
    SETTING_PATH,     /* char *, may be empty */
    SETTING_WORDS,    /* char *, a program and its arguments, may be empty */
} SettingType;

typedef struct Setting {
    const char *section;
    const char *key;
    size_t offset; /* of the value in Config */
    SettingType type;
    double min, max;            /* of a number, or of a secret's length; both included */
    const char *const *choices; /* of a choice, ends with NULL */
    const char *initial;        /* the default, as one would write it */
    const char *unit;           /* of a number; NULL: it counts things */
    const char *prose;          /* a sentence or two on what it does */
} Setting;

/* The table, in the order in which settings are shown; a section's settings stand together. */
extern const Setting config_settings[];
extern const size_t config_n_settings;

/* Returns the setting of these names, or NULL. */
const Setting *setting_find(const char *section, const char *key);

/* Whether there is a section of this name. */
bool setting_is_section(const char *section);

/* Returns the setting that is probably meant by these names, of which one is wrong, or NULL. section may be
 * NULL: then it is looked for in all. */
const Setting *setting_nearest(const char *section, const char *key);

/* Returns what one may write instead of an unknown name, as a new object {choices}: the keys of the section,
 * or with section NULL the sections. */
json_t *setting_names(const char *section);
