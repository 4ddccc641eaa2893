/* The lesson of a run: what is said of which figures, and above all what is not said. */
#include "results/lesson.h"

#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "catalog/catalog.h"
#include "results/lesson-parts.h"
#include "tests/unit/run.h"

#define SERIAL "serial gil 2 2 1 same;"
#define QUIET "{\"cpus_usable\": 2, \"noisy\": false}"

/* A run in short. */
typedef struct Made {
    const char *experiment, *params; /* the members of params as JSON */
    /* "mode lock tasks cpus ratio verdict-with-dashes [metrics] [| params] [! members of the cell];" */
    const char *cells;
    int repetitions;  /* 0: 7 */
    const char *host; /* NULL: QUIET */
} Made;

static json_t *make_json(const char *text)
{
    json_error_t error;
    json_t *value = json_loads(text, JSON_DECODE_ANY, &error);

    ck_assert_msg(value != NULL, "%s: %s", text, error.text);
    return value;
}

static json_t *make_samples(int n)
{
    json_t *samples = json_array();

    for (int i = 0; i < n; i++)
        json_array_append_new(samples, json_integer(1));
    return samples;
}

/* The CPUs are busy for 2 s, 1 s for each task, and longer by what waiters that wake up for nothing take of
 * it. The metrics serve as fields of memory, too; behind a bar stand parameters of this cell alone, behind an
 * exclamation mark other figures of it. A ratio of 1 is 1 s of wall time; a verdict of "-" is none at all,
 * "failed" a cell without a result. */
static json_t *make_cell(const Made *made, const char *text)
{
    char mode[16], lock[16], verdict[16], metrics[600] = "";
    auto_free char *params = text_printf("{%s}", made->params), *object = NULL;
    bool has_storm;
    json_int_t cpu_ns;
    int tasks, cpus;
    double ratio;
    char *bar, *bang;
    json_t *cell;

    ck_assert_msg(sscanf(text, "%15s %15s %d %d %lf %15s %599[^;]", mode, lock, &tasks, &cpus, &ratio,
                      verdict, metrics) >= 6,
        "%s", text);
    if (strcmp(verdict, "cannot-tell") == 0)
        verdict[6] = ' ';
    bang = strchr(metrics, '!');
    if (bang)
        *bang = '\0';
    bar = strchr(metrics, '|');
    if (bar)
        *bar = '\0';
    has_storm = strcmp(lock, "gil-py2") == 0;
    cpu_ns = (json_int_t)((2 + (has_storm ? ratio - 1 : 0)) * 1e9);
    object = text_printf("{%s}", metrics);
    cell = json_pack("{s:s, s:s, s:s, s:i, s:i, s:o, s:s, s:{s:I, s:o}, s:{s:I}, s:[{s:I}], s:{s:I}, s:{s:i, "
                     "s:i}, s:o}",
        "runtime", "c", "mode", mode, "lock", lock, "tasks", tasks, "cpus", cpus, "params", make_json(params),
        "status", strcmp(verdict, "failed") == 0 ? "failed" : "done", "wall_ns", "median",
        (json_int_t)(ratio * 1e9), "samples", make_samples(made->repetitions ? made->repetitions : 7),
        "cpu_ns", "median", cpu_ns, "per_task", "cpu_ns", (json_int_t)1000000000, "create_ns", "median",
        (json_int_t)100000, "lock_stats", "false_wakeups", has_storm ? 123456 : 0, "handoffs",
        strcmp(lock, "fair") == 0 ? 25000 : 190, "metrics", make_json(object));
    if (bar) {
        auto_free char *own = text_printf("{%s}", bar + 1);
        json_auto_t *more = make_json(own);

        json_object_update(json_object_get(cell, "params"), more);
    }
    if (bang) {
        auto_free char *own = text_printf("{%s}", bang + 1);
        json_auto_t *members = make_json(own);

        json_object_update_recursive(cell, members);
    }
    json_object_set(cell, "memory", json_object_get(cell, "metrics"));
    if (strcmp(verdict, "failed") == 0)
        json_object_set_new(cell, "reason", json_string("2 of 7 repetitions failed: it crashed"));
    else if (strcmp(verdict, "-") != 0)
        json_object_set_new(
            cell, "relative", json_pack("{s:i, s:f, s:s}", "to", 0, "ratio", ratio, "verdict", verdict));
    return cell;
}

static json_t *make_run(const Made *made)
{
    auto_free char *cells = strdup(made->cells);
    char *rest = NULL;
    json_t *run = json_pack("{s:s, s:s, s:o, s:[]}", "experiment", made->experiment, "status", "done", "host",
        make_json(made->host ? made->host : QUIET), "cells");

    for (char *cell = strtok_r(cells, ";", &rest); cell; cell = strtok_r(NULL, ";", &rest))
        json_array_append_new(json_object_get(run, "cells"), make_cell(made, cell));
    return run;
}

/* The facts of modes and locks that stand in a catalog. */
static const CatalogMode known_modes[] = {
    {.name = "serial", .baseline = true, .shares_memory = true, .task = {.noun = "call"}},
    {.name = "threads", .side_by_side = true, .shares_memory = true, .task = {.noun = "thread"}},
    {.name = "processes", .side_by_side = true, .task = {.noun = "process"}},
    {.name = "epoll", .shares_memory = true, .one_loop = true, .task = {.noun = "task"}},
    {.name = "fibres", .side_by_side = true, .shares_memory = true, .task = {.noun = "fibre"}},
};

static const CatalogParameter switch_interval[] = {{.name = "switch_interval_us"}};

static const CatalogLock known_locks[] = {
    {.name = "gil",
        .title = "the GIL",
        .exclusive = true,
        .models = "cpython3",
        .parameters = switch_interval,
        .n_parameters = 1},
    {.name = "new", .title = "the new lock", .exclusive = true},
    {.name = "fair", .title = "the fair lock", .exclusive = true, .fair = true},
    {.name = "none", .title = "no lock", .models = "free-threaded"},
    {.name = "per-interpreter",
        .title = "a lock for each interpreter",
        .whose = CATALOG_FOR_EACH_TASK,
        .models = "interpreters",
        .parameters = switch_interval,
        .n_parameters = 1},
};

/* The usual check interval is of JSON, so this lock is made when it is asked for. */
static const CatalogLock *python_2(void)
{
    static CatalogParameter check_interval[] = {{.name = "check_interval"}};
    static const CatalogLock lock = {.name = "gil-py2",
        .title = "the lock of Python 2",
        .exclusive = true,
        .between_bytecodes = true,
        .models = "cpython2",
        .parameters = check_interval,
        .n_parameters = 1};

    if (!check_interval[0].fallback)
        check_interval[0].fallback = make_json("[100]");
    return &lock;
}

static void add_facts(ResultCell *cell)
{
    for (size_t i = 0; i < ARRAY_LENGTH(known_modes); i++) {
        if (strcmp(known_modes[i].name, cell->mode) == 0)
            cell->mode_facts = &known_modes[i];
    }
    for (size_t i = 0; i < ARRAY_LENGTH(known_locks); i++) {
        if (strcmp(known_locks[i].name, cell->lock) == 0)
            cell->lock_facts = &known_locks[i];
    }
    if (strcmp(cell->lock, "gil-py2") == 0)
        cell->lock_facts = python_2();
}

static char *lesson_of_json(const json_t *json)
{
    auto_result_run ResultRun run = {0};

    result_run_read(json, &run);
    for (size_t i = 0; i < run.cells.n; i++)
        add_facts(&run.storage[i]);
    return lesson_make(&run);
}

static char *lesson_of(const Made *made)
{
    json_auto_t *run = make_run(made);

    return lesson_of_json(run);
}

