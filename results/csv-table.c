/* One row for each cell, so that a spreadsheet or a data frame needs no further step. RFC 4180: lines end in
 * CR LF, a field with a comma, a quote or a line break is quoted.
 *
 * A spreadsheet takes a field that begins with = + - @ for a formula, and a URL or a reason may come from
 * anyone. Such a text gets an apostrophe in front; numbers never do. Parameters keep their names, metrics get
 * "metric_" in front, and a parameter that is called like a fixed column gets "param_". */
#include "results/csv-table.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "results/beside.h"
#include "results/expected.h"
#include "results/runtimes.h"

static const CsvColumn identity[] = {
    {"runtime", CSV_TEXT, offsetof(ResultCell, runtime), false},
    {"mode", CSV_TEXT, offsetof(ResultCell, mode), false},
    {"lock", CSV_TEXT, offsetof(ResultCell, lock), false},
    {"tasks", CSV_INTEGER, offsetof(ResultCell, tasks), false},
    {"cpus", CSV_INTEGER, offsetof(ResultCell, cpus), false},
};

/* The column that numbers the rows from 0. */
#define NUMBER_NAME "cell"

static bool csv_begins_formula(const char *text)
{
    return *text && strchr("=+-@\t\r", *text);
}

/* Quoting alone does not disarm a formula: a spreadsheet takes the quotes off first. And in many countries it
 * takes a semicolon, or a tab, for what parts the fields, so a formula may begin behind one, too. */
static void csv_write_text(const char *text, FILE *file)
{
    bool parts = true; /* a field may begin here */

    if (!csv_begins_formula(text) && !strpbrk(text, ",;\t\"\r\n") && *text != ' ') {
        fputs(text, file);
        return;
    }
    fputc('"', file);
    for (; *text; text++) {
        if (parts && csv_begins_formula(text))
            fputc('\'', file);
        if (*text == '"')
            fputc('"', file);
        fputc(*text, file);
        parts = strchr(";\t", *text);
    }
    fputc('"', file);
}

static void csv_write_text_or_nothing(const char *text, FILE *file)
{
    if (text)
        csv_write_text(text, file);
}

/* Fifteen digits are all that a double holds for certain. NAN is nothing. */
static void csv_write_real(double value, FILE *file)
{
    if (!isnan(value))
        fprintf(file, "%.15g", value);
}

/* Null and what is no single value give an empty field. */
static void csv_write_json(const json_t *value, FILE *file)
{
    if (json_is_integer(value))
        fprintf(file, "%lld", (long long)json_integer_value(value));
    else if (json_is_real(value))
        csv_write_real(json_real_value(value), file);
    else if (json_is_boolean(value))
        fputs(json_is_true(value) ? "true" : "false", file);
    else if (json_is_string(value))
        csv_write_text(json_string_value(value), file);
}

/* The type says how to read the field at the offset; nothing checks that the two fit, so a new line in a
 * table wants a second look. */
static void csv_write_column(const void *from, const CsvColumn *column, FILE *file)
{
    const void *value = (const char *)from + column->offset;

    switch (column->type) {
    case CSV_TEXT:
        csv_write_text_or_nothing(*(const char *const *)value, file);
        break;
    case CSV_INTEGER:
        if (*(const int64_t *)value != RESULT_UNKNOWN)
            fprintf(file, "%lld", (long long)*(const int64_t *)value);
        break;
    case CSV_COUNT:
        fprintf(file, "%zu", *(const size_t *)value);
        break;
    case CSV_REAL:
        csv_write_real(*(const double *)value, file);
        break;
    case CSV_STATUS:
        csv_write_text_or_nothing(result_status_name(*(const ResultStatus *)value), file);
        break;
    case CSV_VERDICT:
        csv_write_text_or_nothing(verdict_name(*(const Verdict *)value), file);
        break;
    case CSV_MODEL:
        csv_write_text_or_nothing(beside_verdict_name(*(const ModelVerdict *)value), file);
        break;
    case CSV_WHOLE:
        if (((const ResultCrowd *)value)->is_known)
            fputs(((const ResultCrowd *)value)->is_whole ? "true" : "false", file);
        break;
    }
}

static void csv_write_columns(const void *from, const CsvColumn *columns, size_t n, FILE *file)
{
    for (size_t i = 0; i < n; i++) {
        fputc(',', file);
        csv_write_column(from, &columns[i], file);
    }
}

static void csv_write_names(const CsvColumn *columns, size_t n, FILE *file)
{
    for (size_t i = 0; i < n; i++)
        fprintf(file, ",%s", columns[i].name);
}

/* Adds the names of all single values in an object to a set, whose keys stay in the order in which they came:
 * tools and people expect the parameters in the order of the form. */
