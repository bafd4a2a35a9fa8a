// What Swift needs of libcurl: its headers, and one typed function per kind of variadic call.
#ifndef ITSMERP_CCURL_SHIM_H
#define ITSMERP_CCURL_SHIM_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#if defined(__linux__)
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>

/// Names the calling thread; 15 characters at most.
static inline void itsmerp_name_thread(const char *name) {
    prctl(PR_SET_NAME, name);
}
#endif

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

static inline CURLcode itsmerp_curl_easy_setopt_off_t(CURL *handle, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode itsmerp_curl_easy_setopt_string(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode itsmerp_curl_easy_setopt_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}

/// Lends `size` bytes at `data` as the CA bundle; they have to outlive the handle.
static inline CURLcode itsmerp_curl_easy_lend_ca_bundle(CURL *handle, void *data, size_t size) {
    struct curl_blob blob = {data, size, CURL_BLOB_NOCOPY};
    return curl_easy_setopt(handle, CURLOPT_CAINFO_BLOB, &blob);
}

/// Overwrites memory that is not used any more, which a compiler may not leave out.
static inline void itsmerp_overwrite(void *memory, size_t size) {
    if(size == 0) return;
    memset(memory, 0, size);
    // Whatever follows may read the memory, as far as the compiler knows: so the zeros have to be there.
    __asm__ volatile("" : : "r"(memory) : "memory");
}

/// Links the lines in `size` octets of text, each ended by a NUL, as a list in `lines`, which has room for `count` of them.
/// Returns how many there are, also if that is more than `count`.
static inline size_t itsmerp_list_lines(char *text, size_t size, struct curl_slist *lines, size_t count) {
    size_t found = 0;
    char *end = text + size;
    while(text < end) {
        char *nul = memchr(text, 0, (size_t)(end - text));
        if(nul == NULL) break;
        if(found < count) {
            lines[found].data = text;
            lines[found].next = NULL;
            if(found > 0) lines[found - 1].next = &lines[found];
        }
        found++;
        text = nul + 1;
    }
    return found;
}

/// Where `octet` is first among `size` octets; `size` when it is not there.
static inline size_t itsmerp_first_index(const void *octets, size_t size, unsigned char octet) {
    const char *found = size == 0 ? NULL : memchr(octets, octet, size);
    return found == NULL ? size : (size_t)(found - (const char *)octets);
}

static inline bool itsmerp_are_equal(const void *some, const void *other, size_t size) {
    return size == 0 || memcmp(some, other, size) == 0;
}

/// Whether `size` octets are the same as those of `lowercased`, once letters of ASCII are made small. What is lowercased
/// consists of small letters, digits and hyphens.
static inline bool itsmerp_is_name(const void *octets, const void *lowercased, size_t size) {
    const unsigned char *some = octets, *other = lowercased;
    size_t i = 0;
    for(; size - i >= sizeof(uint64_t); i += sizeof(uint64_t)) {
        uint64_t word, small;
        memcpy(&word, some + i, sizeof word);
        memcpy(&small, other + i, sizeof small);
        // A capital differs from its small letter in 0x20; among what names consist of, 0x40 makes a letter.
        uint64_t difference = word ^ small;
        if(difference & ~UINT64_C(0x2020202020202020)) return false;
        if((difference << 1) & ~small) return false;
    }
    for(; i < size; i++) {
        unsigned char octet = some[i];
        if(octet >= 'A' && octet <= 'Z') octet |= 0x20;
        if(octet != other[i]) return false;
    }
    return true;
}

/// How many octets from the first on are unreserved characters of a URI (RFC 3986, 2.3), which need no escape.
static inline size_t itsmerp_unreserved_run(const unsigned char *octets, size_t size) {
    static const bool unreserved[256] = {
        ['A'] = 1, ['B'] = 1, ['C'] = 1, ['D'] = 1, ['E'] = 1, ['F'] = 1, ['G'] = 1, ['H'] = 1, ['I'] = 1, ['J'] = 1,
        ['K'] = 1, ['L'] = 1, ['M'] = 1, ['N'] = 1, ['O'] = 1, ['P'] = 1, ['Q'] = 1, ['R'] = 1, ['S'] = 1, ['T'] = 1,
        ['U'] = 1, ['V'] = 1, ['W'] = 1, ['X'] = 1, ['Y'] = 1, ['Z'] = 1, ['a'] = 1, ['b'] = 1, ['c'] = 1, ['d'] = 1,
        ['e'] = 1, ['f'] = 1, ['g'] = 1, ['h'] = 1, ['i'] = 1, ['j'] = 1, ['k'] = 1, ['l'] = 1, ['m'] = 1, ['n'] = 1,
        ['o'] = 1, ['p'] = 1, ['q'] = 1, ['r'] = 1, ['s'] = 1, ['t'] = 1, ['u'] = 1, ['v'] = 1, ['w'] = 1, ['x'] = 1,
        ['y'] = 1, ['z'] = 1, ['0'] = 1, ['1'] = 1, ['2'] = 1, ['3'] = 1, ['4'] = 1, ['5'] = 1, ['6'] = 1, ['7'] = 1,
        ['8'] = 1, ['9'] = 1, ['-'] = 1, ['.'] = 1, ['_'] = 1, ['~'] = 1,
    };
    typedef unsigned char vector __attribute__((vector_size(16)));
    size_t run = 0;
    for(; size - run >= sizeof(vector); run += sizeof(vector)) {
        vector text;
        memcpy(&text, octets + run, sizeof text);
        vector letters = (vector)((text | 0x20) - 'a' < 26), digits = (vector)(text - '0' < 10);
        vector marks = (vector)((text == '-') | (text == '.') | (text == '_') | (text == '~'));
        vector others = ~(letters | digits | marks);
        uint64_t halves[2];
        memcpy(halves, &others, sizeof halves);
        if((halves[0] | halves[1]) != 0) break;
    }
    while(run < size && unreserved[octets[run]]) run++;
    return run;
}

/// Whether none of `size` octets lies outside `first` to `last`, other than `extra`.
static inline bool itsmerp_is_within(const void *octets, size_t size, unsigned char first, unsigned char last,
                                     unsigned char extra) {
    const unsigned char *text = octets;
    unsigned char outside = 0;
    // All octets whatever comes, so that a compiler can take many at a time.
    for(size_t i = 0; i < size; i++) {
        outside |= (unsigned char)((text[i] < first || text[i] > last) && text[i] != extra);
    }
    return outside == 0;
}

/// Installs the three callbacks of a transfer, which are called with `work`, and notes `context`.
static inline CURLcode itsmerp_curl_easy_set_callbacks(CURL *handle, curl_prereq_callback before_request,
                                                       curl_write_callback on_header, curl_write_callback on_body,
                                                       void *work, void *context) {
    CURLcode code = curl_easy_setopt(handle, CURLOPT_PREREQFUNCTION, before_request);
    if(code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_PREREQDATA, work);
    if(code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, on_header);
    if(code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_HEADERDATA, work);
    if(code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, on_body);
    if(code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_WRITEDATA, work);
    if(code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_PRIVATE, context);
    return code;
}

/// Lets libcurl say when it opens the socket of a connection and when it wants it closed, each with `context`.
static inline CURLcode itsmerp_curl_easy_set_socket_callbacks(CURL *handle, curl_sockopt_callback on_opened,
                                                              curl_closesocket_callback on_close, void *context) {
    CURLcode code = curl_easy_setopt(handle, CURLOPT_SOCKOPTFUNCTION, on_opened);
    if(code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_SOCKOPTDATA, context);
    if(code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_CLOSESOCKETFUNCTION, on_close);
    if(code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_CLOSESOCKETDATA, context);
    return code;
}

static inline CURLcode itsmerp_curl_easy_getinfo_long(CURL *handle, CURLINFO info, long *value) {
    return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode itsmerp_curl_easy_getinfo_string(CURL *handle, CURLINFO info, char **value) {
    return curl_easy_getinfo(handle, info, value);
}

/// The context given to itsmerp_curl_easy_set_callbacks.
static inline void *itsmerp_curl_easy_context(CURL *handle) {
    char *context = NULL;
    return curl_easy_getinfo(handle, CURLINFO_PRIVATE, &context) == CURLE_OK ? context : NULL;
}

static inline CURLMcode itsmerp_curl_multi_setopt_long(CURLM *handle, CURLMoption option, long value) {
    return curl_multi_setopt(handle, option, value);
}

/// Lets libcurl say which sockets it waits for and when it wants to be called.
static inline CURLMcode itsmerp_curl_multi_set_callbacks(CURLM *handle, curl_socket_callback on_socket,
                                                         curl_multi_timer_callback on_timer, void *context) {
    CURLMcode code = curl_multi_setopt(handle, CURLMOPT_SOCKETFUNCTION, on_socket);
    if(code == CURLM_OK) code = curl_multi_setopt(handle, CURLMOPT_SOCKETDATA, context);
    if(code == CURLM_OK) code = curl_multi_setopt(handle, CURLMOPT_TIMERFUNCTION, on_timer);
    if(code == CURLM_OK) code = curl_multi_setopt(handle, CURLMOPT_TIMERDATA, context);
    return code;
}

/// Takes the next finished transfer; NULL when there is none.
static inline CURL *itsmerp_curl_multi_next_finished(CURLM *handle, CURLcode *result) {
    CURLMsg *message;
    int left = 0;
    while((message = curl_multi_info_read(handle, &left))) {
        if(message->msg == CURLMSG_DONE) {
            *result = message->data.result;
            return message->easy_handle;
        }
    }
    return NULL;
}

#endif
