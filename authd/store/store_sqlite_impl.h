/*
 * store_sqlite_impl.h: what the files of the SQLite store share.
 * Private to them.  Room: store.  Process: front, one-shot modes.
 * The questions are described in store.h; each file answers those of one noun.
 */
#ifndef AUTHD_STORE_STORE_SQLITE_IMPL_H
#define AUTHD_STORE_STORE_SQLITE_IMPL_H

#include "authd/store/accepted.h"
#include "authd/store/ask.h"

struct store_sqlite {
	struct store base;
	struct ask_db d;
	bool has_begun; /* the writer's transaction, a reader's view */
	bool is_marked;
	int wal_pages;             /* in the WAL after the last commit */
	int settled_pages;         /* of them, tried to be moved already */
	int64_t unsettled_commits; /* since then */
	/* The last record appended in this transaction; seq 0: none yet, or
	 * not known after something was undone. */
	struct audit_place {
		int32_t node;
		int64_t seq;
	} appended;
	/* The writer's, and of its readers: store_sqlite_share(). NULL: only
	 * what is in the file is seen. */
	struct accepted *accepted;
	bool is_folding;        /* the writer: at each commit */
	size_t unsettled_codes; /* the writer: since the last phone_settle() */
	int64_t file_version;   /* the writer: of what accepted was read from */
	uint64_t viewed; /* a reader: accepted's version before its view */
};

/** store_sqlite_db(s): the connection of the store ${s}. */
static inline struct ask_db *
store_sqlite_db(struct store *s)
{
	return (&((struct store_sqlite *)s)->d);
}

/** store_sqlite_ops(): the table of all questions. */
const struct store_ops *store_sqlite_ops(void);

/** store_sqlite_note_wal(s, ...): SQLite tells the WAL's size at a commit. */
int store_sqlite_note_wal(void *s, sqlite3 *db, const char *name, int pages);

/* A question of several changes is whole or nothing: begin, then end. */
int store_sqlite_inner_begin(struct store *s) CHECKED;
/** store_sqlite_inner_end(s, r): keep for 0, else undo; return ${r}. */
int store_sqlite_inner_end(struct store *s, int r) CHECKED;

int store_sqlite_office_add(struct store *s, const struct office *row);
int store_sqlite_office_set(struct store *s, const struct office *row);
int store_sqlite_office_by_code(
    struct store *s, const char *code, struct office *out);
int store_sqlite_office_by_id(
    struct store *s, const struct id *office, struct office *out);
int store_sqlite_office_list(struct store *s, const char *after, int limit,
    store_office_fn *fn, void *arg);

int store_sqlite_account_add(struct store *s, const struct account *row);
int store_sqlite_account_set(struct store *s, const struct account *row);
int store_sqlite_account_remove(
    struct store *s, const struct id *office, const struct id *account);
int store_sqlite_account_find(
    struct store *s, const char *name, struct account *out);
int store_sqlite_account_by_id(struct store *s, const struct id *office,
    const struct id *account, struct account *out);
int store_sqlite_account_list(struct store *s, const struct id *office,
    const char *after, int limit, store_account_fn *fn, void *arg);
/** store_sqlite_account_get(a, row): read the columns of an account. */
void store_sqlite_account_get(struct ask *a, struct account *row);
int store_sqlite_account_administrators(
    struct store *s, const struct id *office, store_account_fn *fn, void *arg);
int store_sqlite_account_search(struct store *s,
    const struct account_search *search, store_account_fn *fn, void *arg,
    struct search_found *found);
/** store_sqlite_account_is_part(s, count, looked, out): are there more than
 * ${looked} rows of what ${count} counts? */
int store_sqlite_account_is_part(
    struct store *s, enum ask_sql count, int looked, bool *out) CHECKED;
/** store_sqlite_account_put_begins(a, login, below): bind the first and the
 * end of what begins with ${login}; ${below} is to hold the end meanwhile. */
void store_sqlite_account_put_begins(
    struct ask *a, const char *login, char below[NAME_MAX_BYTES + 2]);
