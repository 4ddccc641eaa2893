/* Settings from a file.
 *
 * The file is parsed by inih, which forgives much: it takes an indented line for more of the value above,
 * cuts long lines, knows no line numbers, accepts "key: value", and never says that a section is unknown. So
 * the reader that feeds it looks at each raw line first. A line that it refuses reaches inih as an empty one,
 * and a section that it refuses as UNKNOWN_SECTION, so that the keys below are neither read nor reported.
 * inih calls the handler for a line before it asks the reader for the next one, therefore the reader's line
 * number is the handler's too. */
#include "server/config.h"

#include <assert.h>
#include <errno.h>
#include <ini.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "server/config-setting.h"

#define FILE_MAX 65536
#define UNKNOWN_SECTION "?"

typedef struct Reader {
    Config *config;
    Problem *problem;
    const char *name; /* of the file, for errors */
    const char *at;   /* what is not read yet, up to end */
    const char *end;
    unsigned n_lines;    /* read so far: the current line's number */
    bool awaits_key;     /* the current line should reach the handler */
    unsigned *set_lines; /* for each setting the line that set it, or 0 */
} Reader;

static void reader_refuse(Reader *reader, const char *section, const char *key, const char *got,
    json_t *allowed, const char *reason)
{
    auto_free char *where = text_printf("%s:%u", reader->name, reader->n_lines);

    setting_refuse(reader->problem, where, section, key, got, allowed, reason);
}

static int take_key(void *data, const char *section, const char *key, const char *value)
{
    Reader *reader = data;
    const Setting *setting = setting_find(section, key);
    auto_free char *where = text_printf("%s:%u", reader->name, reader->n_lines);
    unsigned *set_line;

    reader->awaits_key = false;
    if (strcmp(section, UNKNOWN_SECTION) == 0)
        return 1;
    if (!setting) {
        if (*section == '\0')
            reader_refuse(reader, NULL, NULL, key, setting_names(NULL), "stands before the first section");
        else
            reader_refuse(reader, section, key, value, setting_names(section), "no such setting");
        return 1;
    }
    set_line = &reader->set_lines[setting - config_settings];
    if (*set_line > 0) {
        auto_free char *twice = text_printf("is set in line %u already", *set_line);

        reader_refuse(reader, section, key, value, NULL, twice);
        return 1;
    }
    *set_line = reader->n_lines;
    setting_take(setting, reader->config, where, value, reader->problem);
    return 1;
}

/* Looks at "[section]" and returns what inih shall read in its place. */
static const char *check_section(Reader *reader, const char *line)
{
    size_t length = strcspn(line + 1, "]");
    auto_free char *section = strndup(line + 1, length);
    const char *behind = line + 1 + length;

    assert(section);
    if (*behind == ']')
        behind += 1 + strspn(behind + 1, " \t\r");
    else
        behind = NULL;
    if (!behind || (*behind != '\0' && *behind != ';' && *behind != '#'))
        reader_refuse(reader, NULL, NULL, line, NULL, "a section is a name in brackets, alone in its line");
    else if (!setting_is_section(section))
        reader_refuse(reader, NULL, NULL, section, setting_names(NULL), "no such section");
    else
        return line;
    return "[" UNKNOWN_SECTION "]";
}

/* Looks at one line, which has no NUL byte, and returns what inih shall read in its place. */
static const char *check_line(Reader *reader, const char *line, size_t max)
{
    const char *first = line + strspn(line, " \t\n\v\f\r");

    if (*first == '\0' || *first == '#' || *first == ';')
        return "";
    if (first > line) {
        reader_refuse(reader, NULL, NULL, first, NULL, "must not be indented");
        return "";
    }
    if (strlen(line) > max) {
        auto_free char *length = text_printf("the line is longer than %zu bytes", max);

        reader_refuse(reader, NULL, NULL, line, NULL, length);
        return "";
    }
    if (*line == '[')
        return check_section(reader, line);
    if (line[strcspn(line, "=:")] != '=') {
        reader_refuse(reader, NULL, NULL, line, NULL, "must be key = value");
        return "";
    }
    reader->awaits_key = true;
    return line;
}

/* A line that inih did not take for a key after all: what it has instead is a comment. */
static void check_key_came(Reader *reader)
{
    if (reader->awaits_key)
        reader_refuse(reader, NULL, NULL, NULL, NULL, "must be key = value");
    reader->awaits_key = false;
}

/* The reader: like fgets(), from memory. */
static char *read_line(char *buffer, int size, void *data)
{
    Reader *reader = data;
    const char *newline, *accepted = "";
    auto_free char *line = NULL;
    size_t length;

    check_key_came(reader);
    if (reader->at == reader->end)
        return NULL;
    newline = memchr(reader->at, '\n', (size_t)(reader->end - reader->at));
    length = (size_t)((newline ? newline : reader->end) - reader->at);
    line = strndup(reader->at, length);
    assert(line);
    reader->at += newline ? length + 1 : length;
    reader->n_lines++;
    if (strlen(line) < length)
        reader_refuse(reader, NULL, NULL, line, NULL, "the line has a NUL byte");
    else
        accepted = check_line(reader, line, (size_t)size - 2);
    stpcpy(stpcpy(buffer, accepted), "\n");
    return buffer;
}

void config_read_text(Config *config, const char *name, const char *text, size_t length, Problem *problem)
{
    static const char byte_order_mark[] = {'\xef', '\xbb', '\xbf'};
    auto_free unsigned *set_lines = calloc(config_n_settings, sizeof(*set_lines));
    Reader reader = {.config = config,
        .problem = problem,
        .name = name,
        .at = text,
        .end = text + length,
        .set_lines = set_lines};
    int r;

    assert(set_lines);
    if (length >= sizeof(byte_order_mark) && memcmp(text, byte_order_mark, sizeof(byte_order_mark)) == 0)
        reader.at += sizeof(byte_order_mark);
    r = ini_parse_stream(read_line, &reader, take_key, &reader);
    /* The reader leaves nothing for inih to find. If it does find something, it is not passed over. */
    if (r != 0 && !problem_is_set(problem))
        setting_refuse(problem, name, NULL, NULL, NULL, NULL, "cannot be parsed");
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
