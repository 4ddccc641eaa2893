/* gilscope-run: the engine. It takes one request, from standard input as JSON or from its words, runs the
 * cells and writes events, or for a person the finished result.
 *
 * The two ways differ in who plans. A request on standard input comes from a server, and is planned: it is
 * checked and run as it is. Words come from a person, and this program does for them what the server does for
 * others: it reads its own catalog, plans, runs, and puts the result together, with the same code of plan/
 * and results/.
 *
 * Exit status: 0 if all went well, 1 if the run failed or its output was lost, 2 if it could not be begun. */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/descriptors.h"
#include "base/form.h"
#include "base/near.h"
#include "base/streams.h"
#include "base/text.h"
#include "base/ulid.h"
#include "engine/describe.h"
#include "engine/events.h"
#include "engine/host.h"
#include "engine/own-origin.h"
#include "engine/registry.h"
#include "engine/repeat.h"
#include "plan/plan.h"
#include "results/cell.h"
#include "results/format.h"
#include "results/plain.h"
#include "results/results.h"
#include "results/trace.h"

enum { LEAST_WIDTH = 60, MOST_WIDTH = 120 }; /* of lines: longer ones are hard to read */
enum { EXIT_BAD_REQUEST = 2, MAX_REQUEST_BYTES = 16 << 20 };

static void print_usage(FILE *file)
{
    fprintf(file,
        "usage: gilscope-run EXPERIMENT [name=value ...]   run it; lists such as mode=serial,threads\n"
        "                                                  span a grid\n"
        "       gilscope-run < REQUEST                     run a request object, write events\n"
        "       gilscope-run --describe | -h, --help | --version\n\n"
        "example: gilscope-run countdown tasks=2 mode=serial,threads lock=gil\n\n");
}

/* "serial, threads" */
static void print_values(const char *before, const json_t *values, const char *behind)
{
    size_t i;
    json_t *value;

    json_array_foreach (values, i, value) {
        printf("%s", i == 0 ? before : ", ");
        if (json_is_string(value))
            printf("%s", json_string_value(value));
        else
            printf("%lld", (long long)json_integer_value(value));
    }
    printf("%s", json_array_size(values) > 0 ? behind : "");
}

/* ": serial, epoll (or asyncio, async)" */
static void print_choices(const json_t *parameter)
{
    const json_t *choices = json_object_get(parameter, "choices");
    json_t *aliases = json_object_get(parameter, "aliases"), *choice, *meant;
    const char *alias;
    size_t i;

    json_array_foreach (choices, i, choice) {
        const char *before = " (or ";

        printf("%s%s", i == 0 ? ": " : ", ", json_string_value(choice));
        json_object_foreach (aliases, alias, meant) {
            if (!json_equal(meant, choice))
                continue;
            printf("%s%s", before, alias);
            before = ", ";
        }
        printf("%s", before[0] == ',' ? ")" : "");
    }
}

/* "  tasks   how many times ...; 1 to 256 [2]" */
static void print_parameter(const json_t *parameter)
{
    const json_t *min = json_object_get(parameter, "min"), *fallback = json_object_get(parameter, "default");
    const char *unit = json_string_value(json_object_get(parameter, "unit"));

    printf("  %-20s %s", json_string_value(json_object_get(parameter, "name")),
        json_string_value(json_object_get(parameter, "help")));
    print_choices(parameter);
    if (min)
        printf("; %lld to %lld%s%s", (long long)json_integer_value(min),
            (long long)json_integer_value(json_object_get(parameter, "max")), unit ? " " : "",
            unit ? unit : "");
    if (json_is_array(fallback)) {
        print_values(" [", fallback, "]");
    } else if (fallback && !json_is_null(fallback)) {
        json_auto_t *one = json_pack("[O]", fallback);

        print_values(" [", one, "]");
    }
    printf("\n");
}

static void print_parameters(const json_t *parameters)
{
    size_t i;
    json_t *parameter;

    json_array_foreach (parameters, i, parameter)
        print_parameter(parameter);
}

