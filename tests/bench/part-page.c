/* The page and its largest file, compressed, as a browser gets them; nginx has the same bytes as files. What
 * counts is the server's CPU time for a request, because the rest is the network's. */
#include "base/array.h"
#include "tests/bench/bench.h"
#include "tests/bench/http-lab.h"

enum { CPU = 1 };

static int open_part(void)
{
    return http_lab_open((const char *const[]){"/", "/chart.js", NULL}, true);
}

enum { PAGE, PAGE_NGINX, LARGEST, LARGEST_NGINX };

static const BenchContender contenders[] = {
    [PAGE] = {"gilscope", HTTP_GILSCOPE, .n = 32, .text = "/"},
    [PAGE_NGINX] = {"nginx", HTTP_NGINX, .n = 32, .text = "/"},
    [LARGEST] = {"gilscope", HTTP_GILSCOPE, .n = 32, .text = "/chart.js"},
    [LARGEST_NGINX] = {"nginx", HTTP_NGINX, .n = 32, .text = "/chart.js"},
};

static const BenchRow rows[] = {
    {"page", "GET /, compressed: CPU per request", "us", PAGE, PAGE_NGINX, CPU, .ratio = 1},
    {"page-largest", "GET /chart.js, compressed: CPU per request", "us", LARGEST, LARGEST_NGINX, CPU,
        .ratio = 1},
};

const BenchPart part_page = {
    .name = "page",
    .about = "the page and its largest file",
    .contenders = contenders,
    .n_contenders = ARRAY_LENGTH(contenders),
    .rows = rows,
    .n_rows = ARRAY_LENGTH(rows),
    .rounds = 11,
    .open = open_part,
    .close = http_lab_close,
};
