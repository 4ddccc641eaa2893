/* The invariants of a timeline, for whoever traces a cell. */
#pragma once

#include "engine/cell.h"
#include "engine/timeline.h"

/* Sorts the timeline of a complete arena and asserts what holds for every experiment, mode and lock: spans
 * lie within the cell's time, those of one task never overlap and end before it does, and where only one task
 * may be inside, so do their runs. Where each task has a loop of its own, its spans cover its life without a
 * gap, and all that it waited for the lock is among them. */
void check_timeline(const Cell *cell, Arena *arena);

/* How many spans of a kind there are, of all tasks. */
uint32_t count_spans(const Arena *arena, SpanKind kind);
