/* Nothing says it for certain, so the signs are asked in turn, the most telling first: what the manager wrote
 * into the environment of its first process (https://systemd.io/CONTAINER_INTERFACE/), the files that Docker
 * and Podman leave, and the names of the control groups, which a group namespace hides. */
#include "engine/container.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"

enum { MAX_FILE = 1 << 20, MAX_NAME = 32 };

static char *read_text(const char *root, const char *name, size_t *ret_length)
{
    auto_free char *path = text_printf("%s%s", root, name);
    char *text;

    return text_read_file(path, MAX_FILE, &text, ret_length) == 0 ? text : NULL;
}

static bool exists(const char *root, const char *name)
{
    auto_free char *path = text_printf("%s%s", root, name);

    return access(path, F_OK) == 0;
}

/* The name may come from anyone, so only what a name is made of is kept. Returns NULL for none. It goes into
 * results and onto terminals. */
static char *clean_name(const char *text)
{
    size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");

    return length > 0 ? strndup(text, length < MAX_NAME ? length : MAX_NAME) : NULL;
}

/* The variable "container" of an environment as in /proc/PID/environ: strings that end in NUL. */
static char *from_environment(const char *text, size_t length)
{
    for (const char *at = text; at < text + length; at += strlen(at) + 1)
        if (strncmp(at, "container=", 10) == 0)
            return clean_name(at + 10);
    return NULL;
}

/* Process 1 belongs to root, so its environment can often not be read; our own has inherited the variable if
 * nobody removed it. */
static char *from_manager(const char *root)
{
    size_t length = 0;
    auto_free char *first = read_text(root, "/proc/1/environ", &length);
    char *name = first ? from_environment(first, length) : NULL;
    auto_free char *kept = NULL;

    if (!name && *root == '\0' && getenv("container"))
        name = clean_name(getenv("container"));
    if (name)
        return name;
    /* systemd keeps it here for those who may not read the environment of process 1. */
    kept = read_text(root, "/run/systemd/container", &length);
    return kept ? clean_name(kept) : NULL;
}

/* With a group namespace the path is "/" and says nothing, which is why this is asked last. */
static char *from_groups(const char *root)
{
    static const struct {
        const char *part, *name;
    } known[] = {{"kubepods", "kubernetes"}, {"/docker/", "docker"}, {"/docker-", "docker"},
        {"libpod-", "podman"}, {"/lxc", "lxc"}, {"/crio-", "cri-o"}};
    size_t length;
    auto_free char *text = read_text(root, "/proc/self/cgroup", &length);

    for (size_t i = 0; text && i < ARRAY_LENGTH(known); i++)
        if (strstr(text, known[i].part))
            return strdup(known[i].name);
    return NULL;
}

char *container_detect(const char *root)
{
    char *name = from_manager(root);

    if (name)
        return name;
    if (exists(root, "/run/.containerenv"))
        return strdup("podman");
    if (exists(root, "/.dockerenv"))
        return strdup("docker");
    if (*root == '\0' && getenv("KUBERNETES_SERVICE_HOST"))
        return strdup("kubernetes");
    return from_groups(root);
}
