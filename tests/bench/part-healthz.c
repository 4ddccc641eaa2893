/* The least that the server does for a request, beside libmicrohttpd in a bare loop and beside nginx. */
#include "base/array.h"
#include "tests/bench/bench.h"
#include "tests/bench/http-lab.h"

static int open_part(void)
{
    return http_lab_open((const char *const[]){"/healthz", NULL}, false);
}

enum { FEW, FEW_BARE, FEW_NGINX, MANY, MANY_BARE, MANY_NGINX };

static const BenchContender contenders[] = {
    [FEW] = {"gilscope", HTTP_GILSCOPE, .n = 32, .text = "/healthz"},
    [FEW_BARE] = {"bare libmicrohttpd", HTTP_BARE, .n = 32, .text = "/healthz"},
    [FEW_NGINX] = {"nginx", HTTP_NGINX, .n = 32, .text = "/healthz"},
    [MANY] = {"gilscope", HTTP_GILSCOPE, .n = 256, .text = "/healthz"},
    [MANY_BARE] = {"bare libmicrohttpd", HTTP_BARE, .n = 256, .text = "/healthz"},
    [MANY_NGINX] = {"nginx", HTTP_NGINX, .n = 256, .text = "/healthz"},
};

#define TARGET .goal = BENCH_AT_LEAST, .ratio = 0.95

static const BenchRow rows[] = {
    {"healthz-32", "GET /healthz, 32 connections", "/s", FEW, FEW_BARE, TARGET},
    {"healthz-32-nginx", "GET /healthz, 32 connections", "/s", FEW, FEW_NGINX, TARGET},
    {"healthz-256", "GET /healthz, 256 connections", "/s", MANY, MANY_BARE, TARGET},
    {"healthz-256-nginx", "GET /healthz, 256 connections", "/s", MANY, MANY_NGINX, TARGET},
};

const BenchPart part_healthz = {
    .name = "healthz",
    .about = "the least that the server does for a request",
    .contenders = contenders,
    .n_contenders = ARRAY_LENGTH(contenders),
    .rows = rows,
    .n_rows = ARRAY_LENGTH(rows),
    .rounds = 11,
    .open = open_part,
    .close = http_lab_close,
};
