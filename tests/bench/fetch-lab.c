#include "tests/bench/fetch-lab.h"

#include "base/array.h"
#include "base/cleanup.h"
#include "base/nsec.h"
#include "base/text.h"
#include "tests/bench/engine.h"
#include "tests/bench/peers.h"
#include "tests/bench/server.h"

/* To see that it works, a tenth is enough: a busy machine does not get through ten thousand in the time that
 * a request may take. */
static long n_pages(const BenchContender *self)
{
    return bench_is_quick() ? self->n / 10 : self->n;
}

int fetch_measure_engine(const BenchContender *self, double figures[static BENCH_FIGURES])
{
    auto_free char *words = text_printf("fetch %s tasks=%ld", self->text, n_pages(self));
    json_auto_t *sample = NULL;

    if (engine_sample(words, &sample) < 0)
        return -1;
    figures[0] = engine_number(sample, "wall_ns") / NSEC_PER_MSEC;
    figures[1] = engine_number(sample, "cpu_ns") / NSEC_PER_MSEC;
    figures[2] = engine_number(sample, "memory.rss_per_task_bytes");
    return 0;
}

/* The words of a program, then how many pages and from where. */
static int measure_with_origin(const char *program, const char *word, long n, double *figures)
{
    auto_free char *n_text = text_printf("%ld", n), *ports = NULL;
    const char *arguments[] = {program, word, n_text, NULL, NULL};
    Program origin;
    int r = origin_start(&origin, &ports);

    arguments[3] = ports;
    if (r == 0)
        r = program_run_figures(arguments, figures) < 0 ? -1 : 0;
    program_stop(&origin);
    return r;
}

int fetch_measure_bare(const BenchContender *self, double figures[static BENCH_FIGURES])
{
    return measure_with_origin(program_path("tests/bench", "bare-fetch"), self->text, n_pages(self), figures);
}

int fetch_measure_aiohttp(const BenchContender *self, double figures[static BENCH_FIGURES])
{
    return measure_with_origin(
        peer_find("aiohttp"), BENCH_SOURCE_ROOT "/tests/bench/peer-aiohttp.py", n_pages(self), figures);
}
