/* Metrics would make the first table too wide, and a line for each would tear its rows apart. So they get a
 * table of their own, of those that differ between cells; what is the same everywhere is said in a line. */
#include "results/metrics.h"

#include "base/cleanup.h"
#include "results/human.h"
#include "results/layout.h"
#include "results/view.h"

static const json_t *metric_value(const json_t *cell, const char *name)
{
    const json_t *value = json_object_get(json_object_get(cell, "metrics"), name);

    return json_is_number(value) ? value : NULL;
}

/* Cells without any metrics, because nothing of them went well, do not make a difference. */
static bool metric_varies(const json_t *cells, const char *name)
{
    const json_t *first = NULL;
    size_t i;
    json_t *cell;

    json_array_foreach (cells, i, cell) {
        const json_t *value = metric_value(cell, name);

        if (!json_is_object(json_object_get(cell, "metrics")))
            continue;
        if (!value || (first && !json_equal(value, first)))
            return true;
        first = value;
    }
    return json_array_size(cells) == 1;
}

/* Returns the names of all metrics that are a number in some cell: an array, a new reference. */
static json_t *metric_names(const json_t *cells)
{
    json_auto_t *seen = json_object();
    json_t *names = json_array(), *cell, *value;
    const char *name;
    size_t i;

    json_array_foreach (cells, i, cell) {
        json_object_foreach (json_object_get(cell, "metrics"), name, value) {
            if (json_is_number(value) && !json_object_get(seen, name)) {
                json_object_set_new(seen, name, json_true());
                json_array_append_new(names, json_string(name));
            }
        }
    }
    return names;
}

/* Returns the text of the first value there is, as a new JSON string. */
static json_t *metric_anywhere(const json_t *cells, const char *name)
{
    auto_free char *text = NULL;
    size_t i;
    json_t *cell;

    json_array_foreach (cells, i, cell) {
        const json_t *value = metric_value(cell, name);

        if (value && !text)
            text = human_field(name, value);
    }
    return json_string(text);
}

static void add_metric(Layout *layout, const json_t *cells, const char *name, int rank)
{
    size_t column = layout_add(layout, name, true, rank), row;
    json_t *cell;

    json_array_foreach (cells, row, cell) {
        const json_t *value = metric_value(cell, name);

        if (value)
            layout_set(layout, column, row, human_field(name, value));
    }
}

static void write_table(const json_t *cells, const json_t *varying, const json_t *names, const Prose *prose)
{
    Layout *layout = layout_new(json_array_size(cells), prose->markdown);
    size_t i, n_dropped;
    json_t *name;

    view_add_columns(layout, cells, varying);
    json_array_foreach (names, i, name)
        add_metric(layout, cells, json_string_value(name), LAYOUT_KEEP + 1 + (int)i);
    n_dropped = layout_fit(layout, prose->width);
    fputs("\n", prose->file);
    layout_write(layout, prose->file);
    if (n_dropped > 0)
        fprintf(prose->file, "(%zu more in JSON and CSV)\n", n_dropped);
    layout_free(layout);
}

void metrics_write(const json_t *cells, const json_t *varying, const Prose *prose)
{
    json_auto_t *names = metric_names(cells), *different = json_array(), *same = json_object();
    size_t i;
    json_t *item;

    json_array_foreach (names, i, item) {
        const char *name = json_string_value(item);

        if (metric_varies(cells, name)) {
            json_array_append(different, item);
        } else {
            json_object_set_new(same, name, metric_anywhere(cells, name));
        }
    }
    if (json_array_size(different) > 0)
        write_table(cells, varying, different, prose);
    if (json_object_size(same) > 0)
        prose_settings(prose, "all cells:", same);
}
