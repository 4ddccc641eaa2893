/* The table of settings. A new setting is a member of Config and a row here; reading, checking,
 * --print-config, config.ini and docs/settings.md follow.
 *
 * A row is read from left to right: where the value is, its type and range, the default as one would
 * write it in a file, the unit, and what it does. The prose is shown to operators in three places, so it
 * is written for them, and says what happens at a limit. */
#include "server/config-table.h"

#include <string.h>

#include "base/array.h"
#include "base/near.h"
#include "base/problem.h"
#include "plan/plan.h"
#include "server/config.h"

/* Where a value is: the names in the file are those of the members, so that the two cannot differ. */
#define AT(section, key) #section, #key, offsetof(Config, section.key)

/* A default that stands in plan/plan.h, where runs by hand have it from. */
#define USUAL(macro) TEXT_OF(macro)
#define TEXT_OF(number) #number

/* Fields that a row does not need. */
#define INTEGER(min, max) SETTING_INTEGER, min, max, NULL
/* The range is the lock's, and asked when the runtimes are known; this is only the most that is exact as
 * JSON. */
#define OF_LOCK SETTING_OF_LOCK, 0, 9e15, NULL
#define CHOICE(choices) SETTING_CHOICE, 0, 0, choices
#define TEXT(type) type, 0, 0, NULL
#define SECRET(min, max) SETTING_SECRET, min, max, NULL

static const char *const log_formats[] = {"logfmt", "json", NULL};
static const char *const log_levels[] = {"info", "warning", "error", NULL};

