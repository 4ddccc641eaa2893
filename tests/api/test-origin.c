/* The real gilscope-origin, asked over plain sockets, so that a test can send anything and vanish at any
 * moment. Its standard input is a pipe from the test: if a test fails, the origin ends with it. */
#include <arpa/inet.h>
#include <assert.h>
#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/nsec.h"
#include "base/sibling.h"
#include "base/text.h"

#define PATIENCE_S 120 /* it only keeps a hang from lasting for ever */
#define MAX_ANSWER 20000000
#define MAX_PORTS 64
#define CROWD 2000
#define N(array) ((int)ARRAY_LENGTH(array))

typedef struct OriginProcess {
    pid_t pid;
    int input, output, errors; /* our ends; -1 when closed */
    int ports[MAX_PORTS];
    int n_ports;
} OriginProcess;

typedef struct Answer {
    int status;
    char *head; /* owned; with its status line; NUL-terminated */
    char *body; /* points into the same memory */
    size_t length;
} Answer;

static void answer_finish(Answer *answer)
{
    free(answer->head);
}
#define auto_answer __attribute__((cleanup(answer_finish)))

static void close_end(int *fd)
{
    close(take_fd(fd));
}

static void make_pipe(int *ret_read, int *ret_write)
{
    int fds[2];

    ck_assert_int_eq(pipe2(fds, O_CLOEXEC), 0);
    *ret_read = fds[0];
    *ret_write = fds[1];
}

/* Starts it with one option (or NULL) and does not wait for anything. */
static OriginProcess origin_spawn(const char *option, int input)
{
    auto_free char *path = sibling_find("origin", "gilscope-origin");
    OriginProcess origin = {.input = -1};
    int output, errors;

    ck_assert_ptr_nonnull(path);
    if (input < 0)
        make_pipe(&input, &origin.input);
    make_pipe(&origin.output, &output);
    make_pipe(&origin.errors, &errors);
    origin.pid = fork();
    ck_assert_int_ge(origin.pid, 0);
    if (origin.pid == 0) {
        dup2(input, STDIN_FILENO);
        dup2(output, STDOUT_FILENO);
        dup2(errors, STDERR_FILENO);
        execl(path, "gilscope-origin", option, NULL);
        _exit(124);
    }
    close(input);
    close(output);
    close(errors);
    return origin;
}

static void read_ready_line(OriginProcess *origin)
{
    char line[1024] = "", expected[64], *at;
    size_t length = 0;

    while (length + 1 < sizeof(line) && !strchr(line, '\n')) {
        ssize_t n = read(origin->output, line + length, 1);

        ck_assert_int_eq(n, 1);
        length++;
    }
    snprintf(expected, sizeof(expected), "{\"event\":\"ready\",\"pid\":%d,\"ports\":[", (int)origin->pid);
    ck_assert_int_eq(strncmp(line, expected, strlen(expected)), 0);
    for (at = line + strlen(expected) - 1; *at != ']'; origin->n_ports++) {
        ck_assert_int_lt(origin->n_ports, MAX_PORTS);
        origin->ports[origin->n_ports] = (int)strtol(at + 1, &at, 10);
    }
    ck_assert_str_eq(at, "]}\n");
}

static OriginProcess origin_start(const char *option)
{
    OriginProcess origin = origin_spawn(option, -1);

    read_ready_line(&origin);
    return origin;
}

