/*
 * store.h: the questions the rules ask of the store, never SQL.
 * Room: store.  Process: front, one-shot modes.
 * Threads: one struct store, one thread. One of them per installation is the
 * writer; the others only read and see the last commit.
 * Contract test: tests/unit/test_store_contract*.c, run over every
 * implementation (store_sqlite.c, tests/fakes/store_mem.c) unchanged.
 *
 * Return of every question: 0 or ERR_STORE, ERR_FULL, ERR_NOMEM, ERR_CORRUPT,
 * and where said ERR_NOTFOUND or ERR_EXISTS. Rows are copied out; row
 * pointers handed to a callback are borrowed until it returns. A callback that
 * returns non-zero ends the listing, which then returns that value.
 * Every key begins with the office. A question about an office, account or
 * phone that is not there is ERR_NOTFOUND; so is a row added under one.
 *
 * Also everywhere: ERR_INVALID, a row that cannot be (rows.h says which) or a
 * text too long; ERR_WRONG_STATE, a change asked of a reader or outside
 * begin..commit, or a listing asked again from its own callback (a callback
 * may ask other questions, and change nothing). A question that fails has
 * changed nothing by itself, except that after ERR_STORE, ERR_FULL and
 * ERR_NOMEM the whole transaction may be gone: roll back, do not rewind.
 */
#ifndef AUTHD_STORE_STORE_H
#define AUTHD_STORE_STORE_H

#include "authd/store/rows.h"

struct store;

typedef int store_office_fn(void *arg, const struct office *row);
typedef int store_account_fn(void *arg, const struct account *row);
typedef int store_means_fn(void *arg, const struct means *row);
typedef int store_phone_fn(void *arg, const struct phone *row);
typedef int store_counter_fn(void *arg, const struct counter *row);
typedef int store_password_fn(void *arg, const struct password *row);
typedef int store_terminal_fn(void *arg, const struct terminal *row);
typedef int store_host_fn(void *arg, const struct host *row);
typedef int store_cert_fn(void *arg, const struct cert *row);
typedef int store_rsa_key_fn(void *arg, const struct rsa_key *row);
typedef int store_session_fn(void *arg, const struct session *row);
typedef int store_app_fn(void *arg, const struct app *row);
typedef int store_ticket_fn(void *arg, const struct ticket *row);
typedef int store_audit_fn(void *arg, const struct audit_row *row);

struct store_ops {
	/** close(s): NULL-safe end; uncommitted work is rolled back. */
	void (*close)(struct store *s);

	/*
	 * The writer's transaction. begin, then any number of
	 * mark..(release | rewind), then commit or rollback. commit returns 0
	 * only when the work is on the disk; ERR_FULL, ERR_NOMEM or ERR_BUSY:
	 * rolled back, nothing changed; ERR_IO: the outcome is unknown and
	 * the process must end. begin may answer ERR_BUSY (another process
	 * writes). Asked out of this order they answer ERR_WRONG_STATE; marks
	 * do not nest; rollback without begin does nothing.
	 */
	int (*begin)(struct store *s);
	int (*mark)(struct store *s);
	int (*release)(struct store *s);
	int (*rewind)(struct store *s);
	int (*commit)(struct store *s);
	/*
	 * Has this transaction asked for a change that a session which was let
	 * in may not outlive? True for every change but these, of which none
	 * takes a right away: counters, records, uses of phones, certificates
	 * and sessions, phones' burned steps and old tickets forgotten, a
	 * session that is new or was over anyway, what meta_note stores. Also true of what was undone.
	 */
	bool (*is_touched)(struct store *s);
	int (*rollback)(struct store *s);
	/*
	 * A reader's view: what it asks from view to view_end is of one moment,
	 * the first question's. Views do not nest; without one each question
	 * sees the last commit by itself. ERR_WRONG_STATE of the writer.
	 * view_end without a view does nothing.
	 */
	int (*view)(struct store *s);
	void (*view_end)(struct store *s);
	/* Would rows of phones that are read in a later view be more useful to
	 * phone_accept()? */
	bool (*is_view_old)(struct store *s);
	/**
	 * checkpoint(s): to be asked by the writer after each transaction.
	 * When enough committed work waits outside the main file (or the disk
	 * was full), move it in as far as readers allow; else do nothing.
	 * close() of the writer moves all of it.
	 */
	int (*checkpoint)(struct store *s);
	/* Would checkpoint(s) move anything now? */
	bool (*is_due)(struct store *s);

