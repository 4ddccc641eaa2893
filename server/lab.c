/* Everything that runs need is found, checked and started here in the order in which it depends on the other,
 * and ended in the opposite one. What is missing is said in one line, because whoever starts a server reads
 * its last line first. */
#include "server/lab.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cgroup-runs.h"
#include "base/cleanup.h"
#include "base/cpulist.h"
#include "base/descriptors.h"
#include "base/log.h"
#include "base/sibling.h"
#include "base/text.h"
#include "handlers/document.h"
#include "results/format.h"
#include "runs/strays.h"
#include "server/config-setting.h"

int lab_complain(const char *what, const char *why)
{
    if (log_is_json())
        log_error("cannot_start", log_text("what", what), log_text("why", why));
    else
        fprintf(stderr, "gilscope: %s: %s\n", what, why);
    return -1;
}

int lab_complain_of_settings(const Problem *problem)
{
    json_t *error;
    size_t i;

    if (!log_is_json()) {
        problem_print(problem, stderr);
        return -1;
    }
    if (problem->detail)
        lab_complain(problem->title, problem->detail);
    json_array_foreach (problem->errors, i, error)
        lab_complain(json_string_value(json_object_get(error, "param")),
            json_string_value(json_object_get(error, "reason")));
    return -1;
}

/* In the build tree each program has a folder of its own, installed they are in one: sibling_find() knows
 * both. All three are looked for before anything is started: a server whose guard is missing would fail
 * with its first run. */
static int lab_find_programs(Lab *lab, const Config *config)
{
    lab->guard = sibling_find("guard", "gilscope-guard");
    lab->origin_program = sibling_find("origin", "gilscope-origin");
    programs_find(config, &lab->programs);
    if (!lab->guard)
        return lab_complain("gilscope-guard", "not found beside this program");
    if (!lab->origin_program)
        return lab_complain("gilscope-origin", "not found beside this program");
    if (!lab->programs.list[0].words[0])
        return lab_complain("gilscope-run", "not found beside this program; or set runtimes.c");
    return 0;
}

/* They are part of the program, so a fault in them is one of whoever built it. */
static int lab_read_questions(Lab *lab)
{
    json_auto_t *document = document_load("questions.json");
    auto_free char *reason = NULL;

    if (questions_read(document, &lab->questions, &reason) < 0)
        return lab_complain("story/questions.json", reason);
    return 0;
}

/* What of the settings concerns runs. The texts are not copied: the config outlives the lab. */
static void lab_fill_settings(Lab *lab, const Config *config)
{
    lab->allow = config_allowed(config);
    lab->settings = (RunSettings){
        .limits =
            {
                .default_lock = config->lock.policy,
                .lock_defaults = {{"switch_interval_us", config->lock.switch_interval_us},
                    {"check_interval", config->lock.check_interval}},
                .formats = format_names(FORMAT_ANSWER),
                .questions = lab->questions,
                .default_timeout_ms = config->limits.timeout_ms,
                .max_timeout_ms = config->limits.max_timeout_ms,
                .max_cells = config->limits.max_cells,
                .max_estimate_ms = config->limits.max_estimate_ms,
                .max_repeat = config->limits.max_repeat,
                .max_tasks = config->limits.max_tasks,
                .max_task_cells = config->limits.max_task_cells,
                .max_memory_bytes = config->limits.max_memory_bytes,
                .allow = config->fetch.allow,
                .fetch_max_bytes = config->fetch.max_bytes,
                .fetch_max_requests = config->fetch.max_requests,
            },
        .max_queue = config->limits.max_queue,
        .max_processes = config->limits.max_processes,
        .max_file_bytes = config->limits.max_file_bytes,
        .max_queue_address = config->limits.max_queue_address,
        .max_queue_client = config->limits.max_queue_client,
        .max_joined = config->limits.max_joined,
        .origin_ports = config->fetch.origin_ports,
        .tick_turns = config->lock.tick_turns,
        .allow = lab->allow,
        .guard = lab->guard,
        .origin = lab->origin_program,
        .runtimes = lab->programs.list,
        .n_runtimes = lab->programs.n,
    };
}

