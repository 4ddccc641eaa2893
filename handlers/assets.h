/* The page's files as they are built into the program; assets.c is generated from static/ and Chart.js. */
#pragma once

#include <stddef.h>

typedef struct Asset {
    const char *path;           /* "/index.html" */
    const unsigned char *start; /* not terminated */
    const unsigned char *end;
} Asset;

extern const Asset assets[];
extern const size_t n_assets;
