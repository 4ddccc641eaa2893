/* What the kernel counts, and what a run makes of it. */
#include "engine/noise.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cpulist.h"
#include "engine/ticks.h"
#include "tests/unit/run.h"

#define TICK (10 * NSEC_PER_MSEC)

/* Reads the figures of these CPUs. */
static int parse(const char *text, const char *list, NoiseCpuTimes *ret)
{
    cpu_set_t cpus;

    CPU_ZERO(&cpus);
    if (*list)
        ck_assert_int_eq(cpulist_parse(list, &cpus), 0);
    return noise_parse_stat(text, &cpus, ret);
}

START_TEST(cpu_times_are_read)
{
    NoiseCpuTimes times;

    ck_assert_int_eq(parse("cpu  100 2 30 4000 50 6 7 8 9 1\n"
                           "cpu0 50 1 15 2000 25 3 3 4 5 1\n"
                           "cpu1 50 1 15 2000 25 3 4 4 4 0\n"
                           "intr 5 cpu3\nctxt 9\n",
                         "0-1", &times),
        0);
    ck_assert(!times.is_part);
    ck_assert_uint_eq(times.n_cpus, 2);
    ck_assert_uint_eq(times.idle, 4050 * TICK);
    ck_assert_uint_eq(times.interrupts, 13 * TICK);
    ck_assert_uint_eq(times.steal, 8 * TICK);
}
END_TEST

START_TEST(an_old_kernel_knows_no_steal)
{
    NoiseCpuTimes times;

    ck_assert_int_eq(parse("cpu 1 2 3 4 5 6 7\ncpu0 1 2 3 4 5 6 7\n", "0", &times), 0);
    ck_assert_uint_eq(times.steal, 0);
    ck_assert_uint_eq(times.n_cpus, 1);
}
END_TEST

START_TEST(what_is_no_cpu_time_is_refused)
{
    static const char *const texts[] = {"", "cpu\n", "cpu 1 2 3 4 5 6\ncpu0 1\n", "cpu0 1 2 3 4 5 6 7 8\n",
        "cpu 1 2 3 4 5 6 7 8\n", "cpu 0 0 0 0 0 0 0 0\ncpu0 0 0 0 0 0 0 0 0\n", "intr 1 2 3 4 5 6 7 8\n"};
    NoiseCpuTimes times = {.n_cpus = 77};

    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
        ck_assert_msg(parse(texts[i], "0", &times) == -EINVAL, "%s", texts[i]);
    ck_assert_uint_eq(times.n_cpus, 77);
}
END_TEST

/* Four CPUs with different figures; the first line is not quite their sum, so it shows which was taken. */
static const char four[] = "cpu 1000 0 0 4444 0 0 0 44\n"
                           "cpu0 10 0 0 1 10 100 1000 5\n"
                           "cpu1 10 0 0 2 20 200 2000 6\n"
                           "cpu2 10 0 0 3 30 300 3000 7\n"
                           "cpu11 10 0 0 4 40 400 4000 8\n"
                           "intr 12 3 4\n";

START_TEST(only_the_cpus_of_the_set_are_counted)
{
    NoiseCpuTimes times;

    ck_assert_int_eq(parse(four, "1,11", &times), 0);
    ck_assert(times.is_part);
    ck_assert_uint_eq(times.n_cpus, 2);
    ck_assert_uint_eq(times.idle, 66 * TICK);
    ck_assert_uint_eq(times.interrupts, 6600 * TICK);
    ck_assert_uint_eq(times.steal, 14 * TICK);
    ck_assert_int_eq(parse(four, "0", &times), 0);
    ck_assert_uint_eq(times.n_cpus, 1);
    ck_assert_uint_eq(times.idle, 11 * TICK);
}
END_TEST

/* All of them, more than there are, others, none at all, and one without figures. */
START_TEST(where_the_set_is_no_part_all_cpus_are_counted)
{
    static const char *const lists[] = {"0-2,11", "0-11", "1,3", "64-67", ""};
    NoiseCpuTimes times;

    for (size_t i = 0; i < ARRAY_LENGTH(lists); i++) {
        ck_assert_int_eq(parse(four, lists[i], &times), 0);
        ck_assert_msg(!times.is_part, "%s", lists[i]);
        ck_assert_uint_eq(times.n_cpus, 4);
        ck_assert_uint_eq(times.idle, 4444 * TICK);
        ck_assert_uint_eq(times.steal, 44 * TICK);
    }
    ck_assert_int_eq(parse("cpu 9 9 9 9 9 9 9\ncpu0 1\ncpu1 9 9 9 9 9 9 9\n", "0", &times), 0);
    ck_assert(!times.is_part);
}
END_TEST

