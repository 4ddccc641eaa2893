/* Runs of several runtimes that take turns: who is next, and what the runtimes themselves saw, which note in
 * a file when it is their turn. The runtimes are scripts, under the real guard. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/sibling.h"
#include "base/text.h"
#include "runs/run-work.h"
#include "runs/turns.h"
#include "tests/unit/run.h"

enum { MAX_RUNTIMES = 3, PATIENCE_S = 30 };

/* What a test runs, from lab_make() to lab_finish(). */
typedef struct Lab {
    char folder[64];
    uv_loop_t loop;
    char *script;
    char *words[MAX_RUNTIMES][3];
    RuntimeProgram programs[MAX_RUNTIMES];
    Catalogs catalogs;
    RunSettings settings;
    CellSpec *specs;
    Run *run;
    Origin *origin;
    bool over;
} Lab;

static json_t *describe(const Lab *lab, const char *name)
{
    auto_free char *command = text_printf("%s %s --describe", lab->script, name);
    FILE *output = popen(command, "r");
    json_t *document = json_loadf(output, 0, NULL);

    ck_assert_ptr_nonnull(document);
    ck_assert_int_eq(pclose(output), 0);
    return document;
}

/* Two cells for each runtime, numbered as a grid numbers them: the mode varies fastest. */
static Plan make_plan(Lab *lab, int repeat, int warmup, bool traced)
{
    const char *timeline = traced ? "on" : "off";
    Plan plan = {
        .request = json_pack("{s:s, s:i, s:i, s:s, s:i, s:s}", "experiment", "turns", "repeat", repeat,
            "warmup", warmup, "detail", "summary", "seed", 1, "timeline", timeline),
        .cells = json_array(),
        .n_specs = 2 * lab->catalogs.n,
        .max_spans = traced ? 100 : 0,
        .timeout = PATIENCE_S * NSEC_PER_SEC,
    };

    plan.n_runtimes = lab->catalogs.n;
    plan.runtimes = calloc(plan.n_runtimes, sizeof(*plan.runtimes));
    for (size_t i = 0; i < plan.n_runtimes; i++)
        plan.runtimes[i] = catalog_ref(lab->catalogs.list[i]);
    plan.specs = calloc(plan.n_specs, sizeof(*plan.specs));
    for (size_t i = 0; i < plan.n_specs; i++) {
        const Catalog *catalog = lab->catalogs.list[i / 2];

        plan.specs[i] = (CellSpec){
            .number = (int64_t)i,
            .runtime = catalog,
            .experiment = &catalog->experiments[0],
            .mode = &catalog->modes[i % 2],
            .lock = &catalog->locks[0],
            .tasks = 1,
            .cpus = 1,
            .params = json_object(),
        };
        json_array_append_new(plan.cells, cell_spec_json(&plan.specs[i]));
    }
    return plan;
}

/* Names of runtimes, which are what they do. */
static void lab_make(Lab *lab, const char *const *names, size_t n, int repeat, int warmup, bool traced)
{
    json_auto_t *documents = json_array();
    auto_free char *reason = NULL;
    Plan plan;

    *lab = (Lab){.folder = "/tmp/gilscope-test-XXXXXX",
        .script = text_printf("%s/tests/api/turning-runtime.sh", getenv("SOURCE_ROOT"))};
    /* As in the server: who writes to a runtime that has gone learns it from the call. */
    signal(SIGPIPE, SIG_IGN);
    ck_assert_ptr_nonnull(mkdtemp(lab->folder));
    ck_assert_int_eq(chdir(lab->folder), 0);
    for (size_t i = 0; i < n; i++) {
        lab->words[i][0] = lab->script;
        lab->words[i][1] = (char *)names[i];
        lab->programs[i] = (RuntimeProgram){.name = names[i], .words = lab->words[i]};
        json_array_append_new(documents, describe(lab, names[i]));
    }
    ck_assert_int_eq(catalogs_read(documents, &lab->catalogs, &reason), 0);
    lab->settings = (RunSettings){
        .guard = sibling_find("guard", "gilscope-guard"), .runtimes = lab->programs, .n_runtimes = n};
    ck_assert_ptr_nonnull(lab->settings.guard);
    ck_assert_int_eq(uv_loop_init(&lab->loop), 0);
    lab->origin = origin_start(&lab->loop, &lab->settings);
    plan = make_plan(lab, repeat, warmup, traced);
    lab->run = run_new(&lab->loop, &lab->settings, &plan);
}

static void on_over(Run *run, void *data)
{
    Lab *lab = data;

    ck_assert_ptr_eq(run, lab->run);
    lab->over = true;
}

