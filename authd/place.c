#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "authd/base/file.h"
#include "authd/base/log.h"
#include "authd/base/text.h"
#include "authd/init.h"
#include "authd/place.h"
#include "authd/place_left.h"
#include "authd/proc_open.h"

#define LONGEST_SOCKET "/portal.sock"

#define NOBODY 65534 /* stands for a user that is yet to be made */

/* In the order in which they are moved; sekisho.conf makes it an instance. */
static const struct entry {
	const char *name;
	bool does_change;
	bool is_optional; /* not of a restored instance */
} entries[] = {
	{ "keys", false, false },
	{ "data", true, false },
	{ "keeper.state", true, false },
	{ "audit.pub", false, false },
	{ "root-ca", false, true },
	{ "ca.pem", false, true },
	{ "sekisho.conf", false, false },
};
#define ENTRIES_N (sizeof(entries) / sizeof(entries[0]))

struct place_site *
place_site(struct place *p, bool does_change)
{
	return (&p->sites[does_change ? p->sites_n - 1 : 0]);
}

/* The real path of a directory that may not be there yet. */
static int
find_site(struct place_site *s, const char *dir)
{
	char parent[PATH_MAX], base[PATH_MAX], real[PATH_MAX];
	const char *name;
	struct stat st;
	int n;

	s->dir_fd = s->tmp_fd = -1;
	if (realpath(dir, s->dir) != NULL) {
		if (stat(s->dir, &st) != 0)
			return (log_fr(ERR_SYS, "%s", s->dir));
		if (!S_ISDIR(st.st_mode)) {
			log_error("%s is not a directory", s->dir);
			return (ERR_INVALID);
		}
		if (st.st_uid != geteuid() || (st.st_mode & 022) != 0) {
			log_error("%s must belong to you, and nobody else may "
				  "be able to write there",
			    s->dir);
			return (ERR_DENIED);
		}
		return (0);
	}
	if (errno != ENOENT || dir[0] == '\0' ||
	    text_copy(parent, sizeof(parent), dir) != 0 ||
	    text_copy(base, sizeof(base), dir) != 0)
		return (log_fr(ERR_SYS, "%s", dir));
	s->is_new = true;
	if (realpath(dirname(parent), real) == NULL)
		return (log_fr(ERR_SYS, "%s", dir));
	name = basename(base);
	n = snprintf(s->dir, sizeof(s->dir), "%s/%s",
	    strcmp(real, "/") == 0 ? "" : real, name);
	if (n >= (int)sizeof(s->dir) || strcmp(name, ".") == 0 ||
	    strcmp(name, "..") == 0) {
		log_error("%s cannot be made", dir);
		return (ERR_INVALID);
	}
	return (0);
}

/* Without sekisho.conf it is none that runs: that is the last to be moved. */
static void
say_taken(const char *path, bool is_conf)
{
	log_error("%s is there already; nothing was changed%s", path,
	    is_conf ? ""
		    : ". There is no sekisho.conf: perhaps an init or a "
		      "restore was cut off; move away what is left of it");
}

static int
check_free(struct place *p)
{
	char path[PLACE_PATH_MAX];
	const char *sockets =
	    p->is_packaged ? INIT_SOCKET_DIR : p->sites[0].dir;
	struct stat st;
	size_t i;

	for (i = ENTRIES_N; i-- > 0;) {
		snprintf(path, sizeof(path), "%s/%s",
		    place_site(p, entries[i].does_change)->dir,
		    entries[i].name);
		if (lstat(path, &st) == 0) {
			say_taken(path, i == ENTRIES_N - 1);
			return (ERR_EXISTS);
		}
		if (errno != ENOENT)
			return (log_fr(ERR_SYS, "%s", path));
	}
	if (strlen(sockets) + strlen(LONGEST_SOCKET) > PROC_SOCKET_PATH_MAX) {
		log_error("the socket %s%s would exceed %d bytes; "
			  "nothing was changed",
		    sockets, LONGEST_SOCKET, PROC_SOCKET_PATH_MAX);
		return (ERR_LIMIT);
	}
	return (0);
}

