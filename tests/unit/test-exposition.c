/* The text that Prometheus reads. */
#include "handlers/exposition.h"

#include "tests/unit/run.h"

static char *text;
static size_t length;

static FILE *begin(void)
{
    FILE *file = open_memstream(&text, &length);

    ck_assert_ptr_nonnull(file);
    return file;
}

static void assert_text(FILE *file, const char *wanted)
{
    fclose(file);
    ck_assert_str_eq(text, wanted);
    free(text);
}

START_TEST(a_family_has_a_head)
{
    FILE *file = begin();

    exposition_family(file, "a_total", "counter", "What it is.");
    assert_text(file, "# HELP a_total What it is.\n# TYPE a_total counter\n");
}
END_TEST

START_TEST(a_label_may_have_any_character)
{
    static const char *const labels[] = {"route", "/a\"b\\c\nd", "code", "", NULL};
    FILE *file = begin();

    exposition_count(file, "a_total", labels, 3);
    assert_text(file, "a_total{route=\"/a\\\"b\\\\c\\nd\",code=\"\"} 3\n");
}
END_TEST

START_TEST(a_count_keeps_all_its_digits)
{
    FILE *file = begin();

    exposition_count(file, "a", NULL, UINT64_MAX);
    assert_text(file, "a 18446744073709551615\n");
}
END_TEST

START_TEST(a_number_is_written_as_short_as_it_may_be)
{
    static const char *const none[] = {NULL};
    FILE *file = begin();

    exposition_sample(file, "a", none, 0.25);
    exposition_sample(file, "b", NULL, 0);
    exposition_sample(file, "c", NULL, 123456789.125);
    assert_text(file, "a 0.25\nb 0\nc 123456789.125\n");
}
END_TEST

RUN_TESTS("exposition", 60, a_family_has_a_head, a_label_may_have_any_character, a_count_keeps_all_its_digits,
    a_number_is_written_as_short_as_it_may_be)
