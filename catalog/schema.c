/* A struct is filled by walking its table: for each row the member is looked up, its type asked, and its
 * value put at the row's offset. So what is checked and what is read cannot drift apart, as they would if the
 * checks were a list of their own.
 *
 * The first complaint ends the walk. It needs to know where in the document it is, and that is only asked for
 * when something is wrong; so places are a chain on the stack, from the member at fault up to the document,
 * and cost nothing where all is well. */
#include "catalog/schema.h"

#include <assert.h>
#include <ctype.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "base/utf8.h"

/* So that no document, however large, makes work or answers without end. */
enum { MAX_NAME = 64, MAX_TEXT = 4000, MAX_ITEMS = 256, MAX_DEPTH = 32 };

/* A member's name may come from the document, and so be long or worse. The document itself has no name, so
 * what stands directly in it has no dot before it. */
static void place_print(const Place *place, FILE *file)
{
    if (place->in)
        place_print(place->in, file);
    if (place->member) {
        size_t length = strnlen(place->member, MAX_NAME);
        auto_free char *name = utf8_clean(place->member, length);

        fprintf(file, "%s%s", place->in && (place->in->in || place->in->member) ? "." : "", name);
    } else if (place->in) {
        fprintf(file, "[%zu]", place->index);
    }
}

/* The first complaint is the one nearest to the cause; those that follow from it would only bury it. */
bool reader_complain(Reader *reader, const Place *place, const char *reason, ...)
{
    size_t length;
    va_list arguments;
    FILE *file;

    if (reader->reason)
        return false;
    file = open_memstream(&reader->reason, &length);
    assert(file);
    if (place->in)
        place_print(place, file);
    else
        fputs("the document", file);
    fputs(": ", file);
    va_start(arguments, reason);
    vfprintf(file, reason, arguments);
    va_end(arguments);
    fclose(file);
    return false;
}

static const char *kind_of(const json_t *json)
{
    if (!json)
        return "missing";
    switch (json_typeof(json)) {
    case JSON_OBJECT:
        return "an object";
    case JSON_ARRAY:
        return "a list";
    case JSON_STRING:
        return "a text";
    case JSON_INTEGER:
    case JSON_REAL:
        return "a number";
    case JSON_TRUE:
        return "true";
    case JSON_FALSE:
        return "false";
    case JSON_NULL:
        return "null";
    }
    return "nothing";
}

bool reader_refuse(Reader *reader, const Place *place, const char *wanted, const json_t *json)
{
    return reader_complain(reader, place, "must be %s, is %s", wanted, kind_of(json));
}

bool reader_check_depth(Reader *reader, const Place *place, const json_t *json)
{
    return bounds_depth_is_within(json, MAX_DEPTH) ||
           reader_complain(reader, place, "must not be nested deeper than %d", MAX_DEPTH);
}

/* Fields have many pointer types, all as large as this one; memcpy() is how C lets one write them by offset.
 * A cast to a pointer of another type would break the rules of aliasing. */
static void set_pointer(void *target, size_t offset, const void *pointer)
{
    memcpy((char *)target + offset, &pointer, sizeof(pointer));
}

/* A name stands in URLs, in lists with commas, in files of values and on terminals. So a comma, a slash, a
 * blank or an escape sequence in it would change what it is part of. A dot or a dash at the beginning is
 * refused as well: names become parts of file names and words of commands. */
static bool is_catalog_name(const char *text)
{
    size_t length = strnlen(text, MAX_NAME + 1);

    if (length == 0 || length > MAX_NAME || !isalnum((unsigned char)text[0]))
        return false;
    for (size_t i = 0; i < length; i++)
        if (!isalnum((unsigned char)text[i]) && !strchr("._-", text[i]))
            return false;
    return true;
}

bool reader_check_name(Reader *reader, const Place *place, const char *name)
{
    return is_catalog_name(name) ||
           reader_complain(reader, place,
               "must be a name: 1 to %d letters, digits, dots, dashes and underscores", MAX_NAME);
}

static bool member_read_name(Reader *reader, const Place *place, const json_t *json, const char **ret)
{
    if (!json_is_string(json))
        return reader_refuse(reader, place, "a name", json);
    if (!reader_check_name(reader, place, json_string_value(json)))
        return false;
    *ret = json_string_value(json);
    return true;
}