/* Both users must be able to pass through to what is theirs. */
int
place_check_reach(const struct place *p, const char *name)
{
	struct user u = { NOBODY, NOBODY };
	char path[PATH_MAX];
	bool yes;
	int i, r;

	r = user_find(name, &u);
	if (r != 0 && r != ERR_NOTFOUND)
		return (r);
	for (i = 0; i < p->sites_n; i++) {
		snprintf(path, sizeof(path), "%s", p->sites[i].dir);
		r = user_can_reach(
		    &u, p->sites[i].is_new ? dirname(path) : path, &yes);
		if (r != 0)
			return (r);
		if (!yes) {
			log_error("user %s cannot reach %s (every directory on "
				  "the way must be open to it, mode o+x); "
				  "nothing was changed",
			    name, p->sites[i].dir);
			return (ERR_DENIED);
		}
	}
	return (0);
}

int
place_need_user(const char *name, struct user *u)
{
	int r;

	if ((r = user_find(name, u)) != ERR_NOTFOUND)
		return (r);
	if ((r = user_add(name)) != 0 || (r = user_find(name, u)) != 0)
		return (log_fr(r, "make user %s", name));
	printf("Made the system user %s.\n", name);
	return (0);
}

static int
open_site(struct place_site *s)
{
	if (s->is_new && mkdir(s->dir, 0700) != 0)
		return (log_fr(ERR_SYS, "make %s", s->dir));
	s->is_made = s->is_new;
	s->dir_fd = open(s->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->dir_fd == -1 || (s->is_new && fchmod(s->dir_fd, 0755) != 0))
		return (log_fr(ERR_SYS, "open %s", s->dir));
	place_left_clear(s->dir_fd, s->dir);
	snprintf(s->tmp, sizeof(s->tmp), "%s/" PLACE_LEFT_NAME, s->dir);
	if (mkdtemp(s->tmp) == NULL) {
		s->tmp[0] = '\0';
		return (log_fr(ERR_SYS, "make a directory in %s", s->dir));
	}
	s->tmp_fd = open(s->tmp, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->tmp_fd == -1 || place_left_hold(s->tmp_fd) != 0)
		return (log_fr(ERR_SYS, "open %s", s->tmp));
	return (0);
}

