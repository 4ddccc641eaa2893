/* /proc/self/cgroup says where the process is in each hierarchy, /proc/self/mountinfo where the hierarchy can
 * be seen and which part of it: in a container often only the own part, and then the path of the first begins
 * with the root of the second. Formats: proc(5), cgroups(7), Documentation/admin-guide/cgroup-v2.rst. */
#include "base/cgroup.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"

enum { MAX_LIST = 4 << 20, MAX_FILE = 65536 };

/* Returns the text of a file, or NULL; the caller frees it. */
static char *cgroup_read_text(const char *folder, const char *name, size_t max)
{
    auto_free char *path = text_printf("%s/%s", folder, name);
    char *text;
    size_t length;

    return text_read_file(path, max, &text, &length) == 0 ? text : NULL;
}

/* Whether a comma-separated list has this word. The comma list of strchr() ends in a NUL, which strchr()
 * finds as well: so the last word of the list, with nothing behind it, counts like one with a comma. A mere
 * strstr() would find "cpu" in "cpuset", which is another hierarchy with no quota in it. */
static bool cgroup_has_word(const char *list, const char *word)
{
    size_t length = strlen(word);

    for (const char *at = list; (at = strstr(at, word)); at += length)
        if ((at == list || at[-1] == ',') && strchr(",", at[length]))
            return true;
    return false;
}

/* Finds the path in lines "4:cpu,cpuacct:/path", of v2 "0::/path". The text is cut up. Returns NULL if the
 * process is in no such hierarchy. A path may hold colons itself, so only the first two are taken for
 * separators. */
static const char *cgroup_find_path(char *text, const char *controller, bool v2)
{
    char *rest = NULL;

    for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        char *controllers = strchr(line, ':');
        char *path = controllers ? strchr(controllers + 1, ':') : NULL;

        if (!path)
            continue;
        *path++ = '\0';
        if (v2 ? strcmp(line, "0:") == 0 : cgroup_has_word(controllers + 1, controller))
            return path;
    }
    return NULL;
}

/* A blank in a path stands there as \040. The text never becomes longer, so it is rewritten in its own
 * place. */
static void cgroup_unescape(char *text)
{
    char *to = text;

    for (const char *from = text; *from; to++) {
        if (from[0] == '\\' && from[1] >= '0' && from[1] <= '3' && from[2] && from[3]) {
            *to = (char)((from[1] - '0') * 64 + (from[2] - '0') * 8 + (from[3] - '0'));
            from += 4;
        } else {
            *to = *from++;
        }
    }
    *to = '\0';
}

typedef struct Mount {
    char *root, *point; /* which part of the hierarchy is seen, and where; point is NULL: there is none */
} Mount;

/* "31 23 0:28 /part /sys/fs/cgroup/cpu rw,relatime shared:9 - cgroup cgroup rw,cpu": before the dash are as
 * many optional fields as there happen to be, so the fields behind it cannot be counted from the left. The
 * line is cut at the dash, and both halves are read from their own beginning. No path can look like the dash:
 * blanks in paths are escaped. Cuts the line up. */
static Mount cgroup_parse_mount(char *line, const char *controller, bool v2)
{
    char *dash = strstr(line, " - "), *rest = NULL, *field[5], *type, *options;
    Mount mount = {0};

    if (!dash)
        return mount;
    *dash = '\0';
    type = strtok_r(dash + 3, " ", &rest);
    strtok_r(NULL, " ", &rest);
    options = strtok_r(NULL, " ", &rest);
    if (!type || strcmp(type, v2 ? "cgroup2" : "cgroup") != 0 || !options ||
        (!v2 && !cgroup_has_word(options, controller)))
        return mount;
    for (size_t i = 0; i < 5; i++) {
        field[i] = strtok_r(i == 0 ? line : NULL, " ", &rest);
        if (!field[i])
            return mount;
    }
    mount = (Mount){.root = field[3], .point = field[4]};
    cgroup_unescape(mount.root);
    cgroup_unescape(mount.point);
    return mount;
}

/* Returns what of the path lies below the root, "" for the root itself, or NULL if it lies elsewhere. The
 * next character must be a slash: "/docker/ab" is not below "/docker/a", although the text begins with it. A
 * path with ".." leads out of the namespace of the process, where nothing of it can be seen. */
static const char *cgroup_path_below(const char *path, const char *root)
{
    size_t length = strcmp(root, "/") == 0 ? 0 : strlen(root);

    if (strncmp(path, root, length) != 0 || strstr(path, "/.."))
        return NULL;
    path += length;
    if (*path == '\0' || strcmp(path, "/") == 0)
        return "";
    return *path == '/' ? path : NULL;
}

/* The first mount that shows the process's own group. If none does, the process is outside of what it can
 * see of the hierarchy, and the top of that is the best that there is. Such a top is a guess, so a later
 * mount that does show the own group replaces it. */
static void cgroup_find_folder(
    const char *root, const char *path, const char *controller, bool v2, CgroupTree *ret)
{
    auto_free char *proc = text_printf("%s/proc/self", root);
    auto_free char *text = cgroup_read_text(proc, "mountinfo", MAX_LIST);
    char *rest = NULL;

    for (char *line = text ? strtok_r(text, "\n", &rest) : NULL; line; line = strtok_r(NULL, "\n", &rest)) {
        Mount mount = cgroup_parse_mount(line, controller, v2);
        const char *part = mount.point ? cgroup_path_below(path, mount.root) : NULL;
        int n;

        if (!mount.point || (!part && ret->folder[0]))
            continue;
        /* A path that was cut off would name another group, and its limits would be taken for ours. */
        n = snprintf(ret->folder, sizeof(ret->folder), "%s%s%s", root, mount.point, part ? part : "");
        ret->top = strlen(root) + strlen(mount.point);
        if (n < 0 || (size_t)n >= sizeof(ret->folder))
            *ret = (CgroupTree){0};
        ret->is_own = part && ret->folder[0];
        if (ret->is_own)
            return;
    }
}

