/* gilscope-run as a person uses it in a shell, and as the server uses it: its output, its exit status, and
 * that nothing stays behind. */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/sibling.h"
#include "base/text.h"
#include "tests/unit/run.h"

/* Runs the engine with words; input may be NULL. Returns its exit status and sets *ret to its output. */
static int run_engine(const char *words, const char *input, char **ret)
{
    auto_free char *program = sibling_find("engine", "gilscope-run");
    auto_free char *command = NULL;
    char name[] = "/tmp/gilscope-test-XXXXXX";
    FILE *output;
    size_t length;
    int fd, status;

    ck_assert_ptr_nonnull(program);
    fd = mkstemp(name);
    ck_assert_int_ge(fd, 0);
    if (input)
        ck_assert_int_eq(text_write_fd(fd, input, strlen(input)), 0);
    close(fd);
    command = text_printf("exec '%s' %s < %s 2>&1", program, words, name);
    output = popen(command, "r");
    ck_assert_ptr_nonnull(output);
    ck_assert_int_eq(text_read_fd(fileno(output), 64 << 20, ret, &length), 0);
    status = pclose(output);
    unlink(name);
    ck_assert(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static json_t *last_line(const char *text)
{
    const char *end = text + strlen(text), *start = end - 1;

    while (start > text && start[-1] != '\n')
        start--;
    return json_loadb(start, (size_t)(end - start), 0, NULL);
}

START_TEST(words_make_events)
{
    auto_free char *text = NULL;
    int status = run_engine("countdown n=1e5 mode=serial,threads tasks=2 repeat=2 warmup=1", NULL, &text);
    json_auto_t *last = last_line(text);
    size_t n_lines = 0;

    ck_assert_int_eq(status, 0);
    for (const char *at = text; (at = strchr(at, '\n')); at++)
        n_lines++;
    /* hello, three repetitions of two cells, a timeline of each, done */
    ck_assert_uint_eq(n_lines, 1 + 3 * 2 + 2 + 1);
    ck_assert_str_eq(json_string_value(json_object_get(last, "event")), "done");
}
END_TEST

START_TEST(a_result_has_every_format)
{
    static const struct {
        const char *format, *part;
    } rows[] = {{"json", "\"cells\""}, {"csv", "wall_"}, {"table", "serial"}, {"markdown", "| "}};

    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        auto_free char *words = text_printf("countdown n=1e5 tasks=2 repeat=2 format=%s", rows[i].format);
        auto_free char *text = NULL;

        ck_assert_int_eq(run_engine(words, NULL, &text), 0);
        ck_assert_msg(strstr(text, rows[i].part), "%s", text);
        ck_assert_int_eq(text[strlen(text) - 1], '\n');
    }
}
END_TEST

/* A library of that name is found first, and is none. */
START_TEST(without_libcurl_only_fetch_fails_and_says_why)
{
    static const char *const names[] = {"libcurl.so.4", "libcurl-gnutls.so.4"};
    char folder[] = "/tmp/gilscope-test-XXXXXX";

    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(setenv("LD_LIBRARY_PATH", folder, 1), 0);
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        auto_free char *path = text_printf("%s/%s", folder, names[i]);

        ck_assert_int_eq(close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600)), 0);
    }
    for (int i = 0; i < 2; i++) {
        const char *words = i == 0 ? "countdown n=1 tasks=1 mode=serial repeat=1 format=json"
                                   : "fetch tasks=1 mode=serial repeat=1 format=json";
        auto_free char *text = NULL;
        int status = run_engine(words, NULL, &text);

        ck_assert_int_eq(status, i);
        ck_assert_msg((strstr(text, "libcurl is not there: ") != NULL) == (i == 1), "%s", text);
        ck_assert_msg((strstr(text, "/libcurl.so.4: ") != NULL) == (i == 1), "%s", text);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        auto_free char *path = text_printf("%s/%s", folder, names[i]);

        ck_assert_int_eq(unlink(path), 0);
    }
    ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