int store_sqlite_account_means(struct store *s, const struct id *office,
    const char *after, int limit, int64_t at_ms, int64_t kept_ms,
    store_means_fn *fn, void *arg);
int store_sqlite_account_means_of(struct store *s, const struct id *office,
    const struct id *account, int64_t at_ms, int64_t kept_ms,
    struct means *out);
/** store_sqlite_account_exists(s, office, account): 0 or ERR_NOTFOUND. */
int store_sqlite_account_exists(
    struct store *s, const struct id *office, const struct id *account) CHECKED;

int store_sqlite_phone_add(struct store *s, const struct phone *row);
int store_sqlite_phone_get(struct store *s, const struct id *office,
    const struct id *account, const struct id *device, struct phone *out);
int store_sqlite_phone_list(struct store *s, const struct id *office,
    const struct id *account, store_phone_fn *fn, void *arg);
int store_sqlite_phone_list_active(struct store *s, const struct id *office,
    const struct id *account, store_phone_fn *fn, void *arg);
int store_sqlite_phone_by_device(
    struct store *s, const struct id *device, struct phone *out);
int store_sqlite_phone_search(struct store *s,
    const struct device_search *search, store_phone_fn *fn, void *arg,
    struct search_found *found);
int store_sqlite_terminal_search(struct store *s,
    const struct device_search *search, store_terminal_fn *fn, void *arg,
    struct search_found *found);
/** store_sqlite_phone_open_search(s, a, search, one, all, r): begin one of two
 * questions; false with the error in ${r}: no such office. */
bool store_sqlite_phone_open_search(struct store *s, struct ask *a,
    const struct device_search *search, enum ask_sql one, enum ask_sql all,
    int *r);
int store_sqlite_phone_confirm(struct store *s, const struct phone *key,
    const struct keeper_sealed *sealed, int64_t step, int64_t now_ms);
int store_sqlite_phone_revoke(
    struct store *s, const struct phone *key, int64_t now_ms);
int store_sqlite_phone_ahead(
    struct store *s, int64_t step, store_phone_fn *fn, void *arg);
int store_sqlite_phone_rewind(
    struct store *s, const struct phone *key, int64_t step);
int store_sqlite_phone_burn(
    struct store *s, const struct phone *key, int64_t step);
int store_sqlite_phone_burned_clear(struct store *s);
int store_sqlite_phone_resync(struct store *s, const struct phone *key,
    int32_t offset, int64_t step, int64_t now_ms, bool *took);

/* Codes accepted that phones' rows do not show yet: accepted.h. */
int store_sqlite_accepted_open(struct store_sqlite *s) CHECKED;
/** store_sqlite_accepted_begin(s): in the new transaction. */
int store_sqlite_accepted_begin(struct store_sqlite *s) CHECKED;
/** store_sqlite_accepted_commit(s): what is done before it commits. */
int store_sqlite_accepted_commit(struct store_sqlite *s) CHECKED;
/** store_sqlite_accepted_seen(s): for phone.seen, asked before the row is. */
uint64_t store_sqlite_accepted_seen(struct store_sqlite *s);
/** store_sqlite_accepted_show(s, row): correct a row that was read. */
void store_sqlite_accepted_show(struct store_sqlite *s, struct phone *row);
/** store_sqlite_accepted_may(s, phone, step, may): is the phone active, the
 * step above the last one it took, and not burned? ERR_NOTFOUND. */
int store_sqlite_accepted_may(struct store_sqlite *s, const struct phone *phone,
    int64_t step, bool *may) CHECKED;
int store_sqlite_accepted_take(struct store *s, const struct phone *phone,
    int64_t step, int64_t now_ms, bool *took);
int store_sqlite_accepted_settle(struct store *s, int limit, bool *is_left);
/** store_sqlite_accepted_fold_all(s): for a question of all rows. */
int store_sqlite_accepted_fold_all(struct store_sqlite *s) CHECKED;

int store_sqlite_counter_get(struct store *s, const struct id *office,
    const struct id *account, enum counter_kind kind, const char *bucket,
    struct counter *out);
