/* A counting semaphore that says how often it woke a thread in vain.
 *
 * The algorithm is that of sem_wait(3) and sem_post(3) in glibc from 2.21 on (nptl/sem_post.c,
 * sem_waitcommon.c), since the old GIL's behaviour is that of its semaphore: a post adds one and wakes one
 * waiter if there is any, whether or not somebody else takes what was posted before that one is awake. glibc
 * sends a thread that woke in vain to sleep again by itself, and tells nobody. To read the voluntary switches
 * of the thread before and after a wait tells it too, but costs two system calls, and with a short check
 * interval twice the time of all that the lock does.
 *
 * It needs nothing of the system to be made, so that cannot fail: whoever is about to wait has one. */
#pragma once

#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* The value in the lower half, the number of those who wait in the upper one: a post learns with the same
 * instruction that adds one whether somebody is to be woken. For the threads of one process. */
typedef struct Semaphore {
    alignas(64) _Atomic uint64_t state;
} Semaphore;

void semaphore_init(Semaphore *semaphore, uint32_t value);

/* Takes one if there is one now. */
bool semaphore_try(Semaphore *semaphore);

/* Takes one, and sleeps until there is one. Returns how often it was woken and found none. */
uint64_t semaphore_wait(Semaphore *semaphore);

/* Adds one, and wakes one of those who wait, if any. Whoever takes it may end the semaphore's life at once,
 * even if this call has not returned: after the addition it is not looked at any more. */
void semaphore_post(Semaphore *semaphore);
