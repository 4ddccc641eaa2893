/* The model's unit of work. A tick is what CPython 2.7 counts: the start of a bytecode that it does not reach
 * by a shortcut, three in each turn of `while n > 0: n -= 1`. Its lock is let go every 100 of them.
 *
 * How long a tick is cannot be said in nanoseconds, which are others on each CPU, and on some from one moment
 * to the next. It is said in turns of the countdown in C: a fixed number of the CPU's cycles. So many turns
 * to a tick is the only free constant of the model; docs/truth.md says how it was found. */
#pragma once

#include <stdint.h>

#include "plan/plan.h"

#define TICK_TURNS PLAN_TICK_TURNS

/* Counts n down to zero, one turn at a time, and returns what is left: zero. The work of the countdown
 * experiment and what ticks are made of. */
uint64_t ticks_count_down(uint64_t n);

/* The time of one turn in nanoseconds: the least of several short measurements, a few milliseconds in all.
 * Measured once per process, unless it is known. For estimates, and for the size of what is to take about so
 * long: nothing that is measured rests on it. */
double ticks_turn_ns(void);

/* Says what it was when this program was asked before, so that it is not measured again; 0: nobody
 * knows. */
void ticks_know_turn_ns(double turn_ns);