	/* Small facts by name (boot id, steady offset): text up to 255 bytes.
	 * meta_get of an unknown key is ERR_NOTFOUND, of one that does not fit
	 * ${out} ERR_INVALID. */
	int (*meta_get)(
	    struct store *s, const char *key, char *out, size_t size);
	int (*meta_put)(struct store *s, const char *key, const char *value);
	/* The same of a fact that no decision is read from. */
	int (*meta_note)(struct store *s, const char *key, const char *value);

	/* Offices. ERR_EXISTS when the code is taken. office_set replaces name,
	 * contact, networks and disabled_ms. Listed by code, from above
	 * ${after}, at most ${limit}. */
	int (*office_add)(struct store *s, const struct office *row);
	int (*office_set)(struct store *s, const struct office *row);
	int (*office_by_code)(
	    struct store *s, const char *code, struct office *out);
	int (*office_by_id)(
	    struct store *s, const struct id *office, struct office *out);
	int (*office_list)(struct store *s, const char *after, int limit,
	    store_office_fn *fn, void *arg);

	/* Accounts. Logins and unix-users are one name space, unique in the
	 * installation: ERR_EXISTS when one is taken by another account; an
	 * account's unix_user may equal its own login. account_set replaces all
	 * but ids, login and created_ms; account_remove takes the account, its
	 * names, phones, counters, passwords, recovery codes, sessions and tickets, and
	 * drops it from every terminal. account_find takes a login or a unix-user. Listed
	 * by login, of one office or (NULL) of all. account_administrators lists
	 * those with that role, disabled ones too, by key; an index finds
	 * them. */
	int (*account_add)(struct store *s, const struct account *row);
	int (*account_set)(struct store *s, const struct account *row);
	int (*account_remove)(
	    struct store *s, const struct id *office, const struct id *account);
	int (*account_find)(
	    struct store *s, const char *name, struct account *out);
	int (*account_by_id)(struct store *s, const struct id *office,
	    const struct id *account, struct account *out);
	int (*account_list)(struct store *s, const struct id *office,
	    const char *after, int limit, store_account_fn *fn, void *arg);
	int (*account_administrators)(struct store *s, const struct id *office,
	    store_account_fn *fn, void *arg);
	/* The same listing as account_list, with what each has at ${at_ms}; of
	 * certificates those are kept that were ever used or were issued at or
	 * after ${kept_ms}. account_means_of() asks it of one account. */
	int (*account_means)(struct store *s, const struct id *office,
	    const char *after, int limit, int64_t at_ms, int64_t kept_ms,
	    store_means_fn *fn, void *arg);
	int (*account_means_of)(struct store *s, const struct id *office,
	    const struct id *account, int64_t at_ms, int64_t kept_ms,
	    struct means *out);

	/* A page of the accounts that are sought, by login: those after the
	 * first ${offset}, at most ${limit}. Within one office all are looked
	 * at; of every office's the first ${looked}, by login, and as many
	 * whose login begins with what is sought in it. */
	int (*account_search)(struct store *s,
	    const struct account_search *search, store_account_fn *fn,
	    void *arg, struct search_found *found);

