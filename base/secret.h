/* Comparing what must not be guessed. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Whether the first `length` bytes of given are the secret. How long it takes depends on given alone and
 * tells nothing of the secret. An empty secret is none and equals nothing. */
bool secret_equals(const char *secret, const char *given, size_t length);