static const PlanLimits limits_by_hand = {
    .formats = format_hand_names, .timeline_format = "trace", .by_hand = true};

/* What this program says of itself, as others read it. The way over JSON is on purpose: what is read here is
 * what the server would read, so that both plan alike. */
static Catalogs read_own_catalog(void)
{
    json_auto_t *describes = json_pack("[o]", describe_runtime());
    char *reason = NULL;
    Catalogs catalogs;

    if (catalogs_read(describes, &catalogs, &reason) == 0)
        return catalogs;
    fprintf(stderr, "gilscope-run: its own catalog is wrong: %s\n", reason);
    abort();
}

static void print_help(void)
{
    auto_catalogs Catalogs catalogs = read_own_catalog();
    json_auto_t *catalog = plan_catalog(&catalogs, &limits_by_hand);
    size_t i;
    json_t *experiment;

    print_usage(stdout);
    printf("parameters of every experiment [default]:\n");
    print_parameters(json_object_get(catalog, "parameters"));
    json_array_foreach (json_object_get(catalog, "experiments"), i, experiment) {
        printf("\n%s: %s\n", json_string_value(json_object_get(experiment, "name")),
            json_string_value(json_object_get(experiment, "summary")));
        print_parameters(json_object_get(experiment, "parameters"));
    }
}

static int print_description(void)
{
    json_auto_t *catalog = describe_runtime();

    json_dumpf(catalog, stdout, JSON_COMPACT | JSON_REAL_PRECISION(15));
    printf("\n");
    return 0;
}

/* One line for each event, flushed at once: whoever reads may be waiting for it. A double of 15 digits is
 * read back as what was meant, without the noise of the last bits. */
static bool write_event(void *user, json_t *event)
{
    (void)user;
    json_dumpf(event, stdout, JSON_COMPACT | JSON_REAL_PRECISION(15));
    putchar('\n');
    fflush(stdout);
    json_decref(event);
    return true;
}

/* Reads one line and returns whether it says "stop". A byte at a time: what stands behind the line may be
 * the answer to the next event. At the end of the input there is nothing to be told, and nobody to wait for.
 */
static bool read_stop(void)
{
    static const char stop[] = "stop";
    size_t n = 0, n_same = 0;
    ssize_t r;
    char byte;

    while ((r = read(STDIN_FILENO, &byte, 1)) != 0 && byte != '\n') {
        if (r < 0 && errno == EINTR)
            continue;
        if (r < 0) {
            fprintf(stderr, "gilscope-run: cannot read on: %s\n", strerror(errno));
            return false;
        }
        n_same += n < strlen(stop) && byte == stop[n];
        n++;
    }
    return n == strlen(stop) && n_same == n;
}

/* Waits for a line, however long it takes: what the event causes elsewhere is over before the next repetition
 * begins, and so is the turn of another runtime. A server that has gone closes its end, which ends the wait.
 * Behind the last event nothing follows that could be disturbed. */
static bool write_event_and_wait(void *user, json_t *event)
{
    const char *name = json_string_value(json_object_get(event, "event"));
    bool last = strcmp(name, "done") == 0 || strcmp(name, "error") == 0;

    write_event(user, event);
    return last || !read_stop();
}

/* A run by hand: what becomes of its events. */
typedef struct Hand {
    Results *results;
    nsec_t started, timeout;
    bool writes, collects; /* the events are what was asked for; they are needed here */
} Hand;

/* What the server decides for a runtime (runs/run-work.c) is decided here by the same code, and nothing else
 * waits for it. */
static bool take_event(void *user, json_t *event)
{
    const Hand *hand = user;
    auto_free char *wrong = NULL;
    ResultsNext next;

    if (hand->collects && results_add(hand->results, NULL, event, &wrong) < 0)
        fprintf(stderr, "gilscope-run: an event of its own was refused: %s\n", wrong);
    if (hand->writes)
        write_event(NULL, event);
    else
        json_decref(event);
    do
        next =
            results_precision(hand->results, (int64_t)(nsec_now() - hand->started), (int64_t)hand->timeout);
    while (next == RESULTS_ASK_AGAIN);
    return next == RESULTS_GO_ON;
}

