/* JSON is laid out so that a person can read it too: a field a line for the run and for each cell, and what
 * lies deeper on that line. Indenting everything would give each single sample a line of its own.
 *
 * What a format is, is one line in the header; this file makes tables of that list by applying different
 * macros to it, and writes the JSON. */
#include "results/format.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "results/format-private.h"

/* Fifteen digits are all that a double holds for certain; with more, 0.984 would print as
 * 0.98399999999999999. */
#define DUMP_FLAGS (JSON_ENCODE_ANY | JSON_REAL_PRECISION(15))

typedef struct Format {
    const char *name, *bare_type, *media_type;
    RunWriter *write_run;               /* NULL: by hand only */
    ComparisonWriter *write_comparison; /* the same */
} Format;

/* clang-format off */
#define FORMAT(id, name, type, charset, write_run, write_comparison) \
    [RESULT_FORMAT_##id] = {name, type, type charset, write_run, write_comparison},
#define NAME(id, name, type, charset, write_run, write_comparison) name,

static const Format formats[] = {RESULT_ANSWER_FORMATS(FORMAT) RESULT_HAND_FORMATS(FORMAT)};

const char *const format_answer_names[] = {RESULT_ANSWER_FORMATS(NAME) NULL};
const char *const format_hand_names[] = {RESULT_ANSWER_FORMATS(NAME) RESULT_HAND_FORMATS(NAME) NULL};
/* clang-format on */

const char *const *format_names(FormatUse use)
{
    return use == FORMAT_ANSWER ? format_answer_names : format_hand_names;
}

/* The table is indexed by the format, so the place of a name is its format. */
int result_format_from_name(const char *name, ResultFormat *ret)
{
    for (size_t i = 0; i < ARRAY_LENGTH(formats); i++) {
        if (strcmp(name, formats[i].name) == 0) {
            *ret = (ResultFormat)i;
            return 0;
        }
    }
    return -EINVAL;
}

const char *result_format_media_type(ResultFormat format)
{
    return formats[format].media_type;
}

const char *result_format_bare_type(ResultFormat format)
{
    return formats[format].bare_type;
}

static void json_write_value(const json_t *value, FILE *file)
{
    json_dumpf(value, file, DUMP_FLAGS);
}

/* The key is written by jansson as well, since it may hold what must be escaped. */
static void json_write_key(const char *key, FILE *file)
{
    json_auto_t *string = json_string(key);

    json_write_value(string, file);
    fputs(": ", file);
}

static void json_write_fields(json_t *object, const char *indent, FILE *file);

/* Each cell begins on a line of its own, and its fields are two steps in. */
static void json_write_cells(const json_t *cells, FILE *file)
{
    size_t i;
    json_t *cell;

    fputs("[", file);
    json_array_foreach (cells, i, cell) {
        fputs(i > 0 ? ", {\n" : "{\n", file);
        json_write_fields(cell, "    ", file);
        fputs("  }", file);
    }
    fputs("]", file);
}

/* A run read back from a file may hold anything under this name; then it is written like any other value. */
static bool json_are_objects(const json_t *array)
{
    size_t i;
    json_t *item;

    json_array_foreach (array, i, item) {
        if (!json_is_object(item))
            return false;
    }
    return json_is_array(array);
}

/* Only the objects in an array called "cells" get lines of their own. */
static void json_write_fields(json_t *object, const char *indent, FILE *file)
{
    const char *key, *separator = "";
    json_t *value;

    json_object_foreach (object, key, value) {
        fprintf(file, "%s%s", separator, indent);
        separator = ",\n";
        json_write_key(key, file);
        if (strcmp(key, "cells") == 0 && json_are_objects(value))
            json_write_cells(value, file);
        else
            json_write_value(value, file);
    }
    fputs("\n", file);
}

static void json_write_object(const json_t *object, FILE *file)
{
    fputs("{\n", file);
    json_write_fields((json_t *)object, "  ", file);
    fputs("}\n", file);
}

/* The object as it is, not what was read from it: JSON has all that a run has. */
void run_write_json(const ResultRun *run, size_t width, FILE *file)
{
    (void)width;
    json_write_object(run->json, file);
}

/* A comparison has its fields and its cells at the same depth as a run. */
void compare_write_json(const RunComparison *comparison, FILE *file)
{
    json_auto_t *object = compare_json(comparison);

    json_write_object(object, file);
}

static FILE *format_open(char **text, size_t *length)
{
    FILE *file = open_memstream(text, length);

    assert(file);
    return file;
}

/* JSON needs no struct, but reading one costs little beside writing it, and all formats are the same then.
 * The text is complete only when the stream is closed: until then open_memstream() has not set where it
 * is. */
char *result_format_wide(const json_t *run, ResultFormat format, size_t width, size_t *ret_length)
{
    auto_result_run ResultRun parsed;
    char *text = NULL;
    size_t length = 0;
    FILE *file = format_open(&text, &length);

    result_run_read(run, &parsed);
    formats[format].write_run(&parsed, width, file);
    fclose(file);
    if (ret_length)
        *ret_length = length;
    return text;
}

char *result_format(const json_t *run, ResultFormat format, size_t *ret_length)
{
    return result_format_wide(run, format, RESULT_WIDTH, ret_length);
}

char *compare_format(const RunComparison *comparison, ResultFormat format, size_t *ret_length)
{
    char *text = NULL;
    size_t length = 0;
    FILE *file = format_open(&text, &length);

    formats[format].write_comparison(comparison, file);
    fclose(file);
    if (ret_length)
        *ret_length = length;
    return text;
}
