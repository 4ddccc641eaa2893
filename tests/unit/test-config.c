/* Settings from every source, and what is said about wrong ones. */
#include "server/config.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "plan/plan.h"
#include "server/config-host.h"

static Config config;
static Problem problem;

static void set_up(void)
{
    config_init(&config);
    problem = (Problem){0};
}

static void tear_down(void)
{
    config_finish(&config);
    problem_finish(&problem);
}

static void read_text(const char *text)
{
    config_read_text(&config, "test.ini", text, strlen(text), &problem);
}

/* What a person would see; the caller frees it. */
static char *complaint(void)
{
    char *text = NULL;
    size_t length;
    FILE *file = open_memstream(&text, &length);

    ck_assert(problem_is_set(&problem));
    problem_print(&problem, file);
    fclose(file);
    return text;
}

static void assert_fine(void)
{
    if (problem_is_set(&problem)) {
        auto_free char *text = complaint();

        ck_abort_msg("%s", text);
    }
}

/* The problem is this one line and nothing else. */
static void assert_complaint(const char *line)
{
    auto_free char *text = complaint(), *expected = text_printf("Wrong settings\n  %s\n", line);

    ck_assert_str_eq(text, expected);
}

static void assert_complaint_has(const char *part)
{
    auto_free char *text = complaint();

    ck_assert_msg(strstr(text, part), "\"%s\" is not in: %s", part, text);
}

static char *printed(const Config *which)
{
    char *text = NULL;
    size_t length;
    FILE *file = open_memstream(&text, &length);

    config_print(which, file);
    fclose(file);
    return text;
}

/* Reads a file of the source tree; the caller frees it. */
static char *read_source(const char *name)
{
    const char *root = getenv("SOURCE_ROOT");
    auto_free char *path = NULL;
    char *text = NULL;
    size_t length;

    ck_assert_msg(root, "SOURCE_ROOT is not set: run this by meson test");
    path = text_printf("%s/%s", root, name);
    ck_assert_msg(text_read_file(path, 10000000, &text, &length) == 0, "%s cannot be read", path);
    return text;
}

START_TEST(defaults_are_in_force_at_first)
{
    ck_assert_str_eq(config.server.bind, "127.0.0.1");
    ck_assert_int_eq(config.server.port, 8080);
    ck_assert_int_eq(config.limits.timeout_ms, 60000);
    ck_assert_str_eq(config.lock.policy, "");
    ck_assert_int_eq(config.lock.tick_turns, PLAN_TICK_TURNS);
    ck_assert_str_eq(config.fetch.allow, "");
    ck_assert_str_eq(config.runtimes.c, "");
    ck_assert_str_eq(config.runtimes.python3, "python3 python.py");
    config_check(&config, &problem);
    assert_fine();
}
END_TEST

START_TEST(a_file_sets_values_of_every_type)
{
    read_text("\xef\xbb\xbf# A comment.\n"
              "; Another, and a long one: "
              ".........................................................................."
              ".............................................................................................."
              "........"
              "\n"
              "[limits]\r\n"
              "max_tasks=1e4\r\n"
              "\n"
              "[lock]  # of requests that name none\n"
              "policy = none ; free threads\n"
              "tick_turns = 7\n"
              "  # an indented comment\n"
              "[server] ; comes late\n"
              "bind=::1\n"
              "port\t=\t9_000\n"
              "[fetch]\n"
              "allow = example.org:443, *.example.org:* [2001:db8::1]:80,192.0.2.1:8080\n"
              "[limits]\n"
              "max_body_bytes = 1M\n"
              "[runtimes]\n"
              "c = /opt/a b/gilscope-run#2;x");
    assert_fine();
    ck_assert_int_eq(config.limits.max_tasks, 10000);
    ck_assert_int_eq(config.limits.max_body_bytes, 1000000);
    ck_assert_str_eq(config.lock.policy, "none");
    ck_assert_int_eq(config.lock.tick_turns, 7);
    ck_assert_str_eq(config.server.bind, "::1");
    ck_assert_int_eq(config.server.port, 9000);
    ck_assert_str_eq(config.fetch.allow, "example.org:443, *.example.org:* [2001:db8::1]:80,192.0.2.1:8080");
    ck_assert_str_eq(config.runtimes.c, "/opt/a b/gilscope-run#2;x");
}
END_TEST

#define NAME_RULE                                                                                            \
    "the name of a runtime must be small letters, digits, . _ and -, a letter first, at most 32 in all"

