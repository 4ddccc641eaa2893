#include "runs/asks-json.h"

#include <string.h>

#include "base/secret.h"

static json_t *words(const char *text)
{
    json_t *string = text ? json_string(text) : NULL;

    return string ? string : json_null();
}

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

json_t *ask_json(const Ask *ask)
{
    return json_pack("{s:s, s:o, s:o, s:o}", "owner", ask->owner, "label", words(ask->label), "question",
        words(ask->question), "prediction", words(ask->prediction));
}

json_t *asks_json(const Asks *asks)
{
    json_t *list = json_array();
    const Ask *ask;

    STAILQ_FOREACH (ask, asks, link)
        json_array_append_new(list, ask_json(ask));
    return list;
}

/* As asks_find() compares. */
static bool is_of(const json_t *ask, const AskReader *reader)
{
    const char *owner = text_of(ask, "owner");

    return owner && secret_equals(owner, reader->owner, strlen(reader->owner));
}

const json_t *asks_first_for(const json_t *asks, const AskReader *reader)
{
    size_t i;
    json_t *ask;

    json_array_foreach ((json_t *)asks, i, ask)
        if (is_of(ask, reader))
            return ask;
    return json_array_get(asks, 0);
}

const char *asks_outcome(const json_t *outcomes, const char *question)
{
    return question ? text_of(json_object_get(outcomes, question), "outcome") : NULL;
}

static bool is_among(const json_t *names, const char *name)
{
    size_t i;
    json_t *item;

    json_array_foreach ((json_t *)names, i, item)
        if (strcmp(json_string_value(item), name) == 0)
            return true;
    return false;
}

json_t *ask_held(const json_t *outcomes, const char *question, const char *prediction)
{
    const char *outcome = asks_outcome(outcomes, question);
    const json_t *possible =
        question ? json_object_get(json_object_get(outcomes, question), "possible") : NULL;

    if (!question || !prediction)
        return json_null();
    if (outcome)
        return json_boolean(strcmp(prediction, outcome) == 0);
    return possible && !is_among(possible, prediction) ? json_false() : json_null();
}

/* Another program's owner, or one of an older server, is a text of its own making, of which nothing is told.
 */
static json_t *person_of(const json_t *ask)
{
    const char *owner = text_of(ask, "owner");
    bool is_hash = owner && strncmp(owner, ASK_HASH, strlen(ASK_HASH)) == 0;
    size_t length = is_hash ? strlen(owner) : 0;

    return length >= strlen(ASK_HASH) + ASK_PERSON_DIGITS ? json_string(owner + length - ASK_PERSON_DIGITS)
                                                          : json_null();
}

json_t *ask_told(const json_t *ask, const json_t *outcomes, const AskReader *reader)
{
    bool yours = is_of(ask, reader), hidden = !yours && !reader->sees_all;
    const char *question = text_of(ask, "question");
    const char *prediction = hidden ? NULL : text_of(ask, "prediction");
    const char *outcome = hidden ? NULL : asks_outcome(outcomes, question);

    return json_pack("{s:o, s:o, s:o, s:b, s:o, s:b, s:b, s:o, s:o, s:b}", "label",
        words(text_of(ask, "label")), "person", person_of(ask), "question", words(question), "answered",
        text_of(ask, "prediction") != NULL, "prediction", words(prediction), "waiting",
        json_is_true(json_object_get(ask, "waiting")), "yours", yours, "outcome", words(outcome), "held",
        ask_held(outcomes, question, prediction), "hidden", hidden);
}

json_t *asks_told(const json_t *asks, const json_t *outcomes, const AskReader *reader)
{
    json_t *list = json_array();
    size_t i;
    json_t *ask;

    json_array_foreach ((json_t *)asks, i, ask)
        json_array_append_new(list, ask_told(ask, outcomes, reader));
    return list;
}

/* Whether all that was predicted of a run is hidden. Then what came out is not told in passing either, or a
 * class that watches the board would read the answer before it is asked. */
static bool is_all_hidden(const json_t *asks, const AskReader *reader)
{
    size_t i;
    json_t *ask;

    json_array_foreach ((json_t *)asks, i, ask)
        if (is_of(ask, reader))
            return false;
    return !reader->sees_all && json_array_size(asks) > 0;
}

json_t *asks_told_in(const json_t *object, const AskReader *reader)
{
    const json_t *asks = json_object_get(object, "asks"), *outcomes = json_object_get(object, "outcomes");
    json_t *told = json_copy((json_t *)object);

    if (asks)
        json_object_set_new(told, "asks", asks_told(asks, outcomes, reader));
    if (is_all_hidden(asks, reader) && json_object_get(told, "headline"))
        json_object_set_new(told, "headline", json_null());
    json_object_del(told, "outcomes");
    return told;
}
