/* What is kept: the history and each run of it over HTTP, and what of it survives when the server is killed,
 * the disk is full, or the file is damaged. */
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/nsec.h"
#include "base/text.h"
#include "tests/api/api-runs.h"
#include "tests/unit/run.h"

#define FRESH "&fresh=1"

static ApiServer server;

/* Starts a run and waits for its end; returns its id, owned by the caller. */
static char *run_to_end(const char *experiment, const char *more, const char *status)
{
    char *id = api_book(&server, experiment, more);

    api_wait_for_status(&server, id, status);
    return id;
}

/* The labels of the runs on all pages of a list, newest first: "f e d". */
static char *page_through(const char *header, const char *path, size_t page_size)
{
    char *text = strdup(""), *next = strdup(path);

    while (*next) {
        auto_answer ApiAnswer answer = api_ask(&server, (ApiAsk){.path = next, .header = header});
        const json_t *runs = json_object_get(answer.json, "runs");
        auto_free char *link = api_answer_header(&answer, "Link");
        size_t i;
        json_t *run;

        api_assert_status(&answer, 200);
        json_array_foreach (runs, i, run) {
            auto_free char *before = text;

            text = text_printf("%s%s%s", before, *before ? " " : "", api_text(run, "label"));
        }
        free(next);
        next = api_next_page(&answer);
        ck_assert_int_eq(link != NULL, *next != '\0');
        /* Seen from /runs: a proxy may have the server below a prefix. */
        ck_assert_msg(!*next || strncmp(next, "/runs?before=", 13) == 0, "%s", next);
        ck_assert_msg(!link || (link[0] == '<' && strstr(link, next + 1) == link + 1), "%s", link);
        ck_assert_uint_le(json_array_size(runs), page_size);
        ck_assert_msg(!*next || json_array_size(runs) == page_size, "%s", answer.body);
    }
    free(next);
    return text;
}

static void assert_pages_of(const char *header, const char *path, size_t page_size, const char *labels)
{
    auto_free char *found = page_through(header, path, page_size);

    ck_assert_msg(strcmp(found, labels) == 0, "%s: \"%s\", not \"%s\"", path, found, labels);
}

static void assert_pages(const char *path, size_t page_size, const char *labels)
{
    assert_pages_of(NULL, path, page_size, labels);
}