static const struct {
    const char *text, *complaint;
} bad_files[] = {
    {"port = 1", "test.ini:1 (given \"port\"): stands before the first section; it belongs below [server]"},
    {"[server]\nport = 65536",
        "test.ini:2: server.port (given \"65536\"): must be a whole number from 0 to 65535"},
    {"[server]\nport = -1", "test.ini:2: server.port (given \"-1\"): must be a whole number from 0 to 65535"},
    {"[server]\nport = 1.5",
        "test.ini:2: server.port (given \"1.5\"): must be a whole number from 0 to 65535"},
    {"[server]\nport =", "test.ini:2: server.port (given \"\"): must be a whole number from 0 to 65535"},
    {"[server]\nport = 1 # one",
        "test.ini:2: server.port (given \"1 # one\"): must be a whole number from 0 to "
        "65535"},
    {"[server]\n\nprot = 1",
        "test.ini:3: server.prot (given \"1\"): there is no such setting; did you mean server.port?"},
    {"[server]\nPort = 1",
        "test.ini:2: server.Port (given \"1\"): there is no such setting; did you mean server.port?"},
    {"[server]\n= 1",
        "test.ini:2: server. (given \"1\"): there is no such setting; there are bind, port, "
        "max_connections, grace_ms, hosts, cors_origins, trusted_proxies, token, instructor_token"},
    {"[sever]\nport = x\nnothing = 1",
        "test.ini:1 (given \"sever\"): there is no such section; did you mean server?"},
    {"[ server]", "test.ini:1 (given \" server\"): there is no such section; did you mean server?"},
    {"[]", "test.ini:1 (given \"\"): there is no such section; there are server, limits, runs, lock, fetch, "
           "archive, "
           "log, runtimes"},
    {"[server\nport = x",
        "test.ini:1 (given \"[server\"): a section is a name in brackets, alone in its line"},
    {"[server] port = 1",
        "test.ini:1 (given \"[server] port = 1\"): a section is a name in brackets, alone in its line"},
    {"[server]\nport = 1\n  port = 2", "test.ini:3 (given \"port = 2\"): must not be indented"},
    {"[server]\nport = 1\n\t2", "test.ini:3 (given \"2\"): must not be indented"},
    {"[server]\n [lock]", "test.ini:2 (given \"[lock]\"): must not be indented"},
    {"[server]\nport = 1\nport = 1", "test.ini:3: server.port (given \"1\"): is set in line 2 already"},
    {"[server]\nport = 1\n[lock]\n[server]\nport = 2",
        "test.ini:5: server.port (given \"2\"): is set in line 2 already"},
    /* What was probably meant is a secret. */
    {"[server]\ntokn = hush-hush",
        "test.ini:2: server.tokn: there is no such setting; did you mean server.token?"},
    {"[server]\ntoken: hush-hush", "test.ini:2: must be key = value"},
    {"[server]\n token = hush-hush", "test.ini:2: must not be indented"},
    {"[server]\nport 1", "test.ini:2 (given \"port 1\"): must be key = value"},
    {"[server]\nport: 1", "test.ini:2 (given \"port: 1\"): must be key = value"},
    {"[server]\nport ;= 1\n[lock]", "test.ini:2 (given \"port ;= 1\"): must be key = value"},
    {"[server]\nport ;= 1", "test.ini:2 (given \"port ;= 1\"): must be key = value"},
    {"[log]\nformat = JSON",
        "test.ini:2: log.format (given \"JSON\"): must be one of logfmt, json; did you mean json?"},
    {"[log]\nformat = xml", "test.ini:2: log.format (given \"xml\"): must be one of logfmt, json"},
    {"[limits]\nport = 1",
        "test.ini:2: limits.port (given \"1\"): there is no such setting; did you mean server.port?"},
    {"[lock]\npolicy = the gil",
        "test.ini:2: lock.policy (given \"the gil\"): must be one word of letters, digits, . _ and -"},
    {"[lock]\ntick_turns = 0",
        "test.ini:2: lock.tick_turns (given \"0\"): must be a whole number from 1 to 100000 turns"},
    {"[lock]\ntick_turns = 5.8",
        "test.ini:2: lock.tick_turns (given \"5.8\"): must be a whole number from 1 to 100000 turns"},
    {"[server]\nbind = localhost",
        "test.ini:2: server.bind (given \"localhost\"): must be an IPv4 or IPv6 address"},
    {"[server]\nbind = [::1]", "test.ini:2: server.bind (given \"[::1]\"): must be an IPv4 or IPv6 address"},
    {"[server]\nbind =", "test.ini:2: server.bind (given \"\"): must be an IPv4 or IPv6 address"},
    {"[fetch]\nallow = a:80 example.org", "test.ini:2: fetch.allow (given \"a:80 example.org\"): example.org "
                                          "is not host:port, *.example.org:port or "
                                          "host:*"},
    {"[server]\nhosts = lab lab.example.org:80",
        "test.ini:2: server.hosts (given \"lab lab.example.org:80\"): lab.example.org:80 is not a name or "
        "*.example.org; ports and addresses need no entry"},
    {"[server]\ncors_origins = https://a.org/",
        "test.ini:2: server.cors_origins (given \"https://a.org/\"): https://a.org/ is not http://host or "
        "https://host, with :port if it is unusual, or *"},
    {"[server]\ntrusted_proxies = 10.0.0.0/8 proxy.example",
        "test.ini:2: server.trusted_proxies (given \"10.0.0.0/8 proxy.example\"): proxy.example is not an "
        "address "
        "or a network such as 10.0.0.0/8, whose bits behind the prefix are 0"},
    {"[server]\ntrusted_proxies = 10.0.0.1/8", "test.ini:2: server.trusted_proxies (given \"10.0.0.1/8\"): "
                                               "10.0.0.1/8 is not an address or a network "
                                               "such as 10.0.0.0/8, whose bits behind the prefix are 0"},
    {"[server]\ntoken = seven77", "test.ini:2: server.token: must be 8 to 128 printable characters without "
                                  "blanks, or empty; it has 7"},
    {"[server]\ntoken = not a word",
        "test.ini:2: server.token: must be 8 to 128 printable characters without "
        "blanks, or empty; character 4 is none"},
    {"[server]\ninstructor_token = gr\xc3\xbc\xc3\x9f-gott",
        "test.ini:2: server.instructor_token: must be 8 to 128 printable characters without blanks, or "
        "empty; "
        "character 3 is none"},
    {"[server]\ntoken = 12345678\ntoken = 87654321", "test.ini:3: server.token: is set in line 2 already"},
    {"[runtimes]\nc = /opt/x # a comment", "test.ini:2: runtimes.c (given \"/opt/x # a comment\"): must not "
                                           "have # where it looks like a comment; "
                                           "behind a value a comment begins with ;"},
    {"[runtimes]\nc = a\x1b[2Jb",
        "test.ini:2: runtimes.c (given \"a\xef\xbf\xbd[2Jb\"): must be UTF-8 text without "
        "control characters"},
    {"[runtimes]\nc = a\xffz",
        "test.ini:2: runtimes.c (given \"a\xef\xbf\xbdz\"): must be UTF-8 text without "
        "control characters"},
    {"[runtimes]\nmine = \"/opt/a b",
        "test.ini:2: runtimes.mine (given \"\\\"/opt/a b\"): a double quote is not "
        "closed"},
    {"[runtimes]\nruby = ruby \"ruby.rb",
        "test.ini:2: runtimes.ruby (given \"ruby \\\"ruby.rb\"): a double quote is "
        "not closed"},
    {"[runtimes]\nmine = \"\" x",
        "test.ini:2: runtimes.mine (given \"\\\"\\\" x\"): the first word must be a program, and is empty"},
    {"[runtimes]\nmine = a\x01",
        "test.ini:2: runtimes.mine (given \"a\xef\xbf\xbd\"): must be UTF-8 text without "
        "control characters"},
    {"[runtimes]\nPython3 = x",
        "test.ini:2: runtimes.Python3 (given \"x\"): " NAME_RULE "; did you mean runtimes.python3?"},
    {"[runtimes]\n3 = x", "test.ini:2: runtimes.3 (given \"x\"): " NAME_RULE},
    {"[runtimes]\n= x", "test.ini:2: runtimes. (given \"x\"): " NAME_RULE},
    {"[runtimes]\nmy lisp = x", "test.ini:2: runtimes.my lisp (given \"x\"): " NAME_RULE},
    {"[runtimes]\na\xff = x", "test.ini:2: runtimes.a\xef\xbf\xbd (given \"x\"): " NAME_RULE},
    {"[runtimes]\na23456789012345678901234567890123 = x",
        "test.ini:2: runtimes.a23456789012345678901234567890123 (given \"x\"): " NAME_RULE},
    {"[runtimes]\nmine = x\n[log]\n[runtimes]\nother = y\nmine = x",
        "test.ini:6: runtimes.mine (given \"x\"): is set in line 2 already"},
    {"[lock]\npython3 = x",
        "test.ini:2: lock.python3 (given \"x\"): there is no such setting; did you mean runtimes.python3?"},
    {"[runtime]\nmine = x",
        "test.ini:1 (given \"runtime\"): there is no such section; did you mean runtimes?"},
    {"[runtimes]\n\xff", "test.ini:2 (given \"\xef\xbf\xbd\"): must be key = value"},
};

