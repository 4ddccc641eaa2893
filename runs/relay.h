/* Lines that are made into something, off the loop where they are long: a line of some megabytes takes half a
 * second to read, and everybody else would wait for it. What is made is heard on the loop, in the order of
 * the lines; while one is being read, those behind it are kept. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>
#include <uv.h>

/* Bytes from which a line is read, and what it became freed, in a worker. */
enum { RELAY_LONG_LINE = 64 << 10 };

typedef struct RelayReader {
    /* Makes something of a line. It may be called in a worker, and looks at nothing else. */
    void *(*read)(const char *line, size_t length);
    /* What a line became, borrowed; always on the loop. */
    void (*heard)(void *data, void *made);
    /* Frees it; in a worker, too. */
    void (*drop)(void *made);
} RelayReader;

typedef struct Relay {
    uv_loop_t *loop;
    const RelayReader *reader;
    void *data; /* for heard() */
    void (*rested)(void *owner);
    void *owner;
    STAILQ_HEAD(, RelayHeld) held; /* lines behind the one that is being read; owned */
    bool is_busy;                  /* a line is being read in a worker */
    bool is_stopped;
} Relay;

/* data is for heard(). rested() is called, on the loop, whenever no line is being read any more and none is
 * kept: whoever feeds the relay, its owner, should not go on before. */
void relay_init(Relay *relay, uv_loop_t *loop, const RelayReader *reader, void *data,
    void (*rested)(void *owner), void *owner);

/* Takes a line, which is copied if it has to wait. A short one is heard within this call, unless one is being
 * read. */
void relay_take(Relay *relay, const char *line, size_t length);

/* Nothing is heard any more, and what is kept is dropped. What a worker is reading it reads to the end, and
 * then rested() is called. */
void relay_stop(Relay *relay);
