/* Who may measure. Two runtimes that measure at the same time would be measured beside each other, and not
 * beside a quiet machine; so at any moment at most one has been told to go on, and all others wait.
 *
 * A turn is one event long: a repetition of one cell, or one traced repetition. It goes to the runtime that
 * is furthest behind in rounds, so that repetitions alternate between runtimes as they do between cells, and
 * what the machine does meanwhile falls on all of them alike.
 *
 * The first turn begins when all runtimes have said hello or are lost. A runtime that has said that it is
 * done, or that is lost, holds up the next turn until its processes are gone, as its end takes CPU time, too.
 */
#pragma once

#include "runs/run.h"

/* Returns the one of those that wait that is furthest behind, of equals the first; NULL if nobody waits. */
RunPart *turns_next(const RunParts *parts, const Results *results);

/* Something has happened that may let somebody go on. Decides whether there are enough repetitions, and has
 * the next one go on: now, or from the loop, after those who watch have had a moment to read. May be called
 * at any time, and does nothing as long as it is somebody's turn, or the run does not go on. */
void turns_take(Run *run);

/* A runtime has said that it is done: from now on it, and those that said so before, have two seconds to end
 * by themselves. One that stays is ended, and the log says it; what it has reported counts all the same. */
void turns_await_end(Run *run);
