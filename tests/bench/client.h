/* The least client of HTTP that there can be, so that little of what is measured is its own: one connection
 * that stays open, one request at a time, blocking calls. */
#pragma once

#include <stddef.h>

typedef struct ClientAnswer {
    int status;
    char *body; /* owned; with a NUL behind it */
    size_t length;
    char type[64]; /* Content-Type */
    char encoding[16];
} ClientAnswer;

void client_answer_finish(ClientAnswer *answer);
#define auto_client_answer __attribute__((cleanup(client_answer_finish)))

/* Connects to a port of this machine. Returns the socket, on which nobody waits longer than two minutes, or
 * the result of bench_fail(). */
int client_connect(int port);

/* The same, with one request made, so that the server knows the connection. It closes one that is silent for
 * ten seconds, so each measurement has its own. */
int client_open(int port);

/* Sends "METHOD PATH" with these header lines (each ended by \r\n; "" for none). Returns 0 or the result of
 * bench_fail(). */
int client_send(int fd, const char *method, const char *path, const char *headers);

/* Receives one answer that says its length. Returns 0 with *ret, or the result of bench_fail(). */
int client_receive(int fd, ClientAnswer *ret);

/* Both, with GET; anything but status 200 is a failure. */
int client_get(int fd, const char *path, const char *headers, ClientAnswer *ret);
