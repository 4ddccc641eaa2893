#include "tests/bench/http-lab.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "tests/bench/client.h"
#include "tests/bench/counter.h"
#include "tests/bench/load.h"
#include "tests/bench/peers.h"
#include "tests/bench/server.h"

/* How many requests are counted; the difference between this and twice as many has no start and no end in it.
 */
enum { N_COUNTED = 1000, WAIT_MS = 20000 };

/* Starts a contender behind the words of a wrapper. Returns 0 or the result of bench_fail(). */
typedef int (*Start)(Server *server, const char *const wrapper[]);

static Server gilscope, nginx, bare;
static bool is_compressed;

static int start_gilscope(Server *server, const char *const wrapper[])
{
    return server_start(server, NULL, wrapper);
}

static int start_bare(Server *server, const char *const wrapper[])
{
    auto_free char *body = text_printf("%s/body-0", bench_folder());
    const char *const words[] = {program_path("tests/bench", "bare-http"), body, NULL};
    const char *colon;
    char line[128];

    if (program_start_behind(&server->program, wrapper, words) < 0 ||
        program_read_line(&server->program, line, sizeof(line)) < 0)
        return -1;
    colon = strrchr(line, ':');
    server->port = colon ? atoi(colon + 1) : 0;
    return server->port > 0 ? 0 : bench_fail("bare-http does not say where it listens");
}

/* Free at this moment; who takes it in the next millisecond makes nginx fail, which is said. */
static int free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof(address);
    auto_close int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || bind(fd, (struct sockaddr *)&address, length) < 0 ||
        getsockname(fd, (struct sockaddr *)&address, &length) < 0)
        return 0;
    return ntohs(address.sin_port);
}

/* nginx says nothing when it listens. */
static int wait_for_port(int port)
{
    const struct timespec pause = {.tv_nsec = 10000000};
    nsec_t until = nsec_now() + WAIT_MS * NSEC_PER_MSEC;

    while (nsec_now() < until) {
        int fd = client_connect(port);

        if (fd >= 0) {
            close(fd);
            return 0;
        }
        nanosleep(&pause, NULL);
    }
    return -1;
}

static int start_nginx(Server *server, const char *const wrapper[])
{
    const char *folder = bench_folder();
    auto_free char *config = text_printf("%s/nginx-%d.conf", folder, getpid());
    auto_free char *locations_path = text_printf("%s/locations", folder), *locations = NULL;
    const char *const words[] = {peer_find("nginx"), "-p", folder, "-e", "/dev/null", "-c", config, NULL};
    auto_file FILE *file = fopen(config, "we");
    size_t length;

    server->port = free_port();
    if (!file || text_read_file(locations_path, 1 << 20, &locations, &length) < 0)
        return bench_fail("nginx's configuration cannot be written");
    fprintf(file,
        "daemon off; master_process off; pid %s/nginx.pid; error_log /dev/null;\n"
        "events { worker_connections 2048; }\n"
        "http { access_log /dev/null; keepalive_requests 1000000000; sendfile on; open_file_cache max=100;\n"
        "client_body_temp_path %s/t1; proxy_temp_path %s/t2; fastcgi_temp_path %s/t3;\n"
        "uwsgi_temp_path %s/t4; scgi_temp_path %s/t5;\n"
        "server { listen 127.0.0.1:%d backlog=4096;\n%s} }\n",
        folder, folder, folder, folder, folder, folder, server->port, locations);
    fclose(file);
    file = NULL;
    if (program_start_behind(&server->program, wrapper, words) < 0)
        return -1;
    return wait_for_port(server->port) < 0 ? bench_fail("nginx does not start") : 0;
}

/* Keeps the bytes of a path as a file, and the location by which nginx gives them. A small body stands in
 * nginx's configuration itself, which is its quickest way. */