START_TEST(the_history_is_paged_and_filtered)
{
    static const struct {
        const char *experiment, *more, *status;
    } runs[] = {
        {"fine", "&client=anna&label=a" FRESH, "done"},
        {"crash", "&client=anna&label=b" FRESH, "failed"},
        {"fine", "&client=ben&label=c" FRESH, "done"},
        {"fine", "&client=ben&label=%26d%3D1" FRESH, "done"},
        {"crash", "&client=anna&label=a" FRESH, "failed"},
        {"fine", "&client=anna&label=%26d%3D1" FRESH, "done"},
        {"fine", "&client=anna&label=a" FRESH, "done"},
    };

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    assert_pages("/runs", 50, "");
    for (size_t i = 0; i < ARRAY_LENGTH(runs); i++)
        free(run_to_end(runs[i].experiment, runs[i].more, runs[i].status));
    for (int round = 0; round < 2; round++) {
        assert_pages("/runs", 50, "a &d=1 a &d=1 c b a");
        assert_pages("/runs?limit=1", 1, "a &d=1 a &d=1 c b a");
        assert_pages("/runs?limit=3", 3, "a &d=1 a &d=1 c b a");
        assert_pages("/runs?limit=7", 7, "a &d=1 a &d=1 c b a");
        assert_pages("/runs?limit=2&experiment=crash", 2, "a b");
        assert_pages("/runs?limit=1&experiment=crash&label=a", 1, "a");
        assert_pages("/runs?limit=1&status=failed", 1, "a b");
        assert_pages("/runs?limit=1&status=done&label=A", 1, "a a");
        assert_pages("/runs?limit=1&label=%26d%3D1", 1, "&d=1 &d=1");
        assert_pages("/runs?label=nobody", 50, "");
        assert_pages("/runs?experiment=gated", 50, "");
        ck_assert_int_eq(api_server_end(&server, SIGTERM), 0);
        api_server_start_again(&server, API_FAKE_RUNTIME, NULL);
    }
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* Anna asks, Ben joins. */
static void run_for_two(int seed)
{
    auto_free char *anna = text_printf("&client=anna&label=a%d&seed=%d", seed, seed);
    auto_free char *ben = text_printf("&client=ben-secret&label=b%d&seed=%d", seed, seed);
    auto_free char *id = api_book(&server, "gated", anna), *joined = NULL;

    api_server_wait_for_file(&server, "begun");
    joined = api_book(&server, "gated", ben);
    ck_assert_str_eq(id, joined);
    api_server_touch(&server, "go");
    api_wait_for_status(&server, id, "done");
}

START_TEST(each_sees_its_own_words_on_all_pages_and_nobody_its_name)
{
    static const char *const headers[] = {NULL, API_OWNER("anna"), API_OWNER("ben-secret")};

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    for (int seed = 1; seed <= 3; seed++)
        run_for_two(seed);
    assert_pages_of(API_OWNER("ben-secret"), "/runs?limit=1", 1, "b3 b2 b1");
    assert_pages_of(API_OWNER("anna"), "/runs?limit=1", 1, "a3 a2 a1");
    assert_pages("/runs?limit=2", 2, "a3 a2 a1");
    assert_pages("/runs?limit=1&label=b2", 1, "a2");
    for (size_t i = 0; i < ARRAY_LENGTH(headers); i++) {
        auto_answer ApiAnswer answer = api_ask(&server, (ApiAsk){.path = "/runs", .header = headers[i]});
        const json_t *run = json_array_get(json_object_get(answer.json, "runs"), 0);
        auto_free char *path = text_printf("/runs/%s", api_text(run, "id"));
        auto_free char *of_events = text_printf("%s/events", path);
        auto_answer ApiAnswer whole = api_ask(&server, (ApiAsk){.path = path, .header = headers[i]});
        auto_answer ApiAnswer events = api_ask(&server, (ApiAsk){.path = of_events, .header = headers[i]});

        ck_assert_msg(!strstr(answer.body, "secret") && !strstr(answer.body, "owner"), "%s", answer.body);
        ck_assert_msg(!strstr(whole.body, "secret") && !strstr(whole.body, "owner"), "%s", whole.body);
        ck_assert_msg(!strstr(events.body, "secret") && !strstr(events.body, "owner"), "%s", events.body);
    }
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(a_kept_run_is_shown_in_each_format)
{
    static const struct {
        const char *query, *accept, *type, *words;
    } rows[] = {
        {"", "Accept: */*", "application/json", "\"status\": \"done\""},
        {"?format=json", "Accept: text/csv", "application/json", "\"cells\""},
        {"?format=csv", "Accept: */*", "text/csv", "serial"},
        {"?format=table", "Accept: */*", "text/plain", "serial"},
        {"?format=markdown", "Accept: */*", "text/markdown", "serial"},
        {"", "Accept: text/csv", "text/csv", "serial"},
    };
    auto_free char *id = NULL, *wrong = NULL;
    auto_answer ApiAnswer refused = {0};

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    id = run_to_end("fine", "&client=anna&label=mine", "done");
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        auto_free char *path = text_printf("/runs/%s%s", id, rows[i].query);
        auto_answer ApiAnswer answer = api_ask(&server, (ApiAsk){.path = path, .header = rows[i].accept});
        auto_free char *type = api_answer_header(&answer, "Content-Type");

        api_assert_status(&answer, 200);
        ck_assert_msg(strncmp(type, rows[i].type, strlen(rows[i].type)) == 0, "%s: %s", path, type);
        ck_assert_msg(strstr(answer.body, rows[i].words), "%s: %s", path, answer.body);
        ck_assert_int_eq(answer.body[answer.length - 1], '\n');
    }
    wrong = text_printf("/runs/%s?format=xml", id);
    refused = api_get(&server, wrong);
    api_assert_status(&refused, 400);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

static void assert_trace(const char *id, long status, const char *words)
{
    auto_free char *path = text_printf("/runs/%s/trace", id);
    auto_answer ApiAnswer answer = api_get(&server, path);

    api_assert_status(&answer, status);
    ck_assert_msg(answer.json && strstr(answer.body, words), "%s", answer.body);
}

START_TEST(a_trace_is_there_if_the_run_had_a_timeline_and_is_over)
{
    auto_answer ApiAnswer traced = {0}, plain = {0};
    auto_free char *slow = NULL;

    api_server_start(&server, NULL);
    traced = api_get(&server, "/run/countdown?n=1000&repeat=1&warmup=0&mode=threads&timeline=on");
    plain = api_get(&server, "/run/countdown?n=1000&repeat=1&warmup=0&mode=threads");
    api_assert_status(&traced, 200);
    api_assert_status(&plain, 200);
    assert_trace(api_text(traced.json, "id"), 200, "traceEvents");
    assert_trace(api_text(plain.json, "id"), 404, "timeline=on");
    assert_trace("01ARZ3NDEKTSV4RRFFQ69G5FAV", 404, "No such run");
    ck_assert_int_eq(api_server_end(&server, SIGTERM), 0);
    api_server_start_again(&server, API_FAKE_RUNTIME, NULL);
    assert_trace(api_text(traced.json, "id"), 200, "traceEvents");
    slow = api_book(&server, "hang", FRESH);
    assert_trace(slow, 409, "is not over yet");
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* --- kill -9 --- */

enum { N_FLIGHTS = 6, MAX_ANSWER = 16384, MAX_PROMISES = 4096 };

/* A request under way. */
typedef struct Flight {
    int fd;
    bool async;
    char text[MAX_ANSWER];
    size_t length;
} Flight;

/* What a client was told. */
typedef struct Promise {
    char id[32];
    bool done; /* 200; else 202 */
} Promise;

static Flight flights[N_FLIGHTS];
static Promise promises[MAX_PROMISES];
static int n_promises;

static void take_off(Flight *flight)
{
    static unsigned n;
    auto_free char *request = NULL;

    flight->async = n++ % 3 == 0;
    flight->length = 0;
    request = text_printf("GET /run/fine" API_ONCE FRESH "&client=c%u HTTP/1.1\r\nHost: localhost\r\n"
                          "Connection: close\r\n%s\r\n",
        n % 7, flight->async ? "Prefer: respond-async\r\n" : "");
    flight->fd = api_send(&server, request);
}

/* The connection has ended. If the whole answer came, it is a promise. */
static void land(Flight *flight)
{
    const char *body;
    json_auto_t *run = NULL;
    int status = 0;

    close(flight->fd);
    flight->fd = -1;
    flight->text[flight->length] = '\0';
    body = strstr(flight->text, "\r\n\r\n");
    run = body ? json_loads(body, 0, NULL) : NULL;
    if (!run)
        return;
    sscanf(flight->text, "HTTP/1.1 %d", &status);
    ck_assert_msg(status == (flight->async ? 202 : 200), "%s", flight->text);
    ck_assert_msg(!json_is_false(json_object_get(run, "kept")), "%s", flight->text);
    ck_assert_int_lt(n_promises, MAX_PROMISES);
    snprintf(promises[n_promises].id, sizeof(promises[0].id), "%s", api_text(run, "id"));
    promises[n_promises++].done = status == 200;
}

/* Reads what has come. */
static void fly(Flight *flight)
{
    ssize_t n = recv(flight->fd, flight->text + flight->length, MAX_ANSWER - 1 - flight->length, 0);

    if (n > 0)
        flight->length += (size_t)n;
    else
        land(flight);
}

/* Keeps the server busy for a while. */
static void load(nsec_t until)
{
    while (nsec_now() < until) {
        struct pollfd ready[N_FLIGHTS];

        for (int i = 0; i < N_FLIGHTS; i++) {
            if (flights[i].fd < 0)
                take_off(&flights[i]);
            ready[i] = (struct pollfd){.fd = flights[i].fd, .events = POLLIN};
        }
        poll(ready, N_FLIGHTS, 1);
        for (int i = 0; i < N_FLIGHTS; i++)
            if (ready[i].revents)
                fly(&flights[i]);
    }
}

static void land_all(void)
{
    for (int i = 0; i < N_FLIGHTS; i++)
        while (flights[i].fd >= 0)
            fly(&flights[i]);
}

static void assert_kept(const Promise *promise)
{
    json_auto_t *run = api_run(&server, promise->id);
    const char *status = api_text(run, "status");

    if (promise->done || strcmp(status, "done") == 0) {
        ck_assert_str_eq(status, "done");
        ck_assert_uint_eq(json_array_size(json_object_get(run, "cells")), 1);
        return;
    }
    ck_assert_str_eq(status, "failed");
    ck_assert_str_eq(api_text(run, "reason"), "the server ended before the run did");
}

static void assert_archive_is_whole(void)
{
    auto_answer ApiAnswer ready = api_get(&server, "/readyz");

    api_assert_status(&ready, 200);
    ck_assert_msg(json_is_true(json_object_get(ready.json, "runs_kept")), "%s", ready.body);
    api_wait_for_runs(&server, "queued", 0);
    api_wait_for_runs(&server, "running", 0);
}

/* Returns how many files of the server's folder have a name that begins so. */
static int count_files(const char *prefix)
{
    DIR *list = opendir(server.directory);
    struct dirent *entry;
    int n = 0;

    ck_assert_ptr_nonnull(list);
    while ((entry = readdir(list)))
        n += strncmp(entry->d_name, prefix, strlen(prefix)) == 0;
    closedir(list);
    return n;
}

#define ROOM "limits.max_queue_client=1000", "limits.max_queue_address=1000"

/* GILSCOPE_KILL_ROUNDS is for a longer look. */
START_TEST(a_server_that_is_killed_has_lost_nothing_that_it_answered)
{
    const char *given = getenv("GILSCOPE_KILL_ROUNDS");
    int n_rounds = given ? atoi(given) : 8, n_done = 0, n_booked = 0;

    for (int i = 0; i < N_FLIGHTS; i++)
        flights[i].fd = -1;
    srandom((unsigned)nsec_now());
    api_server_start(&server, API_FAKE_RUNTIME, ROOM, NULL);
    for (int round = 0; round < n_rounds; round++) {
        n_promises = 0;
        load(nsec_now() + (nsec_t)(random() % 200) * NSEC_PER_MSEC);
        ck_assert_int_eq(api_server_end(&server, SIGKILL), 128 + SIGKILL);
        land_all();
        api_server_start_again(&server, API_FAKE_RUNTIME, ROOM, NULL);
        assert_archive_is_whole();
        for (int i = 0; i < n_promises; i++) {
            assert_kept(&promises[i]);
            *(promises[i].done ? &n_done : &n_booked) += 1;
        }
    }
    ck_assert_int_eq(count_files("archive.db.damaged"), 0);
    printf("killed %d times: %d runs were answered with 200, %d with 202, none was lost\n", n_rounds, n_done,
        n_booked);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* --- no room --- */

static void assert_run_is_kept(bool kept, const char *why)
{
    auto_answer ApiAnswer run = api_get(&server, "/run/fine" API_ONCE FRESH), ready = {0}, shown = {0};
    auto_answer ApiAnswer booked =
        api_ask(&server, (ApiAsk){.path = "/run/fine" API_ONCE FRESH, .header = "Prefer: respond-async"});
    auto_free char *path = NULL;

    api_assert_status(&run, 200);
    api_assert_status(&booked, 202);
    ck_assert_msg(json_is_boolean(json_object_get(run.json, "kept")), "%s", run.body);
    ck_assert_msg(json_is_true(json_object_get(run.json, "kept")) == kept, "%s", run.body);
    ck_assert_msg(json_is_false(json_object_get(booked.json, "kept")) != kept, "%s", booked.body);
    ready = api_get(&server, "/readyz");
    api_assert_status(&ready, 200);
    ck_assert_msg(json_is_true(json_object_get(ready.json, "runs_kept")) == kept, "%s", ready.body);
    if (!kept) {
        ck_assert_msg(strstr(api_text(run.json, "kept_reason"), why), "%s", run.body);
        ck_assert_msg(strstr(api_text(booked.json, "kept_reason"), why), "%s", booked.body);
        ck_assert_msg(strstr(api_text(ready.json, "reason"), why), "%s", ready.body);
    }
    /* Whether or not, it can be looked at. */
    path = text_printf("/runs/%s", api_text(run.json, "id"));
    shown = api_get(&server, path);
    api_assert_status(&shown, 200);
    api_wait_for_status(&server, api_text(booked.json, "id"), "done");
}

static void limit_files(rlim_t bytes)
{
    const struct rlimit limit = {bytes, RLIM_INFINITY};

    ck_assert_int_eq(prlimit(server.pid, RLIMIT_FSIZE, &limit, NULL), 0);
}

START_TEST(on_a_full_disk_runs_work_and_are_not_kept_until_there_is_room)
{
    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    assert_run_is_kept(true, NULL);
    limit_files(1);
    assert_run_is_kept(false, "archive.db");
    assert_run_is_kept(false, "archive.db");
    api_wait_for_runs(&server, "done", 6);
    limit_files(RLIM_INFINITY);
    assert_run_is_kept(true, NULL);
    api_wait_for_runs(&server, "done", 8);
    /* With room, what was only in memory went to the disk as well. */
    ck_assert_int_eq(api_server_end(&server, SIGKILL), 128 + SIGKILL);
    api_server_start_again(&server, API_FAKE_RUNTIME, NULL);
    api_wait_for_runs(&server, "done", 8);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

START_TEST(where_no_file_can_be_made_runs_work_and_are_not_kept)
{
    static const char *const paths[][2] = {
        {"archive.path=/proc/archive.db", "/proc/archive.db"},
        {"archive.path=/dev/null/archive.db", "/dev/null/archive.db"},
        {"archive.path=none", ""},
    };

    for (size_t i = 0; i < ARRAY_LENGTH(paths); i++) {
        api_server_start(&server, API_FAKE_RUNTIME, paths[i][0], NULL);
        assert_run_is_kept(false, paths[i][1]);
        ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
    }
}
END_TEST

/* Overwrites all of a file but its beginning. */
static void damage(const char *name)
{
    auto_free char *path = text_printf("%s/%s", server.directory, name);
    auto_close int fd = open(path, O_WRONLY | O_CLOEXEC);
    struct stat about;

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(fstat(fd, &about), 0);
    for (off_t at = 4096; at < about.st_size; at += 8)
        ck_assert_int_eq(pwrite(fd, "damaged!", 8, at), 8);
}

START_TEST(a_damaged_file_is_set_aside_and_a_new_one_begun)
{
    auto_free char *id = NULL;
    auto_answer ApiAnswer ready = {0};

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    id = run_to_end("fine", FRESH, "done");
    ck_assert_int_eq(api_server_end(&server, SIGTERM), 0);
    damage("archive.db");
    api_server_start_again(&server, API_FAKE_RUNTIME, NULL);
    ck_assert_int_ge(count_files("archive.db.damaged-"), 1);
    ready = api_get(&server, "/readyz");
    ck_assert_int_eq(ready.status, 200);
    ck_assert(json_is_true(json_object_get(ready.json, "runs_kept")));
    ck_assert_ptr_nonnull(strstr(api_text(ready.json, "notice"), "was damaged and is kept as"));
    api_wait_for_runs(&server, "", 0);
    assert_run_is_kept(true, NULL);
    ck_assert_int_eq(api_server_end(&server, SIGTERM), 0);
    api_server_start_again(&server, API_FAKE_RUNTIME, NULL);
    api_wait_for_runs(&server, "done", 2);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

/* Turns round a bit of a label wherever it stands in the file, so that the file itself stays sound. */
static void turn_bit_of(const char *label)
{
    auto_free char *path = text_printf("%s/archive.db", server.directory), *bytes = NULL;
    size_t size, length = strlen(label);
    int n_turned = 0;

    ck_assert_int_eq(text_read_file(path, 1 << 30, &bytes, &size), 0);
    for (char *at = bytes; (at = memmem(at, size - (size_t)(at - bytes), label, length)); n_turned++)
        at[length - 1] ^= 1;
    ck_assert_int_gt(n_turned, 0);
    {
        auto_close int fd = open(path, O_WRONLY | O_CLOEXEC);

        ck_assert_int_eq(text_write_fd(fd, bytes, size), 0);
    }
}

START_TEST(a_run_whose_record_is_damaged_is_told_and_no_other)
{
    static const struct {
        const char *method, *format;
    } rows[] = {
        {"GET", "/runs/%s"},
        {"GET", "/runs/%s/events"},
        {"GET", "/runs/%s/trace"},
        {"PATCH", "/runs/%s?label=new"},
        {"DELETE", "/runs/%s"},
        {"POST", "/runs/%s/cancel"},
        {"GET", "/compare?baseline=%s&candidate=01ARZ3NDEKTSV4RRFFQ69G5FAV"},
    };
    auto_free char *first = NULL, *damaged = NULL, *last = NULL, *path = NULL;
    auto_answer ApiAnswer list = {0}, removed = {0}, after = {0};
    const json_t *unreadable;

    api_server_start(&server, API_FAKE_RUNTIME, NULL);
    first = run_to_end("fine", "&client=anna&label=aaaa" FRESH, "done");
    damaged = run_to_end("fine", "&client=anna&label=bbbb" FRESH, "done");
    last = run_to_end("fine", "&client=anna&label=dddd" FRESH, "done");
    ck_assert_int_eq(api_server_end(&server, SIGTERM), 0);
    turn_bit_of("bbbb");
    api_server_start_again(&server, API_FAKE_RUNTIME, "server.instructor_token=teacher-secret", NULL);
    assert_pages("/runs?limit=1", 1, "dddd aaaa");
    list = api_get(&server, "/runs");
    unreadable = json_object_get(list.json, "unreadable");
    ck_assert_uint_eq(json_array_size(unreadable), 1);
    ck_assert_str_eq(json_string_value(json_array_get(unreadable, 0)), damaged);
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        auto_free char *where = text_printf(rows[i].format, damaged);
        auto_answer ApiAnswer answer =
            api_ask(&server, (ApiAsk){.method = rows[i].method, .path = where, .header = API_OWNER("anna")});

        api_assert_status(&answer, 500);
        ck_assert_msg(strstr(api_text(answer.json, "detail"), "is damaged"), "%s: %s", where, answer.body);
    }
    api_wait_for_status(&server, first, "done");
    api_wait_for_status(&server, last, "done");
    path = text_printf("/runs/%s", damaged);
    removed = api_ask(&server,
        (ApiAsk){.method = "DELETE", .path = path, .header = "Authorization: Bearer teacher-secret"});
    api_assert_status(&removed, 204);
    after = api_get(&server, path);
    api_assert_status(&after, 404);
    assert_run_is_kept(true, NULL);
    ck_assert_int_eq(count_files("archive.db.damaged"), 0);
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
}
END_TEST

RUN_TESTS("api-archive", 1800, the_history_is_paged_and_filtered,
    each_sees_its_own_words_on_all_pages_and_nobody_its_name, a_kept_run_is_shown_in_each_format,
    a_trace_is_there_if_the_run_had_a_timeline_and_is_over,
    a_server_that_is_killed_has_lost_nothing_that_it_answered,
    on_a_full_disk_runs_work_and_are_not_kept_until_there_is_room,
    where_no_file_can_be_made_runs_work_and_are_not_kept, a_damaged_file_is_set_aside_and_a_new_one_begun,
    a_run_whose_record_is_damaged_is_told_and_no_other)
