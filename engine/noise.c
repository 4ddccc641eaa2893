/* Busy time is taken from idle time: idle time is counted exactly on kernels that stop the tick of an idle
 * CPU (all usual ones), while user and system time are guessed at each tick from what happens to run just
 * then, which can charge a whole tick to a process that woke for a moment.
 *
 * So: all the time that the CPUs had, less what they were idle, less what the host or interrupts took, less
 * what the run itself has used, was used by others. */
#include "engine/noise.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"

/* A line for each CPU, and one with the count of every interrupt. */
enum { MAX_STAT = 4 << 20 };

/* The first figures of a line, in ticks (proc(5)). DISK is idle time in which somebody waited for a disk,
 * HARD and SOFT are interrupts. */
typedef enum Field { USER, NICE, SYSTEM, IDLE, DISK, HARD, SOFT, STEAL, N_FIELDS } Field;

/* Adds the figures behind the name of a line; an old kernel has no steal. Returns false, and adds nothing,
 * if they are missing or nothing. A line that cannot be read must not be added in part: its CPU would be
 * busy for a time that it did not have. */
static bool add_line(const char *figures, nsec_t sums[N_FIELDS])
{
    nsec_t values[N_FIELDS] = {0};
    int n = 0;

    for (char *end; n < N_FIELDS; n++, figures = end) {
        values[n] = strtoull(figures, &end, 10);
        if (end == figures)
            break;
    }
    if (n < STEAL || values[USER] + values[NICE] + values[SYSTEM] + values[IDLE] == 0)
        return false;
    for (int i = 0; i < N_FIELDS; i++)
        sums[i] += values[i];
    return true;
}

/* The kernel counts in ticks of the user's clock, 100 a second on all usual systems. */
static NoiseCpuTimes times_of(const nsec_t ticks[N_FIELDS], uint32_t n_cpus, bool is_part)
{
    nsec_t tick = NSEC_PER_SEC / (nsec_t)sysconf(_SC_CLK_TCK);

    return (NoiseCpuTimes){
        .n_cpus = n_cpus,
        .is_part = is_part,
        .idle = (ticks[IDLE] + ticks[DISK]) * tick,
        .interrupts = (ticks[HARD] + ticks[SOFT]) * tick,
        .steal = ticks[STEAL] * tick,
    };
}

/* The line of all CPUs comes first, then one for each that is online: "cpu7 1 2 3 4 5 6 7 8". Our CPUs are
 * counted apart only if each of them has a line and there are others beside them. In some containers the
 * lines are numbered anew, so that those of the set would be other CPUs, or missing. */
int noise_parse_stat(const char *text, const cpu_set_t *cpus, NoiseCpuTimes *ret)
{
    nsec_t all[N_FIELDS] = {0}, ours[N_FIELDS] = {0};
    uint32_t n_all = 0, n_ours = 0;

    if (strncmp(text, "cpu ", 4) != 0 || !add_line(text + 4, all))
        return -EINVAL;
    for (const char *line = text; (line = strstr(line, "\ncpu")); line += 4) {
        unsigned long cpu;
        char *end;

        if (line[4] < '0' || line[4] > '9')
            continue;
        n_all++;
        cpu = strtoul(line + 4, &end, 10);
        n_ours += cpu < CPU_SETSIZE && CPU_ISSET(cpu, cpus) && add_line(end, ours);
    }
    if (n_all == 0)
        return -EINVAL;
    if (n_ours > 0 && n_ours < n_all && n_ours == (uint32_t)CPU_COUNT(cpus))
        *ret = times_of(ours, n_ours, true);
    else
        *ret = times_of(all, n_all, false);
    return 0;
}

/* Some of these figures may go back a little. The kernel sums them from parts that it reads one after the
 * other. */
static double since(nsec_t before, nsec_t after)
{
    return after > before ? (double)(after - before) : 0;
}

/* The idle time can be a tick off at each end, so over a short span the share may come out below 0 or above
 * 1. It is not cut to that range: what is missing here is found in the next reading, and a sum of parts that
 * were cut would be too high. */
Noise noise_between(const NoiseReading *before, const NoiseReading *after)
{
    double span = since(before->at, after->at), all = span * after->cpu.n_cpus;
    double steal = since(before->cpu.steal, after->cpu.steal);
    double ours = since(before->run, after->run) + since(before->friends, after->friends);
    double unused = since(before->cpu.idle, after->cpu.idle) + steal +
                    since(before->cpu.interrupts, after->cpu.interrupts);

    return (Noise){
        .span = (nsec_t)span,
        .foreign_cpu = all > 0 ? (all - unused - ours) / all : 0,
        .steal = all > 0 ? steal / all : 0,
        .n_cpus = after->cpu.n_cpus,
        .throttled = (nsec_t)since(before->throttled, after->throttled),
    };
}

static nsec_t later(nsec_t one, nsec_t other)
{
    return one > other ? one : other;
}

/* A CPU that is taken away or comes back changes which are counted, and the sums of the one set say nothing
 * beside those of the other. Then the spans begin anew. Returns whether they do. */
static bool noise_begin_anew(NoiseSpans *spans, const NoiseReading *now)
{
    if (spans->begin.cpu.n_cpus == now->cpu.n_cpus && spans->begin.cpu.is_part == now->cpu.is_part)
        return false;
    *spans = (NoiseSpans){.begin = *now, .seen = now->cpu};
    return true;
}

/* A figure that is behind, for its own reasons or because a gap has taken back what it had lent, is waited
 * for. */