static bool member_read_text(
    Reader *reader, const Place *place, const Member *member, const json_t *json, void *target)
{
    const char *name = NULL;

    if (member->kind == MEMBER_NAME) {
        if (!member_read_name(reader, place, json, &name))
            return false;
        set_pointer(target, member->offset, name);
        return true;
    }
    if (!json_is_string(json))
        return reader_refuse(reader, place, "a text", json);
    if (json_string_length(json) > MAX_TEXT)
        return reader_complain(reader, place, "must be a text of at most %d bytes", MAX_TEXT);
    set_pointer(target, member->offset, json_string_value(json));
    return true;
}

/* The range is asked as "is it inside", not "is it outside", because of a number that is neither. JSON has
 * no NaN, but a number that is computed by a caller may be one, and it would pass every test of the other
 * kind. The range is compared as a double; that is exact up to 2^53, more than any limit in the tables. */
static bool member_read_number(
    Reader *reader, const Place *place, const Member *member, const json_t *json, void *target)
{
    const bool is_whole = member->kind == MEMBER_INTEGER, any = member->min >= member->max;
    double number = json_number_value(json);
    int64_t whole = json_integer_value(json);

    if (is_whole ? !json_is_integer(json) : !json_is_number(json))
        return reader_refuse(reader, place, is_whole ? "a whole number" : "a number", json);
    if (!any && !(number >= member->min && number <= member->max))
        return reader_complain(
            reader, place, "must be from %.15g to %.15g, is %.15g", member->min, member->max, number);
    if (is_whole)
        memcpy((char *)target + member->offset, &whole, sizeof(whole));
    else
        memcpy((char *)target + member->offset, &number, sizeof(number));
    return true;
}

static bool member_read_flag(
    Reader *reader, const Place *place, const Member *member, const json_t *json, void *target)
{
    if (!json_is_boolean(json))
        return reader_refuse(reader, place, "true or false", json);
    *(bool *)((char *)target + member->offset) = json_is_true(json);
    return true;
}

/* The words are in the order of an enum, and what is stored is the index, as an unsigned: that is what gcc
 * makes of an enum without negative values. The message names all the words there are up to the one that
 * fits, so a word that fits throws it away. */
static bool member_read_word(
    Reader *reader, const Place *place, const Member *member, const json_t *json, void *target)
{
    auto_free char *wanted = text_printf("one of");

    for (unsigned i = 0; member->words[i]; i++) {
        char *longer = text_printf("%s%s %s", wanted, i > 0 ? "," : "", member->words[i]);

        free(wanted);
        wanted = longer;
        if (!json_is_string(json) || strcmp(json_string_value(json), member->words[i]) != 0)
            continue;
        memcpy((char *)target + member->offset, &i, sizeof(i));
        return true;
    }
    if (!json_is_string(json))
        return reader_refuse(reader, place, wanted, json);
    return reader_complain(reader, place, "must be %s", wanted);
}

static bool member_read_object(
    Reader *reader, const Place *place, const Member *member, const json_t *json, void *target)
{
    if (!json_is_object(json))
        return reader_refuse(reader, place, "an object", json);
    set_pointer(target, member->offset, json);
    return true;
}

static bool reader_check_list(Reader *reader, const Place *place, const json_t *json)
{
    if (!json_is_array(json))
        return reader_refuse(reader, place, "a list", json);
    if (json_array_size(json) > MAX_ITEMS)
        return reader_complain(reader, place, "must have at most %d items", MAX_ITEMS);
    return true;
}

/* The names are pointers into the document; only the array of them is new. A set is compared each with each,
 * which MAX_ITEMS keeps cheap. */
static bool member_read_names(
    Reader *reader, const Place *place, const Member *member, const json_t *json, void *target)
{
    size_t n = json_array_size(json);
    const char **names;

    if (!reader_check_list(reader, place, json))
        return false;
    names = memo_take(reader->memo, n, sizeof(*names));
    for (size_t i = 0; i < n; i++) {
        const Place item = {.in = place, .index = i};

        if (!member_read_name(reader, &item, json_array_get(json, i), &names[i]))
            return false;
        for (size_t k = 0; member->kind == MEMBER_SET && k < i; k++)
            if (strcmp(names[k], names[i]) == 0)
                return reader_complain(reader, &item, "\"%s\" stands twice", names[i]);
    }
    set_pointer(target, member->offset, names);
    memcpy((char *)target + member->count_offset, &n, sizeof(n));
    return true;
}