START_TEST(a_wrong_line_is_named_with_what_is_allowed)
{
    read_text(bad_files[_i].text);
    assert_complaint(bad_files[_i].complaint);
}
END_TEST

START_TEST(all_wrong_lines_are_named_at_once)
{
    auto_free char *text = NULL;

    read_text("[server]\n"
              "port = x\n"
              "max_connections = 7\n"
              "[sever]\n"
              "grace_ms = x\n"
              "[lock]\n"
              "policy = g i l\n"
              "tick_turns = 7\n");
    config_set(&config, "limits.max_cells=0", &problem);
    text = complaint();
    ck_assert_uint_eq(json_array_size(problem.errors), 5);
    ck_assert_ptr_nonnull(strstr(text, "test.ini:2: server.port"));
    ck_assert_ptr_nonnull(strstr(text, "test.ini:3: server.max_connections"));
    ck_assert_ptr_nonnull(strstr(text, "test.ini:4 (given \"sever\")"));
    ck_assert_ptr_nonnull(strstr(text, "test.ini:7: lock.policy"));
    ck_assert_ptr_nonnull(strstr(text, "--set: limits.max_cells"));
    ck_assert_int_eq(config.lock.tick_turns, 7);
}
END_TEST

START_TEST(a_refused_value_leaves_the_old_one)
{
    read_text("[server]\nport = 70000\nbind = nowhere\n[lock]\npolicy = gil+\ntick_turns = 0\n");
    ck_assert_uint_eq(json_array_size(problem.errors), 4);
    ck_assert_int_eq(config.server.port, 8080);
    ck_assert_str_eq(config.server.bind, "127.0.0.1");
    ck_assert_str_eq(config.lock.policy, "");
    ck_assert_int_eq(config.lock.tick_turns, PLAN_TICK_TURNS);
}
END_TEST

