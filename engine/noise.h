/* What else the machine did while a repetition ran: the CPU time of other programs, the time that the host of
 * a virtual machine gave to others (steal), and the time that a quota held everything back.
 *
 * The CPUs that are counted were busy for a time; what is left of it without this process, its cells and its
 * friends (the server and the origin) was used by others. The run's own part is exact, the kernel's
 * figures are rounded down to ticks of 10 ms. So a repetition of a millisecond says nothing for itself. But a
 * reading is taken after each, and what one of them rounds away is in the next: over all repetitions of a run
 * the sum is off by a tick or two, as it would be for a single long one. Therefore shares are never cut to
 * 0..1 here (a short repetition may well have -2 or 5), and it is results/ that adds them up and judges.
 *
 * Counted are all CPUs of the machine, or, when this process is confined to some of them, those alone: what
 * goes on elsewhere, another run for example, does not disturb it. Where a friend has used its time nobody
 * knows. So if only some CPUs are counted, a friend's time is taken off only if it is confined to these as
 * well. Otherwise what it does on our CPUs counts as foreign: better a warning too many than a disturbance
 * that nobody sees.
 *
 * Time in interrupts is left out: the kernel does not say whose it is, and most belongs to the run's own
 * network traffic. */
#pragma once

#include <sched.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/cgroup.h"
#include "base/nsec.h"

enum { NOISE_MAX_FRIENDS = 32 };

/* Since boot, summed over the CPUs that are counted. */
typedef struct NoiseCpuTimes {
    uint32_t n_cpus;
    bool is_part;      /* the machine has more */
    nsec_t idle;       /* also waiting for a disk */
    nsec_t interrupts; /* hard and soft ones */
    nsec_t steal;
} NoiseCpuTimes;

typedef struct NoiseReading {
    nsec_t at;
    NoiseCpuTimes cpu;
    nsec_t run, friends; /* CPU time used so far */
    nsec_t throttled;
} NoiseReading;

/* From one reading to the next. */
typedef struct Noise {
    nsec_t span;               /* wall time between them */
    double foreign_cpu, steal; /* shares of the time of all CPUs that are counted */
    uint32_t n_cpus;           /* so many are counted */
    nsec_t throttled;
} Noise;

/* Spans that are measured, with gaps between them that are not. Zero but for begin and seen at first. */
typedef struct NoiseSpans {
    NoiseReading begin; /* of the span that is under way, or to come */
    NoiseCpuTimes seen; /* what the kernel told when the last span ended */
    NoiseCpuTimes lent; /* times that it told in gaps, and that these cannot have had; see noise.c */
} NoiseSpans;

/* A reading that goes on: it belongs to one thread. */
typedef struct NoiseMeter {
    Cgroup cgroup;
    cpu_set_t cpus;                       /* this process is confined to them */
    pid_t friends[NOISE_MAX_FRIENDS];     /* whose time is taken off */
    nsec_t friend_cpu[NOISE_MAX_FRIENDS]; /* the most that was ever read */
    size_t n_friends;
    NoiseSpans spans;
    bool works; /* the kernel tells CPU times */
} NoiseMeter;

/* Begins. There may be up to NOISE_MAX_FRIENDS friends, processes of our own that work for the run. */
void noise_start(NoiseMeter *meter, const pid_t *friends, size_t n_friends);

/* Sets *ret to what happened since noise_start(), noise_skip() or the last call. Returns false, *ret
 * untouched, if the kernel does not tell, or tells of other CPUs than before. Every child that worked for the
 * run meanwhile must have been waited for. Takes some 100 us. */
bool noise_take(NoiseMeter *meter, Noise *ret);

/* Leaves out what happened since the last reading: it is nobody's, because this process waited for its turn.
 * The next noise_take() begins here. Does nothing if the kernel does not tell. Takes some 100 us. */
void noise_skip(NoiseMeter *meter);

/* Reads the text of /proc/stat, and of the CPUs in it those of the set. If the set is all of them, or if one
 * of the set is missing, all are taken: some containers show numbers of their own. Returns 0, or -EINVAL if
 * there are no CPU times: then they are missing or, in some sandboxes, all zero. */
int noise_parse_stat(const char *text, const cpu_set_t *cpus, NoiseCpuTimes *ret);

/* What happened between two readings. */
Noise noise_between(const NoiseReading *before, const NoiseReading *after);

/* Sets *ret to what happened from where the span begins to now, where the next one begins. No figure goes
 * back. Returns false, *ret untouched, if the two readings are of different CPUs. */
bool noise_end_span(NoiseSpans *spans, const NoiseReading *now, Noise *ret);

/* Leaves out what happened since the last span ended: the next one begins now. */
void noise_begin_span(NoiseSpans *spans, const NoiseReading *now);