/* Two CPUs, a second; times in ms. */
static NoiseReading reading(
    nsec_t at, nsec_t idle, nsec_t interrupts, nsec_t steal, nsec_t run, nsec_t friends)
{
    return (NoiseReading){
        .at = at * NSEC_PER_MSEC,
        .cpu =
            {
                .n_cpus = 2,
                .idle = idle * NSEC_PER_MSEC,
                .interrupts = interrupts * NSEC_PER_MSEC,
                .steal = steal * NSEC_PER_MSEC,
            },
        .run = run * NSEC_PER_MSEC,
        .friends = friends * NSEC_PER_MSEC,
    };
}

START_TEST(what_nobody_of_ours_used_is_foreign)
{
    NoiseReading before = reading(5000, 70000, 300, 20, 400, 90);
    NoiseReading after = reading(6000, 70700, 350, 70, 1200, 190);
    Noise noise = noise_between(&before, &after);

    /* 2000 ms of two CPUs less 700 idle, 50 in interrupts, 50 stolen, 800 of the run, 100 of friends */
    ck_assert_uint_eq(noise.span, NSEC_PER_SEC);
    ck_assert_double_eq_tol(noise.foreign_cpu, 0.15, 1e-9);
    ck_assert_double_eq_tol(noise.steal, 0.025, 1e-9);
    ck_assert_uint_eq(noise.throttled, 0);
    ck_assert_uint_eq(noise.n_cpus, 2);
}
END_TEST

/* The idle time of each millisecond is rounded to ticks; the sum of all is what it is over the whole time. */
START_TEST(short_spans_add_up_without_the_rounding)
{
    double sum = 0, least = 0, most = 0;

    for (nsec_t i = 0; i < 1000; i++) {
        NoiseReading before = reading(i, i / 10 * 10, 0, 0, i, 0);
        NoiseReading after = reading(i + 1, (i + 1) / 10 * 10, 0, 0, i + 1, 0);
        Noise noise = noise_between(&before, &after);

        sum += noise.foreign_cpu;
        least = noise.foreign_cpu < least ? noise.foreign_cpu : least;
        most = noise.foreign_cpu > most ? noise.foreign_cpu : most;
    }
    ck_assert_double_le(least, -4);
    ck_assert_double_ge(most, 0.5);
    ck_assert_double_eq_tol(sum / 1000, 0, 1e-9);
}
END_TEST

/* What the kernel says of two CPUs that were idle for so long. */
static NoiseReading rounded(nsec_t at, nsec_t idle, nsec_t run)
{
    return reading(at, idle / 10 * 10, 0, 0, run, 0);
}

static NoiseSpans spans_from(NoiseReading first)
{
    return (NoiseSpans){.begin = first, .seen = first.cpu};
}

/* A thousand spans of a millisecond, with one CPU busy, and between them a millisecond in which the server
 * works and both are nearly idle. What the gaps are seen to have had goes by ticks; the sum of the spans does
 * not. */
START_TEST(gaps_are_left_out_without_their_rounding)
{
    NoiseSpans spans = spans_from(rounded(0, 0, 0));
    nsec_t idle = 0;
    double sum = 0;

    for (nsec_t i = 0; i < 1000; i++) {
        NoiseReading now = rounded(2 * i + 1, ++idle, i + 1);
        Noise noise;

        ck_assert(noise_end_span(&spans, &now, &noise));
        ck_assert_uint_eq(noise.span, NSEC_PER_MSEC);
        sum += noise.foreign_cpu * (double)noise.span * 2;
        idle += 1 + (i % 8 != 0);
        now = rounded(2 * i + 2, idle, i + 1);
        noise_begin_span(&spans, &now);
    }
    ck_assert_double_le(fabs(sum), 40.0 * NSEC_PER_MSEC);
}
END_TEST

/* Another has its turn in the gaps, for much longer, with all CPUs: that is nobody's noise. What happens in
 * the spans is. */
START_TEST(what_happens_in_a_gap_is_no_noise)
{
    NoiseSpans spans = spans_from(rounded(0, 0, 0));
    nsec_t at = 0, idle = 0;
    double sum = 0;

    for (nsec_t i = 0; i < 10; i++) {
        NoiseReading now;
        Noise noise;

        at += 333;
        idle += 7;
        now = rounded(at, idle, 200 * i);
        noise_begin_span(&spans, &now);
        at += 203;
        idle += 104;
        now = rounded(at, idle, 200 * (i + 1));
        ck_assert(noise_end_span(&spans, &now, &noise));
        sum += noise.foreign_cpu * 406;
    }
    ck_assert_double_ge(sum, 10 * (406 - 104 - 200) - 25);
    ck_assert_double_le(sum, 10 * (406 - 104 - 200) + 25);
}
END_TEST

START_TEST(figures_that_go_back_or_stand_still_do_no_harm)
{
    NoiseReading before = reading(5000, 70000, 300, 20, 400, 90);
    NoiseReading after = reading(6000, 69990, 290, 10, 390, 80);
    Noise noise = noise_between(&before, &after);
    NoiseSpans spans;

    ck_assert_double_eq(noise.foreign_cpu, 1);
    ck_assert_double_eq(noise.steal, 0);
    spans = spans_from(before);
    ck_assert(noise_end_span(&spans, &after, &noise));
    ck_assert_double_eq(noise.foreign_cpu, 1);
    ck_assert_uint_eq(spans.begin.cpu.idle, 70000 * NSEC_PER_MSEC);
    noise = noise_between(&before, &before);
    ck_assert_uint_eq(noise.span, 0);
    ck_assert_double_eq(noise.foreign_cpu, 0);
    before.throttled = 10;
    after.throttled = 70;
    ck_assert_uint_eq(noise_between(&before, &after).throttled, 60);
}
END_TEST

