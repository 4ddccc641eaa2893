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

#define INTEGER_MAX INT64_C(1000000000000000000) /* 31 years, or an exabyte */
#define PACK_FROM_VALUES 1000                    /* rows and entries in the event's arrays */

/* A runtime that cannot tell may leave out those that are optional. */
static const struct {
    const char *name;
    bool optional;
} times_of_sample[N_SAMPLE_TIMES] = {
    [SAMPLE_WALL] = {"wall_ns", false},
    [SAMPLE_CPU] = {"cpu_ns", false},
    [SAMPLE_CREATE] = {"create_ns", false},
    [SAMPLE_JOIN] = {"join_ns", false},
    [SAMPLE_WAITS] = {"waits_ns", true},
    [SAMPLE_START] = {"start_ns", true},
    [SAMPLE_CREATE_ALONE] = {"create_alone_ns", true},
};

void sample_finish(Sample *sample)
{
    json_decref(sample->event);
    free(sample->packed);
    *sample = (Sample){0};
}

const char *sample_time_name(SampleTime time)
{
    return times_of_sample[time].name;
}

/* The limit leaves room to add a few of them up without an overflow. It is the same for every whole number of
 * an event. */
int sample_read_integer(const json_t *value, int64_t *ret)
{
    if (!json_is_integer(value) || json_integer_value(value) < 0 || json_integer_value(value) > INTEGER_MAX)
        return -EINVAL;
    *ret = json_integer_value(value);
    return 0;
}

static bool is_integer(const json_t *value)
{
    int64_t ignored;

    return sample_read_integer(value, &ignored) == 0;
}

/* Null means the same as leaving a field out: a runtime may say that it does not know. */
static bool is_absent(const json_t *value)
{
    return !value || json_is_null(value);
}

static bool is_integer_or_absent(const json_t *value)
{
    return is_absent(value) || is_integer(value);
}

/* An object that holds nothing but counters, each of which may be null. */
static bool is_counters(const json_t *object)
{
    const char *key;
    json_t *value;

    json_object_foreach ((json_t *)object, key, value) {
        if (!is_integer_or_absent(value))
            return false;
    }
    return is_absent(object) || json_is_object(object);
}

/* What the task answered, and what else an experiment says of it, is its own business. */
static bool is_task_row(const json_t *row)
{
    json_t *id = NULL, *start = NULL, *end = NULL, *cpu = NULL;

    json_unpack(
        (json_t *)row, "{s?o, s?o, s?o, s?o}", "id", &id, "start_ns", &start, "end_ns", &end, "cpu_ns", &cpu);
    return is_integer(id) && is_integer(start) && is_integer(end) && is_integer_or_absent(cpu);
}

/* An array of nothing but such items. */
static bool is_array_of(const json_t *array, bool (*is_item)(const json_t *item))
{
    size_t i;
    json_t *item;

    json_array_foreach (array, i, item) {
        if (!is_item(item))
            return false;
    }
    return is_absent(array) || json_is_array(array);
}

static bool is_task_rows(const json_t *array)
{
    return is_array_of(array, is_task_row);
}

static bool is_integers(const json_t *array)
{
    return is_array_of(array, is_integer);
}

/* What is in it only the experiment knows; results/cell.c reads what is a number. */
static bool is_metrics(const json_t *object)
{
    return is_absent(object) || json_is_object(object);
}

/* The parts of an event that are passed on, each with its outer shape. A part that is left out is right. */
static bool sample_is_valid(const json_t *event)
{
    static const struct {
        const char *name;
        bool (*is_valid)(const json_t *value);
    } fields[] = {
        {"completion_order", is_integers},
        {"context_switches", is_counters},
        {"lock_stats", is_counters},
        {"memory", is_counters},
        {"metrics", is_metrics},
        {"per_task", is_task_rows},
        {"per_task_omitted", is_integer_or_absent},
    };

    for (size_t i = 0; i < ARRAY_LENGTH(fields); i++) {
        if (!fields[i].is_valid(json_object_get(event, fields[i].name)))
            return false;
    }
    return true;
}

/* No repetition takes no time at all, and a ratio must not divide by zero. */
static int sample_read_times(const json_t *event, int64_t *times)
{
    for (int i = 0; i < N_SAMPLE_TIMES; i++) {
        const json_t *value = json_object_get(event, times_of_sample[i].name);

        if (is_absent(value) && times_of_sample[i].optional)
            times[i] = SAMPLE_NO_TIME;
        else if (sample_read_integer(value, &times[i]) < 0)
            return -EINVAL;
    }
    return times[SAMPLE_WALL] > 0 ? 0 : -EINVAL;
}

/* The kernel's ticks can make a share of a very short sample absurd, but not beyond any measure. */
static int sample_read_share(const json_t *value, double *ret)
{
    if (!json_is_number(value) || !(json_number_value(value) >= -1e6 && json_number_value(value) <= 1e6))
        return -EINVAL;
    *ret = json_number_value(value);
    return 0;
}

/* Without a span of its own it is that of the wall time. A runtime that says nothing of noise leaves a weight
 * of 0, as *ret is not touched. */
static int sample_read_noise(const json_t *object, int64_t wall, SampleNoise *ret)
{
    json_t *foreign = NULL, *steal = NULL, *throttled = NULL, *span = NULL, *cpus = NULL;
    SampleNoise noise = {.span = wall};

    if (is_absent(object))
        return 0;
    json_unpack((json_t *)object, "{s?o, s?o, s?o, s?o, s?o}", "foreign_cpu", &foreign, "steal", &steal,
        "throttled_ns", &throttled, "span_ns", &span, "cpus", &cpus);
    if (sample_read_share(foreign, &noise.foreign) < 0 || sample_read_share(steal, &noise.steal) < 0 ||
        sample_read_integer(throttled, &noise.throttled) < 0 ||
        (!is_absent(span) && sample_read_integer(span, &noise.span) < 0) ||
        (!is_absent(cpus) && sample_read_integer(cpus, &noise.cpus) < 0))
        return -EINVAL;
    *ret = noise;
    return 0;
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

    if (n_values >= PACK_FROM_VALUES)
        sample->packed = json_dumps(kept, JSON_COMPACT);
    if (!sample->packed)
        sample->event = json_incref(kept);
}

/* Everything is read into a sample of its own first, so *ret changes only when all of it is right. Nothing of
 * a failed sample is kept but that it failed; its reason is the caller's business. */
int sample_read(const json_t *event, size_t max_rows, Sample *ret)
{
    json_t *status_json = NULL, *reason = NULL, *noise = NULL;
    const char *status;
    Sample sample = {0};

    json_unpack(
        (json_t *)event, "{s?o, s?o, s?o}", "status", &status_json, "reason", &reason, "noise", &noise);
    status = json_string_value(status_json);
    if (!status || (!is_absent(reason) && !json_is_string(reason)))
        return -EINVAL;
    if (strcmp(status, "failed") == 0) {
        sample.status = SAMPLE_FAILED;
    } else if (strcmp(status, "done") == 0) {
        sample.status = SAMPLE_GOOD;
        if (sample_read_times(event, sample.times) < 0 ||
            sample_read_noise(noise, sample.times[SAMPLE_WALL], &sample.noise) < 0 || !sample_is_valid(event))
            return -EINVAL;
        sample_keep(event, max_rows, &sample);
    } else {
        return -EINVAL;
    }
    *ret = sample;
    return 0;
}

/* The text was made from checked JSON, so it reads back. */
json_t *sample_event(const Sample *sample)
{
    return sample->packed ? json_loads(sample->packed, 0, NULL) : json_incref(sample->event);
}
