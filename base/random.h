/* A small seeded generator for jitter and bootstrap: the same seed gives the same numbers everywhere. Not
 * for secrets. The algorithm is splitmix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number
 * Generators, 2014). */
#pragma once

#include <stdint.h>

static inline uint64_t random_next(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* A number from 0 to limit - 1 without visible bias; limit must not be 0. */
static inline uint64_t random_below(uint64_t *state, uint64_t limit)
{
    __extension__ typedef unsigned __int128 wide_t;

    return (uint64_t)(((wide_t)random_next(state) * limit) >> 64);
}
