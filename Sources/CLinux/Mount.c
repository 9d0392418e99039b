#define _GNU_SOURCE
#include "CLinuxMount.h"

#include <linux/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

int linux_mount(const char *source, const char *target, const char *type, unsigned long flags, const void *data) {
    return (int)syscall(SYS_mount, source, target, type, flags, data);
}

int linux_umount2(const char *target, int flags) { return (int)syscall(SYS_umount2, target, flags); }

int linux_pivot_root(const char *new_root, const char *put_old) {
    return (int)syscall(SYS_pivot_root, new_root, put_old);
}

int linux_open_tree(int dir, const char *path, unsigned flags) {
    return (int)syscall(SYS_open_tree, dir, path, flags);
}

int linux_move_mount(int from_dir, const char *from, int to_dir, const char *to, unsigned flags) {
    return (int)syscall(SYS_move_mount, from_dir, from, to_dir, to, flags);
}

int linux_fsopen(const char *type, unsigned flags) { return (int)syscall(SYS_fsopen, type, flags); }

int linux_fsconfig(int fs, unsigned command, const char *key, const void *value, int aux) {
    return (int)syscall(SYS_fsconfig, fs, command, key, value, aux);
}

int linux_fsmount(int fs, unsigned flags, unsigned attributes) {
    return (int)syscall(SYS_fsmount, fs, flags, attributes);
}

int linux_fspick(int dir, const char *path, unsigned flags) { return (int)syscall(SYS_fspick, dir, path, flags); }

int linux_mount_setattr(int dir, const char *path, unsigned flags, uint64_t set, uint64_t clear,
                        uint64_t propagation, uint64_t userns) {
    struct mount_attr attributes = {
        .attr_set = set, .attr_clr = clear, .propagation = propagation, .userns_fd = userns};
    return (int)syscall(SYS_mount_setattr, dir, path, flags, &attributes, sizeof(attributes));
}
