/*
 * rows.h: the rows of the store as C types; the vocabulary of its questions.
 * Room: store.  Process: front, one-shot modes.
 * Times named *_ms are milliseconds since 1970 UTC (wall), *_steady are on the
 * steady scale of core/moment.h; 0 means never.
 */
#ifndef AUTHD_STORE_ROWS_H
#define AUTHD_STORE_ROWS_H

#include <stdbool.h>
#include <stdint.h>

#include "authd/audit/audit_chain.h"
#include "authd/base/id.h"
#include "authd/base/limits.h"
#include "authd/keeper/keeper.h"

struct office {
	struct id id;
	char code[OFFICE_CODE_MAX + 1]; /* folded, unique, never changes */
	char name[NAME_MAX_BYTES + 1];
	char contact[NAME_MAX_BYTES + 1]; /* whom to call; "" none */
	char networks[LIST_TEXT_MAX + 1]; /* CIDRs, blank-separated */
	int64_t created_ms;
	int64_t disabled_ms; /* 0: enabled */
};

/* Stored as numbers; never renumber. */
enum account_class { CLASS_NONE = 0, CLASS_GENERAL = 1, CLASS_PRIVILEGED = 2 };

#define ROLE_ADMINISTRATOR 0x1u
#define ROLE_OFFICER       0x2u
#define ROLE_HELPDESK      0x4u
#define ROLE_AUDITOR       0x8u
#define ROLE_OPERATOR      0x10u /* of the installation: sees every office */

struct account {
	struct id office, id;
	char login[LOGIN_MAX + 1];     /* folded */
	char unix_user[LOGIN_MAX + 1]; /* folded; "" none */
	char name[NAME_MAX_BYTES + 1];
	char kana[NAME_MAX_BYTES + 1];
	char phone_number[NAME_MAX_BYTES + 1];
	char birth_date[11]; /* 1990-04-01 or "" */
	char email[EMAIL_MAX + 1];
	char groups[LIST_TEXT_MAX + 1]; /* blank-separated words */
	enum account_class class;
	int level;      /* 1..5 */
	unsigned roles; /* ROLE_* bits */
	int64_t created_ms;
	int64_t approved_ms;  /* 0: pending */
	int64_t disabled_ms;  /* 0: enabled */
	int64_t enrol_by_ms;  /* 0: no date */
	int64_t leaves_on_ms;     /* 0: no date; refused after that day */
	int64_t reset_ms; /* both factors were given up; 0: never, or a phone was
			   * confirmed since */
};

/* Which accounts a search finds. */
enum account_pick {
	ACCOUNT_PICK_ANY = 0,
	ACCOUNT_PICK_ACTIVE,
	ACCOUNT_PICK_PENDING,
	ACCOUNT_PICK_DISABLED,
	ACCOUNT_PICK_LOCKED,    /* now, in any bucket */
	ACCOUNT_PICK_UNENROLLED /* never had a confirmed phone */
};

#define SEARCH_MAX 20000 /* rows that a search counts */

/* What a search came to. */
struct search_found {
	int total;    /* up to SEARCH_MAX */
	bool is_part; /* there is more than was looked at */
};

/* A page of what a search finds; "" and zero find everything. */
struct account_search {
	bool is_all;                   /* every office, else ${office} */
	struct id office;
	char text[NAME_MAX_BYTES + 1];  /* in name or kana; ASCII lower case */
	char login[NAME_MAX_BYTES + 1]; /* the same, as it may be in a login */
	enum account_pick pick;
	int64_t now_steady; /* of ACCOUNT_PICK_LOCKED */
	int looked;         /* of every office's: so many, see store.h */
	int offset, limit;
};

/* What an account has to log in with, and when it was last used. */
struct means {
	struct account account;
	bool has_password;
	bool was_enrolled; /* a phone was ever confirmed */
	int phones;        /* active ones */
	int recovery_left;
	bool has_terminal;  /* one that admits it has a live certificate */
	bool has_kept_terminal; /* the same, of those that are kept */
	int64_t used_ms; /* last use of a phone, a recovery code or a session */
	char source[AUDIT_SOURCE_MAX + 1]; /* of the session used last; "" */
};

