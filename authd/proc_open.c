#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "authd/base/clock.h"
#include "authd/base/log.h"
#include "authd/base/mem.h"
#include "authd/base/text.h"
#include "authd/ca_files.h"
#include "authd/proc_open.h"
#include "authd/proc_users.h"

#define KEY_LEN      32
#define POLL_MS      10
#define PACKET_BYTES (256 * 1024)
#define PROXY_KEY_MIN 32

/* Only root or ourselves may be able to change it. */
static int
check_owner(const char *path, const struct stat *st, mode_t forbidden)
{
	if ((st->st_uid != 0 && st->st_uid != geteuid()) ||
	    (st->st_mode & forbidden) != 0) {
		log_error("%s belongs to user %d with mode %04o: others could "
			  "read or change it",
		    path, (int)st->st_uid, (unsigned)(st->st_mode & 07777));
		return (ERR_DENIED);
	}
	return (0);
}

static int
check_file(const char *path, mode_t forbidden)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return (log_fr(ERR_SYS, "%s", path));
	return (check_owner(path, &st, forbidden));
}

static int
open_key(const char *dir, const char *name, int *fd)
{
	char path[PATH_MAX + 32];
	struct stat st;
	int r;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	*fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (*fd == -1 || fstat(*fd, &st) != 0)
		return (log_fr(ERR_SYS, "open %s", path));
	if ((r = check_owner(path, &st, 077)) != 0)
		return (r);
	if (!S_ISREG(st.st_mode) || st.st_size != KEY_LEN) {
		log_error("%s is not a key of %d bytes", path, KEY_LEN);
		return (ERR_CORRUPT);
	}
	return (0);
}

/*
 * Without its CA the service does not start, and does not believe in another
 * one instead (V44).
 */
static int
open_ca(struct conf *c, struct proc_open *o)
{
	struct stat st;
	int r;

	if ((r = ca_files_check(c, clock_wall_ms())) != 0 ||
	    (r = open_key(c->keys_dir, "ca.key", &o->ca_key)) != 0)
		return (r);
	o->ca_chain = open(c->ca_chain, O_RDONLY | O_CLOEXEC);
	if (o->ca_chain == -1 || fstat(o->ca_chain, &st) != 0)
		return (log_fr(ERR_SYS, "open %s", c->ca_chain));
	return (check_owner(c->ca_chain, &st, 022));
}

int
proc_open_lock(const char *path, int *fd)
{
	struct stat st;
	int r, waited_ms;

	*fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	if (*fd == -1) {
		log_fr(ERR_SYS, "open %s", path);
		return (errno == ENOENT ? ERR_NOTFOUND : ERR_SYS);
	}
	if (fstat(*fd, &st) != 0)
		return (log_fr(ERR_SYS, "%s", path));
	if (!S_ISREG(st.st_mode))
		return (log_fr(ERR_INVALID, "%s", path));
	/* The keeper of a parent that was killed has it until its own end. */
	for (waited_ms = 0; (r = flock(*fd, LOCK_EX | LOCK_NB)) != 0 &&
	     errno == EWOULDBLOCK && waited_ms < PROC_SOCKET_WAIT_MS;
	     waited_ms += POLL_MS)
		usleep(POLL_MS * 1000);
	if (r == 0)
		return (0);
	if (errno != EWOULDBLOCK)
		return (log_fr(ERR_SYS, "lock %s", path));
	log_error("another sekisho-authd is running on %s", path);
	return (ERR_BUSY);
}

/* The front's: whose it must be is known when the users are found. */
static int
open_data(struct conf *c, struct proc_open *o)
{
	const char *dir = c->settings.data_dir;
	struct stat st;
	uid_t owner;
	int r;

	r = proc_users_find(c, &o->must_drop, &o->front, &o->keeper);
	if (r != 0)
		return (r);
	owner = o->must_drop ? o->front.uid : geteuid();
	o->data = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (o->data == -1 || fstat(o->data, &st) != 0)
		return (log_fr(ERR_SYS, "open %s", dir));
	if (st.st_uid != owner || (st.st_mode & 077) != 0) {
		log_error("%s must belong to user %d with mode 0700", dir,
		    (int)owner);
		return (ERR_DENIED);
	}
	return (0);
}

/* Whoever can write to it decides which passwords are refused. */
static int
open_breach(struct conf *c, struct proc_open *o)
{
	const char *path = c->breach_file;
	struct stat st;

	c->settings.has_breach = path[0] != '\0';
	if (!c->settings.has_breach)
		path = "/dev/null";
	o->breach = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (o->breach == -1 || fstat(o->breach, &st) != 0)
		return (log_fr(ERR_SYS, "open %s", path));
	return (c->settings.has_breach ? check_owner(path, &st, 022) : 0);
}

