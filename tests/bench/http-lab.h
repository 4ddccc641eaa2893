/* The contenders of the parts about single requests: gilscope, nginx, and libmicrohttpd in a bare loop, all
 * of which answer the same paths with the same bytes. nginx has one process, and writes a log line for each
 * request to nowhere, as gilscope does; the bare loop does nothing but answer, and always with the bytes of
 * the first path. Figures: requests per second, CPU us a request. */
#pragma once

#include <stdbool.h>

#include "tests/bench/bench.h"

/* Starts all of them; paths end in NULL. Returns 0 or the result of bench_fail(). */
int http_lab_open(const char *const paths[], bool takes_gzip);

void http_lab_close(void);

/* text is the path, n how many connections ask. */
int http_measure_gilscope(const BenchContender *self, double figures[static BENCH_FIGURES]);
int http_measure_nginx(const BenchContender *self, double figures[static BENCH_FIGURES]);
int http_measure_bare(const BenchContender *self, double figures[static BENCH_FIGURES]);

/* Instructions for one request, over one connection. */
int http_count_gilscope(const BenchContender *self, double *ret_instructions);
int http_count_nginx(const BenchContender *self, double *ret_instructions);
int http_count_bare(const BenchContender *self, double *ret_instructions);

#define HTTP_GILSCOPE .measure = http_measure_gilscope, .count = http_count_gilscope
#define HTTP_NGINX .needs = "nginx", .measure = http_measure_nginx, .count = http_count_nginx
#define HTTP_BARE .measure = http_measure_bare, .count = http_count_bare
