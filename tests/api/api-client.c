#include "tests/api/api-client.h"

#include <arpa/inet.h>
#include <check.h>
#include <curl/curl.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"

void api_answer_finish(ApiAnswer *answer)
{
    free(answer->body);
    free(answer->headers);
    json_decref(answer->json);
    *answer = (ApiAnswer){0};
}

char *api_answer_header(const ApiAnswer *answer, const char *name)
{
    size_t length = strlen(name);

    for (const char *line = answer->headers; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncasecmp(line, name, length) == 0 && line[length] == ':') {
            line += length + 1;
            line += strspn(line, " ");
            return strndup(line, strcspn(line, "\r\n"));
        }
    }
    return NULL;
}

static size_t on_bytes(char *bytes, size_t size, size_t n, void *data)
{
    return fwrite(bytes, size, n, data);
}

void *api_connection_new(void)
{
    CURL *curl = curl_easy_init();

    ck_assert_ptr_nonnull(curl);
    return curl;
}

void api_connection_free(void *connection)
{
    curl_easy_cleanup(connection);
}

ApiAnswer api_ask(const ApiServer *server, ApiAsk ask)
{
    auto_free char *url = text_printf("http://127.0.0.1:%d%s", server->port, ask.path);
    CURL *curl = ask.connection ? ask.connection : api_connection_new();
    struct curl_slist *headers = ask.header ? curl_slist_append(NULL, ask.header) : NULL;
    ApiAnswer answer = {0};
    size_t headers_length;
    FILE *body = open_memstream(&answer.body, &answer.length);
    FILE *head = open_memstream(&answer.headers, &headers_length);
    CURLcode code;

    if (ask.also)
        headers = curl_slist_append(headers, ask.also);
    curl_easy_reset(curl);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)API_PATIENCE_S);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, body);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_bytes);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, head);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_INTERFACE, ask.from);
    if (ask.body) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, ask.body);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)(ask.length ? ask.length : strlen(ask.body)));
    }
    if (ask.method)
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, ask.method);
    if (ask.method && strcmp(ask.method, "HEAD") == 0)
        curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);

    code = curl_easy_perform(curl);
    ck_assert_msg(code == CURLE_OK, "%s: %s", ask.path, curl_easy_strerror(code));
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.status);
    fclose(body);
    fclose(head);
    curl_slist_free_all(headers);
    if (!ask.connection)
        api_connection_free(curl);
    answer.json = json_loadb(answer.body, answer.length, 0, NULL);
    return answer;
}

ApiAnswer api_get(const ApiServer *server, const char *path)
{
    return api_ask(server, (ApiAsk){.path = path});
}

ApiAnswer api_get_cut_short(
    const ApiServer *server, const char *path, int *timeout_ms, bool (*came_so_far)(const ApiAnswer *answer))
{
    for (;; *timeout_ms *= 3) {
        auto_free char *limited = text_printf("%s&timeout_ms=%d", path, *timeout_ms);
        ApiAnswer answer = api_get(server, limited);

        if (came_so_far(&answer) || *timeout_ms > API_PATIENCE_S * 1000)
            return answer;
        api_answer_finish(&answer);
    }
}

int api_connect(const ApiServer *server)
{
    return api_connect_small(server, 0);
}

int api_connect_small(const ApiServer *server, int room)
{
    const struct sockaddr_in address = {.sin_family = AF_INET,
        .sin_port = htons((uint16_t)server->port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const struct timeval patience = {.tv_sec = API_PATIENCE_S};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)), 0);
    if (room > 0)
        ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room)), 0);
    ck_assert_int_eq(connect(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
    return fd;
}

int api_send(const ApiServer *server, const char *bytes)
{
    int fd = api_connect(server);

    ck_assert_int_eq(text_write_fd(fd, bytes, strlen(bytes)), 0);
    return fd;
}

int api_send_get(const ApiServer *server, const char *path)
{
    auto_free char *request =
        text_printf("GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", path);

    return api_send(server, request);
}

/* A reset is an end like any other: what came before it counts. */
char *api_receive(int fd)
{
    char *text = NULL, piece[4096];
    size_t length;
    FILE *file = open_memstream(&text, &length);
    ssize_t n;

    while ((n = recv(fd, piece, sizeof(piece), 0)) > 0)
        fwrite(piece, 1, (size_t)n, file);
    ck_assert_msg(n == 0 || errno != EAGAIN, "the server does not close the connection");
    fclose(file);
    close(fd);
    return text;
}

json_t *api_receive_json(int fd)
{
    auto_free char *text = api_receive(fd);
    const char *body = strstr(text, "\r\n\r\n");
    json_t *json = body ? json_loads(body + 4, 0, NULL) : NULL;

    ck_assert_msg(json, "no JSON: %s", text);
    return json;
}
