/* The machine becomes smaller while the server runs: its affinity is lowered, as with taskset, or the quota
 * of its control group. Then requests are planned for what is left, and none is blamed for what is gone. */
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cgroup.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "tests/api/api-client.h"
#include "tests/unit/run.h"

#define SMALL "n=1000&repeat=1&warmup=0&fresh=1&mode=serial"

static ApiServer server;

/* The server may go on for a moment with what it has just seen, see handlers/look.c. */
static void wait_for_a_new_look(void)
{
    usleep(20000);
}

/* Lets the server, and what it will start, run on one CPU. Returns whether that is less than before. */
static bool lower_affinity(void)
{
    cpu_set_t set, one;
    int cpu = 0;

    ck_assert_int_eq(sched_getaffinity(server.pid, sizeof(set), &set), 0);
    while (!CPU_ISSET(cpu, &set))
        cpu++;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    ck_assert_int_eq(sched_setaffinity(server.pid, sizeof(one), &one), 0);
    wait_for_a_new_look();
    return CPU_COUNT(&set) > 1;
}

/* The number at the end of a path of names and places, "cells 0 cpus". */
static const json_t *at(const json_t *json, const char *path)
{
    auto_free char *steps = text_copy(path);
    char *rest = NULL;

    for (char *step = strtok_r(steps, " ", &rest); step; step = strtok_r(NULL, " ", &rest))
        json = json_is_array(json) ? json_array_get(json, (size_t)atoi(step)) : json_object_get(json, step);
    return json;
}

static int64_t number_at(const json_t *json, const char *path)
{
    ck_assert_msg(json_is_integer(at(json, path)), "there is no number at %s", path);
    return json_integer_value(at(json, path));
}

/* The description of the parameter in /experiments. */
static json_t *described_cpus(void)
{
    auto_answer ApiAnswer answer = api_get(&server, "/experiments");
    json_t *parameter;
    size_t i;

    ck_assert_int_eq(answer.status, 200);
    json_array_foreach (json_object_get(answer.json, "parameters"), i, parameter)
        if (strcmp(json_string_value(json_object_get(parameter, "name")), "cpus") == 0)
            return json_incref(parameter);
    ck_abort_msg("there is no parameter cpus");
}

/* What all answers say when so many CPUs are usable. */
static void check_cpus(int64_t usable)
{
    auto_answer ApiAnswer run = api_get(&server, "/run/countdown?" SMALL);
    auto_answer ApiAnswer ready = api_get(&server, "/readyz"), document = api_get(&server, "/openapi.json");
    auto_answer ApiAnswer experiments = api_get(&server, "/experiments");
    json_auto_t *cpus = described_cpus();
    json_t *parameter;
    size_t i;

    ck_assert_msg(run.status == 200, "%s", run.body);
    ck_assert_int_eq(number_at(run.json, "cells 0 cpus"), usable);
    ck_assert_int_eq(number_at(run.json, "host cpus_usable"), usable);
    ck_assert_int_eq(number_at(experiments.json, "runtimes 0 cpus_usable"), usable);
    ck_assert_int_eq(number_at(experiments.json, "runtimes 0 host cpus_usable"), usable);
    ck_assert_int_eq(number_at(cpus, "max"), usable);
    ck_assert_int_eq(number_at(cpus, "default 0"), usable);
    ck_assert_int_eq(ready.status, 200);
    ck_assert_int_eq(number_at(ready.json, "machine cpus_usable"), usable);
    json_array_foreach (at(document.json, "paths /run/countdown get parameters"), i, parameter) {
        const char *name = json_string_value(json_object_get(parameter, "name"));

        if (name && strcmp(name, "cpus") == 0)
            ck_assert_int_eq(number_at(parameter, "schema items maximum"), usable);
    }
}

START_TEST(a_lower_affinity_is_what_is_planned_for)
{
    auto_answer ApiAnswer before = {0}, after = {0}, asked = {0};

    api_server_start(&server, NULL);
    before = api_get(&server, "/readyz");
    ck_assert(json_is_null(at(before.json, "machine changed")));
    check_cpus(number_at(before.json, "machine cpus_usable"));
    if (lower_affinity()) {
        after = api_get(&server, "/readyz");
        ck_assert_msg(strstr(json_string_value(at(after.json, "machine changed")),
                          "now there is 1 usable CPU and no quota"),
            "%s", after.body);
        check_cpus(1);
        asked = api_get(&server, "/run/countdown?cpus=2&" SMALL);
        ck_assert_int_eq(asked.status, 400);
        ck_assert_str_eq(json_string_value(at(asked.json, "errors 0 param")), "cpus");
    }
    api_server_stop(&server, SIGTERM);
}
END_TEST

/* Waits until so many runs are in the list. */
static void wait_for_runs(size_t n)
{
    for (int i = 0; i < API_PATIENCE_S * 100; i++) {
        auto_answer ApiAnswer answer = api_get(&server, "/runs");

        if (json_array_size(json_object_get(answer.json, "runs")) == n)
            return;
        usleep(10000);
    }
    ck_abort_msg("there are never %zu runs", n);
}

