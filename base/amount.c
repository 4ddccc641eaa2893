/* A sentence needs the size of a thing and not its digits: nobody knows what 2571041 s are. One unit is
 * enough where there are ten or more of it; below that the next smaller one stands beside it, because 1
 * minute and 1 minute 50 s differ by nearly half. */
#include "base/amount.h"

#include "base/array.h"
#include "base/text.h"

enum { WHOLE_FROM = 10 };

static const struct {
    const char *one, *many;
    int64_t seconds;
} units[] = {
    {"year", "years", 365 * 86400},
    {"day", "days", 86400},
    {"hour", "hours", 3600},
    {"minute", "minutes", 60},
    {"s", "s", 1},
};

static int64_t amount_divide(int64_t value, int64_t by, bool up)
{
    return value / by + (up && value % by > 0);
}

/* "9 days 4 hours", of whole seconds. What was rounded can be a whole number of the next larger unit (60
 * minutes), so the rounded time is looked at again; then nothing is left to round. */
static char *amount_long_time(int64_t seconds, bool up)
{
    size_t i = 0;
    int64_t step, rounded, n, rest;

    while (i + 1 < ARRAY_LENGTH(units) && seconds < units[i].seconds)
        i++;
    step = seconds / units[i].seconds >= WHOLE_FROM || i + 1 == ARRAY_LENGTH(units) ? units[i].seconds
                                                                                    : units[i + 1].seconds;
    rounded = amount_divide(seconds, step, up) * step;
    if (rounded != seconds)
        return amount_long_time(rounded, up);
    n = seconds / units[i].seconds;
    rest = seconds % units[i].seconds / step;
    if (rest == 0)
        return text_printf("%lld %s", (long long)n, n == 1 ? units[i].one : units[i].many);
    return text_printf("%lld %s %lld %s", (long long)n, n == 1 ? units[i].one : units[i].many,
        (long long)rest, rest == 1 ? units[i + 1].one : units[i + 1].many);
}

char *amount_time(int64_t ms, bool up)
{
    int64_t tenths = amount_divide(ms, 100, up);

    if (ms < 1000)
        return text_printf("%lld ms", (long long)ms);
    if (tenths < WHOLE_FROM * 10 && tenths % 10 > 0)
        return text_printf("%lld.%lld s", (long long)tenths / 10, (long long)tenths % 10);
    return amount_long_time(tenths < WHOLE_FROM * 10 ? tenths / 10 : amount_divide(ms, 1000, up), up);
}

/* The next unit from 10,000 of the smaller one on: 1,500 MB are compared with a limit of 900 MB. */
char *amount_bytes(double bytes)
{
    static const char *const names[] = {"KB", "MB", "GB", "TB", "PB"};
    double size = bytes / 1000;
    size_t i = 0;

    while (i + 1 < ARRAY_LENGTH(names) && (i == 0 ? size >= 1000 : size >= 10000)) {
        size /= 1000;
        i++;
    }
    return text_printf("%.0f %s", size, names[i]);
}
