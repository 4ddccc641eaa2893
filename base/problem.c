/* A request of 64 KB may have ten thousand bad parameters, or one whose value is nested two thousand deep:
 * written with indentation, that one alone is 8 MB. So nothing that came from outside is given back whole. A
 * value is shown up to MAX_SHOWN bytes, whatever its type, and errors are listed up to MAX_LISTED bytes of
 * JSON; what is counted there may stand in the answer twice, the second time as a part of "detail". */
#include "base/problem.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/near.h"
#include "base/text.h"
#include "base/utf8.h"

enum {
    MAX_SHOWN = 200,    /* bytes of a name, or of all that a value consists of */
    MAX_DEPTH = 3,      /* of a value */
    MAX_TEXT = 4096,    /* bytes of a reason, or of the detail */
    MAX_LISTED = 24576, /* bytes of all errors */
};

/* Leaves the problem unset and ready for use, so finishing twice is harmless. */
void problem_finish(Problem *problem)
{
    free(problem->title);
    free(problem->detail);
    json_decref(problem->errors);
    json_decref(problem->extra);
    *problem = (Problem){0};
}

static char *problem_format(const char *format, va_list args)
{
    char *text = NULL;
    int r = vasprintf(&text, format, args);

    assert(r >= 0);
    return text;
}

/* What a client sent may stand in any text here, so it need not be UTF-8, but JSON has to be. A text that is
 * too long is cut between two characters. A byte of the form 10xxxxxx continues a character, so going back
 * over those leads to its beginning. */
static json_t *problem_text(const char *text, size_t max)
{
    size_t length = strnlen(text, max + 1);
    bool is_cut = length > max;
    auto_free char *clean = NULL, *shown = NULL;
    json_t *json;

    if (is_cut)
        for (length = max; length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80;)
            length--;
    shown = text_printf("%.*s%s", (int)length, text, is_cut ? "..." : "");
    json = json_string(shown);
    if (json)
        return json;
    clean = utf8_clean(shown, strlen(shown));
    return json_string(clean);
}

/* The old words live until the new ones are made: they may be among the arguments. */
void problem_set(Problem *problem, int status, const char *title, const char *detail, ...)
{
    char *old_title = problem->title, *old_detail = problem->detail;
    va_list args;

    problem->status = status;
    problem->title = strdup(title);
    assert(problem->title);
    va_start(args, detail);
    problem->detail = problem_format(detail, args);
    va_end(args);
    free(old_title);
    free(old_detail);
}

/* Takes away what is there, but not more. */
static void room_spend(size_t *room, size_t bytes)
{
    *room -= bytes < *room ? bytes : *room;
}

static json_t *problem_shown(const json_t *given, int depth, size_t *room);

static json_t *problem_shown_array(const json_t *given, int depth, size_t *room)
{
    json_t *array = json_array(), *item;
    size_t i;

    json_array_foreach (given, i, item) {
        if (*room == 0) {
            json_array_append_new(array, json_string("..."));
            break;
        }
        json_array_append_new(array, problem_shown(item, depth + 1, room));
    }
    return array;
}

/* A name that is cut may be the same as another one; then one of them is shown. */
static json_t *problem_shown_object(const json_t *given, int depth, size_t *room)
{
    json_t *object = json_object(), *value;
    const char *name;

    json_object_foreach ((json_t *)given, name, value) {
        json_auto_t *key = problem_text(name, *room);

        if (*room == 0) {
            json_object_set_new(object, "...", json_null());
            break;
        }
        room_spend(room, strlen(name));
        json_object_set_new(object, json_string_value(key), problem_shown(value, depth + 1, room));
    }
    return object;
}

/* Returns what an error shows of a value, a new reference, and takes it from the room that there is. An
 * empty list costs something, too. Without that price a value of a million empty lists would cost nothing
 * and be shown whole. The room is spent before the parts are looked at, so what is inside gets what its
 * surroundings left over. */
static json_t *problem_shown(const json_t *given, int depth, size_t *room)
{
    size_t had = *room;

    room_spend(room, json_is_string(given) ? json_string_length(given) : 4);
    if (json_is_string(given))
        return problem_text(json_string_value(given), had);
    if (!json_is_array(given) && !json_is_object(given))
        return json_copy((json_t *)given);
    if (depth == MAX_DEPTH)
        return json_string("...");
    return json_is_array(given) ? problem_shown_array(given, depth, room)
                                : problem_shown_object(given, depth, room);
}

/* Takes given over. */
static json_t *problem_shortened(json_t *given)
{
    size_t room = MAX_SHOWN;
    json_t *shorter = given ? problem_shown(given, 0, &room) : json_null();

    json_decref(given);
    return shorter;
}

