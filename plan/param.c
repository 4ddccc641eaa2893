/* Values come as a person typed them, in a query, a form or a shell, or as JSON; all become the same typed
 * JSON here, so that what is asked for in two ways is the same request, with the same key in the queue and
 * the same place in the archive. A complaint repeats what was given and says what is allowed. */
#include "plan/param.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/near.h"
#include "base/number.h"
#include "base/text.h"
#include "plan/url.h"

/* {min, max} or {choices} and the like, for the error that names what is allowed; a new reference. */
static json_t *param_allowed(const CatalogParameter *parameter)
{
    static const char *const keys[] = {"min", "max", "max_length", "choices", "aliases"};
    json_auto_t *description = catalog_parameter_json(parameter);
    json_t *object = json_object();

    for (size_t i = 0; i < ARRAY_LENGTH(keys); i++)
        if (json_object_get(description, keys[i]))
            json_object_set(object, keys[i], json_object_get(description, keys[i]));
    return object;
}

/* Always NULL, so that a check can refuse and return in one line. What was given is shared with the error and
 * not copied, as it may be large, and what is allowed is only written down for an error that will be listed:
 * a request can have thousands of bad values. */
static json_t *param_refuse(
    const CatalogParameter *parameter, const json_t *given, Problem *problem, const char *reason)
{
    json_t *allowed = problem_is_full(problem) ? NULL : param_allowed(parameter);

    problem_add(problem, parameter->name, json_incref((json_t *)given), allowed, "%s", reason);
    return NULL;
}

/* An empty number or choice is a field that somebody forgot, and an empty list one that a program has not
 * filled. */
static const char *param_if_empty(const json_t *given)
{
    bool is_empty = json_is_string(given)  ? json_string_length(given) == 0
                    : json_is_array(given) ? json_array_size(given) == 0
                                           : false;

    return is_empty ? "is empty; " : "";
}

/* What often stands between two values that the writer took for something else. In a query a plus sign is
 * a blank, which nobody sees who has typed "1e+6" or "serial+threads", so that is said in any case. */
static const char *param_hint(const CatalogParameter *parameter, const json_t *given)
{
    const char *text = json_string_value(given);

    if (!text)
        return "";
    if (strpbrk(text, ";="))
        return "; parameters are separated by &";
    if (strpbrk(text, " |/") && parameter->list)
        return "; the values of a list have commas between them (in a query, + stands for a blank)";
    if (strchr(text, ',') && !parameter->list)
        return "; there is a comma in it, and it takes one value and no list";
    if (strchr(text, ' '))
        return "; there is a blank in it (in a query, + stands for one; a plus sign is written %2B)";
    return "";
}

/* "from 1 to 256", or "1" on a machine that allows nothing else. The caller frees it. */
static char *param_range(const CatalogParameter *parameter)
{
    return parameter->min == parameter->max
               ? text_printf("%lld", (long long)parameter->min)
               : text_printf("from %lld to %lld", (long long)parameter->min, (long long)parameter->max);
}

/* A number as JSON has it may be 1e6, which is a real one, and whole all the same. Reals are taken up to 9 x
 * 10^15, just below 2^53: beyond that a double no longer holds every whole number, and what was typed might
 * not be what arrives. -EINVAL means "no number"; any other error is a number out of the range of 64 bits,
 * and so out of the parameter's range as well. */
static json_t *param_check_integer(const CatalogParameter *parameter, const json_t *given, Problem *problem)
{
    int64_t value = 0;
    int r = -EINVAL;

    if (json_is_integer(given)) {
        value = json_integer_value(given);
        r = 0;
    } else if (json_is_real(given) && json_real_value(given) >= -9e15 && json_real_value(given) <= 9e15) {
        value = (int64_t)json_real_value(given);
        r = (double)value < json_real_value(given) || (double)value > json_real_value(given) ? -EINVAL : 0;
    } else if (json_is_string(given)) {
        r = number_parse(json_string_value(given), json_string_length(given), &value);
    }
    if (r < 0 || value < parameter->min || value > parameter->max) {
        auto_free char *range = param_range(parameter);
        auto_free char *reason = text_printf("%smust be %s%s%s%s%s", param_if_empty(given),
            r == -EINVAL && parameter->min < parameter->max ? "a whole number " : "", range,
            parameter->unit ? " " : "", parameter->unit ? parameter->unit : "",
            r == -EINVAL ? param_hint(parameter, given) : "");

        return param_refuse(parameter, given, problem, reason);
    }
    return json_integer(value);
}

