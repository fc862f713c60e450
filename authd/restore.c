#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "authd/base/clock.h"
#include "authd/base/log.h"
#include "authd/base/mem.h"
#include "authd/base/text.h"
#include "authd/init.h"
#include "authd/keeper/keeper_audit.h"
#include "authd/keeper/keeper_state.h"
#include "authd/place.h"
#include "authd/restore.h"
#include "authd/restore_conf.h"
#include "authd/restore_db.h"
#include "authd/restore_state.h"

#define PIECE   65536
#define KEY_LEN 32
#define PUB_MAX 128

/* In memory that is locked, and wiped in a forked child. */
struct secret {
	uint8_t seed[KEY_LEN], audit[KEY_LEN], ca[KEY_LEN];
	uint8_t piece[PIECE];
};

struct restore {
	const struct restore_asked *asked;
	struct place place;
	int fd; /* the backup */
	struct backup_file *f;
	struct secret *secret;
	struct conf conf; /* as it is in the building place */
	uint8_t pub[AUDIT_PUB_LEN];
	struct keeper_state_data state, known;
	struct restore_db_found found;
	bool is_behind; /* the log lacks what is known */
	bool has_ca;
	int64_t step;   /* no code up to it is taken again */
};

static int
read_known(const char *path, struct keeper_state_data *known)
{
	int fd, r;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return (log_fr(ERR_SYS, "open %s", path));
	if ((r = keeper_state_read(fd, known)) != 0)
		log_fr(r, "read %s", path);
	close(fd);
	return (r);
}

/* A whole small member; *size is its length. */
static int
get_small(struct restore *t, enum backup_file_member m, void *p, size_t max,
    size_t *size)
{
	uint64_t n;
	int r;

	*size = 0;
	if ((r = backup_file_next(t->f, m, &n)) != 0)
		return (r);
	if (n > max)
		return (log_fr(ERR_CORRUPT, "the backup"));
	*size = (size_t)n;
	return (backup_file_get(t->f, p, *size));
}

/* Whether it will find its own files, and no other instance's. */
static int
check_conf(struct restore *t)
{
	const struct place_site *s = place_site(&t->place, false);
	const struct conf *c = &t->conf;
	const struct {
		const char *name, *path, *wanted;
		bool does_change;
	} all[] = {
		{ "store", c->settings.store_path, PLACE_DB, true },
		{ "data_dir", c->settings.data_dir, "data", true },
		{ "state_file", c->state_file, "keeper.state", true },
		{ "keys_dir", c->keys_dir, "keys", false },
		{ "audit_pub", c->audit_pub, "audit.pub", false },
		{ "ca_chain", c->ca_chain, "ca.pem", false },
	};
	char path[PLACE_PATH_MAX + 16];
	size_t i;
	int r;

	(void)snprintf(path, sizeof(path), "%s/sekisho.conf", s->tmp);
	if ((r = conf_read(path, &t->conf)) != 0)
		return (r);
	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s",
		    t->place.is_packaged && all[i].does_change ? INIT_STATE_DIR
							       : s->tmp,
		    all[i].wanted);
		if (strcmp(all[i].path, path) == 0)
			continue;
		log_error("sekisho.conf of the backup: %s is %s", all[i].name,
		    all[i].path);
		return (ERR_INVALID);
	}
	return (0);
}

static int
put_conf(struct restore *t)
{
	const struct place_site *s = place_site(&t->place, false);
	size_t max = (size_t)backup_file_max(BACKUP_FILE_CONF), n, len = 0;
	char *text, *out = NULL;
	FILE *f;
	int r;

	if ((text = malloc(max + 1)) == NULL)
		return (log_fr(ERR_NOMEM, "sekisho.conf"));
	if ((r = get_small(t, BACKUP_FILE_CONF, text, max, &n)) != 0)
		goto out;
	text[n] = '\0';
	if (strlen(text) != n)
		r = log_fr(ERR_CORRUPT, "sekisho.conf of the backup");
	else if ((f = open_memstream(&out, &len)) == NULL)
		r = log_fr(ERR_NOMEM, "sekisho.conf");
	if (r != 0)
		goto out;
	r = restore_conf_write(&t->place, text, f);
	if ((ferror(f) | fclose(f)) != 0)
		r = log_fr(ERR_NOMEM, "sekisho.conf");
	if (r == 0)
		r = place_make_with(s, "sekisho.conf", 0640, out, len);
	if (r == 0)
		r = check_conf(t);
out:
	free(out);
	free(text);
	return (r);
}

