/* Seven things have to come to an end before a child is freed: the process, its output, its log, the input
 * that was written, the hang-up pipe, a long line that is being read, and the hunt for what a guard has left
 * that was killed. end() is called when the process was reaped, its output and log have reached end of file
 * and the last line was heard; then all handles are closed, and the last one to close frees the child.
 *
 * A run is over only when both halves are seen: the exit of the guard, and the end of what it wrote. The
 * kernel reports them in either order. Judged by the exit alone, a run whose last lines are still in the
 * pipe would be called incomplete. */
#include "runs/child.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/log.h"
#include "base/text.h"
#include "runs/child-command.h"
#include "runs/lines.h"
#include "runs/strays.h"

enum {
    MAX_LINE = 8 << 20,    /* one repetition of 10,000 tasks with all details is about 3 MB */
    MAX_LOG_LINE = 4096,   /* longer ones are cut into pieces */
    MAX_LOG_LINES = 1000,  /* of one child; what comes after them is dropped */
    STUCK_GUARD_MS = 2000, /* after child_stop(); far more than a guard ever needs */
};

struct Child {
    ChildSpec spec;
    uv_process_t process;
    uv_pipe_t input, output, log, hangup;
    uv_timer_t stuck; /* a guard that does not end, an output that nobody closes, or one that was closed */
    Strays strays;
    uv_check_t turn;  /* of the loop; a new one begins */
    uv_write_t write; /* of the input, and the text that it writes, which must live until it is done */
    char *text, *run, *runtime; /* the latter for the log */
    Lines lines, log_lines;
    Relay relay; /* of the lines, where the spec has a reader */
    int n_open;  /* handles that are not closed yet */
    int n_log_lines;
    size_t n_output;                    /* bytes, with those of the log */
    bool has_read_output, has_read_log; /* their share of this turn */
    bool started, exited, output_ended, log_ended, stopped, too_much, mute;
    int64_t status; /* of the guard, which reports the program's as a shell does: 128 + its signal */
    int signal;     /* that ended the guard itself; 0: none */
};

static void free_child(Child *child)
{
    lines_finish(&child->lines);
    lines_finish(&child->log_lines);
    free(child->text);
    free(child->run);
    free(child->runtime);
    free(child);
}

static void on_child_closed(uv_handle_t *handle)
{
    Child *child = handle->data;

    if (--child->n_open == 0)
        free_child(child);
}

static void close_child_handle(uv_handle_t *handle)
{
    if (!uv_is_closing(handle))
        uv_close(handle, on_child_closed);
}

/* What went wrong in words, owned by the caller; NULL if nothing did. The guard's statuses are those of a
 * shell: 125 to 127 it could not start the program, above 128 a signal ended the program. A signal that
 * ended the guard itself is told apart, since then nobody knows how the program ended. */
static char *describe_end(const Child *child)
{
    if (child->too_much)
        return text_printf(
            "wrote more than %d MB, or a line of more than %d MB", CHILD_MAX_OUTPUT >> 20, MAX_LINE >> 20);
    if (child->mute)
        return text_printf("closed its output and went on for more than %d s", CHILD_LEAVES_MS / 1000);
    if (child->signal != 0)
        return text_printf("lost its guard to signal %d (%s)", child->signal, strsignal(child->signal));
    if (child->status > 128 && child->status <= 128 + 64)
        return text_printf(
            "died of signal %d (%s)", (int)child->status - 128, strsignal((int)child->status - 128));
    if (child->status >= 125 && child->status <= 127)
        return text_printf("could not be started (status %d)", (int)child->status);
    if (child->status != 0)
        return text_printf("ended with status %d", (int)child->status);
    return NULL;
}

/* Called whenever one of them has come to its end. Closing the handles is done before end() is
 * called, but the memory stays until libuv has closed the last of them: so end() may do what it likes,
 * and no later callback finds freed memory. */
static void finish_when_over(Child *child)
{
    auto_free char *reason = NULL;

    if (!child->exited || !child->output_ended || !child->log_ended || child->strays.hunting ||
        child->relay.is_busy)
        return;
    close_child_handle((uv_handle_t *)&child->process);
    close_child_handle((uv_handle_t *)&child->input);
    close_child_handle((uv_handle_t *)&child->output);
    close_child_handle((uv_handle_t *)&child->log);
    close_child_handle((uv_handle_t *)&child->hangup);
    close_child_handle((uv_handle_t *)&child->stuck);
    close_child_handle((uv_handle_t *)&child->turn);
    strays_close(&child->strays, on_child_closed, child);
    if (!child->started)
        return;
    reason = describe_end(child);
    child->spec.end(child->spec.data, reason);
}

/* The last resort. A descendant that the guard could not end would hold the output open for ever, and
 * with it the run and its place in the queue. So the output counts as ended, and a guard that is still
 * there is killed; its exit then ends the child. */