static void csv_collect_names(const json_t *object, json_t *names)
{
    const char *name;
    json_t *value;

    json_object_foreach ((json_t *)object, name, value) {
        if (!json_is_object(value) && !json_is_array(value))
            json_object_set_new(names, name, json_true());
    }
}

/* Whether one of these columns is called so. */
static bool csv_is_name_of(const char *name, const CsvColumn *columns, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(name, columns[i].name) == 0)
            return true;
    }
    return false;
}

/* A parameter may be called like a column that is always there. Two columns of one name would be one to a
 * data frame. */
static bool csv_is_fixed_name(const CsvTable *table, const char *name)
{
    return strcmp(name, NUMBER_NAME) == 0 || csv_is_name_of(name, table->document, table->n_document) ||
           csv_is_name_of(name, identity, ARRAY_LENGTH(identity)) ||
           csv_is_name_of(name, table->figures, table->n_figures) ||
           csv_is_name_of(name, table->closing, table->n_closing);
}

/* Names come before anything is written, because the columns of all rows must be known for the first. A cell
 * without a parameter has an empty field there. */
static void csv_write_head(const CsvTable *table, json_t *params, json_t *metrics, FILE *file)
{
    const char *name;
    json_t *ignored;

    for (size_t i = 0; i < table->n_document; i++)
        fprintf(file, "%s,", table->document[i].name);
    fputs(NUMBER_NAME, file);
    csv_write_names(identity, ARRAY_LENGTH(identity), file);
    json_object_foreach (params, name, ignored) {
        auto_free char *longer = text_printf("param_%s", name);

        fputc(',', file);
        csv_write_text(csv_is_fixed_name(table, name) ? longer : name, file);
    }
    csv_write_names(table->figures, table->n_figures, file);
    json_object_foreach (metrics, name, ignored) {
        auto_free char *longer = text_printf("metric_%s", name);

        fputc(',', file);
        csv_write_text(longer, file);
    }
    csv_write_names(table->closing, table->n_closing, file);
    fputs("\r\n", file);
}

/* Every row has all of the names, in the order of the head, whatever its own cell has. */
static void csv_write_named(const json_t *object, json_t *names, FILE *file)
{
    const char *name;
    json_t *ignored;

    json_object_foreach (names, name, ignored) {
        fputc(',', file);
        csv_write_json(json_object_get(object, name), file);
    }
}

CsvSource csv_source(Words *words, const ResultRun *run)
{
    const ResultHost *host = &run->host;
    const char *left_out = "";
    bool predicted = run->expected.prediction;
    size_t i;
    json_t *item;

    json_array_foreach (run->left_out, i, item)
        left_out = words_join(words, left_out, "; ", runtimes_left_out_words(words, item));
    return (CsvSource){
        .id = run->id,
        .experiment = run->experiment,
        .label = run->label,
        .created_at = run->created_at,
        .noisy = !host->has_noise ? NULL
                 : host->is_noisy ? "true"
                                  : "false",
        .foreign_cpu = host->is_known ? host->foreign_cpu : NAN,
        .steal = host->is_known ? host->steal : NAN,
        .throttled_ns = host->is_known ? host->throttled_ns : RESULT_UNKNOWN,
        .precision_asked = run->precision.is_known ? run->precision.asked : NAN,
        .precision_reached = run->precision.is_known ? run->precision.reached : NAN,
        .stopped_by = run->precision.stopped_by,
        .left_out = *left_out ? left_out : NULL,
        .held = expected_held(run),
        .question = predicted ? run->expected.question : NULL,
        .prediction = run->expected.prediction,
        .outcome = predicted ? run->expected.outcome : NULL,
    };
}

/* The order of a row's parts is said once more in csv_write_head(): the two must agree. */
void csv_table_write(
    const CsvTable *table, const void *document, const CsvRow *rows, size_t n_rows, FILE *file)
{
    json_auto_t *params = json_object(), *metrics = json_object();

    for (size_t i = 0; i < n_rows; i++) {
        csv_collect_names(rows[i].cell->params, params);
        csv_collect_names(rows[i].cell->metrics, metrics);
    }
    csv_write_head(table, params, metrics, file);
    for (size_t i = 0; i < n_rows; i++) {
        const CsvRow *row = &rows[i];

        for (size_t k = 0; k < table->n_document; k++) {
            csv_write_column(document, &table->document[k], file);
            fputc(',', file);
        }
        fprintf(file, "%zu", i);
        csv_write_columns(row->cell, identity, ARRAY_LENGTH(identity), file);
        csv_write_named(row->cell->params, params, file);
        csv_write_columns(row->figures, table->figures, table->n_figures, file);
        csv_write_named(row->cell->metrics, metrics, file);
        for (size_t k = 0; k < table->n_closing; k++)
            csv_write_columns(
                table->closing[k].of_document ? document : row->figures, &table->closing[k], 1, file);
        fputs("\r\n", file);
    }
}
