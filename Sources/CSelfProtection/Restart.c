// The runtime executes itself again from a read-only mount (see SelfProtection.swift, which decides whether that was
// enough). Done in Swift alone, the standard library would start twice, a sixth of the time of `exec`; here it is done
// before the first start. Whatever fails is left to Swift, which knows more ways and how to tell.

#define _GNU_SOURCE
#include "CSelfProtection.h"

#include <fcntl.h>
#include <linux/mount.h>
#include <string.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *const program = "/proc/self/exe";

// Whether a word of the command line is a command that has processes of a container near a copy of this one. A word that
// only looks like one costs a start.
static int may_meet_container(int count, char **arguments) {
    static const char *const commands[] = {"create", "run", "exec", "restore"};
    for (int index = 1; index < count; index++) {
        for (size_t command = 0; command < sizeof(commands) / sizeof(commands[0]); command++) {
            if (strcmp(arguments[index], commands[command]) == 0) return 1;
        }
    }
    return 0;
}

static void restart_from_read_only_mount(int count, char **arguments, char **environment) {
    struct statfs status;
    if (!may_meet_container(count, arguments)) return;
    if (statfs(program, &status) < 0 || (status.f_flags & ST_RDONLY) != 0) return;
    int tree = (int)syscall(SYS_open_tree, AT_FDCWD, program, 1 /* OPEN_TREE_CLONE */ | O_CLOEXEC);
    if (tree < 0) return;
    struct mount_attr attributes = {.attr_set = 1 /* MOUNT_ATTR_RDONLY */};
    if (syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH, &attributes, sizeof(attributes)) == 0)
        syscall(SYS_execveat, tree, "", arguments, environment, AT_EMPTY_PATH);
    close(tree);
}

// Before the constructors: some are Swift's, which look at the environment, for files and at their own memory.
__attribute__((section(".preinit_array"), used)) static void (*const restart)(int, char **, char **) =
    restart_from_read_only_mount;