static const struct {
    Made made;
    const char *lesson;
} lessons[] = {
    /* The article's own case. */
    {{"countdown", "\"n\": 5", SERIAL "threads gil 2 2 1.01 same; processes gil 2 2 0.512 faster", 0, NULL},
        "2 countdowns under gil: threads took 1.01 times the serial time (the same), processes 0.51 times "
        "(faster). The GIL lets one thread run at a time, so threads that compute only take turns; each "
        "process has a lock of its own. In the article two threads took 18.4 s where two calls in a row took "
        "17.4 s, and two processes took about 8."},
    /* Each lock has a word of its own. */
    {{"countdown", "\"n\": 5",
         SERIAL "threads gil 2 2 1.01 same; serial gil-py2 2 2 1 same; threads gil-py2 2 2 1.6 slower; "
                "serial none 2 2 1 same; threads none 2 2 0.505 faster; serial per-interpreter 2 2 1 same; "
                "threads per-interpreter 2 2 0.52 faster",
         0, NULL},
        "2 countdowns: threads took 1.01 times the serial time under gil (the same), 1.60 times under "
        "gil-py2 (slower), 0.51 times under none (faster), 0.52 times under per-interpreter (faster). The "
        "lock of Python 2 is let go every few ticks (small steps of the interpreter) and taken straight "
        "back, so that waiters woke up 123,456 times for nothing; the GIL lets one thread run at a time, so "
        "threads that compute only take turns; without a lock threads run on all CPUs at once. CPython 2.7 "
        "took 1.5 times the serial time with two threads and 2.4 times with four, on two CPUs."},
    /* One verdict everywhere needs no names of places. */
    {{"countdown", "\"n\": 5",
         SERIAL "serial none 2 2 1 same; processes gil 2 2 0.51 faster; processes none 2 2 0.49 faster", 0,
         NULL},
        "2 countdowns: processes took 0.49 to 0.51 times the serial time everywhere (faster). Each process "
        "has a lock of its own. In the article two processes took about 8 s, as long as a single call."},
    /* Many numbers of tasks are one range; one task is no comparison. */
    {{"countdown", "\"n\": 5",
         "serial gil 1 2 1 same; threads gil 1 2 1.02 same; serial gil 2 2 1 same; threads gil 2 2 1 same; "
         "serial gil 4 2 1 same; threads gil 4 2 1.03 same; serial gil 8 2 1 same; threads gil 8 2 1.08 "
         "slower",
         0, NULL},
        "2 to 8 countdowns under gil: threads took 1.00 to 1.08 times the serial time (2 the same, 1 "
        "slower). The GIL lets one thread run at a time, so threads that compute only take turns. In the "
        "article two threads took 18.4 s where two calls in a row took 17.4 s, and two processes took about "
        "8."},
    /* A sweep names what was swept, where that matters. */
    {{"countdown", "\"n\": 5",
         "serial gil 2 2 1 same | \"switch_interval_us\": 1; threads gil 2 2 1.26 slower | "
         "\"switch_interval_us\": 1; processes gil 2 2 0.5 faster | \"switch_interval_us\": 1; serial gil 2 "
         "2 "
         "1 same | \"switch_interval_us\": 10000; threads gil 2 2 0.99 same | \"switch_interval_us\": 10000; "
         "processes gil 2 2 0.52 faster | \"switch_interval_us\": 10000",
         0, NULL},
        "2 countdowns under gil: threads took 1.26 times the serial time at switch_interval_us=1 (slower), "
        "0.99 times at switch_interval_us=10,000 (the same); processes 0.50 to 0.52 times (faster). The GIL "
        "lets one thread run at a time, so threads that compute only take turns; each process has a lock of "
        "its own. In the article two threads took 18.4 s where two calls in a row took 17.4 s, and two "
        "processes took about 8."},
    {{"countdown", "\"n\": 5",
         "serial gil-py2 2 2 1 same | \"check_interval\": 100; threads gil-py2 2 2 1.1 slower | "
         "\"check_interval\": 100; serial gil-py2 2 2 1 same | \"check_interval\": 10000; threads gil-py2 2 "
         "2 "
         "1.6 slower | \"check_interval\": 10000",
         0, NULL},
        "2 countdowns under gil-py2: threads took 1.10 to 1.60 times the serial time at every check_interval "
        "(slower). The lock of Python 2 is let go every 100 ticks (small steps of the interpreter) and taken "
        "straight back, so that waiters woke up 123,456 times for nothing. CPython 2.7 took 1.5 times the "
        "serial time with two threads and 2.4 times with four, on two CPUs."},
    /* CPython's figures are of its usual interval. */
    {{"countdown", "\"n\": 5, \"check_interval\": 10000",
         "serial gil-py2 2 2 1 same; threads gil-py2 2 2 1.2 slower", 0, NULL},
        "2 countdowns under gil-py2: threads took 1.20 times the serial time (slower). The lock of Python 2 "
        "is let go every 10,000 ticks (small steps of the interpreter) and taken straight back, so that "
        "waiters woke up 123,456 times for nothing."},
    /* A loop computes in one thread. */
    {{"countdown", "\"n\": 5", SERIAL "epoll gil 2 2 1.002 same", 0, NULL},
        "2 countdowns under gil: epoll took 1.00 times the serial time (the same). An event loop is one "
        "thread, and has one CPU to compute on."},
    /* What cannot be is not explained away. */
    {{"countdown", "\"n\": 5", SERIAL "threads gil 2 2 0.8 faster", 0, NULL},
        "2 countdowns under gil: threads took 0.80 times the serial time (faster). A lock that lets one "
        "thread run at a time cannot do that, so doubt the serial time of this run. In the article two "
        "threads took 18.4 s where two calls in a row took 17.4 s, and two processes took about 8."},
    /* The number of CPUs is what was asked here. */
    {{"countdown", "\"n\": 5",
         "serial gil-py2 2 1 1 same; threads gil-py2 2 1 1 same; serial gil-py2 2 2 1 same; threads gil-py2 "
         "2 2 1.6 slower",
         0, NULL},
        "2 countdowns under gil-py2: threads took 1.00 times the serial time on 1 CPU (the same), 1.60 times "
        "on 2 CPUs (slower). The lock of Python 2 is let go every few ticks (small steps of the interpreter) "
        "and taken straight back, so that waiters woke up 123,456 times for nothing. CPython 2.7 took 1.5 "
        "times the serial time with two threads and 2.4 times with four, on two CPUs."},
    /* One CPU. */
    {{"countdown", "\"n\": 5", "serial gil 2 1 1 same; threads gil 2 1 1 same; processes gil 2 1 1.01 same",
         0, "{\"cpus_usable\": 1, \"container\": \"docker\"}"},
        "2 countdowns under gil: threads took 1.00 times the serial time (the same), processes 1.01 times "
        "(the same). Take it with care: this container has one CPU to give, and on one CPU nothing runs side "
        "by side."},
    /* One CPU, because it was asked for. */
    {{"countdown", "\"n\": 5", "serial none 2 1 1 same; threads none 2 1 1 same", 0, NULL},
        "2 countdowns under none: threads took 1.00 times the serial time (the same). Take it with care: the "
        "cells (combinations of mode, lock and settings) had one CPU, and on one CPU nothing runs side by "
        "side."},
    /* Too few repetitions. */
    {{"countdown", "\"n\": 5", SERIAL "threads gil 2 2 1.01 cannot-tell", 5, NULL},
        "2 countdowns under gil: threads took 1.01 times the serial time (cannot tell). Take it with care: 5 "
        "repetitions cannot tell faster from slower, that takes at least 6."},
    /* Processes that used more of the CPUs for the same work, and some that only took longer. */
    {{"countdown", "\"n\": 5",
         SERIAL "threads gil 2 2 1 same; processes gil 2 2 0.8 faster ! \"per_task\": [{\"cpu_ns\": "
                "1400000000}, {\"cpu_ns\": 1500000000}]",
         0, NULL},
        "2 countdowns under gil: threads took 1.00 times the serial time (the same), processes 0.80 times "
        "(faster). The GIL lets one thread run at a time, so threads that compute only take turns; each "
        "process has a lock of its own. Take it with care: the same work took 1.45 times as much CPU time in "
        "processes as in serial, so the CPUs held it up and not a lock: they did less while several worked "
        "at "
        "once (two may share a core, or another machine uses it)."},
    /* Processes take CPU time to be started. */
    {{"countdown", "\"n\": 5",
         SERIAL "processes gil 2 2 0.8 faster ! \"cpu_ns\": {\"median\": 2900000000}, \"per_task\": "
                "[{\"cpu_ns\": 1100000000}, {\"cpu_ns\": null}]",
         0, NULL},
        "2 countdowns under gil: processes took 0.80 times the serial time (faster). Each process has a lock "
        "of its own. In the article two processes took about 8 s, as long as a single call."},
    /* Too few, and yet something was seen. */
    {{"countdown", "\"n\": 5",
         "serial gil 2 2 1 same ! \"wall_ns\": {\"min\": 990000000, \"max\": 1010000000}; threads gil 2 2 "
         "1.01 "
         "cannot-tell ! \"wall_ns\": {\"min\": 1000000000, \"max\": 1030000000}; processes gil 2 2 0.2 "
         "cannot-tell ! \"wall_ns\": {\"min\": 190000000, \"max\": 210000000}; epoll gil 2 2 2 cannot-tell ! "
         "\"wall_ns\": {\"min\": 1100000000, \"max\": 3000000000}",
         3, NULL},
        "2 countdowns under gil: threads took 1.01 times the serial time (cannot tell), processes 0.20 times "
        "(cannot tell), epoll 2.00 times (cannot tell). Take it with care: 3 repetitions cannot tell faster "
        "from slower, that takes at least 6 (in processes all were faster, in epoll all were slower)."},
    /* The lesson leaves the comparison with one task out, and so does the doubt. */
    {{"countdown", "\"n\": 5",
         "serial gil 1 2 1 same; threads gil 1 2 1.2 slower; serial gil 2 2 1 same; threads gil 2 2 1.3 "
         "slower; "
         "serial gil 4 2 1 same; threads gil 4 2 1.1 cannot-tell",
         0, NULL},
        "2 or 4 countdowns under gil: threads took 1.10 to 1.30 times the serial time (1 slower, 1 "
        "cannot tell). The GIL lets one thread run at a time, so threads that compute only take turns. Take "
        "it with care: 1 of 2 comparisons of several tasks cannot tell, its interval "
        "(where the true ratio lies, at 95 %) is too wide."},
    {{"countdown", "\"n\": 5",
         "serial gil 1 2 1 same; threads gil 1 2 1.2 cannot-tell; serial gil 2 2 1 same; threads gil 2 2 1.3 "
         "slower",
         0, NULL},
        "2 countdowns under gil: threads took 1.30 times the serial time (slower). The GIL lets one thread "
        "run at a time, so threads that compute only take turns. In the article two threads took 18.4 s "
        "where two calls in a row took 17.4 s, and two processes took about 8."},
    /* Without serial every row of the table is one of these cells. */
    {{"countdown", "\"n\": 1000",
         "threads gil 2 2 150 - ! \"create_ns\": {\"median\": 90000000000}; processes gil 2 2 1 -", 0, NULL},
        "2 countdowns under gil: threads took 150 s, processes 1.00 s. Take it with care: creating, starting "
        "and joining the tasks took more than a fifth of the time in 1 of 2 cells (combinations of mode, "
        "lock and settings); without mode=serial there is nothing to compare these times with."},
    /* Intervals that are too wide. */
    {{"countdown", "\"n\": 5", SERIAL "threads gil 2 2 1.01 cannot-tell; processes gil 2 2 0.5 faster", 0,
         NULL},
        "2 countdowns under gil: threads took 1.01 times the serial time (cannot tell), processes 0.50 times "
        "(faster). Each process has a lock of its own. Take it with care: 1 of 2 comparisons cannot tell, "
        "its interval (where the true ratio lies, at 95 %) is too wide."},
    /* A noisy machine. */
    {{"countdown", "\"n\": 5", SERIAL "processes gil 2 2 0.9 faster", 0,
         "{\"noisy\": true, \"noise_reasons\": [\"other programs took 40 % of the CPU time\"]}"},
        "2 countdowns under gil: processes took 0.90 times the serial time (faster). Each process has a lock "
        "of its own. Take it with care: the machine was noisy: other programs took 40 % of the CPU time."},
    /* A failed cell. */
    {{"countdown", "\"n\": 5", SERIAL "threads gil 2 2 1 same; processes gil 2 2 1 failed", 0, NULL},
        "2 countdowns under gil: threads took 1.00 times the serial time (the same). The GIL lets one thread "
        "run at a time, so threads that compute only take turns. Take it with care: 1 of 3 cells "
        "(combinations of mode, lock and settings) has no result: 2 of 7 repetitions failed: it crashed."},
    /* Nothing but failures. */
    {{"countdown", "\"n\": 5", "serial gil 2 2 1 failed; threads gil 2 2 1 failed", 0, NULL},
        "Nothing can be said, none of the 2 cells (combinations of mode, lock and settings) has a result: 2 "
        "of 7 repetitions failed: it crashed."},
    /* Figures that stand in the table are a result, of fewer repetitions. */
    {{"countdown", "\"n\": 5",
         "serial gil 2 2 1 same ! \"status\": \"timeout\"; threads gil 2 2 1 same ! \"status\": "
         "\"cancelled\"",
         0, NULL},
        "Nothing can be said, none of the 2 cells (combinations of mode, lock and settings) was finished."},
    {{"countdown", "\"n\": 5",
         SERIAL "threads gil 2 2 1 same; processes gil 2 2 1 same ! \"status\": \"cancelled\", \"reason\": "
                "\"ended after 2 of 7 repetitions\"",
         0, NULL},
        "2 countdowns under gil: threads took 1.00 times the serial time (the same). The GIL lets one thread "
        "run at a time, so threads that compute only take turns. Take it with care: 1 of 3 cells "
        "(combinations of mode, lock and settings) was not finished: ended after 2 of 7 repetitions."},
    /* Nothing to compare with. */
    {{"countdown", "\"n\": 5", "threads gil 2 2 1 -; processes gil 2 2 0.5 -", 0, NULL},
        "2 countdowns under gil: threads took 1.00 s, processes 500 ms. Take it with care: without "
        "mode=serial there is nothing to compare these times with."},
    /* Serial alone is a time. */
    {{"countdown", "\"n\": 5", "serial gil 1 2 0.2 same", 1, NULL},
        "1 countdown under gil: serial took 200 ms."},
    /* Waiting. */
    {{"fetch", "\"client\": \"async\"",
         "serial gil 2 2 1 same; threads gil 2 2 0.5 faster; processes gil 2 2 0.51 faster; epoll gil 2 2 "
         "0.5 faster",
         0, NULL},
        "2 fetches under gil: threads took 0.50 times the serial time (faster), processes 0.51 times "
        "(faster), epoll 0.50 times (faster). A thread that waits for an answer lets go of the GIL, so the "
        "waits "
        "overlap; the event loop waits for all answers at once in one thread. In the article one fetch took "
        "0.88 s, two in a row 1.72 s and two threads 0.89 s."},
    /* Answers that overtook others. */
    {{"fetch", "\"client\": \"async\"",
         "serial gil 5 2 1 same; epoll gil 5 2 0.3 faster ! \"completion_order\": [2, 3, 1, 0, 4]", 0, NULL},
        "5 fetches under gil: epoll took 0.30 times the serial time (faster). The event loop waits for all "
        "answers at once in one thread; the loop took the answers as they came, not in the order of the "
        "questions. The five asyncio fetches of the article ended in the order 3, 4, 2, 1, 5."},
    {{"fetch", "\"client\": \"async\"",
         "serial gil 5 2 1 same; epoll gil 5 2 0.3 faster ! \"completion_order\": [0, 1, 2, 3, 4]", 0, NULL},
        "5 fetches under gil: epoll took 0.30 times the serial time (faster). The event loop waits for all "
        "answers at once in one thread."},
    /* Waiting needs no second CPU. */
    {{"fetch", "\"client\": \"async\"", "serial gil 2 1 1 same; threads gil 2 1 0.5 faster", 0,
         "{\"cpus_usable\": 1}"},
        "2 fetches under gil: threads took 0.50 times the serial time (faster). A thread that waits for an "
        "answer lets "
        "go of the GIL, so the waits overlap. Take it with care: this machine has one CPU to give, enough "
        "for waiting but not for computing side by side."},
    /* Answers that were no pages: all with one status, some with several, none with content. An empty page of
     * the own server was asked for. */
    {{"fetch", "\"client\": \"async\", \"url\": \"http://a/\"",
         "serial gil 2 2 1 same \"responses\": {\"500\": 2};"
         "threads gil 2 2 0.5 faster \"responses\": {\"500\": 3}",
         0, NULL},
        "2 fetches under gil: threads took 0.50 times the serial time (faster). A thread that waits for an "
        "answer lets "
        "go of the GIL, so the waits overlap. Take it with care: 5 of 5 answers were 500."},
    {{"fetch", "\"client\": \"async\", \"url\": \"http://a/\"",
         "serial gil 2 2 1 same \"responses\": {\"200\": 1997, \"503\": 1};"
         "threads gil 2 2 0.5 faster \"responses\": {\"404\": 1, \"301\": 1}",
         0, NULL},
        "2 fetches under gil: threads took 0.50 times the serial time (faster). A thread that waits for an "
        "answer lets "
        "go of the GIL, so the waits overlap. Take it with care: 3 of 2,000 answers were 503, 404 and 301."},
    {{"fetch", "\"client\": \"async\", \"url\": \"http://a/\"",
         "threads gil 2 2 1 - \"responses\": {\"400\": 1, \"401\": 1, \"402\": 1, \"403\": 1}", 0, NULL},
        "2 fetches under gil: threads took 1.00 s. Take it with care: 4 of 4 answers were 400, 401, 402 and "
        "others."},
    {{"fetch", "\"client\": \"async\", \"url\": \"http://a/\"",
         "threads gil 2 2 1 - \"responses\": {\"302\": 1}, \"answers_empty\": 1", 0, NULL},
        "2 fetches under gil: threads took 1.00 s. Take it with care: 1 of 1 answers was 302 (redirects "
        "are not followed); 1 of 1 answers was empty."},
    {{"fetch", "\"client\": \"async\", \"url\": null",
         "threads gil 2 2 1 - \"responses\": {\"200\": 1}, \"answers_empty\": 1", 0, NULL},
        "2 fetches under gil: threads took 1.00 s. In the article one fetch took 0.88 s, two in a row 1.72 s "
        "and two threads 0.89 s."},
    /* A client that blocks. */
    {{"fetch", "\"client\": \"blocking\"", "serial gil 2 2 1 same; epoll gil 2 2 1 same", 0, NULL},
        "2 fetches under gil: epoll took 1.00 times the serial time (the same). A client that blocks gives "
        "the event loop nothing back until its answer is there, so nothing overlaps."},
    /* Outside the lock. */
    {{"crunch", "\"kernel\": \"matmul\", \"release\": \"on\"",
         SERIAL "threads gil 2 2 0.52 faster; epoll gil 2 2 1 same", 0, NULL},
        "2 tasks of matmul outside the lock under gil: threads took 0.52 times the serial time (faster), "
        "epoll 1.00 times (the same). The work is done outside the GIL, so it runs on all CPUs at once; an "
        "event loop is one thread, and has one CPU to compute on. The article says that image processing and "
        "NumPy run outside the GIL; in CPython two threads of NumPy took 0.54 times the serial time."},
    /* Inside it. */
    {{"crunch", "\"kernel\": \"blur\", \"release\": \"off\"",
         SERIAL "threads gil 2 2 1.01 same; serial none 2 2 1 same; threads none 2 2 0.5 faster", 0, NULL},
        "2 tasks of blur inside the lock: threads took 1.01 times the serial time under gil (the same), 0.50 "
        "times under none (faster). The work keeps the GIL, so threads take turns as in a countdown; without "
        "a lock there is nothing to let go of. The article says that image processing and NumPy run outside "
        "the GIL; in CPython two threads of NumPy took 0.54 times the serial time."},
    /* A plain reference count. */
    {{"refcount", "\"count\": \"plain\", \"n\": 1000000",
         "serial gil 2 2 1 same \"lost_updates\": 0, \"premature_frees\": 0; threads gil 2 2 1 same "
         "\"lost_updates\": 0; serial none 2 2 1 same \"lost_updates\": 0; threads none 2 2 1.5 slower "
         "\"lost_updates\": 1234, \"premature_frees\": 17",
         0, NULL},
        "2 tasks took and gave back references to one object: in the end its plain count was off by 1,234 in "
        "threads under none, and right in the other 3 cells (combinations of mode, lock and settings). "
        "Without a lock two threads load the same count, and one result replaces the other; up to 17 times "
        "the count said that nobody used the object, and an interpreter would have freed it in use; the GIL "
        "keeps a plain count exact, because one thread counts at a time. The article gives this as the "
        "reason for the GIL: without it Python's memory management is not safe in threads."},
    /* A count that needs no lock. */
    {{"refcount", "\"count\": \"atomic\", \"n\": 1000000",
         "serial none 2 2 1 same \"lost_updates\": 0, \"premature_frees\": 0; threads none 2 2 4 slower "
         "\"lost_updates\": 0, \"premature_frees\": 0",
         0, NULL},
        "2 tasks took and gave back references to one object: in the end its atomic count was right. It "
        "needs no lock, and a reference took 1,000 ns of CPU time in threads and 1,000 ns one after the "
        "other. The article gives this as the reason for the GIL: without it Python's memory management is "
        "not safe in threads."},
    /* The program's own counter, with a switch inside. */
    {{"counter", "\"switch_inside\": \"on\"",
         "serial gil 2 2 1 same \"lost_updates\": 0, \"expected\": 2000000; threads gil 2 2 1 same "
         "\"lost_updates\": 600000, \"expected\": 2000000; processes gil 2 2 0.5 faster \"lost_updates\": 0, "
         "\"expected\": 2000000; epoll gil 2 2 1 same \"lost_updates\": 1000000, \"expected\": 2000000",
         0, NULL},
        "2 tasks added to one counter, with a call between load and store: they lost 600,000 of 2,000,000 in "
        "threads, 1,000,000 of 2,000,000 in epoll, and nothing in the other 2 cells (combinations of mode, "
        "lock and settings). The lock may change hands in between: it protects the interpreter, not the "
        "program's data; a loop that gives control away between load and store loses updates too. CPython "
        "3.11 and 3.13 lose nothing in x += 1, but 430,000 to 600,000 of 2,000,000 with a call in between."},
    /* And without one. */
    {{"counter", "\"switch_inside\": \"off\"",
         "serial gil 2 2 1 same \"lost_updates\": 0, \"expected\": 2000000; threads gil 2 2 1 same "
         "\"lost_updates\": 0, \"expected\": 2000000; threads none 2 2 1 same \"lost_updates\": 0, "
         "\"expected\": 2000000",
         0, NULL},
        "2 tasks added to one counter: they lost nothing. The GIL is only let go between whole updates; "
        "without a lock nothing promises that nothing is lost. CPython 3.11 and 3.13 lose nothing in x += 1, "
        "but 430,000 to 600,000 of 2,000,000 with a call in between."},
    /* And under a lock that looks between bytecodes. */
    {{"counter", "\"switch_inside\": \"off\"",
         "threads gil 2 2 1 - \"lost_updates\": 0, \"expected\": 2000000; threads gil-py2 2 2 1 - "
         "\"lost_updates\": 540000, \"expected\": 2000000",
         0, NULL},
        "2 tasks added to one counter: they lost 540,000 of 2,000,000 in threads under gil-py2, and nothing "
        "in the other "
        "cell (a combination of mode, lock and settings). The GIL is only let go between whole updates; the "
        "lock of "
        "Python 2 may change hands between any two bytecodes, so also between the load and the store of x += "
        "1. "
        "CPython 3.11 and 3.13 lose nothing in x += 1, but 430,000 to 600,000 of 2,000,000 with a call in "
        "between."},
    /* Also if it happened not to lose anything. */
    {{"counter", "\"switch_inside\": \"off\"",
         "threads gil-py2 2 2 1 - \"lost_updates\": 0, \"expected\": 2000000", 0, NULL},
        "2 tasks added to one counter: they lost nothing. The lock of Python 2 may change hands within x += "
        "1, so that "
        "nothing was lost is luck. CPython 2.7 lost 510,000 of 2,000,000 increments of two threads."},
    /* A variable. */
    {{"share", "\"via\": \"variable\"",
         "threads gil 2 2 1 - \"expected\": 2000000, \"seen_by_parent\": 2000000, \"ns_per_item\": 5.1; "
         "processes gil 2 2 1 - \"expected\": 2000000, \"seen_by_parent\": 0, \"ns_per_item\": 2.5",
         0, NULL},
        "Through a variable the parent saw 2,000,000 of 2,000,000 in threads, 0 of 2,000,000 in processes. "
        "Threads write to the memory of their parent; a process writes to a copy of its own, which ends with "
        "it; an item took 5.10 ns in threads and 2.50 ns in processes. The article ends with this: threads "
        "can share data, and processes have memory of their own."},
    /* Shared memory. */
    {{"share", "\"via\": \"shared-memory\"",
         "processes gil 2 2 1 - \"expected\": 20, \"seen_by_parent\": 20, \"ns_per_item\": 2.5", 0, NULL},
        "Through shared memory the parent saw 20 of 20 in processes. Processes share what they map together. "
        "The article ends with this: threads can share data, and processes have memory of their own."},
    /* A pipe that lost something would not be explained. */
    {{"share", "\"via\": \"pipe\"",
         "processes gil 2 2 1 - \"expected\": 20, \"seen_by_parent\": 19, \"ns_per_item\": 2500", 0, NULL},
        "Through a pipe the parent saw 19 of 20 in processes. The article ends with this: threads can share "
        "data, and processes have memory of their own."},
    /* A convoy at three intervals is three groups of one. */
    {{"convoy", "\"hogs\": 1, \"paced\": \"on\", \"switch_interval_us\": 5000",
         "threads gil 2 2 1 - \"latency_p50_ns\": 5170000; threads none 2 2 1 - \"latency_p50_ns\": 28100", 0,
         NULL},
        "Half of the requests beside 1 hog (a task that only computes) were answered within 5.17 ms in "
        "threads under gil, 28.1 µs under none. A thread that comes back from waiting gets the GIL from a "
        "hog after a "
        "whole switch interval (after which a waiting thread asks for the lock); without a lock a request "
        "does not wait for a hog. CPython 3.13 took 0.65, 5.2 to 8.8 and 50 to 99 ms at switch intervals of "
        "0.5, 5 and "
        "50 ms (an answer waits once or twice), and 16 to 33 µs without a hog."},
    /* A client that is quick asks again while its last answer still waits for the lock. */
    {{"convoy", "\"hogs\": 1, \"paced\": \"on\", \"switch_interval_us\": 5000",
         "threads gil 2 2 1 - \"latency_p50_ns\": 8740000", 0, NULL},
        "Half of the requests beside 1 hog (a task that only computes) were answered within 8.74 ms in "
        "threads. A "
        "thread waits for the GIL twice, after it has sent an answer and after it has received a request, "
        "each time up "
        "to a whole switch interval (after which a waiting thread asks for the lock). CPython 3.13 took "
        "0.65, 5.2 to 8.8 and 50 to 99 ms at switch intervals of 0.5, 5 and 50 ms (an answer waits once or "
        "twice), and 16 to 33 µs without a hog."},
    /* What does not matter to a cell does not tell it from others: they are a range. */
    {{"convoy", "\"hogs\": 1, \"paced\": \"on\"",
         "threads none 2 2 1 - \"latency_p50_ns\": 22500 | \"switch_interval_us\": 500; threads none 2 2 1 - "
         "\"latency_p50_ns\": 14500 | \"switch_interval_us\": 5000; threads none 2 2 1 - "
         "\"latency_p50_ns\": 15000 | \"switch_interval_us\": 50000; threads gil 2 2 1 - "
         "\"latency_p50_ns\": 650000 | \"switch_interval_us\": 500; threads gil 2 2 1 - "
         "\"latency_p50_ns\": 5200000 | \"switch_interval_us\": 5000",
         0, NULL},
        "Half of the requests beside 1 hog (a task that only computes) were answered within 14.5 µs to 22.5 "
        "µs in threads under none, 650 µs under gil at switch_interval_us=500, 5.20 ms under gil at "
        "switch_interval_us=5,000. A thread that comes back from waiting gets the GIL from a hog after a "
        "whole switch "
        "interval (after which a waiting thread asks for the lock); without a lock a request does not wait "
        "for a hog. CPython 3.13 took 0.65, 5.2 to 8.8 and 50 to 99 ms at switch intervals of 0.5, 5 and 50 "
        "ms (an answer waits once or twice), and 16 "
        "to 33 µs without a hog."},
    /* A convoy that does not wait as it should has no reason. */
    {{"convoy", "\"hogs\": 1, \"paced\": \"on\", \"switch_interval_us\": 5000",
         "threads gil 2 2 1 - \"latency_p50_ns\": 15170000; threads gil-py2 2 2 1 - \"latency_p50_ns\": "
         "102000",
         0, NULL},
        "Half of the requests beside 1 hog (a task that only computes) were answered within 15.2 ms in "
        "threads under gil, 102 µs under gil-py2. The lock of Python 2 is let go so often that a request "
        "soon gets in. CPython 3.13 took 0.65, 5.2 to 8.8 and 50 to 99 ms at switch intervals (after which a "
        "waiting "
        "thread asks for the lock) of 0.5, 5 and 50 ms (an answer waits once or twice), and 16 to 33 µs "
        "without a hog."},
    /* A frozen loop. */
    {{"convoy", "\"hogs\": 2, \"paced\": \"on\", \"await_every\": 0, \"duration_ms\": 1000",
         "epoll gil 3 2 1 - \"latency_p50_ns\": 1000000000", 0, NULL},
        "Half of the requests beside 2 hogs (tasks that only compute) were answered within 1.00 s in epoll. "
        "In an event loop a request waits until the hogs give control back."},
    /* A frozen loop has one request, of which there is no median. */
    {{"convoy", "\"hogs\": 1, \"paced\": \"on\", \"await_every\": 0, \"duration_ms\": 1000",
         "threads none 2 2 1 - \"latency_p50_ns\": 28100, \"latency_max_ns\": 90000; epoll none 2 2 1 - "
         "\"latency_p50_ns\": null, \"latency_max_ns\": 1000000000",
         0, NULL},
        "Half of the requests beside 1 hog (a task that only computes) were answered within 28.1 µs in "
        "threads, 1.00 s (the longest of too few) in epoll. Without a lock a request does not wait for a "
        "hog; in an event loop a request waits until the hog gives control back. CPython 3.13 took 5.2 to "
        "8.8 ms "
        "beside a hog, and 30 µs without its GIL."},
    /* Interval by interval. */
    {{"convoy", "\"hogs\": 1, \"paced\": \"on\", \"switch_interval_us\": 500",
         "threads gil 2 2 1 - \"latency_p50_ns\": 650000; threads none 2 2 1 - \"latency_p50_ns\": 30000; "
         "threads per-interpreter 2 2 1 - \"latency_p50_ns\": 31000; processes gil 2 2 1 - "
         "\"latency_p50_ns\": 32000",
         0, NULL},
        "Half of the requests beside 1 hog (a task that only computes) were answered within 650 µs in "
        "threads under gil, 30.0 µs in threads under none, 31.0 µs in threads under per-interpreter, 32.0 µs "
        "in processes under gil. A thread that comes back from waiting gets the GIL from a hog after a whole "
        "switch "
        "interval (after which a waiting thread asks for the lock); without a lock a request does not wait "
        "for a hog; with a lock for each interpreter a request does not wait for a hog. CPython 3.13 took "
        "0.65, 5.2 to 8.8 and 50 to 99 ms at switch intervals of 0.5, 5 and 50 ms (an answer waits once or "
        "twice), and 16 to 33 µs without a hog."},
    /* Without a hog nobody waits. */
    {{"convoy", "\"hogs\": 0, \"paced\": \"on\"", "threads gil 1 2 1 - \"latency_p50_ns\": 20000", 0, NULL},
        "Half of the requests were answered within 20.0 µs in threads. CPython 3.13 took 0.65, 5.2 to 8.8 "
        "and 50 to 99 "
        "ms at switch intervals (after which a waiting thread asks for the lock) of 0.5, 5 and 50 ms (an "
        "answer waits once or twice), and 16 "
        "to 33 µs without a hog (a task that only computes)."},
    /* Idle threads beside idle tasks. */
    {{"idle", "\"wakeups_per_s\": 1",
         "serial gil 10000 2 1 same \"rss_per_task_bytes\": 9; threads gil 10000 2 1 - \"started\": 10000, "
         "\"rss_per_task_bytes\": 13000, \"virtual_per_task_bytes\": 8393000, \"kernel_per_task_bytes\": "
         "16384, \"wakeup_cpu_share\": 0.042; epoll gil 10000 2 1 - \"started\": 10000, "
         "\"rss_per_task_bytes\": 719, \"virtual_per_task_bytes\": 384",
         0, NULL},
        "Of 10,000 idle tasks each took 13.0 KB (8.39 MB of addresses reserved) in threads, 719 B "
        "in epoll; in serial there is only ever one at a time. 10,000 threads reserved 83.9 GB of addresses "
        "but used 294 MB of memory, kernel stacks "
        "included; a thread took 29.4 KB with what the kernel keeps for it, as much as 41 tasks of an event "
        "loop; waking the threads took 4.2 % "
        "of a CPU. The article warns of gigabytes and of 5 % of the CPU for thousands of threads; a thread "
        "of CPython took 16 KB resident and 8.4 MB reserved, an asyncio task 1.4 KB."},
    /* Idle tasks in serial, where nothing is noisy enough to matter. */
    {{"idle", "\"wakeups_per_s\": 0", "serial gil 5 2 1 - \"started\": 5, \"rss_per_task_bytes\": 448", 1,
         "{\"noisy\": true, \"noise_reasons\": [\"other programs took 40 % of the CPU time\"]}"},
        "In serial there is only ever one idle task at a time, so that does not show what many cost "
        "together."},
    /* What failed is said all the same. */
    {{"idle", "\"wakeups_per_s\": 0",
         "serial gil 5 2 1 - \"started\": 5, \"rss_per_task_bytes\": 448; threads gil 5 2 1 failed", 1, NULL},
        "In serial there is only ever one idle task at a time, so that does not show what many cost "
        "together. Take it with care: 1 of 2 cells (combinations of mode, lock and settings) has no result: "
        "2 of 7 repetitions failed: it crashed."},
    /* Too few threads. */
    {{"idle", "\"wakeups_per_s\": 0",
         "threads gil 10000 2 1 - \"started\": 4000, \"not_started_reason\": \"the limit of processes is "
         "reached\", \"rss_per_task_bytes\": 9000",
         0, NULL},
        "Of 10,000 idle tasks each took 9,000 B in threads. Only 4,000 of 10,000 threads could be started: "
        "the "
        "limit of processes is reached. The article warns of gigabytes and of 5 % of the CPU for thousands "
        "of threads; a thread of CPython took 16 KB resident and 8.4 MB reserved, an asyncio task 1.4 KB."},
    /* Many tasks are a matter of cost. */
    {{"fetch", "\"client\": \"async\"",
         "threads gil 1000 2 1 - \"rss_per_task_bytes\": 31000; epoll gil 1000 2 0.9 - "
         "\"rss_per_task_bytes\": 16000",
         0, NULL},
        "1,000 fetches under gil: threads took 1.00 s, epoll 900 ms. With 1,000 tasks the threads used 2.00 "
        "s of CPU time, and 31.0 KB of memory each, the event loop 2.00 s and 16.0 KB. In the article one "
        "fetch took 0.88 s, two in a row 1.72 s and two threads 0.89 s."},
    /* In serial nobody is in the way. */
    {{"convoy", "\"hogs\": 1, \"paced\": \"on\"",
         "serial none 2 2 1 same \"latency_p50_ns\": 28000; threads none 2 2 1 same \"latency_p50_ns\": "
         "28000",
         0, NULL},
        "Half of the requests beside 1 hog (a task that only computes) were answered within 28.0 µs in "
        "serial and threads. In serial the hog begins after the last request; without a lock a "
        "request does not wait for a hog. CPython 3.13 took 5.2 to 8.8 ms beside a hog, and 30 µs without "
        "its GIL."},
    /* Interpreters do not share a lock. */
    {{"refcount", "\"count\": \"plain\", \"n\": 1000000",
         "threads per-interpreter 2 2 1 - \"lost_updates\": 1234", 0, NULL},
        "2 tasks took and gave back references to one object: in the end its plain count was off by 1,234 in "
        "threads. Locks of different interpreters do not keep each other out. The article gives this as the "
        "reason for the GIL: without it Python's memory management is not safe in threads."},
    /* The other one is not counted. */
    {{"counter", "\"switch_inside\": \"off\"",
         "threads none 2 2 1 - \"lost_updates\": 3, \"expected\": 20; threads gil 2 2 1 - \"lost_updates\": "
         "0, "
         "\"expected\": 20",
         0, NULL},
        "2 tasks added to one counter: they lost 3 of 20 in threads under none, and nothing in the other "
        "cell (a combination of mode, lock and settings). The GIL is only let go between whole updates; "
        "without a lock two threads load the same value, and one result replaces the other. CPython 3.11 and "
        "3.13 lose nothing in x += 1, but 430,000 to 600,000 of 2,000,000 with a call in between."},
    /* A count with a lock of its own. */
    {{"refcount", "\"count\": \"locked\", \"n\": 1000000",
         "serial none 2 2 1 same \"lost_updates\": 0; threads none 2 2 4 slower \"lost_updates\": 0", 0,
         NULL},
        "2 tasks took and gave back references to one object: in the end its locked count was right. It "
        "needs "
        "no global lock, because it has a lock of its own, and a reference took 1,000 ns of CPU time in "
        "threads "
        "and 1,000 ns one after the other. The article gives this as the reason for the GIL: without it "
        "Python's memory management is not safe in threads."},
    /* Once is not up to one times. */
    {{"refcount", "\"count\": \"plain\", \"n\": 1000000",
         "threads none 2 2 1 - \"lost_updates\": 3, \"premature_frees\": 1", 0, NULL},
        "2 tasks took and gave back references to one object: in the end its plain count was off by 3 in "
        "threads. Without a lock two threads load the same count, and one result replaces the other; once "
        "the "
        "count said that nobody used the object, and an interpreter would have freed it in use. The article "
        "gives this as the reason for the GIL: without it Python's memory management is not safe in "
        "threads."},
    /* One task is it, not they, and of one there is no each. */
    {{"counter", "\"switch_inside\": \"off\"", "serial gil 1 2 1 - \"lost_updates\": 0, \"expected\": 5", 0,
         NULL},
        "1 task added to one counter: it lost nothing."},
    {{"idle", "\"wakeups_per_s\": 0", "epoll gil 1 2 1 - \"started\": 1, \"rss_per_task_bytes\": 500", 0,
         NULL},
        "1 idle task took 500 B in epoll."},
    /* Few tasks share what their loop takes, so they are no measure of a task. */
    {{"idle", "\"wakeups_per_s\": 0",
         "threads gil 2 2 1 - \"started\": 2, \"rss_per_task_bytes\": 13000; epoll gil 2 2 1 - \"started\": "
         "2, "
         "\"rss_per_task_bytes\": 3500",
         0, NULL},
        "Of 2 idle tasks each took 13.0 KB in threads, 3,500 B in epoll. The article warns of gigabytes and "
        "of "
        "5 % "
        "of the CPU for thousands of threads; a thread of CPython took 16 KB resident and 8.4 MB reserved, "
        "an "
        "asyncio task 1.4 KB."},
    /* Several hogs. */
    {{"convoy", "\"hogs\": 2, \"paced\": \"on\"", "serial none 3 2 1 - \"latency_p50_ns\": 28000", 0, NULL},
        "Half of the requests beside 2 hogs (tasks that only compute) were answered within 28.0 µs in "
        "serial. In serial the hogs begin after the last request."},
    /* With two locks nobody would know which cells a price is of, and a small difference may be noise. */
    {{"share", "\"via\": \"shared-memory\"",
         "threads none 2 2 1 - \"expected\": 20, \"seen_by_parent\": 20, \"ns_per_item\": 9; processes none "
         "2 2 "
         "1 - \"expected\": 20, \"seen_by_parent\": 20, \"ns_per_item\": 2; threads gil 2 2 1 - "
         "\"expected\": "
         "20, \"seen_by_parent\": 20, \"ns_per_item\": 2",
         0, NULL},
        "Through shared memory the parent saw 20 of 20 in threads under none, processes under none and "
        "threads under gil. Processes share what they map together. The article ends with this: "
        "threads can share data, and processes have memory of their own."},
    {{"share", "\"via\": \"shared-memory\"",
         "threads none 2 2 1 - \"expected\": 20, \"seen_by_parent\": 20, \"ns_per_item\": 2.11; processes "
         "none 2 "
         "2 1 - \"expected\": 20, \"seen_by_parent\": 20, \"ns_per_item\": 2.13",
         0, NULL},
        "Through shared memory the parent saw 20 of 20 in threads and processes. Processes share "
        "what "
        "they map together. The article ends with this: threads can share data, and processes have memory of "
        "their own."},
    /* Of many that saw the same the first are named. */
    {{"share", "\"via\": \"pipe\"",
         "serial none 2 2 1 - \"expected\": 20, \"seen_by_parent\": 20; threads none 2 2 1 - \"expected\": "
         "20, \"seen_by_parent\": 20; serial gil 2 2 1 - \"expected\": 20, \"seen_by_parent\": 20; threads "
         "gil 2 2 1 - \"expected\": 20, \"seen_by_parent\": 20; serial gil-py2 2 2 1 - \"expected\": 20, "
         "\"seen_by_parent\": 20; threads gil-py2 2 2 1 - \"expected\": 20, \"seen_by_parent\": 20; serial "
         "new 2 2 1 - \"expected\": 20, \"seen_by_parent\": 20; threads new 2 2 1 - \"expected\": 20, "
         "\"seen_by_parent\": 20",
         0, NULL},
        "Through a pipe the parent saw 20 of 20 in serial under none, threads under none, serial under gil, "
        "threads under gil, serial under gil-py2, threads under gil-py2 and 2 more."},
    /* But they leave room for those that saw something else, and what is left out is said where it is. */
    {{"share", "\"via\": \"variable\"",
         "serial none 2 2 1 - \"expected\": 20, \"seen_by_parent\": 20; threads none 2 2 1 - \"expected\": "
         "20, \"seen_by_parent\": 20; processes none 2 2 1 - \"expected\": 20, \"seen_by_parent\": 0; serial "
         "gil 2 2 1 - \"expected\": 20, \"seen_by_parent\": 20; threads gil 2 2 1 - \"expected\": 20, "
         "\"seen_by_parent\": 20; processes gil 2 2 1 - \"expected\": 20, \"seen_by_parent\": 0; serial "
         "gil-py2 2 2 1 - \"expected\": 20, \"seen_by_parent\": 20; threads gil-py2 2 2 1 - \"expected\": "
         "20, "
         "\"seen_by_parent\": 20; processes gil-py2 2 2 1 - \"expected\": 20, \"seen_by_parent\": 0",
         0, NULL},
        "Through a variable the parent saw 20 of 20 in serial under none, threads under none, serial under "
        "gil and 3 more; 0 of 20 in processes under none, processes under gil and processes under gil-py2. "
        "Threads write to the memory of their parent; a process writes to a copy of its own, which ends with "
        "it. The article ends with this: threads can share data, and processes have memory of their own."},
    /* A lock and a mode that no lesson was written for. */
    {{"countdown", "\"n\": 5",
         "serial new 2 2 1 same; threads new 2 2 1.3 slower; fibres new 2 2 1 same; processes new 2 2 0.51 "
         "faster",
         0, NULL},
        "2 countdowns under new: threads took 1.30 times the serial time (slower), fibres 1.00 times (the "
        "same), processes 0.51 times (faster). The new lock lets one thread run at a time, so threads that "
        "compute only take turns; each process has a lock of its own. In the article two processes took "
        "about "
        "8 s, as long as a single call."},
    {{"countdown", "\"n\": 5",
         SERIAL
         "threads gil 2 2 1 same; threads new 2 2 1 same; threads fair 2 2 1.5 slower; processes gil 2 2 0.5 "
         "faster",
         0, NULL},
        "2 countdowns: threads took 1.00 times the serial time under gil (the same), 1.00 times under "
        "new (the same), 1.50 times under fair (slower); processes 0.50 times under gil (faster). The "
        "fair lock is fair, so it changed hands 25,000 times (the GIL 190 times), and each time took "
        "20.2 µs, which a lock like CPython's saves by not being fair; each of the GIL and the new lock "
        "lets one thread run at a time, so threads that compute only take turns; each process has a lock "
        "of its own. In the article two threads took 18.4 s where two calls in a row took 17.4 s, and "
        "two processes took about 8."},
    {{"fetch", "\"client\": \"async\"", "serial new 2 2 1 same; fibres new 2 2 0.5 faster", 0, NULL},
        "2 fetches under new: fibres took 0.50 times the serial time (faster). A fibre that waits for an "
        "answer lets "
        "go "
        "of the new lock, so the waits overlap. In the article one fetch took 0.88 s, two in a row 1.72 s "
        "and "
        "two threads 0.89 s."},
    {{"counter", "\"switch_inside\": \"on\"",
         "fibres new 2 2 1 - \"lost_updates\": 3, \"expected\": 20; fibres none 2 2 1 - \"lost_updates\": 4, "
         "\"expected\": 20",
         0, NULL},
        "2 tasks added to one counter, with a call between load and store: they lost 3 of 20 in fibres under "
        "new, 4 of 20 under none. The lock may change hands in between: it protects the interpreter, not the "
        "program's data; without a lock two fibres load the same value, and one result replaces the other. "
        "CPython 3.13 without its GIL lost 720,000 of 2,000,000 increments of two threads."},
    {{"refcount", "\"count\": \"plain\", \"n\": 1000000", "threads new 2 2 1 - \"lost_updates\": 0", 0, NULL},
        "2 tasks took and gave back references to one object: in the end its plain count was right. The new "
        "lock keeps a plain count exact, because one thread counts at a time. The article gives this as the "
        "reason for the GIL: without it Python's memory management is not safe in threads."},
    {{"convoy", "\"hogs\": 1, \"paced\": \"on\", \"switch_interval_us\": 5000",
         "threads new 2 2 1 - \"latency_p50_ns\": 41000", 0, NULL},
        "Half of the requests beside 1 hog (a task that only computes) were answered within 41.0 µs in "
        "threads. The new lock is let go so often that a request soon gets in."},
    /* Fairness has a price where computing takes turns, and is worth it to whoever answers. */
    {{"countdown", "\"n\": 5",
         SERIAL "threads gil 2 2 1 same; serial fair 2 2 1 same; threads fair 2 2 1.25 slower", 0, NULL},
        "2 countdowns: threads took 1.00 times the serial time under gil (the same), 1.25 times under fair "
        "(slower). The fair lock is fair, so it changed hands 25,000 times (the GIL 190 times), and each "
        "time took 10.1 µs, which a lock like CPython's saves by not being fair; the GIL lets one thread run "
        "at a time, so threads that compute only take turns. In the article two threads took 18.4 s where "
        "two calls in a row took 17.4 s, and two processes took about 8."},
    {{"countdown", "\"n\": 5", "serial fair 2 2 1 same; threads fair 2 2 1.25 slower", 0, NULL},
        "2 countdowns under fair: threads took 1.25 times the serial time (slower). The fair lock is fair, "
        "so it "
        "changed hands 25,000 times, and each time took 10.0 µs, which a lock like CPython's saves by not "
        "being "
        "fair."},
    /* Of one change of hands nobody knows the price. */
    {{"countdown", "\"n\": 5",
         "serial fair 2 2 1 same; threads fair 2 2 1.25 slower ! \"lock_stats\": {\"handoffs\": 1, "
         "\"waited_ns\": 900000000}",
         0, NULL},
        "2 countdowns under fair: threads took 1.25 times the serial time (slower). The fair lock lets one "
        "thread run at a time, so threads that compute only take turns."},
    /* Where both took as long, it was something else. */
    {{"countdown", "\"n\": 5",
         "serial fair 2 2 1 same; threads fair 2 2 1.25 slower; threads gil 2 2 1.25 slower", 0, NULL},
        "2 countdowns: threads took 1.25 times the serial time everywhere (slower). The GIL lets one thread "
        "run "
        "at a time, so threads that compute only take turns. In the article two threads took 18.4 s where "
        "two "
        "calls in a row took 17.4 s, and two processes took about 8."},
    {{"countdown", "\"n\": 5", "serial fair 2 2 1 same; threads fair 2 2 1.01 same", 0, NULL},
        "2 countdowns under fair: threads took 1.01 times the serial time (the same). The fair lock lets one "
        "thread run at a time, so threads that compute only take turns."},
    {{"convoy", "\"hogs\": 2, \"paced\": \"on\"", "threads fair 3 2 1 - \"latency_p50_ns\": 61000", 0, NULL},
        "Half of the requests beside 2 hogs (tasks that only compute) were answered within 61.0 µs in "
        "threads. The fair lock is fair, so a request waits for no more than a turn of each hog."},
    /* Each lock by its name, and each reason that does not name it once. */
    {{"crunch", "\"kernel\": \"blur\", \"release\": \"off\"",
         SERIAL
         "threads gil 2 2 1 same; threads new 2 2 1 same; processes gil 2 2 0.5 faster; processes new 2 "
         "2 0.5 faster",
         0, NULL},
        "2 tasks of blur inside the lock: threads took 1.00 times the serial time everywhere (the same), "
        "processes 0.50 times everywhere (faster). The work keeps the GIL and the new lock, so threads take "
        "turns as in a countdown; each process has a lock of its own. The article says that image processing "
        "and NumPy run outside the GIL; in CPython "
        "two "
        "threads of NumPy took 0.54 times the serial time."},
    /* Two threads of a few microseconds each. What made them slow is not the lock. */
    {{"countdown", "\"n\": 1000",
         SERIAL "threads gil 2 2 150 slower ! \"create_ns\": {\"median\": 90000000000}, \"start_ns\": "
                "{\"median\": 20000000000}, \"join_ns\": {\"median\": 9000000000}, \"lock_stats\": "
                "{\"waited_ns\": 700000000}",
         0, NULL},
        "2 countdowns under gil: threads took 150 times the serial time (slower). Creating the threads took "
        "90.0 s of the 149 s by which they were slower. Take it with care: creating, starting and joining "
        "the tasks took more than a fifth of the time in 1 of 1 cell (a combination of mode, lock and "
        "settings) beside serial."},
    /* As slow without a lock, and processes more so. */
    {{"countdown", "\"n\": 1000",
         SERIAL "threads gil 2 2 150 slower ! \"start_ns\": {\"median\": 90000000000}; threads none 2 2 150 "
                "slower ! \"start_ns\": {\"median\": 80000000000}; processes gil 2 2 300 slower ! "
                "\"join_ns\": {\"median\": 250000000000}",
         0, NULL},
        "2 countdowns: threads took 150 times the serial time everywhere (slower), processes 300 times under "
        "gil (slower). Waiting until the threads first ran took the largest part of the time by which they "
        "were slower; joining the processes took 250 s of the 299 s by which they were slower. Take it with "
        "care: creating, starting and joining the tasks took more than a fifth of the time in 3 of 3 cells "
        "(combinations of mode, lock and settings) beside serial."},
    /* One task is not what the result is about. The table has a row for it all the same, beside those of
     * serial, and they are counted as the table has them. */
    {{"countdown", "\"n\": 1000",
         "serial gil 1 2 1 same; serial gil 2 2 1 same; serial none 2 2 1 same; "
         "threads gil 1 2 400 slower; threads gil 2 2 150 slower ! \"start_ns\": {\"median\": "
         "90000000000}; threads none 2 2 150 slower ! \"start_ns\": {\"median\": 80000000000}",
         0, NULL},
        "2 countdowns: threads took 150 times the serial time everywhere (slower). Waiting until the threads "
        "first ran took the largest part of the time by which they were slower. Take it with care: creating, "
        "starting and joining the tasks took more than a fifth of the time in 2 of 3 cells (combinations of "
        "mode, lock and settings) beside serial."},
    /* None of the three is large enough alone. */
    {{"countdown", "\"n\": 1000",
         SERIAL "processes gil 2 2 11 slower ! \"create_ns\": {\"median\": 4000000000}, \"start_ns\": "
                "{\"median\": 2500000000}, \"join_ns\": {\"median\": 2500000000}",
         0, NULL},
        "2 countdowns under gil: processes took 11.0 times the serial time (slower). Creating, starting and "
        "joining the processes took 9.00 s of the 10.0 s by which they were slower, the largest part was "
        "creating the processes. Take it with care: creating, starting and joining the tasks took more than "
        "a fifth of the time in 1 of 1 cell (a combination of mode, lock and settings) beside serial."},
    /* What the kernel took until they ran is no fault of the lock. */
    {{"countdown", "\"n\": 5",
         SERIAL "threads gil 2 2 4 slower ! \"create_ns\": {\"median\": 100000000}, \"lock_stats\": "
                "{\"waited_ns\": 1000000000, \"held_ns\": 3900000000}",
         0, NULL},
        "2 countdowns under gil: threads took 4.00 times the serial time (slower). In the article two "
        "threads "
        "took 18.4 s where two calls in a row took 17.4 s, and two processes took about 8."},
    /* Four that wait wait at the same time: their sum is three times what it took. */
    {{"countdown", "\"n\": 5",
         "serial gil 4 2 1 same; threads gil 4 2 1.01 same ! \"lock_stats\": {\"waited_ns\": 700000000}", 0,
         NULL},
        "4 countdowns under gil: threads took 1.01 times the serial time (the same). In the article two "
        "threads took 18.4 s where two calls in a row took 17.4 s, and two processes took about 8."},
    {{"countdown", "\"n\": 5",
         "serial gil 4 2 1 same; threads gil 4 2 1.01 same ! \"lock_stats\": {\"waited_ns\": 2900000000}", 0,
         NULL},
        "4 countdowns under gil: threads took 1.01 times the serial time (the same). The GIL lets one thread "
        "run at a time, so threads that compute only take turns. In the article two threads took 18.4 s "
        "where "
        "two calls in a row took 17.4 s, and two processes took about 8."},
    /* Waking up for nothing took less than what is to be explained; so did changing hands. */
    {{"countdown", "\"n\": 5",
         "serial gil-py2 2 2 1 same; threads gil-py2 2 2 1.6 slower ! \"cpu_ns\": {\"median\": 2200000000}, "
         "\"lock_stats\": {\"waited_ns\": 900000000}; threads fair 2 2 1.6 slower ! \"lock_stats\": "
         "{\"waited_ns\": 900000000, \"held_ns\": 1500000000}",
         0, NULL},
        "2 countdowns: threads took 1.60 times the serial time everywhere (slower). Each of the lock of "
        "Python 2 and the fair lock lets one thread run at a time, so threads that compute only take turns. "
        "CPython 2.7 took 1.5 times the serial time with two threads and 2.4 times with four, on two CPUs."},
    /* Faster, but not because two computed at once: no second CPU was used. */
    {{"countdown", "\"n\": 5",
         SERIAL "processes gil 2 2 0.5 faster ! \"cpu_ns\": {\"median\": 510000000}; threads none 2 2 0.5 "
                "faster ! \"cpu_ns\": {\"median\": 500000000}",
         0, NULL},
        "2 countdowns: processes took 0.50 times the serial time under gil (faster), threads 0.50 times "
        "under "
        "none (faster). CPython 3.13 without its GIL took half the serial time with two threads."},
    /* An event loop that was slow for another reason than having one CPU. */
    {{"countdown", "\"n\": 5", SERIAL "epoll gil 2 2 8 slower", 0, NULL},
        "2 countdowns under gil: epoll took 8.00 times the serial time (slower)."},
    /* Faster, but not because waits came at once. */
    {{"fetch", "\"client\": \"async\"",
         "serial gil 2 2 1 same ! \"waits_ns\": {\"median\": 100000000}; threads gil 2 2 0.5 faster ! "
         "\"waits_ns\": {\"median\": 100000000}; epoll gil 2 2 0.5 faster ! \"waits_ns\": {\"median\": "
         "60000000}",
         0, NULL},
        "2 fetches under gil: threads took 0.50 times the serial time (faster), epoll 0.50 times (faster). "
        "In "
        "the article one fetch took 0.88 s, two in a row 1.72 s and two threads 0.89 s."},
    {{"fetch", "\"client\": \"async\"",
         "serial gil 2 2 1 same ! \"waits_ns\": {\"median\": 980000000}; threads gil 2 2 0.5 faster ! "
         "\"waits_ns\": {\"median\": 980000000}; epoll gil 2 2 0.5 faster ! \"waits_ns\": {\"median\": "
         "490000000}",
         0, NULL},
        "2 fetches under gil: threads took 0.50 times the serial time (faster), epoll 0.50 times (faster). "
        "A thread that waits for an answer lets go of the GIL, so the waits overlap; the event loop waits "
        "for all "
        "answers at once in one thread. In the article one fetch took 0.88 s, two in a row 1.72 s and two "
        "threads 0.89 s."},
    /* Times that cannot tell, and a timeline that can. */
    {{"countdown", "\"n\": 5",
         SERIAL "threads gil 2 2 1.4 cannot-tell ! \"lock_stats\": {\"waited_ns\": 600000000}, \"inside\": "
                "{\"max\": 1, \"mean\": 0.9, \"whole\": true}; threads none 2 2 0.9 cannot-tell ! "
                "\"inside\": {\"max\": 2, \"mean\": 1.2, \"whole\": false}; processes gil 2 2 0.8 "
                "cannot-tell ! \"inside\": {\"max\": 2, \"mean\": 1.8, \"whole\": true}",
         0, NULL},
        "2 countdowns: threads took 1.40 times the serial time under gil (cannot tell), 0.90 times under "
        "none (cannot tell); processes 0.80 times under gil (cannot tell). The GIL lets one thread run at a "
        "time: never more than one held it at a time; without a lock no thread waits for another: at "
        "least 2 were under way at once; each process has a lock of its own: up to 2 were under way at once. "
        "Take it with care: 3 of 3 comparisons cannot tell, their intervals (where the true ratio lies, at "
        "95 %) are too wide."},
    /* Where times can tell, what was seen stands behind them. */
    {{"countdown", "\"n\": 5",
         SERIAL "threads gil 2 2 1.01 same ! \"inside\": {\"max\": 1, \"mean\": 1, \"whole\": true}; "
                "processes gil 2 2 0.5 faster ! \"inside\": {\"max\": 2, \"mean\": 1.9, \"whole\": true}",
         0, NULL},
        "2 countdowns under gil: threads took 1.01 times the serial time (the same), processes 0.50 times "
        "(faster). The GIL lets one thread run at a time, so threads that compute only take turns: never "
        "more "
        "than one held it at a time; each process has a lock of its own: up to 2 were under way at once. "
        "In "
        "the article two threads took 18.4 s where two calls in a row took 17.4 s, and two processes took "
        "about 8."},
    /* Faster by chance: what was seen is said all the same. */
    {{"countdown", "\"n\": 5",
         SERIAL "threads gil 2 2 0.8 faster ! \"inside\": {\"max\": 1, \"mean\": 1, \"whole\": true}", 0,
         NULL},
        "2 countdowns under gil: threads took 0.80 times the serial time (faster). The GIL lets one thread "
        "run at a time: never more than one held it at a time; a lock that lets one thread run at a time "
        "cannot do that, so doubt the serial time of this run. In the article two threads took 18.4 s where "
        "two calls in a row took 17.4 s, and two processes took about 8."},
    /* A lock of each, one of which was not seen to the end. */
    {{"countdown", "\"n\": 5",
         SERIAL "threads gil 2 2 1.01 cannot-tell ! \"inside\": {\"max\": 1, \"mean\": 1, \"whole\": true}; "
                "threads new 2 2 1.01 cannot-tell ! \"inside\": {\"max\": 1, \"mean\": 1, \"whole\": false}",
         0, NULL},
        "2 countdowns: threads took 1.01 times the serial time under gil (cannot tell), 1.01 times under new "
        "(cannot tell). The GIL lets one thread run at a time: never more than one held it at a time. "
        "Take it with care: 2 of 2 comparisons cannot tell, their intervals (where the true ratio lies, at "
        "95 %) are too wide."},
    /* Outside the lock. */
    {{"crunch", "\"kernel\": \"matmul\", \"release\": \"on\"",
         "serial gil 4 2 1 same; threads gil 4 2 0.9 cannot-tell ! \"outside\": {\"max\": 3, \"mean\": 2, "
         "\"whole\": true}",
         0, NULL},
        "4 tasks of matmul outside the lock under gil: threads took 0.90 times the serial time (cannot "
        "tell). The work is done outside the GIL: up to 3 were outside it at once. Take it with care: 1 of 1 "
        "comparison cannot tell, its interval (where the true ratio lies, at 95 %) is too wide."},
    /* No experiment that anybody knows. */
    {{"strange", "", SERIAL "threads gil 2 2 1.2 slower", 0, NULL},
        "2 tasks under gil: threads took 1.20 times the serial time (slower)."},
};

