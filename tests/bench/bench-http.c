/* What the server costs beside the bare loop of bare-http.c: the same small answer from both, asked for by
 * wrk over connections that stay open, in turns, forwards and backwards. Each ratio is made of neighbours of
 * one round. Wants a machine with two idle CPUs, one for the server and one for wrk. */
#include <assert.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/array.h"
#include "tests/bench/judge.h"

enum { ROUNDS = 9 };

/* The most that a request may take, over the bare loop; ratios below 1.2 are noise on a small machine. */
static const double target = 1.2;

typedef struct Contender {
    pid_t pid;
    char url[128]; /* of /healthz; the bare loop gives the same answer everywhere */
} Contender;

static void start(Contender *contender, char *const arguments[])
{
    char line[512], *url;
    int ends[2];
    FILE *output;

    if (pipe(ends) < 0)
        abort();
    contender->pid = fork();
    assert(contender->pid >= 0);
    if (contender->pid == 0) {
        dup2(ends[1], STDOUT_FILENO);
        if (!freopen("/dev/null", "w", stderr))
            abort();
        execv(arguments[0], arguments);
        _exit(127);
    }
    close(ends[1]);
    output = fdopen(ends[0], "r");
    if (!output || !fgets(line, sizeof(line), output) || !(url = strstr(line, "http://"))) {
        fprintf(stderr, "%s does not start\n", arguments[0]);
        exit(1);
    }
    url[strcspn(url, " \n")] = '\0';
    snprintf(contender->url, sizeof(contender->url), "%.100shealthz", url);
}

/* Returns requests per second, or 0. */
static double ask(const Contender *contender, int n_connections)
{
    char command[256], line[256];
    double rate = 0;
    FILE *output;

    snprintf(command, sizeof(command), "wrk -t1 -c%d -d1s %s", n_connections, contender->url);
    output = popen(command, "r");
    assert(output);
    while (fgets(line, sizeof(line), output))
        sscanf(line, "Requests/sec: %lf", &rate);
    pclose(output);
    return rate;
}

static int judge_rates(int n_connections, double rates[ROUNDS][2])
{
    double ratios[ROUNDS], best = 0;
    char text[64];

    for (int i = 0; i < ROUNDS; i++) {
        ratios[i] = rates[i][1] / rates[i][0];
        best = rates[i][0] > best ? rates[i][0] : best;
    }
    printf("%d connections: up to %.0f requests/s\n", n_connections, best);
    snprintf(text, sizeof(text), "time over the bare loop, %d connections", n_connections);
    return judge(text, ratios, ROUNDS, target);
}

static int compare(const Contender contenders[2], int n_connections)
{
    double rates[ROUNDS][2];

    for (int round = -1; round < ROUNDS; round++) {
        for (int i = 0; i < 2; i++) {
            int k = round % 2 ? 1 - i : i;
            double rate = ask(&contenders[k], n_connections);

            if (rate <= 0)
                return JUDGE_INCONCLUSIVE;
            if (round >= 0)
                rates[round][k] = rate;
        }
    }
    return judge_rates(n_connections, rates);
}

int main(int argc, char **argv)
{
    static const int connections[] = {32, 256};
    Contender contenders[2];
    int outcome = JUDGE_HOLDS;

    if (argc != 3) {
        fprintf(stderr, "usage: bench-http GILSCOPE BARE-PROGRAM\n");
        return 2;
    }
    if (system("wrk -v >/dev/null 2>&1") == 127 << 8) {
        fprintf(stderr, "wrk is not installed\n");
        return JUDGE_INCONCLUSIVE;
    }
    /* Interpreters would be asked meanwhile what they can run. */
    start(&contenders[0], (char *[]){argv[1], "--set", "server.port=0", "--set", "archive.path=none", "--set",
                              "runtimes.python3=", "--set", "runtimes.pypy3=", "--set",
                              "runtimes.jython=", "--set", "runtimes.ruby=", NULL});
    start(&contenders[1], (char *[]){argv[2], NULL});
    for (size_t i = 0; i < ARRAY_LENGTH(connections); i++)
        outcome = judge_worse(outcome, compare(contenders, connections[i]));
    for (int i = 0; i < 2; i++) {
        kill(contenders[i].pid, SIGTERM);
        waitpid(contenders[i].pid, NULL, 0);
    }
    return outcome;
}
