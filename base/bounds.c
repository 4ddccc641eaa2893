/* jansson reads and writes what is nested up to 2,048 deep. A value just below that can be read, and not be
 * written any more once it stands inside of something else; so whoever passes a value on has to know how deep
 * it is. The walk ends at the first part that is too deep, and so is itself no deeper than allowed. */
#include "base/bounds.h"

bool bounds_depth_is_within(const json_t *value, int depth)
{
    const char *name;
    json_t *part;
    size_t i;

    if (!json_is_array(value) && !json_is_object(value))
        return true;
    if (depth == 0)
        return false;
    json_array_foreach (value, i, part) {
        if (!bounds_depth_is_within(part, depth - 1))
            return false;
    }
    json_object_foreach ((json_t *)value, name, part) {
        if (!bounds_depth_is_within(part, depth - 1))
            return false;
    }
    return true;
}

/* Each value but the first stands behind a comma, or is the first in a list or an object. What stands in
 * quotes is no value of its own. Of a text that is no JSON the number means nothing, and there it need not.
 */
size_t bounds_count_values(const char *text, size_t length)
{
    bool is_quoted = false;
    size_t n = 0;

    for (size_t i = 0; i < length; i++) {
        if (text[i] == '"')
            is_quoted = !is_quoted;
        else if (is_quoted)
            i += text[i] == '\\';
        else
            n += text[i] == ',' || text[i] == '[' || text[i] == '{';
    }
    return n;
}