START_TEST(each_experiment_and_lock_has_its_lesson)
{
    for (size_t i = 0; i < ARRAY_LENGTH(lessons); i++) {
        auto_free char *lesson = lesson_of(&lessons[i].made);

        ck_assert_str_eq(lesson, lessons[i].lesson);
    }
}
END_TEST

static const char *const names[] = {
    "convoy", "countdown", "counter", "crunch", "fetch", "idle", "refcount", "share", "none of these"};

#define N_NAMES (ARRAY_LENGTH(names))

/* What a reason would say, of any experiment that compares. */
static const char *const claims[] = {"lets one thread", "overlap", "all CPUs", "of its own",
    "one CPU to compute", "takes turns", "take turns", "for nothing", "(faster)", "(slower)", "(the same)"};

START_TEST(without_a_verdict_no_reason_is_given)
{
    static const char cells[] =
        "serial gil 2 2 1 same; threads gil 2 2 2 cannot-tell; processes gil 2 2 0.5 cannot-tell; "
        "epoll gil 2 2 1 cannot-tell; threads gil-py2 2 2 9 cannot-tell; threads none 2 2 0.5 cannot-tell";

    for (size_t i = 0; i < N_NAMES; i++) {
        for (int repetitions = 5; repetitions <= 7; repetitions += 2) {
            const Made made = {names[i], "\"n\": 5", cells, repetitions, NULL};
            auto_free char *lesson = lesson_of(&made);

            for (size_t k = 0; lesson && k < ARRAY_LENGTH(claims); k++)
                ck_assert_msg(!strstr(lesson, claims[k]), "%s", lesson);
        }
    }
}
END_TEST

