/* Nothing is judged here: whether the prediction held was decided by the figures when the run was over (see
 * results/outcome.h), and is only put into words. */
#include "results/expected.h"

#include <stddef.h>

/* While a class keeps what came out to itself, a run that is over has neither outcome nor reason. */
const char *expected_held(const ResultRun *run)
{
    const ResultExpected *expected = &run->expected;

    if (!expected->prediction)
        return NULL;
    if (expected->is_judged)
        return expected->held ? "yes" : "no";
    return expected->reason ? "cannot tell" : NULL;
}

void expected_write(const Prose *prose, const ResultRun *run)
{
    const ResultExpected *expected = &run->expected;

    if (!expected->prediction)
        return;
    if (expected->question)
        paragraph_write(prose, "\n", "  ", "Question: %s", expected->question);
    paragraph_write(prose, "\n", "  ", "Prediction: %s", expected->prediction);
    if (expected->is_judged && expected->held)
        paragraph_write(prose, "\n", "  ", "The prediction held.");
    else if (expected->is_judged && !expected->outcome)
        paragraph_write(prose, "\n", "  ",
            "The prediction did not hold; what came out instead cannot be told%s%s",
            expected->reason ? ": " : "", expected->reason ? expected->reason : "");
    else if (expected->is_judged)
        paragraph_write(prose, "\n", "  ", "The prediction did not hold; it came out: %s", expected->outcome);
    else if (expected->reason)
        paragraph_write(
            prose, "\n", "  ", "Whether the prediction held cannot be told: %s", expected->reason);
}
