#include "tests/unit/turn-lab.h"

#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/sibling.h"
#include "base/text.h"
#include "runs/run-view.h"

static json_t *describe(const TurnLab *lab, const char *name)
{
    auto_free char *command = text_printf("%s %s --describe", lab->script, name);
    FILE *output = popen(command, "r");
    json_t *document = json_loadf(output, 0, NULL);

    ck_assert_ptr_nonnull(document);
    ck_assert_int_eq(pclose(output), 0);
    return document;
}

static json_t *make_request(TurnAsk ask)
{
    json_t *request = json_pack("{s:s, s:i, s:i, s:s, s:i, s:s}", "experiment", "turns", "repeat", ask.repeat,
        "warmup", ask.warmup, "detail", "full", "seed", 1, "timeline", ask.traced ? "on" : "off");

    if (ask.precision > 0) {
        json_object_set_new(request, "precision", json_integer(ask.precision));
        json_object_set_new(request, "max_repeat", json_integer(ask.max_repeat));
    }
    return request;
}

static Plan make_plan(const TurnLab *lab, TurnAsk ask)
{
    uint64_t timeout_ms = ask.timeout_ms > 0 ? (uint64_t)ask.timeout_ms : TURN_LAB_PATIENCE_S * 1000;
    Plan plan = {
        .request = make_request(ask),
        .cells = json_array(),
        .n_specs = 2 * lab->catalogs.n,
        .n_runtimes = lab->catalogs.n,
        .max_spans = ask.traced ? 100 : 0,
        .timeout = timeout_ms * NSEC_PER_MSEC,
    };

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

static json_t *add_programs(TurnLab *lab, const char *const *names)
{
    json_t *documents = json_array();

    for (size_t i = 0; names[i]; i++) {
        ck_assert_uint_lt(i, TURN_LAB_MAX);
        lab->words[i][0] = lab->script;
        lab->words[i][1] = (char *)names[i];
        lab->programs[i] = (RuntimeProgram){.name = names[i], .words = lab->words[i]};
        json_array_append_new(documents, describe(lab, names[i]));
    }
    return documents;
}

void turn_lab_make(TurnLab *lab, const char *const *names, TurnAsk ask)
{
    json_auto_t *documents = NULL;
    auto_free char *reason = NULL;
    Plan plan;

    *lab = (TurnLab){.folder = "/tmp/gilscope-test-XXXXXX",
        .script = text_printf("%s/tests/api/turning-runtime.sh", getenv("SOURCE_ROOT"))};
    /* As in the server: who writes to a runtime that has gone learns it from the call. What a guard leaves
     * behind becomes a child of the test. */
    signal(SIGPIPE, SIG_IGN);
    ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    ck_assert_ptr_nonnull(mkdtemp(lab->folder));
    ck_assert_int_eq(chdir(lab->folder), 0);
    documents = add_programs(lab, names);
    ck_assert_int_eq(catalogs_read(documents, &lab->catalogs, &reason), 0);
    lab->settings = (RunSettings){
        .guard = sibling_find("guard", "gilscope-guard"),
        .runtimes = lab->programs,
        .n_runtimes = json_array_size(documents),
    };
    ck_assert_ptr_nonnull(lab->settings.guard);
    ck_assert_int_eq(uv_loop_init(&lab->loop), 0);
    lab->origin = origin_start(&lab->loop, &lab->settings);
    plan = make_plan(lab, ask);
    lab->run = run_new(&lab->loop, &lab->settings, &plan);
}

static void on_over(Run *run, void *data)
{
    TurnLab *lab = data;

    ck_assert_ptr_eq(run, lab->run);
    ck_assert(!lab->over);
    lab->over = true;
}

void turn_lab_start(TurnLab *lab)
{
    run_start(lab->run, lab->origin, on_over, lab);
}

void turn_lab_wait(TurnLab *lab)
{
    while (!lab->over)
        uv_run(&lab->loop, UV_RUN_ONCE);
    ck_assert_int_eq(lab->run->state, RUN_OVER);
    ck_assert(parts_are_gone(&lab->run->parts));
}

void turn_lab_run(TurnLab *lab)
{
    turn_lab_start(lab);
    turn_lab_wait(lab);
}

void turn_lab_wait_for_file(TurnLab *lab, const char *name)
{
    while (access(name, F_OK) < 0) {
        ck_assert(!lab->over);
        uv_run(&lab->loop, UV_RUN_NOWAIT);
        usleep(2000);
    }
}

void turn_lab_touch(const char *name)
{
    FILE *file = fopen(name, "we");

    ck_assert_ptr_nonnull(file);
    fclose(file);
}

json_t *turn_lab_json(const TurnLab *lab)
{
    return run_json(lab->run);
}

static void remove_folder(const TurnLab *lab)
{
    DIR *list = opendir(".");
    struct dirent *entry;

    ck_assert_ptr_nonnull(list);
    while ((entry = readdir(list)))
        unlink(entry->d_name);
    closedir(list);
    ck_assert_int_eq(chdir("/"), 0);
    ck_assert_int_eq(rmdir(lab->folder), 0);
}

void turn_lab_finish(TurnLab *lab)
{
    run_free(lab->run);
    origin_stop(lab->origin);
    while (uv_run(&lab->loop, UV_RUN_DEFAULT) != 0)
        ;
    ck_assert_int_eq(uv_loop_close(&lab->loop), 0);
    ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
    ck_assert_int_eq(errno, ECHILD);
    catalogs_finish(&lab->catalogs);
    free((char *)lab->settings.guard);
    free(lab->script);
    remove_folder(lab);
}
