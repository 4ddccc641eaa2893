/* The two parts of an identifier, time and chance, are one number of 128 bits. So "a later one sorts behind
 * an earlier one" is a comparison of two numbers, and going on from the last one is adding 1, whichever part
 * it carries into. */
#include "base/ulid.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

__extension__ typedef unsigned __int128 uint128_t;

void ulid_make(char text[static ULID_LENGTH + 1])
{
    static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    static uint128_t last;
    uint128_t value;
    uint8_t random[10];
    struct timespec now;
    uint64_t ms;

    clock_gettime(CLOCK_REALTIME, &now);
    ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
    /* Up to 256 bytes come whole and are not interrupted by signals (getrandom(2)). */
    if (getrandom(random, sizeof(random), 0) != sizeof(random))
        assert(!"the kernel has random bytes");
    value = ms;
    for (size_t i = 0; i < sizeof(random); i++)
        value = value << 8 | random[i];
    /* Two in one millisecond, or a clock that was set back: go on from the last one. */
    if (value <= last)
        value = last + 1;
    last = value;
    for (int i = ULID_LENGTH - 1; i >= 0; i--) {
        text[i] = alphabet[(unsigned)value & 31];
        value >>= 5;
    }
    text[ULID_LENGTH] = '\0';
}