	/* Phones, listed oldest first (created_ms) whatever their state. Of
	 * ${key} only office, account and device are looked at. phone_add of an id
	 * that exists is ERR_EXISTS. */
	int (*phone_add)(struct store *s, const struct phone *row);
	int (*phone_get)(struct store *s, const struct id *office,
	    const struct id *account, const struct id *device,
	    struct phone *out);
	int (*phone_list)(struct store *s, const struct id *office,
	    const struct id *account, store_phone_fn *fn, void *arg);
	/* The active ones only, in the order of their ids. */
	int (*phone_list_active)(struct store *s, const struct id *office,
	    const struct id *account, store_phone_fn *fn, void *arg);
	/* By its id alone; of several such, one. */
	int (*phone_by_device)(
	    struct store *s, const struct id *device, struct phone *out);
	/* As account_search, by login and id; the text is sought in its label
	 * and in its person's login, name and kana. */
	int (*phone_search)(struct store *s, const struct device_search *search,
	    store_phone_fn *fn, void *arg, struct search_found *found);
	/* Pending to active with a new seal; ERR_WRONG_STATE when not pending.
	 * Sets last_step (which only rises), confirmed_ms, last_used_ms. */
	int (*phone_confirm)(struct store *s, const struct phone *key,
	    const struct keeper_sealed *sealed, int64_t step, int64_t now_ms);
	/* To revoked; the seal is emptied. ERR_WRONG_STATE when it is. */
	int (*phone_revoke)(
	    struct store *s, const struct phone *key, int64_t now_ms);
	/* One step of the writer's, nothing comes in between: an active phone
	 * takes ${step} only when it is above its last_step and not burned;
	 * ${took} says whether. Sets last_step and last_used_ms when it takes.
	 * A phone in another state takes nothing. Of a ${key} that was read
	 * from this store since anything was changed but phones' uses, state and
	 * last_step may be believed. Listings by last_used_ms may show it some
	 * seconds later. (Rule 6.1) */
	int (*phone_accept)(struct store *s, const struct phone *key,
	    int64_t step, int64_t now_ms, bool *took);
	/* At a quiet moment do ${limit} pieces of the work that phone_accept()
	 * has put off; ${is_left}: it is one, and there is more. */
	int (*phone_settle)(struct store *s, int limit, bool *is_left);
	/* As phone_accept, and sets the offset with it. */
	int (*phone_resync)(struct store *s, const struct phone *key,
	    int32_t offset, int64_t step, int64_t now_ms, bool *took);

	/* Active phones whose last_step less their offset is above ${step},
	 * by key. */
	int (*phone_ahead)(
	    struct store *s, int64_t step, store_phone_fn *fn, void *arg);
	/* An active phone's last_step falls to ${step}; ERR_WRONG_STATE when
	 * it is not above it or the phone not active. What it uncovers must
	 * be burned in the same transaction: every step accepted for a phone
	 * is at or below its last_step or burned. (Rule 6.1) */
	int (*phone_rewind)(
	    struct store *s, const struct phone *key, int64_t step);
	/* The phone takes ${step} never more; 0 also when it is burned. */
	int (*phone_burn)(
	    struct store *s, const struct phone *key, int64_t step);
	/* Forget what last_step covers again, and revoked phones'. */
	int (*phone_burned_clear)(struct store *s);

	/* Counters. counter_get of one that is not there gives a zeroed one
	 * with its key, and 0. counter_put inserts or replaces. The account
	 * need not exist (the all-zero account is the strangers' decoy).
	 * counter_clear removes every row of the account. */
	int (*counter_get)(struct store *s, const struct id *office,
	    const struct id *account, enum counter_kind kind,
	    const char *bucket, struct counter *out);
	int (*counter_put)(struct store *s, const struct counter *row);
	int (*counter_list)(struct store *s, const struct id *office,
	    const struct id *account, store_counter_fn *fn, void *arg);
	/* Accounts with a counter locked beyond ${steady}, or whose failures in
	 * a row of codes are ${in_row} or more over all buckets: by key, of one
	 * office or (NULL) of all. Of the row only office, account, in_row (the
	 * sum) and locked_until_steady (the latest) are set. */
	int (*counter_locked)(struct store *s, const struct id *office,
	    int64_t steady, int in_row, int limit, store_counter_fn *fn,
	    void *arg);
	int (*counter_clear)(
	    struct store *s, const struct id *office, const struct id *account);

	/* Passwords. password_get of an account that has none is ERR_NOTFOUND
	 * too, and a zeroed row. password_put sets or replaces. A replaced one
	 * with another hash goes to the history; then what was replaced (the
	 * changed_ms of the row that followed it) before ${forget_before_ms}
	 * leaves the history of that account. Listed is the history only, the
	 * last replaced first: hash and changed_ms as they were, flags and
	 * checked_ms zero. (Rule 6.7) */
	int (*password_get)(struct store *s, const struct id *office,
	    const struct id *account, struct password *out);
	int (*password_put)(struct store *s, const struct password *row,
	    int64_t forget_before_ms);
	int (*password_history)(struct store *s, const struct id *office,
	    const struct id *account, store_password_fn *fn, void *arg);

