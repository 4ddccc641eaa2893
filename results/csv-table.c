/* One row for each cell, so that a spreadsheet or a data frame needs no further step. RFC 4180: lines end in
 * CR LF, a field with a comma, a quote or a line break is quoted.
 *
 * A spreadsheet takes a field that begins with = + - @ for a formula, and a URL or a reason may come from
 * anyone. Such a text gets an apostrophe in front; numbers never do. Parameters keep their names, metrics get
 * "metric_" in front, and a parameter that is called like a fixed column gets "param_". */
#include "results/csv-table.h"

#include <stdbool.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"

static const CsvColumn identity[] = {
    {"runtime", "runtime", NULL, 0},
    {"mode", "mode", NULL, 0},
    {"lock", "lock", NULL, 0},
    {"tasks", "tasks", NULL, 0},
    {"cpus", "cpus", NULL, 0},
};

#define N_IDENTITY (sizeof(identity) / sizeof(identity[0]))
#define NUMBER_NAME "cell"

static void write_text(const char *text, FILE *file)
{
    bool formula = *text && strchr("=+-@\t\r", *text);

    if (!formula && !strpbrk(text, ",\"\r\n") && *text != ' ') {
        fputs(text, file);
        return;
    }
    fputs(formula ? "\"'" : "\"", file);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', file);
        fputc(*text, file);
    }
    fputc('"', file);
}

/* Null and what is no single value give an empty field. */
static void write_value(const json_t *value, FILE *file)
{
    if (json_is_integer(value))
        fprintf(file, "%lld", (long long)json_integer_value(value));
    else if (json_is_real(value))
        fprintf(file, "%.15g", json_real_value(value));
    else if (json_is_boolean(value))
        fputs(json_is_true(value) ? "true" : "false", file);
    else if (json_is_string(value))
        write_text(json_string_value(value), file);
}

static void write_column(const json_t *from, const CsvColumn *column, FILE *file)
{
    const json_t *value = json_object_get(from, column->key);

    if (column->sub)
        value = json_object_get(value, column->sub);
    if (column->item == CSV_LENGTH)
        fprintf(file, "%zu", json_array_size(value));
    else
        write_value(column->item > 0 ? json_array_get(value, (size_t)column->item - 1) : value, file);
}

static void write_columns(const json_t *from, const CsvColumn *columns, size_t n, FILE *file)
{
    for (size_t i = 0; i < n; i++) {
        fputc(',', file);
        write_column(from, &columns[i], file);
    }
}

static void write_names(const CsvColumn *columns, size_t n, FILE *file)
{
    for (size_t i = 0; i < n; i++)
        fprintf(file, ",%s", columns[i].name);
}

/* Returns the names of all single values in an object of the cells ("params"), in the order of their first
 * appearance: an array, a new reference. */
static json_t *collect_names(const json_t *cells, const char *field)
{
    json_auto_t *seen = json_object();
    json_t *names = json_array(), *cell, *value;
    const char *name;
    size_t i;

    json_array_foreach (cells, i, cell) {
        json_object_foreach (json_object_get(cell, field), name, value) {
            if (json_is_object(value) || json_is_array(value) || json_object_get(seen, name))
                continue;
            json_object_set_new(seen, name, json_true());
            json_array_append_new(names, json_string(name));
        }
    }
    return names;
}

static bool is_name_of(const char *name, const CsvColumn *columns, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(name, columns[i].name) == 0)
            return true;
    }
    return false;
}

static bool is_fixed_name(const CsvTable *table, const char *name)
{
    return strcmp(name, NUMBER_NAME) == 0 || is_name_of(name, table->document, table->n_document) ||
           is_name_of(name, identity, N_IDENTITY) || is_name_of(name, table->figures, table->n_figures);
}

static void write_head(const CsvTable *table, const json_t *params, const json_t *metrics, FILE *file)
{
    size_t i;
    json_t *name;

    for (i = 0; i < table->n_document; i++)
        fprintf(file, "%s,", table->document[i].name);
    fputs(NUMBER_NAME, file);
    write_names(identity, N_IDENTITY, file);
    json_array_foreach (params, i, name) {
        const char *text = json_string_value(name);
        auto_free char *longer = text_printf("param_%s", text);

        fputc(',', file);
        write_text(is_fixed_name(table, text) ? longer : text, file);
    }
    write_names(table->figures, table->n_figures, file);
    json_array_foreach (metrics, i, name) {
        auto_free char *longer = text_printf("metric_%s", json_string_value(name));

        fputc(',', file);
        write_text(longer, file);
    }
    fputs("\r\n", file);
}

static void write_named(const json_t *object, const json_t *names, FILE *file)
{
    size_t i;
    json_t *name;

    json_array_foreach (names, i, name) {
        fputc(',', file);
        write_value(json_object_get(object, json_string_value(name)), file);
    }
}

void csv_table_write(const CsvTable *table, const json_t *document, const json_t *cells, FILE *file)
{
    json_auto_t *params = collect_names(cells, "params");
    json_auto_t *metrics = collect_names(cells, "metrics");
    size_t i;
    json_t *cell;

    write_head(table, params, metrics, file);
    json_array_foreach (cells, i, cell) {
        for (size_t k = 0; k < table->n_document; k++) {
            write_column(document, &table->document[k], file);
            fputc(',', file);
        }
        fprintf(file, "%zu", i);
        write_columns(cell, identity, N_IDENTITY, file);
        write_named(json_object_get(cell, "params"), params, file);
        write_columns(cell, table->figures, table->n_figures, file);
        write_named(json_object_get(cell, "metrics"), metrics, file);
        fputs("\r\n", file);
    }
}
