#pragma once

#include <stdbool.h>
#include <stdint.h>

// epoll and the GNU extensions of the socket calls, whose headers Glibc's Swift module does not have.
// As libc: -1 and errno.

enum {
    TRANSPORT_EPOLL_ADD = 1,
    TRANSPORT_EPOLL_DELETE = 2,
    TRANSPORT_EPOLL_MODIFY = 3,
};

// epoll_create1(2) and eventfd(2), close-on-exec; the latter non-blocking.
int transport_epoll_create(void);
int transport_event_create(void);
int transport_epoll_control(int epoll, int operation, int fd, uint32_t events, uint64_t token);
// Fills tokens and events of what is ready and answers how many.
int transport_epoll_wait(int epoll, uint64_t *tokens, uint32_t *events, int capacity, int milliseconds);

// accept4(2), close-on-exec and non-blocking.
int transport_accept(int listener);
// The effective user of the process that connected (SO_PEERCRED in unix(7)).
int transport_peer_user(int connection, uint32_t *user);

// fcntl(2), F_DUPFD_CLOEXEC: the lowest free number from `minimum` on.
int transport_duplicate(int fd, int minimum);

// posix_spawnp(3) with these descriptors, from 0 on, and no others (libraries open some without close-on-exec), in this
// directory (null: the caller's), every signal at its default and none blocked. Those after the standard ones must
// have higher numbers here than there. Answers an error number as posix_spawn does, not -1.
int transport_spawn(int32_t *pid, const char *program, char *const arguments[], char *const environment[],
                    const int descriptors[], int count, const char *directory, bool in_new_session);
