/* A runtime may be any program, so nothing in its events is taken on trust. What is passed on unread (the
 * answer of a task, the metrics of an experiment) is only checked for its outer shape.
 *
 * Which repetition is the median is known when all have come. Until then each is kept, and ten thousand rows
 * as a tree of JSON values take ten times the room of their text: large events are kept as text. */
#include "results/sample.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "results/value.h"

#define PACK_FROM_VALUES 1000 /* rows and entries in the event's arrays */

/* A runtime that cannot tell may leave out those that are optional. No repetition takes no time at all, and a
 * ratio must not divide by zero. */
static const struct {
    const char *name;
    bool optional;
    int64_t min;
} times_of_sample[N_SAMPLE_TIMES] = {
    [SAMPLE_WALL] = {"wall_ns", false, 1},
    [SAMPLE_CPU] = {"cpu_ns", false, 0},
    [SAMPLE_CREATE] = {"create_ns", false, 0},
    [SAMPLE_JOIN] = {"join_ns", false, 0},
    [SAMPLE_WAITS] = {"waits_ns", true, 0},
    [SAMPLE_START] = {"start_ns", true, 0},
    [SAMPLE_CREATE_ALONE] = {"create_alone_ns", true, 0},
};

void sample_finish(Sample *sample)
{
    json_decref(sample->event);
    json_decref(sample->packed);
    *sample = (Sample){0};
}

Sample sample_copy(const Sample *sample)
{
    Sample copy = *sample;

    json_incref(copy.event);
    json_incref(copy.packed);
    return copy;
}

const char *sample_time_name(SampleTime time)
{
    return times_of_sample[time].name;
}

/* An object that holds nothing but counters, each of which may be null. */
static bool check_counters(Reader *reader, const Place *place, const json_t *object)
{
    const char *name;
    json_t *value;
    int64_t ignored;

    json_object_foreach ((json_t *)object, name, value) {
        if (!value_read_optional(reader, &(Place){.in = place, .member = name}, value, &ignored))
            return false;
    }
    return json_is_object(object) || value_refuse(reader, place, object, "an object of counters");
}

/* A member of a row of per_task. */
static bool check_row_time(
    Reader *reader, const Place *place, const json_t *row, const char *name, bool is_optional)
{
    const Place at = {.in = place, .member = name};
    const json_t *value = json_object_get(row, name);
    int64_t ignored;

    return is_optional ? value_read_optional(reader, &at, value, &ignored)
                       : value_read_whole(reader, &at, value, 0, &ignored);
}

/* What the task answered, and what else an experiment says of it, is its own business. */
static bool check_row(Reader *reader, const Place *place, const json_t *row)
{
    if (!json_is_object(row))
        return value_refuse(reader, place, row, "an object");
    return check_row_time(reader, place, row, "id", false) &&
           check_row_time(reader, place, row, "start_ns", false) &&
           check_row_time(reader, place, row, "end_ns", false) &&
           check_row_time(reader, place, row, "cpu_ns", true);
}

static bool check_id(Reader *reader, const Place *place, const json_t *value)
{
    int64_t ignored;

    return value_read_whole(reader, place, value, 0, &ignored);
}

/* An array of nothing but such items. */
static bool check_items(Reader *reader, const Place *place, const json_t *array,
    bool (*check_item)(Reader *reader, const Place *place, const json_t *item))
{
    size_t i;
    json_t *item;

    json_array_foreach (array, i, item) {
        if (!check_item(reader, &(Place){.in = place, .index = i}, item))
            return false;
    }
    return json_is_array(array) || value_refuse(reader, place, array, "a list");
}

static bool check_rows(Reader *reader, const Place *place, const json_t *array)
{
    return check_items(reader, place, array, check_row);
}

static bool check_ids(Reader *reader, const Place *place, const json_t *array)
{
    return check_items(reader, place, array, check_id);
}

