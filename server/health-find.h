/* Where a server runs, found out from the kernel: by the listening socket of each process that runs this very
 * program file. Nothing is written for it when a server starts, so nothing can be left over from one that was
 * killed, and what it says is so. It takes the same user as the server's, or root, and the same container. */
#pragma once

#include <stddef.h>
#include <sys/types.h>

#include "base/address.h"

typedef struct HealthPlace {
    pid_t pid;
    char address[ADDRESS_TEXT_SIZE]; /* that the server listens on; may stand for all addresses */
    int port;
} HealthPlace;

/* Fills in at most `room` places. Returns how many there are, or a negative errno if processes cannot be
 * listed. */
int health_find(HealthPlace *places, size_t room);