START_TEST(a_nul_byte_is_no_end)
{
    static const char text[] = "[server]\nport = 1\0 2\nbind = ::1\n";

    config_read_text(&config, "test.ini", text, sizeof(text) - 1, &problem);
    assert_complaint("test.ini:2 (given \"port = 1\"): the line has a NUL byte");
    ck_assert_str_eq(config.server.bind, "::1");
}
END_TEST

/* Some parsers cut it, and take the rest for a line of its own. */
START_TEST(a_line_may_be_long)
{
    for (int width = 190; width <= 500; width++) {
        auto_free char *text = text_printf("[server]\nport = %0*d\nbind = ::1\n", width - 7, 5);

        config.server.port = 8080;
        read_text(text);
        ck_assert_str_eq(config.server.bind, "::1");
        assert_fine();
        ck_assert_int_eq(config.server.port, 5);
    }
}
END_TEST

START_TEST(a_file_that_cannot_be_read_is_named)
{
    config_read_file(&config, "no/such/file.ini", &problem);
    assert_complaint("no/such/file.ini: No such file or directory");
    problem_finish(&problem);
    config_read_file(&config, "/", &problem);
    assert_complaint("/: Is a directory");
    problem_finish(&problem);
    config_read_file(&config, "/dev/zero", &problem);
    assert_complaint("/dev/zero: is larger than 65536 bytes");
}
END_TEST

START_TEST(an_empty_file_is_a_file)
{
    config_read_file(&config, "/dev/null", &problem);
    assert_fine();
}
END_TEST

START_TEST(the_environment_overrides_the_file_and_set_overrides_both)
{
    char *environment[] = {"PATH=/bin", "GILSCOPE_SERVER_PORT=2", "GILSCOPE_LOCK_POLICY= none ",
        "GILSCOPE_FETCH_ALLOW=a:80,b:81", NULL};

    read_text("[server]\nport = 1\nmax_connections = 10\n[lock]\npolicy = gil-py2\n");
    config_read_environment(&config, environment, &problem);
    config_set(&config, "lock.policy=per-interpreter", &problem);
    config_set(&config, "runtimes.c=/opt/a=b", &problem);
    assert_fine();
    ck_assert_int_eq(config.server.max_connections, 10);
    ck_assert_int_eq(config.server.port, 2);
    ck_assert_str_eq(config.lock.policy, "per-interpreter");
    ck_assert_str_eq(config.fetch.allow, "a:80,b:81");
    ck_assert_str_eq(config.runtimes.c, "/opt/a=b");
}
END_TEST

START_TEST(the_last_set_counts)
{
    config_set(&config, "server.port=1", &problem);
    config_set(&config, "server.port= 2 ", &problem);
    assert_fine();
    ck_assert_int_eq(config.server.port, 2);
}
END_TEST

static const struct {
    char *variable;
    const char *complaint;
} bad_variables[] = {
    {"GILSCOPE_SERVER_PORT=x",
        "GILSCOPE_SERVER_PORT: server.port (given \"x\"): must be a whole number from 0 to "
        "65535"},
    {"GILSCOPE_SERVER_PORT=",
        "GILSCOPE_SERVER_PORT: server.port (given \"\"): must be a whole number from 0 to "
        "65535"},
    {"GILSCOPE_SERVER_PROT=1",
        "GILSCOPE_SERVER_PROT (given \"1\"): there is no such setting; did you mean GILSCOPE_SERVER_PORT?"},
    {"GILSCOPE_SERVER_TOKN=hush-hush",
        "GILSCOPE_SERVER_TOKN: there is no such setting; did you mean GILSCOPE_SERVER_TOKEN?"},
    {"GILSCOPE_LOG_=1", "GILSCOPE_LOG_ (given \"1\"): there is no such setting; there are format, level"},
    {"GILSCOPE_RUNTIMES_C=a\nb", "GILSCOPE_RUNTIMES_C: runtimes.c (given \"a\xef\xbf\xbd"
                                 "b\"): must be UTF-8 text without control characters"},
    {"GILSCOPE_RUNTIMES_=x", "GILSCOPE_RUNTIMES_: runtimes. (given \"x\"): " NAME_RULE},
    {"GILSCOPE_RUNTIMES_3=x", "GILSCOPE_RUNTIMES_3: runtimes.3 (given \"x\"): " NAME_RULE},
    {"GILSCOPE_RUNTIMES_MINE=\"x",
        "GILSCOPE_RUNTIMES_MINE: runtimes.mine (given \"\\\"x\"): a double quote is not closed"},
    {"GILSCOPE_RUNTIMES_C=a ;b", "GILSCOPE_RUNTIMES_C: runtimes.c (given \"a ;b\"): must not have a "
                                 "semicolon where it begins a comment"},
};

