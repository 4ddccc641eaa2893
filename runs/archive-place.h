/* Where the archive's file lies: its folder, the lock that keeps a second server away, and the names under
 * which damaged files are kept. Functions return 0 or a negative errno. */
#pragma once

/* Makes the folder if need be. *ret is the file's real path, owned by the caller, so that two servers which
 * name one file differently do not miss each other. -EISDIR, or -EINVAL for another thing that is no file. */
int place_find(const char *path, char **ret);

/* Returns a descriptor that holds the lock until it is closed, however the process ends. -EWOULDBLOCK:
 * another one has it. The lock is on a file beside the database: SQLite's own locks go when any descriptor of
 * the database is closed. */
int place_lock(const char *place);

/* Renames the file, and what SQLite keeps beside it, to a name that says when. *ret_name is the new path,
 * owned by the caller. */
int place_set_aside(const char *place, char **ret_name);