START_TEST(verdicts_that_disagree_give_no_reason)
{
    static const char *const mixed[] = {
        SERIAL "threads gil 2 2 1 same; threads gil 3 2 0.5 faster",
        SERIAL "processes gil 2 2 1 same; processes gil 3 2 0.5 faster",
        SERIAL "epoll gil 2 2 1 same; epoll gil 3 2 0.5 faster",
    };

    for (size_t i = 0; i < ARRAY_LENGTH(mixed); i++) {
        const Made made = {"countdown", "\"n\": 5", mixed[i], 0, NULL};
        auto_free char *lesson = lesson_of(&made);

        ck_assert_msg(strstr(lesson, "(1 the same, 1 faster)"), "%s", lesson);
        for (size_t k = 0; k < 8; k++)
            ck_assert_msg(!strstr(lesson, claims[k]), "%s", lesson);
    }
}
END_TEST

/* As in a stored run, whose modes and locks nobody may know any more. */
START_TEST(without_facts_modes_are_compared_and_nothing_is_explained)
{
    const Made made = {"countdown", "\"n\": 5", SERIAL "threads gil 2 2 1 same", 0, NULL};
    json_auto_t *json = make_run(&made);
    auto_result_run ResultRun run = {0};
    auto_free char *lesson = NULL;

    result_run_read(json, &run);
    lesson = lesson_make(&run);
    ck_assert_str_eq(lesson, "2 countdowns under gil: threads took 1.00 times the serial time (the same).");
}
END_TEST

