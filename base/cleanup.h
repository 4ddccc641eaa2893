/* Locals that clean up after themselves, and visible hand-over of what they hold. */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static inline void cleanup_free(void *pointer)
{
    free(*(void **)pointer);
}

static inline void cleanup_close(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

static inline void cleanup_file(FILE **file)
{
    if (*file)
        fclose(*file);
}

#define auto_free __attribute__((cleanup(cleanup_free)))
#define auto_close __attribute__((cleanup(cleanup_close)))
#define auto_file __attribute__((cleanup(cleanup_file)))

/* Returns the descriptor and forgets it, so that the cleanup of the local leaves it open. */
static inline int take_fd(int *fd)
{
    int taken = *fd;

    *fd = -1;
    return taken;
}

/* The same for a pointer. */
#define take_pointer(pointer)                                                                                \
    __extension__({                                                                                          \
        typeof(pointer) *taken_from_ = &(pointer);                                                           \
        typeof(pointer) taken_ = *taken_from_;                                                               \
        *taken_from_ = NULL;                                                                                 \
        taken_;                                                                                              \
    })
