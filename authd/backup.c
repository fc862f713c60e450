#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "authd/backup.h"
#include "authd/base/file.h"
#include "authd/base/log.h"
#include "authd/base/mem.h"
#include "authd/base/text.h"
#include "authd/keeper/keeper_state.h"
#include "authd/store/store_sqlite_backup.h"
#include "authd/user.h"

#define PIECE 65536

struct backup {
	const struct conf *c;
	pid_t copier;
	int pipe; /* the copier's words: 64-bit size, then the bytes */
	struct keeper_state_data state;
	/* where it goes: */
	char dir[PATH_MAX], part[PATH_MAX + 32]; /* part "": has no name */
	int dir_fd, fd;
	uint8_t *piece; /* locked memory */
};

/* Exactly n bytes; ERR_CORRUPT when there are fewer. */
static int
read_all(int fd, void *p, size_t n)
{
	uint8_t *at = p;
	ssize_t done;

	while (n > 0) {
		done = read(fd, at, n);
		if (done == -1 && errno == EINTR)
			continue;
		if (done == -1)
			return (log_fr(ERR_IO, "read"));
		if (done == 0)
			return (ERR_CORRUPT);
		at += done;
		n -= (size_t)done;
	}
	return (0);
}

/* In a process of its own: what the front wrote is read with its rights. */
static int
copy_store(const struct conf *c, int out)
{
	uint8_t bytes[PIECE];
	struct user front;
	struct stat st;
	uint64_t size;
	ssize_t n;
	int fd, r;

	if (geteuid() == 0) {
		if ((r = user_find(c->front_user, &front)) != 0)
			return (log_fr(r, "user %s", c->front_user));
		if ((r = user_drop(&front)) != 0)
			return (r);
	}
	r = store_sqlite_backup_copy(
	    c->settings.store_path, c->settings.data_dir, &fd);
	if (r != 0)
		return (r);
	if (fstat(fd, &st) != 0)
		return (log_fr(ERR_SYS, "the copy"));
	size = (uint64_t)st.st_size;
	/* When the reader has gone it has said why. */
	if ((r = file_write(out, &size, sizeof(size))) != 0)
		return (r);
	while ((n = read(fd, bytes, sizeof(bytes))) > 0) {
		if ((r = file_write(out, bytes, (size_t)n)) != 0)
			return (r);
	}
	return (n == 0 ? 0 : log_fr(ERR_IO, "read the copy"));
}

static int
start_copier(struct backup *b)
{
	int fd[2];

	if (pipe2(fd, O_CLOEXEC) != 0)
		return (log_fr(ERR_SYS, "pipe"));
	if ((b->copier = fork()) == -1) {
		close(fd[0]);
		close(fd[1]);
		return (log_fr(ERR_SYS, "fork"));
	}
	if (b->copier == 0) {
		(void)signal(SIGPIPE, SIG_DFL);
		close(fd[0]);
		/* what reads the front's file can write to the pipe alone */
		close(b->fd);
		close(b->dir_fd);
		_exit(copy_store(b->c, fd[1]) == 0 ? 0 : 1);
	}
	close(fd[1]);
	b->pipe = fd[0];
	return (0);
}

/* 0 when it ended well. */
static int
end_copier(struct backup *b)
{
	int status;

	if (b->pipe != -1)
		close(b->pipe);
	b->pipe = -1;
	if (b->copier <= 0)
		return (0);
	while (waitpid(b->copier, &status, 0) == -1) {
		if (errno != EINTR)
			return (log_fr(ERR_SYS, "waitpid"));
	}
	b->copier = 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return (0);
	/* it had more to say than this side stayed for: why is told already */
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGPIPE)
		return (ERR_STORE);
	return (log_fr(ERR_STORE, "copy the store"));
}

