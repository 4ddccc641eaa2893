/* The shelf on disk with all that is around it: its folder, its lock, and what happens when its file is
 * damaged or taken away. */
#pragma once

#include <sys/stat.h>

#include "runs/archive-shelf.h"

enum { DISK_N_LOGS = 2 };

typedef struct Disk {
    const char *path; /* as it was given; borrowed; NULL: there is no disk */
    char *place;      /* the real path while it is open */
    int lock;         /* -1: none */
    Shelf shelf;
    struct stat logs[DISK_N_LOGS]; /* of what SQLite keeps beside the file, as it was when it was opened */
    char *notice;                  /* what was done to the file that somebody should know; NULL: nothing */
} Disk;

/* Sets it up closed; path is borrowed. disk_finish() ends it. */
void disk_init(Disk *disk, const char *path);

/* Opens it: takes its lock, and a damaged file is replaced as by disk_replace(). Returns NULL; or why it
 * cannot be used, in words that begin with the path, owned by the caller, and then the disk is closed and
 * the lock is free. A file that only cannot be written is opened all the same, if it can be read. */
char *disk_open(Disk *disk);

/* Whether a file that was opened although it could not be written could be written now. */
bool disk_can_be_written(const Disk *disk);

static inline bool disk_is_open(const Disk *disk)
{
    return disk->shelf.db;
}

/* Whether it is worth trying to write. */
static inline bool disk_takes(const Disk *disk)
{
    return disk_is_open(disk) && !disk->shelf.read_only;
}

/* The file was found to be damaged while it was open: sets it aside and puts in its place one that has all
 * that can be read of it, keeping the lock. Returns as disk_open(). */
char *disk_replace(Disk *disk);

/* Closes the disk if its file, or one of those that SQLite has beside it, was moved, deleted or replaced by
 * somebody else, and returns whether it was: open it again. Writing on would fill a file without a name,
 * which is gone with the server. The lock is kept, or taken anew if its file is gone; if another server was
 * quicker, the disk is closed, too. The disk must be open. */
bool disk_let_go(Disk *disk);

/* Closes the file (as_it_is: see shelf_close()) and then frees the lock, in this order: a second server
 * must not open a file that is still in use. */
void disk_close(Disk *disk, bool as_it_is);
void disk_finish(Disk *disk);
