/* Deadlines on a real loop, short ones. Only their order and whether they come is asserted. */
#include "server/deadline.h"

#include <string.h>

#include "tests/unit/run.h"

enum { AFTER_MS = 20 };

typedef struct Item {
    Deadline deadline; /* stands first */
    char name;
} Item;

static uv_loop_t loop;
static Deadlines deadlines;
static char late[16];

static void on_late(Deadline *deadline)
{
    late[strlen(late)] = ((Item *)deadline)->name;
}

static void start(void)
{
    memset(late, 0, sizeof(late));
    uv_loop_init(&loop);
    deadlines_init(&deadlines, &loop, AFTER_MS, on_late);
}

static void finish(void)
{
    deadlines_close(&deadlines, NULL, NULL);
    uv_run(&loop, UV_RUN_DEFAULT);
    ck_assert_int_eq(uv_loop_close(&loop), 0);
}

START_TEST(deadlines_come_in_the_order_they_were_set)
{
    Item a = {.name = 'a'}, b = {.name = 'b'}, c = {.name = 'c'};

    start();
    deadline_set(&deadlines, &a.deadline);
    deadline_set(&deadlines, &b.deadline);
    deadline_set(&deadlines, &c.deadline);
    deadline_set(&deadlines, &a.deadline);
    ck_assert_ptr_eq(deadlines_first(&deadlines), &b.deadline);
    uv_run(&loop, UV_RUN_DEFAULT);
    ck_assert_str_eq(late, "bca");
    ck_assert_ptr_null(deadlines_first(&deadlines));
    finish();
}
END_TEST

START_TEST(a_cleared_deadline_does_not_come)
{
    Item a = {.name = 'a'}, b = {.name = 'b'};

    start();
    deadline_clear(&a.deadline);
    deadline_set(&deadlines, &a.deadline);
    deadline_set(&deadlines, &b.deadline);
    deadline_clear(&a.deadline);
    deadline_clear(&a.deadline);
    uv_run(&loop, UV_RUN_DEFAULT);
    ck_assert_str_eq(late, "b");
    finish();
}
END_TEST

static Item again = {.name = 'x'};

static void on_pause_over(uv_timer_t *timer)
{
    deadline_set(&deadlines, &again.deadline);
    uv_close((uv_handle_t *)timer, NULL);
}

START_TEST(setting_again_puts_it_off)
{
    uv_timer_t pause;
    uint64_t began;

    start();
    uv_timer_init(&loop, &pause);
    began = uv_now(&loop);
    deadline_set(&deadlines, &again.deadline);
    uv_timer_start(&pause, on_pause_over, AFTER_MS / 2, 0);
    uv_run(&loop, UV_RUN_DEFAULT);
    ck_assert_str_eq(late, "x");
    ck_assert_uint_ge(uv_now(&loop) - began, AFTER_MS + AFTER_MS / 2);
    finish();
}
END_TEST

RUN_TESTS("deadline", 30, deadlines_come_in_the_order_they_were_set, a_cleared_deadline_does_not_come,
    setting_again_puts_it_off)
