/* How much a machine disturbed a run, from made-up events, and how a person is told. */
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "results/format.h"
#include "tests/unit/run.h"
#include "tests/unit/test-results-events.h"

#define SECOND 1000000000

/* A sample of a good repetition that lasted span_ns. */
static json_t *noisy_sample(
    int cell, int repetition, json_int_t span_ns, double foreign, double steal, json_int_t throttled_ns)
{
    json_t *sample = make_sample(cell, repetition, 200000000, 200000000);

    json_object_set_new(sample, "noise",
        json_pack("{s:I, s:f, s:f, s:I}", "span_ns", span_ns, "foreign_cpu", foreign, "steal", steal,
            "throttled_ns", throttled_ns));
    return sample;
}

/* All 21 repetitions with the same noise. */
static json_t *even_run(json_int_t span_ns, double foreign, double steal, json_int_t throttled_ns)
{
    Results *results = make_results();

    for (int cell = 0; cell < 3; cell++)
        for (int i = 0; i < 7; i++)
            ck_assert_int_eq(add(results, noisy_sample(cell, i, span_ns, foreign, steal, throttled_ns)), 0);
    return make_run(results, "done", NULL);
}

static bool is_noisy(const json_t *run)
{
    ck_assert(json_is_boolean(find(run, "host.noisy")));
    ck_assert_int_eq(
        json_array_size(find(run, "host.noise_reasons")) > 0, json_is_true(find(run, "host.noisy")));
    return json_is_true(find(run, "host.noisy"));
}

static double real(const json_t *run, const char *path)
{
    ck_assert_msg(json_is_number(find(run, path)), "%s is no number", path);
    return json_number_value(find(run, path));
}

START_TEST(a_quiet_machine_is_not_noisy)
{
    json_auto_t *run = even_run(SECOND / 5, 0.01234567, 0.0789, 0);

    ck_assert(!is_noisy(run));
    ck_assert_double_eq(real(run, "host.foreign_cpu"), 0.0123);
    ck_assert_double_eq(real(run, "host.steal"), 0.0789);
    ck_assert_int_eq(find_integer(run, "host.throttled_ns"), 0);
}
END_TEST

START_TEST(another_program_on_a_cpu_is_noise)
{
    json_auto_t *run = even_run(SECOND / 5, 0.5, 0, 0);

    ck_assert(is_noisy(run));
    ck_assert_str_eq(find_text(run, "host.noise_reasons.0"),
        "other programs took 50.0 % of the CPU time (more than 8 % is noisy)");
}
END_TEST

START_TEST(steal_and_throttling_are_noise_too)
{
    json_auto_t *stolen = even_run(SECOND / 5, 0, 0.123, 0), *held = even_run(SECOND / 5, 0, 0, 2000000);
    json_auto_t *all = even_run(SECOND / 5, 0.3, 0.2, 1);

    ck_assert(is_noisy(stolen));
    ck_assert_str_eq(find_text(stolen, "host.noise_reasons.0"),
        "the host of this virtual machine gave 12.3 % of the CPU time to others (more than 8 % is noisy)");
    ck_assert(is_noisy(held));
    ck_assert_int_eq(find_integer(held, "host.throttled_ns"), 42000000);
    ck_assert_str_eq(
        find_text(held, "host.noise_reasons.0"), "a CPU quota held everything back for 42.0 ms in all");
    ck_assert(is_noisy(all));
    ck_assert_uint_eq(json_array_size(find(all, "host.noise_reasons")), 3);
}
END_TEST

START_TEST(a_quota_is_named)
{
    Results *results = make_results();
    json_auto_t *host = make_host(), *run = NULL;

    json_object_set_new(host, "cpu_quota", json_real(1.5));
    ck_assert_int_eq(add(results, noisy_sample(0, 0, SECOND, 0, 0, 1000000)), 0);
    run = results_run(results, &(RunHead){.status = "running", .host = host});
    ck_assert_str_eq(find_text(run, "host.noise_reasons.0"),
        "the quota of 1.5 CPUs held everything back for 1.00 ms in all");
    results_free(results);
}
END_TEST

/* 21 repetitions of 1 ms on two CPUs are 42 ms: two ticks of the kernel are half of that. */
START_TEST(ticks_do_not_make_short_repetitions_noisy)
{
    json_auto_t *run = even_run(SECOND / 1000, 0.5, 0.5, 0);

    ck_assert(!is_noisy(run));
}
END_TEST

/* 21 repetitions of 2 ms are 42 ms on one CPU, and what is too much of that is less than two ticks. On both
 * CPUs of the machine they are 84 ms, and it is more. */