/* Cuts the CPUs into places for runs. Only here are the CPUs known that a setting is checked against. */
static int lab_cut_cpus(Lab *lab, const Config *config)
{
    auto_free char *setting = text_printf("runs.cpus_per_run=%" PRId64, config->runs.cpus_per_run);
    auto_free char *list = NULL, *reason = NULL;
    cpu_set_t usable;

    if (sched_getaffinity(0, sizeof(usable), &usable) < 0)
        return lab_complain("the CPUs that may be used are unknown", strerror(errno));
    if (cpusets_new(&usable, config->runs.cpus_per_run, config->runs.max_concurrent_runs, &lab->cpusets) == 0)
        return 0;
    list = cpulist_text(&usable);
    reason = text_printf(
        "must be from 0 to %d, the number of CPUs that may be used, which are %s", CPU_COUNT(&usable), list);
    return lab_complain(setting, reason);
}

int lab_init(Lab *lab, const Config *config)
{
    *lab = (Lab){0};
    /* A client or a runtime that goes away while it is written to is an error of that write, not the end
     * of the server. */
    signal(SIGPIPE, SIG_IGN);
    /* The archive has what clients have called their runs, and their predictions; that is nobody else's. */
    umask(0077);
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is like a full disk: the archive copes with it */
    descriptors_raise();
    cgroup_runs_lead("");
    /* Without it all works, but what a killed guard leaves behind lives on. */
    strays_adopt();
    uv_loop_init(&lab->loop);
    if (lab_find_programs(lab, config) < 0 || lab_read_questions(lab) < 0)
        return -1;
    lab_fill_settings(lab, config);
    return lab_cut_cpus(lab, config);
}

/* Where runs are kept if the settings do not say it: as systemd wants it for a service, else as the XDG Base
 * Directory Specification does for a person. NULL: there is no such place. */
static char *lab_usual_archive(void)
{
    const char *state = getenv("STATE_DIRECTORY"), *xdg = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

    /* Several directories are separated by colons. */
    if (state && *state)
        return text_printf("%.*s/archive.db", (int)strcspn(state, ":"), state);
    if (xdg && *xdg == '/')
        return text_printf("%s/gilscope/archive.db", xdg);
    if (home && *home == '/')
        return text_printf("%s/.local/state/gilscope/archive.db", home);
    return NULL;
}

/* The preflight keeps nothing: what it measured is no run that anybody asked for. */
static void lab_open_archive(Lab *lab, const Config *config)
{
    const char *path = config->archive.path;
    auto_free char *usual = *path ? NULL : lab_usual_archive();
    bool none = !lab->keeps || strcmp(path, "none") == 0;

    lab->archive = archive_open(&lab->loop, &(ArchiveSettings){
                                                .path = none    ? NULL
                                                        : *path ? path
                                                                : usual,
                                                .max_runs = config->archive.max_runs,
                                                .max_bytes = config->archive.max_bytes,
                                            });
}

/* What is wrong with the settings is said by their names: a request's "lock" is lock.policy there. */
static void lab_refuse_settings(const Problem *wrong, Problem *problem)
{
    json_t *error;
    size_t i;

    json_array_foreach (wrong->errors, i, error) {
        const char *name = json_string_value(json_object_get(error, "param"));
        const char *reason = json_string_value(json_object_get(error, "reason"));
        json_t *got = json_object_get(error, "got");
        auto_free char *number = text_printf("%" JSON_INTEGER_FORMAT, json_integer_value(got));

        setting_refuse(problem, NULL, "lock", strcmp(name, "lock") == 0 ? "policy" : name,
            json_is_string(got) ? json_string_value(got) : number, json_copy(error), reason);
    }
}

int lab_ask(Lab *lab)
{
    auto_problem Problem wrong = {0}, problem = {0};
    auto_free char *reason = NULL;

    int r = catalog_load(
        &lab->loop, &lab->settings, cpusets_text(lab->cpusets, 0), &lab->cancelled, &lab->catalogs, &reason);

    if (r == -ECANCELED)
        return -1;
    if (r < 0)
        return lab_complain("runtime", reason);
    present_init(&lab->present, &lab->catalogs, cpusets_text(lab->cpusets, 0));
    plan_check_limits(&lab->catalogs, &lab->settings.limits, &wrong);
    if (!problem_is_set(&wrong))
        return 0;
    lab_refuse_settings(&wrong, &problem);
    return lab_complain_of_settings(&problem);
}

/* 0: no lock has such a parameter. */
static int64_t lab_lock_default(const Lab *lab, const char *name)
{
    const CatalogParameter *parameter = catalogs_lock_parameter(&lab->catalogs, name);

    return parameter ? json_integer_value(json_array_get(parameter->fallback, 0)) : 0;
}

