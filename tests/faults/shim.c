/* What a disk may do to a program: the Nth call that changes a file under one folder fails, or every one is written down.

Built by the tests with `cc -shared -fPIC`, loaded with LD_PRELOAD, and steered by the functions at the end. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char folder[4096];
static size_t folder_length;
static int fail_at, fail_with, count, log_fd = -1;

#define REAL(name) ({ static __typeof__(&name) real; if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name); real; })

static const char *ours(const char *path) {
    return folder_length && path && !strncmp(path, folder, folder_length) ? path + folder_length : NULL;
}

static const char *ours_fd(int fd, char *room) {
    char link[64];
    if (!folder_length || fd == log_fd) return NULL;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, room, 4095);
    if (n <= 0) return NULL;
    room[n] = 0;
    return ours(room);
}

static int fails(void) {
    count++;
    if (fail_at && count == fail_at) { errno = fail_with; return 1; }
    return 0;
}

static void note(char kind, const char *name, int64_t at, const void *data, int64_t length) {
    if (log_fd < 0) return;
    int32_t size = name ? (int32_t)strlen(name) : 0;
    ssize_t (*put)(int, const void *, size_t) = REAL(write);
    put(log_fd, &kind, 1); put(log_fd, &size, 4); put(log_fd, name, size);
    put(log_fd, &at, 8); put(log_fd, &length, 8);
    if (data) put(log_fd, data, length);
}

#define PWRITE(name, offset) \
ssize_t name(int fd, const void *data, size_t n, offset at) { \
    char room[4096]; const char *file = ours_fd(fd, room); \
    if (file && fails()) return -1; \
    ssize_t done = REAL(name)(fd, data, n, at); \
    if (file && done > 0) note('w', file, at, data, done); \
    return done; }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

ssize_t write(int fd, const void *data, size_t n) {
    char room[4096]; const char *file = ours_fd(fd, room);
    if (file && fails()) return -1;
    off_t at = file && log_fd >= 0 ? lseek(fd, 0, fcntl(fd, F_GETFL) & O_APPEND ? SEEK_END : SEEK_CUR) : 0;
    ssize_t done = REAL(write)(fd, data, n);
    if (file && done > 0) note('w', file, at, data, done);
    return done;
}

#define SYNC(name) \
int name(int fd) { \
    char room[4096]; const char *file = ours_fd(fd, room); \
    if (file && fails()) return -1; \
    int done = REAL(name)(fd); \
    if (file && !done) note('s', file, 0, NULL, 0); \
    return done; }
SYNC(fsync)
SYNC(fdatasync)

#define TRUNCATE(name, offset) \
int name(int fd, offset at) { \
    char room[4096]; const char *file = ours_fd(fd, room); \
    if (file && fails()) return -1; \
    int done = REAL(name)(fd, at); \
    if (file && !done) note('t', file, at, NULL, 0); \
    return done; }
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)

#define OPEN(name) \
int name(const char *path, int flags, ...) { \
    va_list rest; va_start(rest, flags); mode_t mode = va_arg(rest, mode_t); va_end(rest); \
    const char *file = (flags & (O_WRONLY | O_RDWR)) ? ours(path) : NULL; \
    if (file && fails()) return -1; \
    int fd = REAL(name)(path, flags, mode); \
    if (file && fd >= 0 && (flags & (O_CREAT | O_TRUNC))) note((flags & O_TRUNC) ? 't' : 'c', file, 0, NULL, 0); \
    return fd; }
OPEN(open)
OPEN(open64)

int rename(const char *from, const char *to) {
    const char *one = ours(from), *two = ours(to);
    if ((one || two) && fails()) return -1;
    int done = REAL(rename)(from, to);
    if (one && two && !done) note('r', one, 0, two, strlen(two));
    return done;
}

int unlink(const char *path) {
    const char *file = ours(path);
    if (file && fails()) return -1;
    int done = REAL(unlink)(path);
    if (file && !done) note('u', file, 0, NULL, 0);
    return done;
}

void fault_watch(const char *path) { strncpy(folder, path, sizeof folder - 1); folder_length = strlen(folder); }
void fault_arm(int at, int with) { fail_at = at; fail_with = with; count = 0; }
int fault_count(void) { return count; }
void fault_record(int fd) { log_fd = fd; }
void fault_mark(int number) { note('m', NULL, number, NULL, 0); }
