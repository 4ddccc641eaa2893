/* The digits are collected into a mantissa, the fraction, exponent and suffix into a power of ten. Nothing
 * passes through a double, so 9007199254740993 stays what it is. */
#include "base/number.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>

/* Adds digits to the mantissa. An underscore counts only between two digits: "1__0" and "1_" are typing
 * errors. Overflow is found in the moment it happens: a digit more would turn a large number into a small or
 * negative one. */
static int number_digits(const char **at, const char *end, int64_t *mantissa, int *n_digits)
{
    bool after_digit = false;

    for (; *at < end; (*at)++) {
        if (**at == '_' && after_digit && *at + 1 < end && isdigit((unsigned char)(*at)[1])) {
            after_digit = false;
            continue;
        }
        if (!isdigit((unsigned char)**at))
            break;
        if (__builtin_mul_overflow(*mantissa, 10, mantissa) ||
            __builtin_add_overflow(*mantissa, **at - '0', mantissa))
            return -ERANGE;
        (*n_digits)++;
        after_digit = true;
    }
    return 0;
}

/* Multiplies by a power of ten, exactly: 2.5k is whole, 2.5 is not. A zero is zero at any scale, and
 * skipping it keeps "0e99" from being too large. */
static int number_scale(int64_t mantissa, int power, int64_t *ret)
{
    if (mantissa == 0)
        power = 0;
    for (; power > 0; power--)
        if (__builtin_mul_overflow(mantissa, 10, &mantissa))
            return -ERANGE;
    for (; power < 0; power++) {
        if (mantissa % 10 != 0)
            return -EINVAL;
        mantissa /= 10;
    }
    *ret = mantissa;
    return 0;
}

/* 0 if it is none. */
static int number_suffix_power(char suffix)
{
    switch (suffix) {
    case 'k':
    case 'K':
        return 3;
    case 'M':
        return 6;
    case 'G':
        return 9;
    }
    return 0;
}

int number_parse(const char *text, size_t length, int64_t *ret)
{
    const char *at = text, *end = text + length;
    int64_t mantissa = 0, exponent = 0, value;
    int n_whole = 0, n_fraction = 0, n_exponent = 0, power = 0, r;
    bool negative = false;

    if (at < end && (*at == '-' || *at == '+'))
        negative = *at++ == '-';
    r = number_digits(&at, end, &mantissa, &n_whole);
    if (r < 0)
        return r;
    if (at < end && *at == '.') {
        at++;
        r = number_digits(&at, end, &mantissa, &n_fraction);
        if (r < 0)
            return r;
    }
    if (n_whole == 0)
        return -EINVAL;
    if (at < end && (*at == 'e' || *at == 'E')) {
        bool down = false;

        at++;
        if (at < end && (*at == '-' || *at == '+'))
            down = *at++ == '-';
        r = number_digits(&at, end, &exponent, &n_exponent);
        /* Beyond this the answer is known without counting: so many zeros fit into no 63 bits, and so many
         * digits cannot be taken off a mantissa that is not 0. It also keeps the exponent within an int. */
        if (r < 0 || exponent > 100)
            return down && mantissa != 0 ? -EINVAL : -ERANGE;
        if (n_exponent == 0)
            return -EINVAL;
        power = down ? -(int)exponent : (int)exponent;
    } else if (at < end && (power = number_suffix_power(*at)) != 0) {
        at++;
    }
    if (at != end)
        return -EINVAL;
    /* The digits behind the point stand in the mantissa already, so each takes one off the power: 2.5k is 25
     * times ten to the 3 - 1. */
    r = number_scale(mantissa, power - n_fraction, &value);
    if (r < 0)
        return r;
    *ret = negative ? -value : value;
    return 0;
}
