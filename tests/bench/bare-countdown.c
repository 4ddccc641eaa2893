/* The loop of the countdown experiment and nothing around it: what the engine is held against. Prints the
 * nanoseconds that it took to count down from the number in the first argument. */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* As engine/ticks.c has it. */
__attribute__((noinline, aligned(64))) static uint64_t count_down(uint64_t n)
{
    uint64_t one = 1;

    __asm__("" : "+r"(one));
    while (n > 0) {
        n = n * one - 1;
        __asm__ volatile("" : "+r"(n));
    }
    return n;
}

int main(int argc, char **argv)
{
    uint64_t n = argc > 1 ? strtoull(argv[1], NULL, 10) : 0, left;
    struct timespec before, after;

    clock_gettime(CLOCK_MONOTONIC, &before);
    left = count_down(n);
    clock_gettime(CLOCK_MONOTONIC, &after);
    printf("%" PRId64 "\n",
        (int64_t)(after.tv_sec - before.tv_sec) * 1000000000 + after.tv_nsec - before.tv_nsec);
    return left != 0;
}
