/* The program as a person starts it. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "tests/api/api-client.h"
#include "tests/unit/run.h"

static ApiServer server;

START_TEST(a_port_that_is_in_use_ends_the_start)
{
    auto_free char *text = NULL, *setting = NULL;

    api_server_start(&server, NULL);
    setting = text_printf("server.port=%d", server.port);
    ck_assert_int_eq(api_run_program(&text, "--set", setting, NULL), 1);
    ck_assert_msg(strstr(text, "in use"), "%s", text);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* Port 0, whichever the server has, is for test-health.py: other tests' servers run the same file as this
 * one's. */
START_TEST(health_is_asked_over_the_network)
{
    auto_free char *alive = NULL, *dead = NULL, *setting = NULL;

    api_server_start(&server, NULL);
    setting = text_printf("server.port=%d", server.port);
    ck_assert_int_eq(
        api_run_program(&alive, "--health", "--set", setting, "--set", "server.bind=0.0.0.0", NULL), 0);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
    ck_assert_int_eq(api_run_program(&dead, "--health", "--set", setting, NULL), 1);
    ck_assert(strstr(dead, "refused"));
}
END_TEST

START_TEST(wrong_settings_and_options_end_the_start)
{
    auto_free char *setting = NULL, *cpus = NULL, *option = NULL, *word = NULL, *file = NULL;

    ck_assert_int_eq(api_run_program(&setting, "--set", "server.port=99999", NULL), 1);
    ck_assert_msg(strstr(setting, "server.port") && strstr(setting, "65535"), "%s", setting);
    ck_assert_int_eq(
        api_run_program(&cpus, "--set", "server.port=0", "--set", "runs.cpus_per_run=1024", NULL), 1);
    ck_assert_msg(strstr(cpus, "runs.cpus_per_run=1024: must be from 0 to "), "%s", cpus);
    ck_assert_int_eq(api_run_program(&option, "--nonsense", NULL), 2);
    ck_assert_int_eq(api_run_program(&word, "start", NULL), 2);
    ck_assert_int_eq(api_run_program(&file, "--config", "no-such-file.ini", NULL), 1);
    ck_assert_msg(strstr(file, "no-such-file.ini"), "%s", file);
}
END_TEST

START_TEST(settings_can_be_checked_and_printed)
{
    auto_free char *checked = NULL, *printed = NULL, *help = NULL, *short_help = NULL, *version = NULL;

    ck_assert_int_eq(api_run_program(&checked, "--check-config", NULL), 0);
    ck_assert_int_eq(api_run_program(&printed, "--print-config", "--set", "server.port=9000", NULL), 0);
    ck_assert(strstr(printed, "port = 9000"));
    ck_assert_int_eq(api_run_program(&help, "--help", NULL), 0);
    ck_assert(strstr(help, "--print-config"));
    ck_assert(strstr(help, "--preflight"));
    ck_assert_int_eq(api_run_program(&short_help, "-h", NULL), 0);
    ck_assert_str_eq(short_help, help);
    ck_assert_int_eq(api_run_program(&version, "--version", NULL), 0);
    ck_assert(strncmp(version, "gilscope ", 9) == 0);
}
END_TEST

START_TEST(a_runtime_that_cannot_be_started_is_a_wrong_setting)
{
    auto_free char *wrong = NULL, *printed = NULL;

    setenv("PATH", "/no/such/folder", 1);
    ck_assert_int_eq(api_run_program(&wrong, "--check-config", "--set", "runtimes.a=/no/such/program x",
                         "--set", "runtimes.b=lua x.lua", "--set", "runtimes.c.d=/bin/sh nothing.py", "--set",
                         "runtimes.ruby=ruby ruby.rb", "--set", "runtimes.fine=/bin/sh python.py", NULL),
        1);
    ck_assert_str_eq(wrong,
        "Wrong settings\n"
        "  runtimes.a (given \"/no/such/program x\"): there is no program /no/such/program\n"
        "  runtimes.b (given \"lua x.lua\"): there is no program lua on PATH\n"
        "  runtimes.c.d (given \"/bin/sh nothing.py\"): gilscope brings no script called nothing.py; one of "
        "your own is "
        "named with its path, as ./nothing.py\n");
    ck_assert_int_eq(
        api_run_program(&printed, "--print-config", "--set", "runtimes.a=/no/such/program x", NULL), 0);
    ck_assert_ptr_nonnull(strstr(printed, "\na = /no/such/program x\n"));
}
END_TEST

