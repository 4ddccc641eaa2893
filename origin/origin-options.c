/* One table of options feeds the defaults, the parsing, the error lines and the help, so they cannot
 * disagree. */
#include "origin/origin-options.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/near.h"
#include "base/number.h"

enum Kind { KIND_NUMBER, KIND_SWITCH, KIND_TEXT };

/* What is known of one option. Which of the members count is said by its kind; offset is where its value
 * goes, a field of the type that belongs to the kind. */
typedef struct Row {
    const char *name;
    enum Kind kind;
    int64_t min, max, fallback; /* of a number */
    const char *fallback_text;  /* of a text */
    size_t offset;              /* in OriginOptions */
    const char *help;
} Row;

#define FIELD(name) offsetof(OriginOptions, name)

static const Row rows[] = {
    {"bind", KIND_TEXT, 0, 0, 0, "127.0.0.1", FIELD(address), "numeric address to listen on"},
    {"help", KIND_SWITCH, 0, 0, 0, NULL, FIELD(help), "show this text"},
    {"max-bytes", KIND_NUMBER, 0, 100000000, 10000000, NULL, FIELD(max_bytes), "the most that bytes may say"},
    {"max-delay-ms", KIND_NUMBER, 0, 3600000, 120000, NULL, FIELD(max_delay_ms), "the same for delay_ms"},
    {"ports", KIND_NUMBER, 1, ORIGIN_MAX_PORTS, 8, NULL, FIELD(n_ports), "how many free ports to listen on"},
    {"version", KIND_SWITCH, 0, 0, 0, NULL, FIELD(version), "show the version"},
};
enum { N_ROWS = ARRAY_LENGTH(rows) };

static void option_set_default(const Row *row, void *field)
{
    switch (row->kind) {
    case KIND_NUMBER:
        *(int64_t *)field = row->fallback;
        break;
    case KIND_SWITCH:
        *(bool *)field = false;
        break;
    case KIND_TEXT:
        *(const char **)field = row->fallback_text;
        break;
    }
}

/* value is NULL if there was no equals sign. */
static int option_set_value(const Row *row, const char *value, void *field)
{
    int64_t number;

    if (!value != (row->kind == KIND_SWITCH)) {
        fprintf(stderr, "gilscope-origin: --%s: %s\n", row->name,
            value ? "takes no value" : "needs a value, after an equals sign");
        return -EINVAL;
    }
    switch (row->kind) {
    case KIND_NUMBER:
        if (number_parse(value, strlen(value), &number) < 0 || number < row->min || number > row->max) {
            fprintf(stderr,
                "gilscope-origin: --%s=%s: must be a whole number from %" PRId64 " to %" PRId64 "\n",
                row->name, value, row->min, row->max);
            return -EINVAL;
        }
        *(int64_t *)field = number;
        break;
    case KIND_SWITCH:
        *(bool *)field = true;
        break;
    case KIND_TEXT:
        *(const char **)field = value;
        break;
    }
    return 0;
}

/* By its whole name: an abbreviation in a script would mean another option one day. */
static const Row *option_find(const char *name, size_t length)
{
    for (int i = 0; i < N_ROWS; i++)
        if (strlen(rows[i].name) == length && strncmp(rows[i].name, name, length) == 0)
            return &rows[i];
    return NULL;
}

static void option_refuse(const char *argument, const char *name)
{
    auto_free char *bare = strndup(name, strcspn(name, "="));
    Near near;

    near_begin(&near, bare);
    for (int i = 0; i < N_ROWS; i++)
        near_offer(&near, rows[i].name);
    near_refuse_option("gilscope-origin", argument, &near);
}

int origin_options_parse(OriginOptions *options, char **argv)
{
    for (int i = 0; i < N_ROWS; i++)
        option_set_default(&rows[i], (char *)options + rows[i].offset);
    /* What does not begin with two hyphens gets an empty name, which no row has, and so the same
     * complaint. */
    for (int i = 1; argv[0] && argv[i]; i++) {
        const char *name = strncmp(argv[i], "--", 2) == 0 ? argv[i] + 2 : "";
        const char *equals = strchr(name, '=');
        const Row *row = option_find(name, equals ? (size_t)(equals - name) : strlen(name));

        if (!row) {
            option_refuse(argv[i], name);
            return -EINVAL;
        }
        if (option_set_value(row, equals ? equals + 1 : NULL, (char *)options + row->offset) < 0)
            return -EINVAL;
    }
    return 0;
}

void origin_options_help(void)
{
    printf(
        "Usage: gilscope-origin [OPTIONS]\n\n"
        "A slow HTTP server to fetch from. GET /ANYTHING?delay_ms=200&bytes=1024&status=200 is answered\n"
        "after the delay. Prints its ports as one line of JSON and ends when its standard input does.\n\n");
    for (int i = 0; i < N_ROWS; i++) {
        static const char *const values[] = {[KIND_NUMBER] = "=N", [KIND_SWITCH] = "", [KIND_TEXT] = "=TEXT"};
        const Row *row = &rows[i];
        char usage[40];

        snprintf(usage, sizeof(usage), "--%s%s", row->name, values[row->kind]);
        printf("  %-16s %s", usage, row->help);
        if (row->kind == KIND_NUMBER)
            printf(" (%" PRId64 " to %" PRId64 ", default %" PRId64 ")", row->min, row->max, row->fallback);
        if (row->kind == KIND_TEXT)
            printf(" (default %s)", row->fallback_text);
        printf("\n");
    }
}