int store_sqlite_counter_put(struct store *s, const struct counter *row);
int store_sqlite_counter_list(struct store *s, const struct id *office,
    const struct id *account, store_counter_fn *fn, void *arg);
int store_sqlite_counter_locked(struct store *s, const struct id *office,
    int64_t steady, int in_row, int limit, store_counter_fn *fn, void *arg);
int store_sqlite_counter_clear(
    struct store *s, const struct id *office, const struct id *account);

int store_sqlite_password_get(struct store *s, const struct id *office,
    const struct id *account, struct password *out);
int store_sqlite_password_put(
    struct store *s, const struct password *row, int64_t forget_before_ms);
int store_sqlite_password_history(struct store *s, const struct id *office,
    const struct id *account, store_password_fn *fn, void *arg);

int store_sqlite_recovery_replace(struct store *s, const struct id *office,
    const struct id *account, const uint8_t (*macs)[RECOVERY_MAC_LEN], int n,
    int64_t now_ms);
int store_sqlite_recovery_use(struct store *s, const struct id *office,
    const struct id *account, const uint8_t mac[RECOVERY_MAC_LEN],
    int64_t now_ms, bool *took);
int store_sqlite_recovery_count(struct store *s, const struct id *office,
    const struct id *account, int *left);

int store_sqlite_terminal_add(struct store *s, const struct terminal *row);
int store_sqlite_terminal_set(struct store *s, const struct terminal *row);
int store_sqlite_terminal_get(
    struct store *s, const struct id *terminal, struct terminal *out);
int store_sqlite_terminal_by_label(struct store *s, const struct id *office,
    const char *label, struct terminal *out);
int store_sqlite_terminal_list(struct store *s, const struct id *office,
    const struct id *after, int limit, store_terminal_fn *fn, void *arg);
int store_sqlite_terminal_admit(struct store *s, const struct id *office,
    const struct id *terminal, const struct id *account);
int store_sqlite_terminal_drop(struct store *s, const struct id *office,
    const struct id *terminal, const struct id *account);
int store_sqlite_terminal_admitted(struct store *s, const struct id *office,
    const struct id *terminal, store_account_fn *fn, void *arg);
int store_sqlite_terminal_of_account(struct store *s, const struct id *office,
    const struct id *account, int limit, store_terminal_fn *fn, void *arg);

int store_sqlite_host_add(struct store *s, const struct host *row);
int store_sqlite_host_set(struct store *s, const struct host *row);
int store_sqlite_host_by_name(
    struct store *s, const char *name, struct host *out);
int store_sqlite_host_by_id(
    struct store *s, const struct id *id, struct host *out);
int store_sqlite_host_list(struct store *s, const char *after, int limit,
    store_host_fn *fn, void *arg);

int store_sqlite_cert_add(struct store *s, const struct cert *row);
int store_sqlite_cert_by_serial(
    struct store *s, const uint8_t serial[CERT_SERIAL_LEN], struct cert *out);
int store_sqlite_cert_by_fingerprint(struct store *s,
    const uint8_t serial[CERT_SERIAL_LEN],
    const uint8_t fingerprint[CERT_FINGERPRINT_LEN], struct cert *out);
int store_sqlite_cert_list(struct store *s, const struct id *office,
    const struct id *holder, const struct cert *after, int limit,
    store_cert_fn *fn, void *arg);
int store_sqlite_cert_revoke(struct store *s, const struct cert *key,
    enum cert_reason reason, int64_t now_ms);
int store_sqlite_cert_seen(
    struct store *s, const struct cert *key, int64_t at_ms, const char *source);
int store_sqlite_cert_told(struct store *s, const struct cert *key, int days);
int store_sqlite_cert_revoked(
    struct store *s, int64_t end_ms, store_cert_fn *fn, void *arg);
int store_sqlite_cert_ending(struct store *s, int64_t from_ms, int64_t to_ms,
    int days, int limit, store_cert_fn *fn, void *arg);
int store_sqlite_cert_ending_count(
    struct store *s, int64_t from_ms, int64_t to_ms, int *out);