START_TEST(a_wrong_variable_is_named)
{
    char *environment[] = {bad_variables[_i].variable, NULL};

    config_read_environment(&config, environment, &problem);
    assert_complaint(bad_variables[_i].complaint);
}
END_TEST

START_TEST(other_variables_are_not_ours)
{
    char *environment[] = {"GILSCOPE=1", "GILSCOPE_=1", "GILSCOPE_HOME=/", "GILSCOPE_SERVER=1",
        "GILSCOPE_PORT=tcp://x", "GILSCOPE_server_port=1", "XGILSCOPE_SERVER_PORT=x", "SERVER_PORT=x",
        "nothing", "", NULL};
    auto_free char *before = printed(&config), *after = NULL;

    config_read_environment(&config, environment, &problem);
    assert_fine();
    after = printed(&config);
    ck_assert_str_eq(before, after);
}
END_TEST

static const struct {
    const char *assignment, *complaint;
} bad_assignments[] = {
    {"", "--set (given \"\"): must be section.key=value"},
    {"server.port",
        "--set (given \"server.port\"): must be section.key=value; did you mean server.port=...?"},
    {"port=1.5", "--set (given \"port=1.5\"): must be section.key=value; did you mean server.port=...?"},
    {"server.tokn=secret", "--set: server.tokn: there is no such setting; did you mean server.token?"},
    {"token=secret", "--set: must be section.key=value; did you mean server.token=...?"},
    {"fetch.max_runs=1",
        "--set: fetch.max_runs (given \"1\"): there is no such setting; did you mean archive.max_runs?"},
    {"lock.switch_interval=1", "--set: lock.switch_interval (given \"1\"): there is no such setting; did you "
                               "mean lock.switch_interval_us?"},
    {"=", "--set (given \"=\"): must be section.key=value"},
    {"server.port=x", "--set: server.port (given \"x\"): must be a whole number from 0 to 65535"},
    {"lock.switch_interval_us=-1", "--set: lock.switch_interval_us (given \"-1\"): must be 0, for the lock's "
                                   "own, or a whole number of us that the lock allows"},
    {"server.=x",
        "--set: server. (given \"x\"): there is no such setting; there are bind, port, max_connections, "
        "grace_ms, hosts, cors_origins, trusted_proxies, token, instructor_token"},
    {"sever.port=1", "--set: sever.port (given \"1\"): there is no such section; did you mean server.port?"},
    {"runtimes.My=x", "--set: runtimes.My (given \"x\"): " NAME_RULE},
    {"runtimes.mine", "--set (given \"runtimes.mine\"): must be section.key=value"},
    {"python3=x",
        "--set (given \"python3=x\"): must be section.key=value; did you mean runtimes.python3=...?"},
    {"runtime.python3=x",
        "--set: runtime.python3 (given \"x\"): there is no such section; did you mean runtimes.python3?"},
    {".port=1", "--set: .port (given \"1\"): there is no such section; did you mean server.port?"},
};

START_TEST(a_wrong_assignment_is_named)
{
    config_set(&config, bad_assignments[_i].assignment, &problem);
    assert_complaint(bad_assignments[_i].complaint);
}
END_TEST

static void assert_taken(const char *setting, const char *value, char *const *in_force)
{
    auto_free char *assignment = text_printf("%s=%s", setting, value);

    config_set(&config, assignment, &problem);
    assert_fine();
    ck_assert_str_eq(*in_force, value);
}

/* Also behind an item that is right; the setting stays empty. */
static void assert_item_refused(
    const char *setting, const char *right, const char *item, const char *complaint, char *const *in_force)
{
    auto_free char *assignment = text_printf("%s=%s %s", setting, right, item);

    config_set(&config, assignment, &problem);
    assert_complaint_has(complaint);
    ck_assert_str_eq(*in_force, "");
}

static const char *const hosts[] = {"", " , ", "localhost:80", "a-b.c_d:65535", "*:80", "*:*",
    "*.example.org:443", "*.org:*", "192.0.2.1:1", "[::1]:80", "[2001:db8::1]:*", "1a.2b:80",
    "a:1 b:2,c:3, d:4"};

START_TEST(a_host_pattern_is_taken)
{
    auto_free char *assignment = text_printf("fetch.allow=%s", hosts[_i]);

    config_set(&config, assignment, &problem);
    assert_fine();
}
END_TEST