/* Which locks there are, the runtime says. */
START_TEST(the_lock_of_the_settings_is_one_that_there_is)
{
    auto_free char *known = NULL, *unknown = NULL, *started = NULL, *range = NULL, *printed = NULL,
                   *usual = NULL;
    auto_answer ApiAnswer answer = {0};
    const json_t *lock;
    size_t i;

    api_server_start(&server, "lock.policy=none", NULL);
    answer = api_get(&server, "/experiments");
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
    ck_assert_uint_gt(json_array_size(json_object_get(answer.json, "locks")), 1);
    json_array_foreach (json_object_get(answer.json, "locks"), i, lock) {
        auto_free char *setting =
            text_printf("lock.policy=%s", json_string_value(json_object_get(lock, "name")));

        free(known);
        ck_assert_msg(api_run_program(&known, "--check-config", "--set", setting, NULL) == 0, "%s", known);
    }
    ck_assert_int_eq(api_run_program(&unknown, "--check-config", "--set", "lock.policy=nosuch", NULL), 1);
    ck_assert_msg(strstr(unknown, "lock.policy (given \"nosuch\"): must be one of ") &&
                      strstr(unknown, "per-interpreter"),
        "%s", unknown);
    ck_assert_int_eq(
        api_run_program(&started, "--set", "server.port=0", "--set", "lock.policy=nosuch", NULL), 1);
    ck_assert_str_eq(started, unknown);
    ck_assert_int_eq(
        api_run_program(&range, "--check-config", "--set", "lock.switch_interval_us=1000000000", NULL), 1);
    ck_assert_msg(strstr(range, "lock.switch_interval_us (given \"1000000000\"): must be 0, for the lock's "
                                "own, or from 1 to 1000000\n"),
        "%s", range);
    ck_assert_int_eq(api_run_program(&printed, "--print-config", "--set", "lock.check_interval=7", NULL), 0);
    ck_assert_ptr_nonnull(strstr(printed, "\npolicy = gil\n"));
    ck_assert_ptr_nonnull(strstr(printed, "\nswitch_interval_us = 5000\n"));
    ck_assert_ptr_nonnull(strstr(printed, "\ncheck_interval = 7\n"));
    ck_assert_int_eq(
        api_run_program(&usual, "--print-config", "--set", "runtimes.c=/no/such/program", NULL), 1);
    ck_assert_ptr_nonnull(strstr(usual, "\nswitch_interval_us = 0\n"));
}
END_TEST

/* What it finds depends on the machine; that it looks at everything and keeps its word does not. */
START_TEST(a_preflight_says_which_lessons_can_be_shown)
{
    static const char *const rows[] = {"CPUs", "CPU quota", "quiet", "threads (pids)",
        "fetches (descriptors)", "threads under the GIL", "processes", "threads without a lock",
        "waiting in threads", "waiting in one loop"};
    auto_free char *text = NULL;
    int status = api_run_program(&text, "--preflight", NULL);
    bool any_not = false;

    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        auto_free char *start = text_printf("\n%s ", rows[i]);
        const char *row = strstr(text, start);

        ck_assert_msg(row, "%s is not in: %s", rows[i], text);
        row += strlen(start);
        row += strspn(row, " ");
        ck_assert_msg(
            strncmp(row, "ok ", 3) == 0 || strncmp(row, "limited ", 8) == 0 || strncmp(row, "no ", 3) == 0,
            "%s", row);
        any_not = any_not || strncmp(row, "no ", 3) == 0;
    }
    ck_assert_msg(status == any_not, "status %d: %s", status, text);
    ck_assert_msg(!strstr(text, "level="), "%s", text);
}
END_TEST

