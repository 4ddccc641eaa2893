/* A run may end at any moment, and what of a cell is there by then stays. So how a cell ended is judged by
 * what came of it, and only then by how the run ended. */
#include "results/cell-status.h"

#include "base/cleanup.h"
#include "base/text.h"
#include "results/precision.h"

/* "2 of 7 repetitions and 1 of 1 warm-ups failed: REASON" */
static char *cell_status_failure(const CollectedCell *cell)
{
    auto_free char *repetitions = text_printf("%zu of %zu repetition%s", cell->n_failed_repetitions,
        cell->n_repetitions, cell->n_repetitions == 1 ? "" : "s");
    auto_free char *warmups = text_printf(
        "%zu of %zu warm-up%s", cell->n_failed_warmups, cell->n_warmups, cell->n_warmups == 1 ? "" : "s");

    if (cell->n_failed_warmups == 0)
        return text_printf("%s failed: %s", repetitions, cell->first_reason);
    if (cell->n_failed_repetitions == 0)
        return text_printf("%s failed: %s", warmups, cell->first_reason);
    return text_printf("%s and %s failed: %s", repetitions, warmups, cell->first_reason);
}

/* A run may end at any moment: cancelled, too late, its runtime dead. What of a cell is there by then stays,
 * and its status says how far it came. Returns the status of a cell, given the run's, and sets *ret_reason
 * (owned by the caller, or NULL).
 *
 * The questions are in the order of what a reader must not miss. A failed repetition comes first, also in a
 * cell that has all of its repetitions. Then a cell that lacks some and whose runtime is lost has failed,
 * also in a run that goes on. A cell that has all is done, even if the run was cancelled later. Of a run that
 * goes on, a cell without all of them is running or queued. A run that claims to be done, or that failed
 * without saying why, and gave too little: then the cell has failed, and says how much there was. In all
 * other cases the cell ended as the run did. */
ResultStatus cell_status(const Results *results, const CollectedCell *cell, ResultStatus run_status,
    const char *run_reason, char **ret_reason)
{
    bool goes_on = run_status == RESULT_QUEUED || run_status == RESULT_RUNNING;
    size_t came = collected_came(results, cell);

    *ret_reason = NULL;
    if (cell->first_reason) {
        *ret_reason = cell_status_failure(cell);
        return RESULT_FAILED;
    }
    if (collected_lacks(results, cell)) {
        *ret_reason =
            text_printf("ended after %zu of %zu repetitions: %s", came, results->repeat, cell->lost);
        return RESULT_FAILED;
    }
    if (came >= results->repeat && !(goes_on && !cell->lost && precision_is_open(results)))
        return RESULT_DONE;
    if (goes_on)
        return came + cell->n_warmups > 0 ? RESULT_RUNNING : RESULT_QUEUED;
    if (run_status == RESULT_DONE || (run_status == RESULT_FAILED && !run_reason)) {
        *ret_reason = text_printf("the runtime gave %zu of %zu repetitions", came, results->repeat);
        return RESULT_FAILED;
    }
    if (run_status == RESULT_FAILED)
        *ret_reason =
            text_printf("ended after %zu of %zu repetitions: %s", came, results->repeat, run_reason);
    else if (came > 0)
        *ret_reason = text_printf("ended after %zu of %zu repetitions", came, results->repeat);
    return run_status;
}

/* A status that is not known is that of a cell from a file that does not say it, which is no failure. */
bool cell_status_compares(ResultStatus status)
{
    return status != RESULT_FAILED;
}
