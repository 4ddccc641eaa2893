/* Numbers as people write them: 1000000, 1e6, 10M, 1_000_000, 2.5k. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Reads a whole number from all of text (length bytes, no NUL needed). Accepts a sign, digits with single
 * underscores between them, a fraction and an exponent if the value is whole in the end, and one of the
 * decimal suffixes k (or K), M, G; a small m or g could mean something else and is refused. Returns 0 and
 * sets *ret; -EINVAL if it is no whole number; -ERANGE if its digits, or the value without its sign, do not
 * fit into 63 bits. */
int number_parse(const char *text, size_t length, int64_t *ret);
