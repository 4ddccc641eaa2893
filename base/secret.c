#include "base/secret.h"

#include <string.h>

/* A comparison that stops at the first difference takes longer the more is right, and so a secret could be
 * guessed byte by byte with a clock. `volatile` keeps the compiler from stopping early. */
bool secret_equals(const char *secret, const char *given, size_t length)
{
    size_t secret_length = strlen(secret);
    volatile unsigned char difference = secret_length != length || secret_length == 0;

    for (size_t i = 0; i < length; i++)
        difference |= (unsigned char)(given[i] ^ secret[i < secret_length ? i : secret_length]);
    return difference == 0;
}
