#pragma once

// The few C things Swift cannot express: variadic functions, macros, system calls without a glibc wrapper.
// Every function returns the system call's result and leaves the reason in errno, as libc does.
//
// Swift's own view of glibc is compiled without _GNU_SOURCE and two views must not differ, so this header includes
// nothing that depends on it; the implementations may.

#include <linux/bpf.h>
#include <linux/close_range.h>
#include <linux/filter.h>
#include <linux/ioprio.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/statfs.h>
#include <sys/timerfd.h>
#include <sys/types.h>
#include <sys/xattr.h>

#include "CLinuxFile.h"
#include "CLinuxHeap.h"
#include "CLinuxMount.h"
#include "CLinuxProcess.h"
