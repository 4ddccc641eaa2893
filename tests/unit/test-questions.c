/* The document of questions: a good one as structs, bad ones refused with the place, and the real one held
 * against what the engine offers. */
#include <errno.h>
#include <math.h>

#include "engine/describe.h"
#include "tests/unit/made-questions.h"
#include "tests/unit/run.h"

#define CHOICES "[0].choices"

static const struct {
    const char *path, *text; /* what is put in which place; NULL: it is taken away */
    const char *reason;
} bad_rows[] = {
    {"0", "null", "[0]: must be an object, is null"},
    {"0/id", NULL, "[0].id: must be a name, is missing"},
    {"0/id", "'Work'", "[0].id: must have small letters, digits and dashes only"},
    {"0/id", "'a b'", "[0].id: must be a name: 1 to 64 "},
    {"0/id", "'other'", "[0].experiment: \"work\" has no question of its own, "},
    {"1/id", "'work'", "[1].id: \"work\" stands twice"},
    {"1/experiment", "'play'", "[1].experiment: \"play\" has no question of its own, "},
    {"1/experiment", NULL, "[1].experiment: must be a name, is missing"},
    {"0/text", "5", "[0].text: must be a text, is a number"},
    {"0/text", "''", "[0].text: must not be empty"},
    {"0/chioces", "[]", "[0].chioces: there is no such member"},
    {"0/choices", NULL, CHOICES ": must be a list, is missing"},
    {"0/choices", "[]", CHOICES ": must be two at least"},
    {"0/choices/1/id", "'half'", CHOICES "[1].id: \"half\" stands twice"},
    {"0/choices/1/id", "'About'", CHOICES "[1].id: must have small letters"},
    {"0/choices/1/text", "''", CHOICES "[1].text: must not be empty"},
    {"0/choices/1/form", "1", CHOICES "[1].form: there is no such member"},
    {"0/choices/1/from", "'1'", CHOICES "[1].from: must be a number, is a text"},
    {"0/choices/1/from", "1.5", CHOICES "[1]: must have a from below its to"},
    {"0/choices/1/from", "0.7", CHOICES "[1]: \"half\" and \"same\" may both be right: their ranges overlap"},
    {"0/choices/1/to", NULL, CHOICES "[2]: \"same\" and \"longer\" may both be right: their ranges overlap"},
    {"0/choices/0/to", NULL, CHOICES "[0]: must have from or to, "},
    {"0/answer", NULL, "[0].answer: must be an object, is missing"},
    {"0/answer/figure", NULL, "[0].answer.figure: must be a name, is missing"},
    {"0/answer/figur", "'cpu_ns'", "[0].answer.figur: there is no such member"},
    {"0/answer/cell", NULL, "[0].answer.cell: must be an object, is missing"},
    {"0/answer/cell", "'threads'", "[0].answer.cell: must be an object, is a text"},
    {"0/answer/over", "{'mode': 'serial'}", "[0].answer.figure: relative is a ratio already, "},
    {"0/answer/of", "'cpu_ns'", "[0].answer.figure: relative is a ratio already, "},
    {"1/answer/over", "{'mode': 'threads', 'tasks': 2}", "[1].answer.over: is the cell itself"},
};

START_TEST(what_is_wrong_is_said_with_its_place)
{
    for (size_t i = 0; i < ARRAY_LENGTH(bad_rows); i++) {
        json_auto_t *document = small_json(made_questions_text);
        auto_free char *reason = NULL;
        Questions *questions = NULL;

        small_set(document, bad_rows[i].path, bad_rows[i].text);
        ck_assert_int_eq(questions_read(document, &questions, &reason), -EINVAL);
        ck_assert_ptr_null(questions);
        ck_assert_msg(strncmp(reason, bad_rows[i].reason, strlen(bad_rows[i].reason)) == 0, "%s %s: %s",
            bad_rows[i].path, bad_rows[i].text ? bad_rows[i].text : "gone", reason);
    }
}
END_TEST

START_TEST(what_is_no_list_is_no_document)
{
    json_auto_t *document = json_object();
    auto_free char *reason = NULL;
    Questions *questions = NULL;

    ck_assert_int_eq(questions_read(document, &questions, &reason), -EINVAL);
    ck_assert_str_eq(reason, "the document: must be a list, is an object");
}
END_TEST

