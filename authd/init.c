#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "authd/audit/audit_chain.h"
#include "authd/base/log.h"
#include "authd/base/mem.h"
#include "authd/base/text.h"
#include "authd/conf_keys.h"
#include "authd/init.h"
#include "authd/keeper/keeper_state.h"
#include "authd/proc_open.h"
#include "authd/user.h"

#define KEY_LEN       32
#define FRONT_USER    "sekisho"
#define KEEPER_USER   "sekisho-keeper"
#define NOBODY        65534 /* stands for a user that is yet to be made */
#define SITE_PATH_MAX (PATH_MAX + 64)

/* A directory that gets files; they are built in tmp, then moved. */
struct site {
	char dir[PATH_MAX];
	char tmp[SITE_PATH_MAX];
	int dir_fd, tmp_fd;
	bool is_new;  /* not there yet */
	bool is_made; /* by us */
};

struct init {
	struct site sites[2]; /* what stays; what changes */
	int sites_n;          /* 1 when both are the same */
	bool is_root, is_packaged;
	struct user front;
};

/* In the order in which they are moved; sekisho.conf makes it an instance. */
static const struct entry {
	const char *name;
	bool does_change;
	bool is_dir;
} entries[] = {
	{ "keys", false, true },
	{ "data", true, true },
	{ "keeper.state", true, false },
	{ "audit.pub", false, false },
	{ "sekisho.conf", false, false },
};
#define ENTRIES_N (sizeof(entries) / sizeof(entries[0]))

static struct site *
site_of(struct init *in, const struct entry *e)
{
	return (&in->sites[e->does_change ? in->sites_n - 1 : 0]);
}

/* The real path of a directory that may not be there yet. */
static int
find_site(struct site *s, const char *dir)
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

static int
check_free(struct init *in)
{
	char path[SITE_PATH_MAX];
	const char *sockets =
	    in->is_packaged ? INIT_SOCKET_DIR : in->sites[0].dir;
	struct stat st;
	size_t i;

	for (i = ENTRIES_N; i-- > 0;) {
		snprintf(path, sizeof(path), "%s/%s",
		    site_of(in, &entries[i])->dir, entries[i].name);
		if (lstat(path, &st) == 0) {
			log_error(
			    "%s is there already; nothing was changed", path);
			return (ERR_EXISTS);
		}
		if (errno != ENOENT)
			return (log_fr(ERR_SYS, "%s", path));
	}
	if (strlen(sockets) + strlen("/authd.sock") > PROC_OPEN_SOCKET_MAX) {
		log_error("the socket %s/authd.sock would exceed %d bytes; "
			  "nothing was changed",
		    sockets, PROC_OPEN_SOCKET_MAX);
		return (ERR_LIMIT);
	}
	return (0);
}

/* Both users must be able to pass through to what is theirs. */
static int
check_reach(const struct init *in, const char *name)
{
	struct user u = { NOBODY, NOBODY };
	char path[PATH_MAX];
	bool yes;
	int i, r;

	r = user_find(name, &u);
	if (r != 0 && r != ERR_NOTFOUND)
		return (r);
	for (i = 0; i < in->sites_n; i++) {
		snprintf(path, sizeof(path), "%s", in->sites[i].dir);
		r = user_can_reach(
		    &u, in->sites[i].is_new ? dirname(path) : path, &yes);
		if (r != 0)
			return (r);
		if (!yes) {
			log_error("user %s cannot reach %s (every directory on "
				  "the way must be open to it, mode o+x); "
				  "nothing was changed",
			    name, in->sites[i].dir);
			return (ERR_DENIED);
		}
	}
	return (0);
}

static int
need_user(const char *name, struct user *u)
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
open_site(struct site *s)
{
	if (s->is_new && mkdir(s->dir, 0700) != 0)
		return (log_fr(ERR_SYS, "make %s", s->dir));
	s->is_made = s->is_new;
	s->dir_fd = open(s->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->dir_fd == -1 || (s->is_new && fchmod(s->dir_fd, 0755) != 0))
		return (log_fr(ERR_SYS, "open %s", s->dir));
	snprintf(s->tmp, sizeof(s->tmp), "%s/.init-XXXXXX", s->dir);
	if (mkdtemp(s->tmp) == NULL) {
		s->tmp[0] = '\0';
		return (log_fr(ERR_SYS, "make a directory in %s", s->dir));
	}
	s->tmp_fd = open(s->tmp, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->tmp_fd == -1)
		return (log_fr(ERR_SYS, "open %s", s->tmp));
	return (0);
}