/* Of cells that nothing else speaks against. */
/* Each is said of these cells without what stands behind the mark, which is what denies it. */
START_TEST(a_figure_that_something_else_explains_is_no_reason)
{
    static const struct {
        const char *experiment, *params, *cells, *denied, *unsaid;
    } cases[] = {
        /* Nobody waited for the lock for so long. */
        {"convoy", "\"hogs\": 1, \"paced\": \"on\", \"switch_interval_us\": 5000",
            "threads gil 2 2 1 - \"latency_p50_ns\": 5170000, \"requests\": 100",
            " ! \"lock_stats\": {\"waited_ns\": 90000000}", "after a whole switch interval"},
        /* Most of that CPU time was for making threads. */
        {"refcount", "\"count\": \"atomic\", \"n\": 1000000",
            "serial none 2 2 1 same \"lost_updates\": 0; threads none 2 2 4 slower \"lost_updates\": 0",
            " ! \"start_ns\": {\"median\": 3000000000}", "a reference took"},
        /* The first ones computed while the others were started. */
        {"countdown", "\"n\": 5", SERIAL "threads gil 2 2 1.1 slower ! \"create_ns\": {\"median\": 90000000}",
            ", \"create_alone_ns\": {\"median\": 100000}", "Creating the threads"},
        /* The two cannot be told apart. */
        {"countdown", "\"n\": 5",
            SERIAL
            "threads gil 2 2 1.2 cannot-tell ! \"wall_ns\": {\"interval\": [900000000, 1300000000]}; serial "
            "fair 2 2 1 same; threads fair 2 2 1.25 slower",
            " ! \"wall_ns\": {\"interval\": [1200000000, 1400000000]}", "it changed hands"},
        {"countdown", "\"n\": 5", "serial fair 2 2 1 same; threads fair 2 2 1.5 slower",
            " ! \"start_ns\": {\"median\": 290000000}, \"lock_stats\": {\"held_ns\": 1150000000}",
            "it changed hands"},
    };

    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        auto_free char *denied = text_printf("%s%s", cases[i].cells, cases[i].denied);
        const Made with = {cases[i].experiment, cases[i].params, denied, 0, NULL};
        const Made without = {cases[i].experiment, cases[i].params, cases[i].cells, 0, NULL};
        auto_free char *said = lesson_of(&without), *unsaid = lesson_of(&with);

        ck_assert_msg(strstr(said, cases[i].unsaid), "%s", said);
        ck_assert_msg(!strstr(unsaid, cases[i].unsaid), "%s", unsaid);
    }
}
END_TEST

