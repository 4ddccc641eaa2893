/* Both forms are made at once. "no-cache" lets a browser keep what it has but asks it to ask each time: so a
 * new version is seen at once, and the answer to the question is a few bytes. */
#include "handlers/content.h"

#include <assert.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "handlers/accept.h"

/* One form: as it is, or compressed. */
typedef struct Form {
    char *etag; /* with its quotes */
    Response *full, *not_modified;
} Form;

struct Content {
    Form plain, packed; /* packed has no answers if it does not become smaller */
};

/* FNV-1a, 64 bits: says whether two builds have the same. */
static uint64_t hash(const char *bytes, size_t length)
{
    uint64_t value = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i < length; i++)
        value = (value ^ (unsigned char)bytes[i]) * UINT64_C(0x100000001b3);
    return value;
}

/* Returns the gzip form, owned, or NULL if it saves nothing: the room for it is as large as the original, and
 * deflate() does not come to its end if it needs more. */
static char *pack(const char *bytes, size_t length, size_t *ret_length)
{
    enum { GZIP = 16 };
    z_stream stream = {.next_in = (unsigned char *)bytes, .avail_in = (uInt)length};
    auto_free char *packed = NULL;
    int r = deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, MAX_WBITS | GZIP, 8, Z_DEFAULT_STRATEGY);

    assert(r == Z_OK);
    packed = malloc(length + 1);
    assert(packed);
    stream.next_out = (unsigned char *)packed;
    stream.avail_out = (uInt)length;
    r = deflate(&stream, Z_FINISH);
    deflateEnd(&stream);
    if (r != Z_STREAM_END)
        return NULL;
    *ret_length = stream.total_out;
    return take_pointer(packed);
}

/* Makes an answer constant and gives it the headers of its form. Vary tells caches that the two forms are not
 * the same. */
static void add_headers(Response *response, const Form *form)
{
    response_make_constant(response);
    response_add_header(response, "ETag", "%s", form->etag);
    response_add_header(response, "Cache-Control", "no-cache");
    response_add_header(response, "Vary", "Accept-Encoding");
}

/* Takes both over, and sets both answers' headers. */
static void make_form(Form *form, char *etag, Response *full)
{
    form->etag = etag;
    form->full = full;
    form->not_modified = response_new_empty(304);
    add_headers(form->full, form);
    add_headers(form->not_modified, form);
}

/* The two forms get two tags. With one, a cache that has the compressed form would hand it to a client
 * that cannot unpack it. */
Content *content_new(Response *full)
{
    Content *content = calloc(1, sizeof(*content));
    uint64_t value = hash(full->body, full->length);
    size_t length = 0;
    char *packed = pack(full->body, full->length, &length);

    assert(content);
    if (packed) {
        make_form(&content->packed, text_printf("\"%016" PRIx64 "-gzip\"", value),
            response_new(full->status, full->type, packed, length));
        response_add_header(content->packed.full, "Content-Encoding", "gzip");
    }
    make_form(&content->plain, text_printf("\"%016" PRIx64 "\"", value), full);
    return content;
}

static void free_form(Form *form)
{
    free(form->etag);
    response_free(form->full);
    response_free(form->not_modified);
}

void content_free(Content *content)
{
    if (!content)
        return;
    free_form(&content->plain);
    free_form(&content->packed);
    free(content);
}

/* Whether If-None-Match names this form: a list of quoted tags, weak ones too, or "*". As a tag has its
 * quotes, looking for it as text finds no part of another one. */
static bool client_has(const char *if_none_match, const Form *form)
{
    return if_none_match && (strcmp(if_none_match, "*") == 0 || strstr(if_none_match, form->etag));
}

Response *content_answer(const Content *content, const Request *request)
{
    bool packs =
        content->packed.full && accept_has_coding(request->header(request, "Accept-Encoding"), "gzip");
    const Form *form = packs ? &content->packed : &content->plain;

    return client_has(request->header(request, "If-None-Match"), form) ? form->not_modified : form->full;
}
