#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "authd/base/file.h"
#include "authd/base/text.h"

int
file_write(int fd, const void *p, size_t n)
{
	const uint8_t *at = p;
	ssize_t done;

	for (; n > 0; at += done, n -= (size_t)done) {
		done = write(fd, at, n);
		if (done == -1 && errno == EINTR)
			done = 0;
		if (done == -1)
			return (errno == ENOSPC || errno == EDQUOT ? ERR_FULL
								   : ERR_IO);
	}
	return (0);
}

static int
move_error(void)
{
	return (errno == EEXIST       ? ERR_EXISTS
		: errno == ENOENT ? ERR_NOTFOUND
				  : ERR_SYS);
}

/* link(2) replaces nothing either, and knows no directories. */
static int
move_in_two_steps(int from_dir, const char *from, int to_dir, const char *to)
{
	struct stat st;

	if (fstatat(from_dir, from, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return (move_error());
	if (!S_ISDIR(st.st_mode)) {
		if (linkat(from_dir, from, to_dir, to, 0) != 0)
			return (move_error());
		return (unlinkat(from_dir, from, 0) == 0 ? 0 : ERR_SYS);
	}
	if (fstatat(to_dir, to, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		errno = EEXIST;
		return (ERR_EXISTS);
	}
	if (errno != ENOENT || renameat(from_dir, from, to_dir, to) != 0)
		return (move_error());
	return (0);
}

int
file_move(int from_dir, const char *from, int to_dir, const char *to)
{
	if (renameat2(from_dir, from, to_dir, to, RENAME_NOREPLACE) == 0)
		return (0);
	if (errno == EINVAL || errno == ENOSYS)
		return (move_in_two_steps(from_dir, from, to_dir, to));
	return (move_error());
}

int
file_sync_dir(int fd)
{
	return (fsync(fd) == 0 || errno == EINVAL ? 0 : ERR_IO);
}

int
file_sync_above(const char *path)
{
	char copy[PATH_MAX];
	int error, fd, r;

	if (text_copy(copy, sizeof(copy), path) != 0)
		return (ERR_INVALID);
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1)
		return (ERR_SYS);
	r = file_sync_dir(fd);
	error = errno;
	close(fd);
	errno = error;
	return (r);
}
