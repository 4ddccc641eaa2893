/* What a turn takes is measured and not assumed: it is another time on each kind of CPU. The least of many
 * short measurements is taken, because nothing makes a loop faster than it is, while interrupts, other
 * programs and a CPU that is still waking up make it slower. */
#include "engine/ticks.h"

#include "base/nsec.h"

/* The empty statement keeps the compiler from working out the end. The loop is ten bytes, and where they lie
 * across the border of two cache lines a turn takes twice as long on some CPUs. That is decided by whatever
 * else is linked, so a change anywhere could make every countdown half as fast; on a line of its own it is
 * the same in each program. */
__attribute__((noinline, aligned(64))) uint64_t ticks_count_down(uint64_t n)
{
    while (n > 0) {
        n--;
        __asm__ volatile("" : "+r"(n));
    }
    return n;
}

/* 0: not known yet. Children inherit it. */
static double known;

void ticks_know_turn_ns(double turn_ns)
{
    if (turn_ns > 0)
        known = turn_ns;
}

double ticks_turn_ns(void)
{
    enum { TURNS = 200000, MEASUREMENTS = 40 };
    double least = 0;

    if (known > 0)
        return known;
    for (int i = 0; i < MEASUREMENTS; i++) {
        nsec_t since = nsec_now();
        double turn;

        ticks_count_down(TURNS);
        turn = (double)(nsec_now() - since) / TURNS;
        if (i == 0 || turn < least)
            least = turn;
    }
    return known = least;
}