int store_sqlite_cert_unused(struct store *s, int64_t before_ms, int limit,
    store_cert_fn *fn, void *arg);
int store_sqlite_cert_ending_office(struct store *s, const struct id *office,
    int64_t from_ms, int64_t to_ms, int limit, store_cert_fn *fn, void *arg);
int store_sqlite_cert_unused_office(struct store *s, const struct id *office,
    int64_t before_ms, int limit, store_cert_fn *fn, void *arg);
int store_sqlite_cert_key_add(struct store *s, const struct rsa_key *row);
int store_sqlite_cert_key_list(struct store *s, int64_t since_ms, int limit,
    store_rsa_key_fn *fn, void *arg);
int store_sqlite_session_add(struct store *s, const struct session *row);
int store_sqlite_session_find(struct store *s,
    const uint8_t token[SESSION_HASH_LEN], struct session *out);
int store_sqlite_session_by_id(
    struct store *s, const struct id *id, struct session *out);
int store_sqlite_session_set(struct store *s, const struct session *row);
int store_sqlite_session_seen(struct store *s, const struct session *key,
    int64_t seen_ms, int64_t seen_steady);
int store_sqlite_session_list(struct store *s, const struct id *office,
    const struct id *account, const struct id *after, int limit,
    store_session_fn *fn, void *arg);
int store_sqlite_session_end(
    struct store *s, const struct session_pick *pick, int *ended);
int store_sqlite_session_expire(
    struct store *s, int64_t steady, int limit, int *ended);

int store_sqlite_app_add(struct store *s, const struct app *row);
int store_sqlite_app_set(struct store *s, const struct app *row);
int store_sqlite_app_remove(struct store *s, const char *host);
int store_sqlite_app_find(struct store *s, const char *host, struct app *out);
int store_sqlite_app_list(
    struct store *s, const char *after, int limit, store_app_fn *fn, void *arg);

int store_sqlite_ticket_add(struct store *s, const struct ticket *row);
int store_sqlite_ticket_find(struct store *s,
    const uint8_t secret[SESSION_HASH_LEN], struct ticket *out);
int store_sqlite_ticket_held(struct store *s,
    const uint8_t holder[SESSION_HASH_LEN], struct ticket *out);
int store_sqlite_ticket_by_id(
    struct store *s, const struct id *id, struct ticket *out);
int store_sqlite_ticket_set(struct store *s, const struct ticket *row);
int store_sqlite_ticket_end(struct store *s, const struct ticket *key,
    enum ticket_state state, int64_t now_ms, bool *took);
int store_sqlite_ticket_list(struct store *s, const struct id *office,
    const struct id *account, const struct id *after, int limit,
    store_ticket_fn *fn, void *arg);
int store_sqlite_ticket_due(
    struct store *s, int64_t steady, int limit, store_ticket_fn *fn, void *arg);
int store_sqlite_ticket_forget(
    struct store *s, int64_t before_ms, int limit, int *gone);
int store_sqlite_ticket_file_put(struct store *s, const struct ticket *key,
    enum ticket_file kind, const uint8_t *file, size_t n);
int store_sqlite_ticket_file_get(struct store *s, const struct ticket *key,
    enum ticket_file kind, uint8_t *out, size_t *n);

int store_sqlite_audit_append(struct store *s, const struct audit_row *row);
int store_sqlite_audit_head(
    struct store *s, int32_t node, struct audit_head *out);
int store_sqlite_audit_get(
    struct store *s, int32_t node, int64_t seq, struct audit_row *out);
int store_sqlite_audit_read(
    struct store *s, int32_t node, int64_t from, store_audit_fn *fn, void *arg);
int store_sqlite_audit_read_since(struct store *s, int32_t node, int64_t at_ms,
    store_audit_fn *fn, void *arg);
int store_sqlite_audit_list(struct store *s, const struct audit_filter *filter,
    store_audit_fn *fn, void *arg);

#endif /* AUTHD_STORE_STORE_SQLITE_IMPL_H */
