/* Settings from a file: sections, keys and comments, line by line. Nothing is guessed. A line that fits none
 * of these is refused with its number and what is wrong with it, and the reader goes on with the next one, so
 * that a person sees all that is wrong at once. Below a section that does not exist no key can be right or
 * wrong, so none is reported. */
#include "server/config.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "base/utf8.h"
#include "server/config-runtimes.h"
#include "server/config-setting.h"
#include "server/config-table.h"

enum { FILE_MAX = 65536 };

static const char blanks[] = " \t\v\f";

typedef struct Reader {
    Config *config;
    Problem *problem;
    char *where;         /* "config.ini:12": the current line, for errors */
    unsigned line;       /* its number, from 1 */
    char *section;       /* the one that the line belongs to; NULL: none yet */
    bool is_unknown;     /* it does not exist */
    unsigned *set_lines; /* for each setting the line that set it, or 0 */
    json_t *free_lines;  /* the same of keys that the table does not name; none is missing */
} Reader;

/* A line that is none. */
static void reader_complain(Reader *reader, const char *got, json_t *allowed, const char *reason)
{
    setting_refuse(reader->problem, reader->where, NULL, NULL, got, allowed, reason);
}

static void reader_refuse_section(Reader *reader)
{
    json_auto_t *names = setting_names(NULL);

    setting_refuse_unknown(reader->problem, reader->where, NULL, NULL, reader->section,
        problem_nearest(reader->section, json_object_get(names, "choices")));
}

/* "[server]", perhaps with a comment behind it. */
static void reader_read_section(Reader *reader, const char *line)
{
    size_t length = strcspn(line + 1, "]");
    const char *behind = line + 1 + length + (line[1 + length] == ']');

    behind += strspn(behind, blanks);
    free(reader->section);
    reader->section = strndup(line + 1, length);
    assert(reader->section);
    reader->is_unknown = true;
    if (line[1 + length] != ']' || !strchr(";#", *behind))
        reader_complain(reader, line, NULL, "a section is a name in brackets, alone in its line");
    else if (!setting_is_section(reader->section))
        reader_refuse_section(reader);
    else
        reader->is_unknown = false;
}

/* A comment behind a value begins with a semicolon that has a blank before it: other semicolons, and all #,
 * may be part of a path. */
static size_t reader_length_without_comment(const char *text)
{
    const char *semicolon = text;

    while ((semicolon = strchr(semicolon, ';'))) {
        if (semicolon > text && strchr(blanks, semicolon[-1]))
            return (size_t)(semicolon - text);
        semicolon++;
    }
    return strlen(text);
}

/* Returns the line that has set the key before; 0: this one is the first. setting is NULL for a key that the
 * table does not name; the key may be any bytes then. */
static unsigned reader_note_line(Reader *reader, const Setting *setting, const char *key)
{
    auto_free char *clean = utf8_clean(key, strlen(key));
    unsigned before = setting ? reader->set_lines[setting - config_settings]
                              : (unsigned)json_integer_value(json_object_get(reader->free_lines, clean));

    if (before == 0 && setting)
        reader->set_lines[setting - config_settings] = reader->line;
    else if (before == 0)
        json_object_set_new(reader->free_lines, clean, json_integer((json_int_t)reader->line));
    return before;
}

/* It is refused even if both say the same: one of them will be changed some day, and the other one win. */
static void reader_refuse_twice(Reader *reader, const char *key, const char *value, unsigned set_line)
{
    auto_free char *twice = text_printf("is set in line %u already", set_line);

    setting_refuse(reader->problem, reader->where, reader->section, key, value, NULL, twice);
}

static void reader_set_key(Reader *reader, const char *key, const char *value)
{
    const Setting *setting = setting_find(reader->section, key), *near;
    auto_free char *name = NULL;
    unsigned set_line;

    if (!setting && !setting_is_free(reader->section)) {
        near = setting_nearest(reader->section, key);
        name = near ? text_printf("%s.%s", near->section, near->key) : NULL;
        setting_refuse_unknown(
            reader->problem, reader->where, reader->section, key, setting_showable(near, value), name);
        return;
    }
    set_line = reader_note_line(reader, setting, key);
    if (set_line > 0)
        reader_refuse_twice(reader, key, value, set_line);
    else if (setting)
        setting_take(setting, reader->config, reader->where, value, reader->problem);
    else
        setting_take_free(reader->config, reader->where, key, value, reader->problem);
}