/* Counts the events of a trace by their kind and checks what each of them must have. */
static void count_phases(const json_t *trace, size_t counts[static 128])
{
    json_t *event;
    size_t i;

    json_array_foreach (json_object_get(trace, "traceEvents"), i, event) {
        const char *phase = json_string_value(json_object_get(event, "ph"));

        ck_assert_uint_eq(strlen(phase), 1);
        counts[(unsigned char)*phase]++;
        ck_assert(json_is_string(json_object_get(event, "name")));
        ck_assert_int_gt(json_integer_value(json_object_get(event, "pid")), 0);
        ck_assert_int_ge(json_integer_value(json_object_get(event, "tid")), *phase == 'M' ? 0 : 1);
        ck_assert(*phase == 'M' || json_is_real(json_object_get(event, "ts")));
        ck_assert(*phase != 'X' || json_real_value(json_object_get(event, "dur")) > 0);
    }
}

START_TEST(a_trace_shows_each_task_of_each_cell)
{
    auto_free char *text = NULL;
    json_auto_t *trace = NULL;
    size_t counts[128] = {0};

    ck_assert_int_eq(
        run_engine("countdown n=1e6 tasks=3 mode=serial,threads,processes,epoll lock=gil repeat=1 "
                   "switch_interval_us=100 format=trace",
            NULL, &text),
        0);
    trace = json_loads(text, 0, NULL);
    ck_assert_ptr_nonnull(trace);
    count_phases(trace, counts);
    ck_assert_uint_eq(counts['M'], 4 * (1 + 3));
    ck_assert_uint_ge(counts['X'], 4 * 3);
    ck_assert_uint_eq(
        counts['M'] + counts['X'] + counts['i'], json_array_size(json_object_get(trace, "traceEvents")));
}
END_TEST

START_TEST(full_detail_brings_the_timeline_of_each_cell)
{
    auto_free char *text = NULL;
    json_auto_t *run = NULL;
    json_t *cell;
    size_t i;

    ck_assert_int_eq(
        run_engine("countdown n=1e5 tasks=2 repeat=2 warmup=0 detail=full format=json", NULL, &text), 0);
    run = json_loads(text, 0, NULL);
    ck_assert_str_eq(json_string_value(json_object_get(json_object_get(run, "request"), "timeline")), "on");
    json_array_foreach (json_object_get(run, "cells"), i, cell) {
        const json_t *timeline = json_object_get(cell, "timeline");

        ck_assert_uint_ge(json_array_size(json_object_get(timeline, "spans")), 2);
        ck_assert_int_eq(json_integer_value(json_object_get(timeline, "dropped")), 0);
        ck_assert_uint_eq(json_array_size(json_object_get(json_object_get(cell, "wall_ns"), "samples")), 2);
    }
}
END_TEST

/* Two tasks that take turns at every tick have far more turns than a cell may hold. */
START_TEST(a_timeline_that_is_too_long_says_how_much_is_missing)
{
    auto_free char *text = NULL;
    json_auto_t *run = NULL;
    const json_t *timeline;

    ck_assert_int_eq(
        run_engine("countdown n=1e7 tasks=2 mode=epoll await_every=1 repeat=1 warmup=0 detail=full "
                   "format=json",
            NULL, &text),
        0);
    run = json_loads(text, 0, NULL);
    timeline = json_object_get(json_array_get(json_object_get(run, "cells"), 0), "timeline");
    ck_assert_uint_eq(json_array_size(json_object_get(timeline, "spans")), 20000);
    ck_assert_int_gt(json_integer_value(json_object_get(timeline, "dropped")), 0);
}
END_TEST

/* As many as there are CPUs, so that it does not matter how many there are; they end with the test. */
static void start_burners(pid_t *pids, long n)
{
    pid_t test = getpid();

    for (long i = 0; i < n; i++) {
        pids[i] = fork();
        ck_assert_int_ge(pids[i], 0);
        if (pids[i] == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            while (getppid() == test)
                ;
            _exit(0);
        }
    }
}

START_TEST(other_programs_that_burn_cpus_are_noise)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    auto_free pid_t *pids = calloc((size_t)n, sizeof(*pids));
    auto_free char *text = NULL;
    json_auto_t *run = NULL;
    const json_t *host, *foreign;
    int status;

    start_burners(pids, n);
    status = run_engine("countdown n=2e8 tasks=1 mode=serial repeat=3 format=json", NULL, &text);
    for (long i = 0; i < n; i++) {
        kill(pids[i], SIGKILL);
        waitpid(pids[i], NULL, 0);
    }
    ck_assert_int_eq(status, 0);
    run = json_loads(text, 0, NULL);
    host = json_object_get(run, "host");
    foreign = json_object_get(host, "foreign_cpu");
    if (json_is_null(foreign))
        return; /* a sandbox whose kernel tells no CPU times */
    ck_assert_msg(json_is_true(json_object_get(host, "noisy")), "%f", json_number_value(foreign));
    ck_assert(
        strstr(json_string_value(json_array_get(json_object_get(host, "noise_reasons"), 0)), "programs"));
}
END_TEST