/* An alias is turned into the name it stands for: "asyncio" and "epoll" are one cell, not two. */
const char *param_choice(const CatalogParameter *parameter, const char *text)
{
    for (size_t i = 0; text && i < parameter->n_aliases; i++) {
        if (strcmp(parameter->aliases[i].name, text) == 0) {
            text = parameter->aliases[i].means;
            break;
        }
    }
    for (size_t i = 0; text && i < parameter->n_choices; i++)
        if (strcmp(parameter->choices[i], text) == 0)
            return parameter->choices[i];
    return NULL;
}

/* "serial, threads (or thread, threading), epoll (or asyncio, async)" */
static char *param_choices_text(const CatalogParameter *parameter)
{
    char *text = NULL;
    size_t length = 0;
    FILE *file = open_memstream(&text, &length);

    assert(file);
    for (size_t i = 0; i < parameter->n_choices; i++) {
        bool any = false;

        fprintf(file, "%s%s", i > 0 ? ", " : "", parameter->choices[i]);
        for (size_t k = 0; k < parameter->n_aliases; k++) {
            if (strcmp(parameter->aliases[k].means, parameter->choices[i]) != 0)
                continue;
            fprintf(file, "%s%s", any ? ", " : " (or ", parameter->aliases[k].name);
            any = true;
        }
        fprintf(file, "%s", any ? ")" : "");
    }
    fclose(file);
    return text;
}

/* The names themselves come first: of two that are near, "threads" is taught and "thread" only accepted. */
static const char *param_nearest(const CatalogParameter *parameter, const char *text)
{
    Near near;

    near_begin(&near, text);
    for (size_t i = 0; i < parameter->n_choices; i++)
        near_offer(&near, parameter->choices[i]);
    for (size_t i = 0; !near.best && i < parameter->n_aliases; i++)
        near_offer(&near, parameter->aliases[i].name);
    return near.best;
}

/* "serial,threads" of "serial threads" or "serial|threads", if each part is a choice; else NULL. The caller
 * frees it. */
static char *param_with_commas(const CatalogParameter *parameter, const char *text)
{
    auto_free char *copy = text_copy(text);
    char *with_commas = NULL, *rest = copy;

    for (const char *part; parameter->list && copy && (part = strsep(&rest, " |/;"));) {
        auto_free char *before = with_commas;

        with_commas = text_printf("%s%s%s", before ? before : "", before ? "," : "", part);
        if (!param_choice(parameter, part)) {
            free(with_commas);
            return NULL;
        }
    }
    return with_commas;
}

/* All that is accepted, each name once: a choice, and behind it its other names. A form offers the choices
 * alone, as two boxes for one thing would be ticked both; a program that was refused wants to know whatever
 * it might have said. */
static json_t *param_accepted(const CatalogParameter *parameter)
{
    json_t *names = json_array();

    for (size_t i = 0; i < parameter->n_choices; i++) {
        json_array_append_new(names, json_string(parameter->choices[i]));
        for (size_t k = 0; k < parameter->n_aliases; k++)
            if (strcmp(parameter->aliases[k].means, parameter->choices[i]) == 0)
                json_array_append_new(names, json_string(parameter->aliases[k].name));
    }
    return names;
}