START_TEST(a_term_is_explained_where_it_first_stands)
{
    static const struct {
        const char *text, *explained;
    } texts[] = {
        {"", ""},
        {"In a cell, in cells. Cellular, excell, cell_s, x-cell.",
            "In a cell (a combination of mode, lock and settings), in cells. Cellular, excell, cell_s, "
            "x-cell."},
        {"A switch interval, a check interval and an interval.",
            "A switch interval (after which a waiting thread asks for the lock), a check interval (so many "
            "ticks, and the lock is let go) and an interval (where the true ratio lies, at 95 %)."},
        {"1 tick, 2 ticks; hogs", "1 tick (a small step of the interpreter), 2 ticks; hogs (tasks that only "
                                  "compute)"},
    };

    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
        auto_words Words words = {0};

        ck_assert_str_eq(lesson_explain_terms(&words, texts[i].text), texts[i].explained);
    }
}
END_TEST

START_TEST(what_was_seen_otherwise_is_not_said)
{
    static const struct {
        const char *cells, *unsaid;
    } denied[] = {
        {SERIAL "threads gil 2 2 1 same ! \"inside\": {\"max\": 2, \"mean\": 1, \"whole\": true}",
            "one thread run at a time"},
        {SERIAL "threads gil 2 2 1 same ! \"inside\": {\"max\": 2, \"mean\": 1, \"whole\": false}",
            "one thread run at a time"},
        {SERIAL "threads gil 2 2 1 same; threads gil 3 2 1 same ! \"inside\": {\"max\": 2, \"mean\": 1}",
            "one thread run at a time"},
        {SERIAL "threads gil 2 2 1 same ! \"inside\": {\"max\": 1, \"mean\": 1, \"whole\": false}", "never"},
        {SERIAL "threads gil 2 2 1 same ! \"inside\": {\"max\": 1, \"mean\": 1, \"whole\": true}; "
                "threads gil 3 2 1 same",
            "never"},
        /* They never met. */
        {SERIAL "threads gil 2 2 1 cannot-tell ! \"inside\": {\"max\": 1, \"mean\": 1, \"whole\": true}, "
                "\"lock_stats\": {\"waited_ns\": 1000}",
            "never"},
        /* A process has a lock of its own, and nobody takes turns for it. */
        {SERIAL "processes gil 2 2 1 cannot-tell ! \"inside\": {\"max\": 1, \"mean\": 1, \"whole\": true}",
            "one process run at a time"},
        {SERIAL "threads none 2 2 1 same ! \"inside\": {\"max\": 1, \"mean\": 1, \"whole\": true}", "never"},
    };

    for (size_t i = 0; i < ARRAY_LENGTH(denied); i++) {
        const Made made = {"countdown", "\"n\": 5", denied[i].cells, 0, NULL};
        auto_free char *lesson = lesson_of(&made);

        ck_assert_msg(!strstr(lesson, denied[i].unsaid), "%s", lesson);
    }
}
END_TEST

