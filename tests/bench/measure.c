#include "tests/bench/measure.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "tests/bench/peers.h"

/* Set by bench_fail(), taken by whoever called what failed. */
static char *last_failure;

int bench_fail(const char *format, ...)
{
    char text[512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    text_replace(&last_failure, text);
    return -1;
}

static char *take_failure(void)
{
    char *failure = last_failure;

    last_failure = NULL;
    return failure ? failure : text_copy("it failed");
}

static bool can_measure(const Measured *measured, size_t i)
{
    return measured->wanted[i] && !measured->missing[i] && !measured->failures[i];
}

/* Round -1 is not counted: it warms caches, and brings in what is loaded at the first use. One that fails is
 * measured no more. */
static void measure_once(Measured *measured, size_t i, int round)
{
    const BenchContender *contender = &measured->part->contenders[i];
    double figures[BENCH_FIGURES] = {0};

    if (contender->measure(contender, figures) < 0) {
        measured->failures[i] = take_failure();
        return;
    }
    for (int k = 0; round >= 0 && k < BENCH_FIGURES; k++)
        measured->figures[i][k][round] = figures[k];
}

/* Forwards and backwards in turns, so that a machine that becomes slower or faster does not always favour the
 * same contender. Rounds that are broken off are forgotten. */
static void measure_rounds(Measured *measured, bool (*stop)(void))
{
    size_t n = measured->part->n_contenders;
    bool warms = !measured->part->slow && !bench_is_quick();

    for (int round = warms ? -1 : 0; round < measured->rounds; round++) {
        for (size_t turn = 0; turn < n; turn++) {
            size_t i = round % 2 ? n - 1 - turn : turn;

            if (stop()) {
                measured->rounds = round > 0 ? round : 0;
                return;
            }
            if (can_measure(measured, i))
                measure_once(measured, i, round);
        }
    }
}

static void count_contender(Measured *measured, int i)
{
    const BenchContender *contender = &measured->part->contenders[i];

    if (measured->instructions[i] > 0 || measured->count_failure)
        return;
    if (contender->count(contender, &measured->instructions[i]) < 0) {
        measured->instructions[i] = 0;
        measured->count_failure = take_failure();
    }
}

static bool can_count(const Measured *measured, const BenchRow *row)
{
    const BenchContender *contenders = measured->part->contenders;

    return row->beside != BENCH_ALONE && row->ratio > 0 && contenders[row->ours].count &&
           contenders[row->beside].count && can_measure(measured, (size_t)row->ours) &&
           can_measure(measured, (size_t)row->beside);
}

static bool row_is_wanted(const Measured *measured, const BenchRow *row)
{
    return measured->wanted[row->ours] && (row->beside == BENCH_ALONE || measured->wanted[row->beside]);
}

static void count_rows(Measured *measured, bool count, bool (*stop)(void))
{
    for (size_t i = 0; i < measured->part->n_rows && !stop(); i++) {
        const BenchRow *row = &measured->part->rows[i];

        if (!row_is_wanted(measured, row) || !can_count(measured, row))
            continue;
        if (!count && measured_judge(measured, row).outcome != JUDGE_INCONCLUSIVE)
            continue;
        count_contender(measured, row->ours);
        count_contender(measured, row->beside);
    }
}

void measure_part(Measured *measured, bool count, bool (*stop)(void))
{
    const BenchPart *part = measured->part;
    bool is_open;

    for (size_t i = 0; i < part->n_contenders; i++) {
        const char *needs = part->contenders[i].needs;

        measured->missing[i] = needs && !peer_find(needs) ? needs : NULL;
    }
    is_open = !part->open || part->open() == 0;
    for (size_t i = 0; !is_open && i < part->n_contenders; i++)
        measured->failures[i] = text_copy(last_failure ? last_failure : "it does not begin");
    if (is_open) {
        measure_rounds(measured, stop);
        if (measured->rounds > 0)
            count_rows(measured, count, stop);
    }
    if (part->close)
        part->close();
}

void measured_finish(Measured *measured)
{
    for (size_t i = 0; i < BENCH_MAX_CONTENDERS; i++)
        free(measured->failures[i]);
    free(measured->count_failure);
}

bool measured_estimate(const Measured *measured, int contender, int figure, Estimate *ret)
{
    if (!can_measure(measured, (size_t)contender) || measured->rounds == 0)
        return false;
    *ret = judge_estimate(measured->figures[contender][figure], (size_t)measured->rounds);
    return true;
}

static Estimate estimate_ratio(const Measured *measured, const BenchRow *row)
{
    double ratios[BENCH_MAX_ROUNDS];

    for (int i = 0; i < measured->rounds; i++) {
        double below = measured->figures[row->beside][row->figure][i];

        ratios[i] = below > 0 ? measured->figures[row->ours][row->figure][i] / below : 0;
    }
    return judge_estimate(ratios, (size_t)measured->rounds);
}

/* Why a contender has no figures, or NULL. */
static const char *reason_of(const Measured *measured, int i, RowState *ret)
{
    if (i == BENCH_ALONE)
        return NULL;
    *ret = measured->missing[i] ? ROW_LEFT_OUT : ROW_FAILED;
    if (measured->missing[i])
        return measured->missing[i];
    if (measured->failures[i])
        return measured->failures[i];
    return measured->rounds == 0 ? "it was broken off" : NULL;
}

/* A rate is good if it is high, the instructions for one request if they are few: the target is turned round,
 * too. */
static JudgeOutcome judge_instructions(const BenchRow *row, double ratio)
{
    double most = row->goal == BENCH_AT_MOST ? row->ratio : 1 / row->ratio;

    return ratio <= most ? JUDGE_HOLDS : JUDGE_MISSES;
}

static void judge_ratio(RowResult *result)
{
    const BenchRow *row = result->row;
    const double *instructions = result->measured->instructions;

    result->outcome = judge(&result->ratio, row->goal == BENCH_AT_MOST, row->ratio);
    if (instructions[row->ours] <= 0 || instructions[row->beside] <= 0)
        return;
    result->instruction_ratio = instructions[row->ours] / instructions[row->beside];
    if (result->outcome != JUDGE_INCONCLUSIVE)
        return;
    result->by_instructions = true;
    result->outcome = judge_instructions(row, result->instruction_ratio);
}

/* With two targets, the worse outcome is that of the row. A row that has a limit of its own does not need the
 * peer beside it: without one it is judged by the limit. */
RowResult measured_judge(const Measured *measured, const BenchRow *row)
{
    RowResult result = {.row = row, .measured = measured};
    bool is_beside_there;

    result.reason = reason_of(measured, row->ours, &result.state);
    if (result.reason)
        return result;
    measured_estimate(measured, row->ours, row->figure, &result.ours);
    is_beside_there = row->beside != BENCH_ALONE && !reason_of(measured, row->beside, &result.state);
    if (row->beside != BENCH_ALONE && !is_beside_there && row->limit <= 0) {
        result.reason = reason_of(measured, row->beside, &result.state);
        return result;
    }
    result.state = ROW_JUDGED;
    if (is_beside_there) {
        result.has_beside = true;
        measured_estimate(measured, row->beside, row->figure, &result.beside);
        result.ratio = estimate_ratio(measured, row);
        if (row->ratio > 0)
            judge_ratio(&result);
    }
    if (row->limit > 0) {
        JudgeOutcome outcome = judge(&result.ours, true, row->limit);

        result.outcome = outcome > result.outcome ? outcome : result.outcome;
    }
    return result;
}