bool problem_is_full(const Problem *problem)
{
    return problem->n_omitted > 0 || json_array_size(problem->errors) == PROBLEM_MAX_ERRORS;
}

/* Once one error did not fit, those behind it are left out as well: they stand in their order. */
static void problem_list(Problem *problem, json_t *error)
{
    size_t bytes = json_dumpb(error, NULL, 0, JSON_INDENT(2));

    if (!problem->errors)
        problem->errors = json_array();
    if (json_array_size(problem->errors) > 0 && problem->n_bytes + bytes > MAX_LISTED) {
        problem->n_omitted++;
        json_decref(error);
        return;
    }
    problem->n_bytes += bytes;
    json_array_append_new(problem->errors, error);
}

/* A problem of errors, unless it is one already. */
static void problem_begin(Problem *problem)
{
    if (problem_is_set(problem))
        return;
    problem->status = 400;
    problem->title = strdup("Bad parameters");
    assert(problem->title);
}

/* An error that is only counted still gives back got and allowed: the caller has handed them over in any
 * case. */
void problem_add(Problem *problem, const char *param, json_t *got, json_t *allowed, const char *reason, ...)
{
    auto_free char *text = NULL;
    json_t *error;
    va_list args;

    problem_begin(problem);
    if (problem_is_full(problem)) {
        problem->n_omitted++;
        json_decref(got);
        json_decref(allowed);
        return;
    }
    va_start(args, reason);
    text = problem_format(reason, args);
    va_end(args);

    error = json_object();
    json_object_set_new(error, "param", problem_text(param, MAX_SHOWN));
    json_object_set_new(error, "got", problem_shortened(got));
    json_object_set_new(error, "reason", problem_text(text, MAX_TEXT));
    /* The members of allowed (min, max or choices) become members of the error; they never replace param,
     * got or reason. */
    if (allowed) {
        json_object_update_missing(error, allowed);
        json_decref(allowed);
    }
    problem_list(problem, error);
}

void problem_add_inner(Problem *problem, const char *param, const Problem *from)
{
    json_t *error;
    size_t i;

    if (!from->errors && problem_is_set(from))
        problem_add(problem, param, NULL, NULL, "%s", from->detail);
    json_array_foreach (from->errors, i, error) {
        auto_free char *name =
            text_printf("%s.%s", param, json_string_value(json_object_get(error, "param")));

        problem_begin(problem);
        if (problem_is_full(problem)) {
            problem->n_omitted++;
            continue;
        }
        error = json_copy(error);
        json_object_set_new(error, "param", problem_text(name, MAX_SHOWN));
        problem_list(problem, error);
    }
    problem->n_omitted += from->n_omitted;
}

const char *problem_nearest(const char *name, const json_t *names)
{
    json_t *one;
    Near near;
    size_t i;

    near_begin(&near, name);
    json_array_foreach (names, i, one)
        near_offer(&near, json_string_value(one));
    return near.best;
}

char *problem_names(const json_t *names)
{
    char *text = NULL;
    size_t length = 0, i;
    FILE *file = open_memstream(&text, &length);
    json_t *name;

    assert(file);
    json_array_foreach (names, i, name)
        fprintf(file, "%s%s", i > 0 ? ", " : "", json_string_value(name));
    fclose(file);
    return text;
}

/* Whether an error in the list has told these names already. They are the same array for all errors about
 * names of one kind, so their address is enough. */
static bool problem_has_told(const Problem *problem, const json_t *names)
{
    const json_t *error;
    size_t i;

    json_array_foreach (problem->errors, i, error)
        if (json_object_get(error, "choices") == names && !json_object_get(error, "did_you_mean"))
            return true;
    return false;
}

/* Forty names in a sentence help nobody who has mistyped one of them, so they are told only where none is
 * near, and once: a request that has three unknown names would otherwise be answered with a hundred. */
void problem_add_name(
    Problem *problem, const char *param, json_t *got, const char *name, json_t *names, const char *reason)
{
    const char *near = problem_is_full(problem) ? NULL : problem_nearest(name, names);
    json_t *allowed = json_pack("{s:O}", "choices", names);
    auto_free char *list = NULL;

    if (near) {
        json_object_set_new(allowed, "did_you_mean", json_string(near));
        problem_add(problem, param, got, allowed, "%s; did you mean %s?", reason, near);
    } else if (json_array_size(names) == 0) {
        problem_add(problem, param, got, allowed, "%s; there is none at all", reason);
    } else if (problem_is_full(problem) || problem_has_told(problem, names)) {
        problem_add(problem, param, got, allowed, "%s", reason);
    } else {
        list = problem_names(names);
        problem_add(problem, param, got, allowed, "%s; there are %s", reason, list);
    }
}