static int
read_state(struct backup *b)
{
	int fd, r;

	fd = open(b->c->state_file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd == -1)
		return (log_fr(ERR_SYS, "open %s", b->c->state_file));
	if ((r = keeper_state_read(fd, &b->state)) != 0)
		log_fr(r, "read %s", b->c->state_file);
	close(fd);
	return (r);
}

/* A member that is a small file. */
static int
put_file(struct backup *b, struct backup_file *f, enum backup_file_member m,
    const char *path)
{
	struct stat st;
	uint64_t left;
	size_t n;
	int fd, r;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1 || fstat(fd, &st) != 0) {
		r = log_fr(ERR_SYS, "open %s", path);
		goto out;
	}
	left = (uint64_t)st.st_size;
	r = backup_file_put_begin(f, m, left);
	for (; r == 0 && left > 0; left -= n) {
		n = left < PIECE ? (size_t)left : PIECE;
		r = read_all(fd, b->piece, n);
		if (r != 0)
			log_fr(r, "read %s", path);
		else
			r = backup_file_put(f, b->piece, n);
	}
out:
	if (fd != -1)
		close(fd);
	return (r);
}

/* As it was before the store was copied, whatever the keeper writes now. */
static int
put_state(struct backup *b, struct backup_file *f)
{
	struct keeper_state s;
	uint8_t bytes[KEEPER_STATE_SLOT_GAP + KEEPER_STATE_SLOT_LEN];
	int fd, r;

	if ((fd = memfd_create("keeper.state", MFD_CLOEXEC)) == -1)
		return (log_fr(ERR_SYS, "memfd_create"));
	if ((r = keeper_state_create(fd, b->state.confirmed.node)) == 0 &&
	    (r = keeper_state_open(&s, fd)) == 0) {
		s.data = b->state;
		/* Both slots say so. */
		if ((r = keeper_state_save(&s)) == 0)
			r = keeper_state_save(&s);
	}
	if (r == 0 && pread(fd, bytes, sizeof(bytes), 0) != sizeof(bytes))
		r = log_fr(ERR_IO, "keeper.state");
	close(fd);
	if (r == 0)
		r = backup_file_put_begin(f, BACKUP_FILE_STATE, sizeof(bytes));
	if (r == 0)
		r = backup_file_put(f, bytes, sizeof(bytes));
	return (r);
}

static int
put_store(struct backup *b, struct backup_file *f)
{
	uint64_t left = 0;
	size_t n;
	int r;

	if (read_all(b->pipe, &left, sizeof(left)) != 0)
		return (ERR_STORE); /* the copier said why */
	r = backup_file_put_begin(f, BACKUP_FILE_DB, left);
	for (; r == 0 && left > 0; left -= n) {
		n = left < PIECE ? (size_t)left : PIECE;
		if ((r = read_all(b->pipe, b->piece, n)) == 0)
			r = backup_file_put(f, b->piece, n);
	}
	return (r);
}

static int
put_all(struct backup *b, struct backup_file *f)
{
	const struct conf *c = b->c;
	char seed[PATH_MAX + 32], audit[PATH_MAX + 32], ca[PATH_MAX + 32];
	int r;

	(void)snprintf(seed, sizeof(seed), "%s/seed.key", c->keys_dir);
	(void)snprintf(audit, sizeof(audit), "%s/audit.key", c->keys_dir);
	(void)snprintf(ca, sizeof(ca), "%s/ca.key", c->keys_dir);
	if ((r = put_file(b, f, BACKUP_FILE_CONF, c->settings.config_path)) !=
		0 ||
	    (r = put_file(b, f, BACKUP_FILE_SEED_KEY, seed)) != 0 ||
	    (r = put_file(b, f, BACKUP_FILE_AUDIT_KEY, audit)) != 0 ||
	    (r = put_file(b, f, BACKUP_FILE_AUDIT_PUB, c->audit_pub)) != 0 ||
	    (r = put_file(b, f, BACKUP_FILE_CA_KEY, ca)) != 0 ||
	    (r = put_file(b, f, BACKUP_FILE_CA_CHAIN, c->ca_chain)) != 0 ||
	    (r = put_state(b, f)) != 0 || (r = put_store(b, f)) != 0 ||
	    (r = end_copier(b)) != 0)
		return (r);
	return (backup_file_finish(f));
}

