/* What a turn takes is measured and not assumed: it is another time on each kind of CPU. The least of many
 * short measurements is taken, because nothing makes a loop faster than it is, while interrupts, other
 * programs and a CPU that is still waking up make it slower. */
#include "engine/ticks.h"

#include "base/nsec.h"

/* A turn multiplies by one before it takes one away. Each multiplication waits for the one before it, so a
 * turn takes the time of that chain, four cycles on most CPUs, and never more than a few instructions are
 * under way. A loop that only takes one away asks the CPU for as many instructions as it can start, and has
 * to share that with whatever runs on the core's other hardware thread: another program, or the guest of
 * somebody else on the same host. Measured side by side, such a loop was within 15 % of its usual time in a
 * third of all tries, this one in 95 %. It also depended on where in a cache line its ten bytes lay.
 *
 * The empty statements hide that the factor is one and what a turn leaves, or a compiler would work out the
 * end: it may leave out a loop that does nothing but end. */
__attribute__((noinline, aligned(64))) uint64_t ticks_count_down(uint64_t n)
{
    uint64_t one = 1;

    __asm__("" : "+r"(one));
    while (n > 0) {
        n = n * one - 1;
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
