/* The page and its files. They are part of the program; each is compressed once at the start, and both forms
 * are kept as constant answers. A browser asks again each time and is told 304 if it has the same, so a new
 * version is seen at once. */
#include <assert.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "handlers/accept.h"
#include "handlers/app.h"
#include "handlers/assets.h"
#include "handlers/client.h"

/* One form of a file: as it is, or compressed. */
typedef struct Form {
    char *etag; /* with its quotes */
    Response *full, *not_modified;
} Form;

typedef struct PageFile {
    const Asset *asset;
    Form plain, packed; /* packed has no answers if the file does not become smaller */
} PageFile;

struct Page {
    PageFile *files;
    size_t n_files;
};

static const struct {
    const char *suffix, *type;
} types[] = {
    {".css", "text/css; charset=utf-8"},
    {".html", "text/html; charset=utf-8"},
    {".ico", "image/x-icon"},
    {".js", "text/javascript; charset=utf-8"},
    {".json", "application/json"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".png", "image/png"},
    {".svg", "image/svg+xml"},
    {".txt", "text/plain; charset=utf-8"},
    {".webmanifest", "application/manifest+json"},
    {".woff2", "font/woff2"},
};

static const char *find_type(const char *path)
{
    const char *dot = strrchr(path, '.');

    for (size_t i = 0; dot && i < ARRAY_LENGTH(types); i++)
        if (strcmp(types[i].suffix, dot) == 0)
            return types[i].type;
    return "application/octet-stream";
}

/* FNV-1a, 64 bits: says whether two builds have the same file. */
static uint64_t hash(const unsigned char *bytes, size_t length)
{
    uint64_t value = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i < length; i++)
        value = (value ^ bytes[i]) * UINT64_C(0x100000001b3);
    return value;
}

/* Returns the gzip form, owned, or NULL if it saves nothing: the room for it is as large as the file, and
 * deflate() does not come to its end if it needs more. */
static char *pack_asset(const unsigned char *bytes, size_t length, size_t *ret_length)
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

/* Makes an answer constant and gives it the headers of its form. "no-cache" lets a browser keep the file
 * but has it ask each time; Vary tells caches that the two forms of a file are not the same. */
static void add_headers(Response *response, const Form *form)
{
    response_make_constant(response);
    response_add_header(response, "ETag", "%s", form->etag);
    response_add_header(response, "Cache-Control", "no-cache");
    response_add_header(response, "Vary", "Accept-Encoding");
}

/* Takes the etag over, and sets both answers' headers. */
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
static void make_file(PageFile *file, const Asset *asset)
{
    size_t length = (size_t)(asset->end - asset->start), packed_length = 0;
    char *packed = pack_asset(asset->start, length, &packed_length);
    const char *type = find_type(asset->path);
    uint64_t value = hash(asset->start, length);

    file->asset = asset;
    make_form(&file->plain, text_printf("\"%016" PRIx64 "\"", value),
        response_new_static(200, type, (const char *)asset->start, length));
    if (!packed)
        return;
    make_form(&file->packed, text_printf("\"%016" PRIx64 "-gzip\"", value),
        response_new(200, type, packed, packed_length));
    response_add_header(file->packed.full, "Content-Encoding", "gzip");
}

Page *page_new(void)
{
    Page *page = calloc(1, sizeof(*page));

    assert(page);
    page->files = calloc(n_assets, sizeof(*page->files));
    assert(page->files);
    page->n_files = n_assets;
    for (size_t i = 0; i < n_assets; i++)
        make_file(&page->files[i], &assets[i]);
    return page;
}

static void free_form(Form *form)
{
    free(form->etag);
    response_free(form->full);
    response_free(form->not_modified);
}

void page_free(Page *page)
{
    if (!page)
        return;
    for (size_t i = 0; i < page->n_files; i++) {
        free_form(&page->files[i].plain);
        free_form(&page->files[i].packed);
    }
    free(page->files);
    free(page);
}

static const PageFile *find_file(const Page *page, const char *path)
{
    if (strcmp(path, "/") == 0)
        path = "/index.html";
    for (size_t i = 0; i < page->n_files; i++)
        if (strcmp(page->files[i].asset->path, path) == 0)
            return &page->files[i];
    return NULL;
}

bool page_has(const App *app, const char *path)
{
    return find_file(app->page, path) != NULL;
}

/* Whether If-None-Match names this form: a list of quoted tags, weak ones too, or "*". As a tag has its
 * quotes, looking for it as text finds no part of another one. */
static bool client_has(const char *if_none_match, const Form *form)
{
    return if_none_match && (strcmp(if_none_match, "*") == 0 || strstr(if_none_match, form->etag));
}

/* The route's `has` was asked before, so the file is there. */
Response *handle_page(App *app, Request *request)
{
    const PageFile *file = find_file(app->page, request->path);
    const char *if_none_match = request->header(request, "If-None-Match");
    bool packed = file->packed.full && accept_has_coding(request->header(request, "Accept-Encoding"), "gzip");
    const Form *form = packed ? &file->packed : &file->plain;

    if (strcmp(file->asset->path, "/index.html") == 0)
        client_greet_browser(request);
    return client_has(if_none_match, form) ? form->not_modified : form->full;
}
