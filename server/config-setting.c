/* One setting: from text to a value that is in range, and back to text. */
#include "server/config-setting.h"

#include <assert.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/address.h"
#include "base/cleanup.h"
#include "base/near.h"
#include "base/number.h"
#include "base/split.h"
#include "base/text.h"
#include "base/utf8.h"
#include "server/config-host.h"

static const char blanks[] = " \t\n\v\f\r";

/* What is said in an error of what was given. */
enum { SHOWN_MAX = 180 };

enum { TEXT_MAX = 4096 };

/* One sentence for each type, used in errors, in the comments of the file and on the page of settings. */
char *setting_range(const Setting *setting)
{
    const char *space = setting->unit ? " " : "", *unit = setting->unit ? setting->unit : "";
    auto_free char *names = NULL;

    switch (setting->type) {
    case SETTING_INTEGER:
        return text_printf("a whole number from %.0f to %.0f%s%s", setting->min, setting->max, space, unit);
    case SETTING_OF_LOCK:
        return text_printf("0, for the lock's own, or a whole number of %s that the lock allows", unit);
    case SETTING_CHOICE:
        names = strdup(setting->choices[0]);
        for (const char *const *choice = setting->choices + 1; *choice; choice++) {
            auto_free char *before = names;

            names = text_printf("%s, %s", before, *choice);
        }
        return text_printf("one of %s", names);
    case SETTING_WORD:
        return strdup("a name, or empty");
    case SETTING_ADDRESS:
        return strdup("an IPv4 or IPv6 address");
    case SETTING_HOSTS:
        return strdup(
            "a list of host:port, separated by spaces or commas; *.example.org stands for every name "
            "below example.org, host * for every host, port * for every port");
    case SETTING_NAMES:
        return strdup("a list of names, separated by spaces or commas; *.example.org stands for every name "
                      "below example.org");
    case SETTING_ORIGINS:
        return strdup("a list of origins such as https://lab.example.org, separated by spaces or commas; * "
                      "stands for all");
    case SETTING_NETWORKS:
        return strdup(
            "a list of addresses and networks such as 10.0.0.0/8 or fd00::/8, separated by spaces or "
            "commas");
    case SETTING_SECRET:
        return text_printf(
            "%.0f to %.0f printable characters without blanks, or empty", setting->min, setting->max);
    case SETTING_PATH:
        return strdup("a path");
    case SETTING_WORDS:
        return strdup("a program and its arguments, or empty");
    }
    assert(!"there is no other type");
    return NULL;
}

/* Upper and lower case are told apart, as in all names here. */
static bool setting_is_choice(const Setting *setting, const char *value)
{
    for (const char *const *choice = setting->choices; *choice; choice++)
        if (strcmp(*choice, value) == 0)
            return true;
    return false;
}

/* The next ones return what is wrong with a value, in words that the caller frees, or NULL. */

static char *flaw_of_integer(const Setting *setting, const char *value, int64_t *ret)
{
    auto_free char *range = setting_range(setting);
    int64_t number;

    if (number_parse(value, strlen(value), &number) < 0 || (double)number < setting->min ||
        (double)number > setting->max)
        return text_printf("must be %s", range);
    *ret = number;
    return NULL;
}

/* What is wrong with a text that the line of a file would not give back: --print-config writes settings
 * as a file, and reading that file must give the same settings. So whatever would begin a comment there,
 * or end the line, is refused here, wherever it came from. */
static char *flaw_of_line(const char *value)
{
    const char *at = value, *end = value + strlen(value);

    if (end - value > TEXT_MAX)
        return text_printf("must not be longer than %d bytes", TEXT_MAX);
    if (*value == ';' || strstr(value, " ;"))
        return text_printf("must not have a semicolon where it begins a comment");
    if (*value == '#' || strstr(value, " #"))
        return text_printf(
            "must not have # where it looks like a comment; behind a value a comment begins with ;");
    while (at < end) {
        uint32_t character = utf8_next(&at, end);

        if (character == UTF8_BAD || utf8_is_control(character))
            return text_printf("must be UTF-8 text without control characters");
    }
    return NULL;
}

static char *flaw_of_list(const char *value, bool (*is_item)(const char *item), const char *what)
{
    const char *at = value, *start;
    size_t length;

    while ((length = text_next_item(&at, &start)) > 0) {
        auto_free char *item = strndup(start, length);

        if (!is_item(item))
            return text_printf("%s is not %s", item, what);
    }
    return NULL;
}

