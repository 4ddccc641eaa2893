/* A library that is loaded before all others (LD_PRELOAD) and counts where the server reads and writes JSON:
 * on its loop, which is its first thread, or in another one. So a test sees what would keep everybody waiting
 * without measuring any time.
 *
 *     LOOP_BOOK  a file with a LoopBook
 *
 * The server's children load it, too, and find that they are not meant. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/api/loop-json.h"

/* Set before the program's main(), then read-only, but for the counts in it. */
static LoopBook *book;

__attribute__((constructor)) static void loop_begin(void)
{
    const char *path = getenv("LOOP_BOOK");
    int fd;

    if (!path || strcmp(program_invocation_short_name, "gilscope") != 0)
        return;
    fd = open(path, O_RDWR | O_CLOEXEC);
    book = mmap(NULL, sizeof(*book), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (fd < 0 || book == MAP_FAILED)
        abort();
    close(fd);
}

static void loop_count(size_t length, atomic_uint *large_on_loop)
{
    bool is_large = length >= LOOP_LARGE;

    if (!book)
        return;
    if (gettid() != getpid())
        atomic_fetch_add(&book->elsewhere, is_large);
    else
        atomic_fetch_add(is_large ? large_on_loop : &book->small, 1);
}

#define REAL(name) (__extension__(typeof(&name)) dlsym(RTLD_NEXT, #name))

json_t *json_loads(const char *input, size_t flags, json_error_t *error)
{
    if (book)
        loop_count(strlen(input), &book->read);
    return REAL(json_loads)(input, flags, error);
}

json_t *json_loadb(const char *buffer, size_t length, size_t flags, json_error_t *error)
{
    if (book)
        loop_count(length, &book->read);
    return REAL(json_loadb)(buffer, length, flags, error);
}

char *json_dumps(const json_t *json, size_t flags)
{
    char *text = REAL(json_dumps)(json, flags);

    if (book && text)
        loop_count(strlen(text), &book->written);
    return text;
}

int json_dumpf(const json_t *json, FILE *output, size_t flags)
{
    long before = ftell(output), after;
    int r = REAL(json_dumpf)(json, output, flags);

    after = ftell(output);
    if (book && before >= 0 && after >= before)
        loop_count((size_t)(after - before), &book->written);
    return r;
}