/* Make a file; *fd is the caller's. */
static int
make_file(const struct site *s, const char *name, mode_t mode, int *fd)
{
	*fd = openat(s->tmp_fd, name,
	    O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (*fd == -1 || fchmod(*fd, mode) != 0)
		return (log_fr(ERR_SYS, "make %s/%s", s->tmp, name));
	return (0);
}

static int
end_file(int fd, const char *name, int r)
{
	if (r == 0 && fsync(fd) != 0)
		r = log_fr(ERR_IO, "write %s", name);
	if (fd != -1)
		close(fd);
	return (r);
}

static int
make_with(const struct site *s, const char *name, mode_t mode, const void *p,
    size_t n)
{
	int fd, r;

	r = make_file(s, name, mode, &fd);
	if (r == 0 && write(fd, p, n) != (ssize_t)n)
		r = log_fr(ERR_IO, "write %s", name);
	return (end_file(fd, name, r));
}

static int
audit_public(const uint8_t key[KEY_LEN], uint8_t pub[AUDIT_PUB_LEN])
{
	size_t n = AUDIT_PUB_LEN;
	EVP_PKEY *pkey;
	int ok;

	pkey =
	    EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, key, KEY_LEN);
	ok = pkey != NULL && EVP_PKEY_get_raw_public_key(pkey, pub, &n) == 1 &&
	    n == AUDIT_PUB_LEN;
	EVP_PKEY_free(pkey);
	return (ok ? 0 : log_fr(ERR_NOMEM, "make the audit key"));
}

static int
make_keys(const struct site *s)
{
	uint8_t seed[KEY_LEN], audit[KEY_LEN], pub[AUDIT_PUB_LEN];
	char line[2 * AUDIT_PUB_LEN + 2];
	int fd, r;

	if ((r = mem_random(seed, sizeof(seed))) != 0 ||
	    (r = mem_random(audit, sizeof(audit))) != 0 ||
	    (r = audit_public(audit, pub)) != 0)
		goto out;
	if (mkdirat(s->tmp_fd, "keys", 0700) != 0) {
		r = log_fr(ERR_SYS, "make %s/keys", s->tmp);
		goto out;
	}
	text_put_hex(pub, sizeof(pub), line);
	line[2 * AUDIT_PUB_LEN] = '\n';
	if ((r = make_with(s, "keys/seed.key", 0600, seed, KEY_LEN)) != 0 ||
	    (r = make_with(s, "keys/audit.key", 0600, audit, KEY_LEN)) != 0 ||
	    (r = make_with(
		 s, "audit.pub", 0644, line, 2 * AUDIT_PUB_LEN + 1)) != 0)
		goto out;
	fd = openat(s->tmp_fd, "keys", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1)
		r = log_fr(ERR_SYS, "open %s/keys", s->tmp);
	else
		r = end_file(fd, "keys", 0);
out:
	mem_wipe(seed, sizeof(seed));
	mem_wipe(audit, sizeof(audit));
	return (r);
}

static int
make_conf(const struct init *in)
{
	static const struct conf_line packaged[] = {
		{ "store", "sqlite:" INIT_STATE_DIR "/data/sekisho.db" },
		{ "state_file", INIT_STATE_DIR "/keeper.state" },
		{ "socket_dir", INIT_SOCKET_DIR },
	};
	size_t n = in->is_packaged ? sizeof(packaged) / sizeof(packaged[0]) : 0;
	FILE *f;
	int fd, r, copy;

	if ((r = make_file(&in->sites[0], "sekisho.conf", 0640, &fd)) != 0)
		return (end_file(fd, "sekisho.conf", r));
	copy = dup(fd);
	f = copy == -1 ? NULL : fdopen(copy, "w");
	if (f == NULL) {
		if (copy != -1)
			close(copy);
		r = log_fr(ERR_SYS, "write sekisho.conf");
	} else {
		conf_keys_template(packaged, n, f);
		if ((ferror(f) | fclose(f)) != 0)
			r = log_fr(ERR_IO, "write sekisho.conf");
	}
	return (end_file(fd, "sekisho.conf", r));
}

static int
make_state(const struct init *in)
{
	const struct site *s = &in->sites[in->sites_n - 1];
	int fd, r;

	if ((r = make_file(s, "keeper.state", 0600, &fd)) == 0)
		r = keeper_state_create(fd, 1);
	if ((r = end_file(fd, "keeper.state", r)) != 0)
		return (r);
	if (mkdirat(s->tmp_fd, "data", 0700) != 0 ||
	    (in->is_root &&
		fchownat(s->tmp_fd, "data", in->front.uid, in->front.gid,
		    AT_SYMLINK_NOFOLLOW) != 0))
		return (log_fr(ERR_SYS, "make %s/data", s->tmp));
	return (0);
}

