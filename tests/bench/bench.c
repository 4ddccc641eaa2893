/* Measures what matters beside its floor, in turns, and prints one table. scripts/bench.sh builds it and
 * calls it. */
#include "tests/bench/bench.h"

#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/descriptors.h"
#include "base/text.h"
#include "engine/host.h"
#include "tests/bench/measure.h"
#include "tests/bench/report.h"

enum { QUICK_ROUNDS = 2, MAX_ROWS = 128 };

/* meson shows 77 as skipped. */
enum {
    EXIT_HOLD = 0,
    EXIT_MISS = 1,
    EXIT_USAGE = 2,
    EXIT_FAILED = 3,
    EXIT_CANNOT_TELL = 77,
    EXIT_HELPED = -1
};

#define PART(name) &part_##name,
static const BenchPart *const all_parts[] = {
#include "tests/bench/parts.def"
};
#undef PART
enum { N_PARTS = ARRAY_LENGTH(all_parts) };

static struct {
    bool quick, json, count, list;
    int rounds;   /* 0: as many as the part has */
    char **names; /* of parts or rows; NULL behind the last; none: all */
} options;

static char *folder;
static volatile sig_atomic_t is_stopped;

const char *bench_folder(void)
{
    return folder;
}

bool bench_is_quick(void)
{
    return options.quick;
}

static bool stop(void)
{
    return is_stopped;
}

static void on_signal(int number)
{
    (void)number;
    is_stopped = 1;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    return remove(path);
}

static void remove_folder(void)
{
    nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(folder);
}

static int make_folder(void)
{
    const char *where = getenv("TMPDIR");

    folder = text_printf("%s/gilscope-bench-XXXXXX", where && *where ? where : "/tmp");
    if (mkdtemp(folder))
        return 0;
    fprintf(stderr, "bench: no folder %s: %s\n", folder, strerror(errno));
    free(folder);
    return -1;
}

static void usage(FILE *stream)
{
    fprintf(stream,
        "usage: scripts/bench.sh [--peers] [--quick] [--json] [--count] [--rounds=N] [--list] [NAME...]\n"
        "Measures the parts or rows that are named, or all.\n"
        "  --peers     installs what the benchmark measures beside gilscope, or with\n"
        "  --quick     two rounds of each, only to see whether it works\n"
        "  --json      for programs\n"
        "  --count     counts instructions for every row for which that can be done\n"
        "  --rounds=N  so many rounds of each, at most %d\n"
        "  --list      names the parts and their rows, and measures nothing\n",
        BENCH_MAX_ROUNDS);
}

static bool take_option(const char *option)
{
    static const struct {
        const char *name;
        bool *value;
    } switches[] = {
        {"--quick", &options.quick},
        {"--json", &options.json},
        {"--count", &options.count},
        {"--list", &options.list},
    };

    for (size_t i = 0; i < ARRAY_LENGTH(switches); i++) {
        if (strcmp(option, switches[i].name) == 0) {
            *switches[i].value = true;
            return true;
        }
    }
    return sscanf(option, "--rounds=%d", &options.rounds) == 1 && options.rounds >= 1 &&
           options.rounds <= BENCH_MAX_ROUNDS;
}

static bool is_named(const char *name)
{
    for (char **at = options.names; *at; at++)
        if (strcmp(*at, name) == 0)
            return true;
    return false;
}

static bool row_is_asked(const BenchPart *part, const BenchRow *row)
{
    bool is_usual = !options.names[0] && !(part->slow && options.quick);

    return is_usual || is_named(part->name) || is_named(row->name);
}

/* A name that is neither a part nor a row is most likely mistyped, and must not pass for a row that holds. */
static bool name_is_known(const char *name)
{
    for (size_t i = 0; i < N_PARTS; i++) {
        if (strcmp(all_parts[i]->name, name) == 0)
            return true;
        for (size_t k = 0; k < all_parts[i]->n_rows; k++)
            if (strcmp(all_parts[i]->rows[k].name, name) == 0)
                return true;
    }
    return false;
}

static int list_all(void)
{
    for (size_t i = 0; i < N_PARTS; i++) {
        printf("%s: %s%s\n", all_parts[i]->name, all_parts[i]->about, all_parts[i]->slow ? " (minutes)" : "");
        for (size_t k = 0; k < all_parts[i]->n_rows; k++)
            printf("    %-26s %s\n", all_parts[i]->rows[k].name, all_parts[i]->rows[k].quantity);
    }
    return EXIT_HOLD;
}

/* Marks whom the rows need; of a series that is asked for as a whole, all. Returns false if nothing is asked.
 */
