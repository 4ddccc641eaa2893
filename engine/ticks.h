/* The model's unit of work. CPython 2.7 checks its lock every 100 ticks, about every 0.58 us, so a tick is
 * 5.8 ns. A turn of a countdown loop in C is much shorter and differs between CPUs, so it is measured how
 * many turns fill a tick. tick_ns is the only free constant of the model. */
#pragma once

#include <stdint.h>

#include "plan/plan.h"

#define TICK_NS PLAN_TICK_NS

/* Counts n down to zero, one turn at a time, and returns what is left: zero. The work of the countdown
 * experiment and what ticks are measured with. */
uint64_t ticks_count_down(uint64_t n);

/* The time of one turn in nanoseconds: the least of several short measurements, a few milliseconds in all.
 * Measured once per process. */
double ticks_turn_ns(void);

/* How many turns fill one tick, at least 1. known_turn_ns is what an earlier process measured on this machine
 * (0: nothing is known): the lesser of the two counts, since a measurement can only be disturbed upwards. */
uint64_t ticks_turns(double tick_ns, double known_turn_ns);
