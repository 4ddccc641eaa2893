/* Texts as they lie on a shelf: compressed by zlib, fast rather than small, since the next run is being
 * measured meanwhile. */
#pragma once

#include <stddef.h>

/* Returns the packed bytes, owned by the caller. */
unsigned char *pack_text(const char *text, size_t size, size_t *ret_packed_size);

/* Makes the text of that size again. Returns 0 and sets *ret, owned by the caller, with a NUL behind it;
 * -ENOMEM; or -EBADMSG if the bytes are not what pack_text() made. */
int unpack_text(const void *packed, size_t packed_size, size_t size, char **ret);
