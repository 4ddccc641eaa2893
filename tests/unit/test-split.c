/* A command line taken apart into words. */
#include "base/split.h"

#include <check.h>
#include <errno.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "tests/unit/run.h"

static const struct {
    const char *text, *words; /* each word in <> */
} rows[] = {
    {"", ""},
    {" \t ", ""},
    {"python3", "<python3>"},
    {" python3\tpython.py  x ", "<python3><python.py><x>"},
    {"\"/opt/a b/python3\" -X gil=0", "</opt/a b/python3><-X><gil=0>"},
    {"a\"b c\"d \"\" e", "<ab cd><><e>"},
    {"\"a\"\"b\"", "<ab>"},
    {"a\\ b 'c d'", "<a\\><b><'c><d'>"},
    {"a b c d", "<a><b><c><d>"},
    {"\"\" \"\" \"\"", "<><><>"},
};

START_TEST(words_are_split_at_blanks_that_stand_in_no_quotes)
{
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        auto_words char **words = NULL;
        auto_free char *seen = strdup("");

        ck_assert_int_eq(split_words(rows[i].text, &words), 0);
        for (char **word = words; *word; word++) {
            auto_free char *before = seen;

            seen = text_printf("%s<%s>", before, *word);
        }
        ck_assert_str_eq(seen, rows[i].words);
    }
}
END_TEST

START_TEST(a_quote_that_is_not_closed_is_refused)
{
    static const char *const texts[] = {"\"", "a \"b c", "\"a\" b\""};
    auto_words char **words = NULL;

    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
        ck_assert_int_eq(split_words(texts[i], &words), -EINVAL);
    ck_assert_ptr_null(words);
}
END_TEST

START_TEST(words_are_joined_so_that_they_are_split_again)
{
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        auto_words char **words = NULL, **again = NULL;
        auto_free char *text = NULL;
        size_t n = 0;

        ck_assert_int_eq(split_words(rows[i].text, &words), 0);
        text = split_join((const char *const *)words);
        ck_assert_int_eq(split_words(text, &again), 0);
        for (; words[n] && again[n]; n++)
            ck_assert_str_eq(words[n], again[n]);
        ck_assert(!words[n] && !again[n]);
    }
}
END_TEST

RUN_TESTS("split", 60, words_are_split_at_blanks_that_stand_in_no_quotes,
    a_quote_that_is_not_closed_is_refused, words_are_joined_so_that_they_are_split_again)
