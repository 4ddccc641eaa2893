/* What is said of a run beside its figures, in one set of words for the page, the tables and the lists. A
 * sentence never says more than the verdicts of the cells bear.
 *
 * The texts travel with the run, as "sentences" and as the "title" of each cell, so whoever shows a run says
 * the same of it without knowing how it is put. Texts that are returned belong to the words. */
#pragma once

#include <jansson.h>

#include "results/axes.h"
#include "results/cell.h"
#include "results/words.h"

/* "lock gil, 2 tasks": all that varies between cells beside the mode and what follows from the runtime, as it
 * is in this one; "" if nothing does. */
const char *sentence_title(Words *words, const Axes *varying, const ResultCell *cell);

/* "2 tasks, lock gil, 2 CPUs": what all cells have in common of these three; "" if nothing. */
const char *sentence_common(Words *words, const ResultCells *cells);

/* "threads took 1.98 times the serial time", for a cell that is compared with another; name is what the cell
 * is called. */
const char *sentence_took(Words *words, const ResultRun *run, const ResultCell *cell, const char *name);

/* "threads against serial: slower 3 times, cannot tell 1 time": of all cells that are compared and have the
 * mode of this one. */
const char *sentence_mode(Words *words, const ResultRun *run, const ResultCell *of);

/* "the model (c, lock gil) agrees within 10 %"; NULL for a cell that does not stand beside its model. */
const char *sentence_model(Words *words, const ResultCell *cell);

/* "the candidate is faster", "the same", or "cannot tell: HINT": of two runs that are compared. */
const char *sentence_candidate(Words *words, const ResultRelative *relative);

/* "7 repetitions after 1 warm-up, 4.21 s in all; each interval holds the true median in about 98 of 100 such
 * runs"; NULL if it is not known. */
const char *sentence_repetitions(Words *words, const ResultRun *run);

/* "every ratio is known within 4.2 %, as asked (5 %), after 22 repetitions"; NULL if no precision was asked
 * for, or the run goes on. */
const char *sentence_precision(Words *words, const ResultPrecision *precision);

/* "A CPU, 2 of 2 CPUs usable, quota 1.5 CPUs, container docker, kernel 6.18.0"; NULL if it is not known. */
const char *sentence_machine(Words *words, const ResultHost *host);

/* "other programs took 1.2 % of the CPU time, other machines 0.0 %; load before the run 0.31"; NULL if it is
 * not known. */
const char *sentence_noise(Words *words, const ResultHost *host);

/* "The machine was noisy, so take the figures with care: other programs took 40 % of the CPU time."; NULL if
 * it was not. */
const char *sentence_care(Words *words, const ResultHost *host);

/* "threads, lock gil: 2 tasks do 1.93 times the work of one in the same time (1.9 to 1.95), and 4 do no
 * more": of the cells that are held against this one of one task (scaling_is_base()); "" if there are none
 * among them, as where a run has ended before they were done. Sets *ret_knee as scaling_words() does. */
const char *sentence_scaling(Words *words, const Axes *varying, const ResultCells *cells,
    const ResultCell *base, const ResultCell **ret_knee);

/* Returns a new object:
 *
 *     { "heading": "countdown, 2 tasks, lock gil, 2 CPUs",
 *       "findings": ["lock gil: threads took 2.01 times the serial time (slower), ...", ...],
 *       "doubts": ["lock gil: threads against serial: cannot tell, HINT.", ...],
 *       "models": ["python3, lock gil, threads: the model (c, lock gil) agrees within 10 %.", ...],
 *       "left_out": ["python3 was lost: REASON", "left out: jython, processes: REASON", ...],
 *       "ended": "Done: 6 of 6 cells measured.",
 *       "repetitions", "precision", "machine", "noise", "care": as above, or null }
 *
 * There is a finding for each group of cells that differ in nothing but the mode, as far as they can be told;
 * where there are many groups, one for each mode. There is a doubt for each cell where the repetitions cannot
 * tell, with what would help. Both are about the wall time, also of an experiment that is about something
 * else. */
json_t *sentences_of_run(const ResultRun *run);

/* Puts "title" in front of the members of each cell in an array of objects, where a reader looks for it. The
 * objects in the array are replaced. */
void sentences_set_titles(json_t *cells);
