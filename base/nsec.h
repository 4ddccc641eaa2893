/* Time inside the program: nanoseconds of the monotonic clock. At the border the unit is in the name.
 *
 * The monotonic clock counts from some point in the past, usually the boot, and never goes back. The wall
 * clock is set by people and by NTP; a span measured with it could be negative. 64 bits hold 584 years, so
 * sums do not overflow. The type has no sign: a difference of two times is taken only where the order is
 * known or was asked first. */
#pragma once

#include <inttypes.h>
#include <stdint.h>
#include <time.h>

typedef uint64_t nsec_t;

#define NSEC_PER_USEC UINT64_C(1000)
#define NSEC_PER_MSEC UINT64_C(1000000)
#define NSEC_PER_SEC UINT64_C(1000000000)

/* ts must not be negative. */
static inline nsec_t nsec_from_timespec(const struct timespec *ts)
{
    return (nsec_t)ts->tv_sec * NSEC_PER_SEC + (nsec_t)ts->tv_nsec;
}

static inline struct timespec nsec_to_timespec(nsec_t ns)
{
    return (struct timespec){.tv_sec = (time_t)(ns / NSEC_PER_SEC), .tv_nsec = (long)(ns % NSEC_PER_SEC)};
}

static inline nsec_t nsec_read_clock(clockid_t clock)
{
    struct timespec ts;

    clock_gettime(clock, &ts);
    return nsec_from_timespec(&ts);
}

/* Now, on CLOCK_MONOTONIC: about 20 ns a call. */
static inline nsec_t nsec_now(void)
{
    return nsec_read_clock(CLOCK_MONOTONIC);
}
