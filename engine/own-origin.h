/* The slow HTTP server that fetch talks to, when no server has started one: a child that ends with us. */
#pragma once

#include <jansson.h>
#include <sys/types.h>

typedef struct OwnOrigin {
    pid_t pid;    /* 0: none */
    int stdin_fd; /* our end of its standard input: the origin lives as long as it is open */
} OwnOrigin;

/* Starts gilscope-origin and waits until it listens. Returns 0 and sets *ret_ports to {"ports": [...]} (a new
 * reference), or a negative errno. */
int own_origin_start(OwnOrigin *origin, json_t **ret_ports);

/* Ends it and waits for its end. */
void own_origin_stop(OwnOrigin *origin);
