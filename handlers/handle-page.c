/* The page and its files. They are part of the program; each becomes a content once, at the start. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "handlers/app.h"
#include "handlers/assets.h"
#include "handlers/client.h"
#include "handlers/content.h"

typedef struct PageFile {
    const Asset *asset;
    Content *content;
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

static PageFile make_file(const Asset *asset)
{
    return (PageFile){asset, content_new(response_new_static(200, find_type(asset->path),
                                 (const char *)asset->start, (size_t)(asset->end - asset->start)))};
}

Page *page_new(void)
{
    Page *page = calloc(1, sizeof(*page));

    assert(page);
    page->files = calloc(n_assets, sizeof(*page->files));
    assert(page->files);
    page->n_files = n_assets;
    for (size_t i = 0; i < n_assets; i++)
        page->files[i] = make_file(&assets[i]);
    return page;
}

void page_free(Page *page)
{
    if (!page)
        return;
    for (size_t i = 0; i < page->n_files; i++)
        content_free(page->files[i].content);
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

/* The route's `has` was asked before, so the file is there. */
Response *handle_page(App *app, Request *request)
{
    const PageFile *file = find_file(app->page, request->path);

    if (strcmp(file->asset->path, "/index.html") == 0)
        client_greet_browser(request);
    return content_answer(file->content, request);
}
