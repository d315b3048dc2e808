/*
 * Records what a process tells the disk.
 *
 * Preloaded (LD_PRELOAD) into the server, it executes every call that changes a file or a folder below POWER_ROOT, and
 * then appends the call to the journal POWER_JOURNAL: what was written where, and what was synced. It does not sync:
 * written data survives a killed process anyway, and src/power/disk.rs derives from the journal what would survive a
 * power cut. A sync takes a random time instead, at most POWER_SYNC_US microseconds. The journal records when it begins
 * and when it ends, because only data written before it begins is durable when it ends.
 *
 * At the change number POWER_CUT_AT the process kills itself, and that change does not happen.
 *
 * Changes run one at a time, under a lock, so the journal has their order. A change that bypasses this file (a call
 * that is not below, a mapped file) is detected: the files that a killed server leaves are compared with those that the
 * journal yields. SQLite's shared memory (`-shm`) is ignored, because it is rebuilt after a crash.
 *
 * Linux with glibc. The journal has the machine's byte order.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* What an entry of the journal says; src/power/journal.rs reads the same numbers. */
enum change {
    CREATE = 1,     /* a file: node, path */
    WRITE = 2,      /* node, at, bytes */
    TRUNCATE = 3,   /* node, at: the new length */
    SYNC_BEGIN = 4, /* node of a file or a folder, at: which sync */
    SYNC_END = 5,   /* the same */
    UNLINK = 6,     /* path */
    RENAME = 7,     /* path, bytes: the new path */
    LINK = 8,       /* path, bytes: the further path */
    MKDIR = 9,      /* node, path */
    RMDIR = 10,     /* path */
};

/* Before the path and the bytes of each entry. */
struct head {
    uint32_t change;
    uint32_t path_length;
    uint64_t node;
    uint64_t at;
    uint64_t bytes_length;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int journal = -1;
static char root[PATH_MAX];
static size_t root_length;
static uint64_t changes, cut_at, syncs;
static unsigned sync_us;
static unsigned seed;

/* The library's own functions. */
static int (*real_open)(const char *, int, ...);
static int (*real_openat)(int, const char *, int, ...);
static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off64_t);
static int (*real_ftruncate)(int, off64_t);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static int (*real_unlink)(const char *);
static int (*real_unlinkat)(int, const char *, int);
static int (*real_rename)(const char *, const char *);
static int (*real_renameat)(int, const char *, int, const char *);
static int (*real_link)(const char *, const char *);
static int (*real_linkat)(int, const char *, int, const char *, int);
static int (*real_mkdir)(const char *, mode_t);
static int (*real_mkdirat)(int, const char *, mode_t);
static int (*real_rmdir)(const char *);

static void fail(const char *what)
{
    fprintf(stderr, "power: %s: %s\n", what, strerror(errno));
    _exit(70);
}

static void *real(const char *name)
{
    void *found = dlsym(RTLD_NEXT, name);

    if (found == NULL)
        fail(name);
    return found;
}

static uint64_t number(const char *name)
{
    const char *text = getenv(name);

    return text == NULL ? 0 : strtoull(text, NULL, 10);
}

static void begin(void)
{
    const char *wanted = getenv("POWER_ROOT"), *path = getenv("POWER_JOURNAL");

    real_open = real("open64");
    real_openat = real("openat64");
    real_write = real("write");
    real_pwrite = real("pwrite64");
    real_ftruncate = real("ftruncate64");
    real_fsync = real("fsync");
    real_fdatasync = real("fdatasync");
    real_unlink = real("unlink");
    real_unlinkat = real("unlinkat");
    real_rename = real("rename");
    real_renameat = real("renameat");
    real_link = real("link");
    real_linkat = real("linkat");
    real_mkdir = real("mkdir");
    real_mkdirat = real("mkdirat");
    real_rmdir = real("rmdir");
    if (wanted == NULL || path == NULL)
        return;
    if (realpath(wanted, root) == NULL)
        fail("POWER_ROOT");
    root_length = strlen(root);
    cut_at = number("POWER_CUT_AT");
    sync_us = (unsigned)number("POWER_SYNC_US");
    seed = (unsigned)number("POWER_SEED");
    journal = real_open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (journal < 0)
        fail("POWER_JOURNAL");
}

