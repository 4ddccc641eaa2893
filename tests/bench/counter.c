#include "tests/bench/counter.h"

#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "tests/bench/bench.h"
#include "tests/bench/peers.h"

enum { MAX_FILE = 64 << 20 };

#define EVENT "instructions:u"

/* valgrind counts "rep stosb" once for each byte, which hides everything else where a buffer is cleared. So
 * the C library is told to clear and to copy by other instructions. */
#define NO_REP                                                                                               \
    "GLIBC_TUNABLES=glibc.cpu.x86_rep_stosb_threshold=1000000000:glibc.cpu.x86_rep_movsb_threshold="         \
    "1000000000"

/* The line of the event begins with the number; where a machine has no counters, as many virtual ones, there
 * are words in its place. */
static double read_perf(const char *path)
{
    auto_free char *text = NULL;
    double number = 0;
    size_t length;

    if (text_read_file(path, MAX_FILE, &text, &length) < 0)
        return 0;
    for (char *line = text; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strstr(line, EVENT) && sscanf(line, "%lf", &number) == 1)
            return number;
    }
    return 0;
}

static bool perf_counts(void)
{
    static int known = -1;

    if (known < 0) {
        auto_free char *file = text_printf("%s/perf", bench_folder());
        auto_free char *command = text_printf("perf stat -x, -e %s -o %s true >/dev/null 2>&1", EVENT, file);

        known = system(command) == 0 && read_perf(file) > 0;
    }
    return known;
}

static void set_words(Counter *counter, const char *const words[])
{
    size_t n = 0;

    for (; words[n]; n++)
        counter->words[n] = words[n];
    counter->words[n] = NULL;
}

static void counter_free(Counter *counter)
{
    free(counter->file);
    free(counter->option);
    *counter = (Counter){0};
}

/* callgrind writes a file for each process, whose name ends in its pid. */
int counter_begin(Counter *counter)
{
    static int n_begun;

    *counter = (Counter){.file = text_printf("%s/counted-%d", bench_folder(), n_begun++)};
    if (perf_counts()) {
        set_words(
            counter, (const char *[]){"perf", "stat", "-x,", "-e", EVENT, "-o", counter->file, "--", NULL});
        return 0;
    }
    if (peer_find("valgrind")) {
        counter->option = text_printf("--callgrind-out-file=%s.%%p", counter->file);
        set_words(counter, (const char *[]){"env", NO_REP, peer_find("valgrind"), "-q", "--tool=callgrind",
                               "--trace-children=yes", counter->option, NULL});
        return 0;
    }
    counter_free(counter);
    return bench_fail("neither perf nor valgrind counts instructions here");
}

/* "summary: 123456" or, in older versions, "totals: 123456". */
static double read_callgrind(const char *path)
{
    auto_free char *text = NULL;
    size_t length;
    char *at;

    if (text_read_file(path, MAX_FILE, &text, &length) < 0)
        return 0;
    at = strstr(text, "\nsummary: ");
    if (!at)
        at = strstr(text, "\ntotals: ");
    return at ? strtod(strchr(at, ':') + 1, NULL) : 0;
}

int counter_end(Counter *counter, double *ret)
{
    auto_free char *pattern = text_printf("%s.*", counter->file);
    double sum = counter->option ? 0 : read_perf(counter->file);
    glob_t files = {0};

    if (counter->option && glob(pattern, 0, NULL, &files) == 0)
        for (size_t i = 0; i < files.gl_pathc; i++)
            sum += read_callgrind(files.gl_pathv[i]);
    globfree(&files);
    counter_free(counter);
    *ret = sum;
    return sum > 0 ? 0 : bench_fail("no instructions were counted");
}