START_TEST(a_preflight_without_a_runtime_fails)
{
    auto_free char *text = NULL, *fake = NULL;

    ck_assert_int_eq(api_run_program(&text, "--preflight", "--set", "runtimes.c=/no/such/program", NULL), 1);
    ck_assert_msg(strstr(text, "/no/such/program"), "%s", text);
    /* A runtime without the experiments. */
    ck_assert_int_eq(api_run_program(&fake, "--preflight", "--set", API_FAKE_RUNTIME, NULL), 1);
    ck_assert_msg(strstr(fake, "no experiment called"), "%s", fake);
}
END_TEST

#define NO_OTHERS                                                                                            \
    "--set", "runtimes.python3=", "--set", "runtimes.pypy3=", "--set", "runtimes.jython=", "--set",          \
        "runtimes.ruby="

/* Returns the program's status and sets its output, with a model and an interpreter of which all ratios are
 * known: threads of the model take 1.02 times the serial time. */
static int fidelity_beside(const char *how, const char *kind, const char *ratio, char **ret_text)
{
    auto_free char *model =
        text_printf("runtimes.c=%s/tests/api/fixed-runtime.py models 1.02", API_SOURCE_ROOT);
    auto_free char *real =
        text_printf("runtimes.real=%s/tests/api/fixed-runtime.py %s %s", API_SOURCE_ROOT, kind, ratio);

    return api_run_program(ret_text, how, "--set", model, "--set", real, NO_OTHERS, NULL);
}

START_TEST(fidelity_judges_a_model_beside_the_real_one)
{
    auto_free char *within = NULL, *beyond = NULL;
    int held = fidelity_beside("--fidelity", "real", "1.00", &within);
    int missed = fidelity_beside("--fidelity=json", "real", "1.20", &beyond);

    ck_assert_msg(held == 0, "%s", within);
    ck_assert_msg(
        strstr(within, "real (fixed figures), lock gil, beside the model of it, gil"), "%s", within);
    ck_assert_msg(strstr(within, " 2.00   2.04  1.02 [1.02, 1.02] "), "%s", within);
    ck_assert_msg(strstr(within, "not measured: real: there is no experiment called"), "%s", within);
    ck_assert_msg(strstr(within, "13 holds, 34 not measured"), "%s", within);
    ck_assert_msg(missed == 1, "%s", beyond);
    ck_assert_msg(strstr(beyond, "\"outcome\": \"misses\""), "%s", beyond);
}
END_TEST

/* Nothing is judged, so nothing was proved. */
START_TEST(fidelity_shows_a_lock_that_nothing_models)
{
    auto_free char *alone = NULL;

    ck_assert_int_eq(fidelity_beside("--fidelity", "alone", "1.00", &alone), 1);
    ck_assert_msg(
        strstr(alone, "lock gil: no lock of the engine models it, so its own figures alone"), "%s", alone);
    ck_assert_msg(strstr(alone, "countdown, 2 threads                2.00         -  shown"), "%s", alone);
    ck_assert_msg(strstr(alone, "not measured: real: it has no event loop"), "%s", alone);
    ck_assert_ptr_null(strstr(alone, "model/real"));
}
END_TEST

START_TEST(fidelity_says_what_it_lacks)
{
    auto_free char *alone = NULL, *form = NULL;

    ck_assert_int_eq(api_run_program(&alone, "--fidelity", NO_OTHERS, NULL), 1);
    ck_assert_msg(strstr(alone, "there is no interpreter to hold the models against"), "%s", alone);
    ck_assert_int_eq(api_run_program(&form, "--fidelity=xml", NULL), 2);
    ck_assert_msg(
        strstr(form, "--fidelity=xml: must be --fidelity, for a table, or --fidelity=json"), "%s", form);
}
END_TEST