/* The run stands in the queue when its CPUs go. It answered 400, as if the request had been wrong. */
START_TEST(a_machine_that_changed_meanwhile_is_said_to_have_changed)
{
    auto_answer ApiAnswer first = {0};
    auto_free char *second = NULL;
    int fd;

    api_server_start(&server, NULL);
    first = api_ask(&server, (ApiAsk){.path = "/run/idle?mode=epoll&duration_ms=2000&repeat=1&warmup=0",
                                 .header = "Prefer: respond-async"});
    ck_assert_int_eq(first.status, 202);
    fd = api_send_get(&server, "/run/countdown?" SMALL);
    wait_for_runs(2);
    if (!lower_affinity()) {
        close(fd);
    } else {
        second = api_receive(fd);
        ck_assert_msg(strstr(second, "HTTP/1.1 503"), "%s", second);
        ck_assert_msg(
            strstr(second, "the machine has 1 usable CPU now, and the run was planned for"), "%s", second);
        check_cpus(1);
    }
    api_server_stop(&server, SIGTERM);
}
END_TEST

/* A control group of the server's own, with the files of either version; folder is empty if none can be made.
 */
typedef struct Group {
    char *folder; /* owned */
    bool v2;
} Group;

static void group_write(const Group *group, const char *name, const char *text)
{
    auto_free char *path = text_printf("%s/%s", group->folder, name);
    int fd = open(path, O_WRONLY | O_CLOEXEC);

    ck_assert_msg(fd >= 0, "%s", path);
    ck_assert_int_eq(text_write_fd(fd, text, strlen(text)), 0);
    close(fd);
}

static void group_set_quota(const Group *group, int us)
{
    auto_free char *text = group->v2 ? text_printf("%d 100000", us) : text_printf("%d", us);

    group_write(group, group->v2 ? "cpu.max" : "cpu.cfs_quota_us", text);
    wait_for_a_new_look();
}

/* Whether it could be made: where the tests may not, they do without. */
static bool group_make(Group *group)
{
    Cgroup own;

    cgroup_find("", &own);
    for (int i = 0; i < 2; i++) {
        const CgroupTree *tree = i == 0 ? &own.v1 : &own.v2;
        auto_free char *folder = text_printf("%s/gilscope-test-%d", tree->folder, (int)getpid());
        auto_free char *quota = text_printf("%s/%s", folder, i == 0 ? "cpu.cfs_quota_us" : "cpu.max");
        auto_free char *members = text_printf("%s/cgroup.procs", folder);

        if (!tree->is_own || mkdir(folder, 0755) < 0)
            continue;
        if (access(quota, W_OK) == 0 && access(members, W_OK) == 0) {
            *group = (Group){take_pointer(folder), i == 1};
            return true;
        }
        rmdir(folder);
    }
    return false;
}

/* With a quota of 1.5 CPUs two are usable, and of two processes the ideal is two thirds of serial. With half
 * a CPU there is one, and nobody can be faster than serial. */
START_TEST(a_lower_quota_is_what_is_planned_for)
{
    auto_free char *pid = NULL;
    auto_answer ApiAnswer run = {0}, ready = {0};
    Group group;

    if (!group_make(&group))
        return;
    api_server_start(&server, NULL);
    pid = text_printf("%d", (int)server.pid);
    group_write(&group, "cgroup.procs", pid);
    ready = api_get(&server, "/readyz");
    if (number_at(ready.json, "machine cpus_usable") >= 2) {
        auto_answer ApiAnswer wide = {0};
        int64_t serial;

        group_set_quota(&group, 150000);
        wide = api_get(&server, "/run/countdown?n=100000&repeat=1&warmup=0&tasks=2&mode=serial,processes");
        ck_assert_msg(wide.status == 200, "%s", wide.body);
        ck_assert_double_eq(json_number_value(at(wide.json, "host cpu_quota")), 1.5);
        serial = number_at(wide.json, "cells 0 wall_ns median");
        ck_assert_int_eq(number_at(wide.json, "cells 1 cpus"), 2);
        ck_assert_int_le(llabs(number_at(wide.json, "cells 1 ideal_ns") - serial * 2 / 3), 1);
    }
    group_set_quota(&group, 50000);
    api_answer_finish(&ready);
    ready = api_get(&server, "/readyz");
    ck_assert_double_eq(json_number_value(at(ready.json, "machine cpu_quota")), 0.5);
    ck_assert_msg(strstr(json_string_value(at(ready.json, "machine changed")),
                      "now there is 1 usable CPU and a quota of 0.5 CPUs"),
        "%s", ready.body);
    check_cpus(1);
    run = api_get(
        &server, "/run/countdown?n=100000&repeat=3&warmup=0&tasks=4&mode=serial,threads,epoll&lock=gil");
    ck_assert_msg(run.status == 200, "%s", run.body);
    for (size_t i = 0; i < 3; i++) {
        const json_t *cell = json_array_get(json_object_get(run.json, "cells"), i);

        ck_assert_int_eq(number_at(cell, "waits_ns median"), 0);
        ck_assert_int_eq(number_at(cell, "ideal_ns"), number_at(run.json, "cells 0 wall_ns median"));
    }
    api_server_stop(&server, SIGTERM);
    ck_assert_int_eq(rmdir(group.folder), 0);
    free(group.folder);
}
END_TEST

RUN_TESTS("api-machine", 120, a_lower_affinity_is_what_is_planned_for,
    a_machine_that_changed_meanwhile_is_said_to_have_changed, a_lower_quota_is_what_is_planned_for)