static int refuse(const Problem *problem, bool as_event)
{
    if (as_event)
        write_event(NULL,
            event_error(
                problem->status < 500 ? "the request is not one that can be run" : problem->detail, problem));
    else
        problem_print_lines(problem, "gilscope-run", stderr);
    return EXIT_BAD_REQUEST;
}

/* What was read of standard input so far. */
typedef struct Input {
    size_t n_left; /* bytes that may still come */
    char last;     /* the newest byte */
} Input;

/* For jansson: some bytes of standard input. More than there are is never waited for. fread() would: it
 * fills its whole buffer, and a server that keeps its end open would wait for an answer meanwhile. */
static size_t read_some(void *buffer, size_t room, void *user)
{
    Input *input = user;
    ssize_t n;

    do
        n = read(STDIN_FILENO, buffer, room < input->n_left ? room : input->n_left);
    while (n < 0 && errno == EINTR);
    if (n <= 0)
        return n == 0 ? 0 : (size_t)-1;
    input->n_left -= (size_t)n;
    input->last = ((char *)buffer)[n - 1];
    return (size_t)n;
}

/* The request ends with its line. If jansson has stopped just before the end of the line, that byte would be
 * taken for the first permission to go on, and every later one for the next: the run would be one event
 * ahead of the server all the time. */
static void finish_line(const Input *input)
{
    char end;

    if (input->last == '}')
        (void)!read(STDIN_FILENO, &end, 1);
}

/* A request object on standard input, as the server sends it. The input may stay open behind it. */
static int run_request(void)
{
    auto_problem Problem problem = {0};
    Input input = {.n_left = MAX_REQUEST_BYTES};
    json_error_t error;
    json_auto_t *object =
        json_load_callback(read_some, &input, JSON_REJECT_DUPLICATES | JSON_DISABLE_EOF_CHECK, &error);
    Request request;
    RepeatOutcome outcome;

    /* The event is for a server. Who started this in a script without words reads here what was missing. */
    if (input.last == '\0')
        fprintf(stderr,
            "gilscope-run: standard input is empty; usage: gilscope-run EXPERIMENT [name=value ...], "
            "see --help\n");
    if (!object)
        problem_set(&problem, 400, "Malformed request", "line %d, column %d: %s", error.line, error.column,
            error.text);
    if (problem_is_set(&problem) || request_parse(object, &request, &problem) < 0)
        return refuse(&problem, true);
    if (request.pace)
        finish_line(&input);
    outcome = repeat_run(&request, request.pace ? write_event_and_wait : write_event, NULL);
    request_finish(&request);
    return outcome == REPEAT_DONE ? 0 : 1;
}

/* The request object for a plan made by hand. */
static json_t *request_from_plan(const Plan *plan, json_t *ports, const OwnOrigin *origin)
{
    static const char *const copied[] = {"experiment", "repeat", "warmup", "seed", "detail"};
    json_t *object = json_pack("{s:i, s:O}", "protocol", PROTOCOL_VERSION, "cells", plan->cells);

    for (size_t i = 0; i < ARRAY_LENGTH(copied); i++)
        json_object_set(object, copied[i], json_object_get(plan->request, copied[i]));
    plan_set_timeline(plan, object);
    if (json_integer_value(json_object_get(plan->request, "precision")) > 0)
        json_object_set(object, "max_repeat", json_object_get(plan->request, "max_repeat"));
    /* Whoever types this could go there with any other program, too. */
    json_object_set_new(object, "allow", json_null());
    if (ports)
        json_object_set(object, "origin", ports);
    if (origin->pid > 0)
        json_object_set_new(object, "friends", json_pack("[I]", (json_int_t)origin->pid));
    return object;
}

/* A terminal gets a table, a pipe gets events, unless the format is asked for. */
static ResultFormat format_of(const Plan *plan)
{
    ResultFormat format = isatty(STDOUT_FILENO) ? RESULT_FORMAT_TABLE : RESULT_FORMAT_EVENTS;

    if (plan->format)
        result_format_from_name(plan->format, &format);
    return format;
}

