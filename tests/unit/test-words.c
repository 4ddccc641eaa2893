/* Words of sentences: templates, plurals, and texts that live together. */
#include "results/words.h"

#include <string.h>

#include "base/array.h"
#include "tests/unit/run.h"

START_TEST(a_template_has_its_names_replaced_and_one_half_of_each_choice)
{
    static const WordsName names[] = {{"lock", "the GIL"}, {"task", "thread"}};
    static const struct {
        const char *template, *one, *many;
    } cases[] = {
        {"{lock} lets one {task} run", "the GIL lets one thread run", "the GIL lets one thread run"},
        {"the hog[ gives|s give] it back", "the hog gives it back", "the hogs give it back"},
        {"{task}[|s]", "thread", "threads"},
        {"{tasks} {", "{tasks} {", "{tasks} {"},
        {"[a] [b", "[a] [b", "[a] [b"},
        {"[a|b", "[a|b", "[a|b"},
        {"{lock", "{lock", "{lock"},
        {"", "", ""},
    };
    auto_words Words words = {0};

    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        const char *template = cases[i].template;

        ck_assert_str_eq(words_fill(&words, template, names, ARRAY_LENGTH(names), false), cases[i].one);
        ck_assert_str_eq(words_fill(&words, template, names, ARRAY_LENGTH(names), true), cases[i].many);
    }
}
END_TEST

START_TEST(a_noun_has_its_plural)
{
    auto_words Words words = {0};

    ck_assert_str_eq(words_plural(&words, "thread"), "threads");
    ck_assert_str_eq(words_plural(&words, "process"), "processes");
    ck_assert_str_eq(words_plural(&words, "fetch"), "fetches");
    ck_assert_str_eq(words_count(&words, 1, "CPU"), "1 CPU");
    ck_assert_str_eq(words_count(&words, 0, "CPU"), "0 CPUs");
    ck_assert_str_eq(words_count(&words, 2000, "fetch"), "2,000 fetches");
}
END_TEST

START_TEST(a_gap_stands_only_between_texts)
{
    auto_words Words words = {0};

    ck_assert_str_eq(words_join(&words, "a", "; ", "b"), "a; b");
    ck_assert_str_eq(words_join(&words, "", "; ", "b"), "b");
    ck_assert_str_eq(words_join(&words, "a", "; ", ""), "a");
}
END_TEST

START_TEST(texts_stay_while_others_are_added)
{
    auto_words Words words = {0};
    const char *first = words_printf(&words, "%d", 1);

    for (int i = 0; i < 1000; i++)
        words_printf(&words, "%d", i);
    ck_assert_str_eq(first, "1");
    ck_assert_ptr_null(words_keep(&words, NULL));
    ck_assert_str_eq(words_integer(&words, 1e300), words_integer(&words, 1e18));
    ck_assert_str_eq(words_time(&words, 28e3), "28.0 µs");
}
END_TEST

RUN_TESTS("words", 60, a_template_has_its_names_replaced_and_one_half_of_each_choice, a_noun_has_its_plural,
    a_gap_stands_only_between_texts, texts_stay_while_others_are_added)
