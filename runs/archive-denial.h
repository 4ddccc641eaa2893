/* In whose way the permissions of a place are, and the command that mends it, for people. */
#pragma once

/* Returns a sentence on why this process may not write the file at path: which folder or file is in the way,
 * to whom it belongs, who we are, and the command; a new string. NULL if permissions are not in the way. */
char *denial_explain(const char *path);