static int is_below(const char *path)
{
    size_t length = strlen(path);
    static const char shared_memory[] = "-shm";
    const size_t suffix = sizeof shared_memory - 1;

    if (strncmp(path, root, root_length) != 0 || (path[root_length] != '/' && path[root_length] != '\0'))
        return 0;
    return length < suffix || strcmp(path + length - suffix, shared_memory) != 0;
}

/* Whether an open file or folder is below the root; if so, its path and its number. A deleted file is not. */
static int is_ours(int file, char path[PATH_MAX], struct stat *found)
{
    char name[64];
    ssize_t length;

    pthread_once(&once, begin);
    if (journal < 0 || file == journal)
        return 0;
    snprintf(name, sizeof name, "/proc/self/fd/%d", file);
    length = readlink(name, path, PATH_MAX - 1);
    if (length <= 0)
        return 0;
    path[length] = '\0';
    return is_below(path) && fstat(file, found) == 0 && found->st_nlink > 0;
}

/* Whether what `given` names, there or not, is below the root; if so, its path without links and dots. */
static int is_named(int folder, const char *given, char path[PATH_MAX])
{
    char whole[PATH_MAX], parent[PATH_MAX], name[64];
    const char *last;
    char *slash;
    ssize_t length = 0;
    size_t size;

    pthread_once(&once, begin);
    if (journal < 0)
        return 0;
    if (given[0] != '/') {
        if (folder == AT_FDCWD)
            strcpy(name, "/proc/self/cwd");
        else
            snprintf(name, sizeof name, "/proc/self/fd/%d", folder);
        length = readlink(name, whole, sizeof whole - 2);
        if (length <= 0)
            return 0;
        whole[length++] = '/';
    }
    size = strlen(given);
    if ((size_t)length + size >= sizeof whole)
        return 0;
    memcpy(whole + length, given, size + 1);
    for (size = strlen(whole); size > 1 && whole[size - 1] == '/'; size--)
        whole[size - 1] = '\0';
    slash = strrchr(whole, '/');
    if (slash == NULL)
        return 0;
    last = slash + 1;
    *slash = '\0';
    if (realpath(whole[0] == '\0' ? "/" : whole, parent) == NULL)
        return 0;
    if (snprintf(path, PATH_MAX, "%s/%s", parent, last) >= PATH_MAX)
        return 0;
    return is_below(path);
}

/* Takes the lock for one change, or cuts the power before it. */
static void before_change(void)
{
    pthread_mutex_lock(&lock);
    changes++;
    if (cut_at != 0 && changes >= cut_at) {
        kill(getpid(), SIGKILL);
        for (;;)
            pause();
    }
}

/* Writes an entry whole. Under the lock. */
static void note(enum change change, uint64_t node, uint64_t at, const char *path, const void *bytes, size_t length)
{
    struct head head = {.change = change, .node = node, .at = at, .bytes_length = length};
    struct iovec parts[3];
    int used = 0;

    head.path_length = path == NULL ? 0 : (uint32_t)strlen(path);
    parts[0].iov_base = &head;
    parts[0].iov_len = sizeof head;
    parts[1].iov_base = (void *)path;
    parts[1].iov_len = head.path_length;
    parts[2].iov_base = (void *)bytes;
    parts[2].iov_len = length;
    while (used < 3) {
        ssize_t written = writev(journal, parts + used, 3 - used);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            fail("writing the journal");
        for (; used < 3 && (size_t)written >= parts[used].iov_len; used++)
            written -= (ssize_t)parts[used].iov_len;
        if (used < 3) {
            parts[used].iov_base = (char *)parts[used].iov_base + written;
            parts[used].iov_len -= (size_t)written;
        }
    }
}

/* Gives the lock back, and leaves `errno` as the call left it. */
static void after_change(int error)
{
    pthread_mutex_unlock(&lock);
    errno = error;
}

