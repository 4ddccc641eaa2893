/* The parameters of all routes but /run, whose parameters are the catalog's. */
#include <stddef.h>

#include "handlers/app.h"
#include "results/format.h"

#define FORMAT                                                                                               \
    {                                                                                                        \
        .name = "format", .type = CATALOG_CHOICE, .choices = format_answer_names,                            \
        .help = "how the answer is written"                                                                  \
    }

const RouteParameter no_parameters[] = {{0}};

const RouteParameter class_parameters[] = {
    {.name = "action",
        .type = CATALOG_CHOICE,
        .choices = class_action_names,
        .required = true,
        .help =
            "next: what everybody shall do, which also begins the class and hides predictions; reveal and "
            "hide: predictions and outcomes of others; clear: forget what comes next and the board's rows; "
            "end: the class is over"},
    {.name = "experiment", .type = CATALOG_TEXT, .max_length = 64, .help = "of next: the experiment to run"},
    {.name = "request",
        .request = true,
        .type = CATALOG_TEXT,
        .help = "of next: the parameters of the run, as its experiment takes them"},
    {.name = "question", .type = CATALOG_TEXT, .max_length = 64, .help = "of next: the id of a question"},
    {.name = "step", .type = CATALOG_TEXT, .max_length = 64, .help = "of next: a step of the story"},
    {.name = "title",
        .type = CATALOG_TEXT,
        .max_length = 200,
        .help = "of next: what everybody reads; without one, the question or the experiment's name"},
    {0},
};

const RouteParameter qr_parameters[] = {
    {.name = "text",
        .type = CATALOG_TEXT,
        .max_length = 512,
        .required = true,
        .help = "what the code says, as the address of this server"},
    {0},
};

const RouteParameter run_parameters[] = {FORMAT, {0}};

const RouteParameter relabel_parameters[] = {
    {.name = "label",
        .type = CATALOG_TEXT,
        .max_length = 100,
        .help = "the new label; null or nothing takes it away"},
    {0},
};

const RouteParameter runs_parameters[] = {
    {.name = "before", .type = CATALOG_TEXT, .max_length = 26, .help = "the id of a run: only older ones"},
    {.name = "experiment", .type = CATALOG_TEXT, .max_length = 64, .help = "only runs of this experiment"},
    {.name = "label", .type = CATALOG_TEXT, .max_length = 100, .help = "only runs with this label"},
    {.name = "limit",
        .type = CATALOG_INTEGER,
        .min = 1,
        .max = 200,
        .fallback = 50,
        .help = "at most so many"},
    {.name = "status",
        .type = CATALOG_CHOICE,
        .choices = run_status_names,
        .help = "only runs of this status"},
    {0},
};

const RouteParameter compare_parameters[] = {
    {.name = "baseline",
        .type = CATALOG_TEXT,
        .max_length = 26,
        .required = true,
        .help = "the id of the run to compare with"},
    {.name = "candidate",
        .type = CATALOG_TEXT,
        .max_length = 26,
        .required = true,
        .help = "the id of the run that is judged"},
    FORMAT,
    {0},
};