START_TEST(fetch_brings_its_own_origin)
{
    auto_free char *text = NULL;
    json_auto_t *run = NULL;
    json_t *cell;
    size_t i, k;

    ck_assert_int_eq(
        run_engine("fetch tasks=5 mode=serial,threads,processes,epoll delay_ms=20 jitter_ms=20 repeat=1 "
                   "warmup=0 requests=2 bytes=3000 format=json",
            NULL, &text),
        0);
    run = json_loads(text, 0, NULL);
    ck_assert_ptr_nonnull(run);
    ck_assert_uint_eq(json_array_size(json_object_get(run, "cells")), 4);
    json_array_foreach (json_object_get(run, "cells"), i, cell) {
        const json_t *metrics = json_object_get(cell, "metrics");
        json_t *task;

        ck_assert_int_eq(
            json_integer_value(json_object_get(json_object_get(metrics, "responses"), "200")), 10);
        ck_assert_int_eq(json_integer_value(json_object_get(metrics, "bytes_received")), 30000);
        json_array_foreach (json_object_get(cell, "per_task"), k, task) {
            const json_t *row = json_array_get(json_object_get(task, "answer"), 1);

            ck_assert_int_eq(json_integer_value(json_object_get(row, "status")), 200);
            ck_assert_uint_eq(json_string_length(json_object_get(row, "content_start")), 64);
            ck_assert_int_ge(json_integer_value(json_object_get(row, "total_ns")),
                json_integer_value(json_object_get(row, "first_byte_ns")));
        }
    }
}
END_TEST

/* The whole run of these words in JSON. */
static json_t *run_of(const char *words)
{
    auto_free char *command = text_printf("%s format=json", words), *text = NULL;
    json_t *run;

    ck_assert_int_eq(run_engine(command, NULL, &text), 0);
    run = json_loads(text, 0, NULL);
    ck_assert_ptr_nonnull(run);
    return run;
}

static int64_t time_of(const json_t *cell, const char *name)
{
    const json_t *median = json_object_get(json_object_get(cell, name), "median");

    ck_assert_msg(json_is_integer(median), "there is no %s", name);
    return json_integer_value(median);
}

/* While these compute, other programs and quotas may take the CPU away as often as they like: that is no
 * waiting, and the ideal of threads under the GIL is no less than what serial took. */
START_TEST(who_computes_does_not_wait)
{
    static const char *const words[] = {
        "countdown n=1e6 lock=gil",
        "counter n=1e5 lock=gil",
        "refcount n=1e5 lock=gil",
        "crunch n=50 rounds=20 release=on lock=gil",
        "share via=variable lock=gil",
    };

    for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
        auto_free char *grid = text_printf("%s mode=serial,threads,epoll repeat=3 warmup=0", words[i]);
        json_auto_t *run = run_of(grid);
        const json_t *cells = json_object_get(run, "cells");
        int64_t serial = time_of(json_array_get(cells, 0), "wall_ns");
        json_t *cell;
        size_t k;

        json_array_foreach (cells, k, cell) {
            ck_assert_int_eq(time_of(cell, "waits_ns"), 0);
            if (strncmp(words[i], "crunch", 6) != 0 || k != 1)
                ck_assert_int_eq(json_integer_value(json_object_get(cell, "ideal_ns")), serial);
        }
    }
}
END_TEST

/* Two tasks wait for 50 ms each, on the loop, or in the call and outside the lock, to which they come back
 * once for each request. */
START_TEST(who_fetches_waits)
{
    static const char *const clients[] = {"async", "blocking"};

    for (size_t i = 0; i < ARRAY_LENGTH(clients); i++) {
        auto_free char *grid = text_printf("fetch tasks=2 delay_ms=50 client=%s mode=serial,threads,epoll "
                                           "lock=gil repeat=2 warmup=0",
            clients[i]);
        json_auto_t *run = run_of(grid);
        const json_t *cells = json_object_get(run, "cells"), *serial = json_array_get(cells, 0);
        int64_t wall = time_of(serial, "wall_ns"), waits = time_of(serial, "waits_ns");
        int64_t threads = json_integer_value(json_object_get(json_array_get(cells, 1), "ideal_ns"));
        int64_t loop = json_integer_value(json_object_get(json_array_get(cells, 2), "ideal_ns"));

        ck_assert_int_eq(
            json_integer_value(json_object_get(json_object_get(serial, "lock_stats"), "acquires")), 4);
        ck_assert_int_ge(waits, 95000000);
        ck_assert_int_le(waits, wall);
        ck_assert_int_le(llabs(threads - (wall - waits / 2)), 1);
        ck_assert_int_eq(loop, i == 0 ? threads : wall);
    }
}
END_TEST

