/* What who changes something waits for: a clean build, and scripts/test.sh. */
#include <stdlib.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "tests/bench/bench.h"
#include "tests/bench/peers.h"
#include "tests/bench/program.h"

static double seconds_since(nsec_t before)
{
    return (double)(nsec_now() - before) / NSEC_PER_SEC;
}

/* All of it is compiled, also where ccache has it. */
static int measure_build(const BenchContender *self, double *figures)
{
    auto_free char *folder = text_printf("%s/build", bench_folder());
    const char *const configure[] = {peer_find("meson"), "setup", folder, BENCH_SOURCE_ROOT, NULL};
    const char *const build[] = {"ninja", "-C", folder, NULL};
    const char *const clean[] = {"rm", "-rf", folder, NULL};
    nsec_t before = nsec_now();
    int r;

    (void)self;
    setenv("CCACHE_DISABLE", "1", 1);
    r = program_run(configure, NULL, NULL);
    if (r == 0)
        r = program_run(build, NULL, NULL);
    figures[0] = seconds_since(before);
    unsetenv("CCACHE_DISABLE");
    program_run(clean, NULL, NULL);
    return r;
}

static int measure_tests(const BenchContender *self, double *figures)
{
    const char *const command[] = {BENCH_SOURCE_ROOT "/scripts/test.sh", NULL};
    nsec_t before = nsec_now();

    (void)self;
    if (program_run(command, NULL, NULL) < 0)
        return -1;
    figures[0] = seconds_since(before);
    return 0;
}

enum { BUILD, TESTS };

static const BenchContender contenders[] = {
    [BUILD] = {"a clean build", .needs = "meson", .measure = measure_build},
    [TESTS] = {"scripts/test.sh", .needs = "meson", .measure = measure_tests},
};

static const BenchRow rows[] = {
    {"build", "a clean build", "s", BUILD, BENCH_ALONE, 0, .limit = 60},
    {"tests", "scripts/test.sh", "s", TESTS, BENCH_ALONE, 0, .limit = 180},
};

const BenchPart part_build = {
    .name = "build",
    .about = "what who changes something waits for",
    .contenders = contenders,
    .n_contenders = ARRAY_LENGTH(contenders),
    .rows = rows,
    .n_rows = ARRAY_LENGTH(rows),
    .rounds = 2,
    .slow = true,
};
