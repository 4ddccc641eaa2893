/* Two threads that hand a futex to and fro, and nothing else: the floor for a lock that goes from one to the
 * other. "same" keeps both on one CPU, "two" gives each its own. Prints the nanoseconds for one hand-over. */
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/nsec.h"

enum { N_HANDOVERS = 20000 };

/* Whose turn it is: 0 or 1. */
static atomic_uint turn;
static int cpus[2];

static void stay_on(int cpu)
{
    cpu_set_t set;

    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    if (sched_setaffinity(0, sizeof(set), &set) < 0) {
        perror("bare-switch: sched_setaffinity");
        exit(1);
    }
}

static void *play(void *data)
{
    unsigned own = *(unsigned *)data;

    stay_on(cpus[own]);
    for (int i = 0; i < N_HANDOVERS / 2; i++) {
        while (atomic_load(&turn) != own)
            syscall(SYS_futex, &turn, FUTEX_WAIT_PRIVATE, !own, NULL, NULL, 0);
        atomic_store(&turn, !own);
        syscall(SYS_futex, &turn, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
    }
    return NULL;
}

/* The first two CPUs that this process may use, or twice the first. */
static int choose_cpus(int n_wanted)
{
    cpu_set_t set;
    int n = 0;

    sched_getaffinity(0, sizeof(set), &set);
    for (int cpu = 0; cpu < CPU_SETSIZE && n < n_wanted; cpu++)
        if (CPU_ISSET(cpu, &set))
            cpus[n++] = cpu;
    if (n_wanted == 1)
        cpus[1] = cpus[0];
    return n == n_wanted ? 0 : -1;
}

int main(int argc, char **argv)
{
    unsigned numbers[2] = {0, 1};
    pthread_t other;
    nsec_t before;

    if (choose_cpus(argc > 1 && strcmp(argv[1], "two") == 0 ? 2 : 1) < 0) {
        fprintf(stderr, "bare-switch: there are no two CPUs\n");
        return 1;
    }
    before = nsec_now();
    if (pthread_create(&other, NULL, play, &numbers[1]) != 0)
        return 1;
    play(&numbers[0]);
    pthread_join(other, NULL);
    printf("%.1f\n", (double)(nsec_now() - before) / N_HANDOVERS);
    return 0;
}
