/* From the events of one or more runtimes to the run that a person reads: collects samples as they come and
 * assembles the JSON object of a run, complete or not. Statistics, ideal and verdict are made here and
 * nowhere else; the server and gilscope-run share it.
 *
 * A cell is one combination of runtime, mode, lock, tasks, CPUs and parameters. Statistics are made of its
 * good repetitions; warm-ups (negative repetitions) and failed repetitions never count. A cell that has any
 * failed repetition or warm-up is failed, and says how many and why. What belongs together (context_switches,
 * lock_stats, per_task, completion_order, metrics) comes from the repetition with the lower median wall time,
 * memory from the first good sample that has it.
 *
 * A cell that has a timeline says how many spans it holds; detail=full has the spans themselves.
 *
 * The life of a Results: results_new() with the plan, results_add() for each event, results_run() whenever
 * somebody wants to see how it stands, results_free(). Nothing is locked; it belongs to one thread at a time,
 * which may hand it on. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "catalog/catalog.h"
#include "catalog/headroom.h"

typedef struct Results Results;

/* What of a run the samples do not say. Everything is borrowed for the call. */
typedef struct RunHead {
    const char *id;         /* NULL: null */
    const char *experiment; /* NULL: the request's */
    const char *status;     /* queued, running, done, failed, cancelled or timeout */
    const char *reason;     /* for people; NULL: what a runtime's error event said, or none */
    const char *label;      /* NULL: the request's */
    int64_t created_ms;     /* wall-clock milliseconds since 1970 */
    int64_t queued_ns, duration_ns;
    const char *stopped_by; /* who ended it early: client, server or time; NULL: what the status says */
    const json_t *host; /* the machine; NULL: null. The run's "host" also has what samples say of its noise */
} RunHead;

/* Begins with the plan's request (an object with integers repeat and warmup) and its cells, which have
 * distinct numbers and one experiment; precision and max_repeat are read from it, too. Shares the request and
 * the parameters of the cells, which nobody may change afterwards; the catalogs that the cells refer to must
 * outlive the results. */
Results *results_new(const json_t *request, const CellSpec *cells, size_t n_cells);
void results_free(Results *results);

/* Returns the results as they are now, so that another thread can write them down while these go on; owned by
 * the caller. It shares all that does not change any more, and is made in about the time that reading the
 * last event took, or much less. The catalogs must outlive it, too. */
Results *results_copy(const Results *results);

/* The experiment as the first runtime describes it that says what it is about, since one of several may not;
 * else as the first does. Borrowed from its catalog; NULL: there is no cell. */
const CatalogExperiment *results_experiment(const Results *results);

/* Says what the request might still ask for, so that a run which cannot tell names what would help (see
 * results/advice.h). To be called before the first results_run(); without it the hints are general. */
void results_allow(Results *results, const Headroom *headroom);

/* Says what of the request some runtime does not have, so that the run says so: an array of objects {runtime,
 * and what differs of mode, lock, tasks, parameter, reason}, of which a reference is taken. NULL or empty:
 * nothing. */
void results_leave_out(Results *results, const json_t *left_out);

/* Takes any event of a runtime. Returns 0, or -EINVAL and changes nothing for a malformed one: unknown event,
 * missing field, wrong type, a number below 0 or above 10^18, something nested too deep, unknown cell or
 * repetition, a repetition that is there already, a second timeline of a cell or more spans than are allowed.
 * Then *ret_reason (unless NULL; owned by the caller) says which member is wrong, what it must be and what it
 * is: "wall_ns: must be a whole number from 1 to 1000000000000000000, is 0".
 *
 * Named, a runtime may report its own cells only, and any other is unknown to it; NULL: any cell may be
 * reported. Of a hello only the load is taken (of several runtimes, that of the first that says it), a done
 * says nothing; an error event's message becomes the reason of the run. May share the event, so nobody may
 * change it afterwards. */
int results_add(Results *results, const char *runtime, const json_t *event, char **ret_reason);

/* Nothing more comes of this runtime, though others may go on. Its cells that lack repetitions have failed,
 * for this reason (copied); what they have stays. No round waits for any of its cells any more, and unless
 * the rounds had ended before, their intervals are not looked at either. The first reason counts. */
void results_lose(Results *results, const char *runtime, const char *reason);

/* For the end of a run whose cells were to be traced: those of the runtime (NULL: of all) that have all the
 * repetitions that were asked for and no timeline say the reason instead. */
void results_end_timelines(Results *results, const char *runtime, const char *reason);

/* What a runtime that can be told to stop is told. */
typedef enum ResultsNext {
    RESULTS_GO_ON,
    RESULTS_STOP,      /* enough: no further repetition, only what follows them */
    RESULTS_ASK_AGAIN, /* not decided yet; ask again, without a further event if you like */
} ResultsNext;

/* With precision=P in the request rounds go on beyond `repeat`, until every ratio is known within P per cent,
 * or max_repeat is reached, or the next round would not end within most_ns (0: no limit). To be asked after
 * each sample, with the time since the run began. A call takes no longer than the intervals of two cells do,
 * so a loop may ask; whoever has time asks until the answer is another than ASK_AGAIN. Once it was STOP it
 * stays so, and samples of later repetitions are passed over. Without precision the answer is GO_ON.
 *
 * The rule is one for the server and for a run by hand, and stands in results/precision.h. */
ResultsNext results_precision(Results *results, int64_t elapsed_ns, int64_t most_ns);

/* The rounds are to end now, by what stands in the answer as stopped_by ("time", "output"; a constant).
 * Returns whether the run has all that it must have: then they end here, unless they have ended before, and a
 * repetition of a round that was broken off does not count. Nothing is asked of cells that failed. Always
 * false without precision. */
bool results_cut(Results *results, const char *by);

/* Whether a runtime (NULL: all of them together) goes on although it was told to stop, and not only because
 * it had begun before. */
bool results_overrun(const Results *results, const char *runtime);

/* How many rounds of its cells a runtime has reported, warm-ups and traced repetitions too, with the part of
 * the one that it is in. Cells that failed are left out, as they need not be run again; INFINITY where all of
 * its cells have. So of several runtimes the one with the smallest number is next. */
double results_rounds_of(const Results *results, const char *runtime);

/* How many repetitions there will be of each cell; with precision a guess, which changes. */
size_t results_rounds_expected(const Results *results);

/* Some repetition or warm-up failed, or a runtime reported an error or was lost before its cells had all. */
bool results_failed(const Results *results);

/* Every cell of a runtime (NULL: of all) has all its repetitions, or with precision the least number of them;
 * warm-ups do not matter. Nothing is asked of a cell that failed, as it need not be run again, nor of one
 * whose runtime is lost. */
bool results_complete(const Results *results, const char *runtime);

/* Returns the array "cells" of a run, a new reference. A cell without all its repetitions is running, or
 * queued if it has nothing at all. */
json_t *results_cells(const Results *results);

/* Returns the whole run, a new reference, with its keys in the documented order. It shares request and
 * details with what it was made of. "reason" is there only if there is one, in the run as in its cells.
 *
 * A cell without all its repetitions keeps what it has. Its status is the run's, if that is cancelled,
 * timeout or failed; running or queued in a run that goes on; failed in a run that claims to be done. It
 * draws the resamples of all intervals and writes the lesson, which takes a while for a large grid, so the
 * server calls it off its loop. */
json_t *results_run(const Results *results, const RunHead *head);
