#include "tests/api/exposition-check.h"

#include <check.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"

enum { MAX_ROWS = 1024 };

typedef struct Sample {
    char *name; /* with its labels */
    double value;
} Sample;

typedef struct Family {
    char *name, *type;
    double bound, bucket, last; /* of the histogram that is being read */
    bool has_sum, has_count;
} Family;

struct Exposition {
    Family families[MAX_ROWS];
    Sample samples[MAX_ROWS];
    size_t n_families, n_samples;
};

static size_t name_length(const char *text)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_:";
    static const char further[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_:0123456789";

    return strchr(letters, *text) && *text ? strspn(text, further) : 0;
}

/* Returns what stands behind {name="value",...}. A backslash comes before a quote, a backslash or an n only.
 */
static const char *skip_labels(const char *at, const char *line)
{
    if (*at != '{')
        return at;
    do {
        size_t length = name_length(++at);

        ck_assert_msg(length > 0 && !memchr(at, ':', length), "label's name: %s", line);
        at += length;
        ck_assert_msg(at[0] == '=' && at[1] == '"', "label: %s", line);
        for (at += 2; *at != '"'; at++) {
            ck_assert_msg(*at, "label has no end: %s", line);
            ck_assert_msg(*at != '\\' || strchr("\"\\n", at[1]), "label's escape: %s", line);
            at += *at == '\\';
        }
        at++;
    } while (*at == ',');
    ck_assert_msg(*at == '}', "labels have no end: %s", line);
    return at + 1;
}

static double read_value(const char *text, const char *line)
{
    char *end;
    double value = strtod(text, &end);

    ck_assert_msg(*text && *text != ' ' && *end == '\0', "value: %s", line);
    return value;
}

static void end_family(const Family *family)
{
    if (strcmp(family->type, "histogram") != 0)
        return;
    ck_assert_msg(isinf(family->bound), "%s has no +Inf", family->name);
    ck_assert_msg(family->has_sum && family->has_count, "%s has no sum or no count", family->name);
}

/* "# HELP name text", and then "# TYPE name type" of the same. */
static void read_head(Exposition *exposition, const char *line)
{
    bool is_help = strncmp(line, "# HELP ", 7) == 0;
    const char *name = line + 7;
    size_t length = name_length(name);
    Family *family = &exposition->families[exposition->n_families - !is_help];

    ck_assert_msg(is_help || strncmp(line, "# TYPE ", 7) == 0, "%s", line);
    ck_assert_msg(length > 0 && name[length] == ' ' && name[length + 1], "%s", line);
    if (is_help) {
        if (exposition->n_families > 0)
            end_family(family - 1);
        for (size_t i = 0; i < exposition->n_families; i++)
            ck_assert_msg(strlen(exposition->families[i].name) != length ||
                              strncmp(exposition->families[i].name, name, length) != 0,
                "a second time: %s", line);
        ck_assert_uint_lt(exposition->n_families++, MAX_ROWS);
        *family = (Family){.name = strndup(name, length), .bound = -INFINITY};
        return;
    }
    ck_assert_msg(exposition->n_families > 0 && !family->type, "a TYPE without HELP: %s", line);
    ck_assert_msg(
        strlen(family->name) == length && strncmp(family->name, name, length) == 0, "not its HELP: %s", line);
    family->type = strdup(name + length + 1);
    ck_assert_msg(strcmp(family->type, "counter") == 0 || strcmp(family->type, "gauge") == 0 ||
                      strcmp(family->type, "histogram") == 0,
        "%s", line);
    if (strcmp(family->type, "counter") == 0)
        ck_assert_msg(length > 6 && strncmp(name + length - 6, "_total", 6) == 0, "%s", line);
}

/* One of name_bucket{le="..."}, name_sum and name_count; other labels are not looked for. */
static void check_histogram(Family *family, const char *name, double value)
{
    const char *rest = name + strlen(family->name);

    if (strncmp(rest, "_bucket{le=\"", 12) == 0) {
        double bound = strtod(rest + 12, NULL);

        ck_assert_msg(bound > family->bound && value >= family->last, "%s", name);
        family->bound = bound;
        family->last = value;
    } else if (strcmp(rest, "_sum") == 0) {
        family->has_sum = true;
    } else {
        ck_assert_msg(strcmp(rest, "_count") == 0, "%s", name);
        ck_assert_msg(value >= family->last && value <= family->last, "%s is not the +Inf bucket", name);
        family->has_count = true;
    }
}

static void read_sample(Exposition *exposition, const char *line)
{
    size_t length = name_length(line);
    const char *rest = skip_labels(line + length, line);
    Family *family = &exposition->families[exposition->n_families - 1];
    Sample *sample = &exposition->samples[exposition->n_samples++];

    ck_assert_uint_lt(exposition->n_samples, MAX_ROWS);
    ck_assert_msg(length > 0 && *rest == ' ', "%s", line);
    ck_assert_msg(exposition->n_families > 0 && family->type, "no head: %s", line);
    *sample = (Sample){strndup(line, (size_t)(rest - line)), read_value(rest + 1, line)};
    for (size_t i = 0; i + 1 < exposition->n_samples; i++)
        ck_assert_msg(strcmp(exposition->samples[i].name, sample->name) != 0, "a second time: %s", line);
    ck_assert_msg(strcmp(family->type, "gauge") == 0 || sample->value >= 0, "%s", line);
    ck_assert_msg(strncmp(line, family->name, strlen(family->name)) == 0, "in %s: %s", family->name, line);
    if (strcmp(family->type, "histogram") == 0)
        check_histogram(family, sample->name, sample->value);
    else
        ck_assert_msg(length == strlen(family->name), "in %s: %s", family->name, line);
}

Exposition *exposition_new(const char *text)
{
    Exposition *exposition = calloc(1, sizeof(*exposition));

    ck_assert_ptr_nonnull(exposition);
    ck_assert_msg(*text && text[strlen(text) - 1] == '\n', "the last line does not end");
    while (*text) {
        size_t length = strcspn(text, "\n");
        auto_free char *line = strndup(text, length);

        ck_assert_msg(length > 0, "an empty line");
        if (*line == '#')
            read_head(exposition, line);
        else
            read_sample(exposition, line);
        text += length + 1;
    }
    end_family(&exposition->families[exposition->n_families - 1]);
    return exposition;
}

void exposition_free(Exposition *exposition)
{
    for (size_t i = 0; i < exposition->n_families; i++) {
        free(exposition->families[i].name);
        free(exposition->families[i].type);
    }
    for (size_t i = 0; i < exposition->n_samples; i++)
        free(exposition->samples[i].name);
    free(exposition);
}

double exposition_value(const Exposition *exposition, const char *sample)
{
    for (size_t i = 0; i < exposition->n_samples; i++)
        if (strcmp(exposition->samples[i].name, sample) == 0)
            return exposition->samples[i].value;
    ck_abort_msg("there is no %s", sample);
}

const char *exposition_type(const Exposition *exposition, const char *family)
{
    for (size_t i = 0; i < exposition->n_families; i++)
        if (strcmp(exposition->families[i].name, family) == 0)
            return exposition->families[i].type;
    ck_abort_msg("there is no family %s", family);
}
