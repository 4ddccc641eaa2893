/* One process after the other. A process has four handles, the timer belongs to the origin and serves what
 * is waited for at the time. start_origin() begins a process; when all its handles are closed, and only then,
 * after_process() decides what is next: another one later, or the end. So whatever goes wrong at a start, a
 * crash, a program that is not there, a stop in the middle, there is one way on.
 *
 * The next start comes later each time, up to ten seconds: a port that somebody else has would otherwise cost
 * a process every few milliseconds, beside the runs that are measured.
 *
 * What it complains of on standard error goes to the log as an entry, so that nothing stands between the
 * entries. All of it is read before the next process begins, as the last words are those that say why it
 * ended.
 *
 * One that is stopped (SIGSTOP) would let every fetch wait until it is too late. The kernel tells the parent
 * of a stop as it does of an end, and it is woken at once. */
#include "runs/origin.h"

#include <assert.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/log.h"
#include "base/text.h"
#include "runs/lines.h"

enum {
    FIRST_DELAY_MS = 100,
    LAST_DELAY_MS = 10000,
    GOOD_MS = 10000, /* one that ran so long starts the delays anew */
    START_MS = 5000, /* to be up; whoever waits goes on without it after that */
    WAIT_MS = 1000,  /* for a start that is further away nobody waits */
    END_MS = 1000,   /* from the end of its input to its own end; then it is killed */
    MAX_LINE = 65536,
    MAX_LOG_LINE = 2048,
};

struct Origin {
    uv_loop_t *loop;
    const RunSettings *settings;
    uv_process_t process;
    uv_pipe_t input, output, log;
    /* To the next start; while starting, to the end of patience; when stopping, to the kill. */
    uv_timer_t timer;
    uv_signal_t child_signal; /* some child has ended or was stopped */
    Lines lines, log_lines;
    json_t *ports;
    int n_open; /* handles of the current process; when stopped, of the origin itself */
    bool running, settled, stopping;
    int delay_ms;
    uint64_t started_ms;
    void (*on_settled)(void *data); /* NULL: nobody wants to know */
    void *data;
};

static void start_origin(Origin *origin);

static void on_last_closed(uv_handle_t *handle)
{
    Origin *origin = handle->data;

    if (--origin->n_open > 0)
        return;
    lines_finish(&origin->lines);
    lines_finish(&origin->log_lines);
    json_decref(origin->ports);
    free(origin);
}

/* No process is left, nor will there be one. */
static void close_origin(Origin *origin)
{
    origin->n_open = 2;
    uv_close((uv_handle_t *)&origin->timer, on_last_closed);
    uv_close((uv_handle_t *)&origin->child_signal, on_last_closed);
}

static void settle_origin(Origin *origin)
{
    if (origin->settled)
        return;
    origin->settled = true;
    if (origin->on_settled && !origin->stopping)
        origin->on_settled(origin->data);
}

static void on_slow(uv_timer_t *timer)
{
    log_warning("origin_slow", log_number("waited_ms", START_MS));
    settle_origin(timer->data);
}

static void on_restart(uv_timer_t *timer)
{
    start_origin(timer->data);
}

/* The process is gone and its handles are closed: what next? */
static void after_process(Origin *origin)
{
    if (origin->stopping) {
        close_origin(origin);
        return;
    }
    if (uv_now(origin->loop) - origin->started_ms > GOOD_MS)
        origin->delay_ms = FIRST_DELAY_MS;
    if (origin->delay_ms > WAIT_MS)
        settle_origin(origin);
    log_info("origin_restart", log_number("in_ms", origin->delay_ms));
    uv_timer_start(&origin->timer, on_restart, (uint64_t)origin->delay_ms, 0);
    origin->delay_ms = origin->delay_ms * 2 < LAST_DELAY_MS ? origin->delay_ms * 2 : LAST_DELAY_MS;
}

static void on_origin_closed(uv_handle_t *handle)
{
    Origin *origin = handle->data;

    if (--origin->n_open == 0)
        after_process(origin);
}

static void on_origin_log_line(void *data, char *line, size_t length)
{
    const Origin *origin = data;

    (void)length;
    log_warning("origin_says", log_number("pid", origin->process.pid), log_text("text", line));
}

static void on_origin_allocate(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    static char shared[4096];

    (void)handle;
    (void)suggested;
    *buffer = uv_buf_init(shared, sizeof(shared));
}

static void on_origin_log(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer)
{
    Origin *origin = stream->data;

    if (length > 0)
        lines_feed(&origin->log_lines, buffer->base, (size_t)length, on_origin_log_line, origin);
    if (length >= 0)
        return;
    lines_end(&origin->log_lines, on_origin_log_line, origin);
    lines_finish(&origin->log_lines);
    uv_close((uv_handle_t *)stream, on_origin_closed);
}

/* From now on there is no origin: the ports are forgotten first, so that no run gets the port of a
 * process that is gone, which another program may have by now. Its log closes by itself, if it was opened. */
static void close_all(Origin *origin)
{
    origin->running = false;
    json_decref(origin->ports);
    origin->ports = NULL;
    lines_finish(&origin->lines);
    uv_timer_stop(&origin->timer);
    if (!uv_is_closing((uv_handle_t *)&origin->input))
        uv_close((uv_handle_t *)&origin->input, on_origin_closed);
    uv_close((uv_handle_t *)&origin->output, on_origin_closed);
    uv_close((uv_handle_t *)&origin->process, on_origin_closed);
}

