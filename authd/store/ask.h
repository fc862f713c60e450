/*
 * ask.h: one asking of SQLite: a statement prepared once per connection, its
 * parameters put in order, its rows read with every value checked.
 * Private to the SQLite store.  Room: store.  Process: front, one-shot modes.
 *
 * The first failure sticks in a->r and makes the rest do nothing, so a run of
 * calls is checked once, by ask_run() or ask_close().
 */
#ifndef AUTHD_STORE_ASK_H
#define AUTHD_STORE_ASK_H

#include <sqlite3.h>

#include "authd/store/store.h"

/* Every statement; its text is in ask_sql.c. */
enum ask_sql {
	ASK_BEGIN,
	ASK_VIEW,
	ASK_MARK,
	ASK_RELEASE,
	ASK_REWIND,
	ASK_COMMIT,
	ASK_ROLLBACK,
	ASK_VERSION,
	ASK_INNER_MARK,
	ASK_INNER_RELEASE,
	ASK_INNER_REWIND,
	ASK_META_GET,
	ASK_META_PUT,
	ASK_OFFICE_ADD,
	ASK_OFFICE_SET,
	ASK_OFFICE_BY_CODE,
	ASK_OFFICE_BY_ID,
	ASK_OFFICE_LIST,
	ASK_ACCOUNT_ADD,
	ASK_ACCOUNT_SET,
	ASK_ACCOUNT_NAMES,
	ASK_ACCOUNT_REMOVE,
	ASK_ACCOUNT_REMOVE_PHONES,
	ASK_ACCOUNT_FIND,
	ASK_ACCOUNT_BY_ID,
	ASK_ACCOUNT_LIST,
	ASK_ACCOUNT_LIST_ALL,
	ASK_ACCOUNT_ADMINISTRATORS,
	ASK_ACCOUNT_ADMINISTRATORS_ALL,
	ASK_ACCOUNT_SEARCH,
	ASK_ACCOUNT_SEARCH_ALL,
	ASK_ACCOUNT_MEANS,
	ASK_ACCOUNT_MEANS_ALL,
	ASK_ACCOUNT_MEANS_OF,
	ASK_NAME_ADD,
	ASK_NAME_REMOVE,
	ASK_PHONE_ADD,
	ASK_PHONE_GET,
	ASK_PHONE_STATE,
	ASK_PHONE_LIST,
	ASK_PHONE_LIST_ACTIVE,
	ASK_PHONE_BY_DEVICE,
	ASK_PHONE_SEARCH,
	ASK_PHONE_SEARCH_ALL,
	ASK_NAME_COUNT,
	ASK_PHONE_CONFIRM,
	ASK_PHONE_REVOKE,
	ASK_PHONE_LAST,
	ASK_PHONE_FOLD,
	ASK_PHONE_RESYNC,
	ASK_PHONE_AHEAD,
	ASK_PHONE_REWIND,
	ASK_ACCEPTED_ADD,
	ASK_ACCEPTED_LIST,
	ASK_ACCEPTED_FORGET,
	ASK_BURNED_ADD,
	ASK_BURNED_HAS,
	ASK_BURNED_ANY,
	ASK_BURNED_CLEAR,
	ASK_BURNED_REMOVE,
	ASK_COUNTER_GET,
	ASK_COUNTER_PUT,
	ASK_COUNTER_LIST,
	ASK_COUNTER_LOCKED,
	ASK_COUNTER_LOCKED_ALL,
	ASK_COUNTER_CLEAR,
	ASK_PASSWORD_GET,
	ASK_PASSWORD_PUT,
	ASK_PASSWORD_REMOVE,
	ASK_PASSWORD_HISTORY_ADD,
	ASK_PASSWORD_HISTORY_LIST,
	ASK_PASSWORD_HISTORY_FORGET,
	ASK_PASSWORD_HISTORY_REMOVE,
	ASK_RECOVERY_ADD,
	ASK_RECOVERY_USE,
	ASK_RECOVERY_COUNT,
	ASK_RECOVERY_REMOVE,
	ASK_TERMINAL_ADD,
	ASK_TERMINAL_SET,
	ASK_TERMINAL_GET,
	ASK_TERMINAL_BY_LABEL,
	ASK_TERMINAL_LIST,
	ASK_TERMINAL_LIST_ALL,
	ASK_TERMINAL_SEARCH,
	ASK_TERMINAL_SEARCH_ALL,
	ASK_TERMINAL_COUNT,
	ASK_ADMITTED_ADD,
	ASK_ADMITTED_REMOVE,
	ASK_ADMITTED_REMOVE_ACCOUNT,
	ASK_ADMITTED_LIST,
	ASK_TERMINAL_OF_ACCOUNT,
	ASK_HOST_ADD,
	ASK_HOST_SET,
	ASK_HOST_BY_NAME,
	ASK_HOST_BY_ID,
	ASK_HOST_LIST,
	ASK_CERT_ADD,
	ASK_CERT_NAME_ADD,
	ASK_CERT_BY_SERIAL,
	ASK_CERT_BY_FINGERPRINT,
	ASK_CERT_EXISTS,
	ASK_CERT_LIST,
	ASK_CERT_LIST_OFFICE,
	ASK_CERT_LIST_HOLDER,
	ASK_CERT_REVOKE,
	ASK_CERT_SEEN,
	ASK_CERT_TOLD,
	ASK_CERT_REVOKED,
	ASK_CERT_ENDING,
	ASK_CERT_ENDING_COUNT,
	ASK_CERT_UNUSED,
	ASK_CERT_ENDING_OFFICE,
	ASK_CERT_UNUSED_OFFICE,
	ASK_RSA_KEY_ADD,
	ASK_RSA_KEY_LIST,
	ASK_SESSION_ADD,
	ASK_SESSION_FIND,
	ASK_SESSION_BY_ID,
	ASK_SESSION_SET,
	ASK_SESSION_SEEN,
	ASK_SESSION_LIST,
	ASK_SESSION_LIST_OFFICE,
	ASK_SESSION_LIST_ALL,
	ASK_SESSION_END,
	ASK_SESSION_END_OFFICE,
	ASK_SESSION_END_ACCOUNT,
	ASK_SESSION_END_DEVICE,
	ASK_SESSION_END_TERMINAL,
	ASK_SESSION_EXPIRE,
	ASK_APP_ADD,
	ASK_APP_SET,
	ASK_APP_REMOVE,
	ASK_APP_FIND,
	ASK_APP_LIST,
	ASK_TICKET_ADD,
	ASK_TICKET_FIND,
	ASK_TICKET_HELD,
	ASK_TICKET_BY_ID,
	ASK_TICKET_STATE,
	ASK_TICKET_SET,
	ASK_TICKET_END,
	ASK_TICKET_LIST,
	ASK_TICKET_LIST_OFFICE,
	ASK_TICKET_LIST_ALL,
	ASK_TICKET_DUE,
	ASK_TICKET_FORGET,
	ASK_TICKET_REMOVE_ACCOUNT,
	ASK_TICKET_FILE_ADD,
	ASK_TICKET_FILE_GET,
	ASK_TICKET_FILES_REMOVE,
	ASK_TICKET_FILES_REMOVE_ACCOUNT,
	ASK_AUDIT_APPEND,
	ASK_AUDIT_HEAD,
	ASK_AUDIT_GET,
	ASK_AUDIT_READ,
	ASK_AUDIT_TIME_PUT,
	ASK_AUDIT_TIME,
	ASK_AUDIT_PART,
	ASK_AUDIT_LIST,
	ASK_AUDIT_LIST_OFFICE,
	ASK_AUDIT_LIST_ACCOUNT,
	ASK_AUDIT_LIST_REQUEST,
	ASK_SQL_COUNT
};