static void on_guard_stuck(uv_timer_t *timer)
{
    Child *child = timer->data;

    if (child->relay.is_busy) {
        uv_timer_start(timer, on_guard_stuck, STUCK_GUARD_MS, 0);
        return;
    }
    log_error("guard_stuck", log_text("run", child->run), log_text("runtime", child->runtime),
        log_number("pid", child->process.pid));
    if (!child->exited)
        uv_process_kill(&child->process, SIGKILL);
    child->output_ended = child->log_ended = true;
    finish_when_over(child);
}

/* Whatever it does, nobody will hear of it any more. */
static void on_child_mute(uv_timer_t *timer)
{
    Child *child = timer->data;

    child->mute = true;
    child_stop(child);
}

static void on_strays_gone(void *data)
{
    finish_when_over(data);
}

/* A guard that ended by itself has left nobody. One that was killed may have, and what hides in other
 * sessions would disturb the next run, and could live on for ever. */
static void on_child_exit(uv_process_t *process, int64_t status, int signal)
{
    Child *child = process->data;

    child->exited = true;
    child->status = status;
    child->signal = signal;
    if (signal != 0)
        strays_hunt(&child->strays, on_strays_gone, child);
    if (!child->output_ended || !child->log_ended)
        uv_timer_start(&child->stuck, on_guard_stuck, STUCK_GUARD_MS, 0);
    finish_when_over(child);
}

/* A stop may come from inside a line, while more lines of the same buffer follow. They would be taken for
 * results of a run that has its outcome already. */
static void on_child_line(void *data, char *line, size_t length)
{
    Child *child = data;

    if (child->stopped)
        return;
    if (child->spec.reader)
        relay_take(&child->relay, line, length);
    else
        child->spec.line(child->spec.data, line, length);
}

static void on_child_log_line(void *data, char *line, size_t length)
{
    Child *child = data;

    (void)length;
    if (child->n_log_lines < MAX_LOG_LINES)
        log_info("runtime_says", log_text("run", child->run), log_text("runtime", child->runtime),
            log_text("text", line));
    else if (child->n_log_lines == MAX_LOG_LINES)
        log_warning("runtime_talks_too_much", log_text("run", child->run),
            log_text("runtime", child->runtime), log_number("lines", MAX_LOG_LINES));
    child->n_log_lines++;
}

static void on_child_turn(uv_check_t *check)
{
    Child *child = check->data;

    child->has_read_output = child->has_read_log = false;
}

/* One buffer for all: the loop reads one pipe at a time and is done with it before the next. libuv reads a
 * pipe up to 32 times in a row where there is always more, and a runtime that floods it would hold up
 * everybody else; so each pipe is read once in a turn. Without a buffer libuv comes again in the next one. */
static void on_child_allocate(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    static char shared[CHILD_SHARE];
    Child *child = handle->data;
    bool *has_read = handle == (uv_handle_t *)&child->output ? &child->has_read_output : &child->has_read_log;

    (void)suggested;
    *buffer = *has_read ? uv_buf_init(NULL, 0) : uv_buf_init(shared, sizeof(shared));
    *has_read = true;
}

/* Output of a stopped child is still read, so that the end of file is seen, but not kept. Returns whether to
 * look at it. */
static bool child_take_output(Child *child, size_t length)
{
    child->n_output += length;
    if (!child->stopped && child->n_output > CHILD_MAX_OUTPUT) {
        child->too_much = true;
        child_stop(child);
    }
    return !child->stopped;
}

static void on_child_output(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer)
{
    Child *child = stream->data;

    if (length > 0 && child_take_output(child, (size_t)length) &&
        lines_feed(&child->lines, buffer->base, (size_t)length, on_child_line, child) < 0) {
        child->too_much = true;
        child_stop(child);
    }
    if (child->relay.is_busy)
        uv_read_stop(stream);
    if (length >= 0 || length == UV_ENOBUFS)
        return;
    lines_end(&child->lines, on_child_line, child);
    child->output_ended = true;
    uv_read_stop(stream);
    if (!child->exited && !child->stopped)
        uv_timer_start(&child->stuck, on_child_mute, CHILD_LEAVES_MS, 0);
    finish_when_over(child);
}

/* Behind a long line nothing was read, and whoever has exited meanwhile may have left something in the pipe:
 * the time that its end may take begins now. */
static void on_child_rested(void *owner)
{
    Child *child = owner;

    if (!child->output_ended) {
        uv_read_start((uv_stream_t *)&child->output, on_child_allocate, on_child_output);
        if (child->exited)
            uv_timer_start(&child->stuck, on_guard_stuck, STUCK_GUARD_MS, 0);
    }
    finish_when_over(child);
}

/* What a runtime writes on standard error is for the operator. It goes to the server's log line by line,
 * so that it cannot look like a line of the log itself, and not without limit. */
