/* Two runs held against each other, cell by cell: is mine faster than yours, or today's than yesterday's?
 *
 * Cells match if runtime, mode, lock, tasks, cpus and all parameters are the same. Where one run is of a
 * model and the other of what it models, their cells are held against each other by what each took of its own
 * serial time (results/beside.h). For each pair the ratio of the median wall times (candidate over baseline),
 * its bootstrap interval and verdict are made as for "relative" in a run, from the samples that the runs
 * carry. Cells without a partner are named. Differences of machine or noise that make the comparison doubtful
 * are warnings in words. */
#pragma once

#include <jansson.h>
#include <stddef.h>

#include "catalog/headroom.h"
#include "results/cell.h"
#include "results/format.h"

typedef struct RunComparison RunComparison;

/* What the server would take if a run were asked for once more, as it is now: so that a comparison which
 * cannot tell names what would help and is allowed. */
typedef struct CompareRoom {
    Headroom headroom;
    const CatalogExperiment *experiment;
} CompareRoom;

/* Compares two runs, which also may be ones read back from an archive. rooms has one for the baseline and one
 * for the candidate; NULL if one of them would not be taken any more, and then the hints are general. All is
 * borrowed until the comparison is freed. The intervals of a large grid take a while to draw: seconds for
 * thousands of cells. So the server calls it off its loop. It never fails: any two runs can be compared, if
 * need be with nothing in common. */
RunComparison *compare_runs(const ResultRun *baseline, const ResultRun *candidate, const CompareRoom *rooms);
void compare_free(RunComparison *comparison);

/* Returns the comparison as a new object:
 *
 *     { "baseline": {id, experiment, label, created_at, status}, "candidate": {the same},
 *       "common": "2 tasks, lock gil, 2 CPUs",
 *       "cells": [ {title, runtime, mode, lock, tasks, cpus, params, "baseline": <wall_ns without samples>,
 *                   "candidate": <the same>, "ratio", "interval": [low, high] or null, "verdict",
 *                   "hint": only for "cannot tell", "finding": "the candidate is faster"} ],
 *       "models": [ {title, runtime: "c / python3", mode, lock, tasks, cpus, params, "model_in": "baseline",
 *                    "baseline": {runtime, lock, "relative": 2.02}, "candidate": {the same},
 *                    "model": {ratio, interval, verdict, text} or null} ],
 *       "only_baseline": [ {title, runtime, mode, lock, tasks, cpus, params} ], "only_candidate": [ ... ],
 *       "warnings": [ "..." ], "summary": "one or two sentences" }
 *
 * What a title and what the cells have in common is, sentences.h says. */
json_t *compare_json(const RunComparison *comparison);

/* Returns the comparison in one of the formats of answers, as text that ends in a newline, owned by the
 * caller; sets *ret_length, which may be NULL. */
char *compare_format(const RunComparison *comparison, ResultFormat format, size_t *ret_length);