/* RFC 9110 section 5.1: a field's name. */
static bool
is_token(const char *s)
{
	return (s[0] != '\0' &&
	    strspn(s,
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789!#$%&'*+-.^_`|~") == strlen(s));
}

static bool
is_proxy_key(const char *s)
{
	size_t n = strlen(s);

	return (n >= PROXY_KEY_MIN && n <= EXCHANGE_KEY_MAX &&
	    strspn(s,
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789") == n);
}

/* Whoever knows it may say which certificate a client has shown. */
static int
read_proxy_key(struct conf *c, struct proc_open *o)
{
	struct exchange_conf *x = &c->settings.exchange;
	const char *path = c->proxy_key_file;
	char text[EXCHANGE_KEY_MAX + 2];
	struct stat st;
	ssize_t n;
	int fd, r;

	(void)o;
	if (!is_token(x->cert_header)) {
		log_error("client_cert_header: %s is no field name",
		    x->cert_header);
		return (ERR_INVALID);
	}
	if (path[0] == '\0')
		return (0);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd == -1 || fstat(fd, &st) != 0) {
		r = log_fr(ERR_SYS, "open %s", path);
		goto out;
	}
	n = read(fd, text, sizeof(text) - 1);
	text[n < 0 ? 0 : n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	if ((r = check_owner(path, &st, 027)) != 0)
		goto out;
	if (is_proxy_key(text)) {
		memcpy(x->proxy_key, text, strlen(text) + 1);
		c->settings.policy.takes_certs = 1;
	} else {
		log_error("%s must hold %d to %d letters and digits", path,
		    PROXY_KEY_MIN, EXCHANGE_KEY_MAX);
		r = ERR_INVALID;
	}
out:
	mem_wipe(text, sizeof(text));
	if (fd != -1)
		close(fd);
	return (r);
}

/* Open a program beside our own file or in ../lib/sekisho from there. */
static int
open_program(const char *name, int *fd)
{
	static const char *const places[] = { "", "../lib/sekisho/" };
	char self[PATH_MAX], path[PATH_MAX + 64];
	ssize_t n;
	char *slash;
	size_t i;

	n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (n == -1)
		return (log_fr(ERR_SYS, "find our own file"));
	self[n] = '\0';
	if ((slash = strrchr(self, '/')) != NULL)
		slash[1] = '\0';
	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		snprintf(path, sizeof(path), "%s%s%s", self, places[i], name);
		*fd = open(path, O_PATH | O_CLOEXEC);
		if (*fd != -1)
			return (0);
	}
	return (log_fr(ERR_SYS, "open %s%s", self, name));
}

static const char *const socket_names[PROC_OPEN_SOCKETS] = { "authd", "hook",
	"portal", "hosts", "pki" };

/* authd.sock is for verify_group, the others are for the proxy. */
static int
open_sockets(const struct conf *c, struct proc_open *o)
{
	const struct settings *s = &c->settings;
	char path[PATH_MAX + 16];
	int i, r;

	for (i = 0; i < PROC_OPEN_SOCKETS; i++) {
		snprintf(path, sizeof(path), "%s/%s.sock", c->socket_dir,
		    socket_names[i]);
		r = proc_socket_open(path,
		    i == 0 ? s->verify_group : s->proxy_group, &o->sockets[i]);
		if (r != 0)
			return (r);
	}
	return (0);
}

/*
 * The service manager may tell it, so that it need not show us all of /proc:
 * 32 digits, which the kernel writes in groups of 8, 4, 4, 4 and 12.
 */
static int
find_boot_id(char id[CLOCK_BOOT_ID_LEN + 1])
{
	const char *s = getenv("SEKISHO_BOOT_ID");

	if (s == NULL)
		return (clock_boot_id(id));
	if (strlen(s) != 32 || strspn(s, "0123456789abcdef") != 32) {
		log_error("SEKISHO_BOOT_ID is not 32 hexadecimal digits");
		return (ERR_INVALID);
	}
	snprintf(id, CLOCK_BOOT_ID_LEN + 1, "%.8s-%.4s-%.4s-%.4s-%.12s", s,
	    s + 8, s + 12, s + 16, s + 20);
	return (0);
}

/* A memory file that nobody can change any more. */
static int
make_sealed(const char *name, const void *p, size_t n, int *fd)
{
	*fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (*fd == -1)
		return (log_fr(ERR_SYS, "memfd_create"));
	if (pwrite(*fd, p, n, 0) != (ssize_t)n)
		return (log_fr(ERR_SYS, "write the settings"));
	if (fcntl(*fd, F_ADD_SEALS,
		F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) != 0)
		return (log_fr(ERR_SYS, "seal the settings"));
	return (0);
}

static int
make_settings(struct conf *c, struct proc_open *o)
{
	int r;

	if ((r = find_boot_id(c->settings.boot_id)) != 0 ||
	    (r = make_sealed("sekisho settings", &c->settings,
		 sizeof(c->settings), &o->settings)) != 0)
		return (r);
	return (make_sealed("sekisho keeper settings", &c->keeper,
	    sizeof(c->keeper), &o->keeper_settings));
}

static int
make_pipes(struct proc_open *o)
{
	const int bytes = PACKET_BYTES;
	int i;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, o->pair) != 0)
		return (log_fr(ERR_SYS, "socketpair"));
	for (i = 0; i < 2; i++) {
		if (setsockopt(o->pair[i], SOL_SOCKET, SO_SNDBUF, &bytes,
			sizeof(bytes)) != 0 ||
		    setsockopt(o->pair[i], SOL_SOCKET, SO_RCVBUF, &bytes,
			sizeof(bytes)) != 0)
			return (log_fr(ERR_SYS, "size of the socket"));
	}
	if (pipe2(o->ready, O_CLOEXEC) != 0)
		return (log_fr(ERR_SYS, "pipe"));
	return (0);
}

static void
init(struct proc_open *o)
{
	int i;

	memset(o, 0, sizeof(*o));
	for (i = 0; i < PROC_OPEN_SOCKETS; i++)
		o->sockets[i].fd = -1;
	o->state = o->seed_key = o->audit_key = o->data = -1;
	o->ca_key = o->ca_chain = o->keeper_settings = -1;
	o->settings = o->front_exe = o->keeper_exe = o->breach = -1;
	o->pair[0] = o->pair[1] = o->ready[0] = o->ready[1] = -1;
}

static int
check_state(struct conf *c, struct proc_open *o)
{
	(void)o;
	return (check_file(c->state_file, 077));
}

static int
open_keys(struct conf *c, struct proc_open *o)
{
	int r;

	if ((r = check_file(c->keys_dir, 077)) != 0 ||
	    (r = open_key(c->keys_dir, "seed.key", &o->seed_key)) != 0)
		return (r);
	return (open_key(c->keys_dir, "audit.key", &o->audit_key));
}

static int
open_programs(struct conf *c, struct proc_open *o)
{
	int r;

	(void)c;
	if ((r = open_program("sekisho-front", &o->front_exe)) != 0)
		return (r);
	return (open_program("sekisho-keeper", &o->keeper_exe));
}

/* What is there before the start and is not changed by it. */
static int (*const steps[])(struct conf *c, struct proc_open *o) = {
	check_state, open_keys, open_ca, open_data,
	open_breach, read_proxy_key, open_programs
};

#define STEPS (sizeof(steps) / sizeof(steps[0]))

int
proc_open_check(struct conf *c)
{
	struct proc_open o;
	int first, r;
	size_t i;

	init(&o);
	first = check_file(c->settings.config_path, 022);
	for (i = 0; i < STEPS; i++)
		if ((r = steps[i](c, &o)) != 0 && first == 0)
			first = r;
	proc_open_close(&o);
	return (first);
}

int
proc_open_all(struct conf *c, struct proc_open *o)
{
	size_t i;
	int r;

	init(o);
	if ((r = check_file(c->settings.config_path, 022)) != 0 ||
	    (r = proc_open_lock(c->state_file, &o->state)) != 0)
		return (r);
	for (i = 0; i < STEPS; i++)
		if ((r = steps[i](c, o)) != 0)
			return (r);
	if ((r = make_settings(c, o)) != 0 || (r = make_pipes(o)) != 0)
		return (r);
	return (open_sockets(c, o));
}

static void
shut(int *fd)
{
	if (*fd != -1)
		close(*fd);
	*fd = -1;
}

void
proc_open_handed(struct proc_open *o)
{
	int i;

	shut(&o->seed_key);
	shut(&o->audit_key);
	shut(&o->ca_key);
	shut(&o->ca_chain);
	shut(&o->keeper_settings);
	shut(&o->data);
	for (i = 0; i < PROC_OPEN_SOCKETS; i++)
		shut(&o->sockets[i].fd);
	shut(&o->breach);
	shut(&o->settings);
	shut(&o->front_exe);
	shut(&o->keeper_exe);
	shut(&o->pair[0]);
	shut(&o->pair[1]);
	shut(&o->ready[1]);
}

void
proc_open_close(struct proc_open *o)
{
	int i;

	/* While the lock is held no other daemon can have made them anew. */
	for (i = 0; i < PROC_OPEN_SOCKETS; i++)
		proc_socket_remove(&o->sockets[i]);
	proc_open_handed(o);
	shut(&o->ready[0]);
	shut(&o->state);
}
