/* The real server as tests see it: started on a free port in a folder of its own, with its programs beside it
 * in the build tree, ended by its pid, and looked after: every process that it leaves behind becomes a child
 * of the test, so none can hide. */
#pragma once

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

/* How long a test waits for what should take milliseconds: it only keeps a hang from lasting for ever. */
enum { API_PATIENCE_S = 90 };

typedef struct ApiServer {
    pid_t pid;
    int port;
    int output;         /* its standard output, so that it can go on printing */
    char directory[64]; /* where it and its children run; removed at the end */
} ApiServer;

/* Starts it with the given settings ("limits.max_queue=1"), ended by NULL, and waits until it listens. It has
 * no runtimes but the engine and those that the settings name. */
void api_server_start(ApiServer *server, ...) __attribute__((sentinel));

/* The same in a terminal of its own, with SIGHUP as a shell leaves it. Returns the other side of the
 * terminal, which closes it; or -1, and nothing was started, where there are no pseudo-terminals, as in a
 * bare chroot. */
int api_server_start_in_terminal(ApiServer *server, ...) __attribute__((sentinel));

/* A setting that names the runtime of fake-runtime.sh. */
#define API_FAKE_RUNTIME "runtimes.c=" API_SOURCE_ROOT "/tests/api/fake-runtime.sh"

/* Sends a signal and waits for the end. Returns the exit status, or 128 and the signal that ended it. Asserts
 * that no process is left. */
int api_server_stop(ApiServer *server, int signal_number);

/* The same, but its folder stays for the next one, which starts there with settings as before. */
int api_server_end(ApiServer *server, int signal_number);
void api_server_start_again(ApiServer *server, ...) __attribute__((sentinel));

/* Like api_server_start_again(), but does not wait until it listens. */
void api_server_launch_again(ApiServer *server, ...) __attribute__((sentinel));

/* Only waits, after the test has sent its signals. */
int api_server_wait(ApiServer *server);

/* Whether there is a file of this name in the server's folder, and to make one: so a test and a runtime agree
 * on when. Waiting fails if it never comes. */
void api_server_touch(const ApiServer *server, const char *name);
void api_server_wait_for_file(const ApiServer *server, const char *name);

/* How many processes descend from the server now. At rest that is one, the origin. */
int api_server_count_descendants(const ApiServer *server);

/* Returns the pid of one of them, or 0. */
pid_t api_server_find_descendant(const ApiServer *server);

/* Returns the pid of one whose name the kernel knows as this, as "gilscope-guard"; fails if there is none. */
pid_t api_server_find_named(const ApiServer *server, const char *name);

/* Waits until there are exactly so many, and fails if it never happens. */
void api_server_wait_for_descendants(const ApiServer *server, int n);

/* Runs the program itself with these arguments, ended by NULL. Returns its exit status and sets *ret_text to
 * what it printed on both outputs, owned by the caller. */
int api_run_program(char **ret_text, ...) __attribute__((sentinel));