static void on_child_log(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer)
{
    Child *child = stream->data;

    if (length > 0 && child_take_output(child, (size_t)length))
        lines_feed(&child->log_lines, buffer->base, (size_t)length, on_child_log_line, child);
    if (length < 0 && length != UV_ENOBUFS) {
        lines_end(&child->log_lines, on_child_log_line, child);
        child->log_ended = true;
        uv_read_stop(stream);
        finish_when_over(child);
    }
}

/* Closing the input tells a runtime that the request is complete. Whether all was written does not matter
 * here: a runtime that does not read its request will not end well by itself. */
static void on_child_written(uv_write_t *write, int status)
{
    Child *child = write->data;

    (void)status;
    if (!child->spec.keep_input)
        close_child_handle((uv_handle_t *)&child->input);
}

static void on_child_said(uv_write_t *write, int status)
{
    (void)status;
    free(write);
}

/* A child that says hello before it has read a long request is told behind the rest of it. */
void child_say(Child *child, const char *text)
{
    uv_buf_t buffer = uv_buf_init((char *)text, (unsigned)strlen(text));
    uv_write_t *write;

    if (uv_is_closing((uv_handle_t *)&child->input))
        return;
    write = malloc(sizeof(*write));
    assert(write);
    if (uv_write(write, (uv_stream_t *)&child->input, &buffer, 1, on_child_said) < 0)
        free(write);
}

static void init_child_handles(Child *child, uv_loop_t *loop)
{
    uv_pipe_t *pipes[] = {&child->input, &child->output, &child->log, &child->hangup};

    for (size_t i = 0; i < ARRAY_LENGTH(pipes); i++) {
        uv_pipe_init(loop, pipes[i], 0);
        pipes[i]->data = child;
    }
    uv_timer_init(loop, &child->stuck);
    child->stuck.data = child;
    uv_check_init(loop, &child->turn);
    child->turn.data = child;
    strays_init(&child->strays, loop);
    child->process.data = child;
    child->write.data = child;
    /* Four pipes, two timers, the check and the process. All are counted and closed, whether they were opened
     * or not: a spawn that failed has made its handle all the same. */
    child->n_open = 8;
}

/* The guard has four descriptors: the usual three, which it hands on to the program, and the hang-up
 * pipe, which it keeps. libuv makes the pipes and closes their far ends here, so the end of file comes
 * when the last process on the other side is gone. */
static int spawn_guard(Child *child, uv_loop_t *loop)
{
    uv_stdio_container_t stdio[] = {
        {.flags = UV_CREATE_PIPE | UV_READABLE_PIPE, .data.stream = (uv_stream_t *)&child->input},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&child->output},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&child->log},
        {.flags = UV_CREATE_PIPE | UV_READABLE_PIPE, .data.stream = (uv_stream_t *)&child->hangup},
    };
    auto_command char **words = child_command_new(&child->spec);
    uv_process_options_t options = {
        .exit_cb = on_child_exit,
        .file = child->spec.guard,
        .args = words,
        .stdio = stdio,
        .stdio_count = ARRAY_LENGTH(stdio),
        /* A session of its own: Ctrl-C in the server's terminal is for the server alone. */
        .flags = UV_PROCESS_DETACHED,
    };

    return uv_spawn(loop, &child->process, &options);
}

int child_start(uv_loop_t *loop, const ChildSpec *spec, Child **ret)
{
    Child *child = calloc(1, sizeof(*child));
    uv_buf_t buffer;
    int r;

    assert(child);
    child->spec = *spec;
    child->text = strndup(spec->input, spec->input_length);
    child->run = strdup(spec->run ? spec->run : "none");
    child->runtime = strdup(spec->runtime);
    assert(child->text && child->run && child->runtime);
    lines_init(&child->lines, MAX_LINE, false);
    lines_init(&child->log_lines, MAX_LOG_LINE, true);
    relay_init(&child->relay, loop, spec->reader, spec->data, on_child_rested, child);
    init_child_handles(child, loop);

    /* After a failure nothing runs and nothing was opened, so all three have ended; the handles are
     * closed, and end() is not called because the caller learns it from the return value. */
    r = spawn_guard(child, loop);
    if (r < 0) {
        child->exited = child->output_ended = child->log_ended = true;
        finish_when_over(child);
        return r;
    }
    child->started = true;
    uv_check_start(&child->turn, on_child_turn);
    uv_read_start((uv_stream_t *)&child->output, on_child_allocate, on_child_output);
    uv_read_start((uv_stream_t *)&child->log, on_child_allocate, on_child_log);
    buffer = uv_buf_init(child->text, (unsigned)spec->input_length);
    r = uv_write(&child->write, (uv_stream_t *)&child->input, &buffer, 1, on_child_written);
    assert(r == 0);
    *ret = child;
    return 0;
}

void child_stop(Child *child)
{
    if (child->stopped)
        return;
    child->stopped = true;
    relay_stop(&child->relay);
    close_child_handle((uv_handle_t *)&child->hangup);
    if (!child->exited)
        uv_timer_start(&child->stuck, on_guard_stuck, STUCK_GUARD_MS, 0);
}
