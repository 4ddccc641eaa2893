/* What gilscope-origin can be told on its command line. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef struct OriginOptions {
    int64_t n_ports, max_delay_ms, max_bytes;
    const char *address; /* numeric; borrowed from argv */
    bool help, version;  /* print it and end */
} OriginOptions;

enum { ORIGIN_MAX_PORTS = 64 };

/* Reads the command line over the defaults; argv[0] is passed over. Returns 0, or -EINVAL after one line
 * on standard error that names the option, its value and what is allowed; options may be half set then. */
int origin_options_parse(OriginOptions *options, char **argv);

/* Writes the help text to standard output. */
void origin_options_help(void);
