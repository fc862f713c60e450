/*
 * store_mem_impl.h: the tables that the files of store_mem share.
 * Private to them. Out of memory ends the test.
 */
#ifndef TESTS_FAKES_STORE_MEM_IMPL_H
#define TESTS_FAKES_STORE_MEM_IMPL_H

#include <stddef.h>

#include "authd/store/store.h"

enum store_mem_kind {
	METAS,
	OFFICES,
	ACCOUNTS,
	PHONES,
	COUNTERS,
	PASSWORDS,
	PASTS,
	RECOVERIES,
	BURNED,
	TERMINALS,
	ADMITTED,
	HOSTS,
	CERTS,
	RSA_KEYS,
	SESSIONS,
	APPS,
	TICKETS,
	TICKET_FILES,
	AUDITS, /* the last */
	STORE_MEM_KINDS
};

/* An earlier password and when it was replaced. */
struct store_mem_past {
	struct password was;
	int64_t replaced_ms;
};

struct store_mem_recovery {
	struct id office, account;
	uint8_t mac[RECOVERY_MAC_LEN];
	int64_t used_ms; /* 0: unused */
};

struct store_mem_burned {
	struct id office, account, device;
	int64_t step;
};

struct store_mem_file {
	struct id office, account, ticket;
	enum ticket_file kind;
	size_t n;
	uint8_t at[TICKET_FILE_MAX];
};

struct store_mem_admitted {
	struct id office, terminal, account;
};

/** store_mem_is_burned(s, key, step): phone_burn() was asked for it. */
bool store_mem_is_burned(
    struct store *s, const struct phone *key, int64_t step) CHECKED;

size_t store_mem_count(struct store *s, enum store_mem_kind k);
/** store_mem_at(s, k, i): row ${i}, borrowed until a row is added. */
void *store_mem_at(struct store *s, enum store_mem_kind k, size_t i);
void store_mem_add(struct store *s, enum store_mem_kind k, const void *row);
void store_mem_remove(struct store *s, enum store_mem_kind k, size_t i);
void store_mem_remove_counters(
    struct store *s, const struct id *office, const struct id *account);

/** All of an account's passwords, recovery codes and sessions. */
void store_mem_password_remove(
    struct store *s, const struct id *office, const struct id *account);
/** No terminal admits the account any more. */
void store_mem_terminal_forget(
    struct store *s, const struct id *office, const struct id *account);
/** All of an account's tickets. */
void store_mem_ticket_remove(
    struct store *s, const struct id *office, const struct id *account);
bool store_mem_people_has(
    struct store *s, const struct id *office, const struct id *account) CHECKED;

/** store_mem_may_change(s), _may_read(): 0 or what the knobs say. may_note() is
 * may_change() for what does not touch (store_ops.is_touched). */
int store_mem_may_change(struct store *s) CHECKED;
int store_mem_may_note(struct store *s) CHECKED;
int store_mem_may_read(struct store *s) CHECKED;

/** store_mem_people_fill(ops): the questions on offices, accounts, phones. */
void store_mem_people_fill(struct store_ops *ops);
/** store_mem_search_fill(ops): the searches. */
void store_mem_search_fill(struct store_ops *ops);
/** store_mem_log_fill(ops): the questions on counters and the audit log. */
void store_mem_log_fill(struct store_ops *ops);
/** store_mem_password_fill(ops): those on passwords, recovery codes, sessions
 * and applications. */
void store_mem_password_fill(struct store_ops *ops);

/** store_mem_terminal_fill(ops): those on terminals. */
void store_mem_terminal_fill(struct store_ops *ops);
/** store_mem_cert_fill(ops): those on hosts and certificates. */
void store_mem_cert_fill(struct store_ops *ops);

/** store_mem_ticket_fill(ops): those on tickets. */
void store_mem_ticket_fill(struct store_ops *ops);

#endif /* TESTS_FAKES_STORE_MEM_IMPL_H */
