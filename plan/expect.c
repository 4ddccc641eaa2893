/* A prediction is checked by a parameter of its own, whose choices are those of the question that was chosen:
 * so it is refused in the same words as any other choice, with the right ones and the nearest. */
#include "plan/expect.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "plan/param.h"

static const char *const names[] = {"question", "prediction"};

static bool is_one(const char *name)
{
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

bool expect_may_be_empty(const CatalogParameter *parameter)
{
    return is_one(parameter->name);
}

json_t *expect_check_prediction(
    const Asked *asked, const CatalogParameter *parameter, const json_t *given, Problem *problem)
{
    const char *id = json_string_value(asked_value(asked, "question"));
    const Question *question = questions_find(asked->limits->questions, id);
    CatalogParameter narrowed = *parameter;
    auto_free const char **choices = NULL;

    if (!question)
        return NULL;
    choices = calloc(question->n_choices, sizeof(*choices));
    assert(choices);
    for (size_t i = 0; i < question->n_choices; i++)
        choices[i] = question->choices[i].id;
    narrowed.choices = choices;
    narrowed.n_choices = question->n_choices;
    return param_check(&narrowed, given, 1, problem);
}

bool expect_refuse(const Asked *asked, const char *name, const json_t *given, Problem *problem)
{
    if (!asked->limits->questions || !is_one(name))
        return false;
    problem_add(problem, name, json_incref((json_t *)given), NULL,
        "has no meaning here: no question is asked about %s, so there is nothing to predict",
        asked->experiment->name);
    return true;
}
