#define _GNU_SOURCE
#include "CTransport.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>

int transport_duplicate(int fd, int minimum) { return fcntl(fd, F_DUPFD_CLOEXEC, minimum); }

int transport_spawn(int32_t *pid, const char *program, char *const arguments[], char *const environment[],
                    const int descriptors[], int count, const char *directory, bool in_new_session) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    sigemptyset(&none);
    sigfillset(&all);
    for (int target = 0; target < count; target++) {
        posix_spawn_file_actions_adddup2(&actions, descriptors[target], target);
    }
    posix_spawn_file_actions_addclosefrom_np(&actions, count);
    if (directory != NULL) posix_spawn_file_actions_addchdir_np(&actions, directory);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    short session = in_new_session ? POSIX_SPAWN_SETSID : 0;
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | session);
    pid_t child = 0;
    int code = posix_spawnp(&child, program, &actions, &attributes, arguments, environment);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    *pid = child;
    return code;
}
