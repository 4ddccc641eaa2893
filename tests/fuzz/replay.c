/* Gives a harness the files that are named, and those of the folders that are, so that what fuzzing has found
 * once is tried in every build. */
#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "tests/fuzz/fuzz.h"

/* Reads all of a file; what is too long for a corpus is a mistake. */
static uint8_t *read_file(FILE *file, size_t *ret_size)
{
    enum { MOST = 1 << 20 };
    uint8_t *bytes = malloc(MOST), *fitting;

    assert(bytes);
    *ret_size = fread(bytes, 1, MOST, file);
    assert(*ret_size < MOST);
    /* Of its own size, so that a sanitizer sees who reads beyond. */
    fitting = realloc(bytes, *ret_size > 0 ? *ret_size : 1);
    assert(fitting);
    return fitting;
}

/* Returns how many inputs that were. The name is said before, as a crash says none. */
static int replay_file(const char *path)
{
    auto_file FILE *file = fopen(path, "r");
    auto_free uint8_t *bytes = NULL;
    size_t size;

    if (!file) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        exit(1);
    }
    printf("%s\n", path);
    fflush(stdout);
    bytes = read_file(file, &size);
    LLVMFuzzerTestOneInput(bytes, size);
    return 1;
}

static int is_no_hidden(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int replay(const char *path)
{
    struct dirent **entries;
    int n = scandir(path, &entries, is_no_hidden, alphasort), n_inputs = 0;

    if (n < 0)
        return replay_file(path);
    for (int i = 0; i < n; i++) {
        auto_free char *inside = text_printf("%s/%s", path, entries[i]->d_name);

        n_inputs += replay_file(inside);
        free(entries[i]);
    }
    free(entries);
    return n_inputs;
}

int main(int argc, char *argv[])
{
    int n_inputs = 0;

    for (int i = 1; i < argc; i++)
        n_inputs += replay(argv[i]);
    printf("%d inputs\n", n_inputs);
    return n_inputs == 0;
}
