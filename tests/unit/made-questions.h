/* Questions made up for tests. */
#pragma once

#include <check.h>

#include "catalog/questions.h"
#include "tests/unit/small-catalog.h"

static const char made_questions_text[] =
    "[{'id': 'work', 'experiment': 'work', 'text': 'How long do threads take?', 'choices': ["
    "{'id': 'half', 'text': 'about half as long', 'to': 0.75},"
    "{'id': 'same', 'text': 'about as long', 'from': 0.75, 'to': 1.5},"
    "{'id': 'longer', 'text': 'much longer', 'from': 1.5}],"
    "'answer': {'figure': 'relative', 'cell': {'mode': 'threads'}}},"
    "{'id': 'lost-by-two', 'experiment': 'work', 'text': 'How many are lost?', 'choices': ["
    "{'id': 'none', 'text': 'none', 'to': 1}, {'id': 'some', 'text': 'some', 'from': 1}],"
    "'answer': {'figure': 'metrics.lost', 'of': 'metrics.all', 'cell': {'mode': 'threads', 'tasks': 2},"
    "'over': {'mode': 'serial', 'tasks': 2}}}]";

/* Reads the questions in a text, JSON with ' for ", which must be right. To be freed by the caller. */
static inline Questions *made_questions_of(const char *text)
{
    json_auto_t *document = small_json(text);
    auto_free char *reason = NULL;
    Questions *questions = NULL;
    int r = questions_read(document, &questions, &reason);

    ck_assert_msg(r == 0, "%s", reason);
    return questions;
}

static inline Questions *made_questions(void)
{
    return made_questions_of(made_questions_text);
}