/* What is in it only the experiment knows; results/cell.c reads what is a number. */
static bool check_metrics(Reader *reader, const Place *place, const json_t *object)
{
    return json_is_object(object) || value_refuse(reader, place, object, "an object");
}

/* The parts of an event that are passed on, each with its outer shape. A part that is left out is right. */
static bool check_parts(Reader *reader, const json_t *event)
{
    static const struct {
        const char *name;
        bool (*check)(Reader *reader, const Place *place, const json_t *value);
    } parts[] = {
        {"completion_order", check_ids},
        {"context_switches", check_counters},
        {"lock_stats", check_counters},
        {"memory", check_counters},
        {"metrics", check_metrics},
        {"per_task", check_rows},
        {"per_task_omitted", check_id},
    };

    for (size_t i = 0; i < ARRAY_LENGTH(parts); i++) {
        const json_t *value = json_object_get(event, parts[i].name);
        const Place *place = VALUE_AT(parts[i].name);

        if (!value_is_absent(value) && !parts[i].check(reader, place, value))
            return false;
    }
    return true;
}

/* The figure that the experiment is about stands over columns and in sentences. Null: it could not be
 * measured, and then the metrics say why. */
static bool check_headline(Reader *reader, const CatalogExperiment *experiment, const json_t *event)
{
    static const char metrics[] = "metrics.";
    const char *figure = experiment->headline.figure;
    const char *name =
        figure && strncmp(figure, metrics, strlen(metrics)) == 0 ? figure + strlen(metrics) : NULL;
    const json_t *value = name ? json_object_get(json_object_get(event, "metrics"), name) : NULL;
    const Place *place = VALUE_AT(figure);

    return value_is_absent(value) || json_is_number(value) ||
           value_refuse(reader, place, value, "a number, being what the experiment is about");
}

static bool read_times(Reader *reader, const json_t *event, int64_t *times)
{
    for (int i = 0; i < N_SAMPLE_TIMES; i++) {
        const json_t *value = json_object_get(event, times_of_sample[i].name);
        const Place *place = VALUE_AT(times_of_sample[i].name);

        times[i] = SAMPLE_NO_TIME;
        if (value_is_absent(value) && times_of_sample[i].optional)
            continue;
        if (!value_read_whole(reader, place, value, times_of_sample[i].min, &times[i]))
            return false;
    }
    return true;
}

/* The kernel's ticks can make a share of a very short sample absurd, but not beyond any measure. */
static bool read_share(Reader *reader, const Place *in, const json_t *object, const char *name, double *ret)
{
    const json_t *value = json_object_get(object, name);
    const Place place = {.in = in, .member = name};

    if (!json_is_number(value) || !(json_number_value(value) >= -1e6 && json_number_value(value) <= 1e6))
        return value_refuse(reader, &place, value, "a number from -1000000 to 1000000");
    *ret = json_number_value(value);
    return true;
}

/* Without a span of its own it is that of the wall time. A runtime that says nothing of noise leaves a weight
 * of 0, as *ret is not touched. */
static bool read_noise(Reader *reader, const json_t *event, int64_t wall, SampleNoise *ret)
{
    const json_t *object = json_object_get(event, "noise");
    const Place *place = VALUE_AT("noise");
    SampleNoise noise = {.span = wall};

    if (value_is_absent(object))
        return true;
    if (!json_is_object(object))
        return value_refuse(reader, place, object, "an object");
    if (!read_share(reader, place, object, "foreign_cpu", &noise.foreign) ||
        !read_share(reader, place, object, "steal", &noise.steal) ||
        !value_read_whole(reader, &(Place){.in = place, .member = "throttled_ns"},
            json_object_get(object, "throttled_ns"), 0, &noise.throttled) ||
        !value_read_optional(reader, &(Place){.in = place, .member = "span_ns"},
            json_object_get(object, "span_ns"), &noise.span) ||
        !value_read_optional(
            reader, &(Place){.in = place, .member = "cpus"}, json_object_get(object, "cpus"), &noise.cpus))
        return false;
    *ret = noise;
    return true;
}

