/* Files as they are built into the program. assets.c is generated from static/ and Chart.js, documents.c from
 * what stands beside the code. */
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
