/* Locals that clean up after themselves, and visible hand-over of what they hold.
 *
 *     auto_free char *text = text_printf(...);   is freed on every way out of the block
 *     return take_pointer(text);                 is not: the caller owns it now
 *
 * The compiler (gcc and clang) calls the function with the address of the variable when its scope ends, in
 * the reverse order of the declarations. So each such local has to be initialised where it is declared;
 * otherwise an early return would free whatever happened to be on the stack. Without this every function with
 * three things to give back would need a ladder of labels, and a forgotten rung would leak only where an
 * error occurs, where tests seldom look. */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* NULL is fine, as for free(3). The parameter is void * because one function serves pointers of every type.
 */
static inline void cleanup_free(void *pointer)
{
    free(*(void **)pointer);
}

/* A negative descriptor is none. */
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

/* The same for a pointer. An expression, so that it can stand in a return; its argument is evaluated once. */
#define take_pointer(pointer)                                                                                \
    __extension__({                                                                                          \
        typeof(pointer) *taken_from_ = &(pointer);                                                           \
        typeof(pointer) taken_ = *taken_from_;                                                               \
        *taken_from_ = NULL;                                                                                 \
        taken_;                                                                                              \
    })
