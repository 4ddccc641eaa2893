/* What was asked and what came out, in words: "2 to 8 countdowns", and lists of what each cell measured. */
#include <assert.h>
#include <stdlib.h>
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

bool lesson_matters(const json_t *cell, const char *name)
{
    if (strcmp(name, "switch_interval_us") == 0)
        return lesson_matches(cell, "threads", "gil");
    return strcmp(name, "check_interval") != 0 || lesson_matches(cell, NULL, "gil-py2");
}

/* Returns " in threads under gil with 2 tasks", what tells the cell from the others, or the same without its
 * mode; owned by the caller. */
static char *label_of(const Lesson *lesson, const json_t *cell, bool with_mode)
{
    char *label = NULL;
    size_t length = 0, i;
    FILE *file = open_memstream(&label, &length);
    json_t *name;

    assert(file);
    json_array_foreach (lesson->varying, i, name) {
        const char *text = json_string_value(name);
        const json_t *value = view_value(cell, text);

        if (value && lesson_matters(cell, text) && (with_mode || strcmp(text, "mode") != 0))
            lesson_write_value(text, value, file);
    }
    fclose(file);
    return label;
}

/* Cells that nothing tells apart but what they measured. */
typedef struct Item {
    const json_t *cell; /* the first of them */
    char *label;        /* owned, as are the texts */
    char *least, *most;
    double low, high;
} Item;

static void item_finish(Item *item)
{
    free(item->label);
    free(item->least);
    free(item->most);
}

static void item_widen(Item *item, const char *text, double size)
{
    if (!item->least || size < item->low) {
        free(item->least);
        item->least = strdup(text);
        item->low = size;
    }
    if (!item->most || size > item->high) {
        free(item->most);
        item->most = strdup(text);
        item->high = size;
    }
    assert(item->least && item->most);
}

/* Returns how many items there are; there is room for one for each cell. */
static size_t collect_items(const Lesson *lesson, LessonAmount *amount, Item *items)
{
    size_t i, n = 0, k;
    json_t *cell;

    json_array_foreach (lesson->cells, i, cell) {
        double size = 0;
        auto_free char *text = amount(cell, &size), *label = text ? label_of(lesson, cell, true) : NULL;

        if (!text)
            continue;
        for (k = 0; k < n && strcmp(items[k].label, label) != 0; k++)
            ;
        if (k == n)
            items[n++] = (Item){.cell = cell, .label = take_pointer(label)};
        item_widen(&items[k], text, size);
    }
    return n;
}

/* Where all have one mode, only the first that is named has it. */
void lesson_list(Lesson *lesson, const char *subject, LessonAmount *amount)
{
    auto_free Item *items = calloc(json_array_size(lesson->cells) + 1, sizeof(*items));
    size_t n;

    assert(items);
    n = collect_items(lesson, amount, items);
    for (size_t i = 0; i < n && i < MOST_ITEMS; i++) {
        const Item *item = &items[i];
        bool is_one = strcmp(item->least, item->most) == 0;
        auto_free char *label = label_of(lesson, item->cell, i == 0 || !have_one_mode(lesson));

        fprintf(lesson->result, "%s%s%s%s%s", i == 0 ? subject : ", ", item->least, is_one ? "" : " to ",
            is_one ? "" : item->most, label);
    }
    if (n > MOST_ITEMS)
        fprintf(lesson->result, " and %zu more", n - MOST_ITEMS);
    for (size_t i = 0; i < n; i++)
        item_finish(&items[i]);
}
