#pragma once

// The mount API of Linux 5.2 and later by system call number: not every glibc has its wrappers.

#include <stdint.h>

// Values that differ between the versions of <sys/mount.h> and <linux/mount.h>.
enum {
    LINUX_FSOPEN_CLOEXEC = 0x1,
    LINUX_FSMOUNT_CLOEXEC = 0x1,
    LINUX_FSPICK_CLOEXEC = 0x1,
    LINUX_FSPICK_EMPTY_PATH = 0x8,
    LINUX_FSCONFIG_SET_FLAG = 0,
    LINUX_FSCONFIG_SET_STRING = 1,
    LINUX_FSCONFIG_SET_FD = 5,
    LINUX_FSCONFIG_CMD_CREATE = 6,
    LINUX_FSCONFIG_CMD_RECONFIGURE = 7,
    LINUX_OPEN_TREE_CLONE = 0x1,
    LINUX_OPEN_TREE_CLOEXEC = 02000000,
    LINUX_AT_RECURSIVE = 0x8000,
    LINUX_MOVE_MOUNT_F_EMPTY_PATH = 0x4,
    LINUX_MOVE_MOUNT_T_EMPTY_PATH = 0x40,
    LINUX_MOVE_MOUNT_T_SYMLINKS = 0x10,
    LINUX_MOUNT_ATTR_RDONLY = 0x1,
    LINUX_MOUNT_ATTR_NOSUID = 0x2,
    LINUX_MOUNT_ATTR_NODEV = 0x4,
    LINUX_MOUNT_ATTR_NOEXEC = 0x8,
    LINUX_MOUNT_ATTR_ATIME_MASK = 0x70,
    LINUX_MOUNT_ATTR_RELATIME = 0x00,
    LINUX_MOUNT_ATTR_NOATIME = 0x10,
    LINUX_MOUNT_ATTR_STRICTATIME = 0x20,
    LINUX_MOUNT_ATTR_NODIRATIME = 0x80,
    LINUX_MOUNT_ATTR_IDMAP = 0x100000,
    LINUX_MOUNT_ATTR_NOSYMFOLLOW = 0x200000,
};

int linux_mount(const char *source, const char *target, const char *type, unsigned long flags, const void *data);
int linux_umount2(const char *target, int flags);
int linux_pivot_root(const char *new_root, const char *put_old);
int linux_open_tree(int dir, const char *path, unsigned flags);
int linux_move_mount(int from_dir, const char *from, int to_dir, const char *to, unsigned flags);
int linux_fsopen(const char *type, unsigned flags);
int linux_fsconfig(int fs, unsigned command, const char *key, const void *value, int aux);
int linux_fsmount(int fs, unsigned flags, unsigned attributes);
int linux_fspick(int dir, const char *path, unsigned flags);
int linux_mount_setattr(int dir, const char *path, unsigned flags, uint64_t set, uint64_t clear,
                        uint64_t propagation, uint64_t userns);
