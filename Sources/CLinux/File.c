#define _GNU_SOURCE
#include "CLinuxFile.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <linux/stat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

int linux_open(const char *path, int flags, mode_t mode) { return open(path, flags, mode); }

int linux_openat(int dir, const char *path, int flags, mode_t mode) { return openat(dir, path, flags, mode); }

int linux_openat2(int dir, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve) {
    struct open_how how = {.flags = flags, .mode = mode, .resolve = resolve};
    return (int)syscall(SYS_openat2, dir, path, &how, sizeof(how));
}

int linux_close_range(unsigned first, unsigned last, unsigned flags) {
    return (int)syscall(SYS_close_range, first, last, flags);
}

int linux_pipe2(int ends[2], int flags) { return pipe2(ends, flags); }
int linux_accept(int listener) { return accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK); }
int linux_dup3(int from, int to, int flags) { return dup3(from, to, flags); }
int linux_memfd_create(const char *name, unsigned flags) { return (int)syscall(SYS_memfd_create, name, flags); }

int linux_renameat2(int from_dir, const char *from, int to_dir, const char *to, unsigned flags) {
    return (int)syscall(SYS_renameat2, from_dir, from, to_dir, to, flags);
}

ssize_t linux_copy_file_range(int from, int to, size_t count) {
    return copy_file_range(from, NULL, to, NULL, count, 0);
}

ssize_t linux_getcwd(char *buffer, size_t count) { return syscall(SYS_getcwd, buffer, count); }

int linux_fcntl(int fd, int command, long argument) { return fcntl(fd, command, argument); }
int linux_ioctl(int fd, unsigned long request, unsigned long argument) { return ioctl(fd, request, argument); }
int linux_ioctl_pointer(int fd, unsigned long request, void *argument) { return ioctl(fd, request, argument); }

dev_t linux_makedev(unsigned major_number, unsigned minor_number) { return makedev(major_number, minor_number); }
unsigned linux_major(dev_t device) { return major(device); }
unsigned linux_minor(dev_t device) { return minor(device); }

int64_t linux_mount_id(int fd) {
    struct statx result;
    if (syscall(SYS_statx, fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &result) < 0) return -1;
    return (result.stx_mask & STATX_MNT_ID) ? (int64_t)result.stx_mnt_id : -1;
}

ssize_t linux_send_descriptor(int socket, const void *bytes, size_t count, int fd) {
    struct iovec vector = {.iov_base = (void *)bytes, .iov_len = count};
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int))];
    } control = {0};
    struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1};
    if (fd >= 0) {
        message.msg_control = control.space;
        message.msg_controllen = sizeof(control.space);
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(header), &fd, sizeof(int));
    }
    return sendmsg(socket, &message, MSG_NOSIGNAL);
}

ssize_t linux_receive_descriptor(int socket, void *bytes, size_t count, int *fd) {
    struct iovec vector = {.iov_base = bytes, .iov_len = count};
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int) * 8)];
    } control = {0};
    struct msghdr message = {
        .msg_iov = &vector, .msg_iovlen = 1, .msg_control = control.space, .msg_controllen = sizeof(control.space)};
    *fd = -1;
    ssize_t received = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    if (received < 0) return received;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header != NULL; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
        size_t descriptors = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t index = 0; index < descriptors; index++) {
            int received_fd;
            memcpy(&received_fd, CMSG_DATA(header) + index * sizeof(int), sizeof(int));
            if (*fd < 0) *fd = received_fd;
            else close(received_fd);
        }
    }
    return received;
}

int64_t linux_peer_user(int socket) {
    struct ucred peer;
    socklen_t length = sizeof(peer);
    if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0) return -1;
    return peer.uid;
}

int linux_terminal_open(void) { return posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC); }
int linux_terminal_peer(int master, int flags) { return ioctl(master, TIOCGPTPEER, flags); }

int linux_terminal_set_size(int fd, unsigned short rows, unsigned short columns) {
    struct winsize size = {.ws_row = rows, .ws_col = columns};
    return ioctl(fd, TIOCSWINSZ, &size);
}

int linux_terminal_make_controlling(int fd) { return ioctl(fd, TIOCSCTTY, 0); }

const void *linux_memmem(const void *bytes, size_t count, const void *pattern, size_t length) {
    return memmem(bytes, count, pattern, length);
}
