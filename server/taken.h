/* How much of what was sent has arrived. */
#pragma once

#include <stdint.h>

/* Returns the bytes that the other side of a TCP connection has confirmed since its beginning; 0 if the
 * kernel does not say. */
uint64_t taken_bytes(int fd);
