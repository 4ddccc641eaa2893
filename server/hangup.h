/* Notices that a client has left while nobody reads from its connection. The HTTP library does not look at a
 * connection that waits for its answer, so the socket is duplicated and the duplicate is watched. A client
 * that closes only its sending side counts as one that has left: for a socket the two look the same.
 *
 * All of it belongs to the loop's thread. */
#pragma once

#include <uv.h>

typedef struct Hangup Hangup;

/* Calls callback(data) once, from the loop, when the other side of the socket hangs up. fd stays the
 * caller's. Returns NULL if there is no descriptor left; then it is never noticed, and the answer is made
 * for nobody. End the watch with hangup_stop() in any case. */
Hangup *hangup_watch(uv_loop_t *loop, int fd, void (*callback)(void *data), void *data);

/* Ends the watch and closes the duplicate, without which the connection would stay open; NULL is fine. */
void hangup_stop(Hangup *hangup);