static int opened(int folder, const char *given, int flags, mode_t mode)
{
    char path[PATH_MAX], was[PATH_MAX];
    struct stat found, before;
    int file, error, is_new;

    pthread_once(&once, begin);
    if ((flags & (O_CREAT | O_TRUNC)) == 0 || !is_named(folder, given, path))
        return real_openat(folder, given, flags, mode);
    /* Opening again what is there changes nothing, unless it is emptied. */
    is_new = lstat(path, &before) != 0;
    if (!is_new && (flags & O_TRUNC) == 0)
        return real_openat(folder, given, flags, mode);
    before_change();
    is_new = lstat(path, &before) != 0;
    file = real_openat(folder, given, flags, mode);
    error = errno;
    if (file >= 0 && is_ours(file, was, &found)) {
        if (is_new)
            note(CREATE, found.st_ino, 0, was, NULL, 0);
        else if ((flags & O_TRUNC) != 0)
            note(TRUNCATE, found.st_ino, 0, NULL, NULL, 0);
    }
    after_change(error);
    return file;
}

/* The mode comes with a file that may be made, and with no other. */
#define MODE_OF(flags, mode)                                 \
    do {                                                     \
        if (((flags) & (O_CREAT | __O_TMPFILE)) != 0) {      \
            va_list rest;                                    \
            va_start(rest, flags);                           \
            (mode) = va_arg(rest, mode_t);                   \
            va_end(rest);                                    \
        }                                                    \
    } while (0)

