#include "base/enough.h"

#include "base/text.h"

size_t enough_for_percentile(unsigned percentile)
{
    size_t beyond = 100 - percentile, needed = (100 + beyond - 1) / beyond;

    return needed > ENOUGH_FOR_SPREAD ? needed : ENOUGH_FOR_SPREAD;
}

char *enough_reason(size_t n, const char *value, const char *figure, size_t needed)
{
    return text_printf(
        "%zu %s%s too few for %s, which needs %zu", n, value, n == 1 ? " is" : "s are", figure, needed);
}