static bool want(Measured *measured)
{
    const BenchPart *part = measured->part;
    bool is_any = false, is_all = part->series && (!options.names[0] || is_named(part->name));

    for (size_t k = 0; k < part->n_rows; k++) {
        const BenchRow *row = &part->rows[k];

        if (!row_is_asked(part, row))
            continue;
        is_any = true;
        measured->wanted[row->ours] = true;
        if (row->beside != BENCH_ALONE)
            measured->wanted[row->beside] = true;
    }
    for (size_t i = 0; is_any && is_all && i < part->n_contenders; i++)
        measured->wanted[i] = true;
    return is_any;
}

static int rounds_of(const BenchPart *part)
{
    if (options.rounds)
        return options.rounds;
    return options.quick && part->rounds > QUICK_ROUNDS ? QUICK_ROUNDS : part->rounds;
}

static int status_of(const RowResult *results, size_t n)
{
    int status = EXIT_HOLD;

    for (size_t i = 0; i < n; i++) {
        if (results[i].state == ROW_FAILED)
            return EXIT_FAILED;
        if (results[i].state == ROW_JUDGED && results[i].outcome == JUDGE_MISSES)
            status = EXIT_MISS;
        else if (status == EXIT_HOLD &&
                 (results[i].state == ROW_LEFT_OUT || results[i].outcome == JUDGE_INCONCLUSIVE))
            status = EXIT_CANNOT_TELL;
    }
    return status;
}

static void print_text(
    const RowResult *results, size_t n, const Measured *const *parts, size_t n_parts, const json_t *host)
{
    printf("%s, %lld CPUs usable, kernel %s, load before %.2f%s\n\n",
        json_string_value(json_object_get(host, "cpu_model")),
        (long long)json_integer_value(json_object_get(host, "cpus_usable")),
        json_string_value(json_object_get(host, "kernel")), json_number_value(json_object_get(host, "load1")),
        options.quick ? "; quick: figures are not to be believed" : "");
    report_table(results, n);
    for (size_t i = 0; i < n_parts; i++)
        if (parts[i]->part->series)
            report_series(parts[i]);
    printf("\n");
    report_notes(results, n);
}

static void print_json(
    const RowResult *results, size_t n, const Measured *const *parts, size_t n_parts, json_t *host)
{
    json_auto_t *object = report_json(results, n, parts, n_parts);

    json_object_set(object, "host", host);
    json_object_set_new(object, "quick", json_boolean(options.quick));
    json_dumpf(object, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
    printf("\n");
}

static int measure_all(void)
{
    json_auto_t *host = host_describe("");
    double load = host_load();
    Measured *parts[N_PARTS];
    RowResult results[MAX_ROWS];
    size_t n_parts = 0, n_results = 0;

    json_object_set_new(host, "load1", load < 0 ? json_null() : json_real(load));
    for (size_t i = 0; i < N_PARTS && !is_stopped; i++) {
        const BenchPart *part = all_parts[i];
        auto_free Measured *measured = calloc(1, sizeof(*measured));

        measured->part = part;
        measured->rounds = rounds_of(part);
        if (!want(measured))
            continue;
        fprintf(stderr, "%s: %s, %d rounds\n", part->name, part->about, measured->rounds);
        measure_part(measured, options.count, stop);
        for (size_t k = 0; k < part->n_rows && n_results < MAX_ROWS; k++)
            if (row_is_asked(part, &part->rows[k]))
                results[n_results++] = measured_judge(measured, &part->rows[k]);
        parts[n_parts++] = take_pointer(measured);
    }
    if (options.json)
        print_json(results, n_results, (const Measured *const *)parts, n_parts, host);
    else
        print_text(results, n_results, (const Measured *const *)parts, n_parts, host);
    for (size_t i = 0; i < n_parts; i++) {
        measured_finish(parts[i]);
        free(parts[i]);
    }
    return is_stopped ? EXIT_FAILED : status_of(results, n_results);
}

/* Options and names may come in any order. Returns 0, or what the program ends with. */
static int read_arguments(char **argv)
{
    int n = 0;

    options.names = argv;
    for (char **at = argv + 1; *at; at++) {
        if (strcmp(*at, "--help") == 0) {
            usage(stdout);
            return EXIT_HELPED;
        }
        if (**at != '-' && !name_is_known(*at)) {
            fprintf(stderr, "bench: there is no part or row %s; --list names them\n", *at);
            return EXIT_USAGE;
        }
        if (**at != '-')
            argv[n++] = *at;
        else if (!take_option(*at)) {
            usage(stderr);
            return EXIT_USAGE;
        }
    }
    argv[n] = NULL;
    return 0;
}

int main(int argc, char **argv)
{
    const struct sigaction action = {.sa_handler = on_signal};
    int status = read_arguments(argv);

    (void)argc;
    if (status != 0)
        return status == EXIT_HELPED ? 0 : status;
    if (options.list)
        return list_all();
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    descriptors_raise();
    if (make_folder() < 0)
        return EXIT_FAILED;
    status = measure_all();
    remove_folder();
    return status;
}
