// What Swift needs of libcurl: headers, and one function per kind of variadic call.
#ifndef ITSMERP_CCURL_SHIM_H
#define ITSMERP_CCURL_SHIM_H

#include <curl/curl.h>

static inline CURLcode itsmerp_curl_easy_setopt_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode itsmerp_curl_easy_setopt_string(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode itsmerp_curl_easy_setopt_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}

#endif
