/* A stream of bytes, cut into lines. */
#include "runs/lines.h"

#include <errno.h>
#include <string.h>

#include "tests/unit/run.h"

static char seen[1024];

static void on_line(void *data, char *line, size_t length)
{
    (void)data;
    ck_assert_uint_eq(strlen(line), length);
    strcat(seen, "<");
    strcat(seen, line);
    strcat(seen, ">");
}

static int feed(Lines *lines, const char *text)
{
    return lines_feed(lines, text, strlen(text), on_line, NULL);
}

START_TEST(lines_come_whole_whatever_the_pieces)
{
    static const char text[] = "one\n\ntwo\nthree";

    for (size_t piece = 1; piece <= sizeof(text) - 1; piece++) {
        Lines lines;

        seen[0] = '\0';
        lines_init(&lines, 100, false);
        for (size_t at = 0; at < sizeof(text) - 1; at += piece) {
            size_t length = sizeof(text) - 1 - at < piece ? sizeof(text) - 1 - at : piece;

            ck_assert_int_eq(lines_feed(&lines, text + at, length, on_line, NULL), 0);
        }
        ck_assert_str_eq(seen, "<one><two>");
        lines_end(&lines, on_line, NULL);
        ck_assert_str_eq(seen, "<one><two><three>");
        lines_finish(&lines);
    }
}
END_TEST

START_TEST(a_line_that_is_too_long_is_refused)
{
    Lines lines;

    lines_init(&lines, 4, false);
    ck_assert_int_eq(feed(&lines, "abcd\n"), 0);
    ck_assert_int_eq(feed(&lines, "abc"), 0);
    ck_assert_int_eq(feed(&lines, "de\n"), -EMSGSIZE);
    lines_finish(&lines);
}
END_TEST

START_TEST(or_it_is_cut_into_pieces)
{
    Lines lines;

    seen[0] = '\0';
    lines_init(&lines, 4, true);
    ck_assert_int_eq(feed(&lines, "abcdefghij\nk\nlmno"), 0);
    ck_assert_int_eq(feed(&lines, "p\n"), 0);
    ck_assert_str_eq(seen, "<abcd><efgh><ij><k><lmno><p>");
    lines_finish(&lines);
}
END_TEST

RUN_TESTS("lines", 30, lines_come_whole_whatever_the_pieces, a_line_that_is_too_long_is_refused,
    or_it_is_cut_into_pieces)
