#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "authd/base/clock.h"
#include "authd/base/file.h"
#include "authd/base/log.h"
#include "authd/base/mem.h"
#include "authd/base/text.h"
#include "authd/base/timetext.h"
#include "authd/ca_files.h"
#include "authd/proc_open.h"
#include "certs/x509_pem.h"
#include "certs/x509_root.h"
#include "certs/x509_scalar.h"

#define KEY_TEXT_MAX 1024
#define CA_KEY       "keys/ca.key"
#define CHAIN        "ca.pem"
#define ROOT_DIR     "root-ca"
#define ROOT_KEY     ROOT_DIR "/root-ca.key"
#define ROOT_CERT    ROOT_DIR "/root-ca.pem"
#define ROOT_CRL     ROOT_DIR "/root-ca.crl"

/* Both forms of the private keys; wiped after use. */
struct secret {
	uint8_t issuing[X509_SCALAR_LEN];
	char root[KEY_TEXT_MAX];
};

static int
put_cert(X509 *cert, char *out, size_t size)
{
	uint8_t der[X509_TRUST_CERT_MAX], *p = der;
	int n = i2d_X509(cert, NULL);

	if (n <= 0 || (size_t)n > sizeof(der) || i2d_X509(cert, &p) != n)
		return (log_fr(ERR_NOMEM, "certificate of the CA"));
	return (x509_pem_put(X509_PEM_CERT, der, (size_t)n, out, size));
}

static int
write_all(const struct place_site *s, const struct x509_root *root,
    struct secret *secret)
{
	char issuing[X509_TRUST_FILE_MAX / 2], above[X509_TRUST_FILE_MAX / 2];
	char chain[X509_TRUST_FILE_MAX], crl[X509_TRUST_FILE_MAX / 2];
	int r;

	if ((r = x509_scalar_of(root->issuing_key, secret->issuing)) != 0 ||
	    (r = x509_root_put_key(root->root_key, secret->root,
		 sizeof(secret->root))) != 0 ||
	    (r = put_cert(root->issuing, issuing, sizeof(issuing))) != 0 ||
	    (r = put_cert(root->root, above, sizeof(above))) != 0 ||
	    (r = x509_root_put_crl(root, crl, sizeof(crl))) != 0)
		return (r);
	(void)snprintf(chain, sizeof(chain), "%s%s", issuing, above);
	if (mkdirat(s->tmp_fd, ROOT_DIR, 0700) != 0)
		return (log_fr(ERR_SYS, "make %s/" ROOT_DIR, s->tmp));
	if ((r = place_make_with(s, CA_KEY, 0600, secret->issuing,
		 sizeof(secret->issuing))) != 0 ||
	    (r = place_make_with(s, CHAIN, 0644, chain, strlen(chain))) != 0 ||
	    (r = place_make_with(s, ROOT_KEY, 0600, secret->root,
		 strlen(secret->root))) != 0 ||
	    (r = place_make_with(s, ROOT_CERT, 0644, above, strlen(above))) !=
		0 ||
	    (r = place_make_with(s, ROOT_CRL, 0644, crl, strlen(crl))) != 0)
		return (r);
	return (place_sync(s, ROOT_DIR));
}

int
ca_files_make(const struct place_site *s, int64_t now_ms)
{
	char name[X509_SUBJECT_PLACE_MAX + 1];
	struct x509_root root;
	struct secret secret;
	int r;

	if ((r = x509_root_place(name)) != 0 ||
	    (r = x509_root_make(name, now_ms, &root)) != 0)
		return (r);
	r = write_all(s, &root, &secret);
	mem_wipe(&secret, sizeof(secret));
	x509_root_clear(&root);
	return (r);
}

/* What goes where in an instance that exists, the key last. */
struct move {
	const char *from;
	char to[CONF_PATH_MAX + 32];
};

/* All or nothing, and nothing over what is there. */
static int
move_all(const struct place_site *s, const struct move *moves, size_t n)
{
	size_t i;
	int r;

	for (i = 0; i < n; i++) {
		r = file_move(
		    s->tmp_fd, moves[i].from, AT_FDCWD, moves[i].to);
		if (r == 0)
			continue;
		log_fr(r, "make %s", moves[i].to);
		while (i-- > 0)
			if (file_move(AT_FDCWD, moves[i].to, s->tmp_fd,
				moves[i].from) != 0)
				log_fr(ERR_SYS, "remove %s", moves[i].to);
		return (r);
	}
	return (0);
}

