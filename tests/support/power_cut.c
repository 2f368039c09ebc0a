/* A disk that loses what was not forced to it. Preloaded into a process, between start and cut it notes which files below a
   folder hold bytes that no fsync, fdatasync or syncfs has covered, and keeps a copy of what was covered. At the step asked
   for the process dies. What a disk would still hold is then put together from outside (see power_cut.py). */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[PATH_MAX], shadow[PATH_MAX];
static long steps, last;
static int active, deaf;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* Begin: steps count from here, the process dies before its `cut`-th; a disk that is `is_deaf` does not hear syncfs. */
void power_start(const char *where, const char *copies, long cut, int is_deaf) {
    snprintf(root, sizeof root, "%s/", where);
    snprintf(shadow, sizeof shadow, "%s", copies);
    steps = 0, last = cut, deaf = is_deaf, active = 1;
}

long power_steps(void) { return steps; }

static void step(void) {
    if (++steps == last) kill(getpid(), SIGKILL);
}

static void name_of(char *name, ino_t file, const char *end) {
    snprintf(name, PATH_MAX, "%s/%lu%s", shadow, (unsigned long)file, end);
}

static int below(const char *path) { return active && strncmp(path, root, strlen(root)) == 0; }

/* The inode of an open regular file below the folder, 0 of any other. */
static ino_t watched(int fd) {
    char link[64], path[PATH_MAX];
    struct stat found;
    if (!active) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t size = readlink(link, path, sizeof path - 1);
    if (size < 0) return 0;
    path[size] = 0;
    return below(path) && fstat(fd, &found) == 0 && S_ISREG(found.st_mode) ? found.st_ino : 0;
}

static void dirty(int fd) {
    char name[PATH_MAX];
    ino_t file = watched(fd);
    if (!file) return;
    step();
    name_of(name, file, ".dirty");
    close(open(name, O_CREAT | O_WRONLY, 0600));
}

static void covered(const char *path, ino_t file) {
    char name[PATH_MAX], block[65536];
    ssize_t size;
    name_of(name, file, "");
    int from = open(path, O_RDONLY), to = open(name, O_CREAT | O_WRONLY | O_TRUNC, 0600);
    while (from >= 0 && (size = read(from, block, sizeof block)) > 0)
        if (REAL(write)(to, block, size) != size) break;
    close(from), close(to);
    name_of(name, file, ".dirty");
    REAL(unlink)(name);
}

static void forget(const char *path) {
    char name[PATH_MAX];
    struct stat found;
    if (!below(path) || lstat(path, &found)) return;
    name_of(name, found.st_ino, "");
    REAL(unlink)(name);
    name_of(name, found.st_ino, ".dirty");
    REAL(unlink)(name);
}

static int cover(const char *path, const struct stat *found, int kind) {
    char name[PATH_MAX];
    name_of(name, found->st_ino, ".dirty");
    if (kind == FTW_F && access(name, F_OK) == 0) covered(path, found->st_ino);
    return 0;
}

ssize_t write(int fd, const void *data, size_t size) { dirty(fd); return REAL(write)(fd, data, size); }
ssize_t pwrite(int fd, const void *data, size_t size, off_t at) { dirty(fd); return REAL(pwrite)(fd, data, size, at); }
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) { dirty(fd); return REAL(pwrite64)(fd, data, size, at); }
int ftruncate(int fd, off_t size) { dirty(fd); return REAL(ftruncate)(fd, size); }
int ftruncate64(int fd, off64_t size) { dirty(fd); return REAL(ftruncate64)(fd, size); }

static void synced(int fd) {
    char link[64];
    ino_t file = watched(fd);
    if (!file) return;
    step();
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    covered(link, file);
}

int fsync(int fd) { synced(fd); return REAL(fsync)(fd); }
int fdatasync(int fd) { synced(fd); return REAL(fdatasync)(fd); }

int syncfs(int fd) {
    if (active) step();
    if (active && !deaf) ftw(root, cover, 16);
    return REAL(syncfs)(fd);
}

int rename(const char *from, const char *to) {
    if (below(to)) step(), forget(to);
    return REAL(rename)(from, to);
}

int unlink(const char *path) {
    if (below(path)) step(), forget(path);
    return REAL(unlink)(path);
}
