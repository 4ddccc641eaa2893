/* The newest 50 runs out of 100 to 100,000, as the page asks for them, beside what SQLite needs for the same
 * rows. And a page with each filter, from the archive itself: the slowest page in a hundred of the slowest
 * filter. */
#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/nsec.h"
#include "base/text.h"
#include "tests/bench/archive-fill.h"
#include "tests/bench/bench.h"
#include "tests/bench/client.h"
#include "tests/bench/server.h"

enum { N_SIZES = 4, LARGEST = 3, N_ASKED = 100, PAGES = 200 };

static const int sizes[N_SIZES] = {100, 1000, 10000, 100000};

/* By ids the archive is read in the order of its index; this is what the server's page needs of it. */
static const char query[] =
    "SELECT runs.id, experiment, status, summary, created_ms, kinds, sum, owner, label, question, prediction"
    " FROM (SELECT * FROM runs ORDER BY id DESC LIMIT 50) AS runs"
    " JOIN (SELECT run, number, owner, label, question, prediction FROM asks) AS asks ON run = runs.id"
    " ORDER BY runs.id DESC, number";

/* To see that it works, a hundredth is enough. */
static int size_of(int i)
{
    return bench_is_quick() ? sizes[i] / 100 : sizes[i];
}

static Server servers[N_SIZES];
static int connection = -1; /* of the measurement under way */
static sqlite3 *database;
static uv_loop_t loop;
static Archive *archive;

static char *path_of(const char *name)
{
    return text_printf("%s/%s.db", bench_folder(), name);
}

/* Two servers cannot have one file, nor can this program beside one. */
static int copy_file(const char *from, const char *to)
{
    const char *const command[] = {"cp", from, to, NULL};

    return program_run(command, NULL, NULL);
}

static int open_server(int i)
{
    auto_free char *name = text_printf("history-%d", sizes[i]), *path = path_of(name);

    if (archive_fill(path, size_of(i)) < 0)
        return -1;
    if (i == LARGEST) {
        auto_free char *sql = path_of("sql"), *pages = path_of("pages");

        if (copy_file(path, sql) < 0 || copy_file(path, pages) < 0)
            return -1;
    }
    return server_start(&servers[i], path, NULL);
}