static const char *const no_hosts[] = {"localhost", "localhost:", ":80", ":", "**:80", "*", "*.:80",
    "*example.org:80", "a.*.org:80", "*.*.org:80", "*.192.0.2.1:80", "a:0", "a:65536", "a:-1", "a:1e3",
    "a:8_0", "a:80:80", "a..b:80", ".a:80", "a.:80", "-a:80", "a-:80", "192.0.2.256:80", "1.2.3:80", "12:80",
    "0x7f000001:80", "::1:80", "[::1:80", "[]:80", "[:80", "[::g]:80", "[1.2.3.4]:80", "http://a:80",
    "a/b:80", "a@b:80", "b\xc3\xbc:80", "a:80;b:80",
    "a123456789a123456789a123456789a123456789a123456789a123456789abcd:80"};

START_TEST(what_is_no_host_pattern_is_refused)
{
    assert_item_refused("fetch.allow", "ok:1", no_hosts[_i], " is not host:port", &config.fetch.allow);
}
END_TEST

START_TEST(allowed_hosts_are_taken_apart)
{
    json_auto_t *none = config_allowed(&config), *three = NULL;

    config_set(&config, "fetch.allow= a:1,, *.b:*  [::1]:80,", &problem);
    assert_fine();
    three = config_allowed(&config);
    ck_assert_uint_eq(json_array_size(none), 0);
    ck_assert_uint_eq(json_array_size(three), 3);
    ck_assert_str_eq(json_string_value(json_array_get(three, 0)), "a:1");
    ck_assert_str_eq(json_string_value(json_array_get(three, 1)), "*.b:*");
    ck_assert_str_eq(json_string_value(json_array_get(three, 2)), "[::1]:80");
}
END_TEST

static const char *const names[] = {
    "", "lab", "lab.example.org", "*.example.org", "A-b.c_d, *.school.example,lab"};

START_TEST(a_name_of_the_server_is_taken)
{
    assert_taken("server.hosts", names[_i], &config.server.hosts);
}
END_TEST

static const char *const no_names[] = {"*", "*.", "**.a", "a.*", "lab:80", "lab:*", "http://lab", "lab/",
    "a..b", "lab.", ".lab", "192.0.2.1", "*.192.0.2.1", "[::1]", "::1", "127.1", "a@b", "-a", "b\xc3\xbc"};

START_TEST(what_is_no_name_of_the_server_is_refused)
{
    assert_item_refused(
        "server.hosts", "ok", no_names[_i], " is not a name or *.example.org", &config.server.hosts);
}
END_TEST

static const char *const origins[] = {"", "*", "https://lab.example.org", "http://192.0.2.1:8080",
    "http://[2001:db8::1]", "https://a.org, http://localhost:3000 *"};

START_TEST(an_origin_is_taken)
{
    assert_taken("server.cors_origins", origins[_i], &config.server.cors_origins);
}
END_TEST

static const char *const no_origins[] = {"null", "lab.example.org", "https://", "https://a/", "https://a?b",
    "https://a#b", "https://a:", "https://a:0", "https://a:65536", "https://a:x", "https://*.example.org",
    "https://u@a", "ftp://a", "//a", "https:/a", "https://a..b", "https://[::1", "https://[a]",
    "https://127.1"};

START_TEST(what_is_no_origin_is_refused)
{
    assert_item_refused("server.cors_origins", "https://ok.org", no_origins[_i],
        " is not http://host or https://host", &config.server.cors_origins);
}
END_TEST

START_TEST(a_secret_has_8_to_128_characters_and_is_not_repeated_in_errors)
{
    for (int length = 0; length <= 200; length++) {
        auto_free char *filler = calloc(1, 201), *assignment = NULL;

        memset(filler, 's', (size_t)length);
        assignment = text_printf("server.token=%s", filler);
        config_set(&config, assignment, &problem);
        if (length == 0 || (length >= 8 && length <= 128)) {
            assert_fine();
            ck_assert_str_eq(config.server.token, filler);
        } else {
            auto_free char *text = complaint();

            ck_assert_msg(!strstr(text, "ss"), "%s", text);
        }
        problem_finish(&problem);
    }
}
END_TEST

START_TEST(two_tokens_must_differ)
{
    config_set(&config, "server.token=one-secret", &problem);
    config_check(&config, &problem);
    assert_fine();
    config_set(&config, "server.instructor_token=one-secret", &problem);
    config_check(&config, &problem);
    assert_complaint(
        "server.instructor_token: must be another one than server.token, or everybody with a token "
        "is an instructor");
    problem_finish(&problem);
    config_set(&config, "server.token=", &problem);
    config_check(&config, &problem);
    assert_fine();
}
END_TEST

START_TEST(loopback_addresses_are_known)
{
    static const char *const loopback[] = {"127.0.0.1", "127.255.0.9", "::1", "::ffff:127.0.0.1"};
    static const char *const others[] = {
        "0.0.0.0", "::", "192.0.2.1", "128.0.0.1", "::2", "::ffff:192.0.2.1"};

    for (size_t i = 0; i < ARRAY_LENGTH(loopback); i++)
        ck_assert_msg(host_is_loopback(loopback[i]), "%s", loopback[i]);
    for (size_t i = 0; i < ARRAY_LENGTH(others); i++)
        ck_assert_msg(!host_is_loopback(others[i]), "%s", others[i]);
}
END_TEST

