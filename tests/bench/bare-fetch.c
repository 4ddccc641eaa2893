/* What fetch is held against: pages of the slow origin, got in the barest way there is.
 *
 *     bare-fetch threads N PORTS    a thread for each page, with a libcurl handle of its own
 *     bare-fetch epoll N PORTS      one epoll loop over sockets, without any library
 *
 * PORTS are the origin's, with commas between. Each page is asked for over a connection of its own and comes
 * after 200 ms. Prints the milliseconds of wall time and of CPU time, from before the first thread or socket
 * until the last has ended. */
#include <arpa/inet.h>
#include <curl/curl.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/descriptors.h"
#include "base/nsec.h"

#define PAGE "/?delay_ms=200&bytes=1024"

enum { MAX_PORTS = 64, PAGE_BYTES = 1024, EVENTS_AT_ONCE = 256 };

static int ports[MAX_PORTS], n_ports;

static _Noreturn void fail(const char *what)
{
    perror(what);
    exit(1);
}

static size_t count_bytes(char *data, size_t size, size_t n, void *bytes)
{
    (void)data;
    *(size_t *)bytes += size * n;
    return size * n;
}

/* data is the number of the page. */
static void *get_page(void *data)
{
    CURL *easy = curl_easy_init();
    size_t bytes = 0;
    char url[64];
    CURLcode code;

    snprintf(url, sizeof(url), "http://127.0.0.1:%d" PAGE, ports[(size_t)data % (size_t)n_ports]);
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, count_bytes);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &bytes);
    code = curl_easy_perform(easy);
    curl_easy_cleanup(easy);
    if (code != CURLE_OK || bytes != PAGE_BYTES) {
        fprintf(stderr, "bare-fetch: %s, %zu bytes\n", curl_easy_strerror(code), bytes);
        exit(1);
    }
    return NULL;
}

static void fetch_by_threads(size_t n)
{
    pthread_t *threads = calloc(n, sizeof(*threads));

    for (size_t i = 0; i < n; i++)
        if (pthread_create(&threads[i], NULL, get_page, (void *)i) != 0)
            fail("pthread_create");
    for (size_t i = 0; i < n; i++)
        pthread_join(threads[i], NULL);
    free(threads);
}

static void begin_page(int epoll, size_t number)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
        .sin_port = htons((uint16_t)ports[number % (size_t)n_ports]),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct epoll_event event = {.events = EPOLLOUT, .data.fd = fd};

    if (fd < 0)
        fail("socket");
    if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0 && errno != EINPROGRESS)
        fail("connect");
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0)
        fail("epoll_ctl");
}

static void ask_for_page(int epoll, int fd)
{
    static const char request[] = "GET " PAGE " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};

    if (write(fd, request, sizeof(request) - 1) != sizeof(request) - 1)
        fail("write");
    if (epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &event) < 0)
        fail("epoll_ctl");
}

/* The origin closes behind the page. Returns whether it has ended. */
static bool read_page(int fd)
{
    char bytes[4096];
    ssize_t n = read(fd, bytes, sizeof(bytes));

    if (n < 0 && errno != EAGAIN)
        fail("read");
    if (n != 0)
        return false;
    close(fd);
    return true;
}

static void fetch_by_epoll(size_t n)
{
    int epoll = epoll_create1(EPOLL_CLOEXEC);

    for (size_t i = 0; i < n; i++)
        begin_page(epoll, i);
    while (n > 0) {
        struct epoll_event events[EVENTS_AT_ONCE];
        int n_events = epoll_wait(epoll, events, EVENTS_AT_ONCE, -1);

        for (int i = 0; i < n_events; i++) {
            if (events[i].events & EPOLLOUT)
                ask_for_page(epoll, events[i].data.fd);
            else if (read_page(events[i].data.fd))
                n--;
        }
    }
    close(epoll);
}

int main(int argc, char **argv)
{
    size_t n = argc == 4 ? strtoul(argv[2], NULL, 10) : 0;
    char *rest = NULL;
    nsec_t wall, cpu;

    if (n == 0) {
        fprintf(stderr, "usage: bare-fetch threads|epoll N PORTS\n");
        return 2;
    }
    for (char *port = strtok_r(argv[3], ", ", &rest); port && n_ports < MAX_PORTS;
         port = strtok_r(NULL, ", ", &rest))
        ports[n_ports++] = atoi(port);
    descriptors_raise();
    curl_global_init(CURL_GLOBAL_DEFAULT);
    wall = nsec_now();
    cpu = nsec_read_clock(CLOCK_PROCESS_CPUTIME_ID);
    if (strcmp(argv[1], "epoll") == 0)
        fetch_by_epoll(n);
    else
        fetch_by_threads(n);
    printf("%.3f %.3f\n", (double)(nsec_now() - wall) / NSEC_PER_MSEC,
        (double)(nsec_read_clock(CLOCK_PROCESS_CPUTIME_ID) - cpu) / NSEC_PER_MSEC);
    return 0;
}