static void cgroup_find_tree(const char *root, const char *controller, bool v2, CgroupTree *ret)
{
    auto_free char *proc = text_printf("%s/proc/self", root);
    auto_free char *text = cgroup_read_text(proc, "cgroup", MAX_FILE);
    const char *path = text ? cgroup_find_path(text, controller, v2) : NULL;

    *ret = (CgroupTree){0};
    if (path)
        cgroup_find_folder(root, path, controller, v2, ret);
}

void cgroup_find_controller(const char *root, const char *controller, Cgroup *ret)
{
    cgroup_find_tree(root, controller, false, &ret->v1);
    cgroup_find_tree(root, controller, true, &ret->v2);
}

void cgroup_find(const char *root, Cgroup *ret)
{
    cgroup_find_controller(root, "cpu", ret);
}

/* Goes one level up. Returns whether there was one. The mount point itself is never shortened: above it are
 * ordinary folders. */
static bool cgroup_tree_go_up(CgroupTree *tree)
{
    char *slash = strrchr(tree->folder + tree->top, '/');

    if (!slash)
        return false;
    *slash = '\0';
    return true;
}

/* "150000 100000": microseconds of CPU time in a period of so many. "max" instead is no limit. The top of a
 * v2 hierarchy has no such file, which reads as no limit. */
static double cgroup_quota_v2(const char *folder)
{
    auto_free char *text = cgroup_read_text(folder, "cpu.max", MAX_FILE);
    double quota, period;

    if (!text || sscanf(text, "%lf %lf", &quota, &period) != 2 || !(quota > 0) || !(period > 0))
        return 0;
    return quota / period;
}

/* The same in two files; -1 is no limit. */
static double cgroup_quota_v1(const char *folder)
{
    auto_free char *quota_text = cgroup_read_text(folder, "cpu.cfs_quota_us", MAX_FILE);
    auto_free char *period_text = cgroup_read_text(folder, "cpu.cfs_period_us", MAX_FILE);
    double quota = quota_text ? strtod(quota_text, NULL) : 0;
    double period = period_text ? strtod(period_text, NULL) : 0;

    return quota > 0 && period > 0 ? quota / period : 0;
}

/* Every ancestor may have a quota of its own, and each of them holds back the whole subtree. So the least
 * one counts, not the nearest. The tree is a copy, because going up shortens its path. */
static double cgroup_tree_tightest(CgroupTree tree, double (*quota_of)(const char *folder))
{
    double least = 0;

    if (!tree.folder[0])
        return 0;
    do {
        double quota = quota_of(tree.folder);

        if (quota > 0 && (least == 0 || quota < least))
            least = quota;
    } while (cgroup_tree_go_up(&tree));
    return least;
}

/* A machine may have both versions mounted, but a process is bound by a controller in one of them at a time;
 * the other then says 0, no quota. */
double cgroup_cpu_quota(const Cgroup *cgroup)
{
    double v1 = cgroup_tree_tightest(cgroup->v1, cgroup_quota_v1),
           v2 = cgroup_tree_tightest(cgroup->v2, cgroup_quota_v2);

    return v1 > 0 && (v2 == 0 || v1 < v2) ? v1 : v2;
}

/* The value of a line "name 123", or 0. */
static uint64_t cgroup_stat_field(const char *text, const char *name)
{
    size_t length = strlen(name);

    for (const char *at = text; (at = strstr(at, name)); at += length)
        if ((at == text || at[-1] == '\n') && at[length] == ' ')
            return strtoull(at + length, NULL, 10);
    return 0;
}

/* v1 counts nanoseconds, v2 microseconds, each under a name of its own. The kernel writes only one of the
 * two names, and the missing one adds 0. cgroup_stat_field() asks for a blank behind the name, so
 * "throttled_time" is not found in a longer name that begins with it. */
static nsec_t cgroup_tree_throttled(CgroupTree tree)
{
    nsec_t sum = 0;

    if (!tree.folder[0])
        return 0;
    do {
        auto_free char *text = cgroup_read_text(tree.folder, "cpu.stat", MAX_FILE);

        if (text)
            sum += cgroup_stat_field(text, "throttled_time") +
                   cgroup_stat_field(text, "throttled_usec") * NSEC_PER_USEC;
    } while (cgroup_tree_go_up(&tree));
    return sum;
}

nsec_t cgroup_throttled(const Cgroup *cgroup)
{
    return cgroup_tree_throttled(cgroup->v1) + cgroup_tree_throttled(cgroup->v2);
}

/* A file with one number. Returns INT64_MAX if it is missing or says "max". */
static int64_t cgroup_number_in(const char *folder, const char *name)
{
    auto_free char *text = cgroup_read_text(folder, name, MAX_FILE);
    long long number;

    return text && sscanf(text, "%lld", &number) == 1 ? number : INT64_MAX;
}

int64_t cgroup_left(const CgroupTree *tree, const char *limit, const char *usage)
{
    CgroupTree at = *tree;
    int64_t least = INT64_MAX;

    if (!at.folder[0])
        return least;
    do {
        int64_t left = cgroup_number_in(at.folder, limit),
                used = usage ? cgroup_number_in(at.folder, usage) : 0;

        /* The limit may be lower than what is used: somebody has lowered it since. Then nothing is left, and
         * not less than nothing. */
        if (left < INT64_MAX && used < INT64_MAX)
            left = left > used ? left - used : 0;
        if (left < least)
            least = left;
    } while (cgroup_tree_go_up(&at));
    return least;
}