/* The first n items in a new array; the items are shared. */
static json_t *sample_first_items(const json_t *array, size_t n)
{
    json_t *items = json_array();

    for (size_t i = 0; i < n && i < json_array_size(array); i++)
        json_array_append(items, json_array_get(array, i));
    return items;
}

/* Ten thousand tasks have ten thousand rows in each of seven repetitions, and an answer shows 256 of one:
 * what will not be shown is let go at once. Returns the event with at most max_rows of its tasks, a new
 * reference, and sets *ret_n to the rows and entries that it has left. The event itself belongs to the
 * caller, so the copy gets arrays of its own where they are cut; everything else is shared with it. */
static json_t *sample_cut_rows(const json_t *event, size_t max_rows, size_t *ret_n)
{
    json_t *rows = NULL, *order = NULL, *omitted = NULL, *copy = json_copy((json_t *)event);
    size_t n_rows, n_entries;

    json_unpack(
        copy, "{s?o, s?o, s?o}", "per_task", &rows, "completion_order", &order, "per_task_omitted", &omitted);
    n_rows = json_array_size(rows);
    n_entries = json_array_size(order);
    if (n_rows > max_rows) {
        json_int_t n_omitted = json_integer_value(omitted) + (json_int_t)(n_rows - max_rows);

        json_object_set_new(copy, "per_task_omitted", json_integer(n_omitted));
        json_object_set_new(copy, "per_task", sample_first_items(rows, max_rows));
        n_rows = max_rows;
    }
    if (n_entries > max_rows) {
        json_object_set_new(copy, "completion_order", sample_first_items(order, max_rows));
        n_entries = max_rows;
    }
    *ret_n = n_rows + n_entries;
    return copy;
}

/* If the text cannot be made, the tree is kept: more memory is better than a lost repetition. */
static void sample_keep(const json_t *event, size_t max_rows, Sample *sample)
{
    size_t n_values;
    json_auto_t *kept = sample_cut_rows(event, max_rows, &n_values);
    auto_free char *text = n_values >= PACK_FROM_VALUES ? json_dumps(kept, JSON_COMPACT) : NULL;

    sample->packed = json_string_nocheck(text);
    if (!sample->packed)
        sample->event = json_incref(kept);
}

static bool read_status(Reader *reader, const json_t *event, SampleStatus *ret)
{
    const json_t *value = json_object_get(event, "status"), *reason = json_object_get(event, "reason");
    const char *status = json_string_value(value) ? json_string_value(value) : "", *ignored;

    if (strcmp(status, "failed") == 0)
        *ret = SAMPLE_FAILED;
    else if (strcmp(status, "done") == 0)
        *ret = SAMPLE_GOOD;
    else
        return value_refuse(reader, VALUE_AT("status"), value, "\"done\" or \"failed\"");
    return value_is_absent(reason) || value_read_text(reader, VALUE_AT("reason"), reason, &ignored);
}

/* Everything is read into a sample of its own first, so *ret changes only when all of it is right. Nothing of
 * a failed sample is kept but that it failed; its reason is the caller's business. */
bool sample_read(
    Reader *reader, const json_t *event, const CatalogExperiment *experiment, size_t max_rows, Sample *ret)
{
    Sample sample = {0};

    if (!read_status(reader, event, &sample.status))
        return false;
    if (sample.status == SAMPLE_GOOD) {
        if (!read_times(reader, event, sample.times) ||
            !read_noise(reader, event, sample.times[SAMPLE_WALL], &sample.noise) ||
            !check_parts(reader, event) || !check_headline(reader, experiment, event))
            return false;
        sample_keep(event, max_rows, &sample);
    }
    *ret = sample;
    return true;
}

/* The text was made from checked JSON, so it reads back. */
json_t *sample_event(const Sample *sample)
{
    return sample->packed
               ? json_loadb(json_string_value(sample->packed), json_string_length(sample->packed), 0, NULL)
               : json_incref(sample->event);
}
