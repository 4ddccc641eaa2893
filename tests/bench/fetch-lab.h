/* The contenders of both parts about fetch. Each measurement has an origin of its own, which is started
 * before the clock: so all of them meet one that has served nobody yet. Figures: wall ms, CPU ms, resident
 * bytes a transfer (0 where that is not looked at). */
#pragma once

#include "tests/bench/bench.h"

/* gilscope-run; text is its words, as "mode=epoll lock=gil", n how many pages. */
int fetch_measure_engine(const BenchContender *self, double figures[static BENCH_FIGURES]);

/* bare-fetch; text is "threads" or "epoll", n how many pages. */
int fetch_measure_bare(const BenchContender *self, double figures[static BENCH_FIGURES]);

/* aiohttp; n is how many pages. */
int fetch_measure_aiohttp(const BenchContender *self, double figures[static BENCH_FIGURES]);