static int
build(struct place_site *s)
{
	(void)snprintf(s->tmp, sizeof(s->tmp), "%s/.ca-XXXXXX", s->dir);
	if (mkdtemp(s->tmp) == NULL) {
		s->tmp[0] = '\0';
		return (log_fr(ERR_SYS, "make a directory in %s", s->dir));
	}
	s->tmp_fd = open(s->tmp, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->tmp_fd == -1 || mkdirat(s->tmp_fd, "keys", 0700) != 0)
		return (log_fr(ERR_SYS, "open %s", s->tmp));
	return (ca_files_make(s, clock_wall_ms()));
}

/* What was not moved goes. */
static void
tidy(struct place_site *s)
{
	static const char *const files[] = { CA_KEY, CHAIN, ROOT_KEY,
		ROOT_CERT, ROOT_CRL };
	size_t i;

	if (s->tmp_fd != -1) {
		for (i = 0; i < sizeof(files) / sizeof(files[0]); i++)
			(void)unlinkat(s->tmp_fd, files[i], 0);
		(void)unlinkat(s->tmp_fd, ROOT_DIR, AT_REMOVEDIR);
		(void)unlinkat(s->tmp_fd, "keys", AT_REMOVEDIR);
		close(s->tmp_fd);
	}
	if (s->tmp[0] != '\0' && rmdir(s->tmp) != 0)
		log_fr(ERR_SYS, "remove %s", s->tmp);
}

int
ca_files_add(const struct conf *c)
{
	struct place_site s = { .dir_fd = -1, .tmp_fd = -1 };
	struct move moves[3] = { { .from = ROOT_DIR }, { .from = CHAIN },
		{ .from = CA_KEY } };
	char path[CONF_PATH_MAX + 1];
	size_t i;
	int lock = -1, r;

	(void)umask(077);
	(void)snprintf(path, sizeof(path), "%s", c->settings.config_path);
	if (text_copy(s.dir, sizeof(s.dir), dirname(path)) != 0)
		return (log_fr(ERR_INVALID, "%s", path));
	(void)snprintf(moves[0].to, sizeof(moves[0].to), "%.*s/" ROOT_DIR,
	    CONF_PATH_MAX, s.dir);
	(void)snprintf(moves[1].to, sizeof(moves[1].to), "%s", c->ca_chain);
	(void)snprintf(
	    moves[2].to, sizeof(moves[2].to), "%s/ca.key", c->keys_dir);
	if ((r = proc_open_lock(c->state_file, &lock)) == 0 &&
	    (r = build(&s)) == 0)
		r = move_all(&s, moves, 3);
	for (i = 0; r == 0 && i < 3; i++)
		if ((r = file_sync_above(moves[i].to)) != 0)
			log_fr(r, "write the directory of %s", moves[i].to);
	tidy(&s);
	if (lock != -1)
		close(lock);
	if (r != 0)
		return (r);
	printf("%s has a CA now.\n\n", s.dir);
	ca_files_say(s.dir);
	return (0);
}

static int
read_chain(const char *path, struct x509_trust **out)
{
	char text[X509_TRUST_FILE_MAX + 1];
	ssize_t n;
	int fd;

	*out = NULL;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd == -1 && errno == ENOENT) {
		log_error("%s is not there: the CA's certificates. An instance "
			  "that has none yet gets a CA by `sekisho-authd "
			  "--init-ca -c FILE'",
		    path);
		return (ERR_NOTFOUND);
	}
	if (fd == -1)
		return (log_fr(ERR_SYS, "open %s", path));
	n = read(fd, text, sizeof(text));
	close(fd);
	if (n == -1)
		return (log_fr(ERR_SYS, "read %s", path));
	return (x509_trust_read(text, (size_t)n, out));
}

int
ca_files_check(const struct conf *c, int64_t now_ms)
{
	char from[TIMETEXT_MAX], to[TIMETEXT_MAX];
	struct x509_trust *t;
	int r;

	if ((r = read_chain(c->ca_chain, &t)) != 0)
		return (r == ERR_CORRUPT ? log_fr(r, "%s", c->ca_chain) : r);
	if ((r = x509_trust_at(t, now_ms)) != 0) {
		timetext_put(t->not_before_ms, from);
		timetext_put(t->not_after_ms, to);
		log_error("%s: the CA is good from %s to %s", c->ca_chain, from,
		    to);
	}
	x509_trust_free(t);
	return (r);
}

void
ca_files_say(const char *dir)
{
	printf("%s/" ROOT_DIR " is the root of all certificates. It is needed\n"
	       "again only when the issuing CA is renewed, in %d years: move\n"
	       "it off this machine, to two media in two safes, and delete it\n"
	       "here. %s/" CHAIN " is what servers are given to believe in.\n",
	    dir, X509_ROOT_ISSUING, dir);
}
