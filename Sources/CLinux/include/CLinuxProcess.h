#pragma once

#include <linux/bpf.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// Namespace flags of clone(2), unshare(2) and setns(2).
enum {
    LINUX_CLONE_NEWTIME = 0x00000080,
    LINUX_CLONE_NEWNS = 0x00020000,
    LINUX_CLONE_NEWCGROUP = 0x02000000,
    LINUX_CLONE_NEWUTS = 0x04000000,
    LINUX_CLONE_NEWIPC = 0x08000000,
    LINUX_CLONE_NEWUSER = 0x10000000,
    LINUX_CLONE_NEWPID = 0x20000000,
    LINUX_CLONE_NEWNET = 0x40000000,
};

// fork with namespaces, a pidfd and (cgroup >= 0) a cgroup2 to start in; 0 in the child, as fork. Only for a
// process of one thread. pidfd may be null.
pid_t linux_clone3(uint64_t flags, int *pidfd, int exit_signal, int cgroup);
// As above with the caller's parent as parent.
pid_t linux_clone3_sibling(uint64_t flags, int *pidfd, int exit_signal, int cgroup);
// Swift hides fork, since a threaded runtime does not survive it; a program of one thread does.
pid_t linux_fork(void);

int linux_unshare(int flags);
int linux_setns(int fd, int flags);
int linux_sethostname(const char *name, size_t count);
int linux_setdomainname(const char *name, size_t count);

int linux_pidfd_open(pid_t pid, unsigned flags);
int linux_pidfd_send_signal(int pidfd, int signal);
int linux_pidfd_getfd(int pidfd, int fd);
// waitid on a pidfd: 0 with *code (CLD_EXITED …) and *status, *code 0 where nothing ended (WNOHANG).
int linux_pidfd_wait(int pidfd, int options, int *code, int *status);
int linux_execveat(int dir, const char *path, char *const arguments[], char *const environment[], int flags);

int linux_prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d);
long linux_keyctl(int operation, unsigned long a, unsigned long b, unsigned long c, unsigned long d);
int linux_seccomp(unsigned operation, unsigned flags, void *arguments);
int linux_bpf(int command, union bpf_attr *attributes, unsigned size);
int linux_ioprio_set(int which, int who, int priority);
int linux_set_mempolicy(int mode, const unsigned long *nodes, unsigned long maximum);
int linux_personality(unsigned long domain);
int linux_sched_setaffinity(pid_t pid, size_t bytes, const unsigned long *mask);
// RLIMIT_* as plain numbers.
int linux_setrlimit(int resource, uint64_t soft, uint64_t hard);
int linux_getrlimit(int resource, uint64_t *soft, uint64_t *hard);

// struct sched_attr of <linux/sched/types.h>, a header that clashes with <sched.h>.
struct linux_sched_attr {
    uint32_t size;
    uint32_t sched_policy;
    uint64_t sched_flags;
    int32_t sched_nice;
    uint32_t sched_priority;
    uint64_t sched_runtime;
    uint64_t sched_deadline;
    uint64_t sched_period;
};
int linux_sched_setattr(pid_t pid, struct linux_sched_attr *attributes, unsigned flags);

// The raw calls change only the calling thread, which is the whole program here; glibc's signal every thread.
int linux_setresuid(uid_t real, uid_t effective, uid_t saved);
int linux_setresgid(gid_t real, gid_t effective, gid_t saved);
int linux_setgroups(size_t count, const gid_t *groups);
pid_t linux_gettid(void);
// Lets go of the pages of the program's code and constants that are mapped; those that are needed again are mapped anew.
void linux_forget_code(void);

// The macros of <sys/wait.h>.
int linux_wait_exited(int status);
int linux_wait_exit_status(int status);
int linux_wait_signaled(int status);
int linux_wait_signal(int status);

// Real-time signals are macros over functions.
int linux_sigrtmin(void);
int linux_sigrtmax(void);
int linux_signal_ignore(int signal_number);
int linux_signal_default(int signal_number);
// Every signal back to its default and none blocked: what a container's program expects. The raw call takes the two
// signals that glibc keeps for itself too.
void linux_signals_reset(void);
