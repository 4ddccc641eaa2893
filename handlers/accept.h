/* What a client says it likes: the Accept and Accept-Encoding headers (RFC 9110, 12.5).
 *
 * Headers are read leniently: what is malformed in one is passed over, as a client that says too little
 * still wants an answer. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Returns the index of the type ("text/csv") that the header likes best, the first of equals; -1 if it likes
 * none of them. An absent (NULL) or empty header likes all. */
int accept_choose(const char *header, const char *const *types, size_t n_types);

/* Whether an Accept header (NULL: absent) names only what pages embed: images, videos, audio and style
 * sheets, and with one of these perhaps anything at all. So browsers load an image, and nobody else asks. */
bool accept_is_embedded(const char *header);

/* Whether an Accept-Encoding header (NULL: absent) allows the coding, by its name or by "*". */
bool accept_has_coding(const char *header, const char *coding);
