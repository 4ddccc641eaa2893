/* The semaphore of the old GIL: what is posted is there for whoever is first, and a waiter that was not is
 * counted. */
#include <check.h>
#include <pthread.h>

#include "engine/own-semaphore.h"
#include "tests/unit/run.h"

enum { N_THREADS = 4, N_TURNS = 20000 };

typedef struct Shared {
    Semaphore semaphore;
    int64_t inside, turns, together; /* guarded by the semaphore */
} Shared;

START_TEST(as_many_are_taken_as_there_are)
{
    Semaphore semaphore;

    semaphore_init(&semaphore, 2);
    ck_assert(semaphore_try(&semaphore));
    ck_assert_uint_eq(semaphore_wait(&semaphore), 0);
    ck_assert(!semaphore_try(&semaphore));
    semaphore_post(&semaphore);
    ck_assert(semaphore_try(&semaphore));
    ck_assert(!semaphore_try(&semaphore));
}
END_TEST

static void *take_turns(void *data)
{
    Shared *shared = data;

    for (int i = 0; i < N_TURNS; i++) {
        if (!semaphore_try(&shared->semaphore))
            semaphore_wait(&shared->semaphore);
        shared->together += shared->inside++ > 0;
        shared->turns++;
        shared->inside--;
        semaphore_post(&shared->semaphore);
    }
    return NULL;
}

/* Nobody sleeps for ever, and nobody waits any more in the end: then nothing is left of those who did. */
START_TEST(one_is_inside_at_a_time)
{
    Shared shared = {0};
    pthread_t threads[N_THREADS];

    semaphore_init(&shared.semaphore, 1);
    for (int i = 0; i < N_THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, take_turns, &shared), 0);
    for (int i = 0; i < N_THREADS; i++)
        pthread_join(threads[i], NULL);
    ck_assert_int_eq(shared.together, 0);
    ck_assert_int_eq(shared.turns, N_THREADS * N_TURNS);
    ck_assert_uint_eq(atomic_load(&shared.semaphore.state), 1);
}
END_TEST

RUN_TESTS("own-semaphore", 60, as_many_are_taken_as_there_are, one_is_inside_at_a_time)