START_TEST(the_cpus_that_were_counted_are_judged)
{
    for (int n_cpus = 1; n_cpus <= 2; n_cpus++) {
        Results *results = make_results();
        json_auto_t *run = NULL;

        for (int cell = 0; cell < 3; cell++) {
            for (int i = 0; i < 7; i++) {
                json_t *sample = noisy_sample(cell, i, SECOND / 500, 0.4, 0, 0);

                json_object_set_new(json_object_get(sample, "noise"), "cpus", json_integer(n_cpus));
                ck_assert_int_eq(add(results, sample), 0);
            }
        }
        run = make_run(results, "done", NULL);
        ck_assert_int_eq(is_noisy(run), n_cpus == 2);
        ck_assert_double_eq(real(run, "host.foreign_cpu"), 0.4);
    }
}
END_TEST

START_TEST(short_repetitions_beside_a_busy_program_are_noisy)
{
    json_auto_t *run = even_run(SECOND / 200, 0.5, 0, 0);

    ck_assert(is_noisy(run));
}
END_TEST

/* What one reading rounds away is in the next: absurd for themselves, right in the sum. */
START_TEST(shares_are_summed_before_they_are_judged)
{
    Results *results = make_results();
    json_auto_t *run = NULL;

    for (int i = 0; i < 6; i++)
        ck_assert_int_eq(add(results, noisy_sample(0, i, SECOND / 1000, i % 2 ? 5.02 : -4.98, 0, 0)), 0);
    run = make_run(results, "running", NULL);
    ck_assert(!is_noisy(run));
    ck_assert_double_eq(real(run, "host.foreign_cpu"), 0.02);
}
END_TEST

START_TEST(shares_are_weighted_with_their_time)
{
    Results *results = make_results();
    json_auto_t *run = NULL, *plain = noisy_sample(0, 2, 0, 0.2, 0, 0);

    ck_assert_int_eq(add(results, noisy_sample(0, 0, SECOND, 0.01, 0, 0)), 0);
    ck_assert_int_eq(add(results, noisy_sample(0, 1, 4 * (json_int_t)SECOND, 0.06, 0, 0)), 0);
    run = make_run(results, "running", NULL);
    ck_assert_double_eq(real(run, "host.foreign_cpu"), 0.05);
    /* A runtime that names no span means the wall time, here 200 ms. */
    json_object_del(json_object_get(plain, "noise"), "span_ns");
    results = make_results();
    ck_assert_int_eq(results_add(results, NULL, plain, NULL), 0);
    ck_assert_int_eq(add(results, noisy_sample(0, 3, SECOND / 5, 0.4, 0, 0)), 0);
    json_decref(run);
    run = make_run(results, "running", NULL);
    ck_assert_double_eq(real(run, "host.foreign_cpu"), 0.3);
}
END_TEST

START_TEST(below_nothing_is_nothing)
{
    json_auto_t *run = even_run(SECOND / 5, -0.02, 0, 0);

    ck_assert_double_eq(real(run, "host.foreign_cpu"), 0);
    ck_assert(!is_noisy(run));
}
END_TEST

START_TEST(warm_ups_and_failures_do_not_count)
{
    Results *results = make_results();
    json_auto_t *run = NULL, *failed = make_failure(0, 1, "it crashed");

    json_object_set_new(failed, "noise", json_pack("{s:f}", "foreign_cpu", 1.0));
    ck_assert_int_eq(add(results, noisy_sample(0, -1, SECOND, 1, 1, 7)), 0);
    ck_assert_int_eq(results_add(results, NULL, failed, NULL), 0);
    ck_assert_int_eq(add(results, noisy_sample(0, 0, SECOND, 0.01, 0, 0)), 0);
    run = make_run(results, "failed", NULL);
    ck_assert(!is_noisy(run));
    ck_assert_double_eq(real(run, "host.foreign_cpu"), 0.01);
}
END_TEST

START_TEST(what_nobody_reported_is_null)
{
    json_auto_t *run = make_good_run();

    ck_assert(json_is_null(find(run, "host.noisy")));
    ck_assert(json_is_null(find(run, "host.foreign_cpu")));
    ck_assert(json_is_null(find(run, "host.steal")));
    ck_assert(json_is_null(find(run, "host.throttled_ns")));
    ck_assert(json_is_null(find(run, "host.load1")));
}
END_TEST

static json_t *make_hello(json_t *load)
{
    return json_pack("{s:s, s:i, s:o}", "event", "hello", "protocol", 1, "load1", load);
}

START_TEST(the_load_is_that_of_the_first_hello)
{
    Results *results = make_results();
    json_auto_t *run = NULL;

    ck_assert_int_eq(add(results, make_hello(json_null())), 0);
    ck_assert_int_eq(add(results, make_hello(json_string("1"))), -EINVAL);
    ck_assert_int_eq(add(results, make_hello(json_real(-1))), -EINVAL);
    ck_assert_int_eq(add(results, make_hello(json_real(0.5))), 0);
    ck_assert_int_eq(add(results, make_hello(json_real(7))), 0);
    run = make_run(results, "running", NULL);
    ck_assert_double_eq(real(run, "host.load1"), 0.5);
}
END_TEST

