/* A program that floods its output: the loop has time for others meanwhile, and the flood has an end. */
#include "runs/child.h"

#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

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
    char *reason; /* owned */
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

/* Starts a shell with this command, for a run or for none. */
static void play_start(Play *play, const char *run, const char *command)
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
        .end = on_end,
        .data = play,
    };

    *play = (Play){0};
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

    play_start(&play, "run", command);
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

    play_start(&play, "run", "exec yes 'one of very many lines'");
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
    static const char *const commands[] = {
        "exec tr '\\0' x </dev/zero", "exec yes ''",
        /* The output stays open, or that it was closed would be what is said of it on a slow machine. */
        "exec 3>&1; exec yes 'what nobody wants to hear' >&2"};

    for (size_t i = 0; i < ARRAY_LENGTH(commands); i++)
        assert_ends(commands[i], TOO_MUCH, 0);
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
    play_start(&play, "run-1", "echo hello >&2");
    play_finish(&play);
    play_start(&play, NULL, "echo hello >&2");
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
    a_flood_has_an_end, output_that_is_closed_is_the_end)
