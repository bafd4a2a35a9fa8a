// What Swift needs of libcurl: its headers, one typed function per kind of variadic call, and what is
// shorter in C: addresses of sockets, lists that are overwritten.
#ifndef ITSMERP_CCURL_SHIM_H
#define ITSMERP_CCURL_SHIM_H

#include <curl/curl.h>
#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

// CURLOPT_QUICK_EXIT (7.87) and CURLOPT_PROTOCOLS_STR (7.85) are needed, and 7.88 is the oldest release tested.
#if LIBCURL_VERSION_NUM < 0x075800
#error "libcurl 7.88 or later is needed"
#endif

static inline CURLcode itsmerp_curl_global_init(void) {
    return curl_global_init(CURL_GLOBAL_DEFAULT);
}

static inline CURLcode itsmerp_curl_easy_setopt_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode itsmerp_curl_easy_setopt_string(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

/// Lends `size` bytes at `data` as the option's content; they have to outlive the handle.
static inline CURLcode itsmerp_curl_easy_lend_blob(CURL *handle, CURLoption option, const void *data, size_t size) {
    struct curl_blob blob = {(void *)data, size, CURL_BLOB_NOCOPY};
    return curl_easy_setopt(handle, option, &blob);
}

/// Lends the lines of the header; they have to stay until others, or NULL, take their place.
static inline CURLcode itsmerp_curl_easy_lend_header(CURL *handle, struct curl_slist *lines) {
    return curl_easy_setopt(handle, CURLOPT_HTTPHEADER, lines);
}

/// Makes a POST with `size` bytes at `data` as its body; they have to stay until another body takes their place.
static inline CURLcode itsmerp_curl_easy_lend_body(CURL *handle, const void *data, size_t size) {
    CURLcode code = curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)size);
    // Without an address there would be no body at all; an empty one is announced.
    return code == CURLE_OK ? curl_easy_setopt(handle, CURLOPT_POSTFIELDS, size == 0 ? "" : data) : code;
}

/// Installs the callbacks of a transfer and the place for libcurl's error text; `context` is given to each
/// callback, and returned by itsmerp_curl_multi_next_finished.
static inline CURLcode itsmerp_curl_easy_set_callbacks(CURL *handle, curl_sockopt_callback on_opened,
                                                       curl_prereq_callback before_request,
                                                       curl_write_callback on_header, curl_write_callback on_body,
                                                       char *error_text, void *context) {
    CURLcode code = curl_easy_setopt(handle, CURLOPT_SOCKOPTFUNCTION, on_opened);
    if(code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_SOCKOPTDATA, context);
    if(code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_PREREQFUNCTION, before_request);
    if(code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_PREREQDATA, context);
    if(code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, on_header);
    if(code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_HEADERDATA, context);
    if(code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, on_body);
    if(code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_WRITEDATA, context);
    if(code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, error_text);
    if(code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_PRIVATE, context);
    return code;
}

/// Zero when libcurl does not know.
static inline long itsmerp_curl_easy_getinfo_long(CURL *handle, CURLINFO info) {
    long value = 0;
    return curl_easy_getinfo(handle, info, &value) == CURLE_OK ? value : 0;
}

/// The socket of a connection that stays open after CURLOPT_CONNECT_ONLY; CURL_SOCKET_BAD when there is none.
static inline curl_socket_t itsmerp_curl_easy_active_socket(CURL *handle) {
    curl_socket_t socket = CURL_SOCKET_BAD;
    return curl_easy_getinfo(handle, CURLINFO_ACTIVESOCKET, &socket) == CURLE_OK ? socket : CURL_SOCKET_BAD;
}

static inline CURLMcode itsmerp_curl_multi_setopt_long(CURLM *handle, CURLMoption option, long value) {
    return curl_multi_setopt(handle, option, value);
}

/// Takes the next finished transfer and returns its context; NULL when there is none.
static inline void *itsmerp_curl_multi_next_finished(CURLM *handle, CURLcode *result) {
    CURLMsg *message;
    int left = 0;
    while((message = curl_multi_info_read(handle, &left))) {
        char *context = NULL;
        if(message->msg != CURLMSG_DONE) continue;
        *result = message->data.result;
        if(curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &context) == CURLE_OK && context) return context;
    }
    return NULL;
}

/// The local port of a socket of TCP; -1 when there is none.
static inline int itsmerp_local_port(curl_socket_t socket) {
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } address;
    socklen_t size = sizeof address;
    if(getsockname(socket, &address.any, &size) != 0) return -1;
    if(address.any.sa_family == AF_INET) return ntohs(address.v4.sin_port);
    return address.any.sa_family == AF_INET6 ? ntohs(address.v6.sin6_port) : -1;
}

/// Whether nothing is there to be read from a socket, not even its end.
static inline bool itsmerp_is_silent(curl_socket_t socket) {
    char byte;
    return recv(socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

/// Frees lines that may hold a credential, which are overwritten before.
static inline void itsmerp_free_lines(struct curl_slist *lines) {
    for(struct curl_slist *line = lines; line; line = line->next) {
        memset(line->data, 0, strlen(line->data));
        // Whatever follows may read the memory, as far as the compiler knows: so the zeros have to be there.
        __asm__ volatile("" : : "r"(line->data) : "memory");
    }
    curl_slist_free_all(lines);
}

#endif
