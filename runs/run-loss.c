/* A reader of the run must see at once what happened, to whom, and whether the rest can be used. So the run
 * names each runtime that was lost, with what it did, and then those that went on. */
#include "runs/run-loss.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/text.h"

/* Of a run with one runtime there is no need to say which. */
static char *describe_loss(const RunPart *part, const char *how)
{
    if (!part_has_others(part))
        return text_printf("the runtime %s", how);
    return text_printf("the runtime %s %s", part_runtime(part), how);
}

void run_lose(Run *run, RunPart *part, const char *how)
{
    auto_free char *reason = describe_loss(part, how);

    if (run->outcome != OUTCOME_OPEN || part->state == PART_LOST)
        return;
    part->state = PART_LOST;
    part->how = strdup(how);
    assert(part->how);
    if (!part_has_others(part)) {
        run_stop(run, OUTCOME_FAILED, reason);
        return;
    }
    log_warning("runtime_lost", log_text("run", run->id), log_text("reason", reason));
    results_lose(run->results, part_runtime(part), reason);
    part_stop(part);
}

/* Adds an item to a list: its separator first, if it is not the first one. Takes the text over. */
static char *append(char *text, const char *separator, const char *item)
{
    char *longer = text ? text_printf("%s%s%s", text, separator, item) : strdup(item);

    assert(longer);
    free(text);
    return longer;
}

/* "c", "c and ruby", "c, pypy3 and ruby", owned by the caller; NULL if nobody is left. */
static char *list_others(const RunParts *parts)
{
    size_t n = parts->n - parts_count(parts, PART_LOST), i_other = 0;
    char *list = NULL;

    for (size_t i = 0; i < parts->n; i++)
        if (parts->list[i].state != PART_LOST)
            list = append(list, ++i_other == n ? " and " : ", ", part_runtime(&parts->list[i]));
    return list;
}

char *run_loss_reason(const Run *run)
{
    auto_free char *others = list_others(&run->parts);
    char *reason = NULL;

    for (size_t i = 0; i < run->parts.n; i++) {
        const RunPart *part = &run->parts.list[i];
        auto_free char *loss = part->state == PART_LOST ? describe_loss(part, part->how) : NULL;

        if (loss)
            reason = append(reason, "; ", loss);
    }
    if (others) {
        auto_free char *went_on = text_printf("%s went on", others);

        reason = append(reason, "; ", went_on);
    }
    return reason;
}

int run_loss_status(const Run *run)
{
    for (size_t i = 0; i < run->parts.n; i++)
        if (run->parts.list[i].state != PART_LOST || run->parts.list[i].refused == 0)
            return 0;
    return run->parts.list[0].refused;
}
