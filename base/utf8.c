/* Strict on purpose. An overlong form is a second way to write a character, by which one could bring a quote
 * or a slash past a check that looks for the usual one; surrogates and what is beyond U+10FFFF would make
 * JSON that other programs refuse. */
#include "base/utf8.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

uint32_t utf8_next(const char **at, const char *end)
{
    /* By the number of bytes that follow: what a shorter form could say must not take a longer one. */
    static const uint32_t smallest[] = {0, 0x80, 0x800, 0x10000};
    unsigned char first = (unsigned char)*(*at)++;
    const char *next = *at;
    uint32_t character;
    int more;

    if (first < 0x80)
        return first;
    /* A continuation byte cannot begin a character, and no form has more than four bytes. */
    if (first < 0xc0 || first >= 0xf8)
        return UTF8_BAD;
    more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
    /* The first byte of a form with n more has 6 - n bits of the character. */
    character = first & (0x3fU >> more);
    for (int i = 0; i < more; i++, next++) {
        /* *at still stands behind the first byte, so only that one is given up. What follows may be the
         * beginning of a good character, for example the quote that ends a text. */
        if (next == end || ((unsigned char)*next & 0xc0) != 0x80)
            return UTF8_BAD;
        character = character << 6 | ((unsigned char)*next & 0x3f);
    }
    if (character < smallest[more] || character > 0x10ffff || (character >= 0xd800 && character <= 0xdfff))
        return UTF8_BAD;
    *at = next;
    return character;
}

/* C1 (U+0080 to U+009F) belongs to them: some terminals take U+009B for the beginning of an escape sequence.
 * U+2028 and U+2029 end a line for JavaScript and for some viewers of logs. U+200E, U+200F, U+202A and on and
 * U+2066 and on turn the direction of the text: with them "gpj.exe" can be made to read as "exe.jpg", a row
 * of a table to end in another cell, and the words behind a value to stand in front of it. */
bool utf8_is_control(uint32_t character)
{
    return character < 0x20 || (character >= 0x7f && character < 0xa0) || character == 0x200e ||
           character == 0x200f || (character >= 0x2028 && character <= 0x202e) ||
           (character >= 0x2066 && character <= 0x2069);
}

char *utf8_clean(const char *text, size_t length)
{
    static const char replacement[] = "\xef\xbf\xbd";
    const char *at = text, *end = text + length;
    /* One bad byte becomes the three of U+FFFD; nothing grows more than that. */
    char *clean = malloc(3 * length + 1), *to = clean;

    assert(clean);
    while (at < end) {
        const char *start = at;
        uint32_t character = utf8_next(&at, end);

        if (character == UTF8_BAD || utf8_is_control(character))
            to = mempcpy(to, replacement, sizeof(replacement) - 1);
        else
            to = mempcpy(to, start, (size_t)(at - start));
    }
    *to = '\0';
    return clean;
}
