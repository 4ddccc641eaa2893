/* Runs of several runtimes on the real server: that they take turns, and that one which does not do what
 * docs/protocol.md says disturbs neither the others nor the server. The runtimes are named after what they
 * do.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/nsec.h"
#include "base/sibling.h"
#include "base/text.h"
#include "tests/api/api-client.h"
#include "tests/api/api-runs.h"
#include "tests/unit/run.h"

#define RUNTIME(name) "runtimes." name "=" API_SOURCE_ROOT "/tests/api/turning-runtime.sh " name
#define REPEAT 3
#define ASK "?mode=serial,threads&repeat=3&warmup=0&tasks=1&timeline=off&fresh=1&runtime="

static ApiServer server;

/* The one that is listed under this name in GET /experiments; NULL if there is none. */
static const json_t *find_runtime(const json_t *experiments, const char *name)
{
    const json_t *runtime;
    size_t i;

    json_array_foreach (json_object_get(experiments, "runtimes"), i, runtime)
        if (strcmp(api_text(runtime, "runtime"), name) == 0)
            return runtime;
    return NULL;
}

/* Runtimes are asked for their catalogs while the server answers already. */
static void wait_until_ready(const char *name)
{
    nsec_t until = nsec_now() + API_PATIENCE_S * NSEC_PER_SEC;
    bool ready = false;

    while (!ready) {
        auto_answer ApiAnswer answer = api_get(&server, "/experiments");

        ck_assert_msg(nsec_now() < until, "%s is not ready: %s", name, answer.body);
        ready = strcmp(api_text(find_runtime(answer.json, name), "status"), "ready") == 0;
        usleep(5000);
    }
}

static ApiAnswer run(const char *runtimes, const char *more)
{
    auto_free char *path = text_printf("/run/turns" ASK "%s%s", runtimes, more);

    return api_get(&server, path);
}

/* Starts a run that goes on by itself. Returns its id, owned by the caller. */
static char *book(const char *runtimes, const char *more)
{
    auto_free char *path = text_printf("/run/turns" ASK "%s%s", runtimes, more);
    auto_answer ApiAnswer answer = api_ask(
        &server, (ApiAsk){.path = path, .header = "Prefer: respond-async", .also = API_OWNER("anna")});

    api_assert_status(&answer, 202);
    return strdup(api_text(answer.json, "id"));
}

/* All that a run leaves is the origin. */
static void assert_nobody_is_left(void)
{
    api_server_wait_for_descendants(&server, 1);
}

/* How many cells of this runtime have this status and so many repetitions at least. */
static int count_cells(const json_t *run, const char *runtime, const char *status, size_t n_samples)
{
    const json_t *cell;
    size_t i;
    int n = 0;

    json_array_foreach (json_object_get(run, "cells"), i, cell) {
        const json_t *samples = json_object_get(json_object_get(cell, "wall_ns"), "samples");

        n += strcmp(api_text(cell, "runtime"), runtime) == 0 &&
             strcmp(api_text(cell, "status"), status) == 0 && json_array_size(samples) >= n_samples;
    }
    return n;
}

static void assert_begins(const char *text, const char *with)
{
    ck_assert_msg(strncmp(text, with, strlen(with)) == 0, "\"%s\" does not begin with \"%s\"", text, with);
}

/* Reads the file in which the runtimes note their turns, and removes it. Nobody's turn may begin in that of
 * another. Returns "good wide good wide", owned by the caller. */
static char *take_turns(void)
{
    auto_free char *path = text_printf("%s/turns", server.directory);
    char verb[16], name[64], last[64] = "", *text = strdup("");
    FILE *file = fopen(path, "re");

    ck_assert_ptr_nonnull(file);
    while (fscanf(file, "%15s %63s", verb, name) == 2) {
        if (strcmp(verb, "begin") == 0) {
            char *longer = text_printf("%s%s%s", text, *text ? " " : "", name);

            ck_assert_msg(!*last, "%s began in the turn of %s", name, last);
            strcpy(last, name);
            free(text);
            text = longer;
        } else if (strcmp(verb, "end") == 0) {
            ck_assert_str_eq(name, last);
            *last = '\0';
        }
    }
    fclose(file);
    unlink(path);
    return text;
}