START_TEST(malformed_noise_is_refused)
{
    static const char *const texts[] = {"7", "[]", "{}", "{\"foreign_cpu\": 0.1, \"steal\": 0}",
        "{\"foreign_cpu\": \"0.1\", \"steal\": 0, \"throttled_ns\": 0}",
        "{\"foreign_cpu\": 0.1, \"steal\": null, \"throttled_ns\": 0}",
        "{\"foreign_cpu\": 1e300, \"steal\": 0, \"throttled_ns\": 0}",
        "{\"foreign_cpu\": 0.1, \"steal\": 0, \"throttled_ns\": -1}",
        "{\"foreign_cpu\": 0.1, \"steal\": 0, \"throttled_ns\": 0.5}",
        "{\"foreign_cpu\": 0.1, \"steal\": 0, \"throttled_ns\": 0, \"cpus\": -1}",
        "{\"foreign_cpu\": 0.1, \"steal\": 0, \"throttled_ns\": 0, \"span_ns\": -1}",
        "{\"foreign_cpu\": 0.1, \"steal\": 0, \"throttled_ns\": 0, \"span_ns\": \"1\"}"};
    Results *results = make_results();

    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
        json_t *sample = make_sample(0, 0, 1000, 1000);

        json_object_set_new(sample, "noise", json_loads(texts[i], JSON_DECODE_ANY, NULL));
        ck_assert_msg(add(results, sample) == -EINVAL, "%s", texts[i]);
    }
    results_free(results);
}
END_TEST

START_TEST(the_host_has_its_documented_order)
{
    static const char *const order[] = {"cpu_model", "cpus_online", "cpus_usable", "cpu_quota",
        "throttled_ns", "load1", "foreign_cpu", "steal", "kernel", "container", "noisy", "noise_reasons",
        "colour"};
    Results *results = make_results();
    json_auto_t *run = NULL,
                *host = json_pack("{s:s, s:n, s:s, s:n, s:i, s:i, s:s}", "colour", "grey", "container",
                    "kernel", "6", "cpu_quota", "cpus_usable", 2, "cpus_online", 2, "cpu_model", "A CPU");
    const char *key;
    json_t *value;
    size_t i = 0;

    run = results_run(results, &(RunHead){.status = "done", .host = host});
    json_object_foreach (find(run, "host"), key, value)
        ck_assert_str_eq(key, order[i++]);
    ck_assert_uint_eq(i, ARRAY_LENGTH(order));
    results_free(results);
}
END_TEST

START_TEST(a_person_is_told)
{
    json_auto_t *quiet = even_run(SECOND / 5, 0.012, 0.001, 0), *noisy = even_run(SECOND / 5, 0.5, 0, 0);
    auto_free char *table = NULL, *markdown = NULL, *lesson = NULL, *warning = NULL;

    json_object_set_new(find(quiet, "host"), "cpu_quota", json_real(1.5));
    json_object_set_new(find(quiet, "host"), "container", json_string("docker"));
    json_object_set_new(find(quiet, "host"), "load1", json_real(0.25));
    table = result_format(quiet, RESULT_FORMAT_TABLE, NULL);
    ck_assert_msg(
        strstr(table,
            "\nHost: A CPU, 2 of 2 CPUs usable, quota 1.5 CPUs, container docker, kernel 6.18.0\n"
            "Noise: other programs took 1.2 % of the CPU time, other machines 0.1 %; load before the "
            "run 0.25\n"),
        "%s", table);
    ck_assert_ptr_null(strstr(table, "noisy"));
    markdown = result_format(quiet, RESULT_FORMAT_MARKDOWN, NULL);
    ck_assert_msg(strstr(markdown, "\n\nNoise: other programs took 1.2 %"), "%s", markdown);
    lesson = result_format(noisy, RESULT_FORMAT_TABLE, NULL);
    ck_assert_msg(
        strstr(lesson, "the machine was noisy: other programs took 50.0 % of the CPU"), "%s", lesson);
    /* A run that has no lesson is told of it below. */
    json_object_set_new(noisy, "lesson", json_null());
    warning = result_format(noisy, RESULT_FORMAT_TABLE, NULL);
    ck_assert_msg(
        strstr(warning, "The machine was noisy, so take the figures with care:\nother programs took "
                        "50.0 % of the CPU time (more than 8 % is noisy)\n"),
        "%s", warning);
}
END_TEST

RUN_TESTS("results-noise", 30, a_quiet_machine_is_not_noisy, another_program_on_a_cpu_is_noise,
    steal_and_throttling_are_noise_too, a_quota_is_named, ticks_do_not_make_short_repetitions_noisy,
    the_cpus_that_were_counted_are_judged, short_repetitions_beside_a_busy_program_are_noisy,
    shares_are_summed_before_they_are_judged, shares_are_weighted_with_their_time, below_nothing_is_nothing,
    warm_ups_and_failures_do_not_count, what_nobody_reported_is_null, the_load_is_that_of_the_first_hello,
    malformed_noise_is_refused, the_host_has_its_documented_order, a_person_is_told)