static int
find_users(struct restore *t)
{
	struct user keeper;
	struct place *p = &t->place;
	int r;

	if (!p->is_root)
		return (0);
	if ((r = place_check_reach(p, t->conf.front_user)) != 0 ||
	    (r = place_check_reach(p, t->conf.keeper_user)) != 0 ||
	    (r = place_need_user(t->conf.front_user, &p->front)) != 0 ||
	    (r = place_need_user(t->conf.keeper_user, &keeper)) != 0)
		return (r);
	if (p->front.uid == keeper.uid)
		return (log_fr(ERR_INVALID, "front_user and keeper_user"));
	/* The front's user is to reach the store there. */
	if (fchmod(place_site(p, true)->tmp_fd, 0711) != 0)
		return (log_fr(ERR_SYS, "open %s", place_site(p, true)->tmp));
	return (0);
}

/* The private half belongs to the public one that verifies the log. */
static int
check_pub(struct restore *t, char *line, size_t n)
{
	const struct audit_head none = { .node = 1 };
	struct keeper_audit a;
	int r;

	line[n] = '\0';
	line[strcspn(line, "\n")] = '\0';
	if (text_get_hex(line, t->pub, sizeof(t->pub)) != 0)
		return (log_fr(ERR_CORRUPT, "audit.pub of the backup"));
	if ((r = keeper_audit_init(&a, t->secret->audit, &none)) != 0)
		return (r);
	if (memcmp(a.pub, t->pub, sizeof(t->pub)) != 0)
		return (log_fr(ERR_CORRUPT, "audit.pub is of another key"));
	return (0);
}

/* A backup of before there were certificates has no CA. */
static int
put_ca(struct restore *t)
{
	const struct place_site *s = place_site(&t->place, false);
	size_t max = (size_t)backup_file_max(BACKUP_FILE_CA_CHAIN), n;
	char *chain;
	int r, more;

	if ((chain = malloc(max)) == NULL)
		return (log_fr(ERR_NOMEM, "ca.pem"));
	r = get_small(t, BACKUP_FILE_CA_KEY, t->secret->ca, KEY_LEN, &n);
	more = r != 0 && r != ERR_NOTFOUND
	    ? r
	    : get_small(t, BACKUP_FILE_CA_CHAIN, chain, max, &n);
	t->has_ca = r == 0 && more == 0;
	if (r == ERR_NOTFOUND && more == ERR_NOTFOUND)
		r = 0;
	else if (r == 0)
		r = more;
	if (t->has_ca &&
	    (r = place_make_with(
		 s, "keys/ca.key", 0600, t->secret->ca, KEY_LEN)) == 0)
		r = place_make_with(s, "ca.pem", 0644, chain, n);
	free(chain);
	return (r);
}

static int
put_keys(struct restore *t)
{
	const struct place_site *s = place_site(&t->place, false);
	char line[PUB_MAX + 1];
	size_t n;
	int r;

	if ((r = get_small(
		 t, BACKUP_FILE_SEED_KEY, t->secret->seed, KEY_LEN, &n)) != 0 ||
	    (r = get_small(t, BACKUP_FILE_AUDIT_KEY, t->secret->audit, KEY_LEN,
		 &n)) != 0 ||
	    (r = get_small(t, BACKUP_FILE_AUDIT_PUB, line, PUB_MAX, &n)) != 0)
		return (r);
	if (mkdirat(s->tmp_fd, "keys", 0700) != 0)
		return (log_fr(ERR_SYS, "make %s/keys", s->tmp));
	if ((r = place_make_with(
		 s, "keys/seed.key", 0600, t->secret->seed, KEY_LEN)) != 0 ||
	    (r = place_make_with(
		 s, "keys/audit.key", 0600, t->secret->audit, KEY_LEN)) != 0 ||
	    (r = place_make_with(s, "audit.pub", 0644, line, n)) != 0)
		return (r);
	if ((r = check_pub(t, line, n)) != 0 || (r = put_ca(t)) != 0)
		return (r);
	return (place_sync(s, "keys"));
}

static int
get_state(struct restore *t)
{
	uint8_t bytes[8192];
	size_t n;
	int fd, r;

	r = get_small(t, BACKUP_FILE_STATE, bytes, sizeof(bytes), &n);
	if (r != 0)
		return (r);
	if ((fd = memfd_create("keeper.state", MFD_CLOEXEC)) == -1)
		return (log_fr(ERR_SYS, "keeper.state"));
	if (write(fd, bytes, n) != (ssize_t)n)
		r = log_fr(ERR_SYS, "keeper.state");
	else
		r = keeper_state_read(fd, &t->state);
	close(fd);
	return (r);
}

