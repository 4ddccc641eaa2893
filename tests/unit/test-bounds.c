/* How much there is in a JSON text, and how deep it is. */
#include "base/bounds.h"

#include <check.h>
#include <string.h>

#include "base/array.h"
#include "tests/unit/run.h"

static const struct {
    const char *text;
    int depth;
    size_t values; /* as they are counted */
} rows[] = {
    {"7", 0, 0},
    {"\"a, [b], {c}\"", 0, 0},
    {"\"a\\\", [\\\\\"", 0, 0},
    {"[]", 1, 1},
    {"{}", 1, 1},
    {"[1,2,3]", 1, 3},
    {"{\"a,b\":1,\"c\":[2,{\"d\":3}]}", 3, 5},
    {"[[],[],[]]", 2, 6},
    {"[[[[\"[\"]]]]", 4, 4},
};

START_TEST(values_are_counted_outside_of_texts)
{
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
        ck_assert_msg(bounds_count_values(rows[i].text, strlen(rows[i].text)) == rows[i].values, "%s: %zu",
            rows[i].text, bounds_count_values(rows[i].text, strlen(rows[i].text)));
}
END_TEST

/* A text that ends in a backslash, as a line may that was cut. */
START_TEST(what_is_no_json_is_counted_too)
{
    ck_assert_uint_eq(bounds_count_values("\"\\", 2), 0);
    ck_assert_uint_eq(bounds_count_values("", 0), 0);
    ck_assert_uint_eq(bounds_count_values(",,,]", 4), 3);
}
END_TEST

START_TEST(a_value_is_as_deep_as_its_deepest_part)
{
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        json_auto_t *value = json_loads(rows[i].text, JSON_DECODE_ANY, NULL);

        ck_assert_msg(value != NULL, "%s", rows[i].text);
        ck_assert_msg(bounds_depth_is_within(value, rows[i].depth), "%s", rows[i].text);
        ck_assert_msg(
            rows[i].depth == 0 || !bounds_depth_is_within(value, rows[i].depth - 1), "%s", rows[i].text);
    }
}
END_TEST

RUN_TESTS("bounds", 30, values_are_counted_outside_of_texts, what_is_no_json_is_counted_too,
    a_value_is_as_deep_as_its_deepest_part)
