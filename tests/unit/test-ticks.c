/* That the work of a countdown is done, by whatever compiler. */
#include "base/nsec.h"
#include "engine/ticks.h"
#include "tests/unit/run.h"

/* A compiler may leave out a loop that does nothing but end, and clang did. No CPU takes twenty turns in a
 * nanosecond. */
START_TEST(every_turn_is_taken)
{
    const uint64_t n = 10000000;
    nsec_t since = nsec_now();

    ck_assert_uint_eq(ticks_count_down(n), 0);
    ck_assert_uint_ge(nsec_now() - since, n / 20);
    ck_assert_uint_eq(ticks_count_down(0), 0);
    ck_assert_double_gt(ticks_turn_ns(), 0.05);
}
END_TEST

RUN_TESTS("ticks", 60, every_turn_is_taken)