static void on_origin_exit(uv_process_t *process, int64_t status, int signal)
{
    Origin *origin = process->data;
    bool was_up = origin->ports != NULL;

    if (!origin->stopping)
        log_warning("origin_ended", log_number("status", status), log_number("signal", signal));
    close_all(origin);
    /* One that was up will most likely be so again in a moment. One that never came up would let everybody
     * wait for nothing. */
    if (was_up)
        origin->settled = false;
    else
        settle_origin(origin);
}

/* Others of our children are meant more often. A stop is told once, and forgotten by being read. */
static void on_child_signal(uv_signal_t *handle, int number)
{
    Origin *origin = handle->data;
    siginfo_t info = {0};

    (void)number;
    if (!origin->running || waitid(P_PID, (id_t)origin->process.pid, &info, WSTOPPED | WNOHANG) < 0 ||
        info.si_pid == 0)
        return;
    log_warning("origin_stopped", log_number("pid", info.si_pid), log_number("signal", info.si_status));
    uv_process_kill(&origin->process, SIGCONT);
}

/* Only one line matters: that it is ready, and where. The timer that waited for it is stopped, unless it
 * is the one that will kill the origin by now. */
static void on_origin_line(void *data, char *line, size_t length)
{
    Origin *origin = data;
    json_auto_t *event = json_loadb(line, length, 0, NULL);
    const char *name = json_string_value(json_object_get(event, "event"));
    json_t *ports = json_object_get(event, "ports");
    auto_free char *text = NULL;

    if (!name || strcmp(name, "ready") != 0 || json_array_size(ports) == 0)
        return;
    json_decref(origin->ports);
    origin->ports = json_incref(ports);
    if (!origin->stopping)
        uv_timer_stop(&origin->timer);
    text = json_dumps(ports, JSON_COMPACT);
    log_info("origin_ready", log_number("pid", origin->process.pid), log_text("ports", text));
    settle_origin(origin);
}

static void on_origin_output(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer)
{
    Origin *origin = stream->data;

    if (length < 0)
        uv_read_stop(stream);
    else if (length > 0)
        lines_feed(&origin->lines, buffer->base, (size_t)length, on_origin_line, origin);
}

static void start_origin(Origin *origin)
{
    uv_stdio_container_t stdio[] = {
        {.flags = UV_CREATE_PIPE | UV_READABLE_PIPE, .data.stream = (uv_stream_t *)&origin->input},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&origin->output},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&origin->log},
    };
    auto_free char *ports = text_printf("--ports=%lld", (long long)origin->settings->origin_ports);
    const char *args[] = {origin->settings->origin, ports, NULL};
    uv_process_options_t options = {
        .exit_cb = on_origin_exit,
        .file = origin->settings->origin,
        .args = (char **)args,
        .stdio = stdio,
        .stdio_count = ARRAY_LENGTH(stdio),
        .flags = UV_PROCESS_DETACHED, /* Ctrl-C is for the server, which still needs it for a while */
    };
    int r;

    uv_pipe_init(origin->loop, &origin->input, 0);
    uv_pipe_init(origin->loop, &origin->output, 0);
    uv_pipe_init(origin->loop, &origin->log, 0);
    origin->input.data = origin->output.data = origin->log.data = origin->process.data = origin;
    origin->n_open = 4;
    origin->started_ms = uv_now(origin->loop);
    lines_init(&origin->lines, MAX_LINE, true);
    lines_init(&origin->log_lines, MAX_LOG_LINE, true);
    r = uv_spawn(origin->loop, &origin->process, &options);
    if (r < 0) {
        log_error(
            "origin_failed", log_text("program", origin->settings->origin), log_text("reason", strerror(-r)));
        close_all(origin);
        uv_close((uv_handle_t *)&origin->log, on_origin_closed);
        settle_origin(origin);
        return;
    }
    origin->running = true;
    uv_timer_start(&origin->timer, on_slow, START_MS, 0);
    uv_read_start((uv_stream_t *)&origin->output, on_origin_allocate, on_origin_output);
    uv_read_start((uv_stream_t *)&origin->log, on_origin_allocate, on_origin_log);
}

Origin *origin_start(uv_loop_t *loop, const RunSettings *settings)
{
    Origin *origin = calloc(1, sizeof(*origin));

    assert(origin);
    origin->loop = loop;
    origin->settings = settings;
    origin->delay_ms = FIRST_DELAY_MS;
    uv_timer_init(loop, &origin->timer);
    uv_signal_init(loop, &origin->child_signal);
    origin->timer.data = origin->child_signal.data = origin;
    uv_signal_start(&origin->child_signal, on_child_signal, SIGCHLD);
    if (settings->origin_ports > 0)
        start_origin(origin);
    else
        origin->settled = true;
    return origin;
}

const json_t *origin_ports(const Origin *origin)
{
    return origin->ports;
}

pid_t origin_pid(const Origin *origin)
{
    return origin->running ? origin->process.pid : 0;
}

bool origin_is_settled(const Origin *origin)
{
    return origin->settled;
}

void origin_tell_settled(Origin *origin, void (*settled)(void *data), void *data)
{
    origin->on_settled = settled;
    origin->data = data;
}

static void on_kill(uv_timer_t *timer)
{
    Origin *origin = timer->data;

    uv_process_kill(&origin->process, SIGKILL);
}

void origin_stop(Origin *origin)
{
    origin->stopping = true;
    /* Three cases. It runs: its input is closed, and its exit does the rest. It has just ended and its
     * handles are being closed: after_process() sees `stopping`. It waits for its next start, or never
     * had one: then the timer is all there is. */
    if (origin->running) {
        uv_close((uv_handle_t *)&origin->input, on_origin_closed);
        uv_timer_start(&origin->timer, on_kill, END_MS, 0);
    } else if (origin->n_open == 0) {
        close_origin(origin);
    }
}
