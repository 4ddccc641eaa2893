/* The settings as people read them: a file with comments, and the page docs/settings.md. */
#include "server/config.h"

#include <stdbool.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "server/config-runtimes.h"
#include "server/config-setting.h"

/* Columns of a line in the file. */
#define WIDTH 100

static const char preface[] =
    "The settings of gilscope's server. The environment overrides this file, as in "
    "GILSCOPE_SERVER_PORT=9000, and "
    "--set server.port=9000 overrides both. Whole numbers may be written 1000000, 1e6, 1M or 1_000_000.";

/* Writes words into lines that begin with "# " and have at most WIDTH columns. */
static void config_print_comment(const char *text, FILE *file)
{
    size_t column = 0;

    for (;;) {
        size_t length;

        text += strspn(text, " ");
        length = strcspn(text, " ");
        if (length == 0)
            break;
        if (column > 0 && column + 1 + length > WIDTH) {
            fputc('\n', file);
            column = 0;
        }
        if (column == 0)
            column = 1, fputc('#', file);
        fprintf(file, " %.*s", (int)length, text);
        column += 1 + length;
        text += length;
    }
    fputc('\n', file);
}

/* "A whole number from 0 to 65535" */
static char *config_range_sentence(const Setting *setting)
{
    char *range = setting_range(setting);

    if (*range >= 'a' && *range <= 'z')
        *range = (char)(*range - 'a' + 'A');
    return range;
}

/* "key = value" with its comment above. */
static void config_print_setting(const Setting *setting, const Config *config, FILE *file)
{
    auto_free char *range = config_range_sentence(setting);
    auto_free char *about =
        text_printf("%s. Default: %s.", range, *setting->initial ? setting->initial : "empty");
    auto_free char *value = setting_value(setting, config);

    fputc('\n', file);
    config_print_comment(setting->prose, file);
    config_print_comment(about, file);
    fprintf(file, "%s =%s%s\n", setting->key, *value ? " " : "", value);
}

/* What they are is said once, also where there are none. */
static void config_print_free(const Config *config, FILE *file)
{
    auto_free char *form = text_printf("%s = PROGRAM ARGUMENT...", config_free_setting.key);

    fputc('\n', file);
    config_print_comment(config_free_setting.prose, file);
    config_print_comment(form, file);
    for (size_t i = 0; i < setting_n_free(config); i++) {
        Setting setting = setting_free_row(config, i);
        auto_free char *value = setting_value(&setting, config);

        fprintf(file, "%s =%s%s\n", setting.key, *value ? " " : "", value);
    }
}

/* Whether the setting is the last one of its section. */
static bool setting_is_last(const Setting *setting)
{
    return setting + 1 == config_settings + config_n_settings ||
           strcmp(setting[1].section, setting->section) != 0;
}

/* The comments are made from the table, too: a file from last year says what was true then, and
 * --print-config what is true now. */
void config_print(const Config *config, FILE *file)
{
    const char *section = "";

    config_print_comment(preface, file);
    for (size_t i = 0; i < config_n_settings; i++) {
        const Setting *setting = &config_settings[i];

        if (strcmp(section, setting->section) != 0)
            fprintf(file, "\n[%s]\n", setting->section);
        section = setting->section;
        config_print_setting(setting, config, file);
        if (setting_is_free(section) && setting_is_last(setting))
            config_print_free(config, file);
    }
}

static const char page_start[] =
    "# Settings\n"
    "\n"
    "<!-- Written by gilscope --print-settings from the table in server/config-table.c. -->\n"
    "\n"
    "A setting has a section and a key, as `server.port`. Its value comes from the last of these that names "
    "it:\n"
    "\n"
    "1. the default, as it stands below and in [config.ini](../config.ini);\n"
    "2. the file of `--config FILE`;\n"
    "3. the environment: `GILSCOPE_SERVER_PORT=9000`;\n"
    "4. the command line: `--set server.port=9000`, as often as you like.\n"
    "\n"
    "A file is made of sections and keys. Whole numbers may be written `1000000`, `1e6`, `1M` or "
    "`1_000_000`.\n"
    "\n"
    "```ini\n"
    "# A comment.\n"
    "[server]\n"
    "port = 9000    ; a comment behind a value\n"
    "```\n"
    "\n"
    "Nothing is guessed: an unknown name, a name given twice, or a value out of its range ends the start, "
    "and all\n"
    "that is wrong is named at once. `gilscope --check-config` says whether all is well; it asks the "
    "engine, too,\n"
    "because only that knows which locks there are, and looks whether the programs of runtimes are there. "
    "`--print-config`\n"
    "prints what is in force, secrets included, as a file that can be read again, `--print-defaults` prints "
    "config.ini, and\n"
    "`--print-settings` prints this page.\n"
    "Settings are read once: to change one, stop the server and start it again. SIGHUP has the runtimes "
    "asked again\n"
    "what they can run.\n";

static const char table_start[] = "| setting | default | allowed | what it does |\n|---|---|---|---|\n";

static void config_print_row(const Setting *setting, FILE *file)
{
    auto_free char *range = setting_range(setting);
    const char *quote = *setting->initial ? "`" : "";

    fprintf(file, "| `%s.%s` | %s%s%s | %s | %s |\n", setting->section, setting->key, quote,
        *setting->initial ? setting->initial : "empty", quote, range, setting->prose);
}

void config_print_settings(FILE *file)
{
    const char *section = "";

    fputs(page_start, file);
    for (size_t i = 0; i < config_n_settings; i++) {
        const Setting *setting = &config_settings[i];

        if (strcmp(section, setting->section) != 0)
            fprintf(file, "\n## %s\n\n%s", setting->section, table_start);
        section = setting->section;
        config_print_row(setting, file);
        if (setting_is_free(section) && setting_is_last(setting))
            config_print_row(&config_free_setting, file);
    }
}
