/* A pretended USB camera: preloaded, it answers V4L2's calls for the file $PRETEND/video0.
 *
 * $PRETEND/YUYV and $PRETEND/MJPG hold one picture each, of 640x480; a format without a file is not known.
 * $PRETEND/state says what happens: "run"; "stall": no more pictures; "gone": unplugged; "busy": in use elsewhere;
 * "wall": stamps by another clock.  Pictures come 30 times a second, whether they are taken or not.
 * $PRETEND/controls gets a line for each control that is set, $PRETEND/ended one for each end: how many buffers were
 * still with the reader.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define BUFFERS 4
#define ROOM (640 * 480 * 2)
#define PERIOD_NS 33333333LL

static unsigned format;
static int queued[BUFFERS], first, waiting;
static long long taken = -1, begun_ns;

static long long now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void nap(long long ns) {
    struct timespec span = {ns / 1000000000LL, ns % 1000000000LL};
    nanosleep(&span, NULL);
}

static const char *in_folder(const char *name) {
    static __thread char path[4096];
    snprintf(path, sizeof path, "%s/%s", getenv("PRETEND"), name);
    return path;
}

static int state_is(const char *wanted) {
    char state[16] = "";
    FILE *file = fopen(in_folder("state"), "r");
    if (file) {
        if (fscanf(file, "%15s", state) != 1) state[0] = 0;
        fclose(file);
    }
    return strcmp(state, wanted) == 0;
}

static int ours(int fd) {
    struct stat here, there;
    return getenv("PRETEND") && !fstat(fd, &here) && !stat(in_folder("video0"), &there) &&
           here.st_ino == there.st_ino && here.st_dev == there.st_dev;
}

static int fail(int number) {
    errno = number;
    return -1;
}

static const char *file_of(unsigned fourcc) {
    char name[5] = {fourcc, fourcc >> 8, fourcc >> 16, fourcc >> 24, 0};
    return in_folder(name);
}

static int dequeue(int fd, struct v4l2_buffer *buffer) {
    static char picture[ROOM];
    while (state_is("stall")) nap(20000000LL);
    if (state_is("gone")) return fail(ENODEV);
    if (!waiting) return fail(EINVAL);
    long long newest = (now_ns() - begun_ns) / PERIOD_NS;
    long long number = taken + 1; /* the oldest that a buffer was free for */
    if (number < newest - BUFFERS + 1) number = newest - BUFFERS + 1;
    long long when_ns = begun_ns + number * PERIOD_NS;
    if (when_ns > now_ns()) nap(when_ns - now_ns());
    taken = number;
    int index = queued[first];
    first = (first + 1) % BUFFERS;
    waiting--;
    int file = open(file_of(format), O_RDONLY);
    ssize_t size = read(file, picture, ROOM);
    close(file);
    if (pwrite(fd, picture, size, (off_t)index * ROOM) != size) return fail(EIO);
    buffer->index = index;
    buffer->bytesused = size;
    buffer->flags = V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC;
    buffer->sequence = number;
    if (state_is("wall")) when_ns = 1000000000LL + number * PERIOD_NS;
    buffer->timestamp.tv_sec = when_ns / 1000000000LL;
    buffer->timestamp.tv_usec = when_ns / 1000 % 1000000;
    return 0;
}

static int answer(int fd, unsigned long request, void *what) {
    if (state_is("gone") && request != VIDIOC_STREAMOFF) return fail(ENODEV);
    switch (request) {
    case VIDIOC_QUERYCAP: {
        struct v4l2_capability *capability = what;
        memset(capability, 0, sizeof *capability);
        strcpy((char *)capability->driver, "uvcvideo");
        strcpy((char *)capability->card, "Pretended Webcam");
        strcpy((char *)capability->bus_info, "usb-0000:01:00.0-1.2");
        capability->device_caps = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING;
        capability->capabilities = capability->device_caps | V4L2_CAP_DEVICE_CAPS | V4L2_CAP_META_CAPTURE;
        return 0;
    }
    case VIDIOC_S_CTRL: {
        struct v4l2_control *control = what;
        FILE *file = fopen(in_folder("controls"), "a");
        fprintf(file, "%08x %d\n", control->id, control->value);
        fclose(file);
        return 0;
    }
    case VIDIOC_G_INPUT:
        *(int *)what = 0;
        return 0;
    case VIDIOC_S_INPUT:
        return 0;
    case VIDIOC_ENUMINPUT:
        ((struct v4l2_input *)what)->std = 0;
        return 0;
    case VIDIOC_S_FMT: {
        struct v4l2_pix_format *pix = &((struct v4l2_format *)what)->fmt.pix;
        if (state_is("busy")) return fail(EBUSY);
        format = pix->pixelformat;
        if (access(file_of(format), R_OK)) format = V4L2_PIX_FMT_MJPEG; /* drivers take what they have */
        if (access(file_of(format), R_OK)) format = V4L2_PIX_FMT_YUYV;
        pix->pixelformat = format;
        pix->width = 640;
        pix->height = 480;
        pix->field = V4L2_FIELD_NONE;
        pix->bytesperline = format == V4L2_PIX_FMT_YUYV ? 1280 : 0;
        pix->sizeimage = ROOM;
        return 0;
    }
    case VIDIOC_G_PARM:
    case VIDIOC_S_PARM: {
        struct v4l2_captureparm *capture = &((struct v4l2_streamparm *)what)->parm.capture;
        capture->capability = V4L2_CAP_TIMEPERFRAME;
        capture->timeperframe.numerator = 1;
        capture->timeperframe.denominator = 30;
        return 0;
    }
    case VIDIOC_REQBUFS:
        ((struct v4l2_requestbuffers *)what)->count = BUFFERS;
        return ftruncate(fd, BUFFERS * ROOM);
    case VIDIOC_QUERYBUF: {
        struct v4l2_buffer *buffer = what;
        buffer->length = ROOM;
        buffer->m.offset = buffer->index * ROOM; /* mapping the file itself does the rest */
        return 0;
    }
    case VIDIOC_QBUF:
        queued[(first + waiting++) % BUFFERS] = ((struct v4l2_buffer *)what)->index;
        return 0;
    case VIDIOC_DQBUF:
        return dequeue(fd, what);
    case VIDIOC_STREAMON:
        begun_ns = now_ns();
        taken = -1;
        return 0;
    case VIDIOC_STREAMOFF: {
        FILE *file = fopen(in_folder("ended"), "a");
        fprintf(file, "%d\n", BUFFERS - waiting);
        fclose(file);
        first = waiting = 0;
        return 0;
    }
    default:
        return fail(ENOTTY);
    }
}

int ioctl(int fd, unsigned long request, ...) {
    static int (*real)(int, unsigned long, ...);
    va_list more;
    va_start(more, request);
    void *what = va_arg(more, void *);
    va_end(more);
    if (((request >> 8) & 0xff) == 'V' && ours(fd)) return answer(fd, request & 0xffffffff, what);
    if (!real) real = dlsym(RTLD_NEXT, "ioctl");
    return real(fd, request, what);
}
