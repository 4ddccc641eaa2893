/* A label's value is the only place where text of others comes in (a version, a compiler); a newline or a
 * quote in it would make a line of its own, so it is escaped. Counts are written as whole numbers: as a
 * double, one beyond 2^53 would stand still. */
#include "handlers/exposition.h"

#include <inttypes.h>

void exposition_family(FILE *file, const char *name, const char *type, const char *help)
{
    fprintf(file, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* The three characters that the format escapes in the value of a label; all others stand as they are. */
static void write_escaped(FILE *file, const char *value)
{
    for (; *value; value++) {
        if (*value == '\n')
            fputs("\\n", file);
        else if (*value == '"' || *value == '\\')
            fprintf(file, "\\%c", *value);
        else
            fputc(*value, file);
    }
}

static void write_metric_name(FILE *file, const char *name, const char *const *labels)
{
    fputs(name, file);
    for (size_t i = 0; labels && labels[i]; i += 2) {
        fprintf(file, "%c%s=\"", i == 0 ? '{' : ',', labels[i]);
        write_escaped(file, labels[i + 1]);
        fputc('"', file);
    }
    if (labels && labels[0])
        fputc('}', file);
    fputc(' ', file);
}

void exposition_sample(FILE *file, const char *name, const char *const *labels, double value)
{
    write_metric_name(file, name, labels);
    fprintf(file, "%.15g\n", value);
}

void exposition_count(FILE *file, const char *name, const char *const *labels, uint64_t value)
{
    write_metric_name(file, name, labels);
    fprintf(file, "%" PRIu64 "\n", value);
}
