/* A program that floods its output: the loop has time for others meanwhile, and the flood has an end. */
#include "runs/child.h"

#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/sibling.h"
#include "base/text.h"
#include "tests/unit/run.h"

#define TOO_MUCH "wrote more than 256 MB, or a line of more than 8 MB"

/* A child, and what came of it. */
typedef struct Play {
    uv_loop_t loop;
    Child *child;
    size_t n_bytes, n_lines;
    char heard[64]; /* the first letters of the lines that a reader made something of */
    char stop_at;   /* the child is stopped behind such a line */
    char *reason;   /* owned */
    bool over;
} Play;

static void on_line(void *data, char *line, size_t length)
{
    Play *play = data;

    (void)line;
    play->n_bytes += length + 1;
    play->n_lines++;
}

static void on_end(void *data, const char *reason)
{
    Play *play = data;

    play->reason = text_copy(reason);
    play->over = true;
}

/* A line that was read. The threads are those that read() was called in, and drop() at last. */
typedef struct Made {
    size_t length;
    char first;
    uv_thread_t reader;
} Made;

static _Atomic size_t n_made, n_dropped, n_dropped_elsewhere;
static uv_thread_t loop_thread;

static bool is_on_loop(void)
{
    uv_thread_t self = uv_thread_self();

    return uv_thread_equal(&self, &loop_thread);
}

static void *make_line(const char *line, size_t length)
{
    Made *made = malloc(sizeof(*made));

    ck_assert_ptr_nonnull(made);
    *made = (Made){length, line[0], uv_thread_self()};
    n_made++;
    return made;
}

static void drop_line(void *made)
{
    n_dropped++;
    n_dropped_elsewhere += !is_on_loop();
    free(made);
}

/* The long lines are those of x. */
static void on_made(void *data, void *made)
{
    Play *play = data;
    const Made *line = made;
    bool is_long = line->first == 'x';

    ck_assert(is_on_loop());
    ck_assert_int_eq(is_long, line->length >= RELAY_LONG_LINE);
    ck_assert_int_eq(is_long, !uv_thread_equal(&line->reader, &loop_thread));
    ck_assert_uint_lt(play->n_lines, sizeof(play->heard) - 1);
    play->heard[play->n_lines++] = line->first;
    if (line->first == play->stop_at)
        child_stop(play->child);
}

static const RelayReader reader_of_lines = {.read = make_line, .heard = on_made, .drop = drop_line};

/* Starts a shell with this command, for a run or for none; reader may be NULL. */
static void play_start(Play *play, const char *run, const RelayReader *reader, const char *command)
{
    auto_free char *guard = sibling_find("guard", "gilscope-guard");
    const char *const words[] = {"-c", command, NULL};
    const ChildSpec spec = {
        .guard = guard,
        .program = "sh",
        .arguments = words,
        .input = "",
        .run = run,
        .runtime = "sh",
        .line = on_line,
        .reader = reader,
        .end = on_end,
        .data = play,
    };

    *play = (Play){0};
    n_made = n_dropped = n_dropped_elsewhere = 0;
    loop_thread = uv_thread_self();
    signal(SIGPIPE, SIG_IGN);
    ck_assert_ptr_nonnull(guard);
    ck_assert_int_eq(uv_loop_init(&play->loop), 0);
    ck_assert_int_eq(child_start(&play->loop, &spec, &play->child), 0);
}

static void play_finish(Play *play)
{
    while (uv_run(&play->loop, UV_RUN_DEFAULT) != 0)
        ;
    ck_assert(play->over);
    ck_assert_int_eq(uv_loop_close(&play->loop), 0);
    free(play->reason);
}

/* Plays a command to its end, and looks at how it ended and how many lines it has told by then. */
static void assert_ends(const char *command, const char *reason, size_t n_lines)
{
    Play play;

    play_start(&play, "run", NULL, command);
    while (!play.over)
        uv_run(&play.loop, UV_RUN_ONCE);
    ck_assert_pstr_eq(play.reason, reason);
    ck_assert_uint_eq(play.n_lines, n_lines);
    play_finish(&play);
}

/* libuv by itself takes whatever is there, up to 32 times in a row. */
START_TEST(a_flood_is_read_in_small_shares)
{
    Play play;

    play_start(&play, "run", NULL, "exec yes 'one of very many lines'");
    while (play.n_bytes < (size_t)64 << 20) {
        size_t before = play.n_bytes;

        uv_run(&play.loop, UV_RUN_ONCE);
        /* Before the first of its lines there may be the beginning of one. */
        ck_assert_uint_le(play.n_bytes - before, CHILD_SHARE + strlen("one of very many lines\n"));
        ck_assert(!play.over);
    }
    child_stop(play.child);
    play_finish(&play);
}
END_TEST

