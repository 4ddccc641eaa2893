/* Brings what can be read of a damaged shelf to a new one. */
#pragma once

#include "runs/archive-shelf.h"

typedef struct Salvaged {
    int64_t n_whole, n_damaged; /* runs */
} Salvaged;

/* from: see shelf_open_damaged(); to: an empty shelf. A run of which too little is left is put down as lost;
 * one of which a text is missing has the others. Returns SQLITE_OK, or what kept the new one from being
 * written. */
int salvage_runs(Shelf *from, Shelf *to, Salvaged *ret);
