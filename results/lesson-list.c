/* What was asked and what came out, in words: "2 to 8 countdowns", and lists of what each cell measured. */
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "results/human.h"
#include "results/lesson-parts.h"
#include "results/view.h"

#define MOST_ITEMS 6

char *lesson_tasks(const Lesson *lesson, const char *one, const char *several)
{
    int64_t least = lesson_least_tasks(lesson), low = INT64_MAX, high = 0;
    json_auto_t *seen = json_object();
    auto_free char *least_text = NULL, *most_text = NULL;
    size_t i;
    json_t *cell;

    json_array_foreach (lesson->cells, i, cell) {
        int64_t tasks = lesson_n_tasks(cell);
        char key[24];

        if (tasks < least)
            continue;
        snprintf(key, sizeof(key), "%lld", (long long)tasks);
        json_object_set_new(seen, key, json_true());
        low = tasks < low ? tasks : low;
        high = tasks > high ? tasks : high;
    }
    least_text = human_integer(low);
    most_text = human_integer(high);
    if (json_object_size(seen) < 2)
        return text_printf("%s %s", most_text, high == 1 ? one : several);
    return text_printf(
        "%s %s %s %s", least_text, json_object_size(seen) == 2 ? "or" : "to", most_text, several);
}

void lesson_write_value(const char *name, const json_t *value, FILE *file)
{
    static const struct {
        const char *name, *before, *thing;
    } phrases[] = {
        {"mode", " in ", ""},
        {"lock", " under ", ""},
        {"tasks", " with ", " task"},
        {"cpus", " on ", " CPU"},
        {"runtime", " in ", ""},
    };
    auto_free char *text = human_value(value);
    bool is_one = json_is_integer(value) && json_integer_value(value) == 1;

    for (size_t i = 0; i < sizeof(phrases) / sizeof(phrases[0]); i++) {
        if (strcmp(name, phrases[i].name) != 0)
            continue;
        fprintf(file, "%s%s%s%s", phrases[i].before, text, phrases[i].thing,
            *phrases[i].thing && !is_one ? "s" : "");
        return;
    }
    fprintf(file, " at %s=%s", name, text);
}

static bool have_one_mode(const Lesson *lesson)
{
    const char *mode = lesson_word(json_array_get(lesson->cells, 0), "mode");
    size_t i;
    json_t *cell;

    json_array_foreach (lesson->cells, i, cell) {
        if (!lesson_matches(cell, mode, NULL))
            return false;
    }
    return true;
}

/* The settings of a lock say nothing of a cell under another one. */
static bool matters(const json_t *cell, const char *name)
{
    if (strcmp(name, "switch_interval_us") == 0)
        return lesson_matches(cell, NULL, "gil") || lesson_matches(cell, NULL, "per-interpreter");
    return strcmp(name, "check_interval") != 0 || lesson_matches(cell, NULL, "gil-py2");
}

/* " in threads under gil with 2 tasks": what tells the cell from the others. Where all have one mode, the
 * first that is named has it. */
static void write_cell(const Lesson *lesson, const json_t *cell, bool is_first, FILE *file)
{
    bool with_mode = is_first || !have_one_mode(lesson);
    size_t i;
    json_t *name;

    json_array_foreach (lesson->varying, i, name) {
        const char *text = json_string_value(name);
        const json_t *value = view_value(cell, text);

        if (value && matters(cell, text) && (with_mode || strcmp(text, "mode") != 0))
            lesson_write_value(text, value, file);
    }
}

void lesson_list(Lesson *lesson, const char *subject, LessonAmount *amount)
{
    size_t i, n = 0;
    json_t *cell;

    json_array_foreach (lesson->cells, i, cell) {
        auto_free char *text = amount(cell);

        if (!text)
            continue;
        if (n < MOST_ITEMS) {
            fprintf(lesson->result, "%s%s", n == 0 ? subject : ", ", text);
            write_cell(lesson, cell, n == 0, lesson->result);
        }
        n++;
    }
    if (n > MOST_ITEMS)
        fprintf(lesson->result, " and %zu more", n - MOST_ITEMS);
}
