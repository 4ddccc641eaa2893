/* The C library keeps freed memory for the next call, and threads keep it apart from each other. After a
 * large piece of work that can be hundreds of megabytes that nobody ever wants again, so they are handed back
 * when the line is empty. It is not done after each piece: the next one wants the same memory, and handing it
 * back costs some milliseconds. */
#include "handlers/heavy.h"

#include <malloc.h>

/* Of libuv's four threads: one is left to the archive, and one to the ends of runs. */
enum { AT_ONCE = 2 };

void heavy_init(Heavy *heavy, uv_loop_t *loop, void (*idle)(void *data), void *data)
{
    /* Large texts lie in memory of their own, which goes back as soon as they are freed. The C library would
     * raise the size from which that is so with each of them. */
    mallopt(M_MMAP_THRESHOLD, 256 << 10);
    *heavy = (Heavy){.loop = loop, .idle = idle, .idle_data = data};
    STAILQ_INIT(&heavy->line);
}

static void heavy_trim(uv_work_t *trim)
{
    (void)trim;
    malloc_trim(0);
}

static void heavy_on_trimmed(uv_work_t *trim, int status)
{
    Heavy *heavy = trim->data;

    (void)status;
    heavy->trims = false;
}

static void heavy_rest(Heavy *heavy)
{
    heavy->idle(heavy->idle_data);
    if (!heavy->worked || heavy->trims)
        return;
    heavy->worked = false;
    heavy->trims = true;
    heavy->trim.data = heavy;
    uv_queue_work(heavy->loop, &heavy->trim, heavy_trim, heavy_on_trimmed);
}

/* What begins may be over at once, because its client has left, and calls heavy_leave() from inside: the loop
 * here goes on then, instead of going one deeper for each that waits. */
static void heavy_look(Heavy *heavy)
{
    HeavyWork *work;

    if (heavy->looks)
        return;
    heavy->looks = true;
    while (heavy->n_going < AT_ONCE && (work = STAILQ_FIRST(&heavy->line))) {
        STAILQ_REMOVE_HEAD(&heavy->line, link);
        heavy->n_going++;
        work->begin(work);
    }
    heavy->looks = false;
    if (heavy_is_idle(heavy))
        heavy_rest(heavy);
}

void heavy_enter(Heavy *heavy, HeavyWork *work, void (*begin)(HeavyWork *work))
{
    work->begin = begin;
    STAILQ_INSERT_TAIL(&heavy->line, work, link);
    heavy_look(heavy);
}

void heavy_leave(Heavy *heavy, bool was_large)
{
    heavy->worked = heavy->worked || was_large;
    heavy->n_going--;
    heavy_look(heavy);
}