	/* Recovery codes. recovery_replace voids every code of the account and
	 * stores ${n} new ones; ERR_INVALID unless ${n} is 0 to RECOVERY_MAX
	 * and the codes differ. ${now_ms} is above 0. */
	int (*recovery_replace)(struct store *s, const struct id *office,
	    const struct id *account, const uint8_t (*macs)[RECOVERY_MAC_LEN],
	    int n, int64_t now_ms);
	/* One statement: an unused code of the account becomes used; ${took}
	 * says whether. A used or unknown one takes nothing. (Rule 6.9) */
	int (*recovery_use)(struct store *s, const struct id *office,
	    const struct id *account, const uint8_t mac[RECOVERY_MAC_LEN],
	    int64_t now_ms, bool *took);
	/* How many are unused. */
	int (*recovery_count)(struct store *s, const struct id *office,
	    const struct id *account, int *left);

	/* Terminals. terminal_add: ERR_EXISTS when the id is taken, or the
	 * label by a terminal of the office that is not lost; so does
	 * terminal_set, which replaces label, is_private, admits_all and
	 * lost_ms. terminal_by_label finds one that is not lost.
	 * Listed by id (the oldest first), of one office or (NULL) of all, from
	 * above ${after} (all zero: the first). */
	int (*terminal_add)(struct store *s, const struct terminal *row);
	int (*terminal_set)(struct store *s, const struct terminal *row);
	int (*terminal_get)(
	    struct store *s, const struct id *terminal, struct terminal *out);
	int (*terminal_by_label)(struct store *s, const struct id *office,
	    const char *label, struct terminal *out);
	int (*terminal_list)(struct store *s, const struct id *office,
	    const struct id *after, int limit, store_terminal_fn *fn,
	    void *arg);
	/* As account_search, by id; the text is sought in its label and in the
	 * logins and names of those it admits one by one. */
	int (*terminal_search)(struct store *s,
	    const struct device_search *search, store_terminal_fn *fn,
	    void *arg, struct search_found *found);
	/* Which accounts it admits, one by one. ERR_NOTFOUND unless both are
	 * of ${office}. Admitted or dropped already: 0. Listed by login. */
	int (*terminal_admit)(struct store *s, const struct id *office,
	    const struct id *terminal, const struct id *account);
	int (*terminal_drop)(struct store *s, const struct id *office,
	    const struct id *terminal, const struct id *account);
	int (*terminal_admitted)(struct store *s, const struct id *office,
	    const struct id *terminal, store_account_fn *fn, void *arg);
	/* The other way round: those that name this account and are not lost,
	 * at most ${limit}, by id. */
	int (*terminal_of_account)(struct store *s, const struct id *office,
	    const struct id *account, int limit, store_terminal_fn *fn,
	    void *arg);

	/* Hosts. ERR_EXISTS when id or name is taken. host_set replaces
	 * rights. Listed by name. */
	int (*host_add)(struct store *s, const struct host *row);
	int (*host_set)(struct store *s, const struct host *row);
	int (*host_by_name)(
	    struct store *s, const char *name, struct host *out);
	int (*host_by_id)(
	    struct store *s, const struct id *id, struct host *out);
	int (*host_list)(struct store *s, const char *after, int limit,
	    store_host_fn *fn, void *arg);