int open(const char *path, int flags, ...)
{
    mode_t mode = 0;

    MODE_OF(flags, mode);
    return opened(AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
    mode_t mode = 0;

    MODE_OF(flags, mode);
    return opened(AT_FDCWD, path, flags | O_LARGEFILE, mode);
}

int openat(int folder, const char *path, int flags, ...)
{
    mode_t mode = 0;

    MODE_OF(flags, mode);
    return opened(folder, path, flags, mode);
}

int openat64(int folder, const char *path, int flags, ...)
{
    mode_t mode = 0;

    MODE_OF(flags, mode);
    return opened(folder, path, flags | O_LARGEFILE, mode);
}

ssize_t write(int file, const void *bytes, size_t length)
{
    char path[PATH_MAX];
    struct stat found;
    ssize_t written;
    off64_t at;
    int error;

    if (!is_ours(file, path, &found))
        return real_write(file, bytes, length);
    before_change();
    at = lseek64(file, 0, SEEK_CUR);
    if ((fcntl(file, F_GETFL) & O_APPEND) != 0)
        at = fstat(file, &found) == 0 ? found.st_size : at;
    written = real_write(file, bytes, length);
    error = errno;
    if (written > 0)
        note(WRITE, found.st_ino, (uint64_t)at, NULL, bytes, (size_t)written);
    after_change(error);
    return written;
}

ssize_t pwrite64(int file, const void *bytes, size_t length, off64_t at)
{
    char path[PATH_MAX];
    struct stat found;
    ssize_t written;
    int error;

    if (!is_ours(file, path, &found))
        return real_pwrite(file, bytes, length, at);
    before_change();
    written = real_pwrite(file, bytes, length, at);
    error = errno;
    if (written > 0)
        note(WRITE, found.st_ino, (uint64_t)at, NULL, bytes, (size_t)written);
    after_change(error);
    return written;
}

ssize_t pwrite(int file, const void *bytes, size_t length, off_t at)
{
    return pwrite64(file, bytes, length, at);
}

int ftruncate64(int file, off64_t length)
{
    char path[PATH_MAX];
    struct stat found;
    int done, error;

    if (!is_ours(file, path, &found))
        return real_ftruncate(file, length);
    before_change();
    done = real_ftruncate(file, length);
    error = errno;
    if (done == 0)
        note(TRUNCATE, found.st_ino, (uint64_t)length, NULL, NULL, 0);
    after_change(error);
    return done;
}

int ftruncate(int file, off_t length)
{
    return ftruncate64(file, length);
}

static int synced(int file, int (*otherwise)(int))
{
    char path[PATH_MAX];
    struct stat found;
    uint64_t which;
    unsigned span;

    if (!is_ours(file, path, &found))
        return otherwise(file);
    before_change();
    which = ++syncs;
    note(SYNC_BEGIN, found.st_ino, which, NULL, NULL, 0);
    span = sync_us == 0 ? 0 : (unsigned)rand_r(&seed) % sync_us;
    after_change(0);
    /* The disk works; meanwhile others may write, and the power may be cut. */
    if (span > 0) {
        struct timespec pause = {.tv_sec = 0, .tv_nsec = (long)span * 1000};

        nanosleep(&pause, NULL);
    }
    before_change();
    note(SYNC_END, found.st_ino, which, NULL, NULL, 0);
    after_change(0);
    return 0;
}

int fsync(int file)
{
    pthread_once(&once, begin);
    return synced(file, real_fsync);
}

int fdatasync(int file)
{
    pthread_once(&once, begin);
    return synced(file, real_fdatasync);
}

int unlink(const char *given)
{
    char path[PATH_MAX];
    int done, error;

    if (!is_named(AT_FDCWD, given, path))
        return real_unlink(given);
    before_change();
    done = real_unlink(given);
    error = errno;
    if (done == 0)
        note(UNLINK, 0, 0, path, NULL, 0);
    after_change(error);
    return done;
}

int unlinkat(int folder, const char *given, int flags)
{
    char path[PATH_MAX];
    int done, error;

    if (!is_named(folder, given, path))
        return real_unlinkat(folder, given, flags);
    before_change();
    done = real_unlinkat(folder, given, flags);
    error = errno;
    if (done == 0)
        note((flags & AT_REMOVEDIR) != 0 ? RMDIR : UNLINK, 0, 0, path, NULL, 0);
    after_change(error);
    return done;
}

int rename(const char *from, const char *to)
{
    char old[PATH_MAX], new[PATH_MAX];
    int done, error;

    if (!is_named(AT_FDCWD, from, old) || !is_named(AT_FDCWD, to, new))
        return real_rename(from, to);
    before_change();
    done = real_rename(from, to);
    error = errno;
    if (done == 0)
        note(RENAME, 0, 0, old, new, strlen(new));
    after_change(error);
    return done;
}

int renameat(int from_folder, const char *from, int to_folder, const char *to)
{
    char old[PATH_MAX], new[PATH_MAX];
    int done, error;

    if (!is_named(from_folder, from, old) || !is_named(to_folder, to, new))
        return real_renameat(from_folder, from, to_folder, to);
    before_change();
    done = real_renameat(from_folder, from, to_folder, to);
    error = errno;
    if (done == 0)
        note(RENAME, 0, 0, old, new, strlen(new));
    after_change(error);
    return done;
}

int link(const char *from, const char *to)
{
    char old[PATH_MAX], new[PATH_MAX];
    int done, error;

    if (!is_named(AT_FDCWD, from, old) || !is_named(AT_FDCWD, to, new))
        return real_link(from, to);
    before_change();
    done = real_link(from, to);
    error = errno;
    if (done == 0)
        note(LINK, 0, 0, old, new, strlen(new));
    after_change(error);
    return done;
}

int linkat(int from_folder, const char *from, int to_folder, const char *to, int flags)
{
    char old[PATH_MAX], new[PATH_MAX];
    int done, error;

    if (!is_named(from_folder, from, old) || !is_named(to_folder, to, new))
        return real_linkat(from_folder, from, to_folder, to, flags);
    before_change();
    done = real_linkat(from_folder, from, to_folder, to, flags);
    error = errno;
    if (done == 0)
        note(LINK, 0, 0, old, new, strlen(new));
    after_change(error);
    return done;
}

int mkdir(const char *given, mode_t mode)
{
    char path[PATH_MAX];
    struct stat found;
    int done, error;

    if (!is_named(AT_FDCWD, given, path))
        return real_mkdir(given, mode);
    before_change();
    done = real_mkdir(given, mode);
    error = errno;
    if (done == 0 && lstat(path, &found) == 0)
        note(MKDIR, found.st_ino, 0, path, NULL, 0);
    after_change(error);
    return done;
}

int mkdirat(int folder, const char *given, mode_t mode)
{
    char path[PATH_MAX];
    struct stat found;
    int done, error;

    if (!is_named(folder, given, path))
        return real_mkdirat(folder, given, mode);
    before_change();
    done = real_mkdirat(folder, given, mode);
    error = errno;
    if (done == 0 && lstat(path, &found) == 0)
        note(MKDIR, found.st_ino, 0, path, NULL, 0);
    after_change(error);
    return done;
}

int rmdir(const char *given)
{
    char path[PATH_MAX];
    int done, error;

    if (!is_named(AT_FDCWD, given, path))
        return real_rmdir(given);
    before_change();
    done = real_rmdir(given);
    error = errno;
    if (done == 0)
        note(RMDIR, 0, 0, path, NULL, 0);
    after_change(error);
    return done;
}