/* The run that Ctrl-C ends, and whether it did. */
static Request *interruptible;
static volatile sig_atomic_t is_interrupted;

/* The first Ctrl-C moves the deadline to the past, which is looked at between repetitions. So what was
 * measured is shown, as after a cancel at the server. */
static void on_interrupt(int number)
{
    (void)number;
    is_interrupted = 1;
    interruptible->deadline = 1;
}

/* A second Ctrl-C ends the program at once, whatever it does. Calls that the signal meets go on, so that the
 * repetition under way is not disturbed. */
static void allow_interrupt(Request *request)
{
    const struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = SA_RESTART | (int)SA_RESETHAND};

    interruptible = request;
    sigaction(SIGINT, &action, NULL);
}

static const char *hand_status(RepeatOutcome outcome)
{
    switch (outcome) {
    case REPEAT_DONE:
        return "done";
    case REPEAT_FAILED:
        return "failed";
    case REPEAT_TIMEOUT:
        break;
    }
    return is_interrupted ? "cancelled" : "timeout";
}

/* Returns the whole run, a new reference. created_ms is the time of the start: now, less what the run took
 * on the monotonic clock. */
static json_t *make_run(const Results *results, RepeatOutcome outcome, nsec_t started)
{
    json_auto_t *host = host_describe("");
    char id[ULID_LENGTH + 1];
    struct timespec now;

    ulid_make(id);
    clock_gettime(CLOCK_REALTIME, &now);
    return results_run(results,
        &(RunHead){
            .id = id,
            .status = hand_status(outcome),
            .reason = is_interrupted && outcome == REPEAT_TIMEOUT ? "it was interrupted (SIGINT)" : NULL,
            .created_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 -
                          (int64_t)((nsec_now() - started) / NSEC_PER_MSEC),
            .duration_ns = (int64_t)(nsec_now() - started),
            .host = host,
        });
}

/* A line that is broken by the terminal makes a table unreadable. */
static size_t terminal_width(void)
{
    struct winsize size;

    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col < LEAST_WIDTH)
        return RESULT_WIDTH;
    return size.ws_col < MOST_WIDTH ? size.ws_col : MOST_WIDTH;
}

static void print_result(const json_t *run, ResultFormat format)
{
    size_t length = 0;
    auto_free char *text = result_format_wide(run, format, terminal_width(), &length);

    fwrite(text, 1, length, stdout);
}

/* "gilscope-run: WHERE: REASON", or nothing without a reason. */
static void print_reason(const char *where, const char *reason)
{
    auto_free char *clean = reason ? plain_clean(reason, false) : NULL;

    if (clean)
        fprintf(stderr, "gilscope-run: %s%s\n", where, clean);
}

/* A trace goes to another program, so what went wrong is said to the person who started this one. */
static void print_trace(const Results *results, const json_t *json)
{
    auto_result_run ResultRun run;
    size_t length = 0;
    auto_free char *text = trace_format(results, &length);

    fwrite(text, 1, length, stdout);
    result_run_read(json, &run);
    print_reason("", run.reason);
    for (size_t i = 0; i < run.cells.n; i++) {
        const ResultCell *cell = run.cells.at[i];
        auto_free char *where = text_printf("cell %zu, %s under %s: ", i, cell->mode, cell->lock);

        print_reason(where, cell->reason);
        print_reason(where, cell->timeline_reason);
    }
}

