/* gilscope-run, linked with all that it is linked with, that does nothing: what the system needs to start and
 * end such a program. With a number as its argument it forks so many children that do nothing, and waits for
 * them: one after the other ("series"), or all at once ("together"). Prints how long that took, in
 * nanoseconds, from before the first fork until the last was collected. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/nsec.h"

/* The main() of engine/main.c, which meson.build compiles under this name. It is never called, but the linker
 * does not know that. */
int gilscope_run_main(int argc, char **argv);

static void start_one(void)
{
    pid_t pid = fork();

    if (pid == 0)
        _exit(0);
    if (pid < 0) {
        perror("fork");
        exit(1);
    }
}

static void collect(int n)
{
    for (int i = 0; i < n; i++)
        wait(NULL);
}

int main(int argc, char **argv)
{
    int n = argc > 2 ? atoi(argv[1]) : 0;
    nsec_t before = nsec_now();

    if (argc > 1000)
        return gilscope_run_main(argc, argv);
    if (n > 0 && strcmp(argv[2], "together") == 0) {
        for (int i = 0; i < n; i++)
            start_one();
        collect(n);
    } else {
        for (int i = 0; i < n; i++) {
            start_one();
            collect(1);
        }
    }
    if (n > 0)
        printf("%" PRIu64 "\n", nsec_now() - before);
    return 0;
}