/* A part of the log, in the SQL and the schema: seq / 1024. */
#define ASK_AUDIT_PART_RECORDS 1024

/** ask_sql_text(q): the SQL of ${q}. */
const char *ask_sql_text(enum ask_sql q);

/* A connection and its statements, prepared when first asked. */
struct ask_db {
	sqlite3 *db;
	bool is_writer;
	bool met_full; /* the disk was full since it was last cleared */
	bool is_touched; /* store_ops.is_touched */
	sqlite3_stmt *stmt[ASK_SQL_COUNT];
};

struct ask {
	struct ask_db *d;
	sqlite3_stmt *st; /* NULL once r is set before the first step */
	int at;           /* last parameter put or column read */
	int r;
};

/**
 * ask_error(db, rc, what):
 * Return the error number for SQLite's ${rc} and log it once, except
 * constraints, which are answers: ERR_EXISTS (a key is taken), ERR_NOTFOUND
 * (what the row belongs to is missing), ERR_INVALID (a value that cannot be).
 */
int ask_error(sqlite3 *db, int rc, const char *what);

/** ask_db_clear(d): finalize every statement; the connection stays. */
void ask_db_clear(struct ask_db *d);

/**
 * ask_open(a, d, q): start asking ${q}. A change outside a transaction of the
 * writer, or a statement that is being asked already: ERR_WRONG_STATE.
 */
void ask_open(struct ask *a, struct ask_db *d, enum ask_sql q);

void ask_put_int(struct ask *a, int64_t v);
void ask_put_id(struct ask *a, const struct id *id);
void ask_put_text(struct ask *a, const char *s);
/** ask_put_part(a, s): the pattern of LIKE ... ESCAPE '!' for what has ${s} in
 * it; copied. */
void ask_put_part(struct ask *a, const char *s);
/** ask_put_blob(a, p, n): NULL stores NULL; what is put stays borrowed until
 * the next ask_run() or ask_close(), as for ids and texts. */
void ask_put_blob(struct ask *a, const void *p, size_t n);

/** ask_row(a): step; true when there is a row, whose columns begin anew. */
bool ask_row(struct ask *a) CHECKED;

/* Each reads the next column; a value out of its rules sets ERR_CORRUPT. */
int64_t ask_get_int(struct ask *a, int64_t min, int64_t max);
void ask_get_id(struct ask *a, struct id *out);
void ask_get_text(struct ask *a, char *out, size_t size);
/** ask_get_blob(a, out, size): return its length, 0 for NULL. */
size_t ask_get_blob(struct ask *a, void *out, size_t size);

/** ask_check(a, ok): ERR_CORRUPT when the row read is not ${ok}. */
void ask_check(struct ask *a, bool ok);

/** ask_close(a): end the asking and return a->r. */
int ask_close(struct ask *a) CHECKED;

/**
 * ask_run(a, changed):
 * Step a statement that gives no rows, end the asking and store in ${changed}
 * (NULL: not wanted) how many rows it changed. Return a->r.
 */
int ask_run(struct ask *a, int *changed) CHECKED;

/** ask_control(d, q): run a transaction statement; SQLite's code. */
int ask_control(struct ask_db *d, enum ask_sql q);

#endif /* AUTHD_STORE_ASK_H */