/* A line without an end, lines with nothing in them, and words for the log. */
START_TEST(a_flood_has_an_end)
{
    static const char *const commands[] = {"exec tr '\\0' x </dev/zero", "exec yes ''",
        /* The output stays open, or that it was closed would be what is said of it on a slow machine. */
        "exec 3>&1; exec yes 'what nobody wants to hear' >&2"};

    for (size_t i = 0; i < ARRAY_LENGTH(commands); i++)
        assert_ends(commands[i], TOO_MUCH, 0);
}
END_TEST

/* Each line is read once and freed once, the long ones off the loop; all are heard in their order, the last
 * one too, which has no newline. What is behind a stop is not heard, although it may have been read. */
START_TEST(long_lines_are_read_off_the_loop_and_heard_in_their_order)
{
    static const struct {
        const char *command, *heard;
        char stop_at;
    } cases[] = {
        {"echo a; long; echo b; echo c", "axbc", 0},
        {"long; long; echo b; long", "xxbx", 0},
        {"(echo a; long; echo b; long) | cat; printf end", "axbxe", 0},
        {"long | tr -d '\\n'", "x", 0},
        {"echo a; long; echo b; long; echo c; exec sleep 1000", "ax", 'x'},
        {"long; echo a; echo b; exec sleep 1000", "xa", 'a'},
        {"echo a; long; exec sleep 1000", "a", 'a'},
    };

    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        auto_free char *command = text_printf("long() { head -c %d /dev/zero | tr '\\0' x; echo; }; %s",
            40 * RELAY_LONG_LINE, cases[i].command);
        Play play;

        play_start(&play, "run", &reader_of_lines, command);
        play.stop_at = cases[i].stop_at;
        while (!play.over)
            uv_run(&play.loop, UV_RUN_ONCE);
        ck_assert_str_eq(play.heard, cases[i].heard);
        ck_assert(play.stop_at || !play.reason);
        play_finish(&play);
        ck_assert_uint_eq(n_dropped, n_made);
        ck_assert_uint_ge(n_dropped_elsewhere, strchr(cases[i].heard, 'x') ? 1 : 0);
    }
}
END_TEST

/* A child that has ended and is not heard to its end yet is not over: here the reader takes longer than a
 * guard may that does not end. */
static void *make_slowly(const char *line, size_t length)
{
    if (line[0] == 'x')
        uv_sleep(2500);
    return make_line(line, length);
}

START_TEST(a_child_is_over_when_its_last_line_was_heard)
{
    static const RelayReader slow = {.read = make_slowly, .heard = on_made, .drop = drop_line};
    auto_free char *command =
        text_printf("head -c %d /dev/zero | tr '\\0' x; echo; echo a", 4 * RELAY_LONG_LINE);
    Play play;

    play_start(&play, "run", &slow, command);
    while (!play.over)
        uv_run(&play.loop, UV_RUN_ONCE);
    ck_assert_ptr_null(play.reason);
    ck_assert_str_eq(play.heard, "xa");
    play_finish(&play);
}
END_TEST

/* Its last words count, however late it ends. */
START_TEST(output_that_is_closed_is_the_end)
{
    assert_ends("echo last; exec >&-; sleep 1000", "closed its output and went on for more than 5 s", 1);
    assert_ends("echo last; exec >&-; sleep 0.1", NULL, 1);
}
END_TEST

/* What one of several runtimes says, and one that is asked what it offers. */
START_TEST(what_it_says_is_logged_with_its_names)
{
    auto_free char *text = NULL;
    size_t length;
    Play play;
    int fd = memfd_create("log", MFD_CLOEXEC), saved = dup(STDERR_FILENO);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_ge(dup2(fd, STDERR_FILENO), 0);
    play_start(&play, "run-1", NULL, "echo hello >&2");
    play_finish(&play);
    play_start(&play, NULL, NULL, "echo hello >&2");
    play_finish(&play);
    ck_assert_int_ge(dup2(saved, STDERR_FILENO), 0);
    ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
    ck_assert_int_eq(text_read_fd(fd, 65536, &text, &length), 0);
    ck_assert_msg(strstr(text, "event=runtime_says run=run-1 runtime=sh text=hello"), "%s", text);
    ck_assert_msg(strstr(text, "event=runtime_says run=none runtime=sh text=hello"), "%s", text);
    close(saved);
    close(fd);
}
END_TEST

RUN_TESTS("child", 240, what_it_says_is_logged_with_its_names, a_flood_is_read_in_small_shares,
    a_flood_has_an_end, long_lines_are_read_off_the_loop_and_heard_in_their_order,
    a_child_is_over_when_its_last_line_was_heard, output_that_is_closed_is_the_end)
