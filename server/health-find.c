/* A socket has a number (its inode). /proc/PID/fd shows the numbers of a process, and /proc/PID/net/tcp for
 * each number the address and the state of the connection:
 *
 *     sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
 *      0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 12345 1 ...
 *
 * See proc_pid_fd(5) and proc_pid_net(5). */
#include "server/health-find.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"

enum {
    LISTENING = 0x0a,         /* TCP_LISTEN of the kernel */
    MAX_TABLE = 64 * 1048576, /* a busy machine has some 10^5 connections of 150 bytes */
    MAX_SOCKETS = 65536,
};

/* A process is looked at with its listing open; the numbers of its sockets. */
typedef struct Sockets {
    uint64_t *inodes;
    size_t n;
} Sockets;

static void sockets_finish(Sockets *sockets)
{
    free(sockets->inodes);
}

/* The program is known by its file, not by its name: another build, or a guard, is another file. */
static bool runs_this_program(const char *pid)
{
    auto_free char *path = text_printf("/proc/%s/exe", pid);
    struct stat own, other;

    return stat("/proc/self/exe", &own) == 0 && stat(path, &other) == 0 && own.st_dev == other.st_dev &&
           own.st_ino == other.st_ino;
}

/* A process may end while it is looked at; then it has no sockets. */
static void sockets_read(const char *pid, Sockets *sockets)
{
    auto_free char *path = text_printf("/proc/%s/fd", pid);
    DIR *directory = opendir(path);
    const struct dirent *entry;

    while (directory && sockets->n < MAX_SOCKETS && (entry = readdir(directory))) {
        char link[64];
        ssize_t length = readlinkat(dirfd(directory), entry->d_name, link, sizeof(link) - 1);
        uint64_t inode;

        if (length < 0)
            continue;
        link[length] = '\0';
        if (sscanf(link, "socket:[%" SCNu64 "]", &inode) != 1)
            continue;
        sockets->inodes = reallocarray(sockets->inodes, sockets->n + 1, sizeof(*sockets->inodes));
        if (!sockets->inodes)
            abort();
        sockets->inodes[sockets->n++] = inode;
    }
    if (directory)
        closedir(directory);
}

static bool sockets_have(const Sockets *sockets, uint64_t inode)
{
    for (size_t i = 0; i < sockets->n; i++)
        if (sockets->inodes[i] == inode)
            return true;
    return false;
}

/* The kernel writes each 32 bits of an address, which are in network order, as if they were a number of this
 * machine. */
static void place_set_address(HealthPlace *place, const char *hex)
{
    bool is_ipv6 = strlen(hex) == 32;
    uint8_t bytes[16] = {0};
    struct sockaddr_in ipv4 = {.sin_family = AF_INET};
    struct sockaddr_in6 ipv6 = {.sin6_family = AF_INET6};
    Address address;

    for (size_t i = 0; i < strlen(hex) / 8; i++) {
        uint32_t word;

        if (sscanf(hex + 8 * i, "%8" SCNx32, &word) == 1)
            memcpy(bytes + 4 * i, &word, sizeof(word));
    }
    memcpy(&ipv4.sin_addr, bytes, sizeof(ipv4.sin_addr));
    memcpy(&ipv6.sin6_addr, bytes, sizeof(ipv6.sin6_addr));
    address_from_socket(
        is_ipv6 ? (const struct sockaddr *)&ipv6 : (const struct sockaddr *)&ipv4, &address, NULL);
    address_format(&address, place->address);
}

/* Adds those of the table that listen and belong to the process. */
static void table_find(const char *pid, const char *table, const Sockets *sockets, HealthPlace *places,
    size_t room, int *n_found)
{
    auto_free char *path = text_printf("/proc/%s/net/%s", pid, table), *text = NULL;
    size_t length;

    if (text_read_file(path, MAX_TABLE, &text, &length) < 0)
        return;
    for (const char *line = text; line; line = strchr(line, '\n')) {
        char hex[33];
        unsigned port, state;
        uint64_t inode;

        line += *line == '\n';
        if (sscanf(line, " %*u: %32[0-9A-Fa-f]:%x %*[0-9A-Fa-f]:%*x %x %*s %*s %*s %*u %*u %" SCNu64, hex,
                &port, &state, &inode) != 4 ||
            state != LISTENING || !sockets_have(sockets, inode))
            continue;
        if ((size_t)*n_found < room) {
            places[*n_found].pid = (pid_t)atoi(pid);
            places[*n_found].port = (int)port;
            place_set_address(&places[*n_found], hex);
        }
        ++*n_found;
    }
}

int health_find(HealthPlace *places, size_t room)
{
    DIR *directory = opendir("/proc");
    const struct dirent *entry;
    int n_found = 0;

    if (!directory)
        return -errno;
    while ((entry = readdir(directory))) {
        const char *pid = entry->d_name;
        __attribute__((cleanup(sockets_finish))) Sockets sockets = {0};

        if (!isdigit((unsigned char)*pid) || atoi(pid) == getpid() || !runs_this_program(pid))
            continue;
        sockets_read(pid, &sockets);
        table_find(pid, "tcp", &sockets, places, room, &n_found);
        table_find(pid, "tcp6", &sockets, places, room, &n_found);
    }
    closedir(directory);
    return n_found;
}
