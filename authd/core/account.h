/*
 * account.h: accounts: one person, one account, one login.
 * Room: core.  Process: front.  Threads: changes on the writer's.
 * Unit test: tests/unit/test_account.c
 */
#ifndef AUTHD_CORE_ACCOUNT_H
#define AUTHD_CORE_ACCOUNT_H

#include "authd/core/lock.h"

enum account_status {
	ACCOUNT_NONE = 0,
	ACCOUNT_PENDING, /* not approved yet */
	ACCOUNT_ACTIVE,
	ACCOUNT_DISABLED
};

/* NULL or 0: not given; "" empties where that makes sense. Borrowed. */
struct account_input {
	const char *login, *office, *name, *kana, *phone_number, *birth_date,
	    *email, *unix_user, *groups, *enrol_by, *leaves_on;
	const char *class; /* general, privileged */
	const char *roles; /* blank-separated: administrator officer ... */
	int level;         /* 1..5 */
};

/* An account with what people want to see beside it. */
struct account_view {
	struct account account;
	struct office office;
	enum account_status status;
	enum lock_kind lock;     /* over all buckets */
	int64_t locked_until_ms; /* wall time, the latest; 0: not locked */
	struct phone phones[PHONES_MAX + 1]; /* active and pending ones */
	int phones_n;
};

struct account_state {
	char login[LOGIN_MAX + 1];
	enum account_status status;
	bool is_enrolled;     /* ever */
	int64_t enrol_by_ms;  /* 0: no date */
	const char *obstacle; /* as account_obstacle(), and enrol_by_passed */
};

/** account_status(a): derived from approval and disabling. */
enum account_status account_status(const struct account *a);

/**
 * account_obstacle(a, office, wall_ms):
 * Why nobody may log in to this account now, as a word for the audit log:
 * not_approved, disabled, office_disabled, left. NULL when nothing is in the
 * way. The day of leaving is the last day of work.
 */
const char *account_obstacle(
    const struct account *a, const struct office *office, int64_t wall_ms);

/** account_leaves_ms(a): from then on it has left; 0: there is no such day. */
int64_t account_leaves_ms(const struct account *a);

/**
 * account_enrolled(c, a, ever):
 * Has a phone of the account ever been confirmed? Revoking it or a reset does
 * not undo that, so nobody comes back into a time of grace.
 */
int account_enrolled(struct core *c, const struct account *a, bool *ever) CHECKED;

/**
 * account_late(c, a, wall_ms, late):
 * True when the last day to bring a phone is over and none ever was. Recovery
 * codes and later phones do not help: an administrator sets another day.
 */
int account_late(
    struct core *c, const struct account *a, int64_t wall_ms, bool *late) CHECKED;

/** account_state(c, act, login, out): what a server asks before it lets
 * somebody in who has no phone yet; ERR_NOTFOUND (no_such_account). */
int account_state(struct core *c, struct act *act, const char *login,
    struct account_state *out) CHECKED;

/**
 * account_add(c, act, in, out):
 * Add an account; login, office and name are needed; class is general and level
 * 1 unless given. ERR_INVALID (bad_login, bad_name, bad_class, bad_level,
 * bad_role, bad_group, bad_date, bad_email, forbidden_login), ERR_EXISTS
 * (login_taken), ERR_NOTFOUND (no_such_office).
 */
int account_add(struct core *c, struct act *act, const struct account_input *in,
    struct account_view *out) CHECKED;

/** account_set(c, act, in, out): change what is given of in->login. The login
 * and the office of an account never change (ERR_INVALID, fixed). */
int account_set(struct core *c, struct act *act, const struct account_input *in,
    struct account_view *out) CHECKED;

/** account_find(c, act, login, out): by typed login or unix-user;
 * ERR_NOTFOUND (no_such_account), for what is no login too. */
int account_find(struct core *c, struct act *act, const char *login,
    struct account *out) CHECKED;

/** account_show(c, act, login, out): with lock state and phones. */
int account_show(struct core *c, struct act *act, const char *login,
    struct account_view *out) CHECKED;

/** account_decoy(c): for a login that nobody has, the questions to the store
 * that an account's office, phones and counters cost (F12). */
int account_decoy(struct core *c) CHECKED;
/** account_decoy_password(c), account_decoy_login(c): those that a password
 * costs which is to be judged, and one that was. */
int account_decoy_password(struct core *c) CHECKED;
int account_decoy_login(struct core *c) CHECKED;

/** account_list(c, act, office, after, limit, fn, arg): by login, above
 * ${after}; ${office} is a typed code, NULL for all. */
int account_list(struct core *c, struct act *act, const char *office,
    const char *after, int limit, store_account_fn *fn, void *arg) CHECKED;

/** account_enable(c, act, login, is_enabled, out): refuse or admit again. */
int account_enable(struct core *c, struct act *act, const char *login,
    bool is_enabled, struct account_view *out) CHECKED;

/** account_unlock(c, act, login, out): clears every counter of it. */
int account_unlock(struct core *c, struct act *act, const char *login,
    struct account_view *out) CHECKED;

/** account_remove(c, act, login, out): with its phones; ${out} is what it
 * was. Its audit records stay. */
int account_remove(struct core *c, struct act *act, const char *login,
    struct account *out) CHECKED;

#endif /* AUTHD_CORE_ACCOUNT_H */
