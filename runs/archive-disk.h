/* The shelf on disk with all that is around it: its folder, its lock, and what happens when its file is
 * damaged or taken away. */
#pragma once

#include "runs/archive-shelf.h"

typedef struct Disk {
    const char *path; /* as it was given; borrowed; NULL: there is no disk */
    char *place;      /* the real path while it is open */
    int lock;         /* -1: none */
    Shelf shelf;
    char *notice; /* what was done to the file that somebody should know; NULL: nothing */
} Disk;

void disk_init(Disk *disk, const char *path);

/* Opens it; a damaged file is set aside and a new one begun. Returns NULL, or why it cannot be used, in words
 * that begin with the path, owned by the caller. */
char *disk_open(Disk *disk);

static inline bool disk_is_open(const Disk *disk)
{
    return disk->shelf.db;
}

/* The file was found to be damaged while it was open: as disk_open(). */
char *disk_replace(Disk *disk);

/* Lets go of a file that was moved or deleted by somebody else. Returns whether it was. */
bool disk_let_go(Disk *disk);

void disk_close(Disk *disk, bool as_it_is);
void disk_finish(Disk *disk);
