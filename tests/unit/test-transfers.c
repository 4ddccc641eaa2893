/* libcurl on a loop: its descriptors, as old and new versions name them, and real transfers. */
#include "engine/transfers.h"

#include <errno.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "tests/unit/run.h"

static unsigned n_ended;
static CURLcode last_code;

static void note_end(Loop *loop, Transfer *transfer, CURLcode code)
{
    (void)loop;
    (void)transfer;
    n_ended++;
    last_code = code;
}

static void open_all(Loop *loop)
{
    loop_init(loop, NULL, NULL, NULL, NULL, 1);
    ck_assert_int_eq(transfers_open(loop, note_end), 0);
}

static void turn(Loop *loop, bool dont_block)
{
    LoopEvents events;

    loop_poll(loop, &events, dont_block);
    loop_dispatch(loop, &events);
}

/* From 8.20 on libcurl has an eventfd, which it names with a handle that is its own. */
START_TEST(a_descriptor_of_libcurl_itself_is_watched_until_the_close)
{
    CURL *internal = curl_easy_init();
    int fd = eventfd(1, EFD_CLOEXEC);
    Loop loop;

    open_all(&loop);
    ck_assert_int_eq(transfers_set_socket(internal, fd, CURL_POLL_IN, &loop, NULL), 0);
    ck_assert_uint_eq(loop.n_watches, 1);
    turn(&loop, false);
    transfers_close(&loop);
    ck_assert_uint_eq(loop.n_watches, 0);
    ck_assert_ptr_null(loop.state);
    loop_finish(&loop);
    curl_easy_cleanup(internal);
    close(fd);
}
END_TEST

START_TEST(a_transfer_may_have_any_number_of_descriptors)
{
    CURL *easy = curl_easy_init();
    int fds[100];
    Loop loop;

    open_all(&loop);
    for (size_t i = 0; i < ARRAY_LENGTH(fds); i++) {
        fds[i] = eventfd(0, EFD_CLOEXEC);
        ck_assert_int_eq(
            transfers_set_socket(easy, fds[i], i % 2 ? CURL_POLL_IN : CURL_POLL_OUT, &loop, NULL), 0);
    }
    ck_assert_uint_eq(loop.n_watches, ARRAY_LENGTH(fds));
    transfers_close(&loop);
    ck_assert_uint_eq(loop.n_watches, 0);
    loop_finish(&loop);
    curl_easy_cleanup(easy);
    for (size_t i = 0; i < ARRAY_LENGTH(fds); i++)
        close(fds[i]);
}
END_TEST

START_TEST(what_was_never_named_may_be_let_go)
{
    Loop loop;

    open_all(&loop);
    ck_assert_int_eq(transfers_set_socket(NULL, 0, CURL_POLL_REMOVE, &loop, NULL), 0);
    ck_assert_uint_eq(loop.n_watches, 0);
    transfers_close(&loop);
    transfers_close(&loop);
    loop_finish(&loop);
}
END_TEST

/* A regular file is none that epoll waits for. libcurl, which has nobody else to ask, is not told. */
START_TEST(what_cannot_be_watched_ends_all_transfers)
{
    Transfer transfers[] = {{.easy = curl_easy_init()}, {.easy = curl_easy_init()}};
    FILE *file = tmpfile();
    Loop loop;

    open_all(&loop);
    n_ended = 0;
    for (size_t i = 0; i < ARRAY_LENGTH(transfers); i++) {
        curl_easy_setopt(transfers[i].easy, CURLOPT_URL, "http://127.0.0.1:1/");
        ck_assert(transfers_begin(&loop, &transfers[i]));
    }
    ck_assert_int_eq(transfers_lost(&loop), 0);
    ck_assert_int_eq(transfers_set_socket(transfers[0].easy, fileno(file), CURL_POLL_IN, &loop, NULL), 0);
    ck_assert_int_eq(transfers_lost(&loop), EPERM);
    turn(&loop, false);
    ck_assert_uint_eq(n_ended, 2);
    ck_assert(!transfers_begin(&loop, &transfers[0]));
    transfers_close(&loop);
    loop_finish(&loop);
    for (size_t i = 0; i < ARRAY_LENGTH(transfers); i++)
        curl_easy_cleanup(transfers[i].easy);
    fclose(file);
}
END_TEST

typedef struct Server {
    FILE *output;
    int input[2];
} Server;

/* Starts slow-tls.py, which ends with its input. Returns its URL, owned by the caller. */
static char *server_start(Server *server)
{
    auto_free char *command = NULL;
    int port = 0;

    ck_assert_int_eq(pipe(server->input), 0);
    command = text_printf("exec %d>&-; exec python3 '%s/tests/unit/slow-tls.py' <&%d", server->input[1],
        getenv("SOURCE_ROOT"), server->input[0]);
    server->output = popen(command, "r");
    ck_assert_ptr_nonnull(server->output);
    ck_assert_msg(fscanf(server->output, "%d", &port) == 1, "python3 with ssl is needed here");
    return text_printf("https://127.0.0.1:%d/", port);
}

static void server_stop(Server *server)
{
    close(server->input[0]);
    close(server->input[1]);
    ck_assert_int_eq(pclose(server->output), 0);
}

static size_t drop(char *data, size_t size, size_t count, void *user)
{
    (void)data;
    (void)user;
    return size * count;
}

/* From 8.12 on libcurl says goodbye on a TLS connection and waits for the peer's, while the next request is
 * under way already. */
START_TEST(requests_follow_each_other_although_the_server_is_slow_to_close)
{
    enum { N_REQUESTS = 12 };
    CURL *easy = curl_easy_init();
    Transfer transfer = {.easy = easy};
    Server server;
    auto_free char *url = server_start(&server);
    Loop loop;

    open_all(&loop);
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, drop);
    for (unsigned i = 1; i <= N_REQUESTS; i++) {
        ck_assert(transfers_begin(&loop, &transfer));
        while (n_ended < i)
            turn(&loop, false);
        ck_assert_msg(last_code == CURLE_OK, "request %u: %s", i, curl_easy_strerror(last_code));
    }
    transfers_close(&loop);
    ck_assert_uint_eq(loop.n_watches, 0);
    loop_finish(&loop);
    curl_easy_cleanup(easy);
    server_stop(&server);
}
END_TEST

RUN_TESTS("transfers", 60, a_descriptor_of_libcurl_itself_is_watched_until_the_close,
    a_transfer_may_have_any_number_of_descriptors, what_was_never_named_may_be_let_go,
    what_cannot_be_watched_ends_all_transfers,
    requests_follow_each_other_although_the_server_is_slow_to_close)
