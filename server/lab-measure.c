#include "server/lab-measure.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/text.h"

/* A run that is waited for, as a client would. */
typedef struct Measurement {
    Watcher watcher;
    json_t *run;
    bool over;
} Measurement;

/* The run is freed after this call, so its object is held. */
static void measurement_on_end(void *data, Run *run)
{
    Measurement *measurement = data;

    measurement->run = json_incref(run->object);
    measurement->over = true;
}

/* What stands in the run's place if there is none, a new reference. */
static json_t *no_run(const char *reason)
{
    return json_pack("{s:s}", "reason", reason);
}

/* The first fault alone: this program asks, and one reason is enough to know why a figure is missing. */
static json_t *no_run_of(const Problem *problem)
{
    const json_t *error = json_array_get(problem->errors, 0);
    const char *param = json_string_value(json_object_get(error, "param"));
    const char *reason = json_string_value(json_object_get(error, "reason"));
    auto_free char *text = param && reason ? text_printf("%s: %s", param, reason) : NULL;

    return no_run(text ? text : problem->detail ? problem->detail : "the runtime cannot run it");
}

json_t *lab_measure(Lab *lab, const PlanLimits *limits, const char *experiment, const json_t *given)
{
    const Submission submission = {.address = "", .client = "", .owner = ""};
    auto_problem Problem problem = {0};
    char nobody[] = "";
    Measurement measurement = {.watcher = {.owner = nobody, .end = measurement_on_end, .data = &measurement}};
    Plan plan;
    Run *run;

    present_update(&lab->present);
    if (plan_make(&lab->catalogs, limits, experiment, given, &plan, &problem) < 0)
        return no_run_of(&problem);
    if (queue_submit(lab->queue, &plan, &submission, &run) != QUEUE_TAKEN) {
        plan_finish(&plan);
        return no_run("there is no place in the queue");
    }
    queue_watch(lab->queue, run, &measurement.watcher);
    while (!measurement.over)
        uv_run(&lab->loop, UV_RUN_ONCE);
    return measurement.run;
}

int lab_measure_all(const Config *config, bool (*measure)(Lab *lab, void *data), void *data)
{
    Lab lab;
    bool is_well = false;

    log_set_least(LOG_LEVEL_WARNING);
    if (lab_init(&lab, config) == 0 && lab_start(&lab, config) == 0) {
        is_well = measure(&lab, data);
        board_free(lab.board);
        lab_stop(&lab);
    }
    uv_run(&lab.loop, UV_RUN_DEFAULT);
    lab_finish(&lab);
    return is_well ? EXIT_SUCCESS : EXIT_FAILURE;
}
