/* The server's settings: where they come from, what they mean, and how they are shown.
 *
 * A setting has a section and a key, for example server.port. Its value comes from the last of these that
 * names it: the default, the file, the environment (GILSCOPE_SERVER_PORT=9000), the command line
 * (--set server.port=9000). The caller reads them in this order:
 *
 *     auto_config Config config;
 *     auto_problem Problem problem = {0};
 *
 *     config_init(&config);
 *     config_read_file(&config, "config.ini", &problem);
 *     config_read_environment(&config, environ, &problem);
 *     config_set(&config, "server.port=9000", &problem);
 *     config_check(&config, &problem);
 *     if (problem_is_set(&problem))
 *         problem_print(&problem, stderr);
 *
 * One table row per setting, in config-table.c, feeds all of this, config.ini and docs/settings.md. Nothing
 * is guessed: an unknown name, a repeated key, a value out of its range are errors. Each is added to the
 * problem, so that a person sees all of them at once, with where it stands, the setting, what was given and
 * what is allowed:
 *
 *     config.ini:12: server.port (given "99999"): must be a whole number from 0 to 65535
 *     GILSCOPE_LOCK_TICK_TURNS: lock.tick_turns (given "0"): must be a whole number from 1 to 100000 turns
 *     --set: server.prot (given "1"): there is no such setting; did you mean server.port?
 *
 * What was given for a secret is not repeated. A setting whose value is refused keeps the value it had. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/problem.h"

enum {
    CONFIG_MAX_RUNTIMES = 16, /* that are used */
    CONFIG_MAX_NAMES = 64,    /* of runtimes that the table does not name, also of those that are not used */
};

/* A runtime under a name that the table does not have. */
typedef struct ConfigRuntime {
    char *name, *words;
} ConfigRuntime;

/* The values in force. Texts are owned and never NULL. What each means, its unit, range and default stand in
 * the table, and so in config.ini. */
typedef struct Config {
    struct {
        char *bind;   /* an IPv4 or IPv6 literal, without brackets */
        int64_t port; /* 0: any that is free */
        int64_t max_connections;
        int64_t grace_ms;
        char *hosts, *cors_origins, *trusted_proxies; /* as written */
        char *token, *instructor_token;
    } server;
    struct {
        int64_t max_queue;
        int64_t max_queue_address;
        int64_t max_queue_client;
        int64_t max_joined;
        int64_t max_watchers;
        int64_t max_watchers_address;
        int64_t max_cells;
        int64_t timeout_ms;
        int64_t max_timeout_ms;
        int64_t max_estimate_ms;
        int64_t max_repeat;
        int64_t max_tasks;
        int64_t max_task_cells;
        int64_t max_memory_bytes; /* 0: half of what is available */
        int64_t max_body_bytes;
        int64_t header_timeout_ms;
        int64_t answer_timeout_ms;
        int64_t max_unread_bytes;
        int64_t max_processes;
        int64_t max_file_bytes;
    } limits;
    struct {
        int64_t cpus_per_run;
        int64_t max_concurrent_runs;
    } runs;
    struct {
        char *policy;
        int64_t switch_interval_us;
        int64_t check_interval;
        int64_t tick_turns;
    } lock;
    struct {
        char *allow; /* as written; config_allowed() takes it apart */
        int64_t max_bytes;
        int64_t max_requests;
        int64_t origin_ports;
    } fetch;
    struct {
        char *path; /* empty: the usual place; "none": memory */
        int64_t max_runs;
        int64_t max_bytes;
    } archive;
    struct {
        char *format;
        char *level;
    } log;
    struct {
        char *c; /* as written, like all of them; empty: the one beside the server */
        char *python3, *pypy3, *jython, *ruby; /* empty: not used */
        ConfigRuntime more[CONFIG_MAX_NAMES];  /* in the order in which they were set */
        size_t n_more;
    } runtimes;
} Config;

/* Sets every setting to its default; the config need not be initialised before. config_finish() frees its
 * texts. */
void config_init(Config *config);

void config_finish(Config *config);
#define auto_config __attribute__((cleanup(config_finish)))

/* Reads a file:
 *
 *     # A comment, also with a semicolon.
 *     [server]
 *     port = 8080    ; a comment behind a value, after a blank
 *
 * Sections may come in any order and more than once. Refused are, besides what no setting allows: keys before
 * the first section, indented keys, repeated keys, lines without "=" or with a NUL byte, files beyond 64 KB,
 * and files that cannot be read. */
void config_read_file(Config *config, const char *path, Problem *problem);

/* The same from memory; name is how errors call it. */
void config_read_text(Config *config, const char *name, const char *text, size_t length, Problem *problem);

/* Reads the environment, an array as environ(7) is: GILSCOPE_, the section, an underscore and the key, in
 * upper case. A name that begins with GILSCOPE_ and a section but is no setting is an error; other names are
 * not ours. */
void config_read_environment(Config *config, char *const environment[], Problem *problem);

/* Sets one setting from "section.key=value", as --set has it. What is wrong is added to the problem, and
 * nothing is set then. */
void config_set(Config *config, const char *assignment, Problem *problem);

/* Checks what single values do not show: that they fit together. Call it when all have been read. */
void config_check(const Config *config, Problem *problem);

/* Returns fetch.allow as a new array of strings "host:port". host is "*" for any, a name, "*.example.org" for
 * all names below that one, an IPv4 literal or an IPv6 literal in brackets; port is a number or "*". */
json_t *config_allowed(const Config *config);

/* A runtime that is used. The texts are borrowed from the config. */
typedef struct ConfigProgram {
    const char *name;
    const char
        *words; /* as written, see split_words(); their quotes are right. Empty: the one beside the server */
    bool is_usual; /* nobody has set it to anything else than its default */
} ConfigProgram;

/* Lists the runtimes that are used, the engine first, and returns how many there are. More than there is room
 * for are only counted; config_check() refuses them. */
size_t config_runtimes(const Config *config, ConfigProgram programs[CONFIG_MAX_RUNTIMES]);

/* Writes the values in force as a file that config_read_file() reads back to the same values, with a comment
 * on each setting; so secrets are in it, too. config.ini in the tree is what it writes for the defaults
 * (gilscope --print-defaults). */
void config_print(const Config *config, FILE *file);

/* Writes the page docs/settings.md: where settings come from, and a table of them all, in Markdown. */
void config_print_settings(FILE *file);
