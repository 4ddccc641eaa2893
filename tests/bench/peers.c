#include "tests/bench/peers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/which.h"

/* Each is looked for once, in this order; a Python library in each of the Pythons. */
typedef struct Peer {
    const char *name;
    const char *programs[2];
    const char *library;
    bool was_sought;
    const char *found;
} Peer;

static Peer peers[] = {
    {.name = "aiohttp", .programs = {"python3", "/usr/bin/python3"}, .library = "aiohttp"},
    {.name = "meson", .programs = {"meson"}},
    {.name = "nginx", .programs = {"nginx", "/usr/sbin/nginx"}},
    {.name = "python3", .programs = {"python3"}},
    {.name = "valgrind", .programs = {"valgrind"}},
    {.name = "wrk", .programs = {"wrk"}},
};

static bool has_library(const char *python, const char *library)
{
    char command[256];

    snprintf(command, sizeof(command), "%s -c 'import %s' >/dev/null 2>&1", python, library);
    return system(command) == 0;
}

static const char *seek(const Peer *peer)
{
    for (size_t i = 0; i < ARRAY_LENGTH(peer->programs); i++) {
        const char *program = peer->programs[i];

        if (program && which_exists(program) && (!peer->library || has_library(program, peer->library)))
            return program;
    }
    return NULL;
}

const char *peer_find(const char *name)
{
    for (size_t i = 0; i < ARRAY_LENGTH(peers); i++) {
        Peer *peer = &peers[i];

        if (strcmp(peer->name, name) != 0)
            continue;
        if (!peer->was_sought)
            peer->found = seek(peer);
        peer->was_sought = true;
        return peer->found;
    }
    return NULL;
}
