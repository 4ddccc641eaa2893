/* What is said of a run beside its figures, in one set of words for the page, the tables and the lists. A
 * sentence never says more than the verdicts of the cells bear.
 *
 * The texts travel with the run, as "sentences" and as the "title" of each cell, so whoever shows a run says
 * the same of it without knowing how it is put. Every text that is returned is new and the caller frees it.
 */
#pragma once

#include <jansson.h>

#include "results/cell.h"

/* What tells cells apart beside their mode, found once for all of them. */
typedef struct Naming Naming;

/* The cells are borrowed until naming_free(), which takes NULL too. */
Naming *naming_new(const ResultCells *cells);
void naming_free(Naming *naming);

/* "lock gil, 2 tasks": all that varies between the cells, as it is in this one; "" if nothing does. */
char *naming_title(const Naming *naming, const ResultCell *cell);

/* "2 tasks, lock gil, 2 CPUs": what all cells have in common of these three; "" if nothing, or without cells.
 */
char *naming_common(const Naming *naming);

/* "threads took 1.98 times the serial time": for a cell that is compared. */
char *sentence_took(const ResultRun *run, const ResultCell *cell);

/* "A CPU, 2 of 2 CPUs usable, quota 1.5 CPUs, container docker, kernel 6.18.0". */
char *sentence_machine(const ResultHost *host);

/* "other programs took 1.2 % of the CPU time, other machines 0.0 %; load before the run 0.31"; NULL if it is
 * not known. */
char *sentence_noise(const ResultHost *host);

/* "7 repetitions after 1 warm-up, 4.21 s in all; intervals of the median at 98.4 %"; NULL if it is not known.
 */
char *sentence_repetitions(const ResultRun *run);

/* Returns a new object:
 *
 *     { "heading": "countdown, 2 tasks, lock gil, 2 CPUs",
 *       "findings": a sentence for each group of cells that differ in nothing but the mode, as far as they
 * can be told: ["lock gil: threads took 2.01 times the serial time (slower), ..."]; where there are many
 * groups, one for each mode, "doubts":   for each cell where the repetitions cannot tell, what would help,
 *       "ended":    "Done: 6 of 6 cells measured.",
 *       "repetitions", "machine", "noise": as above, or null }
 *
 * The findings are about the wall time, also of an experiment that is about something else. */
json_t *sentences_of_run(const ResultRun *run);

/* Puts "title" in front of the members of each cell in an array of objects, where a reader looks for it. */
void sentences_set_titles(json_t *cells);
