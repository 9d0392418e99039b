#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// Flags of open(2) and friends that glibc hides without _GNU_SOURCE.
enum {
    LINUX_O_PATH = 010000000,
    LINUX_O_TMPFILE = 020200000,
    LINUX_O_DIRECTORY = 0200000,
    LINUX_O_NOFOLLOW = 0400000,
    LINUX_AT_EMPTY_PATH = 0x1000,
    LINUX_AT_SYMLINK_NOFOLLOW = 0x100,
    LINUX_F_DUPFD_CLOEXEC = 1030,
    LINUX_F_ADD_SEALS = 1033,
    LINUX_F_GET_SEALS = 1034,
    LINUX_F_GETPIPE_SZ = 1032,
    LINUX_F_SETPIPE_SZ = 1031,
    LINUX_MFD_CLOEXEC = 1,
    LINUX_MFD_ALLOW_SEALING = 2,
    LINUX_MFD_EXEC = 0x10,
};

int linux_open(const char *path, int flags, mode_t mode);
int linux_openat(int dir, const char *path, int flags, mode_t mode);
int linux_openat2(int dir, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve);
int linux_close_range(unsigned first, unsigned last, unsigned flags);
int linux_pipe2(int ends[2], int flags);
// accept4(2): the new socket is close-on-exec and does not block.
int linux_accept(int listener);
int linux_dup3(int from, int to, int flags);
int linux_memfd_create(const char *name, unsigned flags);
int linux_renameat2(int from_dir, const char *from, int to_dir, const char *to, unsigned flags);
ssize_t linux_copy_file_range(int from, int to, size_t count);

// The system call itself: the path's length with its end, "(unreachable)…" for a directory outside the root.
ssize_t linux_getcwd(char *buffer, size_t count);

int linux_fcntl(int fd, int command, long argument);
int linux_ioctl(int fd, unsigned long request, unsigned long argument);
int linux_ioctl_pointer(int fd, unsigned long request, void *argument);

dev_t linux_makedev(unsigned major_number, unsigned minor_number);
unsigned linux_major(dev_t device);
unsigned linux_minor(dev_t device);

// The mount id of an open file (STATX_MNT_ID), or -1.
int64_t linux_mount_id(int fd);

// Sends one byte string with at most one descriptor (fd < 0: none) over a Unix socket.
ssize_t linux_send_descriptor(int socket, const void *bytes, size_t count, int fd);
// Receives bytes and at most one descriptor (*fd = -1 where none came); descriptors arrive close-on-exec.
ssize_t linux_receive_descriptor(int socket, void *bytes, size_t count, int *fd);
// The user id of the peer of a Unix socket, or -1.
int64_t linux_peer_user(int socket);

// A terminal: the master's descriptor, and the slave through it (TIOCGPTPEER).
int linux_terminal_open(void);
int linux_terminal_peer(int master, int flags);
int linux_terminal_set_size(int fd, unsigned short rows, unsigned short columns);
int linux_terminal_make_controlling(int fd);

/// memmem(3).
const void *linux_memmem(const void *bytes, size_t count, const void *pattern, size_t length);
