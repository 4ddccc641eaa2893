/* What the engine costs: the same countdown bare, in serial without a lock, and in one thread without a lock
 * and with each. All of them run in turns, forwards and backwards, and each ratio is made of neighbours of
 * one round, so that noise which lasts longer than a round falls on both sides. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "engine/registry.h"
#include "engine/ticks.h"
#include "tests/bench/judge.h"

enum { ROUNDS = 25 };

typedef struct Contender {
    const char *name;
    const Mode *mode; /* NULL: the bare program */
    const LockPolicy *lock;
} Contender;

enum { BARE, SERIAL_NONE, THREAD_NONE, THREAD_GIL, THREAD_PY2, N_CONTENDERS };

static const Contender contenders[N_CONTENDERS] = {
    [BARE] = {"the bare loop", NULL, NULL},
    [SERIAL_NONE] = {"serial, none", &mode_serial, &lock_none},
    [THREAD_NONE] = {"one thread, none", &mode_threads, &lock_none},
    [THREAD_GIL] = {"one thread, gil", &mode_threads, &lock_gil},
    [THREAD_PY2] = {"one thread, gil-py2", &mode_threads, &lock_gil_py2},
};

typedef struct Claim {
    int above, below; /* contenders */
    double target;
} Claim;

static const Claim claims[] = {
    {SERIAL_NONE, BARE, 1.01},
    {THREAD_GIL, THREAD_NONE, 1.02},
    {THREAD_PY2, THREAD_NONE, 1.05},
};

static nsec_t run_bare(const char *program, int64_t n)
{
    char command[4096];
    nsec_t ns = 0;
    FILE *output;

    snprintf(command, sizeof(command), "'%s' %lld", program, (long long)n);
    output = popen(command, "r");
    assert(output);
    if (fscanf(output, "%" SCNu64, &ns) != 1)
        ns = 0;
    pclose(output);
    return ns;
}

static nsec_t run_contender(const Contender *contender, const char *bare, int64_t n)
{
    Cell cell = {
        .experiment = &experiment_countdown,
        .mode = contender->mode,
        .lock = contender->lock,
        .n_tasks = 1,
        .n_cpus = 1,
        .turns_per_tick = TICK_TURNS,
    };
    Problem problem = {0};
    Arena *arena;
    nsec_t wall;

    if (!contender->mode)
        return run_bare(bare, n);
    memcpy(cell.params, &n, sizeof(n));
    lock_read_settings(cell.lock, NULL, &cell.lock_settings, &problem);
    if (cell_run(&cell, false, 0, &arena) < 0)
        return 0;
    wall = arena->complete ? arena->wall : 0;
    arena_free(arena);
    return wall;
}

static int judge_claim(const Claim *claim, nsec_t walls[ROUNDS][N_CONTENDERS])
{
    double ratios[ROUNDS];
    char text[64];

    for (int round = 0; round < ROUNDS; round++)
        ratios[round] = (double)walls[round][claim->above] / (double)walls[round][claim->below];
    snprintf(text, sizeof(text), "%s over %s", contenders[claim->above].name, contenders[claim->below].name);
    return judge(text, ratios, ROUNDS, claim->target);
}

int main(int argc, char **argv)
{
    static nsec_t walls[ROUNDS][N_CONTENDERS];
    int64_t n = (int64_t)(100e6 / ticks_turn_ns());
    int outcome = JUDGE_HOLDS;

    if (argc != 2) {
        fprintf(stderr, "usage: bench-countdown BARE-PROGRAM\n");
        return 2;
    }
    for (int round = -1; round < ROUNDS; round++) {
        for (int i = 0; i < N_CONTENDERS; i++) {
            int k = round % 2 ? N_CONTENDERS - 1 - i : i;
            nsec_t wall = run_contender(&contenders[k], argv[1], n);

            if (wall == 0) {
                fprintf(stderr, "%s did not come to its end\n", contenders[k].name);
                return 1;
            }
            if (round >= 0)
                walls[round][k] = wall;
        }
    }
    for (size_t i = 0; i < ARRAY_LENGTH(claims); i++)
        outcome = judge_worse(outcome, judge_claim(&claims[i], walls));
    return outcome;
}