static void lab_run(Lab *lab)
{
    run_start(lab->run, lab->origin, on_over, lab);
    while (!lab->over)
        uv_run(&lab->loop, UV_RUN_ONCE);
    ck_assert_int_eq(lab->run->state, RUN_OVER);
    ck_assert(parts_are_gone(&lab->run->parts));
}

static void lab_finish(Lab *lab)
{
    run_free(lab->run);
    origin_stop(lab->origin);
    while (uv_run(&lab->loop, UV_RUN_DEFAULT) != 0)
        ;
    ck_assert_int_eq(uv_loop_close(&lab->loop), 0);
    catalogs_finish(&lab->catalogs);
    free((char *)lab->settings.guard);
    free(lab->script);
    unlink("turns");
    ck_assert_int_eq(chdir("/"), 0);
    ck_assert_int_eq(rmdir(lab->folder), 0);
}

/* Reads who had a turn, in order; each must have ended before the next began, but for one that a death has
 * ended. Returns the names, a new array. */
static json_t *read_turns(const char *dead)
{
    json_t *turns = json_array();
    FILE *file = fopen("turns", "re");
    char verb[16], name[64], last[64] = "";

    ck_assert_ptr_nonnull(file);
    while (fscanf(file, "%15s %63s", verb, name) == 2) {
        if (strcmp(verb, "begin") == 0) {
            ck_assert_msg(!*last || strcmp(last, dead) == 0, "%s began in the turn of %s", name, last);
            strcpy(last, name);
            json_array_append_new(turns, json_string(name));
        } else {
            ck_assert_str_eq(verb, "end");
            ck_assert_str_eq(name, last);
            *last = '\0';
        }
    }
    fclose(file);
    return turns;
}

/* "good wide good wide", owned by the caller. */
static char *text_of(const json_t *turns)
{
    char *text = strdup("");
    const json_t *name;
    size_t i;

    json_array_foreach (turns, i, name) {
        char *longer = text_printf("%s%s%s", text, *text ? " " : "", json_string_value(name));

        free(text);
        text = longer;
    }
    return text;
}

static void assert_turns(const char *wanted, const char *dead)
{
    json_auto_t *turns = read_turns(dead);
    auto_free char *text = text_of(turns);

    ck_assert_str_eq(text, wanted);
}

/* 1 warm-up and 2 repetitions of two cells each, and one more turn to say `done`. */
START_TEST(repetitions_alternate_and_nobody_measures_beside_another)
{
    static const char *const names[] = {"good", "wide", "blind"};
    Lab lab;

    lab_make(&lab, names, 3, 2, 1, false);
    lab_run(&lab);
    ck_assert_int_eq(lab.run->outcome, OUTCOME_DONE);
    assert_turns("good wide blind good wide blind " /* the warm-up */
                 "good wide blind good wide blind " /* repetition 0 */
                 "good wide blind good wide blind " /* repetition 1 */
                 "good wide blind",
        "");
    lab_finish(&lab);
}
END_TEST

START_TEST(traced_repetitions_alternate_too)
{
    static const char *const names[] = {"good", "wide"};
    Lab lab;

    lab_make(&lab, names, 2, 1, 0, true);
    lab_run(&lab);
    ck_assert_int_eq(lab.run->outcome, OUTCOME_DONE);
    assert_turns("good wide good wide " /* repetitions */
                 "good wide good wide " /* timelines */
                 "good wide",
        "");
    lab_finish(&lab);
}
END_TEST

START_TEST(one_alone_has_all_turns)
{
    static const char *const names[] = {"good"};
    Lab lab;

    lab_make(&lab, names, 1, 2, 0, false);
    lab_run(&lab);
    ck_assert_int_eq(lab.run->outcome, OUTCOME_DONE);
    assert_turns("good good good good good", "");
    lab_finish(&lab);
}
END_TEST

/* It dies in its second round, and its turns go to the others. */
START_TEST(the_turns_of_a_lost_one_go_to_the_others)
{
    static const char *const names[] = {"good", "dies", "wide"};
    Lab lab;

    lab_make(&lab, names, 3, 3, 0, false);
    lab_run(&lab);
    ck_assert_int_eq(lab.run->outcome, OUTCOME_FAILED);
    ck_assert_str_eq(lab.run->reason, "the runtime dies died of signal 9 (Killed); good and wide went on");
    assert_turns("good dies wide good dies wide good dies " /* two cells, and its death */
                 "wide good wide good wide good wide good wide",
        "dies");
    lab_finish(&lab);
}
END_TEST

RUN_TESTS("turns", 60, repetitions_alternate_and_nobody_measures_beside_another,
    traced_repetitions_alternate_too, one_alone_has_all_turns, the_turns_of_a_lost_one_go_to_the_others)
