/* The loop's queue, timers and watches, without any experiment. */
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/random.h"
#include "engine/loop.h"
#include "tests/unit/run.h"

enum { N_TIMERS = 1000 };

static Timer timers[N_TIMERS];
static unsigned n_expired;
static nsec_t last_expired;

static void note(Loop *loop, Timer *timer)
{
    (void)loop;
    ck_assert_uint_ge(timer->at, last_expired);
    last_expired = timer->at;
    n_expired++;
}

START_TEST(timers_expire_in_order_whatever_was_cleared)
{
    uint64_t random = 7;
    LoopEvents events;
    unsigned n_cleared = 0;
    Loop loop;

    loop_init(&loop, NULL, NULL, NULL, NULL, N_TIMERS);
    for (int i = 0; i < N_TIMERS; i++) {
        timers[i].expired = note;
        loop_set_timer(&loop, &timers[i], 1 + random_below(&random, 500));
    }
    for (int i = 0; i < N_TIMERS; i += 3, n_cleared++)
        loop_clear_timer(&loop, &timers[i]);
    for (int i = 1; i < N_TIMERS; i += 3)
        loop_set_timer(&loop, &timers[i], 1 + random_below(&random, 500));
    loop_poll(&loop, &events, false);
    loop_dispatch(&loop, &events);
    ck_assert_uint_eq(n_expired, N_TIMERS - n_cleared);
    ck_assert(!loop_has_sources(&loop));
    loop_finish(&loop);
}
END_TEST

static unsigned n_again;

static void set_again(Loop *loop, Timer *timer)
{
    if (++n_again < 10)
        loop_set_timer(loop, timer, nsec_now());
}

START_TEST(a_timer_that_sets_itself_has_one_turn_a_round)
{
    LoopEvents events = {0};
    Timer timer = {.expired = set_again};
    Loop loop;

    loop_init(&loop, NULL, NULL, NULL, NULL, 1);
    loop_set_timer(&loop, &timer, nsec_now());
    for (unsigned round = 1; round <= 10; round++) {
        loop_poll(&loop, &events, false);
        loop_dispatch(&loop, &events);
        ck_assert_uint_eq(n_again, round);
    }
    loop_finish(&loop);
}
END_TEST

START_TEST(tasks_are_taken_in_the_order_in_which_they_were_woken)
{
    Arena *arena;
    Loop loop;

    ck_assert_int_eq(arena_create(1, 3, 0, &arena), 0);
    loop_init(&loop, NULL, NULL, NULL, NULL, 3);
    loop_add(&loop, arena_task(arena, 2));
    loop_add(&loop, arena_task(arena, 0));
    loop_wake(&loop, arena_task(arena, 2));
    loop_add(&loop, arena_task(arena, 1));
    ck_assert_uint_eq(loop.n_unfinished, 3);
    ck_assert_uint_eq(loop_next(&loop)->id, 2);
    ck_assert_uint_eq(loop_next(&loop)->id, 0);
    ck_assert_uint_eq(loop_next(&loop)->id, 1);
    ck_assert_ptr_null(loop_next(&loop));
    loop_finish(&loop);
    arena_free(arena);
}
END_TEST

static Watch first, second;
static unsigned n_ready;

static void end_both(Loop *loop, Watch *watch, uint32_t events)
{
    (void)watch;
    ck_assert_uint_eq(events, EPOLLIN);
    n_ready++;
    loop_watch(loop, &first, 0);
    loop_watch(loop, &second, 0);
}

START_TEST(a_watch_that_ended_in_this_round_is_not_called)
{
    LoopEvents events;
    Loop loop;

    loop_init(&loop, NULL, NULL, NULL, NULL, 1);
    first = (Watch){.fd = eventfd(1, EFD_CLOEXEC), .ready = end_both};
    second = (Watch){.fd = eventfd(1, EFD_CLOEXEC), .ready = end_both};
    ck_assert_int_eq(loop_watch(&loop, &first, EPOLLIN), 0);
    ck_assert_int_eq(loop_watch(&loop, &second, EPOLLIN), 0);
    ck_assert_uint_eq(loop.n_watches, 2);
    loop_poll(&loop, &events, false);
    ck_assert_int_eq(events.n_ready, 2);
    loop_dispatch(&loop, &events);
    ck_assert_uint_eq(n_ready, 1);
    ck_assert(!loop_has_sources(&loop));
    close(first.fd);
    close(second.fd);
    loop_finish(&loop);
}
END_TEST

static unsigned n_of_second;

static void count_second(Loop *loop, Watch *watch, uint32_t events)
{
    (void)loop;
    (void)watch;
    (void)events;
    n_of_second++;
}

/* Ends the other watch and begins it again for a descriptor with nothing to say. */
static void move_other(Loop *loop, Watch *watch, uint32_t events)
{
    Watch *other = watch == &first ? &second : &first;

    (void)events;
    n_ready++;
    loop_watch(loop, watch, 0);
    loop_watch(loop, other, 0);
    *other = (Watch){.fd = eventfd(0, EFD_CLOEXEC), .ready = count_second};
    ck_assert_int_eq(loop_watch(loop, other, EPOLLIN), 0);
}

START_TEST(a_watch_that_began_in_this_round_gets_no_older_events)
{
    LoopEvents events;
    Watch *other;
    Loop loop;

    loop_init(&loop, NULL, NULL, NULL, NULL, 1);
    first = (Watch){.fd = eventfd(1, EFD_CLOEXEC), .ready = move_other};
    second = (Watch){.fd = eventfd(1, EFD_CLOEXEC), .ready = move_other};
    ck_assert_int_eq(loop_watch(&loop, &first, EPOLLIN), 0);
    ck_assert_int_eq(loop_watch(&loop, &second, EPOLLIN), 0);
    loop_poll(&loop, &events, false);
    ck_assert_int_eq(events.n_ready, 2);
    loop_dispatch(&loop, &events);
    ck_assert_uint_eq(n_ready, 1);
    ck_assert_uint_eq(n_of_second, 0);
    other = first.watched ? &first : &second;
    ck_assert_int_eq(eventfd_write(other->fd, 1), 0);
    loop_poll(&loop, &events, false);
    loop_dispatch(&loop, &events);
    ck_assert_uint_eq(n_of_second, 1);
    loop_watch(&loop, other, 0);
    loop_finish(&loop);
}
END_TEST

RUN_TESTS("loop", 30, timers_expire_in_order_whatever_was_cleared,
    a_timer_that_sets_itself_has_one_turn_a_round, tasks_are_taken_in_the_order_in_which_they_were_woken,
    a_watch_that_ended_in_this_round_is_not_called, a_watch_that_began_in_this_round_gets_no_older_events)
