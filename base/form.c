/* A parser that guesses is a hole: two programs that read "a=1&a=2" or "%zz" differently can be played
 * against each other. So there is one reading of each text, or an error. */
#include "base/form.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

static int form_hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* What is decoded is never longer, so it fits in its own place. The NUL that "%00" stands for is decoded
 * like any other byte; form_add() refuses it where it can name the parameter. */
long form_unescape(char *text, size_t length, int plus_is_space)
{
    size_t to = 0;

    for (size_t from = 0; from < length; from++, to++) {
        if (text[from] == '%') {
            int high = from + 2 < length ? form_hex_digit(text[from + 1]) : -1;
            int low = from + 2 < length ? form_hex_digit(text[from + 2]) : -1;

            if (high < 0 || low < 0)
                return -1;
            text[to] = (char)(high << 4 | low);
            from += 2;
        } else {
            text[to] = plus_is_space && text[from] == '+' ? ' ' : text[from];
        }
    }
    return (long)to;
}

/* Forms elsewhere take a name twice for a list. Here nobody knows yet which parameters take one, so it is
 * said with an "if". What is long would hide the words around it. */
void form_refuse_again(Problem *problem, const char *name, const json_t *first, json_t *again)
{
    enum { MOST_SHOWN = 40 };
    size_t n_first = json_string_length(first), n_again = json_string_length(again);

    if (n_first == 0 || n_again == 0 || n_first > MOST_SHOWN || n_again > MOST_SHOWN ||
        strlen(name) > MOST_SHOWN)
        problem_add(problem, name, again, NULL, "given more than once");
    else
        problem_add(problem, name, again, NULL,
            "given more than once; where it takes a list, its values have commas between them: %s=%s,%s",
            name, json_string_value(first), json_string_value(again));
}

/* jansson refuses a text that is not UTF-8 by returning NULL, so both texts are made first and then judged.
 * The name comes before the value, because an error has to say which parameter it is about. json_stringn()
 * keeps NUL bytes, but the name as a C string ends at the first one: "tasks%00x" would pass as "tasks". */
void form_add(json_t *object, const char *name, size_t name_length, const char *value, size_t value_length,
    Problem *problem)
{
    json_auto_t *name_text = json_stringn(name, name_length);
    json_auto_t *text = json_stringn(value ? value : "", value_length);
    const char *key = json_string_value(name_text);

    if (!key || memchr(name, '\0', name_length))
        problem_add(problem, "?", NULL, NULL, "a name that is not UTF-8 text or has a NUL byte");
    else if (name_length == 0)
        problem_add(problem, "", json_incref(text), NULL, "a value without a name");
    else if (json_object_get(object, key))
        form_refuse_again(problem, key, json_object_get(object, key), json_incref(text));
    else if (!text)
        problem_add(problem, key, NULL, NULL, "the value is not UTF-8 text");
    else if (value && memchr(value, '\0', value_length))
        problem_add(problem, key, NULL, NULL, "the value has a NUL byte");
    else
        json_object_set(object, key, text);
}

/* A piece that does not decode is shown as it came, if it can be shown. Decoding happens in place, so the
 * copy is made before it. */
static void form_add_pair(json_t *object, char *pair, size_t length, Problem *problem)
{
    char *equals = memchr(pair, '=', length);
    size_t name_length = equals ? (size_t)(equals - pair) : length;
    auto_free char *raw = strndup(pair, length);
    long n_name = form_unescape(pair, name_length, 1), n_value = 0;

    assert(raw);
    if (equals)
        n_value = form_unescape(equals + 1, length - name_length - 1, 1);
    if (n_name < 0 || n_value < 0) {
        auto_free char *name = strndup(raw, name_length);

        assert(name);
        problem_add(problem, n_name < 0 ? "?" : name, json_string(raw), NULL,
            "has a bad percent-escape: a percent sign is followed by two hexadecimal digits, and itself is "
            "written %%25");
        return;
    }
    form_add(object, pair, (size_t)n_name, equals ? equals + 1 : "", (size_t)n_value, problem);
}

/* Empty pieces, as in "a=1&&b=2" or behind a last "&", are skipped: browsers make them, and they say
 * nothing. */
void form_parse(json_t *object, const char *text, size_t length, Problem *problem)
{
    auto_free char *copy = malloc(length + 1);
    size_t start = 0;

    assert(copy);
    memcpy(copy, text, length);
    copy[length] = '\0';
    while (start < length) {
        char *ampersand = memchr(copy + start, '&', length - start);
        size_t end = ampersand ? (size_t)(ampersand - copy) : length;

        if (end > start)
            form_add_pair(object, copy + start, end - start, problem);
        start = end + 1;
    }
}