/* Which phones or terminals a search finds. */
enum device_pick {
	DEVICE_PICK_ANY = 0,
	DEVICE_PICK_LIVE,    /* an active phone, a terminal that is not lost */
	DEVICE_PICK_GONE,    /* revoked, lost */
	DEVICE_PICK_PENDING, /* phones only */
};

/* As struct account_search; the text is also sought in labels. */
struct device_search {
	bool is_all;
	struct id office;
	char text[NAME_MAX_BYTES + 1];
	char login[NAME_MAX_BYTES + 1];
	enum device_pick pick;
	int64_t now_ms; /* pending ones end */
	int looked;     /* as above */
	int offset, limit;
};

enum phone_state {
	PHONE_NONE = 0,
	PHONE_PENDING = 1,
	PHONE_ACTIVE = 2,
	PHONE_REVOKED = 3
};

struct phone {
	struct id office, account, device;
	char label[NAME_MAX_BYTES + 1];
	enum phone_state state;
	bool is_private;             /* owned by the person, not the company */
	int digits, period;          /* 6, 30 */
	char algorithm[8];           /* SHA1 */
	struct keeper_sealed sealed; /* empty once revoked */
	int32_t offset;              /* steps, set by resync only */
	int64_t last_step;           /* highest step accepted; only rises */
	int64_t created_ms;
	int64_t expires_ms; /* of a pending one */
	int64_t confirmed_ms;
	int64_t last_used_ms;
	int64_t revoked_ms;
	uint64_t seen; /* the store's own note of when it was read; 0 none */
};

enum counter_kind { COUNTER_NONE = 0, COUNTER_PASSWORD = 1, COUNTER_CODE = 2 };

/* Failures of one account, of one kind, from one direction. */
struct counter {
	struct id office, account;
	enum counter_kind kind;
	char bucket[BUCKET_MAX + 1]; /* '' strangers, c:CONSUMER, terminal id */
	int failures;                /* tries used up since success or lock */
	int in_row;                  /* failures since the last success */
	int64_t locked_until_steady; /* 0: never locked */
};

#define PASSWORD_HASH_MAX 255
/* The password of one account: its slow hash, never the text. */
struct password {
	struct id office, account;
	char hash[PASSWORD_HASH_MAX + 1];
	int64_t changed_ms;
	bool is_temporary;  /* chosen by another person: opens one login */
	int64_t checked_ms; /* last looked up in the breach file */
};

/* Recovery codes are stored as the keeper's keyed hash of them. */
#define RECOVERY_MAC_LEN 32
#define RECOVERY_MAX     10 /* of one account */

/* A PC of an office; it holds the certificate. */
struct terminal {
	struct id office, id;
	char label[NAME_MAX_BYTES + 1]; /* one of its office while not lost */
	bool is_private;                /* owned by a person */
	bool admits_all;                /* every account of its office */
	int64_t created_ms;
	int64_t lost_ms; /* 0: where it should be */
};

/* What a remote host may ask; zero may ask nothing. */
#define HOST_MAY_VERIFY 0x1u /* verify, login, cert/check */
#define HOST_MAY_STATE  0x2u /* account/state */
#define HOST_MAY_ALL    (HOST_MAY_VERIFY | HOST_MAY_STATE)

/* A server that asks over the network; of no office. */
struct host {
	struct id id;
	char name[HOST_NAME_MAX_BYTES + 1]; /* folded, unique, never changes */
	unsigned rights;                    /* HOST_MAY_* bits */
	int64_t created_ms;
};

/* Stored as numbers; never renumber. */
enum cert_kind { CERT_NONE = 0, CERT_TERMINAL = 1, CERT_HOST = 2 };

enum cert_reason {
	CERT_NOT_REVOKED = 0,
	CERT_UNSPECIFIED = 1,
	CERT_LOST = 2,
	CERT_SUPERSEDED = 3,
	CERT_LEFT = 4
};

