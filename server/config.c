/* What concerns all settings together: their defaults, their end, and whether they fit together. */
#include "server/config.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "server/config-runtimes.h"
#include "server/config-setting.h"

/* A default is read as any other value is, so that a row that contradicts itself ends the first test. */
void config_init(Config *config)
{
    auto_problem Problem problem = {0};

    *config = (Config){0};
    for (size_t i = 0; i < config_n_settings; i++) {
        const Setting *setting = &config_settings[i];

        setting_take(setting, config, "default", setting->initial, &problem);
    }
    assert(!problem_is_set(&problem));
}

/* Every text of Config; a new one belongs here. */
void config_finish(Config *config)
{
    free(config->server.bind);
    free(config->server.hosts);
    free(config->server.cors_origins);
    free(config->server.trusted_proxies);
    free(config->server.token);
    free(config->server.instructor_token);
    free(config->lock.policy);
    free(config->fetch.allow);
    free(config->archive.path);
    free(config->log.format);
    free(config->log.level);
    free(config->runtimes.c);
    free(config->runtimes.python3);
    free(config->runtimes.pypy3);
    free(config->runtimes.jython);
    free(config->runtimes.ruby);
    for (size_t i = 0; i < config->runtimes.n_more; i++) {
        free(config->runtimes.more[i].name);
        free(config->runtimes.more[i].words);
    }
    *config = (Config){0};
}

void config_check(const Config *config, Problem *problem)
{
    if (config->limits.timeout_ms > config->limits.max_timeout_ms) {
        auto_free char *given = text_printf("%" PRId64, config->limits.timeout_ms);
        auto_free char *reason = text_printf(
            "must be at most limits.max_timeout_ms, which is %" PRId64, config->limits.max_timeout_ms);

        setting_refuse(problem, NULL, "limits", "timeout_ms", given, NULL, reason);
    }
    if (*config->server.token && strcmp(config->server.token, config->server.instructor_token) == 0)
        setting_refuse(problem, NULL, "server", "instructor_token", NULL, NULL,
            "must be another one than server.token, or everybody with a token is an instructor");
    setting_check_runtimes(config, problem);
}

/* The items were checked when the setting was taken, so they only have to be taken apart. */
json_t *config_allowed(const Config *config)
{
    json_t *allowed = json_array();
    const char *at = config->fetch.allow, *item;
    size_t length;

    while ((length = text_next_item(&at, &item)) > 0)
        json_array_append_new(allowed, json_stringn(item, length));
    return allowed;
}
