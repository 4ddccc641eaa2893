/* When runtimes are asked: never beside a run, and not later than the survey's patience lasts. */
#include "runs/survey.h"

#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/sibling.h"
#include "base/text.h"
#include "runs/catalog.h"
#include "tests/unit/run.h"

/* A lab with two runtimes, and a queue of which the test says what is in it. */
static uv_loop_t loop;
static uv_timer_t tick; /* so that waiting for something that does not happen has an end */
static Catalogs catalogs;
static Present present;
static RunSettings settings;
static size_t n_running, n_waiting;
static int n_told;
static char *folder_of_test, *engine_words[4], *other_words[4];
static char *last_words[] = {"sh", "-c", "echo >>last; exit 3", NULL};
static RuntimeProgram programs[3]; /* the last one only where a test says so */
static Survey *survey;

static size_t say_running(void *data)
{
    (void)data;
    return n_running;
}

static size_t say_waiting(void *data)
{
    (void)data;
    return n_waiting;
}

static void hear_go_on(void *data)
{
    (void)data;
    n_told++;
}

static void on_tick(uv_timer_t *timer)
{
    (void)timer;
}

static void set_up(void)
{
    const bool cancelled = false;
    auto_free char *reason = NULL;
    char path[] = "/tmp/gilscope-survey-XXXXXX";

    /* As in the server: a runtime that is stopped may be gone while it is written to. */
    signal(SIGPIPE, SIG_IGN);
    ck_assert_ptr_nonnull(mkdtemp(path));
    ck_assert_int_eq(chdir(path), 0);
    folder_of_test = strdup(path);
    uv_loop_init(&loop);
    uv_timer_init(&loop, &tick);
    uv_timer_start(&tick, on_tick, 10, 10);
    engine_words[0] = sibling_find("engine", "gilscope-run");
    ck_assert_ptr_nonnull(engine_words[0]);
    other_words[0] = strdup("sh");
    other_words[1] = strdup("-c");
    /* Says that it was asked, and answers when it may. */
    other_words[2] = text_printf(
        "echo >>asked; while [ ! -e go ]; do sleep 0.02; done; exec %s --describe", engine_words[0]);
    programs[0] = (RuntimeProgram){.name = "c", .words = engine_words};
    programs[1] = (RuntimeProgram){.name = "other", .words = other_words};
    programs[2] = (RuntimeProgram){.name = "last", .words = last_words};
    settings = (RunSettings){
        .guard = sibling_find("guard", "gilscope-guard"), .runtimes = programs, .n_runtimes = 2};
    ck_assert_ptr_nonnull(settings.guard);
    catalogs = (Catalogs){0};
    ck_assert_int_eq(catalog_load(&loop, &settings, NULL, &cancelled, &catalogs, &reason), 0);
    present_init(&present, &catalogs, NULL);
}

static void begin(nsec_t patience)
{
    survey = survey_new(&(SurveyParts){
        .loop = &loop,
        .settings = &settings,
        .present = &present,
        .patience = patience,
        .n_running = say_running,
        .n_waiting = say_waiting,
        .go_on = hear_go_on,
    });
    survey_begin(survey);
}

static void tear_down(void)
{
    survey_stop(survey);
    uv_close((uv_handle_t *)&tick, NULL);
    uv_run(&loop, UV_RUN_DEFAULT);
    ck_assert_int_eq(uv_loop_close(&loop), 0);
    catalogs_finish(&catalogs);
    free((char *)settings.guard);
    for (size_t i = 0; i < ARRAY_LENGTH(other_words); i++) {
        free(engine_words[i]);
        free(other_words[i]);
    }
    unlink("asked");
    unlink("last");
    unlink("go");
    rmdir(folder_of_test);
    free(folder_of_test);
}

static void run_loop(int ms)
{
    uint64_t end = uv_now(&loop) + (uint64_t)ms;

    while (uv_now(&loop) < end)
        uv_run(&loop, UV_RUN_ONCE);
}

/* How often it was asked; lines of the file. */
static int count_asked(void)
{
    auto_free char *text = NULL;
    size_t length;

    return text_read_file("asked", 4096, &text, &length) == 0 ? (int)length : 0;
}

static void wait_until_asked(int times)
{
    for (int i = 0; i < 300 && count_asked() < times; i++)
        run_loop(50);
    ck_assert_int_eq(count_asked(), times);
}

static void touch(const char *name)
{
    FILE *file = fopen(name, "we");

    ck_assert_ptr_nonnull(file);
    fclose(file);
}

static void wait_until_known(void)
{
    touch("go");
    for (int i = 0; i < 300 && catalogs.n < 2; i++)
        run_loop(50);
    ck_assert_uint_eq(catalogs.n, 2);
    ck_assert_uint_eq(catalogs.n_missing, 0);
    ck_assert_str_eq(catalogs.list[1]->runtime, "other");
}

START_TEST(where_nothing_runs_it_is_asked_at_once)
{
    uint64_t before = present.version;

    begin(SURVEY_PATIENCE);
    ck_assert_uint_eq(catalogs.n_missing, 1);
    ck_assert_int_eq(catalogs.missing[0].why, CATALOG_STARTING);
    ck_assert_uint_gt(present.version, before);
    before = present.version;
    wait_until_known();
    ck_assert_int_eq(count_asked(), 1);
    ck_assert_uint_gt(present.version, before);
    ck_assert(survey_gives_way(survey));
    ck_assert_int_eq(n_told, 0);
}
END_TEST