/* A certificate that was issued. */
struct cert {
	enum cert_kind kind;
	struct id office; /* all zero: of a host */
	struct id holder; /* the terminal or the host */
	uint8_t serial[CERT_SERIAL_LEN];
	uint8_t fingerprint[CERT_FINGERPRINT_LEN]; /* SHA-256 of all of it */
	int64_t not_before_ms, not_after_ms;
	int64_t issued_ms;
	int64_t revoked_ms; /* 0: not revoked */
	enum cert_reason reason;
	int64_t first_seen_ms, last_seen_ms; /* noted lazily */
	char last_source[AUDIT_SOURCE_MAX + 1];
	int told_days; /* of its end: 0, or the fewest days told */
	size_t der_len;
	uint8_t der[CERT_DER_MAX];
};

#define RSA_KEY_MODULUS_MAX 513 /* bytes */

/* The modulus of a certificate's RSA key. */
struct rsa_key {
	struct id office; /* as the certificate has them */
	uint8_t serial[CERT_SERIAL_LEN];
	int64_t issued_ms;
	size_t len;
	uint8_t modulus[RSA_KEY_MODULUS_MAX];
};

/* A session's token, and any other secret of a browser, is stored as this. */
#define SESSION_HASH_LEN 32

/* What was proven when it was opened; bits of session.factors. */
#define SESSION_PASSWORD 0x1u
#define SESSION_CODE     0x2u /* a recovery code counts as one */
#define SESSION_TERMINAL 0x4u
#define SESSION_FACTORS  0x7u

/* Somebody is logged in: on the portal, or through it in one application. */
struct session {
	struct id office, account, id;
	uint8_t token[SESSION_HASH_LEN]; /* SHA-256 of it */
	char app[HOST_MAX + 1];          /* it counts there only; "" the portal */
	struct id parent;                /* the portal's; zero: it is one */
	unsigned factors;                /* SESSION_* bits, never 0 */
	int64_t password_ms;             /* of the password, when it was changed */
	int64_t password_steady;         /* when each was proven; 0: not */
	int64_t code_steady;
	int64_t terminal_steady;
	struct id device;   /* the phone that showed the code, zero: none */
	struct id terminal; /* zero: none */
	char source[AUDIT_SOURCE_MAX + 1];
	int64_t created_ms, seen_ms;
	int64_t login_steady;   /* of the login it goes back to */
	int64_t created_steady; /* compared with orders to end all */
	int64_t seen_steady;
	int64_t until_steady; /* no longer than this, whatever the rules */
};

/* Which sessions end; members that are not named by its kind are ignored. */
enum session_by {
	SESSION_BY_NONE = 0,
	SESSION_BY_ID,      /* office, account, id: and those opened from it */
	SESSION_BY_OFFICE,  /* office */
	SESSION_BY_ACCOUNT, /* office, account */
	SESSION_BY_DEVICE,  /* office, account, device */
	SESSION_BY_TERMINAL /* office, device */
};
struct session_pick {
	enum session_by by;
	struct id office, account, id, device;
};

#define APP_PATHS_MAX 1024
/* A protected system: one host name in front of which the hook stands. */
struct app {
	char host[HOST_MAX + 1]; /* lower case; with its port unless 443 */
	char name[NAME_MAX_BYTES + 1];
	unsigned factors;                 /* SESSION_* bits needed, never 0 */
	char networks[LIST_TEXT_MAX + 1]; /* CIDRs; "" any */
	int level;                        /* the least, 1..5 */
	char groups[LIST_TEXT_MAX + 1];   /* one of these; "" any */
	char offices[LIST_TEXT_MAX + 1];  /* codes, one of these; "" any */
	int64_t idle_ms, absolute_ms;     /* 0: as the account's class has it */
	char paths[APP_PATHS_MAX + 1];    /* SECONDS=/PREFIX, blank-separated:
					   * how old the last code may be */
	int64_t created_ms;
};

/* Stored as numbers; never renumber. */
enum ticket_purpose {
	TICKET_NONE = 0,
	TICKET_FIRST = 1,      /* password and phone of a new account */
	TICKET_PHONE = 2,      /* a phone; the password is shown */
	TICKET_PASSWORD = 3,   /* a password; a code is shown */
	TICKET_CERTIFICATE = 4 /* a terminal's certificate is fetched */
};

