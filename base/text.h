/* Small helpers for text and files that the C library lacks. */
#pragma once

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

/* Returns a new string made as by printf; asserts that there is memory. The caller frees it. */
char *text_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Returns a copy of a text, NULL of NULL; the caller frees it. */
char *text_copy(const char *text);

/* Frees *text and puts a copy of the new one there, which may be the old one, or NULL. */
void text_replace(char **text, const char *new);

/* Steps to the next item of a list that is separated by blanks and commas. Returns its length and sets *ret,
 * or 0 at the end. */
size_t text_next_item(const char **at, const char **ret);

/* Reads a whole file or descriptor of at most max bytes. Returns 0 and sets *ret (owned by the caller, with
 * a NUL behind the last byte) and *ret_length; -EFBIG if there is more; another negative errno. */
int text_read_file(const char *path, size_t max, char **ret, size_t *ret_length);
int text_read_fd(int fd, size_t max, char **ret, size_t *ret_length);

/* Writes all of it, or returns a negative errno. */
int text_write_fd(int fd, const char *text, size_t length);

/* Returns wall-clock milliseconds since 1970 as RFC 3339 has it, "2017-10-27T08:00:00.000Z", a new string;
 * NULL for times before 1970 and after the year 9999. */
char *text_time(int64_t ms);
