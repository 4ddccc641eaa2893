/* Models beside what they model. That two threads take turns under a model of a lock shows how the model
 * works; that they take as long as in an interpreter with that lock shows that the model is right. Nothing is
 * said of a quotient but what its interval bears, and cells are counted where there are several: which of
 * them differ stands in the table. */
#include "base/array.h"
#include "results/lesson-parts.h"

#define MOST_MODELS 3 /* with a clause each */

/* Whether a cell stands beside its model, and the result is about it. */
static bool models_compares(const Lesson *lesson, const ResultCell *cell)
{
    return cell->model.is_known && cell->model.cell && cell->tasks >= lesson_least_tasks(lesson);
}

/* Whether both cells are of one lock, and so are their models. */
static bool models_same_pair(const ResultCell *one, const ResultCell *other)
{
    return lesson_shares_lock(one, other) && lesson_shares_lock(one->model.cell, other->model.cell);
}

static bool models_is_first(const Lesson *lesson, size_t index)
{
    const ResultCell *cell = lesson->cells.at[index];

    for (size_t i = 0; i < index; i++) {
        if (models_compares(lesson, lesson->cells.at[i]) && models_same_pair(lesson->cells.at[i], cell))
            return false;
    }
    return true;
}

static const char *models_one_cell(Words *words, const ResultCell *cell)
{
    static const char *const said[] = {
        [MODEL_NOT_COMPARED] = "",
        [MODEL_AGREES] = "they agree within 10 %",
        [MODEL_DIFFERS] = "they differ by more than 10 %",
        [MODEL_CANNOT_TELL] = "whether they agree within 10 % cannot be told",
    };
    const ResultCell *model = cell->model.cell;

    return words_printf(words,
        "in %s the model (%s under %s) took %s times its serial time and %s %s times: %s", cell->mode,
        model->runtime, model->lock, words_ratio(words, model->relative.ratio), cell->runtime,
        words_ratio(words, cell->relative.ratio), said[cell->model.verdict]);
}

/* "beside python3 the model (c under gil) agrees within 10 % in 2 of 4 cells, differs by more in 1, may or
 * may not agree in 1" */
static const char *models_many_cells(Words *words, const ResultCell *cell, const size_t *n_verdicts, size_t n)
{
    static const struct {
        ModelVerdict verdict;
        const char *said;
    } parts[] = {
        {MODEL_AGREES, "agrees within 10 % in"},
        {MODEL_DIFFERS, "differs by more than 10 % in"},
        {MODEL_CANNOT_TELL, "may or may not agree within 10 % in"},
    };
    const ResultCell *model = cell->model.cell;
    const char *counts = "";

    for (size_t i = 0; i < ARRAY_LENGTH(parts); i++) {
        size_t of = n_verdicts[parts[i].verdict];

        if (of == 0)
            continue;
        counts = words_join(words, counts, ", ",
            *counts ? words_printf(words, "%s %zu", parts[i].said, of)
                    : words_printf(words, "%s %zu of %zu cells", parts[i].said, of, n));
    }
    return words_printf(
        words, "beside %s the model (%s under %s) %s", cell->runtime, model->runtime, model->lock, counts);
}

/* All cells of the runtime and lock of this one. */
static const char *models_of(Lesson *lesson, const ResultCell *first)
{
    size_t n_verdicts[MODEL_CANNOT_TELL + 1] = {0}, n = 0;

    for (size_t i = 0; i < lesson->cells.n; i++) {
        const ResultCell *cell = lesson->cells.at[i];

        if (!models_compares(lesson, cell) || !models_same_pair(first, cell))
            continue;
        n_verdicts[cell->model.verdict]++;
        n++;
    }
    return n == 1 ? models_one_cell(lesson->words, first)
                  : models_many_cells(lesson->words, first, n_verdicts, n);
}

const char *lesson_models(Lesson *lesson)
{
    const char *said = "";
    size_t n = 0;

    for (size_t i = 0; i < lesson->cells.n; i++) {
        if (models_compares(lesson, lesson->cells.at[i]) && models_is_first(lesson, i) && n++ < MOST_MODELS)
            said = words_join(lesson->words, said, "; ", models_of(lesson, lesson->cells.at[i]));
    }
    return said;
}
