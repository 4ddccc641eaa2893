/* A grid of cells repeats itself: what is the same everywhere belongs into the heading, said once. */
#include "results/view.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "results/human.h"
#include "results/plain.h"

#define VALUE_WIDTH 32 /* of a text in a column, a URL for example */

static const char *const identity[] = {"runtime", "mode", "lock", "tasks", "cpus"};

const json_t *view_value(const json_t *cell, const char *name)
{
    for (size_t i = 0; i < sizeof(identity) / sizeof(identity[0]); i++) {
        if (strcmp(name, identity[i]) == 0)
            return json_object_get(cell, name);
    }
    return json_object_get(json_object_get(cell, "params"), name);
}

static bool varies(const json_t *cells, const char *name)
{
    const json_t *first = view_value(json_array_get(cells, 0), name);
    size_t i;
    json_t *cell;

    if (strcmp(name, "mode") == 0)
        return true;
    json_array_foreach (cells, i, cell) {
        const json_t *value = view_value(cell, name);

        if (value != first && !json_equal(value, first))
            return true;
    }
    return false;
}

json_t *view_names(const json_t *cells, bool varying)
{
    json_auto_t *seen = json_object();
    json_t *names = json_array(), *cell, *ignored;
    const char *name;
    size_t i;

    for (i = 0; i < sizeof(identity) / sizeof(identity[0]); i++)
        json_object_set_new(seen, identity[i], json_true());
    json_array_foreach (cells, i, cell) {
        json_object_foreach (json_object_get(cell, "params"), name, ignored)
            json_object_set_new(seen, name, json_true());
    }
    json_object_foreach (seen, name, ignored) {
        if (varies(cells, name) == varying)
            json_array_append_new(names, json_string(name));
    }
    return names;
}

char *view_label(const json_t *cell, const json_t *varying)
{
    char *label = NULL;
    size_t length = 0, i;
    FILE *file = open_memstream(&label, &length);
    auto_free char *mode = human_value(view_value(cell, "mode"));
    json_t *item;

    assert(file);
    fputs(mode, file);
    json_array_foreach (varying, i, item) {
        const char *name = json_string_value(item);
        auto_free char *value = plain_cut(human_value(view_value(cell, name)), VALUE_WIDTH);

        if (strcmp(name, "mode") != 0)
            fprintf(file, " %s=%s", name, value);
    }
    fclose(file);
    return label;
}

void view_add_columns(Layout *layout, const json_t *cells, const json_t *varying)
{
    size_t i, row;
    json_t *item, *cell;

    json_array_foreach (varying, i, item) {
        const char *name = json_string_value(item);
        bool is_number = json_is_number(view_value(json_array_get(cells, 0), name));
        size_t column = layout_add(layout, name, is_number, LAYOUT_KEEP);

        json_array_foreach (cells, row, cell)
            layout_set(layout, column, row, plain_cut(human_value(view_value(cell, name)), VALUE_WIDTH));
    }
}
