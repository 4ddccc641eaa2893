/* How many files this process may have open. To be called at the start of a program, before it opens many. */
#pragma once

/* Raises the soft limit to the hard one. A system sets the soft one low, often to 1024, for the sake of old
 * programs that use select(), which breaks on a higher descriptor; ours do not use it, and a crowd of clients
 * or of transfers needs more. Where the limit cannot be had, it stays as it is: what then fails says so by
 * itself. Children inherit it. */
void descriptors_raise(void);
