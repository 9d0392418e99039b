#define _GNU_SOURCE
#include "CTransport.h"

#include <stddef.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

_Static_assert(TRANSPORT_EPOLL_ADD == EPOLL_CTL_ADD, "numbers of the kernel's interface");
_Static_assert(TRANSPORT_EPOLL_DELETE == EPOLL_CTL_DEL, "numbers of the kernel's interface");
_Static_assert(TRANSPORT_EPOLL_MODIFY == EPOLL_CTL_MOD, "numbers of the kernel's interface");

int transport_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

int transport_event_create(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

int transport_epoll_control(int epoll, int operation, int fd, uint32_t events, uint64_t token) {
    struct epoll_event event = {.events = events, .data.u64 = token};
    return epoll_ctl(epoll, operation, fd, &event);
}

int transport_epoll_wait(int epoll, uint64_t *tokens, uint32_t *events, int capacity, int milliseconds) {
    struct epoll_event ready[64];
    int count = epoll_wait(epoll, ready, capacity < 64 ? capacity : 64, milliseconds);
    for (int index = 0; index < count; index++) {
        tokens[index] = ready[index].data.u64;
        events[index] = ready[index].events;
    }
    return count;
}

int transport_accept(int listener) { return accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK); }

int transport_peer_user(int connection, uint32_t *user) {
    struct ucred peer;
    socklen_t length = sizeof(peer);
    if (getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0) return -1;
    *user = peer.uid;
    return 0;
}
