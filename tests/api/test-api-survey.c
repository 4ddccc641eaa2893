/* The runtimes besides the engine: asked in the background, at the start and when somebody hangs up. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "tests/api/api-client.h"
#include "tests/api/api-runtimes.h"
#include "tests/unit/run.h"

#define DESCRIBE API_SOURCE_ROOT "/tests/api/fake-runtime.sh --describe"
#define SMALL "/run/countdown?n=1000&repeat=1&warmup=0&fresh=1&mode=serial"

#define X50 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static ApiServer server;

/* Writes a shell script into the server's folder. */
static void write_script(const char *name, const char *command)
{
    auto_free char *path = text_printf("%s/%s", server.directory, name);
    auto_free char *text = text_printf("#!/bin/sh\n%s\n", command);
    FILE *file = fopen(path, "we");

    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_int_eq(chmod(path, 0700), 0);
}

static void assert_experiments_told(void)
{
    auto_answer ApiAnswer answer = api_get(&server, "/experiments");

    ck_assert_int_eq(answer.status, 200);
}

/* A run does not wait for a runtime that is being asked; that one is asked again. */
START_TEST(a_slow_runtime_keeps_nobody_waiting)
{
    auto_answer ApiAnswer run = {0};

    api_server_start(&server,
        "runtimes.slow=sh -c \"echo >>asked; while [ ! -e go ]; do sleep 0.02; done; " DESCRIBE "\"", NULL);
    api_runtimes_wait(&server, "c ready, slow starting");
    api_server_wait_for_file(&server, "asked");
    assert_experiments_told();
    run = api_get(&server, SMALL);
    ck_assert_msg(run.status == 200, "%s", run.body);
    api_runtimes_wait(&server, "c ready, slow starting");
    api_server_touch(&server, "go");
    api_runtimes_wait(&server, "c ready, slow ready");
    assert_experiments_told();
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(a_server_stops_while_a_runtime_is_asked)
{
    api_server_start(&server, "runtimes.slow=sh -c \"echo >asked; sleep 1000\"", "runtimes.next=sh", NULL);
    api_server_wait_for_file(&server, "asked");
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* What the catalog is changed by, and what is said then. */
static const struct {
    const char *words, *reason;
} broken[] = {
    {"/no/such/program x", "there is no program /no/such/program"},
    {"no-such-program", "there is no program no-such-program on PATH"},
    {"/usr", "there is no program /usr"},
    {"sh none.py",
        "gilscope brings no script called none.py; one of your own is named with its path, as ./none.py"},
    {"sh -c \"exit 3\"", "sh -c \"exit 3\" --describe ended with status 3"},
    {"sh -c \"kill -SEGV $$\"", "sh -c \"kill -SEGV $$\" --describe died of signal 11 (Segmentation fault)"},
    {"sh -c \"echo hello\"",
        "sh -c \"echo hello\" --describe: line 1, column 5: '[' or '{' expected near 'hello'"},
    {"sh -c \"echo []\"", "sh -c \"echo []\" --describe: the document: must be an object, is a list"},
    {"sh -c \"exit 3\" " X50 X50 X50 X50,
        "sh -c \"exit 3\" " X50 X50 X50
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx... --describe ended with status 3"},
    {"sh -c yes", "sh -c yes --describe says more than 4194304 bytes"},
    {"sh -c \"" DESCRIBE " | sed s/switch_interval_us/format/\"",
        "sh -c \"" DESCRIBE " | sed s/switch_interval_us/format/\" --describe: locks[0].parameters[0].name: "
        "must not be \"format\", which all requests have"},
    {"sh -c \"" DESCRIBE " | sed s/:1,/:2,/\"",
        "sh -c \"" DESCRIBE
        " | sed s/:1,/:2,/\" --describe: protocol: must be 1, the protocol that is spoken here"},
};

START_TEST(a_broken_runtime_is_told_with_its_reason_and_disturbs_nothing)
{
    auto_free char *setting = text_printf("runtimes.odd=%s", broken[_i].words);
    auto_free char *wanted = text_printf("c ready, odd broken (%s), fine ready", broken[_i].reason);
    auto_answer ApiAnswer run = {0};

    api_server_start(&server, setting, "runtimes.fine=" API_SOURCE_ROOT "/tests/api/fake-runtime.sh", NULL);
    api_runtimes_wait(&server, wanted);
    run = api_get(&server, SMALL);
    ck_assert_msg(run.status == 200, "%s", run.body);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(a_runtime_has_twenty_seconds_to_answer)
{
    api_server_start(&server, "runtimes.mute=sh -c \"sleep 1000 & sleep 1000\"",
        "runtimes.fine=" API_SOURCE_ROOT "/tests/api/fake-runtime.sh", NULL);
    api_runtimes_wait(&server, "c ready, mute broken (sh -c \"sleep 1000 & sleep 1000\" --describe did not "
                               "answer within 20 s), fine ready");
    api_server_wait_for_descendants(&server, 1);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* One that nobody has set is missing where it is not installed, and one that somebody has set is broken. */
START_TEST(an_interpreter_that_is_not_installed_is_missing)
{
    setenv("PATH", "/no/such/folder", 1);
    api_server_start(&server, "runtimes.ruby=ruby ruby.rb", "runtimes.jython=jython -x python.py", NULL);
    api_runtimes_wait(&server, "c ready, jython broken (there is no program jython on PATH), "
                               "ruby missing (there is no program ruby on PATH)");
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(there_are_up_to_sixteen_runtimes)
{
    auto_free char *wanted = strdup("c ready");

    for (int i = 0; i < 15; i++) {
        auto_free char *before = wanted, *name = text_printf("GILSCOPE_RUNTIMES_R%d", i);

        wanted = text_printf("%s, r%d ready", before, i);
        setenv(name, API_SOURCE_ROOT "/tests/api/fake-runtime.sh", 1);
    }
    api_server_start(&server, NULL);
    api_runtimes_wait(&server, wanted);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(a_hang_up_has_the_runtimes_asked_again)
{
    signal(SIGHUP, SIG_DFL); /* the tests may run under nohup */
    api_server_start(&server, "runtimes.late=./late.sh", NULL);
    api_runtimes_wait(&server, "c ready, late broken (there is no program ./late.sh)");
    write_script("late.sh", DESCRIBE);
    kill(server.pid, SIGHUP);
    api_runtimes_wait(&server, "c ready, late ready");
    /* The old catalog is in force until there is a new one. */
    write_script("late.sh", "echo >asked\nwhile [ ! -e go ]; do sleep 0.02; done\nexit 5");
    kill(server.pid, SIGHUP);
    api_server_wait_for_file(&server, "asked");
    api_runtimes_wait(&server, "c ready, late ready");
    api_server_touch(&server, "go");
    api_runtimes_wait(&server, "c ready, late broken (./late.sh --describe ended with status 5)");
    assert_experiments_told();
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(a_hang_up_does_not_disturb_a_run)
{
    auto_free char *text = NULL, *asked = NULL;
    int fd;

    signal(SIGHUP, SIG_DFL);
    api_server_start(&server, API_FAKE_RUNTIME, "runtimes.late=./late.sh", NULL);
    write_script("late.sh", "echo >asked\n" DESCRIBE);
    fd = api_send_get(&server, "/run/gated?mode=serial&repeat=1&warmup=0&tasks=1");
    api_server_wait_for_file(&server, "begun");
    kill(server.pid, SIGHUP);
    api_runtimes_wait(&server, "c ready, late starting");
    usleep(500000);
    asked = text_printf("%s/asked", server.directory);
    ck_assert_int_lt(access(asked, F_OK), 0);
    api_server_touch(&server, "go");
    text = api_receive(fd);
    ck_assert_msg(strstr(text, "HTTP/1.1 200"), "%s", text);
    api_runtimes_wait(&server, "c ready, late ready");
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(metrics_tell_which_runtimes_can_be_used)
{
    auto_answer ApiAnswer answer = {0};

    api_server_start(&server, "runtimes.odd=/no/such/program", NULL);
    answer = api_get(&server, "/metrics");
    ck_assert_msg(strstr(answer.body, "\ngilscope_runtime_ready{runtime=\"c\",status=\"ready\"} 1\n"), "%s",
        answer.body);
    ck_assert_msg(strstr(answer.body, "\ngilscope_runtime_ready{runtime=\"odd\",status=\"broken\"} 0\n"),
        "%s", answer.body);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* The server goes with the terminal that it was started from, but not with every SIGHUP. */
START_TEST(a_terminal_that_is_closed_ends_the_server)
{
    int terminal = api_server_start_in_terminal(&server, "runtimes.late=./late.sh", NULL);

    if (terminal < 0)
        return;
    write_script("late.sh", DESCRIBE);
    kill(server.pid, SIGHUP);
    api_runtimes_wait(&server, "c ready, late ready");
    usleep(1200000); /* a second look at the terminal finds it there */
    api_runtimes_wait(&server, "c ready, late ready");
    close(terminal);
    ck_assert_int_eq(api_server_wait(&server), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("api-survey");
    TCase *tests = tcase_create("api-survey");
    SRunner *runner = srunner_create(suite);
    int n_failed;

    suite_add_tcase(suite, tests);
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, a_slow_runtime_keeps_nobody_waiting);
    tcase_add_test(tests, a_server_stops_while_a_runtime_is_asked);
    tcase_add_loop_test(
        tests, a_broken_runtime_is_told_with_its_reason_and_disturbs_nothing, 0, ARRAY_LENGTH(broken));
    tcase_add_test(tests, a_runtime_has_twenty_seconds_to_answer);
    tcase_add_test(tests, an_interpreter_that_is_not_installed_is_missing);
    tcase_add_test(tests, there_are_up_to_sixteen_runtimes);
    tcase_add_test(tests, a_hang_up_has_the_runtimes_asked_again);
    tcase_add_test(tests, a_hang_up_does_not_disturb_a_run);
    tcase_add_test(tests, metrics_tell_which_runtimes_can_be_used);
    tcase_add_test(tests, a_terminal_that_is_closed_ends_the_server);
    srunner_run_all(runner, CK_NORMAL);
    n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed > 0;
}
