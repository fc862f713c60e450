#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "authd/base/log.h"
#include "authd/sandbox_landlock.h"

/*
 * Debian 12's headers end at the second version, so the numbers stand here;
 * they are the kernel's interface and never change.
 */
#define ABI_QUERY      1U
#define RULE_PATH      1
#define FS_WRITE_FILE  (1ULL << 1)
#define FS_READ_FILE   (1ULL << 2)
#define FS_READ_DIR    (1ULL << 3)
#define FS_REMOVE_DIR  (1ULL << 4)
#define FS_REMOVE_FILE (1ULL << 5)
#define FS_MAKE_DIR    (1ULL << 7)
#define FS_MAKE_REG    (1ULL << 8)
#define FS_TRUNCATE    (1ULL << 14)
#define FS_ABI_1       ((1ULL << 13) - 1)
#define FS_ABI_2       (1ULL << 13) /* rename and link between directories */
#define FS_ABI_3       FS_TRUNCATE
#define FS_ABI_5       (1ULL << 15) /* ioctl on devices */
#define NET_ABI_4      3ULL         /* TCP bind, connect */
#define SCOPE_ABI_6    3ULL         /* abstract sockets, signals */

struct ruleset_attr {
	uint64_t fs;
	uint64_t net;    /* from version 4 on */
	uint64_t scoped; /* from version 6 on */
};

struct path_attr {
	uint64_t allowed;
	int32_t parent_fd;
} __attribute__((packed));

/* The attributes a version knows; returns the size of the structure. */
static size_t
attributes(long abi, struct ruleset_attr *a)
{
	a->fs = FS_ABI_1;
	a->net = a->scoped = 0;
	if (abi >= 2)
		a->fs |= FS_ABI_2;
	if (abi >= 3)
		a->fs |= FS_ABI_3;
	if (abi < 4)
		return (sizeof(a->fs));
	a->net = NET_ABI_4;
	if (abi >= 5)
		a->fs |= FS_ABI_5;
	if (abi < 6)
		return (offsetof(struct ruleset_attr, scoped));
	a->scoped = SCOPE_ABI_6;
	return (sizeof(*a));
}

static int
allow(int ruleset, int fd, uint64_t rights)
{
	struct path_attr rule = { .allowed = rights, .parent_fd = fd };

	if (syscall(SYS_landlock_add_rule, ruleset, RULE_PATH, &rule, 0) == -1)
		return (log_fr(ERR_SYS, "Landlock rule"));
	return (0);
}

/* A file that is not there needs no rule. */
static int
allow_reading(int ruleset, const char *path, uint64_t known)
{
	int dir, fd, r;

	dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	fd = dir != -1 ? dir : open(path, O_PATH | O_CLOEXEC);
	if (fd == -1) {
		if (errno == ENOENT)
			return (0);
		return (log_fr(ERR_SYS, "open %s", path));
	}
	r = allow(ruleset, fd,
	    known & (FS_READ_FILE | (dir != -1 ? FS_READ_DIR : 0)));
	close(fd);
	return (r);
}

static int
allow_data(int ruleset, const struct sandbox_front_paths *paths, uint64_t known)
{
	const uint64_t rights = FS_WRITE_FILE | FS_READ_FILE | FS_READ_DIR |
	    FS_REMOVE_DIR | FS_REMOVE_FILE | FS_MAKE_DIR | FS_MAKE_REG |
	    FS_TRUNCATE;
	int fd = paths->data_fd, r;

	if (fd != -1)
		return (allow(ruleset, fd, rights & known));
	fd = open(paths->data_path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1)
		return (log_fr(ERR_SYS, "open %s", paths->data_path));
	r = allow(ruleset, fd, rights & known);
	close(fd);
	return (r);
}

static void
say_what_is_missing(long abi)
{
	if (abi < 3)
		log_warn("Landlock version %ld: truncation of files, TCP and "
			 "signals are not held by it",
		    abi);
	else if (abi < 4)
		log_warn("Landlock version %ld: TCP and signals are not held "
			 "by it",
		    abi);
	else if (abi < 6)
		log_warn(
		    "Landlock version %ld: signals are not held by it", abi);
	else
		log_info("Landlock version %ld: files, TCP and signals are "
			 "held",
		    abi);
}

int
sandbox_landlock_front(const struct sandbox_front_paths *paths)
{
	const char *const *path;
	struct ruleset_attr a;
	int ruleset, r;
	size_t size;
	long abi;

	abi = syscall(SYS_landlock_create_ruleset, NULL, 0, ABI_QUERY);
	if (abi < 1) {
		log_warn("no Landlock in this kernel: the front's files are "
			 "held by their owner and mode only");
		return (0);
	}
	size = attributes(abi, &a);
	ruleset = (int)syscall(SYS_landlock_create_ruleset, &a, size, 0);
	if (ruleset == -1)
		return (log_fr(ERR_SYS, "Landlock rule set"));
	r = allow_data(ruleset, paths, a.fs);
	/* SQLite takes its first random bytes from there. */
	if (r == 0)
		r = allow_reading(ruleset, "/dev/urandom", a.fs);
	for (path = paths->readable; r == 0 && path != NULL && *path != NULL;
	     path++)
		r = allow_reading(ruleset, *path, a.fs);
	if (r == 0 && syscall(SYS_landlock_restrict_self, ruleset, 0) == -1)
		r = log_fr(ERR_SYS, "Landlock");
	close(ruleset);
	if (r == 0)
		say_what_is_missing(abi);
	return (r);
}
