/* Was it this program that took the time, or another one? A bar that is a tenth too long because a browser
 * drew a page looks like a property of the lock. So everything that other programs, other virtual machines
 * and quotas took is summed, and said in words next to the figures.
 *
 * A threshold alone would not do. The kernel counts CPU time in ticks, so the shares of a run of a few
 * milliseconds can be anything, and a quiet machine would be called noisy. So the time above the limit must
 * be more than the ticks can make up, which a long run shows and a short one cannot. */
#include "results/noise.h"

#include <math.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "results/human.h"

/* Two ticks of 10 ms: what the kernel's counting may hide or add in a whole run. */
#define TICKS_NS 20e6

typedef struct Heard {
    double span;           /* wall time of the samples that say something, ns */
    double all;            /* the same on all CPUs that were counted */
    double foreign, steal; /* shares of that, before any rounding; may be a little below 0 */
    double throttled;      /* ns */
} Heard;

/* Warm-ups do not count: nobody sees their times. Each sample weighs as much as it took, because a share of a
 * short one is mostly the rounding of the kernel's ticks. A runtime that does not say how many CPUs it
 * counted has counted all that are online. Failed and missing samples have a span of 0 and so no weight. */
static Heard noise_listen(const Results *results, int64_t cpus_online)
{
    double n_all = cpus_online > 0 ? (double)cpus_online : 1;
    Heard heard = {0};

    for (size_t i = 0; i < results->n_cells; i++) {
        const CollectedCell *cell = &results->collected[i];
        const Sample *samples = collected_repetitions(results, cell);
        size_t n = collected_count(results, cell);

        for (size_t k = 0; k < n; k++) {
            const SampleNoise *noise = &samples[k].noise;

            heard.span += (double)noise->span;
            heard.all += (double)noise->span * (noise->cpus > 0 ? (double)noise->cpus : n_all);
            heard.foreign += noise->foreign * (double)noise->span;
            heard.steal += noise->steal * (double)noise->span;
            heard.throttled += (double)noise->throttled;
        }
    }
    if (heard.span > 0) {
        heard.foreign /= heard.span;
        heard.steal /= heard.span;
    }
    return heard;
}

/* A share for people and programs: at least 0, in steps of a hundredth of a per cent. Figures of the kernel
 * are rounded, so a small share may come out below 0. */
static double noise_tidy(double share)
{
    return share > 0 ? round(share * 1e4) / 1e4 : 0;
}

/* What passes the limit, as CPU time, must be more than counting in ticks can make up by itself. */
static bool noise_is_over(const Heard *heard, double share)
{
    return (share - NOISE_LIMIT) * heard->all > TICKS_NS;
}

/* Takes the text over. */
static void noise_add_reason(json_t *reasons, char *text)
{
    json_array_append_new(reasons, json_string(text));
    free(text);
}

/* The quota is NAN where there is none, or none is known. Any time that a quota held the run back is a
 * reason. */
static json_t *noise_find_reasons(const Heard *heard, double quota)
{
    auto_free char *throttled = human_time((int64_t)heard->throttled);
    json_t *reasons = json_array();

    if (noise_is_over(heard, heard->foreign))
        noise_add_reason(
            reasons, text_printf("other programs took %.1f %% of the CPU time (more than %.0f %% is noisy)",
                         100 * heard->foreign, 100 * NOISE_LIMIT));
    if (noise_is_over(heard, heard->steal))
        noise_add_reason(reasons,
            text_printf("the host of this virtual machine gave %.1f %% of the CPU time to others (more than "
                        "%.0f %% is noisy)",
                100 * heard->steal, 100 * NOISE_LIMIT));
    if (heard->throttled > 0 && !isnan(quota))
        noise_add_reason(reasons,
            text_printf("the quota of %.3g CPUs held everything back for %s in all", quota, throttled));
    else if (heard->throttled > 0)
        noise_add_reason(reasons, text_printf("a CPU quota held everything back for %s in all", throttled));
    return reasons;
}

/* What the run adds to what was known of the machine, a new reference. A run that failed before its first
 * repetition has heard nothing, and nobody must take that for a quiet machine. */
static json_t *noise_findings(const Results *results, const json_t *host)
{
    json_t *online = NULL, *quota = NULL, *reasons;
    Heard heard;
    bool known;

    json_unpack((json_t *)host, "{s?o, s?o}", "cpus_online", &online, "cpu_quota", &quota);
    heard = noise_listen(results, json_integer_value(online));
    known = heard.span > 0;
    reasons = noise_find_reasons(&heard, json_is_number(quota) ? json_number_value(quota) : NAN);
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "throttled_ns",
        known ? json_integer((json_int_t)heard.throttled) : json_null(), "load1",
        results->load1 >= 0 ? json_real(results->load1) : json_null(), "foreign_cpu",
        known ? json_real(noise_tidy(heard.foreign)) : json_null(), "steal",
        known ? json_real(noise_tidy(heard.steal)) : json_null(), "noisy",
        known ? json_boolean(json_array_size(reasons) > 0) : json_null(), "noise_reasons", reasons);
}

/* What was known of the machine comes first in the order of the documentation, what nobody foresaw behind it.
 * The findings are put over what was known, so a host that was described with an old finding does not keep
 * it. */
json_t *noise_host(const Results *results, const json_t *host)
{
    static const char *const order[] = {"cpu_model", "cpus_online", "cpus_usable", "cpu_quota",
        "throttled_ns", "load1", "foreign_cpu", "steal", "kernel", "container", "noisy", "noise_reasons"};
    json_auto_t *known = NULL;
    json_t *ordered;

    if (!host)
        return json_null();
    known = json_is_object(host) ? json_copy((json_t *)host) : json_object();
    json_object_update_new(known, noise_findings(results, host));
    ordered = json_object();
    for (size_t i = 0; i < ARRAY_LENGTH(order); i++)
        json_object_set(ordered, order[i], json_object_get(known, order[i]));
    json_object_update_missing(ordered, known);
    return ordered;
}
