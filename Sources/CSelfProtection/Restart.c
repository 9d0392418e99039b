// The runtime executes itself again from a read-only mount (see SelfProtection.swift, which decides whether that was
// enough). Done in Swift alone, the C library and the standard library would start twice; where the processor's features
// are asked of a hypervisor, the C library's start alone is an eighth of the time of `exec`. So this is the program's
// entry point (`-e skiff_start`), before any library: it makes its system calls itself and calls nobody. Whatever
// fails is left to Swift, which knows more ways and how to tell.

#define _GNU_SOURCE
#include "CSelfProtection.h"

#include <fcntl.h>
#include <linux/mount.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>

// Neither may the compiler call anybody: the C library's functions are chosen, and its guards set, when it starts.
#define ALONE __attribute__((no_builtin, no_stack_protector))

#if defined(__x86_64__)

__asm__(".globl skiff_start\n"
        ".type skiff_start, @function\n"
        "skiff_start:\n"
        "  endbr64\n"
        "  xorl %ebp, %ebp\n"
        "  movq %rsp, %rbx\n"
        "  movq %rdx, %r12\n"  // what _start has to be given
        "  movq %rsp, %rdi\n"
        "  andq $-16, %rsp\n"
        "  call skiff_restart\n"
        "  movq %rbx, %rsp\n"
        "  movq %r12, %rdx\n"
        "  jmp _start\n"
        ".size skiff_start, . - skiff_start\n");

ALONE static long call(long number, long a, long b, long c, long d, long e) {
    long result;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
                     : "rcx", "r11", "memory");
    return result;
}

#elif defined(__aarch64__)

__asm__(".globl skiff_start\n"
        ".type skiff_start, %function\n"
        "skiff_start:\n"
        "  bti c\n"
        "  mov x29, #0\n"
        "  mov x30, #0\n"
        "  mov x19, x0\n"  // what _start has to be given
        "  mov x0, sp\n"
        "  bl skiff_restart\n"
        "  mov x0, x19\n"
        "  mov x30, #0\n"
        "  b _start\n"
        ".size skiff_start, . - skiff_start\n");

ALONE static long call(long number, long a, long b, long c, long d, long e) {
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4) : "memory");
    return x0;
}

#else
#error "the entry point has to be written for this processor"
#endif

static const char program[] = "/proc/self/exe";

ALONE static int are_equal(const char *one, const char *other) {
    while (*one != 0 && *one == *other) one++, other++;
    return *one == *other;
}

// Whether a word of the command line is a command that has processes of a container near a copy of this one. A word that
// only looks like one costs a start.
ALONE static int may_meet_container(char **arguments) {
    for (char **word = arguments; *word != 0; word++) {
        if (word == arguments) continue;
        if (are_equal(*word, "run") || are_equal(*word, "exec") || are_equal(*word, "create") ||
            are_equal(*word, "restore"))
            return 1;
    }
    return 0;
}

// `stack` is what execve(2) leaves there: the count of arguments, the arguments, a null, the environment, a null.
ALONE __attribute__((used, visibility("hidden"))) void skiff_restart(long *stack) {
    char **arguments = (char **)(stack + 1);
    char **environment = arguments + stack[0] + 1;
    struct statfs status;
    struct mount_attr attributes;
    if (stack[0] == 0 || !may_meet_container(arguments)) return;
    if (call(SYS_statfs, (long)program, (long)&status, 0, 0, 0) < 0 || (status.f_flags & ST_RDONLY) != 0) return;
    long tree = call(SYS_open_tree, AT_FDCWD, (long)program, 1 /* OPEN_TREE_CLONE */ | O_CLOEXEC, 0, 0);
    if (tree < 0) return;
    attributes.attr_set = 1;  // MOUNT_ATTR_RDONLY
    attributes.attr_clr = 0;
    attributes.propagation = 0;
    attributes.userns_fd = 0;
    if (call(SYS_mount_setattr, tree, (long)"", AT_EMPTY_PATH, (long)&attributes, sizeof(attributes)) == 0)
        call(SYS_execveat, tree, (long)"", (long)arguments, (long)environment, AT_EMPTY_PATH);
    call(SYS_close, tree, 0, 0, 0, 0);
}
