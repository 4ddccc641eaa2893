/* What a benchmark says of a claim: the median of paired ratios with its interval, and one of three outcomes.
 * It holds if the whole interval is within the target, it misses if the whole interval is beyond it, and else
 * the machine was too noisy to say. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* In the order of which decides where there are several; exit statuses are made of them in bench.c. */
typedef enum JudgeOutcome { JUDGE_HOLDS, JUDGE_INCONCLUSIVE, JUDGE_MISSES } JudgeOutcome;

/* The median of some values, and where the true one lies with a probability of 95 % or more. Of fewer values
 * than that takes, it is where all of them lie (is_range). */
typedef struct Estimate {
    double median, low, high;
    bool is_range;
} Estimate;

/* At least one value; all of them 0 or more. */
Estimate judge_estimate(const double *values, size_t n);

/* Whether the whole estimate is at most (else: at least) the target. */
JudgeOutcome judge(const Estimate *estimate, bool at_most, double target);

const char *judge_word(JudgeOutcome outcome);
