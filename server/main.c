/* gilscope: the command line. Settings come from the defaults, a file, the environment and --set, in this
 * order, wherever the options stand.
 *
 * Each task is one way through main_run_task(). Only serve() stays; all others print something and end,
 * so that a script can use their exit status. 2 is for a command line that is wrong, 1 for anything else. */
#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/near.h"
#include "base/streams.h"
#include "server/config-table.h"
#include "server/config.h"
#include "server/health-find.h"
#include "server/health.h"
#include "server/lab.h"
#include "server/preflight.h"
#include "server/prove.h"
#include "server/serve.h"

static const char help[] =
    "gilscope: a lab for threads, processes and event loops under a global lock, over HTTP.\n"
    "\n"
    "Usage: gilscope [OPTION...]\n"
    "  --config FILE            read settings from FILE\n"
    "  --set SECTION.KEY=VALUE  set one setting; may be given many times\n"
    "  --print-config           print the settings in force as a file, and end\n"
    "  --print-defaults         print the defaults as a file, which is config.ini, and end\n"
    "  --print-settings         print all settings as a page, in Markdown, and end\n"
    "  --check-config           check the settings, and end: status 0 if they are right\n"
    "  --preflight              measure for some ten seconds which lessons this machine can show, and end:\n"
    "                           status 0 if it can show them all\n"
    "  --fidelity[=json]        hold the models of locks against the interpreters that are configured, for "
    "some\n"
    "                           minutes each, and end: status 0 if some quantity holds and none misses\n"
    "  --health                 ask the server that runs here, on whichever port: status 0 if it is alive;\n"
    "                           with --set server.port=9000 the one at that port\n"
    "  -h, --help, --version\n"
    "\n"
    "A setting is also read from the environment, server.port from GILSCOPE_SERVER_PORT. --set overrides "
    "the\n"
    "environment, and the environment overrides the file.\n";

typedef enum Task {
    TASK_SERVE,
    TASK_PRINT_CONFIG,
    TASK_PRINT_DEFAULTS,
    TASK_PRINT_SETTINGS,
    TASK_CHECK_CONFIG,
    TASK_PREFLIGHT,
    TASK_FIDELITY,
    TASK_HEALTH,
    TASK_HELP,
    TASK_VERSION,
} Task;

typedef struct Arguments {
    Task task;
    const char *file;
    const char **assignments; /* of --set, in their order; room for argc */
    int n_assignments;
    bool as_json; /* what --fidelity prints */
} Arguments;

/* Says what is wrong with an option: its value, or that there is none of that name. getopt's own words know
 * no near names, and no settings: "--port=8080" is what people try first. is_known: only the value is
 * missing, or there is one where none belongs. */
static void arguments_complain(const char *given, const struct option *options, bool is_known)
{
    auto_free char *name = strndup(given, strcspn(given, "="));
    const char *bare = name + strspn(name, "-"), *value = strchr(given, '=');
    const char *dot = strchr(bare, '.');
    auto_free char *section = dot ? strndup(bare, (size_t)(dot - bare)) : NULL;
    const Setting *setting;
    Near near;

    if (is_known) {
        fprintf(stderr, "gilscope: the option %s %s; see --help\n", name,
            value ? "takes no value" : "needs a value");
        return;
    }
    near_begin(&near, bare);
    for (; options->name; options++)
        near_offer(&near, options->name);
    setting = near.best ? NULL : setting_nearest(section, dot ? dot + 1 : bare);
    if (setting)
        fprintf(stderr, "gilscope: there is no option %s; did you mean --set %s.%s%s?\n", name,
            setting->section, setting->key, value ? value : "=VALUE");
    else
        near_refuse_option("gilscope", name, &near);
}

/* Settings are not looked at before all options are known, because --set overrides a file that is named
 * behind it. */