bool noise_end_span(NoiseSpans *spans, const NoiseReading *now, Noise *ret)
{
    NoiseCpuTimes reached = spans->begin.cpu;

    if (noise_begin_anew(spans, now))
        return false;
    *ret = noise_between(&spans->begin, now);
    spans->begin = *now;
    spans->begin.cpu.idle = later(reached.idle, now->cpu.idle);
    spans->begin.cpu.interrupts = later(reached.interrupts, now->cpu.interrupts);
    spans->begin.cpu.steal = later(reached.steal, now->cpu.steal);
    spans->seen = now->cpu;
    return true;
}

/* The part of a gap in one figure. The figure moves by whole ticks, so a gap of a millisecond may seem to
 * have had none of it, or ten times as much as there was time. What is too much for it belongs to the spans
 * around and is lent to them, and a later gap that seems to have had too little takes it back. So the sum
 * over all spans is off by a few ticks, however many gaps there are. */
static nsec_t noise_part_of_gap(nsec_t before, nsec_t after, nsec_t most, nsec_t *lent)
{
    nsec_t told = (nsec_t)since(before, after) + *lent, part = told < most ? told : most;

    *lent = told - part;
    return part;
}

void noise_begin_span(NoiseSpans *spans, const NoiseReading *now)
{
    nsec_t most = (nsec_t)since(spans->begin.at, now->at) * now->cpu.n_cpus;
    NoiseCpuTimes cpu = spans->begin.cpu, *seen = &spans->seen, *lent = &spans->lent;

    if (noise_begin_anew(spans, now))
        return;
    cpu.idle += noise_part_of_gap(seen->idle, now->cpu.idle, most, &lent->idle);
    cpu.interrupts += noise_part_of_gap(seen->interrupts, now->cpu.interrupts, most, &lent->interrupts);
    cpu.steal += noise_part_of_gap(seen->steal, now->cpu.steal, most, &lent->steal);
    spans->begin = *now;
    spans->begin.cpu = cpu;
}

/* Of this process and of its children that were waited for; with them goes all that they had waited for. A
 * cell's process waits for the processes of its tasks, and so brings their time here when it is waited for
 * itself. */
static nsec_t run_cpu(void)
{
    struct rusage usage;

    getrusage(RUSAGE_CHILDREN, &usage);
    return nsec_read_clock(CLOCK_PROCESS_CPUTIME_ID) +
           (nsec_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * NSEC_PER_SEC +
           (nsec_t)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * NSEC_PER_USEC;
}

/* A process has a clock that others may read, to the nanosecond; /proc/PID/stat has ticks. A friend that has
 * ended keeps what it had. */
static nsec_t friends_cpu(NoiseMeter *meter)
{
    nsec_t sum = 0;

    for (size_t i = 0; i < meter->n_friends; i++) {
        struct timespec used;
        clockid_t clock;

        if (clock_getcpuclockid(meter->friends[i], &clock) == 0 && clock_gettime(clock, &used) == 0 &&
            nsec_from_timespec(&used) > meter->friend_cpu[i])
            meter->friend_cpu[i] = nsec_from_timespec(&used);
        sum += meter->friend_cpu[i];
    }
    return sum;
}

/* The kernel's figures come first and the clocks right behind them, so that all speak of the same moment. The
 * file is read whole: a part of it would be of another moment than the rest. */
static bool read_now(NoiseMeter *meter, NoiseReading *ret)
{
    auto_free char *text = NULL;
    size_t length;
    int r;

    r = text_read_file("/proc/stat", MAX_STAT, &text, &length);
    if (r < 0)
        return false;
    ret->at = nsec_now();
    ret->run = run_cpu();
    ret->friends = friends_cpu(meter);
    ret->throttled = cgroup_throttled(&meter->cgroup);
    return noise_parse_stat(text, &meter->cpus, &ret->cpu) == 0;
}

/* Whether a process can run nowhere but on these CPUs. A friend that could also run elsewhere may have spent
 * its time there, and taking that off would hide as much of what others did here. */
static bool runs_within(pid_t pid, const cpu_set_t *cpus)
{
    cpu_set_t own, common;

    if (sched_getaffinity(pid, sizeof(own), &own) < 0)
        return false;
    CPU_AND(&common, &own, cpus);
    return CPU_EQUAL(&common, &own);
}

/* The first reading tells whether only a part of the CPUs is counted, and that decides whose time may be
 * taken off; so the friends are chosen after it, and their time is read then. */
void noise_start(NoiseMeter *meter, const pid_t *friends, size_t n_friends)
{
    assert(n_friends <= NOISE_MAX_FRIENDS);
    *meter = (NoiseMeter){0};
    cgroup_find("", &meter->cgroup);
    /* If it cannot be had, the set stays empty and all CPUs are counted. */
    sched_getaffinity(0, sizeof(meter->cpus), &meter->cpus);
    meter->works = read_now(meter, &meter->spans.begin);
    meter->spans.seen = meter->spans.begin.cpu;
    for (size_t i = 0; i < n_friends; i++)
        if (!meter->spans.begin.cpu.is_part || runs_within(friends[i], &meter->cpus))
            meter->friends[meter->n_friends++] = friends[i];
    meter->spans.begin.friends = friends_cpu(meter);
}

bool noise_take(NoiseMeter *meter, Noise *ret)
{
    NoiseReading now;

    return meter->works && read_now(meter, &now) && noise_end_span(&meter->spans, &now, ret);
}

void noise_skip(NoiseMeter *meter)
{
    NoiseReading now;

    if (meter->works && read_now(meter, &now))
        noise_begin_span(&meter->spans, &now);
}
