#include "runs/archive-pack.h"

#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <zlib.h>

#include "base/cleanup.h"

unsigned char *pack_text(const char *text, size_t size, size_t *ret_packed_size)
{
    uLongf packed_size = compressBound(size);
    unsigned char *packed = malloc(packed_size);
    int r;

    assert(packed);
    r = compress2(packed, &packed_size, (const Bytef *)text, size, Z_BEST_SPEED);
    assert(r == Z_OK);
    *ret_packed_size = packed_size;
    return packed;
}

int unpack_text(const void *packed, size_t packed_size, size_t size, char **ret)
{
    auto_free char *text = size < SIZE_MAX ? malloc(size + 1) : NULL;
    uLongf text_size = size;
    int r;

    if (!text)
        return -ENOMEM;
    r = uncompress((Bytef *)text, &text_size, packed, packed_size);
    if (r != Z_OK || text_size != size)
        return r == Z_MEM_ERROR ? -ENOMEM : -EBADMSG;
    text[size] = '\0';
    *ret = take_pointer(text);
    return 0;
}