static bool shape_has_name(const Shape *shape)
{
    for (size_t i = 0; i < shape->n_members; i++)
        if (shape->members[i].kind == MEMBER_NAME && strcmp(shape->members[i].name, "name") == 0)
            return true;
    return false;
}

/* Things in a list that have a name have one each. A second one of the same name could never be found. Where
 * the shape has no such member, "name" is one of those that are left alone, and may be of any type. */
static bool reader_check_names(Reader *reader, const Place *place, const Shape *shape, const json_t *json)
{
    if (!shape_has_name(shape))
        return true;
    for (size_t i = 0; i < json_array_size(json); i++) {
        const json_t *name = json_object_get(json_array_get(json, i), "name");
        const Place item = {.in = place, .index = i}, at = {.in = &item, .member = "name"};

        for (size_t k = 0; name && k < i; k++)
            if (json_equal(json_object_get(json_array_get(json, k), "name"), name))
                return reader_complain(reader, &at, "\"%s\" stands twice", json_string_value(name));
    }
    return true;
}

/* Each item is a struct in one array. The field is set only when all items are read, so nobody ever finds a
 * list that is half full. */
static bool member_read_list(
    Reader *reader, const Place *place, const Member *member, const json_t *json, void *target)
{
    size_t n = json_array_size(json);
    char *items;

    if (!reader_check_list(reader, place, json))
        return false;
    items = memo_take(reader->memo, n, member->shape->size);
    for (size_t i = 0; i < n; i++) {
        const Place item = {.in = place, .index = i};

        if (!shape_read(
                reader, &item, member->shape, json_array_get(json, i), items + i * member->shape->size))
            return false;
    }
    set_pointer(target, member->offset, items);
    memcpy((char *)target + member->count_offset, &n, sizeof(n));
    return reader_check_names(reader, place, member->shape, json);
}

/* Null is taken for missing where a member is optional: that is how some languages write a field that is not
 * set. The field keeps the zero that it had. */
bool member_read(Reader *reader, const Place *place, const Member *member, const json_t *json, void *target)
{
    if (member->need == MEMBER_OPTIONAL && (!json || json_is_null(json)))
        return true;
    if (member->need == MEMBER_NULLABLE && json_is_null(json))
        return true;
    switch (member->kind) {
    case MEMBER_NAME:
    case MEMBER_TEXT:
        return member_read_text(reader, place, member, json, target);
    case MEMBER_FLAG:
        return member_read_flag(reader, place, member, json, target);
    case MEMBER_INTEGER:
    case MEMBER_NUMBER:
        return member_read_number(reader, place, member, json, target);
    case MEMBER_WORD:
        return member_read_word(reader, place, member, json, target);
    case MEMBER_OBJECT:
        return member_read_object(reader, place, member, json, target);
    case MEMBER_VALUE:
        set_pointer(target, member->offset, json);
        return json || reader_complain(reader, place, "is missing");
    case MEMBER_NAMES:
    case MEMBER_SET:
        return member_read_names(reader, place, member, json, target);
    case MEMBER_LIST:
        return member_read_list(reader, place, member, json, target);
    case MEMBER_PART:
        return shape_read(reader, place, member->shape, json, (char *)target + member->offset);
    }
    return false;
}

/* The check comes last and sees the whole struct, but only if every member was right by itself; so it need
 * not ask for types or NULL where a member is required. */
bool shape_read(Reader *reader, const Place *place, const Shape *shape, const json_t *json, void *target)
{
    if (!json_is_object(json))
        return reader_refuse(reader, place, "an object", json);
    for (size_t i = 0; i < shape->n_members; i++) {
        const Member *member = &shape->members[i];
        const Place at = {.in = place, .member = member->name};

        if (!member_read(reader, &at, member, json_object_get(json, member->name), target))
            return false;
    }
    return !shape->check || shape->check(reader, place, json, target);
}