static int
put_db(struct restore *t)
{
	const struct place_site *s = place_site(&t->place, true);
	const struct user *front = &t->place.front;
	uint64_t left;
	size_t n;
	int fd, r;

	if ((r = backup_file_next(t->f, BACKUP_FILE_DB, &left)) != 0 ||
	    (r = place_make_data(&t->place)) != 0)
		return (r);
	if ((r = place_make(s, PLACE_DB, 0600, &fd)) == 0 && t->place.is_root &&
	    fchown(fd, front->uid, front->gid) != 0)
		r = log_fr(ERR_SYS, "give away the store");
	for (; r == 0 && left > 0; left -= n) {
		n = left < PIECE ? (size_t)left : PIECE;
		if ((r = backup_file_get(t->f, t->secret->piece, n)) == 0)
			r = place_write(fd, "the store", t->secret->piece, n);
	}
	if ((r = place_end(fd, "the store", r)) != 0)
		return (r);
	return (backup_file_end(t->f));
}

static int
judge(struct restore *t)
{
	const struct audit_head *known = &t->known.confirmed;

	t->is_behind = !t->found.has_known;
	if (!t->is_behind)
		return (0);
	log_error(
	    "the log of the backup ends with record %" PRId64
	    " and lacks record %" PRId64 " that %s knows: what happened "
	    "in between would be forgotten, revocations and used recovery "
	    "codes too",
	    t->found.head.seq, known->seq, t->asked->known_state);
	if (t->asked->reason != NULL)
		return (0);
	log_error("nothing was changed; if that is meant, say so with "
		  "--force-older --reason TEXT");
	return (ERR_WRONG_STATE);
}

/* The last record of the restored log, and the seal on it. */
static int
sign(struct restore *t, struct audit_row *row, struct audit_head *after)
{
	struct audit_record *rec = &row->record;
	struct keeper_audit a;
	int r;

	memset(row, 0, sizeof(*row));
	rec->node = t->found.head.node;
	rec->seq = t->found.head.seq + 1;
	rec->at_ms = clock_wall_ms();
	(void)snprintf(
	    rec->actor, sizeof(rec->actor), "unix:%d", (int)getuid());
	(void)snprintf(rec->action, sizeof(rec->action), "backup.restore");
	(void)snprintf(rec->result, sizeof(rec->result), "done");
	(void)snprintf(rec->reason, sizeof(rec->reason), "%s",
	    t->is_behind ? "older" : "");
	/* The reason is the last word: all that follows is its text. */
	if (t->is_behind)
		(void)snprintf(rec->detail, sizeof(rec->detail),
		    "step=%" PRId64 " known_seq=%" PRId64 " why=%s", t->step,
		    t->known.confirmed.seq, t->asked->reason);
	else
		(void)snprintf(
		    rec->detail, sizeof(rec->detail), "step=%" PRId64, t->step);
	r = keeper_audit_init(&a, t->secret->audit, &t->found.head);
	if (r != 0)
		return (r);
	keeper_audit_begin(&a, &t->found.head);
	if ((r = keeper_audit_add(&a, rec)) != 0 ||
	    (r = keeper_audit_seal(&a, after, row->seal)) != 0)
		return (log_fr(r, "sign the record of the restore"));
	memcpy(row->hash, after->hash, sizeof(row->hash));
	row->has_seal = true;
	return (0);
}

static int
put_state(struct restore *t, const struct audit_head *after)
{
	const struct place_site *site = place_site(&t->place, true);
	struct keeper_state_data data;
	int fd, r;

	restore_state_data(
	    &t->state, &t->known, after, clock_wall_ms(), &data);
	if (t->is_behind)
		data.gap = t->found.head;
	if ((r = place_make(site, "keeper.state", 0600, &fd)) == 0)
		r = restore_state_write(fd, &data);
	return (place_end(fd, "keeper.state", r));
}

/* Everything the last code may have been for, whoever's clock was right. */
static int64_t
last_step(const struct restore *t)
{
	int64_t ms = clock_wall_ms();

	if (t->state.high_water_ms > ms)
		ms = t->state.high_water_ms;
	if (t->known.high_water_ms > ms)
		ms = t->known.high_water_ms;
	return (
	    ms / (STEP_SECONDS * 1000) + t->conf.settings.policy.totp_window);
}

