/* Inside the configuration: a setting as a row of the table, and its value on the way in and out. Others
 * include server/config.h. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/problem.h"
#include "server/config.h"

typedef enum SettingType {
    SETTING_INTEGER, /* int64_t */
    SETTING_REAL,    /* double */
    SETTING_CHOICE,  /* char *, one of choices */
    SETTING_ADDRESS, /* char *, an IPv4 or IPv6 literal */
    SETTING_HOSTS,   /* char *, a list of host:port patterns, may be empty */
    SETTING_NAMES,   /* char *, a list of names and *.example.org, may be empty */
    SETTING_ORIGINS, /* char *, a list of origins and *, may be empty */
    SETTING_SECRET,  /* char *, min to max characters, or empty; never shown in errors */
    SETTING_PATH,    /* char *, may be empty */
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

bool setting_is_section(const char *section);

/* Returns what one may write instead of an unknown name, as a new object {choices}: the keys of the section,
 * or with section NULL the sections. */
json_t *setting_names(const char *section);

/* Takes the value, blanks around it ignored, into the config, or adds to the problem why it is refused; where
 * is the source, for example "config.ini:12". */
void setting_take(
    const Setting *setting, Config *config, const char *where, const char *value, Problem *problem);

/* Adds one error to the problem. where, section, key and got may hold any bytes; where is NULL for what has
 * no one source, section for what belongs to none, key for a whole section, got when nothing was given;
 * allowed is taken over. What was given for a secret is left out. */
void setting_refuse(Problem *problem, const char *where, const char *section, const char *key,
    const char *got, json_t *allowed, const char *reason);

/* Returns the value in force as text that reads back to the same value. The caller frees it. */
char *setting_value(const Setting *setting, const Config *config);

/* Returns what is allowed, in words: "a whole number from 0 to 65535". The caller frees it. */
char *setting_range(const Setting *setting);
