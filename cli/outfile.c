#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "authd/base/file.h"
#include "cli/outfile.h"
#include "cli/show.h"

static int
fail(int r, const char *path, int error)
{
	show_error("%s: %s%s", path, strerror(error),
	    r == ERR_EXISTS ? "; give --force to replace it" : "");
	return (r);
}

int
outfile_open(struct outfile *f, const char *path, bool is_forced)
{
	size_t size = strlen(path) + sizeof(".XXXXXX");
	struct stat st;

	memset(f, 0, sizeof(*f));
	f->fd = -1;
	f->path = path;
	f->is_forced = is_forced;
	/* Told before anything is asked; outfile_put() makes sure of it. */
	if (!is_forced && lstat(path, &st) == 0)
		return (fail(ERR_EXISTS, path, EEXIST));
	if ((f->draft = malloc(size)) == NULL)
		return (fail(ERR_NOMEM, path, ENOMEM));
	snprintf(f->draft, size, "%s.XXXXXX", path);
	/* mkostemp() makes the file with O_EXCL and mode 0600. */
	if ((f->fd = mkostemp(f->draft, O_CLOEXEC)) == -1)
		return (fail(ERR_SYS, path, errno));
	return (0);
}

static int
give_name(const struct outfile *f)
{
	if (f->is_forced)
		return (rename(f->draft, f->path) == 0 ? 0 : ERR_IO);
	return (file_move(AT_FDCWD, f->draft, AT_FDCWD, f->path));
}

int
outfile_put(struct outfile *f, const void *p, size_t n)
{
	int r;

	if (file_write(f->fd, p, n) != 0 || fsync(f->fd) != 0)
		return (fail(ERR_IO, f->path, errno));
	if ((r = give_name(f)) != 0)
		return (fail(r == ERR_EXISTS ? r : ERR_IO, f->path, errno));
	free(f->draft);
	f->draft = NULL;
	/* A directory that we may not read has its name all the same. */
	if ((r = file_sync_above(f->path)) == ERR_IO)
		return (fail(r, f->path, errno));
	return (0);
}

void
outfile_close(struct outfile *f)
{
	if (f->fd != -1)
		close(f->fd);
	/* Without a descriptor the draft was never made. */
	if (f->draft != NULL && f->fd != -1)
		unlink(f->draft);
	free(f->draft);
	f->draft = NULL;
	f->fd = -1;
}