static int run_plan(const Plan *plan, json_t *ports, const OwnOrigin *origin)
{
    json_auto_t *object = request_from_plan(plan, ports, origin), *run = NULL;
    auto_problem Problem problem = {0};
    ResultFormat format = format_of(plan);
    bool as_events = format == RESULT_FORMAT_EVENTS;
    Hand hand = {.started = nsec_now(), .timeout = plan->timeout, .writes = as_events};
    bool is_precise = json_integer_value(json_object_get(plan->request, "precision")) > 0;
    Request request;
    RepeatOutcome outcome;

    if (request_parse(object, &request, &problem) < 0)
        return refuse(&problem, as_events);
    /* A server has its own clock for this and kills what is late; here nobody else looks. */
    request.deadline = hand.started + plan->timeout;
    hand.results = results_new(plan->request, plan->specs, plan->n_specs);
    results_allow(hand.results, &plan->headroom);
    hand.collects = !as_events || is_precise;
    /* A reader of events has had them all, and needs no end. */
    if (!as_events)
        allow_interrupt(&request);
    outcome = repeat_run(&request, take_event, &hand);
    if (outcome == REPEAT_DONE && nsec_now() >= request.deadline)
        results_cut(hand.results, is_interrupted ? "client" : "time");
    if (!as_events)
        run = make_run(hand.results, outcome, hand.started);
    if (format == RESULT_FORMAT_TRACE)
        print_trace(hand.results, run);
    else if (!as_events)
        print_result(run, format);
    results_free(hand.results);
    request_finish(&request);
    return outcome == REPEAT_DONE ? 0 : 1;
}

/* fetch needs a page to get; all other experiments need nobody. A server has one running for all runs, and
 * says in the request where. */
static int run_with_origin(const Plan *plan, const char *experiment)
{
    json_auto_t *ports = NULL;
    OwnOrigin origin = {0};
    int r;

    if (strcmp(experiment, experiment_fetch.name) == 0 &&
        json_is_null(json_object_get(plan->request, "url"))) {
        r = own_origin_start(&origin, &ports);
        if (r < 0) {
            fprintf(stderr, "gilscope-run: gilscope-origin does not start: %s\n", strerror(-r));
            return 1;
        }
    }
    r = run_plan(plan, ports, &origin);
    own_origin_stop(&origin);
    return r;
}

/* "countdown tasks=2 mode=serial,threads" */
static int run_words(int n_words, char **words)
{
    auto_catalogs Catalogs catalogs = read_own_catalog();
    json_auto_t *given = json_object();
    auto_problem Problem problem = {0};
    Plan plan = {0};
    int r;

    for (int i = 1; i < n_words; i++) {
        const char *equals = strchr(words[i], '=');

        if (equals)
            form_add(given, words[i], (size_t)(equals - words[i]), equals + 1, strlen(equals + 1), &problem);
        else
            problem_add(&problem, words[i], NULL, NULL, "must be name=value, as in tasks=2");
    }
    if (problem_is_set(&problem) ||
        plan_make(&catalogs, &limits_by_hand, words[0], given, &plan, &problem) < 0)
        return refuse(&problem, false);
    r = run_with_origin(&plan, words[0]);
    plan_finish(&plan);
    return r;
}

static void refuse_option(const char *given)
{
    static const char *const options[] = {"describe", "help", "version"};
    Near near;

    near_begin(&near, given + strspn(given, "-"));
    for (size_t i = 0; i < ARRAY_LENGTH(options); i++)
        near_offer(&near, options[i]);
    near_refuse_option("gilscope-run", given, &near);
    fprintf(stderr, "\n");
    print_usage(stderr);
}

static int run_command(int argc, char **argv)
{
    const char *first = argc > 1 ? argv[1] : NULL;

    if (!first && isatty(STDIN_FILENO)) {
        print_usage(stderr);
        return EXIT_BAD_REQUEST;
    }
    if (!first)
        return run_request();
    if (strcmp(first, "--describe") == 0)
        return print_description();
    if (strcmp(first, "--version") == 0) {
        printf("gilscope-run %s\n", GILSCOPE_VERSION);
        return 0;
    }
    if (strcmp(first, "--help") == 0 || strcmp(first, "-h") == 0) {
        print_help();
        return 0;
    }
    if (first[0] == '-') {
        refuse_option(first);
        return EXIT_BAD_REQUEST;
    }
    return run_words(argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
    int status;

    streams_fill();
    descriptors_raise();
    status = run_command(argc, argv);
    /* A result that nobody can read is no success. */
    return streams_finish("gilscope-run") < 0 && status == 0 ? 1 : status;
}
