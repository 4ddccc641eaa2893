#include "tests/bench/load.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "tests/bench/bench.h"
#include "tests/bench/peers.h"

/* The number behind a word of what wrk prints; 0 if there is none. */
static double read_number(const char *text, const char *word)
{
    const char *at = strstr(text, word);
    double number;

    return at && sscanf(at + strlen(word), " %lf", &number) == 1 ? number : 0;
}

int load_run(const Load *load, const Program *program, double *ret_rate, double *ret_cpu_us)
{
    auto_free char *url = text_printf("http://127.0.0.1:%d%s", load->port, load->path), *output = NULL,
                   *connections = text_printf("-c%d", load->n_connections);
    const char *const arguments[] = {peer_find("wrk"), "-t1", connections, "-d1s", "-H",
        load->takes_gzip ? "Accept-Encoding: gzip" : "Accept-Encoding: identity", url, NULL};
    nsec_t cpu = program_cpu(program);
    const char *requests;
    double n;

    if (program_run(arguments, NULL, &output) < 0)
        return -1;
    cpu = program_cpu(program) - cpu;
    requests = strstr(output, " requests in ");
    while (requests && requests > output && requests[-1] != '\n')
        requests--;
    if (!requests || sscanf(requests, " %lf", &n) != 1 || n < 1 || strstr(output, "Non-2xx"))
        return bench_fail("GET %s: not every answer was good", load->path);
    *ret_rate = read_number(output, "Requests/sec:");
    *ret_cpu_us = (double)cpu / n / 1000;
    return 0;
}