START_TEST(questions_and_choices_are_found_by_their_ids)
{
    Questions *questions = made_questions();
    const Question *work = questions_find(questions, "work"),
                   *lost = questions_find(questions, "lost-by-two");

    ck_assert_uint_eq(questions->n, 2);
    ck_assert_str_eq(work->text, "How long do threads take?");
    ck_assert_str_eq(work->answer.figure, "relative");
    ck_assert_ptr_null(work->answer.over);
    ck_assert_str_eq(lost->answer.of, "metrics.all");
    ck_assert_str_eq(json_string_value(json_object_get(lost->answer.over, "mode")), "serial");
    ck_assert_str_eq(question_choice(work, "same")->text, "about as long");
    ck_assert_double_eq(question_choice(work, "same")->from, 0.75);
    ck_assert_double_eq(question_choice(work, "same")->to, 1.5);
    ck_assert(isinf(question_choice(work, "half")->from) && isinf(question_choice(work, "longer")->to));
    ck_assert_ptr_null(question_choice(work, "none"));
    ck_assert_ptr_null(question_choice(work, NULL));
    ck_assert_ptr_null(question_choice(NULL, "half"));
    ck_assert_ptr_null(questions_find(questions, "play"));
    ck_assert_ptr_null(questions_find(questions, NULL));
    ck_assert_ptr_null(questions_find(NULL, "work"));
    questions_free(questions);
}
END_TEST

START_TEST(people_see_the_choices_but_not_what_decides_between_them)
{
    Questions *questions = made_questions();
    auto_catalogs Catalogs catalogs = small_catalogs();
    json_auto_t *shown = questions_json(questions, &catalogs), *none = questions_json(NULL, &catalogs);
    json_auto_t *first =
        small_json("{'id': 'work', 'experiment': 'work', 'text': 'How long do threads take?', 'choices': ["
                   "{'id': 'half', 'text': 'about half as long'}, {'id': 'same', 'text': 'about as long'},"
                   "{'id': 'longer', 'text': 'much longer'}]}");

    ck_assert_uint_eq(json_array_size(shown), 2);
    ck_assert(json_equal(json_array_get(shown, 0), first));
    ck_assert_uint_eq(json_array_size(none), 0);
    questions_free(questions);
}
END_TEST

START_TEST(a_question_about_an_experiment_that_nobody_has_is_not_shown)
{
    auto_catalogs Catalogs catalogs = small_catalogs();
    json_auto_t *document = small_json(made_questions_text), *shown = NULL;
    auto_free char *reason = NULL;
    Questions *questions;

    json_array_remove(document, 1);
    small_set(document, "0/id", "'play'");
    small_set(document, "0/experiment", "'play'");
    ck_assert_int_eq(questions_read(document, &questions, &reason), 0);
    shown = questions_json(questions, &catalogs);
    ck_assert_uint_eq(json_array_size(shown), 0);
    questions_free(questions);
}
END_TEST

/* Whether a cell of the engine can be what a question says. */
static void assert_cell_is_possible(const Catalog *catalog, const Question *question, const json_t *cell)
{
    const CatalogExperiment *experiment = catalog_experiment(catalog, question->experiment);
    const char *key;
    json_t *value;

    json_object_foreach ((json_t *)cell, key, value) {
        const char *text = json_string_value(value);
        const CatalogParameter *parameter = catalog_parameter(experiment, key);

        if (!parameter)
            parameter = catalog_lock_parameter(catalog, key);
        if (strcmp(key, "mode") == 0)
            ck_assert_msg(text && catalog_mode(catalog, text), "%s: no mode %s", question->id, text);
        else if (strcmp(key, "lock") == 0)
            ck_assert_msg(text && catalog_lock(catalog, text), "%s: no lock %s", question->id, text);
        else if (strcmp(key, "runtime") == 0)
            ck_assert_msg(text, "%s: a runtime has a name", question->id);
        else if (strcmp(key, "tasks") == 0 || strcmp(key, "cpus") == 0)
            ck_assert_msg(json_integer_value(value) > 0, "%s: so many %s", question->id, key);
        else
            ck_assert_msg(
                parameter && catalog_parameter_takes(parameter, value), "%s: %s", question->id, key);
    }
}

START_TEST(the_real_questions_are_about_what_the_engine_offers)
{
    auto_free char *path = text_printf("%s/story/questions.json", getenv("SOURCE_ROOT")), *reason = NULL;
    json_auto_t *document = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
    auto_catalogs Catalogs catalogs = small_read(describe_runtime());
    const Catalog *engine = catalogs.list[0];
    Questions *questions = NULL;

    ck_assert_msg(questions_read(document, &questions, &reason) == 0, "%s", reason);
    for (size_t i = 0; i < engine->n_experiments; i++)
        ck_assert_msg(questions_find(questions, engine->experiments[i].name), "%s has no question",
            engine->experiments[i].name);
    for (size_t i = 0; i < questions->n; i++) {
        const Question *question = &questions->list[i];

        ck_assert_msg(catalog_experiment(engine, question->experiment), "%s", question->id);
        assert_cell_is_possible(engine, question, question->answer.cell);
        assert_cell_is_possible(engine, question, question->answer.over);
    }
    questions_free(questions);
}
END_TEST

RUN_TESTS("questions", 20, what_is_wrong_is_said_with_its_place, what_is_no_list_is_no_document,
    questions_and_choices_are_found_by_their_ids, people_see_the_choices_but_not_what_decides_between_them,
    a_question_about_an_experiment_that_nobody_has_is_not_shown,
    the_real_questions_are_about_what_the_engine_offers)