/* Make a file; *fd is the caller's. */
int
place_make(const struct place_site *s, const char *name, mode_t mode, int *fd)
{
	*fd = openat(s->tmp_fd, name,
	    O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (*fd == -1 || fchmod(*fd, mode) != 0)
		return (log_fr(ERR_SYS, "make %s/%s", s->tmp, name));
	return (0);
}

int
place_end(int fd, const char *name, int r)
{
	if (r == 0 && fsync(fd) != 0)
		r = log_fr(ERR_IO, "write %s", name);
	if (fd != -1)
		close(fd);
	return (r);
}

int
place_write(int fd, const char *name, const void *bytes, size_t n)
{
	int r = file_write(fd, bytes, n);

	return (r == 0 ? 0 : log_fr(r, "write %s", name));
}

int
place_make_with(const struct place_site *s, const char *name, mode_t mode,
    const void *bytes, size_t n)
{
	int fd, r;

	if ((r = place_make(s, name, mode, &fd)) == 0)
		r = place_write(fd, name, bytes, n);
	return (place_end(fd, name, r));
}

/* Take the first ${n} entries back, to be removed where they were built. */
static void
take_back(struct place *p, size_t n)
{
	struct place_site *s;

	while (n-- > 0) {
		s = place_site(p, entries[n].does_change);
		/* What cannot be is still there, and named by the next try. */
		if (file_move(s->dir_fd, entries[n].name, s->tmp_fd,
			entries[n].name) != 0)
			continue;
	}
}

/* Make the names last: those in the site, and its own when it is new. */
static int
sync_site(const struct place_site *s)
{
	int parent, r = 0;

	if (fsync(s->dir_fd) != 0)
		return (log_fr(ERR_IO, "write %s", s->dir));
	if (!s->is_made)
		return (0);
	parent = openat(s->dir_fd, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (parent == -1 || fsync(parent) != 0)
		r = log_fr(ERR_IO, "write the directory of %s", s->dir);
	if (parent != -1)
		close(parent);
	return (r);
}

int
place_sync(const struct place_site *s, const char *name)
{
	int fd = openat(s->tmp_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd == -1)
		return (log_fr(ERR_SYS, "open %s/%s", s->tmp, name));
	return (place_end(fd, name, 0));
}

int
place_move(struct place *p)
{
	struct place_site *s;
	size_t i;
	int j, r;

	for (i = 0; i < ENTRIES_N; i++) {
		s = place_site(p, entries[i].does_change);
		r = file_move(
		    s->tmp_fd, entries[i].name, s->dir_fd, entries[i].name);
		if (r == 0 || (r == ERR_NOTFOUND && entries[i].is_optional))
			continue;
		log_fr(r, "move %s to %s", entries[i].name, s->dir);
		take_back(p, i);
		return (r);
	}
	for (j = 0; j < p->sites_n; j++) {
		if ((r = sync_site(&p->sites[j])) != 0) {
			take_back(p, ENTRIES_N);
			return (r);
		}
	}
	return (0);
}

/* Remove the building place, and after a failure what else was made. */
static void
close_site(struct place_site *s, bool has_failed)
{
	if (s->tmp_fd != -1) {
		place_left_empty(s->tmp_fd);
		close(s->tmp_fd);
	}
	if (s->tmp[0] != '\0' && rmdir(s->tmp) != 0)
		log_fr(ERR_SYS, "remove %s", s->tmp);
	if (s->dir_fd != -1)
		close(s->dir_fd);
	if (has_failed && s->is_made && rmdir(s->dir) != 0)
		log_fr(ERR_SYS, "remove %s", s->dir);
}

int
place_find(struct place *p, const char *dir)
{
	int r;

	memset(p, 0, sizeof(*p));
	p->is_root = geteuid() == 0;
	p->sites_n = 1;
	if ((r = find_site(&p->sites[0], dir)) != 0)
		return (r);
	if (strcmp(p->sites[0].dir, INIT_PACKAGED_DIR) == 0) {
		p->is_packaged = true;
		p->sites_n = 2;
		if ((r = find_site(&p->sites[1], INIT_STATE_DIR)) != 0)
			return (r);
	}
	return (check_free(p));
}

int
place_open(struct place *p)
{
	int i, r = 0;

	for (i = 0; r == 0 && i < p->sites_n; i++)
		r = open_site(&p->sites[i]);
	return (r);
}

const struct conf_line *
place_settings(const struct place *p, size_t *n)
{
	static const struct conf_line packaged[] = {
		{ "store", "sqlite:" INIT_STATE_DIR "/" PLACE_DB },
		{ "state_file", INIT_STATE_DIR "/keeper.state" },
		{ "socket_dir", INIT_SOCKET_DIR },
	};

	*n = p->is_packaged ? sizeof(packaged) / sizeof(packaged[0]) : 0;
	return (packaged);
}

int
place_make_data(struct place *p)
{
	const struct place_site *s = place_site(p, true);

	if (mkdirat(s->tmp_fd, "data", 0700) != 0 ||
	    (p->is_root &&
		fchownat(s->tmp_fd, "data", p->front.uid, p->front.gid,
		    AT_SYMLINK_NOFOLLOW) != 0))
		return (log_fr(ERR_SYS, "make %s/data", s->tmp));
	return (0);
}

void
place_close(struct place *p, bool has_failed)
{
	int i;

	for (i = 0; i < p->sites_n; i++)
		close_site(&p->sites[i], has_failed);
}