START_TEST(repetitions_of_several_runtimes_alternate)
{
    auto_answer ApiAnswer answer = {0};
    auto_free char *turns = NULL;

    api_server_start(&server, RUNTIME("good"), RUNTIME("wide"), RUNTIME("slow"), NULL);
    wait_until_ready("good");
    wait_until_ready("wide");
    wait_until_ready("slow");
    answer = run("wide,good,slow", "");
    api_assert_status(&answer, 200);
    ck_assert_str_eq(api_text(answer.json, "status"), "done");
    ck_assert_int_eq(count_cells(answer.json, "good", "done", REPEAT), 2);
    ck_assert_int_eq(count_cells(answer.json, "wide", "done", REPEAT), 2);
    ck_assert_int_eq(count_cells(answer.json, "slow", "done", REPEAT), 2);
    turns = take_turns();
    ck_assert_str_eq(turns, "wide good slow wide good slow wide good slow wide good slow wide good slow "
                            "wide good slow wide good slow");
    assert_nobody_is_left();
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* The engine under two names is two runtimes. */
START_TEST(two_engines_are_measured_in_turns)
{
    auto_free char *engine = sibling_find("engine", "gilscope-run");
    auto_free char *setting = text_printf("runtimes.twin=%s", engine);
    auto_answer ApiAnswer answer = {0};

    api_server_start(&server, setting, NULL);
    wait_until_ready("twin");
    answer = api_get(&server, "/run/countdown?runtime=c,twin&n=1e4&tasks=2&repeat=3&timeline=on&mode=serial,"
                              "threads,processes");
    api_assert_status(&answer, 200);
    ck_assert_int_eq(count_cells(answer.json, "c", "done", REPEAT), 3);
    ck_assert_int_eq(count_cells(answer.json, "twin", "done", REPEAT), 3);
    assert_nobody_is_left();
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* Each is the first one once, and once the second. */
START_TEST(nonsense_loses_one_and_leaves_the_others_alone)
{
    static const struct {
        const char *name, *how;
    } rows[] = {
        {"garbage", "broke the protocol: line 4, column "},
        {"half", "broke the protocol: line 4, column "},
        {"strange", "broke the protocol: line 4, \"sample\": cell: must be a whole number from 0 to "},
        {"foreign", "broke the protocol: line 4, \"sample\": cell: must be one of its own cells ("},
        {"twice", "broke the protocol: line 4, \"sample\": repetition: must be one that has not come yet: "},
        {"eager", "broke the protocol: line 5 came before it was told to go on"},
        {"ahead", "broke the protocol: line "},
        {"first", "broke the protocol: line 1 comes before \"hello\""},
        {"stillborn", "ended with status 3"},
        {"dies", "died of signal 9 (Killed)"},
        {"between", "died of signal 9 (Killed)"},
        {"quits", "ended before it was done"},
        {"early", "said it was done before all repetitions were"},
        {"refuses", "reports an error: not with me"},
    };

    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        auto_free char *setting = text_printf(RUNTIME("%s"), rows[i].name, rows[i].name);
        auto_free char *reason = text_printf("the runtime %s %s", rows[i].name, rows[i].how);

        api_server_start(&server, RUNTIME("good"), setting, NULL);
        wait_until_ready("good");
        wait_until_ready(rows[i].name);
        for (int is_first = 0; is_first < 2; is_first++) {
            auto_free char *pair =
                text_printf("%s,%s", is_first ? rows[i].name : "good", is_first ? "good" : rows[i].name);
            auto_answer ApiAnswer answer = run(pair, "");

            api_assert_status(&answer, 502);
            ck_assert_str_eq(api_text(answer.json, "status"), "failed");
            assert_begins(api_text(answer.json, "reason"), reason);
            ck_assert_ptr_nonnull(strstr(api_text(answer.json, "reason"), "; good went on"));
            ck_assert_int_eq(count_cells(answer.json, "good", "done", REPEAT), 2);
            ck_assert_int_eq(count_cells(answer.json, rows[i].name, "failed", 0), 2);
            assert_nobody_is_left();
        }
        ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
    }
}
END_TEST

static bool both_have_begun(const ApiAnswer *answer)
{
    return count_cells(answer->json, "good", "timeout", 1) == 2 &&
           count_cells(answer->json, "hangs", "timeout", 1) == 2;
}

/* The time of all is over; what the other has stays. */
START_TEST(one_that_hangs_ends_the_run_and_not_what_there_is)
{
    auto_answer ApiAnswer answer = {0};
    auto_free char *reason = NULL;
    int timeout_ms = 1500;

    api_server_start(&server, RUNTIME("good"), RUNTIME("hangs"), NULL);
    wait_until_ready("good");
    wait_until_ready("hangs");
    answer = api_get_cut_short(&server, "/run/turns" ASK "good,hangs", &timeout_ms, both_have_begun);
    reason = text_printf("it ran longer than timeout_ms=%d, in a turn of the runtime hangs", timeout_ms);
    api_assert_status(&answer, 504);
    ck_assert_str_eq(api_text(answer.json, "status"), "timeout");
    ck_assert_str_eq(api_text(answer.json, "reason"), reason);
    ck_assert_int_eq(count_cells(answer.json, "good", "timeout", 1), 2);
    ck_assert_int_eq(count_cells(answer.json, "hangs", "timeout", 1), 2);
    assert_nobody_is_left();
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* It became a sleep, which is killed from outside. */
START_TEST(one_of_two_is_killed)
{
    auto_free char *id = NULL;
    json_auto_t *ended = NULL;

    api_server_start(&server, RUNTIME("good"), RUNTIME("hangs"), NULL);
    wait_until_ready("good");
    wait_until_ready("hangs");
    id = book("good,hangs", "");
    api_server_wait_for_file(&server, "hangs.stays");
    usleep(50000);
    ck_assert_int_eq(kill(api_server_find_named(&server, "sleep"), SIGKILL), 0);
    api_wait_for_status(&server, id, "failed");
    ended = api_run(&server, id);
    ck_assert_str_eq(api_text(ended, "reason"), "the runtime hangs died of signal 9 (Killed); good went on");
    ck_assert_int_eq(count_cells(ended, "good", "done", REPEAT), 2);
    assert_nobody_is_left();
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* Beside another, and alone, at the same time. */
START_TEST(one_that_never_begins_is_not_waited_for_without_end)
{
    auto_answer ApiAnswer answer = {0};
    auto_free char *id = NULL;
    json_auto_t *alone = NULL;

    api_server_start(&server, "runs.max_concurrent_runs=2", RUNTIME("good"), RUNTIME("mute"), NULL);
    wait_until_ready("good");
    wait_until_ready("mute");
    id = book("mute", "");
    answer = run("mute,good", "");
    api_assert_status(&answer, 502);
    ck_assert_str_eq(
        api_text(answer.json, "reason"), "the runtime mute did not say hello within 20 s; good went on");
    ck_assert_int_eq(count_cells(answer.json, "good", "done", REPEAT), 2);
    api_wait_for_status(&server, id, "failed");
    alone = api_run(&server, id);
    ck_assert_str_eq(api_text(alone, "reason"), "the runtime did not say hello within 20 s");
    assert_nobody_is_left();
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(one_that_stays_behind_its_end_is_ended)
{
    auto_answer ApiAnswer answer = {0};

    api_server_start(&server, RUNTIME("good"), RUNTIME("stays"), NULL);
    wait_until_ready("good");
    wait_until_ready("stays");
    answer = run("stays,good", "");
    api_assert_status(&answer, 200);
    ck_assert_str_eq(api_text(answer.json, "status"), "done");
    assert_nobody_is_left();
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(with_a_precision_all_stop_after_the_same_round)
{
    static const struct {
        const char *pair, *by;
        json_int_t rounds;
    } rows[] = {
        {"good,slow", "precision", 10},
        {"good,wide", "max_repeat", 14},
        {"heedless,good", "precision", 10},
        {"blind,good", "runtime", 3},
    };

    api_server_start(&server, RUNTIME("good"), RUNTIME("slow"), RUNTIME("wide"), RUNTIME("heedless"),
        RUNTIME("blind"), NULL);
    wait_until_ready("good");
    wait_until_ready("slow");
    wait_until_ready("wide");
    wait_until_ready("heedless");
    wait_until_ready("blind");
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        auto_answer ApiAnswer answer = run(rows[i].pair, "&precision=5&max_repeat=14");
        const json_t *precision = json_object_get(answer.json, "precision"), *cell;
        size_t k;

        api_assert_status(&answer, 200);
        ck_assert_str_eq(api_text(precision, "stopped_by"), rows[i].by);
        ck_assert_int_eq(json_integer_value(json_object_get(precision, "rounds")), rows[i].rounds);
        json_array_foreach (json_object_get(answer.json, "cells"), k, cell)
            ck_assert_int_eq(
                (json_int_t)json_array_size(json_object_get(json_object_get(cell, "wall_ns"), "samples")),
                rows[i].rounds);
        assert_nobody_is_left();
    }
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(a_cancel_reaches_all)
{
    auto_free char *id = NULL, *path = NULL;
    auto_answer ApiAnswer answer = {0};
    json_auto_t *ended = NULL;

    api_server_start(&server, RUNTIME("good"), RUNTIME("hangs"), NULL);
    wait_until_ready("good");
    wait_until_ready("hangs");
    id = book("good,hangs", "");
    api_server_wait_for_file(&server, "hangs.stays");
    path = text_printf("/runs/%s/cancel", id);
    answer = api_ask(&server, (ApiAsk){.method = "POST", .path = path, .header = API_OWNER("anna")});
    api_assert_status(&answer, 200);
    api_wait_for_status(&server, id, "cancelled");
    ended = api_run(&server, id);
    ck_assert_int_eq(count_cells(ended, "good", "cancelled", 1), 2);
    assert_nobody_is_left();
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(a_client_that_leaves_ends_all)
{
    auto_free char *id = NULL;
    int fd;

    api_server_start(&server, RUNTIME("good"), RUNTIME("hangs"), NULL);
    wait_until_ready("good");
    wait_until_ready("hangs");
    fd = api_send_get(&server, "/run/turns" ASK "good,hangs");
    api_server_wait_for_file(&server, "hangs.stays");
    id = api_wait_for_asks(&server, 1);
    close(fd);
    api_wait_for_status(&server, id, "cancelled");
    assert_nobody_is_left();
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* By its own will, and killed: the guards see that it is gone. */
START_TEST(the_end_of_the_server_ends_all)
{
    static const int signals[] = {SIGTERM, SIGKILL};

    for (size_t i = 0; i < ARRAY_LENGTH(signals); i++) {
        auto_free char *id = NULL;

        api_server_start(&server, "server.grace_ms=0", RUNTIME("good"), RUNTIME("hangs"), NULL);
        wait_until_ready("good");
        wait_until_ready("hangs");
        id = book("good,hangs", "");
        api_server_wait_for_file(&server, "hangs.stays");
        ck_assert_int_eq(api_server_stop(&server, signals[i]), signals[i] == SIGKILL ? 128 + SIGKILL : 0);
    }
}
END_TEST

/* Nobody could tell it when it is its turn. */
START_TEST(one_that_does_not_wait_runs_alone)
{
    auto_answer ApiAnswer alone = {0}, beside = {0};

    api_server_start(&server, RUNTIME("good"), RUNTIME("unpaced"), NULL);
    wait_until_ready("good");
    wait_until_ready("unpaced");
    alone = run("unpaced", "");
    api_assert_status(&alone, 200);
    ck_assert_int_eq(count_cells(alone.json, "unpaced", "done", REPEAT), 2);
    beside = run("good,unpaced", "");
    api_assert_status(&beside, 400);
    ck_assert_ptr_nonnull(strstr(beside.body, "unpaced"));
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

RUN_TESTS("api-runtimes", 120, repetitions_of_several_runtimes_alternate, two_engines_are_measured_in_turns,
    nonsense_loses_one_and_leaves_the_others_alone, one_that_hangs_ends_the_run_and_not_what_there_is,
    one_of_two_is_killed, one_that_never_begins_is_not_waited_for_without_end,
    one_that_stays_behind_its_end_is_ended, with_a_precision_all_stop_after_the_same_round,
    a_cancel_reaches_all, a_client_that_leaves_ends_all, the_end_of_the_server_ends_all,
    one_that_does_not_wait_runs_alone)