/* clang-format off */
const Setting config_settings[] = {
    {AT(server, bind), TEXT(SETTING_ADDRESS), "127.0.0.1", NULL,
        "The address to listen on; 0.0.0.0 or :: listens on all that the machine has."},
    {AT(server, port), INTEGER(0, 65535), "8080", NULL,
        "The TCP port; 0 takes a free one."},
    {AT(server, max_connections), INTEGER(8, 100000), "1024", NULL,
        "Connections open at once; further clients wait until one of them closes. When fifteen in sixteen are taken, the "
        "one that has been silent longest is closed for each that comes; below 16 none is."},
    {AT(server, grace_ms), INTEGER(0, 600000), "5000", "ms",
        "How long running work may go on when the server is told to stop: by SIGTERM, by SIGINT, or because the terminal "
        "that it was started from is closed."},
    {AT(server, hosts), TEXT(SETTING_NAMES), "", NULL,
        "Names by which the server may be asked for, on any port; addresses and localhost need no entry. A request "
        "for any other name is refused with 421, so that a page elsewhere cannot pass for the server's own (DNS "
        "rebinding)."},
    {AT(server, cors_origins), TEXT(SETTING_ORIGINS), "", NULL,
        "Other sites whose pages may use the server from a browser."},
    {AT(server, trusted_proxies), TEXT(SETTING_NETWORKS), "", NULL,
        "Proxies in front of the server. From these alone X-Forwarded-For and the like, or Forwarded, count: who the "
        "client is, and by which scheme, name and prefix it asks. List no network that clients are in."},
    {AT(server, token), SECRET(8, 128), "", NULL,
        "A client that runs something or reads the history must send it, as Authorization: Bearer TOKEN. When empty, "
        "all may."},
    {AT(server, instructor_token), SECRET(8, 128), "", NULL,
        "A client that sends this one may also lead the class, and change and remove the runs of others; it is good "
        "wherever server.token is. When empty, nobody may."},

    {AT(limits, max_queue), INTEGER(0, 10000), "256", NULL,
        "Runs that may wait for their turn; one more is refused with 503."},
    {AT(limits, max_queue_address), INTEGER(0, 10000), "128", NULL,
        "Runs of one address that may wait; one more is refused with 429. A whole room may have one address."},
    {AT(limits, max_queue_client), INTEGER(0, 10000), "4", NULL,
        "Runs of one client of an address that may wait; one more is refused with 429."},
    {AT(limits, max_joined), INTEGER(1, 10000), "256", NULL,
        "Clients that may have asked for one and the same run; one more is refused with 429."},
    {AT(limits, max_watchers), INTEGER(1, 100000), "512", NULL,
        "Clients that may watch the class board or a run, or wait for one, at once; one more is refused with 503. Never "
        "more than three quarters of server.max_connections, so that there is room for all others."},
    {AT(limits, max_watchers_address), INTEGER(1, 100000), "256", NULL,
        "Those of one address; one more is refused with 429. A whole room may have one address."},
    {AT(limits, max_cells), INTEGER(1, 4096), USUAL(PLAN_MAX_CELLS), NULL,
        "Cells that one request may span: its lists multiplied."},
    {AT(limits, timeout_ms), INTEGER(1, 3600000), USUAL(PLAN_TIMEOUT_MS), "ms",
        "How long a run may take, without the wait for its turn, when its request has no timeout_ms."},
    {AT(limits, max_timeout_ms), INTEGER(1, 3600000), USUAL(PLAN_MAX_TIMEOUT_MS), "ms",
        "The most that a request's timeout_ms may say."},
    {AT(limits, max_estimate_ms), INTEGER(1, 3600000), USUAL(PLAN_MAX_ESTIMATE_MS), "ms",
        "A request that is estimated to run longer is refused, unless its own timeout_ms allows more."},
    {AT(limits, max_repeat), INTEGER(1, 10000), USUAL(PLAN_MAX_REPEAT), NULL,
        "The most that a request's repeat may say."},
    {AT(limits, max_tasks), INTEGER(1, 100000), "10000", NULL,
        "The most that a request's tasks may say; an experiment or a mode may allow less."},
    {AT(limits, max_task_cells), INTEGER(1, 10000000), USUAL(PLAN_MAX_TASK_CELLS), NULL,
        "The tasks of all cells of a request together."},
    {AT(limits, max_memory_bytes), INTEGER(0, 1000000000000000), "0", "bytes",
        "A request whose largest cell is estimated to need more memory is refused; 0 stands for half of what "
        "is available at that moment. Where the server can make a memory control group for a run, one that takes "
        "half as much again is ended."},
    {AT(limits, max_body_bytes), INTEGER(1024, 16777216), "65536", "bytes",
        "A longer request body is refused with 413."},
    {AT(limits, header_timeout_ms), INTEGER(100, 600000), "10000", "ms",
        "How long a client may take to send a request, counted from its connection or its last answer."},
    {AT(limits, answer_timeout_ms), INTEGER(100, 3600000), "60000", "ms",
        "How long a client may take no byte of its answer. It is looked at once in that time, so it is hung up on after "
        "twice as long at the latest; a slow one that goes on reading never is."},
    {AT(limits, max_unread_bytes), INTEGER(1000000, 1000000000000), "256000000", "bytes",
        "Texts of large runs that clients are reading, in memory together; all who read the same share one. A further "
        "one is refused with 503. Events that clients who watch have not read yet may be as much again; beyond that the "
        "slowest are hung up on, and may come back for the rest."},
    {AT(limits, max_processes), INTEGER(0, 4194304), "20000", NULL,
        "Processes and threads of a run at once, where the server can make a pids control group for it; 0: no "
        "limit."},
    {AT(limits, max_file_bytes), INTEGER(0, 1000000000000), "1000000", "bytes",
        "The largest file that a run may write; the engine writes none; 0: no limit."},

    {AT(runs, cpus_per_run), INTEGER(0, 1024), "0", NULL,
        "Pins each run to so many CPUs of its own, and lets as many run at once as there are such sets; 0: off."},
    {AT(runs, max_concurrent_runs), INTEGER(1, 64), "1", NULL,
        "Runs at once when they are not pinned; more than 1 disturb each other."},

    {AT(lock, policy), TEXT(SETTING_WORD), "", NULL,
        "The lock of a request that does not name one: any that gilscope-run has. When empty, the usual one."},
    {AT(lock, switch_interval_us), OF_LOCK, "0", "us",
        "How long a task waits for a lock before it asks the holder to let go, unless the request says so."},
    {AT(lock, check_interval), OF_LOCK, "0", "ticks",
        "How often a task lets go of a lock that counts ticks, unless the request says so."},
    {AT(lock, tick_turns), INTEGER(1, PLAN_MAX_TICK_TURNS), USUAL(PLAN_TICK_TURNS), "turns",
        "How many turns of the countdown in C take as long as one tick of interpreted work, a third of a turn in "
        "CPython 2.7."},

    {AT(fetch, allow), TEXT(SETTING_HOSTS), "", NULL,
        "Where fetch may go besides the server's own origin. A listed address may be of any kind; for a name or "
        "a * only public addresses are dialled, and for localhost those of loopback."},
    {AT(fetch, max_bytes), INTEGER(1, 1000000000), USUAL(PLAN_FETCH_MAX_BYTES), "bytes",
        "A page from elsewhere that is longer is broken off, and its task has failed."},
    {AT(fetch, max_requests), INTEGER(1, 1000000), USUAL(PLAN_FETCH_MAX_REQUESTS), NULL,
        "Pages that one run may get from elsewhere: tasks x requests x repetitions, over all cells."},
    {AT(fetch, origin_ports), INTEGER(1, 64), "8", NULL,
        "Ports on which the server's own origin listens; ten thousand transfers at once need several."},

    {AT(archive, path), TEXT(SETTING_PATH), "", NULL,
        "The database in which runs are kept; none keeps them in memory only. When empty, archive.db in "
        "$STATE_DIRECTORY, else in gilscope in $XDG_STATE_HOME or ~/.local/state."},
    {AT(archive, max_runs), INTEGER(1, 10000000), "10000", NULL,
        "Finished runs that are kept; the oldest go first."},
    {AT(archive, max_bytes), INTEGER(1000000, 1e12), "1000000000", "bytes",
        "How large the database may become; the oldest runs go first."},

    {AT(log, format), CHOICE(log_formats), "logfmt", NULL,
        "How the lines on standard error are written."},
    {AT(log, level), CHOICE(log_levels), "info", NULL,
        "The least that is written there; requests and runs are info."},

    {AT(runtimes, c), TEXT(SETTING_WORDS), "", NULL,
        "How gilscope-run is started, the engine in C; when empty, the one beside the server. Without it the server "
        "does not start."},
    {AT(runtimes, python3), TEXT(SETTING_WORDS), "python3 python.py", NULL,
        "CPython, as the runtime python3. This one and the following are used where the program is on PATH; empty: "
        "not at all. What is installed later is found when the server gets SIGHUP."},
    {AT(runtimes, pypy3), TEXT(SETTING_WORDS), "pypy3 python.py", NULL,
        "PyPy, as the runtime pypy3."},
    {AT(runtimes, jython), TEXT(SETTING_WORDS), "jython python.py", NULL,
        "Jython, as the runtime jython."},
    {AT(runtimes, ruby), TEXT(SETTING_WORDS), "ruby ruby.rb", NULL,
        "Ruby, as the runtime ruby."},
};
/* clang-format on */
const size_t config_n_settings = ARRAY_LENGTH(config_settings);

