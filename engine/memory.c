/* The figures are asked of the kernel, process by process, as text. Pss_Anon shares a page among the
 * processes that have it, so the sum over a parent and its children counts each page once; the resident set
 * of status would count the memory that forked processes share once for each of them. */
#include "engine/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

/* The files are small; a buffer on the stack leaves the heap, which is being measured, alone. */
static int read_small_file(const char *path, char *text, size_t size)
{
    auto_close int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t length = 0;
    ssize_t n;

    if (fd < 0)
        return -errno;
    while (length < size - 1 && (n = read(fd, text + length, size - 1 - length)) > 0)
        length += (size_t)n;
    text[length] = '\0';
    return 0;
}

/* The value of a line "Name: 123 kB" in bytes, or 0. The name is given with the line's end before it, so
 * that "VmSize:" is not found within a longer name. */
static uint64_t field(const char *text, const char *name)
{
    const char *line = strstr(text, name);

    return line ? strtoull(line + strlen(name), NULL, 10) * 1024 : 0;
}

static int read_process_file(pid_t pid, const char *name, char *text, size_t size)
{
    char path[64];

    if (pid == 0)
        snprintf(path, sizeof(path), "/proc/self/%s", name);
    else
        snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
    return read_small_file(path, text, size);
}

/* Both files are read before anything is set, so a process that ends between them leaves *ret alone. */
int memory_read(pid_t pid, MemoryReading *ret)
{
    char text[4096];
    uint64_t resident;
    int r;

    r = read_process_file(pid, "smaps_rollup", text, sizeof(text));
    if (r < 0)
        return r;
    resident = field(text, "\nPss_Anon:");
    r = read_process_file(pid, "status", text, sizeof(text));
    if (r < 0)
        return r;
    ret->resident = resident;
    ret->reserved = field(text, "\nVmSize:");
    ret->page_tables = field(text, "\nVmPTE:");
    return 0;
}

int memory_read_peak(uint64_t *ret_resident, uint64_t *ret_reserved)
{
    char text[4096];
    int r;

    r = read_process_file(0, "status", text, sizeof(text));
    if (r < 0)
        return r;
    *ret_resident = field(text, "\nVmHWM:");
    *ret_reserved = field(text, "\nVmPeak:");
    return 0;
}

/* What several processes add is summed by the atomics; the order in which they come does not matter. */
void memory_note(Arena *arena, pid_t pid)
{
    MemoryReading reading;

    if (memory_read(pid, &reading) < 0)
        return;
    atomic_fetch_add_explicit(&arena->resident_during, reading.resident, memory_order_relaxed);
    atomic_fetch_add_explicit(&arena->reserved_during, reading.reserved, memory_order_relaxed);
    atomic_fetch_add_explicit(&arena->page_tables_during, reading.page_tables, memory_order_relaxed);
}
