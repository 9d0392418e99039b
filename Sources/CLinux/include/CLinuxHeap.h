#pragma once

// For a daemon that has to stay small: one heap for all threads, each of which would otherwise grow one of its own, and
// blocks from `threshold` bytes on go back to the kernel when they are freed.
void linux_heap_limit(int threshold);