/* Waits of 18, 2499 and 1298 ms for one seed, and of 2498, 1378 and 158 ms for the other. They are more than
 * a second apart, so a machine that stands still for a while does not change the order. */
START_TEST(the_seed_decides_the_order)
{
    static const char words[] = "fetch tasks=3 mode=epoll,threads delay_ms=0 jitter_ms=2500 seed=%d repeat=1 "
                                "warmup=0 format=json";
    static const struct {
        int seed, order[3];
    } rows[] = {{38, {0, 2, 1}}, {38, {0, 2, 1}}, {5130, {2, 1, 0}}};

    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        auto_free char *command = text_printf(words, rows[i].seed), *text = NULL;
        json_auto_t *expected = json_pack("[i, i, i]", rows[i].order[0], rows[i].order[1], rows[i].order[2]);
        json_auto_t *run = NULL;
        const json_t *cells;

        ck_assert_int_eq(run_engine(command, NULL, &text), 0);
        run = json_loads(text, 0, NULL);
        cells = json_object_get(run, "cells");
        for (size_t k = 0; k < 2; k++)
            ck_assert(json_equal(json_object_get(json_array_get(cells, k), "completion_order"), expected));
    }
}
END_TEST

START_TEST(bad_words_are_refused_before_anything_runs)
{
    static const struct {
        const char *words, *part;
    } rows[] = {
        {"cuontdown", "there is no experiment called"},
        {"countdown tasks=0", "tasks"},
        {"countdown tasks", "name=value"},
        {"countdown tasks=1 tasks=2", "more than once"},
        {"countdown colour=red", "no such parameter"},
        {"countdown n=1e12", "would run for about"},
        {"convoy hogs=255 mode=threads duration_ms=1000", "would run for about"},
        {"convoy hogs=255 mode=processes duration_ms=1000", "would run for about"},
        {"convoy hogs=20 mode=epoll duration_ms=1000", "would run for about"},
        {"idle tasks=1000 mode=threads touch_stack_bytes=16M stack_bytes=32M", "would run for about"},
        {"convoy hogs=2 tasks=2", "must be hogs + 1, which is 3"},
        {"fetch tasks=300 mode=serial,threads", "would run for about"},
        {"--verbose", "there is no option --verbose"},
        {"--versoin", "there is no option --versoin; did you mean --version?"},
        {"countdown taks=2",
            "gilscope-run: taks (given \"2\"): there is no such parameter; did you mean tasks?\n"},
        {"cuontdown", "gilscope-run: there is no experiment called \"cuontdown\"; did you mean countdown?\n"},
    };

    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        auto_free char *text = NULL;

        ck_assert_int_eq(run_engine(rows[i].words, NULL, &text), 2);
        ck_assert_msg(strstr(text, rows[i].part), "%s: %s", rows[i].words, text);
    }
}
END_TEST

/* The two texts need not be the same: some defaults are measured anew each time. */
START_TEST(help_has_a_short_name)
{
    static const char *const names[] = {"--help", "-h"};

    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        auto_free char *text = NULL;

        ck_assert_int_eq(run_engine(names[i], NULL, &text), 0);
        ck_assert_msg(strstr(text, "usage: gilscope-run EXPERIMENT"), "%.500s", text);
        ck_assert_msg(strstr(text, "\nparameters of every experiment"), "%.500s", text);
        ck_assert_msg(strstr(text, "\ncountdown: "), "%.500s", text);
    }
}
END_TEST

START_TEST(without_words_and_without_input_a_person_reads_the_usage)
{
    static const char usage[] = "usage: gilscope-run EXPERIMENT [name=value ...]";
    auto_free char *empty = NULL, *bad = NULL;

    ck_assert_int_eq(run_engine("", "", &empty), 2);
    ck_assert_msg(strstr(empty, usage), "%s", empty);
    ck_assert_int_eq(run_engine("", "{", &bad), 2);
    ck_assert_msg(!strstr(bad, usage), "%s", bad);
}
END_TEST