START_TEST(tasks_that_are_short_beside_their_creation_give_no_reason)
{
    const Made made = {"countdown", "\"n\": 5", SERIAL "threads gil 2 2 3 slower", 0, NULL};
    json_auto_t *run = make_run(&made);
    json_t *threads = json_array_get(json_object_get(run, "cells"), 1);
    auto_free char *lesson = NULL;

    json_object_set_new(threads, "create_ns", json_pack("{s:I}", "median", (json_int_t)700000000));
    lesson = lesson_of_json(run);
    ck_assert_msg(!strstr(lesson, "take turns"), "%s", lesson);
    ck_assert_msg(strstr(lesson, "in 1 of 1 cell (a combination of mode, lock and settings) beside serial"),
        "%s", lesson);
}
END_TEST

START_TEST(a_run_that_has_not_ended_or_has_no_cells_has_no_lesson)
{
    static const char *const runs[] = {"null", "{}", "[]", "{\"cells\": []}", "{\"status\": \"done\"}",
        "{\"status\": \"running\", \"cells\": [{\"status\": \"done\", \"mode\": \"serial\"}]}",
        "{\"status\": \"queued\", \"cells\": [{\"status\": \"queued\"}]}"};

    for (size_t i = 0; i < ARRAY_LENGTH(runs); i++) {
        json_auto_t *run = make_json(runs[i]);

        ck_assert_ptr_null(lesson_of_json(run));
    }
}
END_TEST

