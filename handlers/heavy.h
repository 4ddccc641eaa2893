/* Work on what may be large: texts of runs that are read, parsed, written, compared. It is done off the loop,
 * and by a few at a time; the others wait in one line. So thirty clients that ask for a run of some megabytes
 * at once hold the texts and trees of a few of them in memory, leave threads to the archive, and keep nobody
 * waiting who asks for something small.
 *
 * When the last of them is done, the memory that they took goes back to the system.
 *
 * All of it belongs to the thread of the loop. */
#pragma once

#include <stdbool.h>
#include <sys/queue.h>
#include <uv.h>

/* Stands inside of what is worked on. */
typedef struct HeavyWork {
    STAILQ_ENTRY(HeavyWork) link;
    void (*begin)(struct HeavyWork *work);
} HeavyWork;

typedef struct Heavy {
    uv_loop_t *loop;
    int n_going; /* that have begun and not ended */
    STAILQ_HEAD(, HeavyWork) line;
    bool looks;  /* at the line, to begin what may */
    bool worked; /* since memory was given back */
    bool trims;  /* memory is being given back */
    uv_work_t trim;
    void (*idle)(void *data);
    void *idle_data;
} Heavy;

/* idle(data) is called whenever nothing is left to be done. */
void heavy_init(Heavy *heavy, uv_loop_t *loop, void (*idle)(void *data), void *data);

/* Calls begin(work) as soon as it may: at once, from inside, or later, from the loop. End it by
 * heavy_leave(). */
void heavy_enter(Heavy *heavy, HeavyWork *work, void (*begin)(HeavyWork *work));

/* One that has begun is done; the next one begins, from inside. was_large: it took so much memory that it is
 * worth giving back. */
void heavy_leave(Heavy *heavy, bool was_large);

/* Whether nothing is being done. */
static inline bool heavy_is_idle(const Heavy *heavy)
{
    return heavy->n_going == 0;
}