	/* Certificates. cert_add: ERR_EXISTS when the serial is taken,
	 * ERR_NOTFOUND when the holder is not there. They are never removed.
	 * cert_by_fingerprint: that of the serial, if this very fingerprint is
	 * its own. cert_list goes by issued_ms and serial, from above
	 * ${after} (NULL: the first; of it only these two are looked at), of
	 * one holder, else of one office (all zero: of hosts), or (both NULL)
	 * of all. */
	int (*cert_add)(struct store *s, const struct cert *row);
	int (*cert_by_serial)(struct store *s,
	    const uint8_t serial[CERT_SERIAL_LEN], struct cert *out);
	int (*cert_by_fingerprint)(struct store *s,
	    const uint8_t serial[CERT_SERIAL_LEN],
	    const uint8_t fingerprint[CERT_FINGERPRINT_LEN], struct cert *out);
	int (*cert_list)(struct store *s, const struct id *office,
	    const struct id *holder, const struct cert *after, int limit,
	    store_cert_fn *fn, void *arg);
	/* Of ${key} only office, issued_ms and serial are looked at. Revoked
	 * already: ERR_WRONG_STATE. It stays so for ever. */
	int (*cert_revoke)(struct store *s, const struct cert *key,
	    enum cert_reason reason, int64_t now_ms);
	/* Seen at ${at_ms} from ${source}: the first time stays, the last one
	 * only rises and takes the source with it. */
	int (*cert_seen)(struct store *s, const struct cert *key,
	    int64_t at_ms, const char *source);
	/* told_days becomes ${days}. */
	int (*cert_told)(struct store *s, const struct cert *key, int days);
	/* Those revoked whose not_after_ms is above ${end_ms}. */
	int (*cert_revoked)(
	    struct store *s, int64_t end_ms, store_cert_fn *fn, void *arg);
	/* Those not revoked that end within ${from_ms} to ${to_ms} and whose
	 * told_days is 0 or above ${days}, the next one first, at most
	 * ${limit}. cert_ending_count() says how many end then, told or not. */
	int (*cert_ending)(struct store *s, int64_t from_ms, int64_t to_ms,
	    int days, int limit, store_cert_fn *fn, void *arg);
	int (*cert_ending_count)(
	    struct store *s, int64_t from_ms, int64_t to_ms, int *out);
	/* Those not revoked, never seen, and issued before ${before_ms}, the
	 * oldest first, at most ${limit}. */
	int (*cert_unused)(struct store *s, int64_t before_ms, int limit,
	    store_cert_fn *fn, void *arg);
	/* The same two of one office, told or not. */
	int (*cert_ending_office)(struct store *s, const struct id *office,
	    int64_t from_ms, int64_t to_ms, int limit, store_cert_fn *fn,
	    void *arg);
	int (*cert_unused_office)(struct store *s, const struct id *office,
	    int64_t before_ms, int limit, store_cert_fn *fn, void *arg);
	/* RSA keys that have a certificate, of all offices: noted beside
	 * cert_add(), never removed. Listed are those issued at ${since_ms} or
	 * later, the latest first, at most ${limit}. */
	int (*rsa_key_add)(struct store *s, const struct rsa_key *row);
	int (*rsa_key_list)(struct store *s, int64_t since_ms, int limit,
	    store_rsa_key_fn *fn, void *arg);
	/* Sessions. session_add: ERR_EXISTS when the account has this id.
	 * session_find takes the hash of a token, session_by_id the id alone.
	 * session_seen only raises both times; it answers 0 also when the
	 * session has ended meanwhile. Listed by id (the oldest first), of an
	 * account, of an office (${account} NULL) or of all (both NULL). */
	int (*session_add)(struct store *s, const struct session *row);
	int (*session_find)(struct store *s,
	    const uint8_t token[SESSION_HASH_LEN], struct session *out);
	int (*session_by_id)(
	    struct store *s, const struct id *id, struct session *out);
	/* Replaces token, factors, when they were proven, device, terminal and
	 * when it was seen. */
	int (*session_set)(struct store *s, const struct session *row);
	int (*session_seen)(struct store *s, const struct session *key,
	    int64_t seen_ms, int64_t seen_steady);
	int (*session_list)(struct store *s, const struct id *office,
	    const struct id *account, const struct id *after, int limit,
	    store_session_fn *fn, void *arg);
	/* They are no more; ${ended} (NULL: not wanted) says how many were.
	 * None is 0 too. ERR_INVALID for a ${pick} of no kind. */
	int (*session_end)(struct store *s, const struct session_pick *pick,
	    int *ended);
	/* End at most ${limit} whose until_steady is at or below ${steady}. */
	int (*session_expire)(
	    struct store *s, int64_t steady, int limit, int *ended);