/* A CPU goes offline, and so all that are left are counted: those have been idle since the machine started.
 */
START_TEST(figures_of_other_cpus_are_not_compared)
{
    NoiseReading before = reading(5000, 70000, 300, 20, 400, 90);
    NoiseReading other = reading(5001, 90000000, 300, 20, 400, 90);
    NoiseReading after = reading(5002, 90000001, 300, 20, 401, 90);
    NoiseSpans spans = spans_from(before);
    Noise noise;

    other.cpu.is_part = after.cpu.is_part = !before.cpu.is_part;
    ck_assert(!noise_end_span(&spans, &other, &noise));
    ck_assert(noise_end_span(&spans, &after, &noise));
    ck_assert_double_ge(noise.foreign_cpu, -1);
    spans = spans_from(before);
    noise_begin_span(&spans, &other);
    ck_assert(noise_end_span(&spans, &after, &noise));
    ck_assert_double_ge(noise.foreign_cpu, -1);
}
END_TEST

/* Whatever else runs here, what this process and its child do is not in it, and the real figures are sane. */
START_TEST(the_meter_reads_this_machine)
{
    pid_t friends[] = {getppid(), 1 << 30};
    NoiseMeter meter;
    Noise noise;
    nsec_t before;
    pid_t pid;

    noise_start(&meter, friends, 2);
    if (!meter.works)
        return; /* a sandbox without /proc/stat */
    before = meter.spans.begin.run;
    pid = fork();
    if (pid == 0)
        _exit((int)ticks_count_down(200000000));
    ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
    ck_assert(noise_take(&meter, &noise));
    ck_assert_uint_gt(meter.spans.begin.run, before + 10 * NSEC_PER_MSEC);
    ck_assert_uint_gt(noise.span, 0);
    ck_assert_double_ge(noise.steal, 0);
}
END_TEST

/* A process that waits for its end, confined to one CPU or not. */
static pid_t start_friend(int cpu)
{
    cpu_set_t one;
    pid_t pid;

    CPU_ZERO(&one);
    if (cpu >= 0)
        CPU_SET(cpu, &one);
    pid = fork();
    if (pid == 0) {
        alarm(60);
        pause();
        _exit(0);
    }
    if (cpu >= 0)
        ck_assert_int_eq(sched_setaffinity(pid, sizeof(one), &one), 0);
    return pid;
}

static void end_friend(pid_t pid)
{
    kill(pid, SIGKILL);
    ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}

/* The friends are started before this process confines itself, so they have what it had. */
START_TEST(friends_that_may_be_elsewhere_are_not_taken_off)
{
    pid_t friends[3];
    NoiseMeter meter;
    cpu_set_t usable, first;
    int cpu = 0, other = CPU_SETSIZE - 1;

    ck_assert_int_eq(sched_getaffinity(0, sizeof(usable), &usable), 0);
    while (!CPU_ISSET(cpu, &usable))
        cpu++;
    while (!CPU_ISSET(other, &usable))
        other--;
    if (other == cpu)
        return; /* one CPU: nobody can be elsewhere */
    friends[0] = start_friend(-1);
    friends[1] = start_friend(cpu);
    friends[2] = start_friend(other);
    CPU_ZERO(&first);
    CPU_SET(cpu, &first);
    ck_assert_int_eq(sched_setaffinity(0, sizeof(first), &first), 0);
    noise_start(&meter, friends, 3);
    for (size_t i = 0; i < 3; i++)
        end_friend(friends[i]);
    if (!meter.works || !meter.spans.begin.cpu.is_part)
        return; /* a sandbox that has no figures, or other numbers */
    ck_assert_uint_eq(meter.spans.begin.cpu.n_cpus, 1);
    ck_assert_uint_eq(meter.n_friends, 1);
    ck_assert_int_eq(meter.friends[0], friends[1]);
}
END_TEST

RUN_TESTS("noise", 60, cpu_times_are_read, an_old_kernel_knows_no_steal, what_is_no_cpu_time_is_refused,
    what_nobody_of_ours_used_is_foreign, short_spans_add_up_without_the_rounding,
    gaps_are_left_out_without_their_rounding, what_happens_in_a_gap_is_no_noise,
    figures_that_go_back_or_stand_still_do_no_harm, figures_of_other_cpus_are_not_compared,
    only_the_cpus_of_the_set_are_counted, where_the_set_is_no_part_all_cpus_are_counted,
    friends_that_may_be_elsewhere_are_not_taken_off, the_meter_reads_this_machine)