/* A file that has no name before it is whole, where that is possible. */
static int
open_target(struct backup *b, const char *path)
{
	char copy[PATH_MAX];
	struct stat st;

	if (text_copy(copy, sizeof(copy), path) != 0 || path[0] == '\0')
		return (log_fr(ERR_INVALID, "path of the backup"));
	if (lstat(path, &st) == 0) {
		log_error("%s is there already; nothing was changed", path);
		return (ERR_EXISTS);
	}
	(void)snprintf(b->dir, sizeof(b->dir), "%s", dirname(copy));
	b->dir_fd = open(b->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (b->dir_fd == -1)
		return (log_fr(ERR_SYS, "open %s", b->dir));
	b->fd = open(b->dir, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
	if (b->fd != -1)
		return (0);
	if (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT)
		return (log_fr(ERR_SYS, "make a file in %s", b->dir));
	(void)snprintf(b->part, sizeof(b->part), "%s/.backup-XXXXXX", b->dir);
	if ((b->fd = mkostemp(b->part, O_CLOEXEC)) == -1) {
		b->part[0] = '\0';
		return (log_fr(ERR_SYS, "make a file in %s", b->dir));
	}
	return (0);
}

static int
name_target(struct backup *b, const char *path)
{
	char self[64];
	int r = 0;

	if (fsync(b->fd) != 0)
		return (log_fr(ERR_IO, "write the backup"));
	(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", b->fd);
	/* Neither replaces what came there meanwhile. */
	if (b->part[0] != '\0')
		r = file_move(AT_FDCWD, b->part, AT_FDCWD, path);
	else if (linkat(AT_FDCWD, self, AT_FDCWD, path, AT_SYMLINK_FOLLOW) != 0)
		r = errno == EEXIST ? ERR_EXISTS : ERR_SYS;
	if (r != 0)
		return (log_fr(r, "make %s", path));
	b->part[0] = '\0';
	if ((r = file_sync_dir(b->dir_fd)) != 0)
		return (log_fr(r, "write %s", b->dir));
	return (0);
}

static void
clear(struct backup *b)
{
	(void)end_copier(b);
	if (b->part[0] != '\0')
		(void)unlink(b->part);
	if (b->fd != -1)
		close(b->fd);
	if (b->dir_fd != -1)
		close(b->dir_fd);
	mem_secret_free(b->piece, PIECE);
}

int
backup_create(const struct conf *c, const char *path,
    const struct backup_key_source *source)
{
	struct backup b = { .c = c, .pipe = -1, .dir_fd = -1, .fd = -1 };
	struct backup_file *f = NULL;
	struct backup_key *key = NULL;
	void *piece;
	int r;

	(void)umask(077);
	(void)signal(SIGPIPE, SIG_IGN);
	/* The copier starts before this process knows any secret. */
	if ((r = open_target(&b, path)) != 0 || (r = read_state(&b)) != 0 ||
	    (r = start_copier(&b)) != 0 ||
	    (r = backup_key_get(source, true, &key)) != 0 ||
	    (r = mem_secret_new(PIECE, &piece)) != 0)
		goto out;
	b.piece = piece;
	if ((r = backup_file_create(b.fd, backup_key_use(key), &f)) == 0 &&
	    (r = put_all(&b, f)) == 0)
		r = name_target(&b, path);
	if (r == 0)
		printf("%s: log up to record %" PRId64 " or later\n", path,
		    b.state.confirmed.seq);
out:
	backup_file_close(f);
	backup_key_free(key);
	clear(&b);
	return (r);
}
