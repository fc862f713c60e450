#include <stdlib.h>
#include <string.h>

#include "authd/base/log.h"
#include "authd/base/text.h"
#include "authd/store/store_sqlite.h"
#include "authd/store/store_sqlite_impl.h"

#define META_MAX 255
/*
 * Pages of 4 KiB that the WAL may grow before it is moved: 64 MiB, or 4 MiB
 * while its commits are of few pages. Few ask then, so that the work of moving
 * a page more often does not matter, and nobody shall wait for a long move.
 */
#define SETTLE_PAGES       16384
#define SETTLE_PAGES_QUIET 1024
#define QUIET_COMMIT_PAGES 8

static struct store_sqlite *
of(struct store *s)
{
	return ((struct store_sqlite *)s);
}

int
store_sqlite_note_wal(void *arg, sqlite3 *db, const char *name, int pages)
{
	struct store_sqlite *s = arg;

	(void)db;
	(void)name;
	/* It shrank: SQLite began it anew after all was moved. */
	if (pages < s->settled_pages)
		s->settled_pages = 0;
	s->wal_pages = pages;
	s->unsettled_commits++;
	return (SQLITE_OK);
}

static bool
is_in_transaction(struct store_sqlite *s)
{
	return (!sqlite3_get_autocommit(s->d.db));
}

/* Undo all; also right when SQLite has done so by itself. */
static int
undo(struct store_sqlite *s)
{
	int rc;

	s->has_begun = s->is_marked = false;
	s->appended.seq = 0;
	if (!is_in_transaction(s))
		return (0);
	rc = ask_control(&s->d, ASK_ROLLBACK);
	if (rc != SQLITE_OK && is_in_transaction(s))
		return (ask_error(s->d.db, rc, "rollback"));
	return (0);
}

static int
op_begin(struct store *base)
{
	struct store_sqlite *s = of(base);
	int r, rc;

	if (!s->d.is_writer || s->has_begun)
		return (log_fr(ERR_WRONG_STATE, "store: begin"));
	if ((r = undo(s)) != 0) /* what could not be when it ended */
		return (r);
	s->d.is_touched = false;
	rc = ask_control(&s->d, ASK_BEGIN);
	if (rc != SQLITE_OK)
		return (ask_error(s->d.db, rc, "begin"));
	s->has_begun = true;
	if ((r = store_sqlite_accepted_begin(s)) != 0)
		return (undo(s) == 0 ? r : ERR_IO);
	return (0);
}

/* SQLite undoes a transaction by itself when it has no memory to go on. */
static int
is_over(struct store_sqlite *s, const char *what)
{
	return (log_fr(
	    s->has_begun && !is_in_transaction(s) ? ERR_STORE : ERR_WRONG_STATE,
	    "store: %s", what));
}

static int
op_mark(struct store *base)
{
	struct store_sqlite *s = of(base);
	int rc;

	if (!s->d.is_writer || !is_in_transaction(s) || s->is_marked)
		return (is_over(s, "mark"));
	if ((rc = ask_control(&s->d, ASK_MARK)) != SQLITE_OK)
		return (ask_error(s->d.db, rc, "mark"));
	accepted_mark(s->accepted);
	s->is_marked = true;
	return (0);
}

static int
op_release(struct store *base)
{
	struct store_sqlite *s = of(base);
	int rc;

	if (!s->is_marked)
		return (log_fr(ERR_WRONG_STATE, "store: release"));
	s->is_marked = false;
	rc = ask_control(&s->d, ASK_RELEASE);
	return (rc == SQLITE_OK ? 0 : ask_error(s->d.db, rc, "release"));
}

static int
op_rewind(struct store *base)
{
	struct store_sqlite *s = of(base);
	int rc;

	if (!s->is_marked)
		return (log_fr(ERR_WRONG_STATE, "store: rewind"));
	s->is_marked = false;
	s->appended.seq = 0;
	accepted_rewind(s->accepted);
	if ((rc = ask_control(&s->d, ASK_REWIND)) == SQLITE_OK)
		rc = ask_control(&s->d, ASK_RELEASE);
	return (rc == SQLITE_OK ? 0 : ask_error(s->d.db, rc, "rewind"));
}