/* Cells as no version of gilscope makes them, all of them done. */
static const char *const strange_cells[] = {
    "{}",
    "{\"mode\": 1, \"lock\": [], \"tasks\": \"x\", \"cpus\": null, \"params\": 3, \"metrics\": []}",
    "{\"mode\": \"threads\", \"tasks\": 1e300, \"cpus\": -1, \"relative\": {\"ratio\": 1e300, \"verdict\": "
    "5}}",
    "{\"mode\": \"threads\", \"tasks\": -5, \"wall_ns\": {\"median\": -1, \"samples\": {}}, \"relative\": "
    "[]}",
    "{\"mode\": \"\", \"lock\": \"\", \"wall_ns\": {\"median\": 1e300}, \"cpu_ns\": {\"median\": \"x\"}}",
    "{\"mode\": \"threads\", \"lock\": \"gil\", \"tasks\": 2, \"cpus\": 2, \"wall_ns\": {\"median\": 5}, "
    "\"relative\": {\"ratio\": -3, \"verdict\": \"slower\"}, \"lock_stats\": {\"false_wakeups\": \"many\"}, "
    "\"completion_order\": {\"a\": 1}, \"memory\": {\"rss_per_task_bytes\": 1e300, "
    "\"virtual_per_task_bytes\": "
    "-1}}",
    "{\"mode\": \"threads\", \"lock\": \"none\", \"tasks\": 2, \"cpus\": 2, \"params\": {\"n\": 1e300, "
    "\"hogs\": "
    "1e300, \"count\": 5, \"via\": null, \"duration_ms\": -1}, \"metrics\": {\"lost_updates\": 1e300, "
    "\"expected\": \"x\", \"premature_frees\": 1e300, \"latency_p50_ns\": -5, \"seen_by_parent\": 1, "
    "\"ns_per_item\": 1e300, \"started\": 1e300, \"wakeup_cpu_share\": -1, \"not_started_reason\": 7}}",
    "{\"mode\": \"epoll\", \"lock\": \"\\u0007\\u202e\", \"tasks\": 2, \"completion_order\": [\"a\", null, "
    "1e9], "
    "\"metrics\": {\"latency_p50_ns\": 1e300, \"started\": -1, \"lost_updates\": -7, \"expected\": 0}}",
};

START_TEST(without_a_result_there_is_no_doubt)
{
    static const char noisy[] = "{\"noisy\": true, \"noise_reasons\": [\"others\"]}";

    for (size_t i = 0; i < N_NAMES; i++) {
        const Made made = {names[i], "\"n\": 5", "threads gil 2 2 0 -", 1, noisy};
        auto_free char *lesson = lesson_of(&made);

        ck_assert_msg(!lesson || strncmp(lesson, "Take it", 7) != 0, "%s: %s", names[i], lesson);
    }
}
END_TEST

START_TEST(strange_runs_have_a_lesson_all_the_same)
{
    for (size_t i = 0; i < N_NAMES; i++) {
        json_auto_t *all = json_pack("{s:s, s:s, s:[]}", "experiment", names[i], "status", "done", "cells");

        for (size_t k = 0; k < ARRAY_LENGTH(strange_cells); k++) {
            json_auto_t *run =
                json_pack("{s:s, s:s, s:[]}", "experiment", names[i], "status", "done", "cells");
            json_t *cell = make_json(strange_cells[k]);
            auto_free char *lesson = NULL, *of_all = NULL;

            json_object_set_new(cell, "status", json_string("done"));
            json_array_append(json_object_get(run, "cells"), cell);
            json_array_append_new(json_object_get(all, "cells"), cell);
            lesson = lesson_of_json(run);
            of_all = lesson_of_json(all);
            ck_assert(!lesson || lesson[strlen(lesson) - 1] == '.');
            ck_assert(!of_all || of_all[strlen(of_all) - 1] == '.');
        }
    }
}
END_TEST

START_TEST(a_grid_of_many_cells_stays_a_few_sentences)
{
    static const char *const locks[] = {"none", "gil", "gil-py2", "per-interpreter"};
    char *cells = NULL;
    size_t length, n_stops = 0;
    FILE *file = open_memstream(&cells, &length);
    Made made = {"countdown", "\"n\": 5", NULL, 0, NULL};

    for (size_t k = 0; k < 4; k++) {
        for (int tasks = 2; tasks <= 8; tasks++)
            for (int cpus = 1; cpus <= 2; cpus++)
                fprintf(file,
                    "%sserial %s %d %d 1 same; threads %s %d %d 1 same; processes %s %d %d 0.%d faster",
                    k + (size_t)tasks + (size_t)cpus > 3 ? "; " : "", locks[k], tasks, cpus, locks[k], tasks,
                    cpus, locks[k], tasks, cpus, tasks);
    }
    fclose(file);
    made.cells = cells;
    for (size_t i = 0; i < N_NAMES; i++) {
        auto_free char *lesson = NULL;

        made.experiment = names[i];
        lesson = lesson_of(&made);
        n_stops = 0;
        for (const char *at = lesson; at && (at = strstr(at, ". ")); at++)
            n_stops++;
        ck_assert_uint_le(n_stops, 2);
        ck_assert(!lesson || strlen(lesson) < 1000);
    }
    free(cells);
}
END_TEST

RUN_TESTS("results-lesson", 60, each_experiment_and_lock_has_its_lesson, without_a_verdict_no_reason_is_given,
    verdicts_that_disagree_give_no_reason, without_facts_modes_are_compared_and_nothing_is_explained,
    tasks_that_are_short_beside_their_creation_give_no_reason,
    a_run_that_has_not_ended_or_has_no_cells_has_no_lesson, without_a_result_there_is_no_doubt,
    strange_runs_have_a_lesson_all_the_same, a_grid_of_many_cells_stays_a_few_sentences,
    what_was_seen_otherwise_is_not_said, a_term_is_explained_where_it_first_stands,
    a_figure_that_something_else_explains_is_no_reason)