/* Returns a copy without the blanks on both sides. */
static char *reader_copy_trimmed(const char *start, const char *end)
{
    char *copy;

    while (start < end && strchr(blanks, *start))
        start++;
    while (start < end && strchr(blanks, end[-1]))
        end--;
    copy = strndup(start, (size_t)(end - start));
    assert(copy);
    return copy;
}

/* A key above all sections. */
static void reader_refuse_homeless(Reader *reader, const char *key)
{
    const Setting *near = setting_nearest(NULL, key);
    json_t *names = setting_names(NULL);
    auto_free char *list = problem_names(json_object_get(names, "choices"));
    auto_free char *reason =
        near ? text_printf("stands before the first section; it belongs below [%s]", near->section)
             : text_printf("stands before the first section; there are %s", list);

    reader_complain(reader, key, names, reason);
}

/* "token: abc" is not shown whole: its first word is probably the key. */
static void reader_refuse_line(Reader *reader, const char *line, const char *reason)
{
    auto_free char *word = strndup(line, strcspn(line, " \t=:"));
    const Setting *near;

    assert(word);
    near = setting_nearest(reader->section, word);
    reader_complain(reader, setting_showable(near, line), NULL, reason);
}

/* "key = value", perhaps with a comment behind it. */
static void reader_read_key(Reader *reader, const char *line)
{
    const char *end = line + reader_length_without_comment(line), *equals = line + strcspn(line, "=:");
    auto_free char *key = NULL, *value = NULL;

    if (equals >= end || *equals != '=') {
        reader_refuse_line(reader, line, "must be key = value");
        return;
    }
    key = reader_copy_trimmed(line, equals);
    value = reader_copy_trimmed(equals + 1, end);
    if (!reader->section)
        reader_refuse_homeless(reader, key);
    else if (!reader->is_unknown)
        reader_set_key(reader, key, value);
}

/* Other parsers take an indented line for more of the value above it, so here it is nothing. */
static void reader_read_line(Reader *reader, const char *line, size_t length)
{
    const char *first = line + strspn(line, blanks);

    if (strlen(line) < length)
        reader_complain(reader, line, NULL, "the line has a NUL byte");
    else if (*first == '\0' || *first == '#' || *first == ';')
        return;
    else if (first > line)
        reader_refuse_line(reader, first, "must not be indented");
    else if (*line == '[')
        reader_read_section(reader, line);
    else
        reader_read_key(reader, line);
}

void config_read_text(Config *config, const char *name, const char *text, size_t length, Problem *problem)
{
    static const char byte_order_mark[] = {'\xef', '\xbb', '\xbf'};
    const char *at = text, *end = text + length;
    Reader reader = {
        .config = config,
        .problem = problem,
        .set_lines = calloc(config_n_settings, sizeof(*reader.set_lines)),
        .free_lines = json_object(),
    };

    assert(reader.set_lines);
    /* Some editors put a byte order mark in front, which would be part of the first section's name. */
    if (length >= sizeof(byte_order_mark) && memcmp(text, byte_order_mark, sizeof(byte_order_mark)) == 0)
        at += sizeof(byte_order_mark);
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        size_t line_length = (size_t)((newline ? newline : end) - at);
        /* A file that was written on Windows has a carriage return before each newline. */
        size_t without_return = line_length - (line_length > 0 && at[line_length - 1] == '\r');
        auto_free char *line = strndup(at, without_return);
        auto_free char *where = text_printf("%s:%u", name, ++reader.line);

        assert(line);
        reader.where = where;
        reader_read_line(&reader, line, without_return);
        at += line_length + (newline != NULL);
    }
    free(reader.section);
    free(reader.set_lines);
    json_decref(reader.free_lines);
}

void config_read_file(Config *config, const char *path, Problem *problem)
{
    auto_free char *text = NULL;
    size_t length;
    int r = text_read_file(path, FILE_MAX, &text, &length);

    if (r == -EFBIG)
        setting_refuse(problem, path, NULL, NULL, NULL, NULL, "is larger than 65536 bytes");
    else if (r < 0)
        setting_refuse(problem, path, NULL, NULL, NULL, NULL, strerror(-r));
    else
        config_read_text(config, path, text, length, problem);
}
