#include "loopback.h"
#include "process.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

struct exchange {
    CURL *handle;
    uint64_t start;
    size_t header_size, size, capacity;
    char *body;
};

struct bench_curl {
    CURLM *multi;
    struct curl_slist *header;
    size_t in_flight;
    struct exchange *exchanges;
};

static size_t on_header(char *bytes, size_t size, size_t count, void *context) {
    struct exchange *exchange = context;
    exchange->header_size += size * count;
    return size * count;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context) {
    struct exchange *exchange = context;
    size_t more = size * count;
    if (exchange->size + more > exchange->capacity) {
        exchange->capacity = (exchange->size + more) * 2;
        exchange->body = realloc(exchange->body, exchange->capacity);
    }
    memcpy(exchange->body + exchange->size, bytes, more);
    exchange->size += more;
    return more;
}

bench_curl *bench_curl_new(const char *url, const char *ca_file, const char *body, size_t in_flight) {
    curl_global_init(CURL_GLOBAL_DEFAULT);
    bench_curl *client = calloc(1, sizeof *client);
    client->multi = curl_multi_init();
    curl_multi_setopt(client->multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)in_flight);
    curl_multi_setopt(client->multi, CURLMOPT_MAXCONNECTS, (long)in_flight * 2);
    client->header = curl_slist_append(NULL, "accept: application/json");
    client->header = curl_slist_append(client->header, "content-type: application/x-www-form-urlencoded");
    client->header = curl_slist_append(client->header, "Expect:");
    client->in_flight = in_flight;
    client->exchanges = calloc(in_flight, sizeof *client->exchanges);
    for (size_t i = 0; i < in_flight; i++) {
        struct exchange *exchange = &client->exchanges[i];
        CURL *handle = exchange->handle = curl_easy_init();
        curl_easy_setopt(handle, CURLOPT_URL, url);
        curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
        curl_easy_setopt(handle, CURLOPT_ACCEPT_ENCODING, "gzip");
        // As ours: libcurl spends time on each character of a field.
        curl_easy_setopt(handle, CURLOPT_USERAGENT, "itsme-rp-swift");
        curl_easy_setopt(handle, CURLOPT_PROXY, "");
        if (ca_file != NULL) {
            curl_easy_setopt(handle, CURLOPT_CAINFO, ca_file);
        }
        curl_easy_setopt(handle, CURLOPT_HTTPHEADER, client->header);
        curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE, (long)strlen(body));
        curl_easy_setopt(handle, CURLOPT_COPYPOSTFIELDS, body);
        curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, on_header);
        curl_easy_setopt(handle, CURLOPT_HEADERDATA, exchange);
        curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, on_body);
        curl_easy_setopt(handle, CURLOPT_WRITEDATA, exchange);
        curl_easy_setopt(handle, CURLOPT_PRIVATE, exchange);
    }
    return client;
}

void bench_curl_free(bench_curl *client) {
    for (size_t i = 0; i < client->in_flight; i++) {
        curl_easy_cleanup(client->exchanges[i].handle);
        free(client->exchanges[i].body);
    }
    curl_multi_cleanup(client->multi);
    curl_slist_free_all(client->header);
    free(client->exchanges);
    free(client);
}

static void start(bench_curl *client, struct exchange *exchange) {
    exchange->size = exchange->header_size = 0;
    exchange->start = bench_wall();
    curl_multi_add_handle(client->multi, exchange->handle);
}

size_t bench_curl_batch(bench_curl *client, size_t count, uint64_t *latencies) {
    size_t started = 0, ended = 0, good = 0;
    while (started < client->in_flight && started < count) {
        start(client, &client->exchanges[started++]);
    }
    while (ended < count) {
        int running = 0, left = 0;
        CURLMsg *message;
        curl_multi_perform(client->multi, &running);
        while ((message = curl_multi_info_read(client->multi, &left)) != NULL) {
            struct exchange *exchange = NULL;
            long status = 0;
            CURL *handle = message->easy_handle;
            CURLcode code = message->data.result;
            curl_easy_getinfo(handle, CURLINFO_PRIVATE, (char **)&exchange);
            curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
            good += code == CURLE_OK && status == 200 && exchange->size > 0;
            latencies[ended++] = bench_wall() - exchange->start;
            curl_multi_remove_handle(client->multi, handle);
            if (started < count) {
                started++;
                start(client, exchange);
            }
        }
        if (ended < count) {
            curl_multi_poll(client->multi, NULL, 0, 1000, NULL);
        }
    }
    return good;
}