static int
move_all(struct init *in)
{
	struct site *s;
	size_t i;
	int j;

	for (i = 0; i < ENTRIES_N; i++) {
		s = site_of(in, &entries[i]);
		if (renameat2(s->tmp_fd, entries[i].name, s->dir_fd,
			entries[i].name, RENAME_NOREPLACE) != 0) {
			log_fr(
			    ERR_SYS, "move %s to %s", entries[i].name, s->dir);
			/* Take back what was moved, to be removed there. */
			while (i-- > 0) {
				s = site_of(in, &entries[i]);
				(void)renameat2(s->dir_fd, entries[i].name,
				    s->tmp_fd, entries[i].name,
				    RENAME_NOREPLACE);
			}
			return (ERR_SYS);
		}
	}
	for (j = 0; j < in->sites_n; j++) {
		if (fsync(in->sites[j].dir_fd) != 0)
			return (log_fr(ERR_IO, "write %s", in->sites[j].dir));
	}
	return (0);
}

/* Remove the building place, and after a failure what else was made. */
static void
close_site(struct site *s, bool has_failed)
{
	size_t i;

	if (s->tmp_fd != -1) {
		(void)unlinkat(s->tmp_fd, "keys/seed.key", 0);
		(void)unlinkat(s->tmp_fd, "keys/audit.key", 0);
		for (i = 0; i < ENTRIES_N; i++)
			(void)unlinkat(s->tmp_fd, entries[i].name,
			    entries[i].is_dir ? AT_REMOVEDIR : 0);
		close(s->tmp_fd);
	}
	if (s->tmp[0] != '\0' && rmdir(s->tmp) != 0)
		log_fr(ERR_SYS, "remove %s", s->tmp);
	if (s->dir_fd != -1)
		close(s->dir_fd);
	if (has_failed && s->is_made && rmdir(s->dir) != 0)
		log_fr(ERR_SYS, "remove %s", s->dir);
}

static void
say_next(const struct init *in)
{
	const char *dir = in->sites[0].dir;

	printf("%s is ready.\n\n", dir);
	if (in->is_packaged)
		printf("Start the service:\n"
		       "  systemctl enable --now sekisho-authd\n\n"
		       "Then:\n");
	else
		printf("Start the daemon:\n"
		       "  sekisho-authd -c %s/sekisho.conf\n\n"
		       "Then, in another terminal:\n"
		       "  export SEKISHO_SOCKET=%s/authd.sock\n",
		    dir, dir);
	printf("  sekisho status\n"
	       "  sekisho office add demo --name 'Demo office'\n"
	       "  sekisho account add taro --name Taro --office demo\n"
	       "  sekisho phone enroll taro\n"
	       "  sekisho phone confirm taro CODE\n"
	       "  sekisho verify taro CODE\n\n"
	       "Keep a copy of %s/keys in a safe place, apart from the\n"
	       "backups of the data: without it every phone must be enrolled\n"
	       "again. Give %s/audit.pub to whoever verifies the audit log.\n",
	    dir, dir);
	if (!in->is_root)
		printf("\nMade by an ordinary user: all processes will run as "
		       "you. For real use,\nmake it as root.\n");
}

static int
check(struct init *in, const char *dir)
{
	int r;

	in->is_root = geteuid() == 0;
	in->sites_n = 1;
	if ((r = find_site(&in->sites[0], dir)) != 0)
		return (r);
	if (strcmp(in->sites[0].dir, INIT_PACKAGED_DIR) == 0) {
		in->is_packaged = true;
		in->sites_n = 2;
		if ((r = find_site(&in->sites[1], INIT_STATE_DIR)) != 0)
			return (r);
	}
	if ((r = check_free(in)) != 0)
		return (r);
	if (in->is_root &&
	    ((r = check_reach(in, FRONT_USER)) != 0 ||
		(r = check_reach(in, KEEPER_USER)) != 0))
		return (r);
	return (0);
}

int
init_run(const char *dir)
{
	struct init in;
	struct user keeper;
	int i, r;

	memset(&in, 0, sizeof(in));
	umask(077);
	if ((r = check(&in, dir)) != 0)
		return (r);
	if (in.is_root &&
	    ((r = need_user(FRONT_USER, &in.front)) != 0 ||
		(r = need_user(KEEPER_USER, &keeper)) != 0))
		return (r);
	for (i = 0; r == 0 && i < in.sites_n; i++)
		r = open_site(&in.sites[i]);
	if (r == 0 && (r = make_keys(&in.sites[0])) == 0 &&
	    (r = make_conf(&in)) == 0 && (r = make_state(&in)) == 0)
		r = move_all(&in);
	for (i = 0; i < in.sites_n; i++)
		close_site(&in.sites[i], r != 0);
	if (r == 0)
		say_next(&in);
	return (r);
}