START_TEST(a_runtime_that_does_not_work_ends_the_start)
{
    auto_free char *missing = NULL, *wrong = NULL;

    ck_assert_int_eq(
        api_run_program(&missing, "--set", "server.port=0", "--set", "runtimes.c=/no/such/program", NULL), 1);
    ck_assert_msg(strstr(missing, "/no/such/program"), "%s", missing);
    ck_assert_int_eq(
        api_run_program(&wrong, "--set", "server.port=0", "--set", "runtimes.c=/bin/echo", NULL), 1);
    ck_assert_msg(strstr(wrong, "--describe"), "%s", wrong);
}
END_TEST

/* What the program says when its runtime is a shell with this command; owned by the caller. */
static char *words_about_command(const char *command)
{
    char path[] = "/tmp/gilscope-runtime-XXXXXX";
    auto_free char *setting = NULL, *script = NULL;
    char *text = NULL;
    int fd = mkstemp(path);

    ck_assert_int_ge(fd, 0);
    setting = text_printf("runtimes.c=%s", path);
    script = text_printf("#!/bin/sh\nexec %s\n", command);
    ck_assert_int_eq(text_write_fd(fd, script, strlen(script)), 0);
    ck_assert_int_eq(fchmod(fd, 0700), 0);
    close(fd);
    ck_assert_int_eq(api_run_program(&text, "--set", "server.port=0", "--set", setting, NULL), 1);
    unlink(path);
    return text;
}

/* The same, when the runtime describes itself like the fake one, but for what a sed expression changes. */
static char *words_about_runtime(const char *expression)
{
    auto_free char *command =
        text_printf(API_SOURCE_ROOT "/tests/api/fake-runtime.sh --describe | sed '%s'", expression);

    return words_about_command(command);
}

START_TEST(a_description_without_an_end_is_not_read_to_the_end)
{
    auto_free char *text = words_about_command("yes");

    ck_assert_msg(strstr(text, "--describe says more than 4194304 bytes"), "%s", text);
}
END_TEST

/* Each of these ended the server by a signal once, some when it started and some at the first request. */
START_TEST(a_malformed_catalog_ends_the_start_with_its_place)
{
    static const struct {
        const char *expression, *words;
    } rows[] = {
        {"s/\"name\":\"fine\",//", "experiments[0].name: must be a name, is missing"},
        {"s/\"modes\":\\[.*}}\\],/\"modes\":[null],/", "modes[0]: must be an object, is null"},
        {"s/\"name\":\"gil\"/\"name\":5/", "locks[0].name: must be a name, is a number"},
        {"s/\"cost\":\\[\\]/\"cost\":[5]/", "experiments[0].cost[0]: must be an object, is a number"},
        {"s/\"parameters\":\\[\\]/\"parameters\":[{}]/",
            "experiments[0].parameters[0].name: must be a name, is missing"},
        {"s/switch_interval_us/format/",
            "locks[0].parameters[0].name: must not be \"format\", which all requests have"},
        {"s/\"protocol\":1/\"protocol\":2/", "protocol: must be 1"},
        {"s/\"serial\":8/\"fibers\":8/", "experiments[0].max_tasks.fibers: there is no such mode"},
        {"s/.*/[[[[]]]]/", "the document: must be an object, is a list"},
        {"s/.*/{\"protocol\":1/", "line 2, column 0"},
    };

    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        auto_free char *text = words_about_runtime(rows[i].expression);

        ck_assert_msg(strstr(text, rows[i].words), "%s: %s", rows[i].expression, text);
    }
}
END_TEST

RUN_TESTS("api-program", 120, a_port_that_is_in_use_ends_the_start, health_is_asked_over_the_network,
    wrong_settings_and_options_end_the_start, settings_can_be_checked_and_printed,
    a_runtime_that_cannot_be_started_is_a_wrong_setting, the_lock_of_the_settings_is_one_that_there_is,
    a_preflight_says_which_lessons_can_be_shown, a_preflight_without_a_runtime_fails,
    fidelity_judges_a_model_beside_the_real_one, fidelity_shows_a_lock_that_nothing_models,
    fidelity_says_what_it_lacks, a_runtime_that_does_not_work_ends_the_start,
    a_malformed_catalog_ends_the_start_with_its_place, a_description_without_an_end_is_not_read_to_the_end)
