#include "engine/pages.h"

#include <sys/mman.h>
#include <unistd.h>

/* Without a change of what is in it. A read alone would not do: the kernel may then map the page for reading
 * only, and the first write would fault again. volatile keeps the compiler from leaving out a write that
 * changes nothing. */
static void page_touch(volatile char *byte)
{
    *byte = *byte;
}

/* A timeline has more than a hundred pages, and each would be a fault of its own. Kernels before 5.14 cannot
 * do it in one call. */
void pages_touch(void *begin, size_t size)
{
    long page = sysconf(_SC_PAGESIZE);

    if (madvise(begin, size, MADV_POPULATE_WRITE) == 0)
        return;
    for (size_t at = 0; at < size; at += (size_t)page)
        page_touch((char *)begin + at);
}