/* Only texts are shortened: a caller that adds a list or an object answers for its size. */
void problem_extend(Problem *problem, const char *name, json_t *value)
{
    if (!problem->extra)
        problem->extra = json_object();
    json_object_set_new(problem->extra, name, json_is_string(value) ? problem_shortened(value) : value);
}

/* What was given, as JSON, or NULL where nothing was. An empty text is left to the reason, which says that it
 * is empty: (given "") would be a riddle. The caller frees it. */
static char *problem_given(const json_t *error)
{
    const json_t *got = json_object_get(error, "got");
    const char *reason = json_string_value(json_object_get(error, "reason"));

    if (json_is_null(got) || strncmp(reason, "is empty", strlen("is empty")) == 0)
        return NULL;
    return json_dumps(got, JSON_ENCODE_ANY | JSON_COMPACT);
}

/* "tasks is 0: must be between 1 and 256; colour is red: no such parameter" */
static char *problem_detail(const Problem *problem)
{
    char *text = NULL;
    size_t length = 0, i;
    FILE *file = open_memstream(&text, &length);
    json_t *error;

    assert(file);
    json_array_foreach (problem->errors, i, error) {
        auto_free char *dump = problem_given(error);

        fprintf(file, "%s%s", i > 0 ? "; " : "", json_string_value(json_object_get(error, "param")));
        if (dump)
            fprintf(file, " is %s", dump);
        fprintf(file, ": %s", json_string_value(json_object_get(error, "reason")));
    }
    fclose(file);
    return text;
}

/* Members that were added by problem_extend() come last and cannot replace those of the standard. */
json_t *problem_json(const Problem *problem)
{
    auto_free char *made = problem->detail ? NULL : problem_detail(problem);
    json_t *object = json_object();

    assert(problem_is_set(problem));
    json_object_set_new(object, "type", json_string("about:blank"));
    json_object_set_new(object, "title", problem_text(problem->title, MAX_SHOWN));
    json_object_set_new(object, "status", json_integer(problem->status));
    json_object_set_new(object, "detail", problem_text(made ? made : problem->detail, MAX_TEXT));
    if (problem->errors)
        json_object_set(object, "errors", problem->errors);
    if (problem->n_omitted > 0)
        json_object_set_new(object, "errors_omitted", json_integer(problem->n_omitted));
    if (problem->extra)
        json_object_update_missing(object, problem->extra);
    return object;
}

/* "tasks (given "0"): must be from 1 to 256" */
static void problem_print_error(const json_t *error, FILE *file)
{
    auto_free char *dump = problem_given(error);

    fprintf(file, "%s", json_string_value(json_object_get(error, "param")));
    if (dump)
        fprintf(file, " (given %s)", dump);
    fprintf(file, ": %s\n", json_string_value(json_object_get(error, "reason")));
}

void problem_print(const Problem *problem, FILE *file)
{
    size_t i;
    json_t *error;

    fprintf(file, "%s", problem->title);
    if (problem->detail)
        fprintf(file, ": %s", problem->detail);
    fprintf(file, "\n");
    json_array_foreach (problem->errors, i, error) {
        fprintf(file, "  ");
        problem_print_error(error, file);
    }
    if (problem->n_omitted > 0)
        fprintf(file, "  and %d more\n", problem->n_omitted);
}

/* Names and values come from a client, and a line is to stay one: a terminal would obey an escape, and a
 * script that reads lines would take what stands behind a newline for a message of its own. */
static void problem_print_line(const char *prefix, const char *line, FILE *file)
{
    auto_free char *clean = utf8_clean(line, strlen(line));

    fprintf(file, "%s: %s\n", prefix, clean);
}

/* The detail says it all where there is one. */
void problem_print_lines(const Problem *problem, const char *prefix, FILE *file)
{
    size_t i;
    json_t *error;

    if (problem->detail)
        problem_print_line(prefix, problem->detail, file);
    json_array_foreach (problem->errors, i, error) {
        auto_free char *line = NULL;
        size_t length = 0;
        FILE *memory = problem->detail ? NULL : open_memstream(&line, &length);

        if (!memory)
            break;
        problem_print_error(error, memory);
        fclose(memory);
        line[length - 1] = '\0';
        problem_print_line(prefix, line, file);
    }
    if (problem->n_omitted > 0)
        fprintf(file, "%s: and %d more\n", prefix, problem->n_omitted);
}
