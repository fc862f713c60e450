#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "authd/base/log.h"
#include "authd/base/text.h"
#include "authd/keeper/keeper_state.h"
#include "authd/proc_open.h"
#include "authd/store/store_sqlite.h"
#include "authd/user.h"
#include "authd/verify_log.h"

static int
read_pub(const char *path, uint8_t pub[AUDIT_PUB_LEN])
{
	char text[2 * AUDIT_PUB_LEN + 2];
	ssize_t n;
	int fd, r;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1 || (n = read(fd, text, sizeof(text) - 1)) == -1) {
		r = log_fr(ERR_SYS, "read %s", path);
		if (fd != -1)
			close(fd);
		return (r);
	}
	close(fd);
	text[n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	if (text_get_hex(text, pub, AUDIT_PUB_LEN) != 0) {
		log_error("%s does not hold a public key of %d hexadecimal "
			  "digits",
		    path, 2 * AUDIT_PUB_LEN);
		return (ERR_INVALID);
	}
	return (0);
}

static int
add_row(void *arg, const struct audit_row *row)
{
	audit_verify_add(
	    arg, &row->record, row->hash, row->has_seal ? row->seal : NULL);
	return (0);
}

static void
say(const struct audit_verify *v, bool ok, bool is_json)
{
	if (is_json && ok)
		printf("{\"ok\": true, \"records\": %" PRId64
		       ", \"first_bad\": null, \"why\": null}\n",
		    v->records);
	else if (is_json)
		printf("{\"ok\": false, \"records\": %" PRId64
		       ", \"first_bad\": %" PRId64 ", \"why\": \"%s\"}\n",
		    v->records, v->first_bad, v->why);
	else if (ok)
		printf("log verified: %" PRId64 " records\n", v->records);
	else
		printf(
		    "BROKEN at record %" PRId64 ": %s\n", v->first_bad, v->why);
}

static int
verify(const char *db, struct audit_verify *v, int32_t node, bool is_json,
    bool *ok)
{
	struct store *s = NULL;
	int r;

	if ((r = store_sqlite_open(db, STORE_READ, &s)) != 0)
		return (log_fr(r, "open %s", db));
	r = s->ops->audit_read(s, node, 1, add_row, v);
	s->ops->close(s);
	if (r == ERR_CORRUPT && v->first_bad == 0) {
		/* A row that cannot even be read as a record. */
		v->first_bad = v->head.seq + 1;
		snprintf(v->why, sizeof(v->why), "unreadable");
		r = 0;
	}
	if (r != 0 && r != ERR_CORRUPT)
		return (log_fr(r, "read the log in %s", db));
	*ok = audit_verify_end(v);
	say(v, *ok, is_json);
	return (0);
}

int
verify_log_file(
    const char *db, const char *pub, int32_t node, bool is_json, bool *ok)
{
	uint8_t key[AUDIT_PUB_LEN];
	struct audit_verify v;
	int r;

	*ok = false;
	if ((r = read_pub(pub, key)) != 0)
		return (r);
	audit_verify_init(&v, key, node);
	return (verify(db, &v, node, is_json, ok));
}

/* What the front wrote is read with the front's rights only. */
static int
drop_to_front(const struct conf *c)
{
	struct user u;
	int r;

	if (geteuid() != 0)
		return (0);
	if ((r = user_find(c->front_user, &u)) != 0)
		return (log_fr(r, "user %s", c->front_user));
	return (user_drop(&u));
}

static int
read_known(const char *path, struct audit_head *known)
{
	struct keeper_state_data data;
	int fd, r;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd == -1)
		return (log_fr(ERR_SYS, "open %s", path));
	r = keeper_state_read(fd, &data);
	close(fd);
	if (r != 0)
		return (log_fr(r, "read %s", path));
	*known = data.confirmed;
	return (0);
}

int
verify_log_instance(const struct conf *c, bool is_json, bool *ok)
{
	uint8_t key[AUDIT_PUB_LEN];
	struct audit_verify v;
	struct audit_head known;
	int r;

	*ok = false;
	if ((r = read_pub(c->audit_pub, key)) != 0 ||
	    (r = read_known(c->state_file, &known)) != 0 ||
	    (r = drop_to_front(c)) != 0)
		return (r);
	audit_verify_init(&v, key, c->settings.node);
	audit_verify_known(&v, &known);
	return (
	    verify(c->settings.store_path, &v, c->settings.node, is_json, ok));
}

int
verify_log_accept_gap(const struct conf *c, const char *reason)
{
	struct store *s = NULL;
	struct audit_head head;
	uid_t who = getuid();
	int fd = -1, r;

	if (!text_is_name(reason)) {
		log_error("the reason must be 1 to %d bytes of plain text",
		    NAME_MAX_BYTES);
		return (ERR_INVALID);
	}
	r = proc_open_lock(c->state_file, &fd);
	if (r == ERR_BUSY)
		log_error("a gap is accepted while the daemon stands still: "
			  "stop it (systemctl stop sekisho-authd), do this again, "
			  "start it");
	if (r != 0 || (r = drop_to_front(c)) != 0)
		goto out;
	r = store_sqlite_open(c->settings.store_path, STORE_READ, &s);
	if (r != 0) {
		log_fr(r, "open %s", c->settings.store_path);
		goto out;
	}
	r = s->ops->audit_head(s, c->settings.node, &head);
	s->ops->close(s);
	if (r == 0)
		r = keeper_state_accept_gap(fd, &head);
	if (r != 0) {
		log_fr(r, "accept the gap");
		goto out;
	}
	log_warn("gap in the audit log accepted after record %" PRId64
		 " by unix:%d: %s",
	    head.seq, (int)who, reason);
	printf("gap accepted after record %" PRId64 "\n", head.seq);
out:
	if (fd != -1)
		close(fd);
	return (r);
}
