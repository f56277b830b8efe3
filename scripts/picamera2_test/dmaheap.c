/* Stands in for the kernel's dma-heap where there is none: its buffers are plain shared memory.
 *
 * Preloaded, it answers the open() of a dma-heap and the calls that libcamera and picamera2 make of it and of its
 * buffers.  All else goes through.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define HEAPS "/dev/dma_heap/"
#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define OPEN(name)                                                        \
    int name(const char *path, int flags, ...) {                          \
        va_list rest;                                                     \
        va_start(rest, flags);                                            \
        mode_t mode = va_arg(rest, mode_t);                               \
        va_end(rest);                                                     \
        if (strncmp(path, HEAPS, strlen(HEAPS)) == 0)                     \
            return memfd_create("heap", MFD_CLOEXEC);                     \
        return REAL(name)(path, flags, mode);                             \
    }
OPEN(open)
OPEN(open64)

int ioctl(int fd, unsigned long request, ...) {
    va_list rest;
    va_start(rest, request);
    void *argument = va_arg(rest, void *);
    va_end(rest);
    if (request == DMA_HEAP_IOCTL_ALLOC) {
        struct dma_heap_allocation_data *wanted = argument;
        int buffer = memfd_create("buffer", MFD_CLOEXEC);
        if (buffer < 0 || ftruncate(buffer, wanted->len) < 0) return -1;
        wanted->fd = buffer;
        return 0;
    }
    if (_IOC_TYPE(request) == DMA_BUF_BASE) return 0; /* shared memory needs no syncing, and no name */
    return REAL(ioctl)(fd, request, argument);
}