static int origin_wait(OriginProcess *origin)
{
    int status;

    ck_assert_int_eq(waitpid(origin->pid, &status, 0), origin->pid);
    ck_assert(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void origin_end(OriginProcess *origin)
{
    close_end(&origin->input);
    ck_assert_int_eq(origin_wait(origin), 0);
}

static int dial(const OriginProcess *origin, int i)
{
    struct sockaddr_in name = {.sin_family = AF_INET,
        .sin_port = htons((uint16_t)origin->ports[i % origin->n_ports]),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&name, sizeof(name)), 0);
    return fd;
}

static void say(int fd, const char *text)
{
    ck_assert_int_eq(text_write_fd(fd, text, strlen(text)), 0);
}

/* Sends a request and leaves the connection open. */
static int ask(const OriginProcess *origin, int i, const char *method, const char *path)
{
    auto_free char *request =
        text_printf("%s %s HTTP/1.1\r\nHost: origin\r\nConnection: close\r\n\r\n", method, path);
    int fd = dial(origin, i);

    say(fd, request);
    return fd;
}

/* Reads to the end and closes. */
static Answer hear(int fd)
{
    Answer answer = {0};
    size_t length;
    char *end;

    ck_assert_int_eq(text_read_fd(fd, MAX_ANSWER, &answer.head, &length), 0);
    close(fd);
    end = strstr(answer.head, "\r\n\r\n");
    ck_assert_ptr_nonnull(end);
    end[2] = '\0';
    answer.body = end + 4;
    answer.length = length - (size_t)(answer.body - answer.head);
    ck_assert_int_eq(sscanf(answer.head, "HTTP/1.1 %d", &answer.status), 1);
    return answer;
}

static Answer get(const OriginProcess *origin, const char *path)
{
    return hear(ask(origin, 0, "GET", path));
}

static bool has_line(const Answer *answer, const char *line)
{
    auto_free char *wanted = text_printf("\r\n%s\r\n", line);

    return strstr(answer->head, wanted) != NULL;
}

static int count_descriptors(pid_t pid)
{
    auto_free char *path = text_printf("/proc/%d/fd", (int)pid);
    DIR *directory = opendir(path);
    int n = 0;

    ck_assert_ptr_nonnull(directory);
    while (readdir(directory))
        n++;
    closedir(directory);
    return n;
}

/* Only a hang ends it: then the test runs into its time limit. */
static void wait_for_descriptors(pid_t pid, int n)
{
    while (count_descriptors(pid) != n)
        usleep(1000);
}

START_TEST(every_announced_port_answers)
{
    OriginProcess origin = origin_start(NULL);

    ck_assert_int_eq(origin.n_ports, 8);
    for (int i = 0; i < origin.n_ports; i++) {
        auto_answer Answer answer = hear(ask(&origin, i, "GET", "/"));

        ck_assert_int_eq(answer.status, 200);
        ck_assert_uint_eq(answer.length, 1024);
    }
    origin_end(&origin);
}
END_TEST

static const char *const sizes[] = {
    "0", "1", "54", "55", "1024", "32768", "32769", "64054", "128054", "1M", "9999999", "10M"};

START_TEST(page_has_as_many_bytes_as_asked)
{
    static const char title[] = "<!DOCTYPE html><title>gilscope origin: page /one</title>\n";
    OriginProcess origin = origin_start("--ports=1");
    auto_free char *path = text_printf("/one?bytes=%s", sizes[_i]);
    auto_answer Answer answer = get(&origin, path);
    size_t bytes = strtoul(sizes[_i], NULL, 10) * (strchr(sizes[_i], 'M') ? 1000000 : 1);
    auto_free char *line = text_printf("Content-Length: %zu", bytes);

    ck_assert_int_eq(answer.status, 200);
    ck_assert_uint_eq(answer.length, bytes);
    ck_assert(has_line(&answer, line));
    ck_assert(has_line(&answer, "Content-Type: text/html"));
    ck_assert_int_eq(memcmp(answer.body, title, bytes < strlen(title) ? bytes : strlen(title)), 0);
    for (size_t at = strlen(title); at + 40 <= bytes; at += 40)
        ck_assert_mem_eq(answer.body + at, "The quick brown fox waits for the lock.\n", 40);
    origin_end(&origin);
}
END_TEST

START_TEST(head_is_the_same_without_a_body)
{
    OriginProcess origin = origin_start("--ports=1");
    auto_answer Answer answer = hear(ask(&origin, 0, "HEAD", "/?bytes=5000&delay_ms=1"));

    ck_assert_int_eq(answer.status, 200);
    ck_assert_uint_eq(answer.length, 0);
    ck_assert(has_line(&answer, "Content-Length: 5000"));
    origin_end(&origin);
}
END_TEST

static const struct {
    const char *query;
    int status;
    size_t bytes;
} statuses[] = {{"200", 200, 10}, {"204", 204, 0}, {"205", 205, 0}, {"301", 301, 10}, {"304", 304, 0},
    {"404", 404, 10}, {"503", 503, 10}, {"599", 599, 10}};

START_TEST(status_is_the_one_asked_for)
{
    OriginProcess origin = origin_start("--ports=1");
    auto_free char *path = text_printf("/?bytes=10&status=%s", statuses[_i].query);
    auto_answer Answer answer = get(&origin, path);

    ck_assert_int_eq(answer.status, statuses[_i].status);
    ck_assert_uint_eq(answer.length, statuses[_i].bytes);
    origin_end(&origin);
}
END_TEST

START_TEST(answer_is_never_early)
{
    OriginProcess origin = origin_start("--ports=1");

    for (uint64_t delay_ms = 1; delay_ms < 20; delay_ms++) {
        auto_free char *path = text_printf("/?delay_ms=%ju", (uintmax_t)delay_ms);
        nsec_t start = nsec_now();
        auto_answer Answer answer = get(&origin, path);

        ck_assert_uint_ge(nsec_now() - start, delay_ms * NSEC_PER_MSEC);
        ck_assert_int_eq(answer.status, 200);
    }
    origin_end(&origin);
}
END_TEST

START_TEST(short_wait_overtakes_a_long_one)
{
    OriginProcess origin = origin_start("--ports=1");
    int slow = ask(&origin, 0, "GET", "/?delay_ms=60000");
    auto_answer Answer answer = get(&origin, "/?delay_ms=20");
    struct pollfd poll_slow = {.fd = slow, .events = POLLIN};

    ck_assert_int_eq(answer.status, 200);
    ck_assert_int_eq(poll(&poll_slow, 1, 0), 0);
    close(slow);
    origin_end(&origin);
}
END_TEST

static const struct {
    const char *query, *body;
} bad_requests[] = {
    {"bytes=abc", "bytes=abc: must be a whole number from 0 to 10000000\n"},
    {"bytes=10000001", "bytes=10000001: must be a whole number from 0 to 10000000\n"},
    {"bytes=1%00", "bytes=1?: must be a whole number from 0 to 10000000\n"},
    {"bytes", "bytes=: must be a whole number from 0 to 10000000\n"},
    {"delay_ms=-1", "delay_ms=-1: must be a whole number from 0 to 120000\n"},
    {"delay_ms=%0a%3Cb%3E", "delay_ms=?<b>: must be a whole number from 0 to 120000\n"},
    {"status=199", "status=199: must be a whole number from 200 to 599\n"},
    {"status=600", "status=600: must be a whole number from 200 to 599\n"},
    {"bytes=1&bytes=2", "bytes: given more than once\n"},
    {"location=/", "location: no such parameter; there are bytes, delay_ms and status\n"},
    {"&=1", ": no such parameter; there are bytes, delay_ms and status\n"},
};

START_TEST(bad_parameter_is_400_with_field_value_and_range)
{
    OriginProcess origin = origin_start("--ports=1");
    auto_free char *path = text_printf("/?%s", bad_requests[_i].query);
    auto_answer Answer answer = get(&origin, path);

    ck_assert_int_eq(answer.status, 400);
    ck_assert(has_line(&answer, "Content-Type: text/plain"));
    ck_assert_str_eq(answer.body, bad_requests[_i].body);
    origin_end(&origin);
}
END_TEST

START_TEST(other_methods_are_405)
{
    OriginProcess origin = origin_start("--ports=1");
    int fd = dial(&origin, 0);
    auto_answer Answer answer = {0};

    say(fd, "POST / HTTP/1.1\r\nHost: origin\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc");
    answer = hear(fd);
    ck_assert_int_eq(answer.status, 405);
    ck_assert(has_line(&answer, "Allow: GET, HEAD"));
    origin_end(&origin);
}
END_TEST

START_TEST(path_cannot_smuggle_html)
{
    OriginProcess origin = origin_start("--ports=1");
    auto_answer Answer answer = get(&origin, "/%3Cscript%3E&amp;\"'?bytes=100");

    ck_assert_ptr_nonnull(strstr(answer.body, "page /?script??amp;"));
    origin_end(&origin);
}
END_TEST

/* Three requests in one piece, the second of them slow: answers come in order on the same connection. */
START_TEST(requests_share_a_connection)
{
    OriginProcess origin = origin_start("--ports=1");
    int fd = dial(&origin, 0);
    auto_free char *text = NULL;
    size_t length;

    say(fd, "GET /?bytes=0&status=201 HTTP/1.1\r\nHost: a\r\n\r\n"
            "GET /?bytes=0&status=202&delay_ms=20 HTTP/1.1\r\nHost: a\r\n\r\n"
            "GET /?bytes=0&status=203 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    ck_assert_int_eq(text_read_fd(fd, MAX_ANSWER, &text, &length), 0);
    close(fd);
    char *first = strstr(text, "HTTP/1.1 201"), *second = strstr(text, "HTTP/1.1 202"),
         *third = strstr(text, "HTTP/1.1 203");

    ck_assert_ptr_nonnull(third);
    ck_assert_ptr_eq(first, text);
    ck_assert(first < second && second < third);
    origin_end(&origin);
}
END_TEST

START_TEST(nonsense_does_no_harm)
{
    OriginProcess origin = origin_start("--ports=1");
    int base = count_descriptors(origin.pid), fd = dial(&origin, 0);
    auto_answer Answer answer = {0};

    say(fd, "\x16\x03\x01 nonsense\r\n\r\n");
    shutdown(fd, SHUT_WR);
    close(fd);
    close(dial(&origin, 0));
    answer = get(&origin, "/");
    ck_assert_int_eq(answer.status, 200);
    wait_for_descriptors(origin.pid, base);
    origin_end(&origin);
}
END_TEST

static void leave_with_reset(int fd)
{
    struct linger linger = {.l_onoff = 1, .l_linger = 0};

    setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
    close(fd);
}

static void leave_politely(int fd)
{
    close(fd);
}

/* The test still holds the socket, and it must go all the same. */
static void leave_by_half(int fd)
{
    shutdown(fd, SHUT_WR);
}

static void (*const ways_to_leave[])(int fd) = {leave_by_half, leave_politely, leave_with_reset};

START_TEST(client_that_vanishes_frees_its_descriptor)
{
    OriginProcess origin = origin_start("--ports=2");
    int base = count_descriptors(origin.pid), fds[50];

    for (int i = 0; i < N(fds); i++)
        fds[i] = ask(&origin, i, "GET", "/?delay_ms=100000");
    wait_for_descriptors(origin.pid, base + N(fds));
    for (int i = 0; i < N(fds); i++)
        ways_to_leave[_i](fds[i]);
    wait_for_descriptors(origin.pid, base);
    origin_end(&origin);
}
END_TEST

/* The socket is watched since its first request. The hang-up comes with the second one, so it may be there
 * before that one waits. */
START_TEST(client_that_has_vanished_already_frees_its_descriptor)
{
    OriginProcess origin = origin_start("--ports=1");
    int base = count_descriptors(origin.pid), fd = dial(&origin, 0);
    char byte;

    say(fd, "HEAD /?delay_ms=1100 HTTP/1.1\r\nHost: a\r\n\r\n");
    ck_assert_int_eq(read(fd, &byte, 1), 1);
    say(fd, "GET /?delay_ms=100000 HTTP/1.1\r\nHost: a\r\n\r\n");
    shutdown(fd, SHUT_WR);
    wait_for_descriptors(origin.pid, base);
    close(fd);
    origin_end(&origin);
}
END_TEST

/* As many as the limit of descriptors of both processes allows. */
static int crowd_size(void)
{
    struct rlimit limit;

    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_max > CROWD + 200 ? CROWD : (int)limit.rlim_max - 200;
}

START_TEST(thousands_wait_at_once)
{
    OriginProcess origin = origin_start(NULL);
    int n = crowd_size(), base = count_descriptors(origin.pid), fds[CROWD];

    for (int i = 0; i < n; i++)
        fds[i] = ask(&origin, i, "GET", i % 2 ? "/?delay_ms=200" : "/?delay_ms=1200");
    for (int i = 0; i < n; i++) {
        auto_answer Answer answer = hear(fds[i]);

        ck_assert_int_eq(answer.status, 200);
        ck_assert_uint_eq(answer.length, 1024);
    }
    wait_for_descriptors(origin.pid, base);
    origin_end(&origin);
}
END_TEST

START_TEST(ends_with_its_input_whoever_waits)
{
    OriginProcess origin = origin_start(NULL);
    int base = count_descriptors(origin.pid), waiting = ask(&origin, 0, "GET", "/?delay_ms=100000"),
        silent = dial(&origin, 1);

    wait_for_descriptors(origin.pid, base + 2);
    say(origin.input, "anything");
    origin_end(&origin);
    close(waiting);
    close(silent);
}
END_TEST

static const int end_signals[] = {SIGTERM, SIGINT};

START_TEST(ends_on_a_signal_with_status_0)
{
    OriginProcess origin = origin_start("--ports=1");
    int waiting = ask(&origin, 0, "GET", "/?delay_ms=500");

    ck_assert_int_eq(kill(origin.pid, end_signals[_i]), 0);
    ck_assert_int_eq(origin_wait(&origin), 0);
    close(waiting);
}
END_TEST

START_TEST(ends_at_once_without_an_input)
{
    OriginProcess origin = origin_spawn(NULL, open("/dev/null", O_RDONLY | O_CLOEXEC));

    read_ready_line(&origin);
    ck_assert_int_eq(origin_wait(&origin), 0);
}
END_TEST

START_TEST(options_set_the_limits)
{
    OriginProcess origin = origin_start("--max-bytes=10");
    auto_answer Answer good = get(&origin, "/?bytes=10"), bad = get(&origin, "/?bytes=11");

    ck_assert_int_eq(good.status, 200);
    ck_assert_str_eq(bad.body, "bytes=11: must be a whole number from 0 to 10\n");
    origin_end(&origin);
}
END_TEST

static const struct {
    const char *option, *errors;
    int status;
} bad_options[] = {
    {"--ports=0", "gilscope-origin: --ports=0: must be a whole number from 1 to 64\n", 2},
    {"--ports", "gilscope-origin: --ports: needs a value, after an equals sign\n", 2},
    {"--help=1", "gilscope-origin: --help: takes no value\n", 2},
    {"--port=1", "gilscope-origin: there is no option --port=1; did you mean --ports?\n", 2},
    {"1", "gilscope-origin: there is no option 1; see --help\n", 2},
    {"--bind=localhost", "gilscope-origin: cannot listen on localhost: Invalid argument\n", 1},
};

START_TEST(bad_option_is_one_line_with_its_value_and_range)
{
    OriginProcess origin = origin_spawn(bad_options[_i].option, -1);
    auto_free char *errors = NULL;
    size_t length;

    ck_assert_int_eq(text_read_fd(origin.errors, MAX_ANSWER, &errors, &length), 0);
    ck_assert_str_eq(errors, bad_options[_i].errors);
    ck_assert_int_eq(origin_wait(&origin), bad_options[_i].status);
}
END_TEST

START_TEST(help_and_version_go_to_standard_output)
{
    OriginProcess origin = origin_spawn("--help", -1);
    auto_free char *text = NULL;
    size_t length;

    ck_assert_int_eq(text_read_fd(origin.output, MAX_ANSWER, &text, &length), 0);
    ck_assert_ptr_nonnull(strstr(text, "--ports=N"));
    ck_assert_int_eq(origin_wait(&origin), 0);
    free(take_pointer(text));
    origin = origin_spawn("--version", -1);
    ck_assert_int_eq(text_read_fd(origin.output, MAX_ANSWER, &text, &length), 0);
    ck_assert_int_eq(strncmp(text, "gilscope-origin ", 16), 0);
    ck_assert_int_eq(origin_wait(&origin), 0);
}
END_TEST

static Suite *origin_suite(void)
{
    Suite *suite = suite_create("origin");
    TCase *tcase = tcase_create("origin");

    tcase_set_timeout(tcase, PATIENCE_S);
    tcase_add_test(tcase, every_announced_port_answers);
    tcase_add_loop_test(tcase, page_has_as_many_bytes_as_asked, 0, N(sizes));
    tcase_add_test(tcase, head_is_the_same_without_a_body);
    tcase_add_loop_test(tcase, status_is_the_one_asked_for, 0, N(statuses));
    tcase_add_test(tcase, answer_is_never_early);
    tcase_add_test(tcase, short_wait_overtakes_a_long_one);
    tcase_add_loop_test(tcase, bad_parameter_is_400_with_field_value_and_range, 0, N(bad_requests));
    tcase_add_test(tcase, other_methods_are_405);
    tcase_add_test(tcase, path_cannot_smuggle_html);
    tcase_add_test(tcase, requests_share_a_connection);
    tcase_add_test(tcase, nonsense_does_no_harm);
    tcase_add_loop_test(tcase, client_that_vanishes_frees_its_descriptor, 0, N(ways_to_leave));
    tcase_add_test(tcase, client_that_has_vanished_already_frees_its_descriptor);
    tcase_add_test(tcase, thousands_wait_at_once);
    tcase_add_test(tcase, ends_with_its_input_whoever_waits);
    tcase_add_loop_test(tcase, ends_on_a_signal_with_status_0, 0, N(end_signals));
    tcase_add_test(tcase, ends_at_once_without_an_input);
    tcase_add_test(tcase, options_set_the_limits);
    tcase_add_loop_test(tcase, bad_option_is_one_line_with_its_value_and_range, 0, N(bad_options));
    tcase_add_test(tcase, help_and_version_go_to_standard_output);
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    SRunner *runner = srunner_create(origin_suite());
    int n_failed;

    srunner_run_all(runner, CK_ENV);
    n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