static int
settle(struct restore *t)
{
	char path[PLACE_PATH_MAX + 32];
	const struct restore_db d = {
		.path = path,
		.front = t->place.is_root ? &t->place.front : NULL,
		.node = t->conf.settings.node,
		.pub = t->pub,
	};
	struct audit_head after;
	struct audit_row row;
	int r;

	(void)snprintf(path, sizeof(path), "%s/" PLACE_DB,
	    place_site(&t->place, true)->tmp);
	if (t->state.confirmed.node != d.node ||
	    (t->asked->known_state != NULL &&
		t->known.confirmed.node != d.node))
		return (log_fr(ERR_INVALID, "keeper.state of another node"));
	r = restore_db_check(
	    &d, &t->state.confirmed, &t->known.confirmed, &t->found);
	if (r != 0 || (r = judge(t)) != 0)
		return (r);
	t->step = last_step(t);
	if ((r = sign(t, &row, &after)) != 0 ||
	    (r = restore_db_finish(&d, &row, t->step)) != 0 ||
	    (r = place_sync(place_site(&t->place, true), "data")) != 0)
		return (r);
	return (put_state(t, &after));
}

static int
fill(struct restore *t)
{
	int r;

	if ((r = put_conf(t)) != 0 || (r = find_users(t)) != 0 ||
	    (r = put_keys(t)) != 0 || (r = get_state(t)) != 0 ||
	    (r = put_db(t)) != 0)
		return (r);
	return (settle(t));
}

static void
say(const struct restore *t)
{
	const char *dir = t->place.sites[0].dir;
	char hex[2 * AUDIT_PUB_LEN + 1];

	text_put_hex(t->pub, sizeof(t->pub), hex);
	if (t->is_behind)
		log_warn("restored behind record %" PRId64 " by unix:%d: %s",
		    t->known.confirmed.seq, (int)getuid(), t->asked->reason);
	printf(
	    "%s is restored up to record %" PRId64 " of its log.\n\n"
	    "Its key is %s: compare it with the audit.pub\n"
	    "that you keep. The codes that phones show now are refused; the\n"
	    "ones after them are good. What was revoked or used after the\n"
	    "backup is not known here: compare with a later log. Never run\n"
	    "the old instance again beside this one.\n\n"
	    "  sekisho audit verify --dir %s\n",
	    dir, t->found.head.seq, hex, dir);
	if (!t->has_ca)
		printf("  sekisho-authd --init-ca -c %s/sekisho.conf\n\n"
		       "The last makes a CA, which the backup had none of.\n",
		    dir);
	restore_conf_say(&t->place, &t->conf, stdout);
}

static int
open_backup(struct restore *t)
{
	struct backup_key *key = NULL;
	int r;

	t->fd = open(t->asked->file, O_RDONLY | O_CLOEXEC);
	if (t->fd == -1)
		return (log_fr(ERR_SYS, "open %s", t->asked->file));
	if ((r = backup_key_get(&t->asked->key, false, &key)) == 0)
		r = backup_file_open(t->fd, backup_key_use(key), &t->f);
	backup_key_free(key);
	return (r);
}

int
restore_run(const struct restore_asked *a)
{
	struct restore t;
	void *secret;
	int r;

	memset(&t, 0, sizeof(t));
	t.asked = a;
	t.fd = -1;
	(void)umask(077);
	if (a->reason != NULL && !text_is_name(a->reason)) {
		log_error("the reason must be 1 to %d bytes of plain text",
		    NAME_MAX_BYTES);
		return (ERR_INVALID);
	}
	if (a->known_state != NULL &&
	    (r = read_known(a->known_state, &t.known)) != 0)
		return (r);
	if ((r = place_find(&t.place, a->dir)) != 0)
		return (r);
	if ((r = mem_secret_new(sizeof(*t.secret), &secret)) != 0)
		return (r);
	t.secret = secret;
	if ((r = open_backup(&t)) == 0 && (r = place_open(&t.place)) == 0 &&
	    (r = fill(&t)) == 0)
		r = place_move(&t.place);
	place_close(&t.place, r != 0);
	backup_file_close(t.f);
	if (t.fd != -1)
		close(t.fd);
	mem_secret_free(t.secret, sizeof(*t.secret));
	if (r == 0)
		say(&t);
	return (r);
}
