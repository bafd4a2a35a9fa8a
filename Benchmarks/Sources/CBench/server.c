#define _GNU_SOURCE
#include "loopback.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { body_size = 1800, request_size = 16384 };

struct connection {
    int socket;
    SSL *tls;
    int is_open;
    size_t size;
    char request[request_size + 1];
};

static char reply[body_size + 256];
static size_t reply_size;

static void make_reply(void) {
    reply_size = (size_t)sprintf(
        reply, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nCache-Control: no-store\r\n"
               "Date: Sun, 22 Nov 2026 12:00:00 GMT\r\nContent-Length: %d\r\n\r\n", body_size);
    memset(reply + reply_size, 'x', body_size);
    reply_size += body_size;
}

static ssize_t receive(struct connection *c) {
    char *end = c->request + c->size;
    size_t room = request_size - c->size;
    if (c->tls == NULL) {
        return read(c->socket, end, room);
    }
    int count = SSL_read(c->tls, end, (int)room);
    if (count > 0) {
        return count;
    }
    errno = SSL_get_error(c->tls, count) == SSL_ERROR_WANT_READ ? EAGAIN : EIO;
    return -1;
}

// Small against the socket's buffer, so that it never takes a second try.
static int answer(struct connection *c) {
    return c->tls == NULL ? write(c->socket, reply, reply_size) == (ssize_t)reply_size
                          : SSL_write(c->tls, reply, (int)reply_size) == (int)reply_size;
}

// The size of the first complete request; 0 when there is none yet.
static size_t complete(struct connection *c) {
    c->request[c->size] = 0;
    char *end = memmem(c->request, c->size, "\r\n\r\n", 4);
    if (end == NULL) {
        return 0;
    }
    size_t head = (size_t)(end - c->request) + 4;
    char *length = strcasestr(c->request, "content-length:");
    size_t body = length != NULL && length < end ? (size_t)strtoul(length + 15, NULL, 10) : 0;
    return head + body <= c->size ? head + body : 0;
}

// Returns 0 when the connection is over.
static int serve(struct connection *c) {
    if (c->tls != NULL && !c->is_open) {
        int code = SSL_accept(c->tls);
        if (code != 1) {
            return SSL_get_error(c->tls, code) == SSL_ERROR_WANT_READ;
        }
        c->is_open = 1;
    }
    for (;;) {
        ssize_t count = receive(c);
        if (count <= 0) {
            return count < 0 && errno == EAGAIN;
        }
        c->size += (size_t)count;
        size_t used;
        while ((used = complete(c)) > 0) {
            memmove(c->request, c->request + used, c->size - used);
            c->size -= used;
            if (!answer(c)) {
                return 0;
            }
        }
        if (c->size == request_size) {
            return 0;
        }
    }
}

int bench_server_run(const char *certificate_file, const char *key_file) {
    SSL_CTX *context = NULL;
    make_reply();
    if (certificate_file != NULL) {
        context = SSL_CTX_new(TLS_server_method());
        if (SSL_CTX_use_certificate_chain_file(context, certificate_file) != 1
            || SSL_CTX_use_PrivateKey_file(context, key_file, SSL_FILETYPE_PEM) != 1) {
            return 0;
        }
    }
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t address_size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 512) != 0
        || getsockname(listener, (struct sockaddr *)&address, &address_size) != 0) {
        return 0;
    }
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    int poll = epoll_create1(0);
    int input = STDIN_FILENO;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &listener}, events[128];
    epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
    event.data.ptr = &input;
    epoll_ctl(poll, EPOLL_CTL_ADD, input, &event);
    for (;;) {
        int count = epoll_wait(poll, events, 128, -1);
        for (int i = 0; i < count; i++) {
            if (events[i].data.ptr == &input) {
                return 1;
            }
            if (events[i].data.ptr == &listener) {
                int accepted, one = 1;
                while ((accepted = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
                    struct connection *c = calloc(1, sizeof *c);
                    setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
                    c->socket = accepted;
                    if (context != NULL) {
                        c->tls = SSL_new(context);
                        SSL_set_fd(c->tls, accepted);
                    }
                    struct epoll_event added = {.events = EPOLLIN, .data.ptr = c};
                    epoll_ctl(poll, EPOLL_CTL_ADD, accepted, &added);
                }
                continue;
            }
            struct connection *c = events[i].data.ptr;
            if (!serve(c)) {
                ERR_clear_error();
                close(c->socket);
                SSL_free(c->tls);
                free(c);
            }
        }
    }
}
