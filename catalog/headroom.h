/* What a request might still ask for, as the one who planned it knows: so that whoever explains a run can
 * name something that would help and is allowed. The plan fills it in, the results read it; neither knows the
 * other. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* The most per cent that a request's precision may say. */
#define HEADROOM_MOST_PRECISION 50

typedef struct Headroom {
    int64_t max_repeat; /* the most that repeat may say */
    int64_t max_rounds; /* repetitions to which precision may go; below repeat: there is no precision here */
    int64_t other_rounds;   /* repetitions of each cell beside those that repeat counts */
    int64_t estimate_ns;    /* of all rounds together, as it was asked for */
    int64_t most_ns;        /* that the estimate may be */
    int64_t timeout_ns;     /* when the run is ended */
    int64_t max_timeout_ns; /* to which the request may raise that */
    bool is_shrunk; /* sizes were made smaller to fit, so with more repetitions they would shrink on */
} Headroom;