	/* Applications. app_add: ERR_EXISTS when the host is taken. app_set
	 * replaces all but host and created_ms. Listed by host. */
	int (*app_add)(struct store *s, const struct app *row);
	int (*app_set)(struct store *s, const struct app *row);
	int (*app_remove)(struct store *s, const char *host);
	int (*app_find)(struct store *s, const char *host, struct app *out);
	int (*app_list)(struct store *s, const char *after, int limit,
	    store_app_fn *fn, void *arg);

	/* Tickets. ticket_add: ERR_EXISTS when the account has this id or the
	 * secret is taken. ticket_find takes the hash of its secret,
	 * ticket_held that of its holder's token, ticket_by_id the id alone.
	 * ticket_set replaces failures, holder, held_steady, proved and device
	 * of an open one, else ERR_WRONG_STATE. Listed by id (the oldest
	 * first) as sessions are. */
	int (*ticket_add)(struct store *s, const struct ticket *row);
	int (*ticket_find)(struct store *s,
	    const uint8_t secret[SESSION_HASH_LEN], struct ticket *out);
	int (*ticket_held)(struct store *s,
	    const uint8_t holder[SESSION_HASH_LEN], struct ticket *out);
	int (*ticket_by_id)(
	    struct store *s, const struct id *id, struct ticket *out);
	int (*ticket_set)(struct store *s, const struct ticket *row);
	/* One statement: an open one becomes ${state}, which is another;
	 * ${took} says whether. Its files are no more. ${now_ms} is above 0.
	 * (Rule 6.9) */
	int (*ticket_end)(struct store *s, const struct ticket *key,
	    enum ticket_state state, int64_t now_ms, bool *took);
	int (*ticket_list)(struct store *s, const struct id *office,
	    const struct id *account, const struct id *after, int limit,
	    store_ticket_fn *fn, void *arg);
	/* Open ones whose until_steady is at or below ${steady}, the first to
	 * end first, at most ${limit}. */
	int (*ticket_due)(struct store *s, int64_t steady, int limit,
	    store_ticket_fn *fn, void *arg);
	/* Remove at most ${limit} that ended before ${before_ms}. */
	int (*ticket_forget)(
	    struct store *s, int64_t before_ms, int limit, int *gone);
	/* ticket_file_put: of an open one, else ERR_WRONG_STATE; ERR_EXISTS;
	 * ERR_INVALID for one of no kind, empty or above TICKET_FILE_MAX.
	 * ticket_file_get into TICKET_FILE_MAX bytes at ${out}. */
	int (*ticket_file_put)(struct store *s, const struct ticket *key,
	    enum ticket_file kind, const uint8_t *file, size_t n);
	int (*ticket_file_get)(struct store *s, const struct ticket *key,
	    enum ticket_file kind, uint8_t *out, size_t *n);

	/* Audit. audit_append wants the next seq of its node, else ERR_CORRUPT.
	 * audit_head of an empty log is seq 0 and a zero hash. audit_read calls
	 * from ${from} upwards, all of them; audit_list newest first. */
	int (*audit_append)(struct store *s, const struct audit_row *row);
	int (*audit_head)(
	    struct store *s, int32_t node, struct audit_head *out);
	int (*audit_get)(
	    struct store *s, int32_t node, int64_t seq, struct audit_row *out);
	int (*audit_read)(struct store *s, int32_t node, int64_t from,
	    store_audit_fn *fn, void *arg);
	/* Every record of ${node} at ${at_ms} or later, upwards, and others
	 * that stand beside them: never all of a long log for a few. */
	int (*audit_read_since)(struct store *s, int32_t node, int64_t at_ms,
	    store_audit_fn *fn, void *arg);
	int (*audit_list)(struct store *s, const struct audit_filter *filter,
	    store_audit_fn *fn, void *arg);
};

/* First member of every implementation's own structure. */
struct store {
	const struct store_ops *ops;
};

enum store_mode {
	STORE_READ = 0,  /* sees the last commit, changes nothing */
	STORE_WRITE = 1, /* the one writer; creates and migrates */
	STORE_AHEAD = 2  /* as STORE_READ, with room for what many accounts
			  * have in common */
};

#endif /* AUTHD_STORE_STORE_H */