static int arguments_parse(int argc, char *argv[], Arguments *arguments)
{
    static const struct option options[] = {
        {"config", required_argument, NULL, 'c'},
        {"set", required_argument, NULL, 's'},
        {"print-config", no_argument, NULL, TASK_PRINT_CONFIG},
        {"print-defaults", no_argument, NULL, TASK_PRINT_DEFAULTS},
        {"print-settings", no_argument, NULL, TASK_PRINT_SETTINGS},
        {"check-config", no_argument, NULL, TASK_CHECK_CONFIG},
        {"preflight", no_argument, NULL, TASK_PREFLIGHT},
        {"fidelity", optional_argument, NULL, TASK_FIDELITY},
        {"health", no_argument, NULL, TASK_HEALTH},
        {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, TASK_VERSION},
        {0},
    };
    int option;

    opterr = 0;
    while ((option = getopt_long(argc, argv, ":h", options, NULL)) != -1) {
        if (option == '?' || option == ':') {
            arguments_complain(argv[optind - 1], options, option == ':' || optopt != 0);
            return -EINVAL;
        }
        if (option == 'c')
            arguments->file = optarg;
        else if (option == 's')
            arguments->assignments[arguments->n_assignments++] = optarg;
        else if (option == 'h')
            arguments->task = TASK_HELP;
        else
            arguments->task = (Task)option;
        if (option == TASK_FIDELITY && optarg) {
            arguments->as_json = true;
            if (strcmp(optarg, "json") != 0) {
                fprintf(stderr,
                    "gilscope: --fidelity=%s: must be --fidelity, for a table, or --fidelity=json\n", optarg);
                return -EINVAL;
            }
        }
    }
    if (optind < argc) {
        fprintf(stderr, "gilscope: %s is no option, and there is nothing else to say here; see --help\n",
            argv[optind]);
        return -EINVAL;
    }
    return 0;
}

enum { PORT_UNNAMED = -1 };

/* The order is that of precedence: what is read later overrides. Whether the settings fit together is
 * only asked when each of them is right by itself, because a complaint about two values helps nobody
 * while one of them is a typing error. Sets *ret_port to what the file or the default says; a check of health
 * has the port that its caller names, or PORT_UNNAMED. */
static void main_read_config(const Arguments *arguments, Config *config, int64_t *ret_port, Problem *problem)
{
    if (arguments->file)
        config_read_file(config, arguments->file, problem);
    *ret_port = config->server.port;
    if (arguments->task == TASK_HEALTH)
        config->server.port = PORT_UNNAMED;
    config_read_environment(config, environ, problem);
    for (int i = 0; i < arguments->n_assignments; i++)
        config_set(config, arguments->assignments[i], problem);
    if (!problem_is_set(problem))
        config_check(config, problem);
}

enum { MAX_PLACES = 16 };

static int main_ask_health_at(const char *bind_to, int64_t port)
{
    int r = health_ask(bind_to, port);

    if (r < 0)
        fprintf(stderr, "gilscope: %s port %lld: %s\n", bind_to, (long long)port,
            r == -EPROTO ? "it answers, but not as it should" : strerror(-r));
    return r;
}

/* With port 0 the kernel knows which port the server has. Of several servers none is chosen: the answer of
 * one would be taken for that of another. */
static void main_complain_of_places(const HealthPlace *places, int n)
{
    fprintf(stderr, "gilscope: server.port is 0, and %s runs here as this user%s\n",
        n < 1 ? "no server of this program" : "more than one server of this program", n < 1 ? "" : ":");
    for (int i = 0; i < n && i < MAX_PLACES; i++)
        fprintf(stderr, "  process %lld listens on %s port %d\n", (long long)places[i].pid, places[i].address,
            places[i].port);
}

/* A port that the caller names is asked and no other: a check of port 8080 must not hear that 9000 is well.
 * But it is worth saying that there is such a one. Where only the file or the default names one, the server
 * may have been started with another, so the one that runs here is asked on the port it has. The configured
 * port is left for where there are several, or none that can be seen because it is another user's. */