/* The value itself is not shown: it may be right but for one character. */
static char *flaw_of_secret(const Setting *setting, const char *value)
{
    auto_free char *range = setting_range(setting);
    size_t length = strlen(value);

    for (size_t i = 0; i < length; i++)
        if (value[i] <= ' ' || value[i] > '~')
            return text_printf("must be %s; character %zu is none", range, i + 1);
    if (length > 0 && ((double)length < setting->min || (double)length > setting->max))
        return text_printf("must be %s; it has %zu", range, length);
    return NULL;
}

/* Whether the name is known, others will see. */
static char *flaw_of_word(const char *value)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

    return value[strspn(value, allowed)] == '\0' ? NULL
                                                 : strdup("must be one word of letters, digits, . _ and -");
}

/* The nearest choice comes behind all of them: there are never more than a few. */
static char *flaw_of_choice(const Setting *setting, const char *value)
{
    auto_free char *range = setting_range(setting);
    Near near;

    near_begin(&near, value);
    for (const char *const *choice = setting->choices; *choice; choice++)
        near_offer(&near, *choice);
    return near.best ? text_printf("must be %s; did you mean %s?", range, near.best)
                     : text_printf("must be %s", range);
}

/* Whether there is such a program, others will see: it may come later. */
static char *flaw_of_words(const char *value)
{
    auto_words char **words = NULL;

    if (split_words(value, &words) < 0)
        return strdup("a double quote is not closed");
    if (*words && **words == '\0')
        return strdup("the first word must be a program, and is empty");
    return NULL;
}

/* What the text of each type is held against. Numbers have been read by now, and a path may be anything. */
static char *flaw_of_kind(const Setting *setting, const char *value)
{
    switch (setting->type) {
    case SETTING_CHOICE:
        return setting_is_choice(setting, value) ? NULL : flaw_of_choice(setting, value);
    case SETTING_WORD:
        return flaw_of_word(value);
    case SETTING_ADDRESS:
        return host_is_address(value) ? NULL : strdup("must be an IPv4 or IPv6 address");
    case SETTING_HOSTS:
        return flaw_of_list(value, host_is_pattern, "host:port, *.example.org:port or host:*");
    case SETTING_NAMES:
        return flaw_of_list(
            value, host_is_name, "a name or *.example.org; ports and addresses need no entry");
    case SETTING_ORIGINS:
        return flaw_of_list(
            value, host_is_origin, "http://host or https://host, with :port if it is unusual, or *");
    case SETTING_NETWORKS:
        return flaw_of_list(value, address_is_network,
            "an address or a network such as 10.0.0.0/8, whose bits behind the prefix are 0");
    case SETTING_SECRET:
        return flaw_of_secret(setting, value);
    case SETTING_WORDS:
        return flaw_of_words(value);
    case SETTING_INTEGER:
    case SETTING_OF_LOCK:
    case SETTING_PATH:
        break;
    }
    return NULL;
}

/* A text is kept as it was written: what it means is asked where it is used. */
static char *flaw_of_text(const Setting *setting, const char *value, char **ret)
{
    char *flaw = flaw_of_line(value);

    if (!flaw)
        flaw = flaw_of_kind(setting, value);
    if (flaw)
        return flaw;
    free(*ret);
    *ret = strdup(value);
    assert(*ret);
    return NULL;
}

/* What is allowed, in the form that a Problem has; NULL where words say it better. */
static json_t *setting_allowed(const Setting *setting)
{
    json_t *choices = NULL;

    switch (setting->type) {
    case SETTING_INTEGER:
        return json_pack("{s:I, s:I}", "min", (json_int_t)setting->min, "max", (json_int_t)setting->max);
    case SETTING_CHOICE:
        choices = json_array();
        for (const char *const *choice = setting->choices; *choice; choice++)
            json_array_append_new(choices, json_string(*choice));
        return json_pack("{s:o}", "choices", choices);
    case SETTING_OF_LOCK:
    case SETTING_WORD:
    case SETTING_ADDRESS:
    case SETTING_HOSTS:
    case SETTING_NAMES:
    case SETTING_ORIGINS:
    case SETTING_NETWORKS:
    case SETTING_SECRET:
    case SETTING_PATH:
    case SETTING_WORDS:
        break;
    }
    return NULL;
}

