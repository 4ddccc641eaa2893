/* The scripts in examples/ against the real server, with everything small: that they run to their end and say
 * what came out, and that they fail when a step does. What came out is not looked at. */
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "tests/api/api-client.h"
#include "tests/unit/run.h"

static ApiServer server;

/* Runs a script with settings ("N=1000 REPEAT=1") and an address. Returns its exit status and sets *ret_text
 * to what it printed on both outputs, owned by the caller. */
static int run_script(const char *settings, const char *name, const char *address, char **ret_text)
{
    auto_free char *command =
        text_printf("no_proxy='*' %s sh '%s/examples/%s' %s 2>&1", settings, API_SOURCE_ROOT, name, address);
    FILE *pipe = popen(command, "re");
    size_t length;
    int status;

    ck_assert_ptr_nonnull(pipe);
    ck_assert_int_eq(text_read_fd(fileno(pipe), 1 << 20, ret_text, &length), 0);
    status = pclose(pipe);
    ck_assert(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static const struct {
    const char *settings, *name;
    const char *words[4]; /* that are printed */
    int n_lines;          /* at least */
} scripts[] = {
    {"REPEAT=1 N=1000 ROUNDS=1 DELAY_MS=5 DURATION_MS=50 TASKS=20", "article.sh",
        {"1. Count down once", "Twice, in two threads", "12. Two threads without a GIL", "\nOf 12 steps: "},
        60},
    {"REPEAT=1 N=1000 TASKS=1,2 CPUS=1", "scaling.sh",
        {"id,experiment,cell,runtime,mode,lock,tasks,cpus,", ",countdown,11,c,processes,gil,2,1,"}, 13},
    {"REPEAT=1 N=1000 TASKS=2 CPUS=1", "old-and-new-gil.sh",
        {"gil-py2        2     1 ", "gil            2     1 "}, 3},
    {"REPEAT=1 DURATION_MS=20 INTERVALS=500,1000", "convoy.sh",
        {"\nalone ", "\nnone ", "\ngil 500 ", "\ngil 1000 "}, 6},
    {"TASKS=5,10 PROCESSES=3 DURATION_MS=20", "cost-of-threads.sh",
        {"\nthreads          5 ", "\nepoll           10 ", "\nprocesses        3 "}, 7},
};

START_TEST(each_script_says_what_came_out)
{
    auto_free char *address = NULL;

    api_server_start(&server, NULL);
    address = text_printf("http://127.0.0.1:%d", server.port);
    for (size_t i = 0; i < ARRAY_LENGTH(scripts); i++) {
        auto_free char *text = NULL;
        int n_lines = 0;

        ck_assert_msg(run_script(scripts[i].settings, scripts[i].name, address, &text) == 0, "%s: %s",
            scripts[i].name, text);
        for (size_t k = 0; k < 4 && scripts[i].words[k]; k++)
            ck_assert_msg(
                strstr(text, scripts[i].words[k]), "%s: %s: %s", scripts[i].name, scripts[i].words[k], text);
        for (const char *at = text; (at = strchr(at, '\n')); at++)
            n_lines++;
        ck_assert_msg(n_lines >= scripts[i].n_lines, "%s: %s", scripts[i].name, text);
    }
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(a_step_that_fails_ends_the_script_with_a_failure)
{
    auto_free char *address = NULL;

    /* A server whose runtime has none of the experiments. */
    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    address = text_printf("http://127.0.0.1:%d", server.port);
    for (size_t i = 0; i < ARRAY_LENGTH(scripts); i++) {
        auto_free char *text = NULL;

        ck_assert_msg(run_script("", scripts[i].name, address, &text) != 0, "%s", text);
        ck_assert_msg(strstr(text, "404"), "%s: %s", scripts[i].name, text);
    }
    api_server_stop(&server, SIGTERM);
}
END_TEST

START_TEST(without_a_server_there_is_a_failure)
{
    for (size_t i = 0; i < ARRAY_LENGTH(scripts); i++) {
        auto_free char *text = NULL;

        ck_assert_msg(run_script("", scripts[i].name, "http://127.0.0.1:1", &text) != 0, "%s", text);
    }
}
END_TEST

/* The server inherits the CPU that is left to the test. */
START_TEST(one_cpu_is_enough)
{
    static const char *const names[] = {"old-and-new-gil.sh", "scaling.sh"};
    auto_free char *address = NULL;
    cpu_set_t cpus, one;

    ck_assert_int_eq(sched_getaffinity(0, sizeof(cpus), &cpus), 0);
    CPU_ZERO(&one);
    for (int i = 0; CPU_COUNT(&one) == 0; i++)
        if (CPU_ISSET(i, &cpus))
            CPU_SET(i, &one);
    ck_assert_int_eq(sched_setaffinity(0, sizeof(one), &one), 0);
    api_server_start(&server, NULL);
    address = text_printf("http://127.0.0.1:%d", server.port);
    for (size_t i = 0; i < 2; i++) {
        auto_free char *text = NULL;

        ck_assert_msg(run_script("REPEAT=1 N=1000 TASKS=2", names[i], address, &text) == 0, "%s", text);
        ck_assert_msg(strstr(text, "gil"), "%s", text);
    }
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* Runs a script with a curl whose answer is printed by these lines of shell, in which $url is what it is
 * asked for. Returns as run_script(). */
static int run_with_curl(const char *answer, const char *name, char **ret_text)
{
    char folder[] = "/tmp/gilscope-test-XXXXXX";
    auto_free char *program = NULL, *settings = NULL;
    FILE *file;
    int status;

    ck_assert_ptr_nonnull(mkdtemp(folder));
    program = text_printf("%s/curl", folder);
    settings = text_printf("PATH='%s':\"$PATH\"", folder);
    file = fopen(program, "we");
    ck_assert_ptr_nonnull(file);
    fprintf(file, "#!/bin/sh\nfor url; do :; done\n%s\n", answer);
    fclose(file);
    ck_assert_int_eq(chmod(program, 0700), 0);
    status = run_script(settings, name, "http://127.0.0.1:1", ret_text);
    unlink(program);
    rmdir(folder);
    return status;
}

START_TEST(many_cpus_do_not_span_too_many_cells)
{
    auto_free char *text = NULL;

    ck_assert_int_eq(
        run_with_curl("case $url in */experiments) echo '\"cpus_usable\": 64,' ;; *) echo \"$url\" ;; esac",
            "scaling.sh", &text),
        0);
    ck_assert_msg(strstr(text, "&tasks=1,2,4&cpus=1,2,4&"), "%s", text);
}
END_TEST

/* Four cells with one verdict, so many inside at once, and so many false wakeups; a run that is as noisy as
 * this says. The rest is what must be printed. */
static void assert_steps(const char *verdict, int inside, int false_wakeups, const char *noisy,
    const char *turns, const char *storm, const char *faster, const char *last)
{
    auto_free char *answer =
        text_printf("printf '  \"host\": {\"noisy\": %s},\\n'\n"
                    "printf '  \"lesson\": \"Why it is so.\",\\n'\n"
                    "for cell in 0 1 2 3; do\n"
                    "    printf '    \"runtime\": \"c\",\\n'\n"
                    "    printf '    \"wall_ns\": {\"median\": 1000, \"interval\": [900, 1100]},\\n'\n"
                    "    printf '    \"relative\": {\"to\": 0, \"ratio\": 1.06, "
                    "\"interval\": [0.4, 3], \"verdict\": \"%s\"},\\n'\n"
                    "    printf '    \"lock_stats\": {\"false_wakeups\": %d},\\n'\n"
                    "    printf '    \"inside\": {\"max\": %d, \"mean\": 1.0},\\n'\n"
                    "done",
            noisy, verdict, false_wakeups, inside);
    auto_free char *turns_line = text_printf("\n    %s: The GIL lets one thread run", turns);
    auto_free char *storm_line = text_printf("\n    %s: Two threads are slower than one", storm);
    auto_free char *faster_line = text_printf("\n    %s: Without the lock two threads are faster", faster);
    const char *const parts[] = {turns_line, storm_line, faster_line, last};
    auto_free char *text = NULL;

    ck_assert_int_eq(run_with_curl(answer, "article.sh", &text), 0);
    for (size_t i = 0; i < ARRAY_LENGTH(parts); i++)
        ck_assert_msg(strstr(text, parts[i]), "%s: %s", parts[i], text);
    ck_assert_msg((strstr(text, "\nThese steps were measured on a noisy machine") != NULL) ==
                      (strcmp(noisy, "true") == 0),
        "%s", text);
    ck_assert_msg(strstr(text, "\n    The run's own lesson: Why it is so.\n"), "%s", text);
    ck_assert_msg(!strstr(text, "(noisy"), "%s", text);
}

/* What a script prints of an answer that has all columns the scripts read, in a row with this noise; owned by
 * the caller. */
static char *print_noise(const char *name, const char *noisy)
{
    static const char head[] =
        "mode,lock,tasks,cpus,switch_interval_us,relative_ratio,relative_verdict,cpu_median_ns,"
        "lock_false_wakeups,metric_started,metric_create_ns_per_task,metric_wakeup_cpu_share,"
        "memory_rss_per_task_bytes,memory_kernel_per_task_bytes,memory_virtual_per_task_bytes,"
        "metric_latency_p50_ns,metric_latency_p90_ns,metric_latency_p99_ns,metric_hog_ticks_per_s,"
        "noisy,foreign_cpu,steal,throttled_ns";
    auto_free char *answer =
        text_printf("case $url in */experiments) echo '\"cpus_usable\": 1,' ;;\n"
                    "*/run/*format=csv*) echo '%s'; echo 'threads,gil,2,1,500,1.2,cannot "
                    "tell,1,1,1,1,1,1,1,1,1,1,1,1,%s,0.41,0,0' ;;\n"
                    "*) echo '  \"host\": {\"noisy\": %s},' ;; esac",
            head, noisy, noisy);
    char *text = NULL;

    run_with_curl(answer, name, &text);
    return text;
}

/* A row that looks like any other is taken for as good as any other. */
START_TEST(no_script_hands_out_noisy_rows_as_clean)
{
    for (size_t i = 0; i < ARRAY_LENGTH(scripts); i++) {
        auto_free char *noisy = print_noise(scripts[i].name, "true");
        auto_free char *clean = print_noise(scripts[i].name, "false");

        ck_assert_msg(strstr(noisy, "  noisy\n") || strstr(noisy, "Noisy: other programs took 41 %") ||
                          strstr(noisy, "\nThese steps were measured on a noisy machine"),
            "%s: %s", scripts[i].name, noisy);
        ck_assert_msg(!strstr(clean, "  noisy\n") && !strstr(clean, "Noisy: ") &&
                          !strstr(clean, "\nThese steps were measured on a noisy machine"),
            "%s: %s", scripts[i].name, clean);
    }
}
END_TEST

/* What cannot tell shows nothing, whatever its ratio is, except where the spans have seen what is said. The
 * first step has an interval and is shown, the second has one that is no twice; in four others nothing is
 * counted. */
START_TEST(a_step_of_the_article_is_shown_by_verdicts_and_spans_alone)
{
    assert_steps("cannot tell", 1, 5, "false", "shown", "cannot tell", "cannot tell",
        "\nOf 12 steps: 2 shown, 9 cannot tell, 1 not shown.\n");
    assert_steps("cannot tell", 2, 5, "true", "cannot tell", "cannot tell", "cannot tell",
        "take them with care: 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12.\n"
        "Of 12 steps: 1 shown, 10 cannot tell, 1 not shown.\n");
    assert_steps("slower", 1, 5, "false", "shown", "shown", "not shown",
        "\nOf 12 steps: 3 shown, 4 cannot tell, 5 not shown.\n");
    assert_steps("slower", 1, 0, "false", "shown", "not shown", "not shown",
        "\nOf 12 steps: 2 shown, 4 cannot tell, 6 not shown.\n");
    assert_steps("faster", 2, 5, "false", "not shown", "not shown", "shown",
        "\nOf 12 steps: 5 shown, 4 cannot tell, 3 not shown.\n");
}
END_TEST

RUN_TESTS("api-examples", 300, each_script_says_what_came_out, one_cpu_is_enough,
    many_cpus_do_not_span_too_many_cells, no_script_hands_out_noisy_rows_as_clean,
    a_step_of_the_article_is_shown_by_verdicts_and_spans_alone,
    a_step_that_fails_ends_the_script_with_a_failure, without_a_server_there_is_a_failure)