/*
 * Whatever is neither full, out of memory nor busy leaves unknown what the
 * next start will find: the frames may be whole in the WAL though a sync
 * failed. Nothing is asked of the connection then.
 */
static int
op_commit(struct store *base)
{
	struct store_sqlite *s = of(base);
	int r, rc;

	if (!s->d.is_writer || !is_in_transaction(s) || s->is_marked)
		return (is_over(s, "commit"));
	if ((r = store_sqlite_accepted_commit(s)) != 0)
		return (undo(s) == 0 ? r : ERR_IO);
	if ((rc = ask_control(&s->d, ASK_COMMIT)) == SQLITE_OK) {
		s->has_begun = false;
		accepted_committed(s->accepted, s->d.is_touched);
		return (0);
	}
	r = ask_error(s->d.db, rc, "commit");
	if (r == ERR_FULL)
		s->d.met_full = true;
	if (r != ERR_FULL && r != ERR_NOMEM && r != ERR_BUSY)
		return (ERR_IO);
	return (undo(s) == 0 ? r : ERR_IO);
}

static bool
op_is_touched(struct store *base)
{
	return (of(base)->d.is_touched);
}

static int
op_rollback(struct store *base)
{
	return (undo(of(base)));
}

static int
op_view(struct store *base)
{
	struct store_sqlite *s = of(base);
	int r, rc;

	if (s->d.is_writer || s->has_begun)
		return (log_fr(ERR_WRONG_STATE, "store: view"));
	if ((r = undo(s)) != 0) /* what could not be when it ended */
		return (r);
	s->viewed = 0;
	s->viewed = store_sqlite_accepted_seen(s);
	rc = ask_control(&s->d, ASK_VIEW);
	if (rc != SQLITE_OK)
		return (ask_error(s->d.db, rc, "view"));
	s->has_begun = true;
	return (0);
}

static bool
op_is_view_old(struct store *base)
{
	struct store_sqlite *s = of(base);

	return (
	    s->accepted != NULL && s->viewed != accepted_version(s->accepted));
}

static void
op_view_end(struct store *base)
{
	struct store_sqlite *s = of(base);

	/* what fails here is tried again by the next view */
	if (!s->d.is_writer)
		(void)undo(s);
	s->viewed = 0;
}

static bool
op_is_due(struct store *base)
{
	struct store_sqlite *s = of(base);
	const int64_t pages = s->wal_pages - s->settled_pages;

	if (s->d.met_full || pages >= SETTLE_PAGES)
		return (true);
	return (pages >= SETTLE_PAGES_QUIET &&
	    pages <= s->unsettled_commits * QUIET_COMMIT_PAGES);
}

/*
 * PASSIVE waits for nobody. What a long reader holds back is left for when the
 * WAL has grown by as much again, so that it is not tried at every commit.
 */
static int
op_checkpoint(struct store *base)
{
	struct store_sqlite *s = of(base);
	int moved = 0, pages = 0, rc;

	if (!s->d.is_writer || is_in_transaction(s))
		return (log_fr(ERR_WRONG_STATE, "store: checkpoint"));
	if (!op_is_due(base))
		return (0);
	rc = sqlite3_wal_checkpoint_v2(
	    s->d.db, NULL, SQLITE_CHECKPOINT_PASSIVE, &pages, &moved);
	s->settled_pages = s->wal_pages;
	s->unsettled_commits = 0;
	s->d.met_full = false;
	if (rc == SQLITE_OK || (rc & 0xff) == SQLITE_BUSY)
		return (0);
	return (ask_error(s->d.db, rc, "checkpoint"));
}

int
store_sqlite_inner_begin(struct store *base)
{
	struct store_sqlite *s = of(base);
	int rc;

	if (!s->d.is_writer || !is_in_transaction(s))
		return (log_fr(
		    ERR_WRONG_STATE, "store: change outside a transaction"));
	rc = ask_control(&s->d, ASK_INNER_MARK);
	return (rc == SQLITE_OK ? 0 : ask_error(s->d.db, rc, "question"));
}

int
store_sqlite_inner_end(struct store *base, int r)
{
	struct store_sqlite *s = of(base);
	int rc = SQLITE_OK;

	if (!is_in_transaction(s))
		return (r != 0 ? r : ERR_STORE);
	if (r != 0) {
		s->appended.seq = 0;
		rc = ask_control(&s->d, ASK_INNER_REWIND);
	}
	if (rc == SQLITE_OK)
		rc = ask_control(&s->d, ASK_INNER_RELEASE);
	return (rc == SQLITE_OK ? r : ask_error(s->d.db, rc, "question"));
}

