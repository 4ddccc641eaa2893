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

/* Sets it up closed; path is borrowed. disk_finish() ends it. */
void disk_init(Disk *disk, const char *path);

/* Opens it: takes its lock, and a damaged file is set aside and a new one begun. Returns NULL; or why it
 * cannot be used, in words that begin with the path, owned by the caller, and then the disk is closed and
 * the lock is free. */
char *disk_open(Disk *disk);

static inline bool disk_is_open(const Disk *disk)
{
    return disk->shelf.db;
}

/* The file was found to be damaged while it was open: sets it aside and begins a new one, keeping the
 * lock. Returns as disk_open(). */
char *disk_replace(Disk *disk);

/* Closes the disk if its file was moved or deleted by somebody else, and returns whether it was. Writing
 * on would fill a file without a name, which is gone with the server. The disk must be open. */
bool disk_let_go(Disk *disk);

/* Closes the file (as_it_is: see shelf_close()) and then frees the lock, in this order: a second server
 * must not open a file that is still in use. */
void disk_close(Disk *disk, bool as_it_is);
void disk_finish(Disk *disk);
