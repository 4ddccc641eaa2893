/* JSON is laid out so that a person can read it too: a field a line for the run and for each cell, and what
 * lies deeper on that line. Indenting everything would give each single sample a line of its own. */
#include "results/format.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "results/format-private.h"

/* Fifteen digits are all that a double holds for certain; with more, 0.984 would print as
 * 0.98399999999999999. */
#define DUMP_FLAGS (JSON_ENCODE_ANY | JSON_REAL_PRECISION(15))

static const struct {
    const char *name, *media_type;
} formats[] = {
    [RESULT_FORMAT_JSON] = {"json", "application/json"},
    [RESULT_FORMAT_CSV] = {"csv", "text/csv; charset=utf-8"},
    [RESULT_FORMAT_TABLE] = {"table", "text/plain; charset=utf-8"},
    [RESULT_FORMAT_MARKDOWN] = {"markdown", "text/markdown; charset=utf-8"},
};

int result_format_from_name(const char *name, ResultFormat *ret)
{
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
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

static void write_value(const json_t *value, FILE *file)
{
    json_dumpf(value, file, DUMP_FLAGS);
}

static void write_key(const char *key, FILE *file)
{
    json_auto_t *string = json_string(key);

    write_value(string, file);
    fputs(": ", file);
}

static void write_fields(json_t *object, const char *indent, FILE *file);

static void write_cells(const json_t *cells, FILE *file)
{
    size_t i;
    json_t *cell;

    fputs("[", file);
    json_array_foreach (cells, i, cell) {
        fputs(i > 0 ? ", {\n" : "{\n", file);
        write_fields(cell, "    ", file);
        fputs("  }", file);
    }
    fputs("]", file);
}

static bool are_objects(const json_t *array)
{
    size_t i;
    json_t *item;

    json_array_foreach (array, i, item) {
        if (!json_is_object(item))
            return false;
    }
    return json_is_array(array);
}

static void write_fields(json_t *object, const char *indent, FILE *file)
{
    const char *key, *separator = "";
    json_t *value;

    json_object_foreach (object, key, value) {
        fprintf(file, "%s%s", separator, indent);
        separator = ",\n";
        write_key(key, file);
        if (strcmp(key, "cells") == 0 && are_objects(value))
            write_cells(value, file);
        else
            write_value(value, file);
    }
    fputs("\n", file);
}

static void json_write(const json_t *run, FILE *file)
{
    fputs("{\n", file);
    write_fields((json_t *)run, "  ", file);
    fputs("}\n", file);
}

char *result_format(const json_t *run, ResultFormat format, size_t *ret_length)
{
    char *text = NULL;
    size_t length = 0;
    FILE *file = open_memstream(&text, &length);

    assert(file);
    switch (format) {
    case RESULT_FORMAT_JSON:
        json_write(run, file);
        break;
    case RESULT_FORMAT_CSV:
        csv_write(run, file);
        break;
    case RESULT_FORMAT_TABLE:
        table_write(run, false, file);
        break;
    case RESULT_FORMAT_MARKDOWN:
        table_write(run, true, file);
        break;
    }
    fclose(file);
    if (ret_length)
        *ret_length = length;
    return text;
}