START_TEST(settings_that_contradict_each_other_are_refused)
{
    config_set(&config, "limits.timeout_ms=600_000", &problem);
    config_check(&config, &problem);
    assert_fine();
    config_set(&config, "limits.timeout_ms=600_001", &problem);
    config_check(&config, &problem);
    assert_complaint(
        "limits.timeout_ms (given \"600001\"): must be at most limits.max_timeout_ms, which is 600000");
}
END_TEST

/* The runtimes that are used, as "name(words)", with * behind those that nobody has set. */
static char *used_runtimes(void)
{
    ConfigProgram programs[CONFIG_MAX_RUNTIMES];
    size_t n = config_runtimes(&config, programs);
    char *text = strdup("");

    ck_assert_uint_le(n, CONFIG_MAX_RUNTIMES);
    for (size_t i = 0; i < n; i++) {
        auto_free char *before = text;

        text = text_printf("%s%s%s(%s)%s", before, *before ? " " : "", programs[i].name, programs[i].words,
            programs[i].is_usual ? "*" : "");
    }
    return text;
}

START_TEST(some_runtimes_are_used_without_being_set)
{
    auto_free char *text = used_runtimes();

    ck_assert_str_eq(text,
        "c()* python3(python3 python.py)* pypy3(pypy3 python.py)* jython(jython python.py)* "
        "ruby(ruby ruby.rb)*");
}
END_TEST

START_TEST(a_runtime_may_have_any_name)
{
    char *environment[] = {
        "GILSCOPE_RUNTIMES_LUA_5=lua x.lua", "GILSCOPE_RUNTIMES_JYTHON=/opt/jython x", NULL};
    auto_free char *text = NULL;

    read_text("[runtimes]\n"
              "python3.13t = /opt/py/bin/python -X gil=0 python.py ; free-threaded\n"
              "ruby = ruby ruby.rb\n"
              "pypy3 =\n"
              "gone = x\n"
              "a2345678901234567890123456789012 = \"/opt/a b/x\"\n");
    config_read_environment(&config, environment, &problem);
    config_set(&config, "runtimes.gone=", &problem);
    config_set(&config, "runtimes.lua_5=lua5.4 x.lua", &problem);
    config_set(&config, "runtimes.a=b=c", &problem);
    config_check(&config, &problem);
    assert_fine();
    text = used_runtimes();
    ck_assert_str_eq(text, "c()* python3(python3 python.py)* jython(/opt/jython x) ruby(ruby ruby.rb)* "
                           "python3.13t(/opt/py/bin/python -X gil=0 python.py) "
                           "a2345678901234567890123456789012(\"/opt/a b/x\") lua_5(lua5.4 x.lua) a(b=c)");
}
END_TEST

START_TEST(there_may_be_sixteen_runtimes)
{
    auto_free char *text = NULL;

    for (int i = 1; i <= 11; i++) {
        auto_free char *assignment = text_printf("runtimes.r%d=x", i);

        config_set(&config, assignment, &problem);
    }
    config_check(&config, &problem);
    assert_fine();
    text = used_runtimes();
    ck_assert_ptr_nonnull(strstr(text, " r11(x)"));
    config_set(&config, "runtimes.r12=y", &problem);
    config_set(&config, "runtimes.r13=", &problem);
    config_check(&config, &problem);
    assert_complaint(
        "runtimes.r12 (given \"y\"): there may be at most 16 runtimes, and with this one there are 17; "
        "an empty setting takes one away");
    problem_finish(&problem);
    config_set(&config, "runtimes.jython=", &problem);
    config_check(&config, &problem);
    assert_fine();
}
END_TEST

START_TEST(names_of_runtimes_are_not_without_number)
{
    for (int i = 1; i <= 64; i++) {
        auto_free char *assignment = text_printf("runtimes.r%d=", i);

        config_set(&config, assignment, &problem);
    }
    assert_fine();
    config_set(&config, "runtimes.r65=", &problem);
    assert_complaint("--set: runtimes.r65 (given \"\"): there are too many names");
}
END_TEST

