#include "CLinuxHeap.h"

#include <malloc.h>

void linux_heap_limit(int threshold) {
    mallopt(M_ARENA_MAX, 1);
    mallopt(M_MMAP_THRESHOLD, threshold);
}
