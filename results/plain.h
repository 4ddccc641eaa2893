/* Text that may come from anywhere (a URL, a label, the last words of a runtime), made fit for a terminal or
 * for Markdown. Widths are counted in characters of UTF-8, one column each; that is right for everything that
 * is not written in wide letters. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Returns the text on one line: a line break becomes a space; a control character, a character that turns the
 * direction of text, and what is no UTF-8 become "?". For Markdown nothing in it acts as markup. The caller
 * frees it. */
char *plain_clean(const char *text, bool markdown);

/* The number of characters, not bytes. */
size_t plain_width(const char *text);

/* The number of bytes of the first characters, as many as width; of all if there are fewer. Where to cut a
 * text without cutting a character. */
size_t plain_bytes(const char *text, size_t width);

/* Returns the text cut to so many characters (at least 2), the last two of them dots if it was longer. Frees
 * the text that was given. */
char *plain_cut(char *text, size_t width);