/* Always NULL. The choices stand in the sentence, because a person on a terminal may see nothing else. */
static json_t *param_refuse_choice(const CatalogParameter *parameter, const json_t *given, Problem *problem)
{
    const char *text = json_string_value(given), *near, *hint = param_hint(parameter, given);
    auto_free char *choices = NULL, *with_commas = NULL;
    json_t *allowed;

    if (problem_is_full(problem))
        return param_refuse(parameter, given, problem, "");
    with_commas = param_with_commas(parameter, text);
    near = *hint ? with_commas : param_nearest(parameter, text);
    choices = param_choices_text(parameter);
    allowed = param_allowed(parameter);
    json_object_set_new(allowed, "choices", param_accepted(parameter));
    if (near)
        json_object_set_new(allowed, "did_you_mean", json_string(near));
    problem_add(problem, parameter->name, json_incref((json_t *)given), allowed, "%smust be %s%s%s%s%s%s",
        param_if_empty(given), parameter->n_choices > 1 || parameter->n_aliases > 0 ? "one of " : "", choices,
        hint, near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
    return NULL;
}

/* Why a name that is known cannot be had; NULL if it is not known, or can be had. */
static const char *param_bar(const CatalogParameter *parameter, const char *text)
{
    for (size_t i = 0; text && i < parameter->n_barred; i++)
        if (strcmp(parameter->barred[i].name, text) == 0)
            return parameter->barred[i].means;
    return NULL;
}

/* JSON's true and false are the on and off of a switch. */
static json_t *param_check_choice(const CatalogParameter *parameter, const json_t *given, Problem *problem)
{
    const char *text = json_is_true(given) ? "on" : json_is_false(given) ? "off" : json_string_value(given);
    const char *choice = param_choice(parameter, text);

    if (choice)
        return json_string(choice);
    return param_bar(parameter, text) ? param_refuse(parameter, given, problem, param_bar(parameter, text))
                                      : param_refuse_choice(parameter, given, problem);
}

/* A NUL byte is refused: a query can carry one as %00, and what stands behind it is invisible to most of C,
 * so that a check and the user of the text would see two different ones. The length is in bytes. */
static json_t *param_check_text(const CatalogParameter *parameter, const json_t *given, Problem *problem)
{
    if (!json_is_string(given))
        return param_refuse(parameter, given, problem, "must be text");
    if (memchr(json_string_value(given), '\0', json_string_length(given)))
        return param_refuse(parameter, given, problem, "has a NUL byte");
    if (parameter->max_length > 0 && json_string_length(given) > (size_t)parameter->max_length) {
        auto_free char *reason = text_printf("must be at most %lld bytes long, and has %zu",
            (long long)parameter->max_length, json_string_length(given));

        return param_refuse(parameter, given, problem, reason);
    }
    if (parameter->format && strcmp(parameter->format, "url") == 0) {
        const char *reason = url_complaint(json_string_value(given));

        if (reason)
            return param_refuse(parameter, given, problem, reason);
    }
    return json_copy((json_t *)given);
}

/* An empty text is a value; an empty number or choice is none. */
static json_t *param_check_one(const CatalogParameter *parameter, const json_t *given, Problem *problem)
{
    switch (parameter->type) {
    case CATALOG_INTEGER:
        return param_check_integer(parameter, given, problem);
    case CATALOG_CHOICE:
        return param_check_choice(parameter, given, problem);
    case CATALOG_TEXT:
        return param_check_text(parameter, given, problem);
    }
    return NULL;
}

/* Whether the value was not there before. The set is an object with the values as names: looking through the
 * list for each of its values would take the square of its length. */
static bool items_add_new(json_t *set, const json_t *value)
{
    char number[32];
    const char *text = json_string_value(value);

    if (!text) {
        snprintf(number, sizeof(number), "%lld", (long long)json_integer_value(value));
        text = number;
    }
    if (json_object_get(set, text))
        return false;
    json_object_set_new(set, text, json_true());
    return true;
}

/* Whether the list of values has this one. */
static bool items_have(const json_t *values, const json_t *value)
{
    json_t *one;
    size_t i;

    json_array_foreach (values, i, one)
        if (json_equal(one, value))
            return true;
    return false;
}

/* Adds the faults of single items: those that have the same one are named together, because "must be from 1
 * to 256" is no better for being said three times. */
static void items_tell(const CatalogParameter *parameter, const Problem *faults, Problem *problem)
{
    json_auto_t *told = json_array();
    json_t *error, *other;
    size_t i, k;

    json_array_foreach (faults->errors, i, error) {
        json_t *reason = json_object_get(error, "reason"), *got = json_array();
        json_auto_t *allowed = json_deep_copy(error);

        json_array_foreach (faults->errors, k, other)
            if (json_equal(json_object_get(other, "reason"), reason))
                json_array_append(got, json_object_get(other, "got"));
        if (!items_have(told, reason)) {
            json_array_append(told, reason);
            problem_add(problem, parameter->name,
                json_incref(json_array_size(got) == 1 ? json_array_get(got, 0) : got), json_incref(allowed),
                "%s", json_string_value(reason));
        }
        json_decref(got);
    }
    problem->n_omitted += faults->n_omitted;
}

/* "async,epoll" and "1000,1e3" name one value by two words: "twice" alone would send a person looking for the
 * same word. */
static const char *items_why_twice(const json_t *items, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (json_equal(json_array_get(items, k), json_array_get(items, i)))
            return "stands twice in the list";
    return "stands twice in the list, written in two ways";
}

/* Every bad item is named, so that a person mends the list once and not item by item. A value that stands
 * twice is refused, as it would measure the same cell twice. After an empty item the check stops: ",,,," has
 * nothing more to tell. */
static json_t *items_check(
    const CatalogParameter *parameter, const json_t *items, const json_t *given, Problem *problem)
{
    auto_problem Problem faults = {0};
    json_auto_t *set = json_object();
    json_t *values = json_array(), *item;
    size_t i;

    if (json_array_size(items) == 0)
        json_decref(param_check_one(parameter, given, &faults));
    json_array_foreach (items, i, item) {
        json_t *value;

        if (json_is_string(item) && json_string_length(item) == 0) {
            param_refuse(parameter, given, &faults, "has an empty item");
            break;
        }
        value = param_check_one(parameter, item, &faults);
        if (!value)
            continue;
        if (!items_add_new(set, value))
            param_refuse(parameter, item, &faults, items_why_twice(items, i));
        json_array_append_new(values, value);
    }
    if (!problem_is_set(&faults))
        return values;
    items_tell(parameter, &faults, problem);
    json_decref(values);
    return NULL;
}

/* How many items a list has, before it is taken apart. */
static size_t items_count(const json_t *given)
{
    size_t n = 1;

    if (json_is_array(given))
        return json_array_size(given);
    for (const char *at = json_string_value(given); at && (at = strchr(at, ',')); at++)
        n++;
    return n;
}

/* "a,,b" has three items, of which one is empty: a comma too many is a slip that should be seen. */
static json_t *items_split(const char *text)
{
    json_t *items = json_array();

    for (;;) {
        size_t length = strcspn(text, ",");

        json_array_append_new(items, json_stringn(text, length));
        if (text[length] == '\0')
            return items;
        text += length + 1;
    }
}

/* A bare value where a list is expected is a list of one: tasks=2 and tasks=[2] are the same request. A list
 * that is too long is refused as a whole. A body of 64 KB can hold 30,000 items, and they are checked on the
 * server's loop, where nobody else is answered meanwhile. */
json_t *param_check(
    const CatalogParameter *parameter, const json_t *given, int64_t max_items, Problem *problem)
{
    json_auto_t *items = NULL;
    size_t n;

    if (!parameter->list)
        return param_check_one(parameter, given, problem);
    n = items_count(given);
    if (n > (size_t)max_items) {
        auto_free char *reason =
            text_printf("has %zu values, and at most %lld are allowed, as many as there may be cells", n,
                (long long)max_items);

        return param_refuse(parameter, given, problem, reason);
    }
    if (json_is_array(given))
        items = json_incref((json_t *)given);
    else if (json_is_string(given) && json_string_length(given) > 0)
        items = items_split(json_string_value(given));
    else if (json_is_string(given))
        return param_check_one(parameter, given, problem);
    else
        items = json_pack("[O]", given);
    return items_check(parameter, items, given, problem);
}

const json_t *param_given(const json_t *given, const char *name)
{
    const json_t *value = json_object_get(given, name);

    return json_is_null(value) ? NULL : value;
}

bool param_is_idle(const CatalogParameter *parameter, const json_t *given, const json_t *values)
{
    return parameter->unless && param_given(given, parameter->unless) &&
           !json_is_null(json_object_get(values, parameter->unless));
}

bool param_is_sized(const CatalogParameter *parameter, const json_t *given)
{
    return parameter->sized && !param_given(given, parameter->name);
}