static int
op_meta_get(struct store *s, const char *key, char *out, size_t size)
{
	char value[META_MAX + 1];
	struct ask a;
	int r;

	out[0] = value[0] = '\0';
	ask_open(&a, store_sqlite_db(s), ASK_META_GET);
	ask_put_text(&a, key);
	if (ask_row(&a))
		ask_get_text(&a, value, sizeof(value));
	else if (a.r == 0)
		a.r = ERR_NOTFOUND;
	if ((r = ask_close(&a)) == 0)
		r = text_copy(out, size, value);
	return (r);
}

static int
op_meta_put(struct store *s, const char *key, const char *value)
{
	struct ask a;

	if (key[0] == '\0' || strlen(value) > META_MAX)
		return (ERR_INVALID);
	ask_open(&a, store_sqlite_db(s), ASK_META_PUT);
	ask_put_text(&a, key);
	ask_put_text(&a, value);
	return (ask_run(&a, NULL));
}

static int
op_meta_note(struct store *s, const char *key, const char *value)
{
	struct ask_db *d = store_sqlite_db(s);
	const bool was = d->is_touched;
	int r = op_meta_put(s, key, value);

	d->is_touched = was;
	return (r);
}

static void
op_close(struct store *base)
{
	struct store_sqlite *s = of(base);
	int rc;

	if (s == NULL)
		return;
	(void)undo(s);
	if (s->d.is_writer) {
		rc = sqlite3_wal_checkpoint_v2(
		    s->d.db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
		/* A reader at work keeps it for the next start. */
		if (rc != SQLITE_OK && (rc & 0xff) != SQLITE_BUSY)
			(void)ask_error(s->d.db, rc, "last checkpoint");
	}
	ask_db_clear(&s->d);
	(void)sqlite3_close_v2(s->d.db);
	accepted_drop(s->accepted);
	free(s);
}

static const struct store_ops ops = {
	.close = op_close,
	.begin = op_begin,
	.mark = op_mark,
	.release = op_release,
	.rewind = op_rewind,
	.commit = op_commit,
	.is_touched = op_is_touched,
	.rollback = op_rollback,
	.view = op_view,
	.view_end = op_view_end,
	.is_view_old = op_is_view_old,
	.checkpoint = op_checkpoint,
	.is_due = op_is_due,
	.meta_get = op_meta_get,
	.meta_put = op_meta_put,
	.meta_note = op_meta_note,
	.office_add = store_sqlite_office_add,
	.office_set = store_sqlite_office_set,
	.office_by_code = store_sqlite_office_by_code,
	.office_by_id = store_sqlite_office_by_id,
	.office_list = store_sqlite_office_list,
	.account_add = store_sqlite_account_add,
	.account_set = store_sqlite_account_set,
	.account_remove = store_sqlite_account_remove,
	.account_find = store_sqlite_account_find,
	.account_by_id = store_sqlite_account_by_id,
	.account_list = store_sqlite_account_list,
	.account_administrators = store_sqlite_account_administrators,
	.account_search = store_sqlite_account_search,
	.account_means = store_sqlite_account_means,
	.account_means_of = store_sqlite_account_means_of,
	.phone_add = store_sqlite_phone_add,
	.phone_get = store_sqlite_phone_get,
	.phone_list = store_sqlite_phone_list,
	.phone_list_active = store_sqlite_phone_list_active,
	.phone_by_device = store_sqlite_phone_by_device,
	.phone_search = store_sqlite_phone_search,
	.phone_confirm = store_sqlite_phone_confirm,
	.phone_revoke = store_sqlite_phone_revoke,
	.phone_accept = store_sqlite_accepted_take,
	.phone_resync = store_sqlite_phone_resync,
	.phone_settle = store_sqlite_accepted_settle,
	.phone_ahead = store_sqlite_phone_ahead,
	.phone_rewind = store_sqlite_phone_rewind,
	.phone_burn = store_sqlite_phone_burn,
	.phone_burned_clear = store_sqlite_phone_burned_clear,
	.counter_get = store_sqlite_counter_get,
	.counter_put = store_sqlite_counter_put,
	.counter_list = store_sqlite_counter_list,
	.counter_locked = store_sqlite_counter_locked,
	.counter_clear = store_sqlite_counter_clear,
	.password_get = store_sqlite_password_get,
	.password_put = store_sqlite_password_put,
	.password_history = store_sqlite_password_history,
	.recovery_replace = store_sqlite_recovery_replace,
	.recovery_use = store_sqlite_recovery_use,
	.recovery_count = store_sqlite_recovery_count,
	.terminal_add = store_sqlite_terminal_add,
	.terminal_set = store_sqlite_terminal_set,
	.terminal_get = store_sqlite_terminal_get,
	.terminal_by_label = store_sqlite_terminal_by_label,
	.terminal_list = store_sqlite_terminal_list,
	.terminal_search = store_sqlite_terminal_search,
	.terminal_admit = store_sqlite_terminal_admit,
	.terminal_drop = store_sqlite_terminal_drop,
	.terminal_admitted = store_sqlite_terminal_admitted,
	.terminal_of_account = store_sqlite_terminal_of_account,
	.host_add = store_sqlite_host_add,
	.host_set = store_sqlite_host_set,
	.host_by_name = store_sqlite_host_by_name,
	.host_by_id = store_sqlite_host_by_id,
	.host_list = store_sqlite_host_list,
	.cert_add = store_sqlite_cert_add,
	.cert_by_serial = store_sqlite_cert_by_serial,
	.cert_by_fingerprint = store_sqlite_cert_by_fingerprint,
	.cert_list = store_sqlite_cert_list,
	.cert_revoke = store_sqlite_cert_revoke,
	.cert_seen = store_sqlite_cert_seen,
	.cert_told = store_sqlite_cert_told,
	.cert_revoked = store_sqlite_cert_revoked,
	.cert_ending = store_sqlite_cert_ending,
	.cert_ending_count = store_sqlite_cert_ending_count,
	.cert_unused = store_sqlite_cert_unused,
	.cert_ending_office = store_sqlite_cert_ending_office,
	.cert_unused_office = store_sqlite_cert_unused_office,
	.rsa_key_add = store_sqlite_cert_key_add,
	.rsa_key_list = store_sqlite_cert_key_list,
	.session_add = store_sqlite_session_add,
	.session_find = store_sqlite_session_find,
	.session_by_id = store_sqlite_session_by_id,
	.session_set = store_sqlite_session_set,
	.session_seen = store_sqlite_session_seen,
	.session_list = store_sqlite_session_list,
	.session_end = store_sqlite_session_end,
	.session_expire = store_sqlite_session_expire,
	.app_add = store_sqlite_app_add,
	.app_set = store_sqlite_app_set,
	.app_remove = store_sqlite_app_remove,
	.app_find = store_sqlite_app_find,
	.app_list = store_sqlite_app_list,
	.ticket_add = store_sqlite_ticket_add,
	.ticket_find = store_sqlite_ticket_find,
	.ticket_held = store_sqlite_ticket_held,
	.ticket_by_id = store_sqlite_ticket_by_id,
	.ticket_set = store_sqlite_ticket_set,
	.ticket_end = store_sqlite_ticket_end,
	.ticket_list = store_sqlite_ticket_list,
	.ticket_due = store_sqlite_ticket_due,
	.ticket_forget = store_sqlite_ticket_forget,
	.ticket_file_put = store_sqlite_ticket_file_put,
	.ticket_file_get = store_sqlite_ticket_file_get,
	.audit_append = store_sqlite_audit_append,
	.audit_head = store_sqlite_audit_head,
	.audit_get = store_sqlite_audit_get,
	.audit_read = store_sqlite_audit_read,
	.audit_read_since = store_sqlite_audit_read_since,
	.audit_list = store_sqlite_audit_list,
};

const struct store_ops *
store_sqlite_ops(void)
{
	return (&ops);
}

void
store_sqlite_share(struct store *reader, struct store *writer)
{
	struct store_sqlite *r = (struct store_sqlite *)reader;

	accepted_drop(r->accepted);
	r->accepted = ((struct store_sqlite *)writer)->accepted;
	accepted_hold(r->accepted);
}