enum ticket_state {
	TICKET_UNKNOWN = 0,
	TICKET_OPEN = 1,
	TICKET_USED = 2,
	TICKET_VOID = 3,
	TICKET_EXPIRED = 4
};

/* A slip of paper that does one thing once. */
struct ticket {
	struct id office, account, id;
	enum ticket_purpose purpose;
	enum ticket_state state;
	uint8_t secret[SESSION_HASH_LEN]; /* SHA-256 of what is on it */
	char label[NAME_MAX_BYTES + 1];   /* of the phone or terminal; "" */
	uint8_t serial[CERT_SERIAL_LEN];  /* of the certificate; zero: none */
	int failures;                     /* wrong logins */
	int64_t created_ms;
	int64_t until_steady;
	int64_t ended_ms; /* used, void or expired; 0: open */
	/* The browser that has shown what it asks for: */
	uint8_t holder[SESSION_HASH_LEN]; /* hash of its token; zero: none */
	int64_t held_steady;              /* until then */
	unsigned proved;                  /* SESSION_* bits, 0: the login only */
	struct id device;                 /* the phone that showed the code */
};

/* Its files: both are encrypted with the passphrase that went another way. */
enum ticket_file {
	TICKET_FILE_NONE = 0,
	TICKET_FILE_STANDARD = 1,
	TICKET_FILE_COMPATIBLE = 2
};
#define TICKET_FILE_MAX 16384

/* An audit record as stored. */
struct audit_row {
	struct audit_record record;
	uint8_t hash[AUDIT_HASH_LEN];
	bool has_seal; /* last of its transaction */
	uint8_t seal[AUDIT_SEAL_LEN];
};

#define AUDIT_LIST_MAX 1000
/* Which audit records to list; empty text and 0 match everything. */
struct audit_filter {
	char office[OFFICE_CODE_MAX + 1]; /* code */
	char account[LOGIN_MAX + 1];      /* login */
	char device[ID_TEXT + 1];
	char action[AUDIT_WORD_MAX + 1];
	char result[AUDIT_WORD_MAX + 1];
	char request_id[REQUEST_ID_LEN + 1];
	char app[HOST_MAX + 1]; /* the word app=HOST stands in the detail */
	int64_t before_seq; /* only records below; 0: from the newest */
	int64_t from_seq;   /* none below it is looked at; 0: to the oldest */
	int limit;          /* 1..AUDIT_LIST_MAX */
};

/**
 * rows_office_ok(row), rows_account_ok(), rows_phone_ok(), rows_counter_ok(),
 * rows_password_ok(), rows_audit_ok(), rows_terminal_ok(), rows_host_ok(),
 * rows_cert_ok(), rows_session_ok(), rows_app_ok(), rows_ticket_ok():
 * True when the row can be: no enum of zero, no empty key, no negative count.
 * Every implementation asks it of a row that comes in (else ERR_INVALID) and
 * of a row that was read (else ERR_CORRUPT).
 */
bool rows_office_ok(const struct office *row) CHECKED;
bool rows_account_ok(const struct account *row) CHECKED;
bool rows_phone_ok(const struct phone *row) CHECKED;
bool rows_counter_ok(const struct counter *row) CHECKED;
bool rows_password_ok(const struct password *row) CHECKED;
bool rows_terminal_ok(const struct terminal *row) CHECKED;
bool rows_host_ok(const struct host *row) CHECKED;
bool rows_cert_ok(const struct cert *row) CHECKED;
bool rows_session_ok(const struct session *row) CHECKED;
bool rows_app_ok(const struct app *row) CHECKED;
bool rows_audit_ok(const struct audit_row *row) CHECKED;
bool rows_ticket_ok(const struct ticket *row) CHECKED;
/**
 * rows_recovery_ok(macs, n):
 * True for 0 to RECOVERY_MAX hashes that all differ, none of them zero.
 */
bool rows_recovery_ok(const uint8_t (*macs)[RECOVERY_MAC_LEN], int n) CHECKED;

#endif /* AUTHD_STORE_ROWS_H */