static int main_ask_health(const Config *config, int64_t configured_port)
{
    HealthPlace places[MAX_PLACES];
    int64_t port = config->server.port;
    int n = port > 0 ? 0 : health_find(places, MAX_PLACES), r;

    if (n == 1)
        return main_ask_health_at(places[0].address, places[0].port);
    if (port == 0) {
        main_complain_of_places(places, n);
        return -ENOENT;
    }
    if (port == PORT_UNNAMED)
        return main_ask_health_at(config->server.bind, configured_port);
    r = main_ask_health_at(config->server.bind, port);
    if (r == -ECONNREFUSED && health_find(places, MAX_PLACES) == 1)
        fprintf(stderr, "gilscope: a server listens on %s port %d; --set server.port=0 asks it on any port\n",
            places[0].address, places[0].port);
    return r;
}

/* Asks the engine whether the settings fit to it, and fills in what they leave to it. With `all` it also
 * looks at the other runtimes. Prints what is wrong; returns 0 or a negative number. The loop runs to its end
 * although nothing was started on it but the question: its handles have to be closed. */
static int main_settle(Config *config, bool all)
{
    Lab lab;
    int r = lab_init(&lab, config);

    if (r == 0)
        r = lab_ask(&lab);
    if (r == 0 && all)
        r = lab_check_runtimes(&lab, config);
    if (r == 0)
        lab_settle(&lab, config);
    uv_run(&lab.loop, UV_RUN_DEFAULT);
    lab_finish(&lab);
    return r;
}

static int main_run_task(const Arguments *arguments)
{
    auto_config Config config;
    auto_problem Problem problem = {0};
    int64_t configured_port;
    int r;

    config_init(&config);
    main_read_config(arguments, &config, &configured_port, &problem);
    if (arguments->task == TASK_SERVE)
        serve_set_log(&config);
    if (problem_is_set(&problem)) {
        lab_complain_of_settings(&problem);
        return EXIT_FAILURE;
    }
    switch (arguments->task) {
    case TASK_SERVE:
        return serve(&config);
    case TASK_PRINT_CONFIG:
        r = main_settle(&config, false);
        config_print(&config, stdout);
        return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
    case TASK_CHECK_CONFIG:
        if (main_settle(&config, true) < 0)
            return EXIT_FAILURE;
        printf("the settings are right\n");
        return EXIT_SUCCESS;
    case TASK_PREFLIGHT:
        return preflight(&config);
    case TASK_FIDELITY:
        return prove(&config, arguments->as_json);
    case TASK_HEALTH:
        return main_ask_health(&config, configured_port) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
    case TASK_PRINT_DEFAULTS:
    case TASK_PRINT_SETTINGS:
    case TASK_HELP:
    case TASK_VERSION:
        break;
    }
    return EXIT_FAILURE;
}

static void main_print_defaults(void)
{
    auto_config Config config;

    config_init(&config);
    config_print(&config, stdout);
}

int main(int argc, char *argv[])
{
    Arguments arguments = {.assignments = calloc((size_t)argc, sizeof(char *))};
    int status = EXIT_SUCCESS;

    streams_fill();
    if (!arguments.assignments)
        return EXIT_FAILURE;
    if (arguments_parse(argc, argv, &arguments) < 0)
        status = 2;
    else if (arguments.task == TASK_HELP)
        fputs(help, stdout);
    else if (arguments.task == TASK_PRINT_DEFAULTS)
        main_print_defaults();
    else if (arguments.task == TASK_PRINT_SETTINGS)
        config_print_settings(stdout);
    else if (arguments.task == TASK_VERSION)
        puts("gilscope " GILSCOPE_VERSION);
    else
        status = main_run_task(&arguments);
    free(arguments.assignments);
    /* What was printed may have met a full disk or a closed pipe. Then the task has failed, whatever it
     * says itself. */
    return streams_finish("gilscope") < 0 ? EXIT_FAILURE : status;
}
