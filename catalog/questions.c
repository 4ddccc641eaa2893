/* A question that is wrong would not be noticed for long: a range that is misspelt is an endless one, and the
 * answer that came out is then whatever stands first. So members that are not known are refused here, unlike
 * in catalogs, which may come from another version; this document comes with the program. */
#include "catalog/questions.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "catalog/shapes.h"

/* Only small letters, as an id stands in addresses and is typed by hand. */
static bool question_check_id(Reader *reader, const Place *place, const char *id)
{
    const Place at = {.in = place, .member = "id"};

    return id[strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0' ||
           reader_complain(reader, &at, "must have small letters, digits and dashes only");
}

static bool question_check_text(Reader *reader, const Place *place, const char *text)
{
    const Place at = {.in = place, .member = "text"};

    return *text || reader_complain(reader, &at, "must not be empty");
}

static bool question_check_members(
    Reader *reader, const Place *place, const json_t *json, const Member *members, size_t n)
{
    const char *key;
    json_t *value;

    json_object_foreach ((json_t *)json, key, value) {
        const Place at = {.in = place, .member = key};
        size_t i = 0;

        while (i < n && strcmp(members[i].name, key) != 0)
            i++;
        if (i == n)
            return reader_complain(reader, &at, "there is no such member");
    }
    return true;
}

static const Member choice_members[] = {
    {"id", MEMBER_NAME, AT(QuestionChoice, id)},
    {"text", MEMBER_TEXT, AT(QuestionChoice, text)},
    {"from", MEMBER_NUMBER, MEMBER_OPTIONAL, AT(QuestionChoice, from)},
    {"to", MEMBER_NUMBER, MEMBER_OPTIONAL, AT(QuestionChoice, to)},
};

/* An end that is missing is 0 by now, which could also stand there. */
static bool choice_check(Reader *reader, const Place *place, const json_t *json, void *target)
{
    QuestionChoice *choice = target;

    if (!json_is_number(json_object_get(json, "from")))
        choice->from = -INFINITY;
    if (!json_is_number(json_object_get(json, "to")))
        choice->to = INFINITY;
    if (!question_check_members(reader, place, json, choice_members, ARRAY_LENGTH(choice_members)) ||
        !question_check_id(reader, place, choice->id) || !question_check_text(reader, place, choice->text))
        return false;
    if (isinf(choice->from) && isinf(choice->to))
        return reader_complain(reader, place, "must have from or to, or it is right whatever comes out");
    return choice->from < choice->to || reader_complain(reader, place, "must have a from below its to");
}

static const Shape shape_choice = SHAPE(QuestionChoice, choice_members, choice_check);

static const Member answer_members[] = {
    {"figure", MEMBER_NAME, AT(QuestionAnswer, figure)},
    {"of", MEMBER_NAME, MEMBER_OPTIONAL, AT(QuestionAnswer, of)},
    {"cell", MEMBER_OBJECT, AT(QuestionAnswer, cell)},
    {"over", MEMBER_OBJECT, MEMBER_OPTIONAL, AT(QuestionAnswer, over)},
    {"quiet", MEMBER_FLAG, MEMBER_OPTIONAL, AT(QuestionAnswer, quiet)},
};

static bool answer_check(Reader *reader, const Place *place, const json_t *json, void *target)
{
    const QuestionAnswer *answer = target;
    const Place figure = {.in = place, .member = "figure"}, over = {.in = place, .member = "over"};

    if (!question_check_members(reader, place, json, answer_members, ARRAY_LENGTH(answer_members)))
        return false;
    if (strcmp(answer->figure, "relative") == 0 && (answer->of || answer->over))
        return reader_complain(reader, &figure, "relative is a ratio already, and is not divided again");
    return !answer->over || !json_equal(answer->cell, answer->over) ||
           reader_complain(reader, &over, "is the cell itself");
}

static const Shape shape_answer = SHAPE(QuestionAnswer, answer_members, answer_check);

static const Member question_members[] = {
    {"id", MEMBER_NAME, AT(Question, id)},
    {"experiment", MEMBER_NAME, AT(Question, experiment)},
    {"text", MEMBER_TEXT, AT(Question, text)},
    {"choices", MEMBER_LIST, AT_ALL(Question, choices, n_choices), .shape = &shape_choice},
    {"answer", MEMBER_PART, AT(Question, answer), .shape = &shape_answer},
};

/* Of two answers that are both right nobody could say which one came out. */
static bool question_check_pair(
    Reader *reader, const Place *item, const QuestionChoice *choice, const QuestionChoice *other)
{
    const Place id = {.in = item, .member = "id"};

    if (strcmp(choice->id, other->id) == 0)
        return reader_complain(reader, &id, "\"%s\" stands twice", choice->id);
    return choice->to <= other->from || other->to <= choice->from ||
           reader_complain(reader, item, "\"%s\" and \"%s\" may both be right: their ranges overlap",
               other->id, choice->id);
}

static bool question_check(Reader *reader, const Place *place, const json_t *json, void *target)
{
    const Question *question = target;
    const Place choices = {.in = place, .member = "choices"};

    if (!question_check_members(reader, place, json, question_members, ARRAY_LENGTH(question_members)) ||
        !question_check_id(reader, place, question->id) ||
        !question_check_text(reader, place, question->text))
        return false;
    for (size_t i = 0; i < question->n_choices; i++) {
        const Place item = {.in = &choices, .index = i};

        for (size_t k = 0; k < i; k++)
            if (!question_check_pair(reader, &item, &question->choices[i], &question->choices[k]))
                return false;
    }
    return question->n_choices >= 2 || reader_complain(reader, &choices, "must be two at least");
}

static const Shape shape_question = SHAPE(Question, question_members, question_check);

static const Member questions_member = {
    "questions", MEMBER_LIST, AT_ALL(Questions, list, n), .shape = &shape_question};

/* Whoever asks for an experiment and names no question is asked its own one. */
static bool questions_check(Reader *reader, const Place *place, const Questions *questions)
{
    for (size_t i = 0; i < questions->n; i++) {
        const Question *question = &questions->list[i];
        const Question *own = questions_find(questions, question->experiment);
        const Place item = {.in = place, .index = i};

        if (questions_find(questions, question->id) != question)
            return reader_complain(
                reader, &(Place){.in = &item, .member = "id"}, "\"%s\" stands twice", question->id);
        if (!own || strcmp(own->experiment, question->experiment) != 0)
            return reader_complain(reader, &(Place){.in = &item, .member = "experiment"},
                "\"%s\" has no question of its own, which would be called as it is", question->experiment);
    }
    return true;
}

int questions_read(json_t *json, Questions **ret, char **ret_reason)
{
    Questions *questions = calloc(1, sizeof(*questions));
    Reader reader = {.memo = &questions->memo, .root = questions};
    const Place document = {0};

    assert(questions);
    questions->json = json_incref(json);
    if (member_read(&reader, &document, &questions_member, json, questions) &&
        questions_check(&reader, &document, questions)) {
        *ret = questions;
        return 0;
    }
    *ret_reason = reader.reason;
    questions_free(questions);
    return -EINVAL;
}

void questions_free(Questions *questions)
{
    if (!questions)
        return;
    memo_release(&questions->memo);
    json_decref(questions->json);
    free(questions);
}

const Question *questions_find(const Questions *questions, const char *id)
{
    for (size_t i = 0; id && questions && i < questions->n; i++)
        if (strcmp(questions->list[i].id, id) == 0)
            return &questions->list[i];
    return NULL;
}

const QuestionChoice *question_choice(const Question *question, const char *id)
{
    for (size_t i = 0; id && question && i < question->n_choices; i++)
        if (strcmp(question->choices[i].id, id) == 0)
            return &question->choices[i];
    return NULL;
}

static json_t *question_json(const Question *question)
{
    json_t *choices = json_array();

    for (size_t i = 0; i < question->n_choices; i++)
        json_array_append_new(choices,
            json_pack("{s:s, s:s}", "id", question->choices[i].id, "text", question->choices[i].text));
    return json_pack("{s:s, s:s, s:s, s:o}", "id", question->id, "experiment", question->experiment, "text",
        question->text, "choices", choices);
}

json_t *questions_json(const Questions *questions, const Catalogs *catalogs)
{
    json_t *list = json_array();

    for (size_t i = 0; questions && i < questions->n; i++)
        if (catalogs_experiment(catalogs, questions->list[i].experiment))
            json_array_append_new(list, question_json(&questions->list[i]));
    return list;
}
