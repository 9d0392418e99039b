#define _GNU_SOURCE
#include "CLinuxProcess.h"

#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t clone_with(uint64_t flags, int *pidfd, int exit_signal, int cgroup) {
    struct clone_args arguments = {
        .flags = flags,
        .pidfd = (uint64_t)(uintptr_t)pidfd,
        .exit_signal = (uint64_t)exit_signal,
        .cgroup = cgroup >= 0 ? (uint64_t)cgroup : 0,
    };
    if (pidfd != NULL) arguments.flags |= CLONE_PIDFD;
    if (cgroup >= 0) arguments.flags |= CLONE_INTO_CGROUP;
    return (pid_t)syscall(SYS_clone3, &arguments, sizeof(arguments));
}

pid_t linux_clone3(uint64_t flags, int *pidfd, int exit_signal, int cgroup) {
    return clone_with(flags, pidfd, exit_signal, cgroup);
}

pid_t linux_clone3_sibling(uint64_t flags, int *pidfd, int exit_signal, int cgroup) {
    // With CLONE_PARENT the parent's exit signal is taken over and must not be given.
    (void)exit_signal;
    return clone_with(flags | CLONE_PARENT, pidfd, 0, cgroup);
}

pid_t linux_fork(void) { return fork(); }

int linux_unshare(int flags) { return unshare(flags); }
int linux_setns(int fd, int flags) { return setns(fd, flags); }
int linux_sethostname(const char *name, size_t count) { return sethostname(name, count); }
int linux_setdomainname(const char *name, size_t count) { return setdomainname(name, count); }

int linux_pidfd_open(pid_t pid, unsigned flags) { return (int)syscall(SYS_pidfd_open, pid, flags); }
int linux_pidfd_send_signal(int pidfd, int signal) {
    return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, 0, 0);
}
int linux_pidfd_getfd(int pidfd, int fd) { return (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0); }

int linux_pidfd_wait(int pidfd, int options, int *code, int *status) {
    siginfo_t info = {0};
    if (waitid((idtype_t)3 /* P_PIDFD */, (id_t)pidfd, &info, options) < 0) return -1;
    *code = info.si_signo == SIGCHLD ? info.si_code : 0;
    *status = info.si_status;
    return 0;
}

int linux_execveat(int dir, const char *path, char *const arguments[], char *const environment[], int flags) {
    return (int)syscall(SYS_execveat, dir, path, arguments, environment, flags);
}

int linux_prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d) {
    return prctl(option, a, b, c, d);
}

long linux_keyctl(int operation, unsigned long a, unsigned long b, unsigned long c, unsigned long d) {
    return syscall(SYS_keyctl, operation, a, b, c, d);
}

int linux_seccomp(unsigned operation, unsigned flags, void *arguments) {
    return (int)syscall(SYS_seccomp, operation, flags, arguments);
}

int linux_bpf(int command, union bpf_attr *attributes, unsigned size) {
    return (int)syscall(SYS_bpf, command, attributes, size);
}

int linux_ioprio_set(int which, int who, int priority) { return (int)syscall(SYS_ioprio_set, which, who, priority); }

int linux_set_mempolicy(int mode, const unsigned long *nodes, unsigned long maximum) {
    return (int)syscall(SYS_set_mempolicy, mode, nodes, maximum);
}

int linux_personality(unsigned long domain) { return personality(domain); }

int linux_sched_setaffinity(pid_t pid, size_t bytes, const unsigned long *mask) {
    return (int)syscall(SYS_sched_setaffinity, pid, bytes, mask);
}

int linux_setrlimit(int resource, uint64_t soft, uint64_t hard) {
    struct rlimit limit = {.rlim_cur = soft, .rlim_max = hard};
    return setrlimit((__rlimit_resource_t)resource, &limit);
}

int linux_getrlimit(int resource, uint64_t *soft, uint64_t *hard) {
    struct rlimit limit;
    if (getrlimit((__rlimit_resource_t)resource, &limit) < 0) return -1;
    *soft = limit.rlim_cur;
    *hard = limit.rlim_max;
    return 0;
}

int linux_sched_setattr(pid_t pid, struct linux_sched_attr *attributes, unsigned flags) {
    return (int)syscall(SYS_sched_setattr, pid, attributes, flags);
}

int linux_setresuid(uid_t real, uid_t effective, uid_t saved) {
    return (int)syscall(SYS_setresuid, real, effective, saved);
}
int linux_setresgid(gid_t real, gid_t effective, gid_t saved) {
    return (int)syscall(SYS_setresgid, real, effective, saved);
}
int linux_setgroups(size_t count, const gid_t *groups) { return (int)syscall(SYS_setgroups, count, groups); }
pid_t linux_gettid(void) { return (pid_t)syscall(SYS_gettid); }

int linux_wait_exited(int status) { return WIFEXITED(status); }
int linux_wait_exit_status(int status) { return WEXITSTATUS(status); }
int linux_wait_signaled(int status) { return WIFSIGNALED(status); }
int linux_wait_signal(int status) { return WTERMSIG(status); }

int linux_sigrtmin(void) { return SIGRTMIN; }
int linux_sigrtmax(void) { return SIGRTMAX; }
int linux_signal_ignore(int signal_number) { return signal(signal_number, SIG_IGN) == SIG_ERR ? -1 : 0; }
int linux_signal_default(int signal_number) { return signal(signal_number, SIG_DFL) == SIG_ERR ? -1 : 0; }

void linux_signals_reset(void) {
    struct {
        void *handler;
        unsigned long flags;
        void *restorer;
        uint64_t mask;
    } action = {0};
    for (int number = 1; number <= 64; number++) syscall(SYS_rt_sigaction, number, &action, NULL, 8);
    uint64_t none = 0;
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, 8);
}

// Both are the linker's.
extern const char __executable_start[], etext[];

void linux_forget_code(void) {
    uintptr_t start = (uintptr_t)__executable_start & ~(uintptr_t)4095;
    madvise((void *)start, (uintptr_t)etext - start, MADV_DONTNEED);
}
