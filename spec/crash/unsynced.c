/*
 * Preloaded into a broker (LD_PRELOAD), keeps beside each database file what a power cut at this moment would undo: for
 * every write that no fsync has followed yet, the bytes it replaced and the size the file had. The logs are written
 * before the files are, and emptied after an fsync has returned, so a SIGKILL at any moment leaves both true.
 * power-cut.ts reads them.
 *
 *   CRASH_WATCHED  the data directory, without links in it; the database, its WAL, its journal and the mark that it is
 *                  open are watched
 *   CRASH_UNDO     where the logs are: <file> and, until the directory is synced, <file>.created
 *
 *   log     record, record, …
 *   record  offset, bytes written, bytes replaced, size before (8 bytes each), then the bytes replaced
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FDS_MAX 4096
#define DIRECTORY -1
#define NAMES 4

static const char *const names[NAMES] = {"leveret.db", "leveret.db-journal", "leveret.db-open", "leveret.db-wal"};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
/* Per descriptor: 0, the descriptor of its log, or DIRECTORY. */
static int log_of[FDS_MAX];

static int (*real_open)(const char *, int, ...);
static ssize_t (*real_pwrite)(int, const void *, size_t, off64_t);
static ssize_t (*real_write)(int, const void *, size_t);
static int (*real_ftruncate)(int, off64_t);
static int (*real_fsync)(int);
static int (*real_close)(int);

__attribute__((constructor)) static void find_real_ones(void) {
  real_open = dlsym(RTLD_NEXT, "open64");
  real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
  real_write = dlsym(RTLD_NEXT, "write");
  real_ftruncate = dlsym(RTLD_NEXT, "ftruncate64");
  real_fsync = dlsym(RTLD_NEXT, "fsync");
  real_close = dlsym(RTLD_NEXT, "close");
}

static int watched_log(int fd) {
  return fd >= 0 && fd < FDS_MAX ? log_of[fd] : 0;
}

/* Something the logs cannot tell would make every later verdict false. */
static void give_up(const char *what) {
  perror(what);
  abort();
}

static const char *watched_name(const char *path, const char *directory) {
  size_t length = strlen(directory);
  if (strncmp(path, directory, length) != 0 || path[length] != '/') return NULL;
  const char *name = path + length + 1;
  for (int i = 0; i < NAMES; i++)
    if (strcmp(name, names[i]) == 0) return name;
  return NULL;
}

static int open_log(const char *name, const char *ending, int flags) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s%s", getenv("CRASH_UNDO"), name, ending);
  int fd = real_open(path, flags | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) give_up(path);
  return fd;
}

static int opened(const char *path, int flags, mode_t mode) {
  const char *directory = getenv("CRASH_WATCHED");
  if (directory == NULL || path == NULL) return real_open(path, flags, mode);
  const char *name = watched_name(path, directory);
  int is_new = name != NULL && (flags & O_CREAT) && access(path, F_OK) != 0;
  if (is_new) real_close(open_log(name, ".created", O_WRONLY));
  int fd = real_open(path, flags, mode);
  if (fd < 0 || fd >= FDS_MAX) return fd;
  if (name != NULL) log_of[fd] = open_log(name, "", O_WRONLY | O_APPEND);
  else if (strcmp(path, directory) == 0) log_of[fd] = DIRECTORY;
  return fd;
}

static void before_write(int fd, int log, uint64_t offset, uint64_t written) {
  struct stat status;
  if (fstat(fd, &status) != 0) give_up("fstat");
  uint64_t size = status.st_size;
  uint64_t end = offset + written < size ? offset + written : size;
  uint64_t replaced = offset < end ? end - offset : 0;
  uint64_t header[4] = {offset, written, replaced, size};
  char *record = malloc(sizeof header + replaced);
  if (record == NULL) give_up("malloc");
  memcpy(record, header, sizeof header);
  if (replaced > 0 && pread64(fd, record + sizeof header, replaced, offset) != (ssize_t)replaced) give_up("pread");
  ssize_t length = sizeof header + replaced;
  if (real_write(log, record, length) != length) give_up("write");
  free(record);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset) {
  int log = watched_log(fd);
  if (log <= 0) return real_pwrite(fd, bytes, count, offset);
  pthread_mutex_lock(&lock);
  before_write(fd, log, offset, count);
  ssize_t result = real_pwrite(fd, bytes, count, offset);
  pthread_mutex_unlock(&lock);
  return result;
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) {
  return pwrite64(fd, bytes, count, offset);
}

ssize_t write(int fd, const void *bytes, size_t count) {
  if (watched_log(fd) <= 0) return real_write(fd, bytes, count);
  ssize_t result = pwrite64(fd, bytes, count, lseek(fd, 0, SEEK_CUR));
  if (result > 0) lseek(fd, result, SEEK_CUR);
  return result;
}

int ftruncate64(int fd, off64_t size) {
  int log = watched_log(fd);
  if (log <= 0) return real_ftruncate(fd, size);
  pthread_mutex_lock(&lock);
  struct stat status;
  if (fstat(fd, &status) != 0) give_up("fstat");
  before_write(fd, log, size, status.st_size > size ? status.st_size - size : 0);
  int result = real_ftruncate(fd, size);
  pthread_mutex_unlock(&lock);
  return result;
}

int ftruncate(int fd, off_t size) {
  return ftruncate64(fd, size);
}

static void forget_created(void) {
  char path[4096];
  for (int i = 0; i < NAMES; i++) {
    snprintf(path, sizeof path, "%s/%s.created", getenv("CRASH_UNDO"), names[i]);
    unlink(path);
  }
}

int fsync(int fd) {
  int log = watched_log(fd);
  if (log == 0) return real_fsync(fd);
  pthread_mutex_lock(&lock);
  int result = real_fsync(fd);
  if (result == 0 && log == DIRECTORY) forget_created();
  else if (result == 0 && real_ftruncate(log, 0) != 0) give_up("ftruncate");
  pthread_mutex_unlock(&lock);
  return result;
}

int fdatasync(int fd) {
  return fsync(fd);
}

int close(int fd) {
  int log = watched_log(fd);
  if (log != 0) log_of[fd] = 0;
  if (log > 0) real_close(log);
  return real_close(fd);
}

int open64(const char *path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  return opened(path, flags, mode);
}

int open(const char *path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  return opened(path, flags, mode);
}
