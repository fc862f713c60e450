#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "authd/audit/audit_chain.h"
#include "authd/base/clock.h"
#include "authd/base/log.h"
#include "authd/base/mem.h"
#include "authd/base/text.h"
#include "authd/ca_files.h"
#include "authd/conf_keys.h"
#include "authd/init.h"
#include "authd/keeper/keeper_state.h"
#include "authd/place.h"

#define KEY_LEN     32
#define FRONT_USER  "sekisho"
#define KEEPER_USER "sekisho-keeper"

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
make_keys(const struct place_site *s)
{
	uint8_t seed[KEY_LEN], audit[KEY_LEN], pub[AUDIT_PUB_LEN];
	char line[2 * AUDIT_PUB_LEN + 2];
	int r;

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
	if ((r = place_make_with(s, "keys/seed.key", 0600, seed, KEY_LEN)) !=
		0 ||
	    (r = place_make_with(s, "keys/audit.key", 0600, audit, KEY_LEN)) !=
		0 ||
	    (r = place_make_with(
		 s, "audit.pub", 0644, line, 2 * AUDIT_PUB_LEN + 1)) != 0)
		goto out;
	if ((r = ca_files_make(s, clock_wall_ms())) == 0)
		r = place_sync(s, "keys");
out:
	mem_wipe(seed, sizeof(seed));
	mem_wipe(audit, sizeof(audit));
	return (r);
}

static int
make_conf(const struct place *in)
{
	const struct conf_line *lines;
	size_t n;
	FILE *f;
	int fd, r, copy;

	if ((r = place_make(&in->sites[0], "sekisho.conf", 0640, &fd)) != 0)
		return (place_end(fd, "sekisho.conf", r));
	copy = dup(fd);
	f = copy == -1 ? NULL : fdopen(copy, "w");
	if (f == NULL) {
		if (copy != -1)
			close(copy);
		r = log_fr(ERR_SYS, "write sekisho.conf");
	} else {
		lines = place_settings(in, &n);
		conf_keys_template(lines, n, f);
		if ((ferror(f) | fclose(f)) != 0)
			r = log_fr(ERR_IO, "write sekisho.conf");
	}
	return (place_end(fd, "sekisho.conf", r));
}

static int
make_state(struct place *in)
{
	const struct place_site *s = place_site(in, true);
	int fd, r;

	if ((r = place_make(s, "keeper.state", 0600, &fd)) == 0)
		r = keeper_state_create(fd, 1);
	if ((r = place_end(fd, "keeper.state", r)) != 0)
		return (r);
	return (place_make_data(in));
}

static void
say_next(const struct place *in)
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
	       "again. Give %s/audit.pub to whoever verifies the audit log.\n\n",
	    dir, dir);
	ca_files_say(dir);
	if (!in->is_root)
		printf("\nMade by an ordinary user: all processes will run as "
		       "you. For real use,\nmake it as root.\n");
}

int
init_run(const char *dir)
{
	struct place in;
	struct user keeper;
	int r;

	umask(077);
	if ((r = place_find(&in, dir)) != 0)
		return (r);
	if (in.is_root &&
	    ((r = place_check_reach(&in, FRONT_USER)) != 0 ||
		(r = place_check_reach(&in, KEEPER_USER)) != 0 ||
		(r = place_need_user(FRONT_USER, &in.front)) != 0 ||
		(r = place_need_user(KEEPER_USER, &keeper)) != 0))
		return (r);
	if ((r = place_open(&in)) == 0 && (r = make_keys(&in.sites[0])) == 0 &&
	    (r = make_conf(&in)) == 0 && (r = make_state(&in)) == 0)
		r = place_move(&in);
	place_close(&in, r != 0);
	if (r == 0)
		say_next(&in);
	return (r);
}