/* A value is checked before anything is changed, so that one that is refused leaves the old one in force. */
void setting_take(
    const Setting *setting, Config *config, const char *where, const char *value, Problem *problem)
{
    void *target = (char *)config + setting->offset;
    const char *start = value + strspn(value, blanks), *end = start + strlen(start);
    auto_free char *trimmed = NULL, *flaw = NULL;

    while (end > start && strchr(blanks, end[-1]))
        end--;
    trimmed = strndup(start, (size_t)(end - start));
    assert(trimmed);
    switch (setting->type) {
    case SETTING_INTEGER:
    case SETTING_OF_LOCK:
        flaw = flaw_of_integer(setting, trimmed, target);
        break;
    case SETTING_CHOICE:
    case SETTING_WORD:
    case SETTING_ADDRESS:
    case SETTING_HOSTS:
    case SETTING_NAMES:
    case SETTING_ORIGINS:
    case SETTING_NETWORKS:
    case SETTING_SECRET:
    case SETTING_PATH:
    case SETTING_WORDS:
        flaw = flaw_of_text(setting, trimmed, target);
        break;
    }
    if (flaw)
        setting_refuse(
            problem, where, setting->section, setting->key, trimmed, setting_allowed(setting), flaw);
}

/* What was given, as a JSON string. It may be any bytes, so what is no UTF-8 is replaced; of a value that
 * is far too long the beginning will do. */
static json_t *setting_shown(const char *text)
{
    size_t length = strlen(text);
    auto_free char *clean = utf8_clean(text, length > SHOWN_MAX ? SHOWN_MAX : length);
    auto_free char *cut = text_printf("%s%s", clean, length > SHOWN_MAX ? "..." : "");

    return json_string(cut);
}

void setting_refuse(Problem *problem, const char *where, const char *section, const char *key,
    const char *got, json_t *allowed, const char *reason)
{
    auto_free char *name = text_printf("%s%s%s%s%s", where ? where : "", where && section ? ": " : "",
        section ? section : "", section && key ? "." : "", section && key ? key : "");
    const Setting *setting = section && key ? setting_find(section, key) : NULL;
    auto_free char *clean_name = utf8_clean(name, strlen(name));
    auto_free char *clean_reason = utf8_clean(reason, strlen(reason));

    if (setting && setting->type == SETTING_SECRET)
        got = NULL;
    /* Not problem_set(): the details are the single errors. */
    if (!problem_is_set(problem)) {
        problem->status = 400;
        problem->title = strdup("Wrong settings");
        assert(problem->title);
    }
    problem_add(problem, clean_name, got ? setting_shown(got) : NULL, allowed, "%s", clean_reason);
}

void setting_refuse_unknown(Problem *problem, const char *where, const char *section, const char *key,
    const char *got, const char *near)
{
    bool in_section = section && setting_is_section(section);
    json_t *names = setting_names(in_section ? section : NULL);
    auto_free char *list = problem_names(json_object_get(names, "choices")), *reason = NULL;
    const char *what = in_section ? "setting" : "section";

    if (near) {
        json_object_set_new(names, "did_you_mean", json_string(near));
        reason = text_printf("there is no such %s; did you mean %s?", what, near);
    } else {
        reason = text_printf("there is no such %s; there are %s", what, list);
    }
    /* A variable has its section in its own name. */
    setting_refuse(problem, where, key ? section : NULL, key, got, names, reason);
}

char *setting_value(const Setting *setting, const Config *config)
{
    const void *value = (const char *)config + setting->offset;

    switch (setting->type) {
    case SETTING_INTEGER:
    case SETTING_OF_LOCK:
        return text_printf("%" PRId64, *(const int64_t *)value);
    case SETTING_CHOICE:
    case SETTING_WORD:
    case SETTING_ADDRESS:
    case SETTING_HOSTS:
    case SETTING_NAMES:
    case SETTING_ORIGINS:
    case SETTING_NETWORKS:
    case SETTING_SECRET:
    case SETTING_PATH:
    case SETTING_WORDS:
        return text_printf("%s", *(char *const *)value);
    }
    assert(!"there is no other type");
    return NULL;
}