const Setting *setting_find(const char *section, const char *key)
{
    for (size_t i = 0; i < config_n_settings; i++)
        if (strcmp(config_settings[i].section, section) == 0 && strcmp(config_settings[i].key, key) == 0)
            return &config_settings[i];
    return NULL;
}

bool setting_is_section(const char *section)
{
    for (size_t i = 0; i < config_n_settings; i++)
        if (strcmp(config_settings[i].section, section) == 0)
            return true;
    return false;
}

/* A key that is right but for its section is the likelier mistake where nothing in the section is near:
 * people remember timeout_ms, and not that it is one of the limits. */
const Setting *setting_nearest(const char *section, const char *key)
{
    json_auto_t *sections = setting_names(NULL);
    const char *meant = section && !setting_is_section(section)
                            ? problem_nearest(section, json_object_get(sections, "choices"))
                            : section;
    const Setting *found = NULL;
    Near near;

    near_begin(&near, key);
    for (size_t i = 0; i < config_n_settings; i++) {
        const char *before = near.best;

        if (section && (!meant || strcmp(config_settings[i].section, meant) != 0))
            continue;
        near_offer(&near, config_settings[i].key);
        if (near.best != before)
            found = &config_settings[i];
    }
    for (size_t i = 0; !near.best && i < config_n_settings; i++) {
        if (strcmp(config_settings[i].key, key) != 0)
            continue;
        /* Of max_bytes there are two, and nobody knows which of them is meant. */
        if (found)
            return NULL;
        found = &config_settings[i];
    }
    return found;
}

json_t *setting_names(const char *section)
{
    json_t *names = json_array();
    const char *last = "";

    for (size_t i = 0; i < config_n_settings; i++) {
        const Setting *setting = &config_settings[i];

        if (section ? strcmp(setting->section, section) == 0 : strcmp(setting->section, last) != 0)
            json_array_append_new(names, json_string(section ? setting->key : setting->section));
        last = setting->section;
    }
    return json_pack("{s:o}", "choices", names);
}