START_TEST(it_is_not_asked_beside_a_run)
{
    n_running = 1;
    begin(0);
    run_loop(600);
    ck_assert_int_eq(count_asked(), 0);
    n_running = 0;
    wait_until_asked(1);
    wait_until_known();
}
END_TEST

START_TEST(a_run_that_comes_meanwhile_ends_the_question)
{
    begin(SURVEY_PATIENCE);
    wait_until_asked(1);
    n_waiting = 1;
    ck_assert(!survey_gives_way(survey));
    for (int i = 0; i < 300 && n_told == 0; i++)
        run_loop(20);
    ck_assert_int_eq(n_told, 1);
    ck_assert(survey_gives_way(survey));
    ck_assert_int_eq(catalogs.missing[0].why, CATALOG_STARTING);
    n_waiting = 0;
    n_running = 1;
    run_loop(600);
    ck_assert_int_eq(count_asked(), 1);
    n_running = 0;
    wait_until_asked(2);
    wait_until_known();
}
END_TEST

/* The run that is at work ends first; the next one waits. */
START_TEST(after_a_while_it_has_its_turn_before_what_waits)
{
    n_running = n_waiting = 1;
    begin(0);
    ck_assert(!survey_gives_way(survey));
    run_loop(600);
    ck_assert_int_eq(count_asked(), 0);
    n_running = 0;
    ck_assert(!survey_gives_way(survey));
    wait_until_asked(1);
    ck_assert(!survey_gives_way(survey));
    ck_assert_int_eq(n_told, 0);
    wait_until_known();
    ck_assert_int_eq(n_told, 1);
    ck_assert(survey_gives_way(survey));
}
END_TEST

START_TEST(a_catalog_is_in_force_until_there_is_another)
{
    const Catalog *first;

    begin(SURVEY_PATIENCE);
    wait_until_known();
    first = catalogs.list[1];
    unlink("go");
    survey_begin(survey);
    wait_until_asked(2);
    ck_assert_ptr_eq(catalogs.list[1], first);
    survey_begin(survey);
    wait_until_known();
    /* It was asked for once more while it was being asked. */
    wait_until_asked(3);
}
END_TEST

/* However often somebody calls while one is asked. */
START_TEST(many_calls_are_one_more_round)
{
    begin(SURVEY_PATIENCE);
    wait_until_asked(1);
    ck_assert(survey_begin(survey));
    for (int i = 0; i < 1000; i++)
        ck_assert(!survey_begin(survey));
    wait_until_known();
    wait_until_asked(2);
    run_loop(500);
    ck_assert_int_eq(count_asked(), 2);
    ck_assert(survey_begin(survey));
    wait_until_asked(3);
}
END_TEST

/* They are asked in their order, and the first one is not asked again before the last one was. */
START_TEST(calls_without_end_keep_nobody_from_being_asked)
{
    settings.n_runtimes = 3;
    begin(SURVEY_PATIENCE);
    touch("go");
    for (int i = 0; i < 3000 && access("last", F_OK) < 0; i++) {
        survey_begin(survey);
        run_loop(10);
    }
    ck_assert_int_eq(access("last", F_OK), 0);
}
END_TEST

/* What waits for a quiet moment has been noted. */
START_TEST(calls_before_anybody_is_asked_ask_once)
{
    n_running = 1;
    begin(SURVEY_PATIENCE);
    ck_assert(!survey_begin(survey));
    n_running = 0;
    wait_until_asked(1);
    wait_until_known();
    run_loop(500);
    ck_assert_int_eq(count_asked(), 1);
}
END_TEST

START_TEST(it_may_stop_at_any_time)
{
    begin(SURVEY_PATIENCE);
    wait_until_asked(1);
}
END_TEST

START_TEST(the_first_runtime_is_asked_once)
{
    const Catalog *engine = catalogs.list[0];

    begin(SURVEY_PATIENCE);
    wait_until_known();
    ck_assert_ptr_eq(catalogs.list[0], engine);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("survey");
    TCase *tests = tcase_create("survey");
    SRunner *runner = srunner_create(suite);
    int n_failed;

    suite_add_tcase(suite, tests);
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, where_nothing_runs_it_is_asked_at_once);
    tcase_add_test(tests, it_is_not_asked_beside_a_run);
    tcase_add_test(tests, a_run_that_comes_meanwhile_ends_the_question);
    tcase_add_test(tests, after_a_while_it_has_its_turn_before_what_waits);
    tcase_add_test(tests, a_catalog_is_in_force_until_there_is_another);
    tcase_add_test(tests, many_calls_are_one_more_round);
    tcase_add_test(tests, calls_without_end_keep_nobody_from_being_asked);
    tcase_add_test(tests, calls_before_anybody_is_asked_ask_once);
    tcase_add_test(tests, it_may_stop_at_any_time);
    tcase_add_test(tests, the_first_runtime_is_asked_once);
    srunner_run_all(runner, CK_NORMAL);
    n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed > 0;
}
