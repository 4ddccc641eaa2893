/* Text that came from outside, character by character: what is well-formed UTF-8 and what may be shown on a
 * terminal or in a log. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UTF8_BAD UINT32_MAX

/* Reads the character at *at, which must be before end, and steps behind it. Returns its code point, or
 * UTF8_BAD after stepping over one byte that begins no well-formed character (RFC 3629: surrogates, overlong
 * forms and what is beyond U+10FFFF are not well-formed). */
uint32_t utf8_next(const char **at, const char *end);

/* Whether the character moves a cursor or worse: C0 and C1 controls, DEL, the two Unicode line ends, and what
 * turns the direction of the text behind it. */
bool utf8_is_control(uint32_t character);

/* Returns a copy that can be shown and is a valid JSON string: bad bytes and control characters (with them
 * NUL) are replaced by U+FFFD. Asserts that there is memory. The caller frees it. */
char *utf8_clean(const char *text, size_t length);
