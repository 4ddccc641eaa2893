/* Identifiers that sort by the time they were made. */
#include "base/ulid.h"

#include <check.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static uint64_t milliseconds_of(const char *ulid)
{
    uint64_t ms = 0;

    for (int i = 0; i < 10; i++)
        ms = ms << 5 | (uint64_t)(strchr(alphabet, ulid[i]) - alphabet);
    return ms;
}

static uint64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

START_TEST(it_is_26_characters_of_crockfords_alphabet)
{
    char ulid[ULID_LENGTH + 1];

    memset(ulid, '!', sizeof(ulid));
    ulid_make(ulid);
    ck_assert_uint_eq(strlen(ulid), ULID_LENGTH);
    ck_assert_uint_eq(strspn(ulid, alphabet), ULID_LENGTH);
    ck_assert_int_le(ulid[0], '7');
}
END_TEST

START_TEST(it_begins_with_the_time)
{
    char ulid[ULID_LENGTH + 1];
    uint64_t before = now_ms(), after;

    ulid_make(ulid);
    after = now_ms();
    ck_assert_uint_ge(milliseconds_of(ulid), before);
    ck_assert_uint_le(milliseconds_of(ulid), after);
}
END_TEST

/* Many of these share a millisecond. */
START_TEST(a_later_one_sorts_behind_an_earlier_one)
{
    char last[ULID_LENGTH + 1], next[ULID_LENGTH + 1];

    ulid_make(last);
    for (int i = 0; i < 10000; i++) {
        ulid_make(next);
        ck_assert_str_lt(last, next);
        memcpy(last, next, sizeof(last));
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ulid");
    TCase *tests = tcase_create("ulid");
    SRunner *runner = srunner_create(suite);
    int n_failed;

    suite_add_tcase(suite, tests);
    tcase_add_test(tests, it_is_26_characters_of_crockfords_alphabet);
    tcase_add_test(tests, it_begins_with_the_time);
    tcase_add_test(tests, a_later_one_sorts_behind_an_earlier_one);
    srunner_run_all(runner, CK_NORMAL);
    n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed > 0;
}
