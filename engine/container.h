/* Whether this is a container, and of which kind: there limits are common, and neighbours are many. */
#pragma once

/* Returns "docker", "podman", "kubernetes" or whatever the container calls itself, or NULL outside of one;
 * the caller frees it. root is put before every path: "" for the real ones. The environment is read only if
 * root is "", because it is the real one. It is a hint for people who read a result, and nothing is decided
 * by it. */
char *container_detect(const char *root);