static int keep_answer(int fd, const char *path, int number, FILE *locations)
{
    auto_client_answer ClientAnswer answer = {0};
    auto_free char *file_path = text_printf("%s/body-%d", bench_folder(), number);
    auto_file FILE *file = fopen(file_path, "we");

    if (client_get(fd, path, is_compressed ? "Accept-Encoding: gzip\r\n" : "", &answer) < 0)
        return -1;
    if (!file || fwrite(answer.body, 1, answer.length, file) != answer.length)
        return bench_fail("no place in %s", bench_folder());
    fprintf(locations, "location = %s { default_type '%.*s'; ", path, (int)strcspn(answer.type, ";"),
        answer.type);
    if (answer.encoding[0])
        fprintf(locations, "add_header Content-Encoding %s; ", answer.encoding);
    if (answer.length < 256 && !strchr(answer.body, '\''))
        fprintf(locations, "return 200 '%s'; }\n", answer.body);
    else
        fprintf(locations, "root %s; try_files /body-%d =404; }\n", bench_folder(), number);
    return 0;
}

static int keep_answers(const char *const paths[])
{
    auto_free char *path = text_printf("%s/locations", bench_folder());
    auto_file FILE *locations = fopen(path, "we");
    int fd = client_connect(gilscope.port), r = fd < 0 ? -1 : 0;

    if (!locations)
        r = bench_fail("no place in %s", bench_folder());
    for (int i = 0; r == 0 && paths[i]; i++)
        r = keep_answer(fd, paths[i], i, locations);
    if (fd >= 0)
        close(fd);
    return r;
}

int http_lab_open(const char *const paths[], bool takes_gzip)
{
    is_compressed = takes_gzip;
    if (!peer_find("wrk"))
        return bench_fail("there is no wrk, which makes the requests; --peers installs it");
    if (start_gilscope(&gilscope, NULL) < 0 || keep_answers(paths) < 0 || start_bare(&bare, NULL) < 0)
        return -1;
    return peer_find("nginx") ? start_nginx(&nginx, NULL) : 0;
}

void http_lab_close(void)
{
    server_stop(&gilscope);
    server_stop(&bare);
    server_stop(&nginx);
}

static int measure(const Server *server, const BenchContender *self, double *figures)
{
    const Load load = {server->port, self->text, (int)self->n, is_compressed};

    return load_run(&load, &server->program, &figures[0], &figures[1]);
}

int http_measure_gilscope(const BenchContender *self, double figures[static BENCH_FIGURES])
{
    return measure(&gilscope, self, figures);
}

int http_measure_nginx(const BenchContender *self, double figures[static BENCH_FIGURES])
{
    return measure(&nginx, self, figures);
}

int http_measure_bare(const BenchContender *self, double figures[static BENCH_FIGURES])
{
    return measure(&bare, self, figures);
}

static int ask(int port, const char *path, int n)
{
    int fd = client_connect(port), r = fd < 0 ? -1 : 0;

    for (int i = 0; r == 0 && i < n; i++) {
        auto_client_answer ClientAnswer answer = {0};

        r = client_get(fd, path, is_compressed ? "Accept-Encoding: gzip\r\n" : "", &answer);
    }
    if (fd >= 0)
        close(fd);
    return r;
}

/* From start to end, with n requests in between. */
static int count_whole(Start start, const char *path, int n, double *ret)
{
    Server server = {0};
    Counter counter;
    int r;

    if (counter_begin(&counter) < 0)
        return -1;
    r = start(&server, counter.words);
    if (r == 0)
        r = ask(server.port, path, n);
    server_stop(&server);
    return counter_end(&counter, ret) < 0 ? -1 : r;
}

static int count(Start start, const char *path, double *ret)
{
    double once, twice;

    if (count_whole(start, path, N_COUNTED, &once) < 0 || count_whole(start, path, 2 * N_COUNTED, &twice) < 0)
        return -1;
    *ret = (twice - once) / N_COUNTED;
    return *ret > 0 ? 0 : bench_fail("instructions do not grow with the requests");
}

int http_count_gilscope(const BenchContender *self, double *ret_instructions)
{
    return count(start_gilscope, self->text, ret_instructions);
}

int http_count_nginx(const BenchContender *self, double *ret_instructions)
{
    return count(start_nginx, self->text, ret_instructions);
}

int http_count_bare(const BenchContender *self, double *ret_instructions)
{
    return count(start_bare, self->text, ret_instructions);
}