START_TEST(a_bad_request_is_an_error_event)
{
    static const char *const inputs[] = {"", "{", "[]", "{\"protocol\": 1}",
        "{\"protocol\": 1, \"experiment\": \"countdown\", \"experiment\": \"fetch\"}", "\xff\xfe"};

    for (size_t i = 0; i < ARRAY_LENGTH(inputs); i++) {
        auto_free char *text = NULL;
        json_auto_t *last = NULL;

        ck_assert_int_eq(run_engine("", inputs[i], &text), 2);
        last = last_line(text);
        ck_assert_str_eq(json_string_value(json_object_get(last, "event")), "error");
        ck_assert(json_is_object(json_object_get(last, "problem")));
    }
}
END_TEST

START_TEST(a_refused_connection_fails_its_cell_with_the_reason)
{
    auto_free char *text = NULL;
    json_auto_t *run = NULL;
    const json_t *cell;

    /* Nobody listens on the port of tcpmux. */
    ck_assert_int_eq(
        run_engine(
            "fetch url=http://127.0.0.1:1/ mode=epoll,threads repeat=1 warmup=0 format=json", NULL, &text),
        1);
    run = json_loads(text, 0, NULL);
    for (size_t i = 0; i < 2; i++) {
        cell = json_array_get(json_object_get(run, "cells"), i);
        ck_assert_str_eq(json_string_value(json_object_get(cell, "status")), "failed");
        ck_assert_msg(strstr(json_string_value(json_object_get(cell, "reason")), "connect"), "%s", text);
    }
}
END_TEST

/* Whoever redirects the trace to a file reads on the terminal what is missing in it. */
START_TEST(a_trace_that_lacks_something_says_why)
{
    static const struct {
        const char *words, *said;
    } rows[] = {
        {"fetch url=http://127.0.0.1:1/ mode=serial,threads tasks=2 repeat=1 warmup=0",
            "gilscope-run: cell 1, threads under gil: 1 of 1 repetition failed: "},
        {"fetch delay_ms=20000 mode=threads timeout_ms=300 repeat=1 warmup=0",
            "gilscope-run: the run took longer than timeout_ms allows\n"},
    };

    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        auto_free char *words = text_printf("%s format=trace", rows[i].words), *text = NULL;

        ck_assert_int_eq(run_engine(words, NULL, &text), 1);
        ck_assert_msg(strstr(text, rows[i].said), "%s", text);
        ck_assert_msg(strstr(text, "\"process_labels\""), "%s", text);
    }
}
END_TEST

START_TEST(output_that_is_lost_is_no_success)
{
    static const char *const formats[] = {"events", "json", "csv", "table", "trace"};

    for (size_t i = 0; i < ARRAY_LENGTH(formats); i++) {
        auto_free char *program = sibling_find("engine", "gilscope-run");
        auto_free char *command =
            text_printf("'%s' countdown n=1 repeat=1 format=%s >/dev/full 2>/dev/null", program, formats[i]);

        ck_assert_int_eq(WEXITSTATUS(system(command)), 1);
    }
}
END_TEST

START_TEST(a_server_without_standard_input_stops_as_any_other)
{
    auto_free char *program = sibling_find("server", "gilscope");
    auto_free char *command = text_printf("echo $$; exec '%s' --set server.port=0 <&- 2>/dev/null", program);
    FILE *output = popen(command, "r");
    char line[256];
    pid_t pid;

    ck_assert_ptr_nonnull(fgets(line, sizeof(line), output));
    pid = atoi(line);
    ck_assert_ptr_nonnull(fgets(line, sizeof(line), output));
    ck_assert_msg(strstr(line, "listens"), "%s", line);
    kill(pid, SIGTERM);
    ck_assert_int_eq(pclose(output), 0);
}
END_TEST

START_TEST(a_timeout_ends_the_run_with_what_there_is)
{
    auto_free char *text = NULL;
    json_auto_t *run = NULL;

    ck_assert_int_eq(
        run_engine("fetch delay_ms=20000 mode=processes,epoll timeout_ms=300 repeat=1 warmup=0 format=json",
            NULL, &text),
        1);
    run = json_loads(text, 0, NULL);
    ck_assert_str_eq(json_string_value(json_object_get(run, "status")), "timeout");
}
END_TEST