void lab_settle(Lab *lab, Config *config)
{
    /* Copied before the old text is freed: the answer may be that very text. */
    char *policy = strdup(plan_limits(&lab->catalogs, &lab->settings.limits).default_lock);

    assert(policy);
    free(config->lock.policy);
    config->lock.policy = policy;
    lab->settings.limits.default_lock = policy;
    if (config->lock.switch_interval_us == 0)
        config->lock.switch_interval_us = lab_lock_default(lab, "switch_interval_us");
    if (config->lock.check_interval == 0)
        config->lock.check_interval = lab_lock_default(lab, "check_interval");
}

static size_t lab_n_running(void *data)
{
    Lab *lab = data;

    return queue_n_running(lab->queue);
}

static size_t lab_n_waiting(void *data)
{
    Lab *lab = data;

    return queue_n_waiting(lab->queue);
}

static void lab_go_on(void *data)
{
    Lab *lab = data;

    queue_wake(lab->queue);
}

int lab_start(Lab *lab, const Config *config)
{
    if (lab_ask(lab) < 0)
        return -1;
    lab->origin = origin_start(&lab->loop, &lab->settings);
    /* The first run must not find a half-started origin, whose start would also disturb its timing. */
    while (!origin_is_settled(lab->origin) && !lab->cancelled)
        uv_run(&lab->loop, UV_RUN_ONCE);
    lab_open_archive(lab, config);
    lab->board = board_new();
    lab->class = class_new(lab->archive, lab->board);
    lab->survey = survey_new(&(SurveyParts){
        .loop = &lab->loop,
        .settings = &lab->settings,
        .cpus = cpusets_text(lab->cpusets, 0),
        .present = &lab->present,
        .patience = SURVEY_PATIENCE,
        .n_running = lab_n_running,
        .n_waiting = lab_n_waiting,
        .go_on = lab_go_on,
        .data = lab,
    });
    /* Last, as it works with all of the others. */
    lab->queue = queue_new(&(QueueParts){
        .loop = &lab->loop,
        .settings = &lab->settings,
        .origin = lab->origin,
        .archive = lab->archive,
        .cpusets = lab->cpusets,
        .board = lab->board,
        .metrics = &lab->metrics,
        .survey = lab->survey,
    });
    origin_tell_settled(lab->origin, lab_go_on, lab);
    return 0;
}

/* A server would start all the same, and list them as broken. */
int lab_check_runtimes(const Lab *lab, const Config *config)
{
    ConfigProgram configured[CONFIG_MAX_RUNTIMES];
    auto_problem Problem problem = {0};

    config_runtimes(config, configured);
    for (size_t i = 1; i < lab->programs.n; i++) {
        const RuntimeProgram *program = &lab->programs.list[i];
        bool is_there;
        auto_free char *obstacle = runtime_obstacle(program, &is_there);

        if (obstacle && (is_there || !program->optional))
            setting_refuse(&problem, NULL, "runtimes", program->name, configured[i].words, NULL, obstacle);
    }
    if (!problem_is_set(&problem))
        return 0;
    return lab_complain_of_settings(&problem);
}

static bool lab_asks(const Lab *lab)
{
    for (size_t i = 0; i < lab->catalogs.n_missing; i++)
        if (lab->catalogs.missing[i].why == CATALOG_STARTING)
            return true;
    return false;
}

void lab_await_runtimes(Lab *lab)
{
    survey_begin(lab->survey);
    while (lab_asks(lab) && !lab->cancelled)
        uv_run(&lab->loop, UV_RUN_ONCE);
}

/* All of them end later, on the loop. The archive is closed behind the queue, whose last runs it has by
 * now. */
void lab_stop(Lab *lab)
{
    origin_stop(lab->origin);
    survey_stop(lab->survey);
    queue_free(lab->queue);
    archive_close(lab->archive, NULL, NULL);
}

void lab_finish(Lab *lab)
{
    class_free(lab->class);
    catalogs_finish(&lab->catalogs);
    metrics_finish(&lab->metrics);
    cpusets_free(lab->cpusets);
    uv_loop_close(&lab->loop);
    json_decref(lab->allow);
    questions_free(lab->questions);
    free(lab->guard);
    free(lab->origin_program);
    programs_finish(&lab->programs);
}
