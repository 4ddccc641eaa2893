/* Three ways in which a name can be near, from the nearest to the farthest:
 *
 * - It is the same but for upper and lower case and for what stands between its words: "Switch-Interval-US".
 * - A few letters are wrong: Damerau's distance, in which a letter too many, too few or another one costs one
 *   step, and so do two neighbours that changed places ("serail"). How many steps are a few depends on the
 *   length: with two steps any word of three letters becomes any other.
 * - One of them begins with the other ("timeout", "thread_count") or has it as a whole word ("interval").
 *
 * A suggestion that is far-fetched is worse than none, because it sends a person the wrong way with the
 * authority of the program. So the limits are narrow, and where nothing is near nothing is suggested. */
#include "base/near.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Costs are compared with one another only. A step costs ten, so that beginnings and words, which cost a
 * little more for each letter that is left over, can stand between one step and three. */
enum {
    NEAR_STEP = 10,
    NEAR_BEGINNING = 12,
    NEAR_WORD = 22,
    NEAR_NOTHING = 1000,
    NEAR_SHORTEST_PART = 3, /* letters of a beginning or a word: shorter ones begin nearly anything */
};

/* Letters without their case, and one separator for all of them. */
static int near_letter(char c)
{
    return c == '-' || c == '.' || c == ' ' ? '_' : tolower((unsigned char)c);
}

static bool near_same(const char *a, const char *b, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (near_letter(a[i]) != near_letter(b[i]))
            return false;
    return true;
}

/* How many steps a name of so many letters may be away. */
static int near_steps_allowed(size_t length)
{
    return length < 3 ? 0 : length < 5 ? 1 : length < 9 ? 2 : 3;
}

static int near_least(int a, int b)
{
    return a < b ? a : b;
}

/* The distance of "optimal string alignment": Damerau's, but no part is changed twice. Three rows of the
 * table are enough, because a swap of neighbours looks back two rows. */
static int near_distance(const char *a, size_t n_a, const char *b, size_t n_b)
{
    int rows[3][NEAR_MAX + 1];

    for (size_t j = 0; j <= n_b; j++)
        rows[0][j] = (int)j;
    for (size_t i = 1; i <= n_a; i++) {
        int *row = rows[i % 3], *above = rows[(i + 2) % 3], *twice_above = rows[(i + 1) % 3];

        row[0] = (int)i;
        for (size_t j = 1; j <= n_b; j++) {
            bool is_same = near_letter(a[i - 1]) == near_letter(b[j - 1]);
            bool is_swapped = i > 1 && j > 1 && near_letter(a[i - 1]) == near_letter(b[j - 2]) &&
                              near_letter(a[i - 2]) == near_letter(b[j - 1]);

            row[j] = near_least(near_least(row[j - 1], above[j]) + 1, above[j - 1] + !is_same);
            if (is_swapped)
                row[j] = near_least(row[j], twice_above[j - 2] + 1);
        }
    }
    return rows[n_a % 3][n_b];
}

static int near_cost_of_steps(const char *a, size_t n_a, const char *b, size_t n_b)
{
    size_t shorter = n_a < n_b ? n_a : n_b, longer = n_a < n_b ? n_b : n_a;
    int allowed = near_steps_allowed(shorter), steps;

    if (n_a == n_b && near_same(a, b, n_a))
        return 0;
    if (longer - shorter > (size_t)allowed)
        return NEAR_NOTHING;
    steps = near_distance(a, n_a, b, n_b);
    return steps <= allowed ? steps * NEAR_STEP : NEAR_NOTHING;
}

static bool near_ends_word(const char *text, size_t length, size_t at)
{
    return at == length || !isalnum((unsigned char)text[at]);
}

/* The part at the beginning of the whole, or as a word anywhere in it. */
static int near_cost_of_part(const char *part, size_t n_part, const char *whole, size_t n_whole)
{
    if (n_part < NEAR_SHORTEST_PART || n_part >= n_whole)
        return NEAR_NOTHING;
    if (near_same(part, whole, n_part))
        return NEAR_BEGINNING + (int)(n_whole - n_part);
    for (size_t at = 1; at + n_part <= n_whole; at++)
        if (!isalnum((unsigned char)whole[at - 1]) && near_ends_word(whole, n_whole, at + n_part) &&
            near_same(part, whole + at, n_part))
            return NEAR_WORD + (int)(n_whole - n_part);
    return NEAR_NOTHING;
}

void near_begin(Near *near, const char *given)
{
    *near = (Near){.given = given, .length = given ? strnlen(given, NEAR_MAX + 1) : 0, .cost = NEAR_NOTHING};
}

/* Of names that are equally near the first one stays. */
void near_offer(Near *near, const char *name)
{
    size_t length = strnlen(name, NEAR_MAX + 1);
    int cost;

    if (near->length == 0 || near->length > NEAR_MAX || length == 0 || length > NEAR_MAX)
        return;
    cost = near_cost_of_steps(near->given, near->length, name, length);
    cost = near_least(cost, near_cost_of_part(near->given, near->length, name, length));
    cost = near_least(cost, near_cost_of_part(name, length, near->given, near->length));
    if (cost >= near->cost)
        return;
    near->cost = cost;
    near->best = name;
}

void near_refuse_option(const char *program, const char *argument, const Near *near)
{
    if (near->best)
        fprintf(stderr, "%s: there is no option %s; did you mean --%s?\n", program, argument, near->best);
    else
        fprintf(stderr, "%s: there is no option %s; see --help\n", program, argument);
}
