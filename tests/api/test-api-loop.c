/* The server has one loop, and what is done there keeps everybody waiting. So no JSON of a large run is
 * read or written there, neither while it goes on nor when it ends or afterwards; a library that is loaded
 * before counts. */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "tests/api/api-runs.h"
#include "tests/api/api-server.h"
#include "tests/api/loop-json.h"
#include "tests/faults/fault-lab.h"
#include "tests/unit/run.h"

static ApiServer server;
static LoopBook *book;

/* Starts it with the library before all others. */
static void start(void)
{
    auto_close int fd = memfd_create("book", 0);
    auto_free char *path = text_printf("/proc/%d/fd/%d", getpid(), fd);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(ftruncate(fd, sizeof(LoopBook)), 0);
    book = mmap(NULL, sizeof(*book), PROT_READ, MAP_SHARED, fd, 0);
    ck_assert_ptr_ne(book, MAP_FAILED);
    setenv("LOOP_BOOK", path, 1);
    setenv("LD_PRELOAD", getenv("LOOP_LIBRARY"), 1);
    api_server_start(&server, API_FAKE_RUNTIME, "log.level=warning", "server.grace_ms=0", NULL);
    unsetenv("LD_PRELOAD");
}

/* The library saw the loop at work, and large texts elsewhere, but none there. */
static void stop(void)
{
    ck_assert_int_eq(api_server_stop(&server, SIGTERM), 0);
    ck_assert_uint_gt(book->small, 0);
    ck_assert_uint_gt(book->elsewhere, 0);
    ck_assert_uint_eq(book->written, 0);
    ck_assert_uint_eq(book->read, 0);
    munmap(book, sizeof(*book));
}

/* Waits until what the runtime has said so far is in the run. */
static void wait_until_large(const char *path)
{
    for (int i = 0; i < API_PATIENCE_S * 10; i++) {
        auto_answer ApiAnswer answer = api_get(&server, path);

        api_assert_status(&answer, 200);
        ck_assert_ptr_nonnull(strstr(answer.body, "\"status\": \"running\""));
        if (answer.length > LOOP_LARGE)
            return;
        usleep(100000);
    }
    ck_abort_msg("%s never is large", path);
}

/* Shown in all formats, and to one that joins it and does not wait. */
START_TEST(a_large_run_that_goes_on_is_written_in_another_thread)
{
    static const char *const formats[] = {"csv", "table", "json"};
    auto_free char *id = NULL, *path = NULL;
    auto_answer ApiAnswer joined = {0};

    start();
    id = api_book(&server, "lingering", "");
    path = text_printf("/runs/%s", id);
    wait_until_large(path);
    for (size_t i = 0; i < ARRAY_LENGTH(formats); i++) {
        auto_free char *in_format = text_printf("%s?format=%s", path, formats[i]);
        auto_answer ApiAnswer answer = api_get(&server, in_format);

        api_assert_status(&answer, 200);
    }
    joined = api_ask(&server, (ApiAsk){.path = "/run/lingering" API_ONCE, .header = "Prefer: respond-async"});
    api_assert_status(&joined, 202);
    ck_assert_uint_gt(joined.length, LOOP_LARGE);
    ck_assert(json_is_true(json_object_get(joined.json, "joined")));
    ck_assert_str_eq(api_text(joined.json, "id"), id);
    stop();
}
END_TEST

/* Told to one who waits, one who watches, and one who asks again and again until it is over. */
START_TEST(a_large_run_that_ends_is_written_in_another_thread)
{
    auto_free char *id = NULL, *path = NULL, *waited = NULL, *watched = NULL;
    int waiting, watching;

    start();
    id = api_book(&server, "lingering", "");
    path = text_printf("/runs/%s", id);
    wait_until_large(path);
    waiting = api_send_run(&server, "lingering", "");
    watching = api_send(&server,
        "GET /run/lingering" API_ONCE " HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n"
        "Connection: close\r\n\r\n");
    free(api_wait_for_asks(&server, 3));
    api_server_touch(&server, "go");
    api_wait_for_status(&server, id, "done");
    waited = api_receive(waiting);
    ck_assert_uint_gt(strlen(waited), LOOP_LARGE);
    watched = api_receive(watching);
    ck_assert_uint_gt(strlen(watched), LOOP_LARGE);
    ck_assert_ptr_nonnull(strstr(watched, "\nevent: done\n"));
    stop();
}
END_TEST

/* One that the archive has: whole, in another format, as a stream, and beside another. */
START_TEST(a_large_run_that_is_kept_is_read_in_another_thread)
{
    static const char *const forms[] = {"/runs/%s", "/runs/%s?format=csv", "/runs/%s/events"};
    auto_free char *id = NULL, *path = NULL, *both = NULL;
    auto_answer ApiAnswer compared = {0};

    start();
    id = api_book(&server, "lingering", "");
    path = text_printf("/runs/%s", id);
    wait_until_large(path);
    api_server_touch(&server, "go");
    api_wait_for_status(&server, id, "done");
    for (size_t i = 0; i < ARRAY_LENGTH(forms); i++) {
        auto_free char *form = text_printf(forms[i], id);
        auto_answer ApiAnswer answer = api_get(&server, form);

        api_assert_status(&answer, 200);
    }
    both = text_printf("/compare?baseline=%s&candidate=%s", id, id);
    compared = api_get(&server, both);
    api_assert_status(&compared, 200);
    stop();
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_large_run_that_goes_on_is_written_in_another_thread,
        a_large_run_that_ends_is_written_in_another_thread,
        a_large_run_that_is_kept_is_read_in_another_thread};

    return FAULTS_CANNOT_BE_MADE ? MESON_SKIPPED : run_tests("api-loop", tests, ARRAY_LENGTH(tests), 120);
}
