/* A runtime may be any program, so nothing in its events is taken on trust. What is passed on unread (the
 * answer of a task, the metrics of an experiment) is only checked for its outer shape.
 *
 * Which repetition is the median is known when all have come. Until then each is kept, and ten thousand rows
 * as a tree of JSON values take ten times the room of their text: large events are kept as text. */
#include "results/sample.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define INTEGER_MAX INT64_C(1000000000000000000) /* 31 years, or an exabyte */
#define PACK_FROM_VALUES 1000                    /* rows and entries in the event's arrays */

static const char *const time_names[N_SAMPLE_TIMES] = {
    [SAMPLE_WALL] = "wall_ns",
    [SAMPLE_CPU] = "cpu_ns",
    [SAMPLE_CREATE] = "create_ns",
    [SAMPLE_JOIN] = "join_ns",
};

/* Objects that hold nothing but counters, each of which may be null. */
static const char *const counter_fields[] = {"context_switches", "memory", "lock_stats"};

void sample_finish(Sample *sample)
{
    json_decref(sample->event);
    free(sample->packed);
    *sample = (Sample){0};
}

const char *sample_time_name(SampleTime time)
{
    return time_names[time];
}

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

static bool is_absent(const json_t *value)
{
    return !value || json_is_null(value);
}

static bool are_counters(json_t *object)
{
    const char *key;
    json_t *value;

    if (is_absent(object))
        return true;
    if (!json_is_object(object))
        return false;
    json_object_foreach (object, key, value) {
        if (!json_is_null(value) && !is_integer(value))
            return false;
    }
    return true;
}

static bool are_task_rows(const json_t *array)
{
    size_t i;
    json_t *row;

    if (is_absent(array))
        return true;
    if (!json_is_array(array))
        return false;
    json_array_foreach (array, i, row) {
        const json_t *cpu = json_object_get(row, "cpu_ns");

        if (!is_integer(json_object_get(row, "id")) || !is_integer(json_object_get(row, "start_ns")) ||
            !is_integer(json_object_get(row, "end_ns")) || (!is_absent(cpu) && !is_integer(cpu)))
            return false;
    }
    return true;
}

static bool are_integers(const json_t *array)
{
    size_t i;
    json_t *value;

    if (is_absent(array))
        return true;
    if (!json_is_array(array))
        return false;
    json_array_foreach (array, i, value) {
        if (!is_integer(value))
            return false;
    }
    return true;
}

static bool details_are_valid(const json_t *event)
{
    const json_t *omitted = json_object_get(event, "per_task_omitted");
    const json_t *metrics = json_object_get(event, "metrics");

    for (size_t i = 0; i < sizeof(counter_fields) / sizeof(counter_fields[0]); i++) {
        if (!are_counters(json_object_get(event, counter_fields[i])))
            return false;
    }
    return are_task_rows(json_object_get(event, "per_task")) && (is_absent(omitted) || is_integer(omitted)) &&
           are_integers(json_object_get(event, "completion_order")) &&
           (is_absent(metrics) || json_is_object(metrics));
}

/* No repetition takes no time at all, and a ratio must not divide by zero. */
static int read_times(const json_t *event, int64_t *times)
{
    for (int i = 0; i < N_SAMPLE_TIMES; i++) {
        if (sample_read_integer(json_object_get(event, time_names[i]), &times[i]) < 0)
            return -EINVAL;
    }
    return times[SAMPLE_WALL] > 0 ? 0 : -EINVAL;
}

/* The kernel's ticks can make a share of a very short sample absurd, but not beyond any measure. */
static int read_share(const json_t *value, double *ret)
{
    if (!json_is_number(value) || !(json_number_value(value) >= -1e6 && json_number_value(value) <= 1e6))
        return -EINVAL;
    *ret = json_number_value(value);
    return 0;
}

/* Without a span of its own it is that of the wall time. */
static int read_noise(const json_t *event, int64_t wall, SampleNoise *ret)
{
    const json_t *object = json_object_get(event, "noise");
    const json_t *span = json_object_get(object, "span_ns"), *cpus = json_object_get(object, "cpus");
    SampleNoise noise = {.span = wall};

    if (is_absent(object))
        return 0;
    if (!json_is_object(object) || read_share(json_object_get(object, "foreign_cpu"), &noise.foreign) < 0 ||
        read_share(json_object_get(object, "steal"), &noise.steal) < 0 ||
        sample_read_integer(json_object_get(object, "throttled_ns"), &noise.throttled) < 0 ||
        (!is_absent(span) && sample_read_integer(span, &noise.span) < 0) ||
        (!is_absent(cpus) && sample_read_integer(cpus, &noise.cpus) < 0))
        return -EINVAL;
    *ret = noise;
    return 0;
}

static json_t *first_items(const json_t *array, size_t n)
{
    json_t *items = json_array();

    for (size_t i = 0; i < n && i < json_array_size(array); i++)
        json_array_append(items, json_array_get(array, i));
    return items;
}

/* Returns the event with at most max_rows of its tasks, a new reference. */
static json_t *cut_rows(const json_t *event, size_t max_rows)
{
    const json_t *rows = json_object_get(event, "per_task");
    const json_t *order = json_object_get(event, "completion_order");
    json_int_t omitted = json_integer_value(json_object_get(event, "per_task_omitted"));
    json_t *copy;

    if (json_array_size(rows) <= max_rows && json_array_size(order) <= max_rows)
        return json_incref((json_t *)event);
    copy = json_copy((json_t *)event);
    if (json_array_size(order) > max_rows)
        json_object_set_new(copy, "completion_order", first_items(order, max_rows));
    if (json_array_size(rows) > max_rows) {
        omitted += (json_int_t)(json_array_size(rows) - max_rows);
        json_object_set_new(copy, "per_task", first_items(rows, max_rows));
        json_object_set_new(copy, "per_task_omitted", json_integer(omitted));
    }
    return copy;
}

static void keep_event(const json_t *event, size_t max_rows, Sample *sample)
{
    json_auto_t *kept = cut_rows(event, max_rows);
    size_t n_values = json_array_size(json_object_get(kept, "per_task")) +
                      json_array_size(json_object_get(kept, "completion_order"));

    if (n_values >= PACK_FROM_VALUES)
        sample->packed = json_dumps(kept, JSON_COMPACT);
    if (!sample->packed)
        sample->event = json_incref(kept);
}

int sample_read(const json_t *event, size_t max_rows, Sample *ret)
{
    const char *status = json_string_value(json_object_get(event, "status"));
    const json_t *reason = json_object_get(event, "reason");
    Sample sample = {0};

    if (!status || (!is_absent(reason) && !json_is_string(reason)))
        return -EINVAL;
    if (strcmp(status, "failed") == 0) {
        sample.status = SAMPLE_FAILED;
    } else if (strcmp(status, "done") == 0) {
        sample.status = SAMPLE_GOOD;
        if (read_times(event, sample.times) < 0 ||
            read_noise(event, sample.times[SAMPLE_WALL], &sample.noise) < 0 || !details_are_valid(event))
            return -EINVAL;
        keep_event(event, max_rows, &sample);
    } else {
        return -EINVAL;
    }
    *ret = sample;
    return 0;
}

json_t *sample_event(const Sample *sample)
{
    return sample->packed ? json_loads(sample->packed, 0, NULL) : json_incref(sample->event);
}
