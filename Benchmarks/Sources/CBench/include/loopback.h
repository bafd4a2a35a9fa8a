// The two ends of the transport's figures: a server that costs little, and a client that is one loop of libcurl.
#ifndef BENCH_LOOPBACK_H
#define BENCH_LOOPBACK_H

#include <stddef.h>
#include <stdint.h>

// Serves on a free port of 127.0.0.1 until the standard input ends; prints the port first. One thread, one epoll.
// With a certificate and its key (PEM files) over TLS, else in clear. Every request gets the same 200 with a body.
int bench_server_run(const char *certificate_file, const char *key_file);

typedef struct bench_curl bench_curl;

// A client that keeps `in_flight` POST requests of `body` under way with curl_multi_perform and curl_multi_poll, on
// handles whose options are set once. `ca_file` is NULL for http.
bench_curl *bench_curl_new(const char *url, const char *ca_file, const char *body, size_t in_flight);
void bench_curl_free(bench_curl *client);
// Sends `count` requests and writes how long each took, in nanoseconds; returns how many were answered with 200 and a
// body.
size_t bench_curl_batch(bench_curl *client, size_t count, uint64_t *latencies);

#endif
