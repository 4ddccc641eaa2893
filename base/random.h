/* A small seeded generator for jitter and bootstrap: the same seed gives the same numbers everywhere. Not
 * for secrets. The algorithm is splitmix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number
 * Generators, 2014). */
#pragma once

#include <stdint.h>

/* The next 64 bits; *state is the seed at first and holds the position afterwards. Every state is allowed,
 * also 0, and neighbouring seeds give numbers that have nothing to do with each other. */
static inline uint64_t random_next(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* A number from 0 to limit - 1 without visible bias; limit must not be 0. The upper half of the product is
 * the number scaled down to the limit: no division, and unlike the remainder no visible preference for small
 * numbers. What bias is left is below limit / 2^64. */
static inline uint64_t random_below(uint64_t *state, uint64_t limit)
{
    __extension__ typedef unsigned __int128 wide_t;

    return (uint64_t)(((wide_t)random_next(state) * limit) >> 64);
}
