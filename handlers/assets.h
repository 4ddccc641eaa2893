/* Files as they are built into the program. assets.c is generated from static/ and Chart.js, documents.c
 * from what stands beside the code.
 *
 * The script embed.sh writes both files when the program is built. So the server needs no folder of files
 * at run time, and page and program are always of one version. */
#pragma once

#include <stddef.h>

typedef struct Asset {
    const char *path;           /* "/index.html" */
    const unsigned char *start; /* not terminated */
    const unsigned char *end;
} Asset;

/* The page. */
extern const Asset assets[];
extern const size_t n_assets;

/* Others: "openapi.json". */
extern const Asset documents[];
extern const size_t n_documents;