/* Whether a process has a child; a cell that runs is one. */
static bool has_child(pid_t pid)
{
    auto_free char *path = text_printf("/proc/%d/task/%d/children", pid, pid);
    auto_file FILE *file = fopen(path, "r");

    return file && fgetc(file) != EOF;
}

/* As a cancel at the server does. With so many repetitions of a tenth of a second it cannot end before. */
START_TEST(an_interrupt_shows_what_was_measured)
{
    static const struct {
        const char *words, *stopped_by; /* NULL: without precision nothing says so */
    } rows[] = {{"repeat=1000", NULL}, {"repeat=900 precision=1 max_repeat=1000", "client"}};

    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        auto_free char *program = sibling_find("engine", "gilscope-run"), *text = NULL;
        auto_free char *command = text_printf("echo $$; exec '%s' countdown n=1e8 tasks=1 mode=serial "
                                              "warmup=0 timeout_ms=600000 format=json %s 2>&1",
            program, rows[i].words);
        FILE *output = popen(command, "r");
        json_auto_t *run = NULL, *by = NULL;
        char line[32];
        size_t length;
        pid_t pid;

        ck_assert_ptr_nonnull(fgets(line, sizeof(line), output));
        pid = atoi(line);
        while (!has_child(pid))
            usleep(1000);
        ck_assert_int_eq(kill(pid, SIGINT), 0);
        ck_assert_int_eq(text_read_fd(fileno(output), 1 << 20, &text, &length), 0);
        ck_assert_int_eq(WEXITSTATUS(pclose(output)), 1);
        run = json_loads(text, 0, NULL);
        ck_assert_msg(run != NULL, "%s", text);
        ck_assert_str_eq(json_string_value(json_object_get(run, "status")), "cancelled");
        ck_assert_str_eq(json_string_value(json_object_get(run, "reason")), "it was interrupted (SIGINT)");
        by = json_incref(json_object_get(json_object_get(run, "precision"), "stopped_by"));
        ck_assert_pstr_eq(json_string_value(by), rows[i].stopped_by);
    }
}
END_TEST

/* Tasks that are processes, and a client beside tasks that are not. */
START_TEST(killing_the_engine_leaves_no_process)
{
    static const char *const words[][3] = {
        {"countdown", "n=1e9", "mode=processes"}, {"convoy", "hogs=2", "mode=threads,processes"}};
    auto_free char *program = sibling_find("engine", "gilscope-run");

    /* Adopts orphans, so that nothing which outlives the engine can hide. */
    ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
        pid_t pid = fork();

        if (pid == 0) {
            execl(program, program, words[i][0], words[i][1], words[i][2], "format=json", (char *)NULL);
            _exit(127);
        }
        usleep(100000);
        kill(pid, SIGKILL);
        ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
        while (waitpid(-1, NULL, 0) > 0)
            ;
        ck_assert_int_eq(errno, ECHILD);
    }
}
END_TEST

/* The one child of a process, when it is there and has computed for a while. */
static pid_t wait_for_busy_child(pid_t parent)
{
    auto_free char *path = text_printf("/proc/%d/task/%d/children", (int)parent, (int)parent);
    struct timespec used = {0};
    int child = 0;

    while (used.tv_sec == 0 && used.tv_nsec < 20000000) {
        auto_file FILE *file = fopen(path, "r");
        clockid_t clock;

        ck_assert_ptr_nonnull(file);
        if (fscanf(file, "%d", &child) == 1 && clock_getcpuclockid(child, &clock) == 0)
            clock_gettime(clock, &used);
        usleep(1000);
    }
    return child;
}

/* Somebody stops the process of a repetition in its middle, and lets it go on: it is not lost. What it was
 * away shows in its time and not in its CPU time. */