/* Also the longest texts, which have to fit into a line. */
START_TEST(what_is_printed_reads_back)
{
    Config again;
    auto_free char *first = NULL, *second = NULL, *path = text_printf("runtimes.c=/%0179d", 1);
    auto_free char *longest_secret = text_printf("server.instructor_token=!\"#$%%&';%0120d", 1);

    config_set(&config, "server.bind=::1", &problem);
    config_set(&config, "server.port=0", &problem);
    config_set(&config, "limits.max_body_bytes=16777216", &problem);
    config_set(&config, "lock.policy=gil-py2", &problem);
    config_set(&config, "lock.tick_turns=12345", &problem);
    config_set(&config, "fetch.allow=*.example.org:*, [::1]:80", &problem);
    config_set(&config, path, &problem);
    config_set(&config, "runtimes.mine=\"/opt/a b\" x=y", &problem);
    config_set(&config, "runtimes.other=", &problem);
    config_set(&config, "runtimes.ruby=", &problem);
    config_set(&config, "server.hosts=lab *.example.org", &problem);
    config_set(&config, "server.cors_origins=https://lab.example.org:8443 *", &problem);
    config_set(&config, "server.trusted_proxies=127.0.0.1, fd00::/8", &problem);
    config_set(&config, longest_secret, &problem);
    assert_fine();
    first = printed(&config);
    config_init(&again);
    config_read_text(&again, "again.ini", first, strlen(first), &problem);
    assert_fine();
    second = printed(&again);
    ck_assert_int_eq(again.lock.tick_turns, 12345);
    ck_assert_str_eq(first, second);
    config_finish(&again);
}
END_TEST

START_TEST(a_text_has_at_most_4096_bytes)
{
    auto_free char *longest = text_printf("runtimes.c=/%04095d", 1), *longer = text_printf("%s2", longest);
    auto_free char *file = NULL;
    auto_config Config again;

    config_init(&again);
    config_set(&config, longest, &problem);
    file = printed(&config);
    config_read_text(&again, "again.ini", file, strlen(file), &problem);
    assert_fine();
    ck_assert_str_eq(again.runtimes.c, longest + strlen("runtimes.c="));
    config_set(&config, longer, &problem);
    assert_complaint_has("...\"): must not be longer than 4096 bytes");
}
END_TEST

START_TEST(the_tree_has_the_defaults_as_config_ini)
{
    auto_free char *file = read_source("config.ini"), *defaults = printed(&config);

    ck_assert_str_eq(file, defaults);
}
END_TEST

START_TEST(the_page_of_settings_is_current)
{
    auto_free char *page = read_source("docs/settings.md"), *current = NULL;
    size_t length;
    FILE *file = open_memstream(&current, &length);

    config_print_settings(file);
    fclose(file);
    ck_assert_str_eq(page, current);
}
END_TEST

#define ADD_ALL(tests, test, array) tcase_add_loop_test(tests, test, 0, ARRAY_LENGTH(array))

int main(void)
{
    Suite *suite = suite_create("config");
    TCase *tests = tcase_create("config");
    SRunner *runner = srunner_create(suite);
    int n_failed;

    suite_add_tcase(suite, tests);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, defaults_are_in_force_at_first);
    tcase_add_test(tests, a_file_sets_values_of_every_type);
    ADD_ALL(tests, a_wrong_line_is_named_with_what_is_allowed, bad_files);
    tcase_add_test(tests, all_wrong_lines_are_named_at_once);
    tcase_add_test(tests, a_refused_value_leaves_the_old_one);
    tcase_add_test(tests, a_nul_byte_is_no_end);
    tcase_add_test(tests, a_line_may_be_long);
    tcase_add_test(tests, a_file_that_cannot_be_read_is_named);
    tcase_add_test(tests, an_empty_file_is_a_file);
    tcase_add_test(tests, the_environment_overrides_the_file_and_set_overrides_both);
    tcase_add_test(tests, the_last_set_counts);
    ADD_ALL(tests, a_wrong_variable_is_named, bad_variables);
    tcase_add_test(tests, other_variables_are_not_ours);
    ADD_ALL(tests, a_wrong_assignment_is_named, bad_assignments);
    ADD_ALL(tests, a_host_pattern_is_taken, hosts);
    ADD_ALL(tests, what_is_no_host_pattern_is_refused, no_hosts);
    tcase_add_test(tests, allowed_hosts_are_taken_apart);
    ADD_ALL(tests, a_name_of_the_server_is_taken, names);
    ADD_ALL(tests, what_is_no_name_of_the_server_is_refused, no_names);
    ADD_ALL(tests, an_origin_is_taken, origins);
    ADD_ALL(tests, what_is_no_origin_is_refused, no_origins);
    tcase_add_test(tests, a_secret_has_8_to_128_characters_and_is_not_repeated_in_errors);
    tcase_add_test(tests, two_tokens_must_differ);
    tcase_add_test(tests, loopback_addresses_are_known);
    tcase_add_test(tests, settings_that_contradict_each_other_are_refused);
    tcase_add_test(tests, some_runtimes_are_used_without_being_set);
    tcase_add_test(tests, a_runtime_may_have_any_name);
    tcase_add_test(tests, there_may_be_sixteen_runtimes);
    tcase_add_test(tests, names_of_runtimes_are_not_without_number);
    tcase_add_test(tests, what_is_printed_reads_back);
    tcase_add_test(tests, a_text_has_at_most_4096_bytes);
    tcase_add_test(tests, the_tree_has_the_defaults_as_config_ini);
    tcase_add_test(tests, the_page_of_settings_is_current);
    srunner_run_all(runner, CK_NORMAL);
    n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed > 0;
}
