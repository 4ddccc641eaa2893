/* Bodies that come bit by bit, and what is held for those who do not read them. */
#include <string.h>

#include "handlers/stream.h"
#include "tests/unit/run.h"

enum { MOST = 100 };

static int n_cut;

static void on_cut(void *reader)
{
    (void)reader;
    n_cut++;
}

/* One that is being sent. */
static Stream *stream_of(Backlog *backlog)
{
    Stream *stream = stream_new(backlog, NULL, NULL);

    stream->cut = on_cut;
    return stream;
}

static Shared *text_of(size_t length)
{
    static const char bytes[1000] = "";

    ck_assert_uint_le(length, sizeof(bytes));
    return shared_new(bytes, length);
}

/* Writes a new text of this length to n streams. */
static void tell(Stream *const *streams, size_t n, size_t length)
{
    Shared *text = text_of(length);

    for (size_t i = 0; i < n; i++)
        stream_write(streams[i], text);
    shared_drop(text);
}

static size_t read_all(Stream *stream)
{
    char bytes[64];
    size_t n = 0, piece;

    while ((piece = stream_read(stream, bytes, sizeof(bytes))) > 0)
        n += piece;
    return n;
}

START_TEST(a_text_counts_once_until_the_last_has_read_it)
{
    Backlog backlog = {.max_bytes = MOST};
    Stream *streams[] = {stream_of(&backlog), stream_of(&backlog), stream_of(&backlog)};
    char byte;

    tell(streams, 3, 40);
    tell(streams, 1, 7);
    ck_assert_int_eq(backlog.n_bytes, 47);
    ck_assert_uint_eq(stream_read(streams[0], &byte, 1), 1);
    ck_assert_int_eq(backlog.n_bytes, 47);
    ck_assert_uint_eq(read_all(streams[0]), 46);
    ck_assert_int_eq(backlog.n_bytes, 40);
    stream_free(streams[1]);
    ck_assert_int_eq(backlog.n_bytes, 40);
    ck_assert_uint_eq(read_all(streams[2]), 40);
    ck_assert_int_eq(backlog.n_bytes, 0);
    stream_free(streams[0]);
    stream_free(streams[2]);
    ck_assert(LIST_EMPTY(&backlog.streams));
}
END_TEST

START_TEST(beyond_the_limit_the_slowest_is_cut_off)
{
    Backlog backlog = {.max_bytes = MOST};
    Stream *slow = stream_of(&backlog), *quick = stream_of(&backlog), *streams[] = {quick, slow};

    n_cut = 0;
    for (int i = 0; i < 20; i++) {
        tell(streams, 2, 30);
        ck_assert_uint_eq(read_all(quick), 30);
        ck_assert_int_le(backlog.n_bytes, MOST);
    }
    ck_assert_int_eq(n_cut, 1);
    ck_assert(slow->is_cut && !quick->is_cut);
    /* Of what it had not read nothing is left, and what is written to it is lost. */
    ck_assert_uint_eq(read_all(slow), 0);
    ck_assert_int_eq(backlog.n_bytes, 0);
    stream_end(slow);
    stream_free(slow);
    stream_free(quick);
}
END_TEST

START_TEST(all_who_hold_too_much_are_cut_off)
{
    Backlog backlog = {.max_bytes = MOST};
    Stream *streams[] = {stream_of(&backlog), stream_of(&backlog), stream_of(&backlog)};

    n_cut = 0;
    tell(streams, 3, 60);
    ck_assert_uint_eq(read_all(streams[1]), 60);
    tell(streams, 3, 60);
    ck_assert_int_eq(n_cut, 2);
    ck_assert(!streams[1]->is_cut);
    ck_assert_uint_eq(read_all(streams[1]), 60);
    for (size_t i = 0; i < ARRAY_LENGTH(streams); i++)
        stream_free(streams[i]);
}
END_TEST

/* Nor is one cut off that nobody has begun to send. */
START_TEST(a_single_text_has_room_however_long_it_is)
{
    Backlog backlog = {.max_bytes = MOST};
    Stream *stream = stream_of(&backlog), *new = stream_new(&backlog, NULL, NULL);

    n_cut = 0;
    tell(&stream, 1, 500);
    ck_assert_int_eq(n_cut, 0);
    ck_assert_uint_eq(read_all(stream), 500);
    for (int i = 0; i < 9; i++)
        tell(&new, 1, 90);
    ck_assert(!new->is_cut);
    ck_assert_uint_eq(read_all(new), 9 * 90);
    stream_free(stream);
    stream_free(new);
}
END_TEST

RUN_TESTS("stream", 30, a_text_counts_once_until_the_last_has_read_it,
    beyond_the_limit_the_slowest_is_cut_off, all_who_hold_too_much_are_cut_off,
    a_single_text_has_room_however_long_it_is)