static int open_part(void)
{
    auto_free char *sql = path_of("sql"), *pages = path_of("pages");

    for (int i = 0; i < N_SIZES; i++)
        if (open_server(i) < 0)
            return -1;
    if (sqlite3_open_v2(sql, &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
        return bench_fail("%s", sqlite3_errmsg(database));
    uv_loop_init(&loop);
    archive = archive_open(&loop, &(ArchiveSettings){pages, sizes[LARGEST], INT64_C(1) << 40});
    return 0;
}

static void close_part(void)
{
    for (int i = 0; i < N_SIZES; i++)
        server_stop(&servers[i]);
    sqlite3_close(database);
    database = NULL;
    if (archive) {
        archive_close(archive, NULL, NULL);
        uv_run(&loop, UV_RUN_DEFAULT);
        uv_loop_close(&loop);
        archive = NULL;
    }
}

static int by_value(const void *one, const void *other)
{
    double x = *(const double *)one, y = *(const double *)other;

    return (x > y) - (x < y);
}

/* Takes the time of one request or query. Returns 0 or the result of bench_fail(). */
typedef int (*Once)(const BenchContender *self);

/* The median in microseconds of many, of which one alone is too short. */
static int measure_many(Once once, const BenchContender *self, double *figures)
{
    double us[N_ASKED];

    for (int i = 0; i < N_ASKED; i++) {
        nsec_t before = nsec_now();

        if (once(self) < 0)
            return -1;
        us[i] = (double)(nsec_now() - before) / NSEC_PER_USEC;
    }
    qsort(us, N_ASKED, sizeof(us[0]), by_value);
    figures[0] = us[N_ASKED / 2];
    return 0;
}

static int ask_server(const BenchContender *self)
{
    auto_client_answer ClientAnswer answer = {0};

    (void)self;
    return client_get(connection, "/runs?limit=50", "", &answer);
}

static int ask_sqlite(const BenchContender *self)
{
    sqlite3_stmt *statement;
    int n = 0;

    (void)self;
    if (sqlite3_prepare_v2(database, query, -1, &statement, NULL) != SQLITE_OK)
        return bench_fail("%s", sqlite3_errmsg(database));
    while (sqlite3_step(statement) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(statement); i++)
            sqlite3_column_text(statement, i);
        n++;
    }
    sqlite3_finalize(statement);
    /* Each run was asked for twice. */
    return n == 100 ? 0 : bench_fail("the bare query gives %d rows", n);
}

static int measure_server(const BenchContender *self, double *figures)
{
    int r;

    connection = client_open(servers[self->n].port);
    r = connection < 0 ? -1 : measure_many(ask_server, self, figures);
    if (connection >= 0)
        close(connection);
    return r;
}

static int measure_sqlite(const BenchContender *self, double *figures)
{
    return measure_many(ask_sqlite, self, figures);
}

static void on_listed(void *data, const json_t *runs, const json_t *unreadable, bool more)
{
    (void)unreadable;
    (void)more;
    *(size_t *)data += json_array_size(runs);
}

/* From the call to the callback on an idle loop, in milliseconds; the cursors are all over the archive. */
static double p99_of(ArchiveFilter filter)
{
    char before[ARCHIVE_ID_SIZE];
    double ms[PAGES];
    size_t n_shown = 0;

    filter.limit = 50;
    filter.before = before;
    filter.owner = "client:b";
    for (int i = 0; i < PAGES; i++) {
        nsec_t start = nsec_now();

        archive_fill_id((int)((i * INT64_C(7919) % PAGES + 1) * (size_of(LARGEST) / PAGES)), before);
        archive_list(archive, &filter, on_listed, &n_shown);
        uv_run(&loop, UV_RUN_DEFAULT);
        ms[i] = (double)(nsec_now() - start) / NSEC_PER_MSEC;
    }
    qsort(ms, PAGES, sizeof(ms[0]), by_value);
    return n_shown > 0 ? ms[PAGES * 99 / 100] : -1;
}

static int measure_pages(const BenchContender *self, double *figures)
{
    static const ArchiveFilter filters[] = {
        {0},
        {.experiment = "countdown"},
        {.experiment = "rare"},
        {.status = "done"},
        {.status = "failed"},
        {.label = "COMMON"},
        {.label = "rare"},
        {.label = "common", .experiment = "rare"},
        {.label = "common", .status = "failed"},
    };

    (void)self;
    for (size_t i = 0; i < ARRAY_LENGTH(filters); i++) {
        double p99 = p99_of(filters[i]);

        if (p99 < 0)
            return bench_fail("a filter finds nothing");
        figures[0] = p99 > figures[0] ? p99 : figures[0];
    }
    return 0;
}

enum { SERVER_100, SERVER_1000, SERVER_10000, SERVER_100000, SQLITE, FILTERED };

static const BenchContender contenders[] = {
    [SERVER_100] = {"100 runs", .measure = measure_server, .n = 0},
    [SERVER_1000] = {"1,000 runs", .measure = measure_server, .n = 1},
    [SERVER_10000] = {"10,000 runs", .measure = measure_server, .n = 2},
    [SERVER_100000] = {"100,000 runs", .measure = measure_server, .n = LARGEST},
    [SQLITE] = {"the bare query with its join", .measure = measure_sqlite},
    [FILTERED] = {"each filter", .measure = measure_pages},
};

static const BenchRow rows[] = {
    {"runs-list", "GET /runs?limit=50 of 100,000 runs", "us", SERVER_100000, SQLITE, .ratio = 2},
    {"growth-runs", "cost growth: GET /runs of 100,000 runs", "us", SERVER_100000, SERVER_100, .ratio = 1.1},
    {"runs-filtered", "a page by any filter, 99 of 100", "ms", FILTERED, BENCH_ALONE, .limit = 10},
};

const BenchPart part_history = {
    .name = "history",
    .about = "the list of the runs there are; fills four archives first, which takes a minute",
    .contenders = contenders,
    .n_contenders = ARRAY_LENGTH(contenders),
    .rows = rows,
    .n_rows = ARRAY_LENGTH(rows),
    .rounds = 15,
    .open = open_part,
    .close = close_part,
    .series = "GET /runs?limit=50 by the number of runs kept, us",
    .n_series = SQLITE,
};