START_TEST(a_repetition_that_is_stopped_and_goes_on_only_takes_longer)
{
    enum { AWAY_US = 400000 };
    auto_free char *program = sibling_find("engine", "gilscope-run"), *text = NULL;
    json_auto_t *sample = NULL;
    int output = memfd_create("output", 0), status;
    size_t length;
    pid_t pid = fork(), child;

    if (pid == 0) {
        dup2(output, STDOUT_FILENO);
        execl(program, program, "countdown", "tasks=4", "mode=serial", "repeat=1", "warmup=0",
            "format=events", (char *)NULL);
        _exit(127);
    }
    child = wait_for_busy_child(pid);
    ck_assert_int_eq(kill(child, SIGSTOP), 0);
    usleep(AWAY_US);
    ck_assert_int_eq(kill(child, SIGCONT), 0);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_int_eq(status, 0);
    ck_assert_int_eq(lseek(output, 0, SEEK_SET), 0);
    ck_assert_int_eq(text_read_fd(output, 1 << 20, &text, &length), 0);
    close(output);
    sample = json_loadb(strchr(text, '\n') + 1, strcspn(strchr(text, '\n') + 1, "\n"), 0, NULL);
    ck_assert_str_eq(json_string_value(json_object_get(sample, "event")), "sample");
    ck_assert_str_eq(json_string_value(json_object_get(sample, "status")), "done");
    /* The signal may take a moment to arrive. */
    ck_assert_int_ge(json_integer_value(json_object_get(sample, "wall_ns")),
        json_integer_value(json_object_get(sample, "cpu_ns")) + AWAY_US * 1000LL / 2);
}
END_TEST

/* The first of two children: the origin, when a cell is there, too. */
static pid_t wait_for_origin(pid_t parent)
{
    auto_free char *path = text_printf("/proc/%d/task/%d/children", (int)parent, (int)parent);
    int origin, cell, n = 0;

    while (n != 2) {
        auto_file FILE *file = fopen(path, "r");

        ck_assert_ptr_nonnull(file);
        n = fscanf(file, "%d %d", &origin, &cell);
        usleep(1000);
    }
    return origin;
}

/* Neither the run nor the end of the program waits for it. */
START_TEST(an_origin_that_somebody_stopped_is_not_waited_for)
{
    auto_free char *program = sibling_find("engine", "gilscope-run");
    pid_t pid;
    int status;

    ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    pid = fork();
    if (pid == 0) {
        execl(program, program, "fetch", "tasks=1", "mode=serial", "lock=gil", "delay_ms=500",
            "request_timeout_ms=1000", "repeat=1", "warmup=0", "format=json", (char *)NULL);
        _exit(127);
    }
    ck_assert_int_eq(kill(wait_for_origin(pid), SIGSTOP), 0);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    /* On a slow machine the page may have come before. */
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) <= 1);
    ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
}
END_TEST

START_TEST(a_convoy_has_one_task_more_than_hogs)
{
    auto_free char *text = NULL;
    json_auto_t *run = NULL;
    json_t *cell;
    size_t i;

    ck_assert_int_eq(run_engine("convoy hogs=2 duration_ms=20 lock=gil,none mode=serial,threads repeat=1 "
                                "warmup=0 format=json",
                         NULL, &text),
        0);
    run = json_loads(text, 0, NULL);
    ck_assert_uint_eq(json_array_size(json_object_get(run, "cells")), 4);
    json_array_foreach (json_object_get(run, "cells"), i, cell) {
        ck_assert_int_eq(json_integer_value(json_object_get(cell, "tasks")), 3);
        ck_assert_int_gt(
            json_integer_value(json_object_get(json_object_get(cell, "metrics"), "latency_max_ns")), 0);
        ck_assert(json_is_null(json_object_get(cell, "relative")));
        ck_assert(json_is_null(json_object_get(cell, "ideal_ns")));
    }
}
END_TEST

RUN_TESTS("engine", 120, words_make_events, a_result_has_every_format, a_trace_shows_each_task_of_each_cell,
    full_detail_brings_the_timeline_of_each_cell, a_timeline_that_is_too_long_says_how_much_is_missing,
    other_programs_that_burn_cpus_are_noise, fetch_brings_its_own_origin, who_computes_does_not_wait,
    who_fetches_waits, the_seed_decides_the_order, bad_words_are_refused_before_anything_runs,
    help_has_a_short_name, without_words_and_without_input_a_person_reads_the_usage,
    a_bad_request_is_an_error_event, without_libcurl_only_fetch_fails_and_says_why,
    a_refused_connection_fails_its_cell_with_the_reason, a_trace_that_lacks_something_says_why,
    output_that_is_lost_is_no_success, a_server_without_standard_input_stops_as_any_other,
    a_timeout_ends_the_run_with_what_there_is, an_interrupt_shows_what_was_measured,
    killing_the_engine_leaves_no_process, a_repetition_that_is_stopped_and_goes_on_only_takes_longer,
    an_origin_that_somebody_stopped_is_not_waited_for, a_convoy_has_one_task_more_than_hogs)
