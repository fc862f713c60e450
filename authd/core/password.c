#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authd/base/log.h"
#include "authd/base/mem.h"
#include "authd/base/text.h"
#include "authd/core/account.h"
#include "authd/core/journal.h"
#include "authd/core/known.h"
#include "authd/core/office.h"
#include "authd/core/password.h"

#define PEPPERED_MAX (2 * KEEPER_MAC_LEN) /* hex, without NUL */
#define ORDER_ALL    "password_order"     /* + .office.CODE */
#define ORDER_LAST   "password_order_last" /* the latest time of any */
#define IMPORTED     "{import}"           /* before a hash of elsewhere */

/* The hash that another program made, of the password itself; or NULL. */
static const char *
imported(const struct password *row)
{
	if (strncmp(row->hash, IMPORTED, sizeof(IMPORTED) - 1) != 0)
		return (NULL);
	return (row->hash + sizeof(IMPORTED) - 1);
}

/* True when two of our hashes share salt and cost: all before the last $. */
static bool
has_same_setting(const char *a, const char *b)
{
	const char *end = strrchr(a, '$');

	return (end != NULL && strncmp(a, b, (size_t)(end - a) + 1) == 0);
}

struct past {
	struct password_known *known;
	int64_t replaced_ms; /* of the next one listed */
	int64_t since_ms;    /* what was replaced before does not count */
};

static int
keep_past(void *arg, const struct password *row)
{
	struct past *p = arg;
	struct password_known *k = p->known;
	int64_t replaced_ms = p->replaced_ms;

	p->replaced_ms = row->changed_ms;
	if (k->past_n == PASSWORD_PAST_MAX || replaced_ms < p->since_ms)
		return (0);
	return (text_copy(k->past[k->past_n++], sizeof(k->past[0]), row->hash));
}

int
password_load(struct core *c, struct act *act, const char *login,
    struct password_known *out)
{
	struct past past = { .known = out };
	struct office office;
	int r;

	memset(out, 0, sizeof(*out));
	if ((r = account_find(c, act, login, &out->account)) != 0 ||
	    (r = c->store->ops->office_by_id(
		 c->store, &out->account.office, &office)) != 0 ||
	    (r = text_copy(out->office, sizeof(out->office), office.code)) != 0)
		return (r);
	r = c->store->ops->password_get(
	    c->store, &out->account.office, &out->account.id, &out->row);
	if (r == ERR_NOTFOUND) {
		memset(&out->row, 0, sizeof(out->row));
		out->row.office = out->account.office;
		out->row.account = out->account.id;
		r = 0;
	}
	past.replaced_ms = out->row.changed_ms;
	past.since_ms = act->now.wall_ms - c->policy->password_reuse_ms;
	if (r == 0)
		r = c->store->ops->password_history(c->store,
		    &out->account.office, &out->account.id, keep_past, &past);
	return (r);
}

/* The text that is hashed: the pepper's value over the normal form. */
static int
pepper(struct keeper *k, const struct password_known *known, const char *text,
    char out[PEPPERED_MAX + 1])
{
	struct keeper_mac_in in;
	uint8_t mac[KEEPER_MAC_LEN];
	char normal[PASSWORD_TEXT_MAX + 1];
	size_t n;
	int r;

	memset(&in, 0, sizeof(in));
	r = password_text_normal(
	    text, strnlen(text, PASSWORD_TEXT_MAX + 1), normal, &n);
	if (r != 0 || n == 0)
		return (r != 0 ? r : ERR_INVALID);
	in.purpose = KEEPER_MAC_PASSWORD;
	if (known != NULL) {
		in.office = known->account.office;
		in.account = known->account.id;
	}
	in.len = n;
	memcpy(in.at, normal, n);
	if ((r = keeper_client_mac(k, &in, mac)) == 0)
		text_put_hex(mac, sizeof(mac), out);
	mem_wipe(normal, sizeof(normal));
	mem_wipe(&in, sizeof(in));
	mem_wipe(mac, sizeof(mac));
	return (r);
}

/* The salt and cost that this account's hashes share, or a new one. */
static int
choose_setting(const struct policy *p, const struct password_known *known,
    char out[PASSHASH_MAX + 1])
{
	const char *own = known->row.hash;

	if (own[0] != '\0' && imported(&known->row) == NULL &&
	    !passhash_needs_rehash(own, p->password_cost))
		return (text_copy(out, PASSHASH_MAX + 1, own));
	return (passhash_setting(p->password_cost, out));
}

/* Is it one of the earlier ones? Those of one salt cost one run together. */
static int
is_reused(struct keeper *k, const struct password_known *known,
    const char *text, bool *reused)
{
	char peppered[PEPPERED_MAX + 1], hash[PASSHASH_MAX + 1] = "";
	enum passhash_verdict verdict = PASSHASH_WRONG;
	const char *past;
	int i, r;

	*reused = false;
	if ((r = pepper(k, known, text, peppered)) != 0)
		return (r);
	for (i = -1; i < known->past_n && r == 0; i++) {
		past = i < 0 ? known->row.hash : known->past[i];
		if (past[0] == '\0' || past[0] == IMPORTED[0])
			continue;
		r = passhash_run(peppered, past, hash);
		if (r == 0 && passhash_equal(hash, past))
			*reused = true;
		/* the rest of this salt needs no run of its own */
		while (r == 0 && i + 1 < known->past_n &&
		    has_same_setting(past, known->past[i + 1])) {
			i++;
			if (passhash_equal(hash, known->past[i]))
				*reused = true;
		}
	}
	if (r == 0 && imported(&known->row) != NULL) {
		r = passhash_verify(text, imported(&known->row), &verdict);
		if (verdict == PASSHASH_RIGHT)
			*reused = true;
	}
	mem_wipe(peppered, sizeof(peppered));
	mem_wipe(hash, sizeof(hash));
	return (r);
}

int
password_judge(const struct policy *p, struct keeper *k,
    const struct password_known *known, const char *text, uint32_t *reasons)
{
	struct password_person person;
	struct password_rules rules;
	bool reused = false;
	int r;

	memset(&person, 0, sizeof(person));
	*reasons = 0;
	password_policy_rules(
	    known != NULL && known->account.class != CLASS_GENERAL,
	    p->password_composed, &rules);
	if (known != NULL) {
		person.login = known->account.login;
		person.name = known->account.name;
		person.kana = known->account.kana;
		person.phone_number = known->account.phone_number;
		person.birth_date = known->account.birth_date;
	}
	r = password_policy_check(&rules, &person, text,
	    strnlen(text, PASSWORD_TEXT_MAX + 1), reasons);
	if (r != 0 || known == NULL || (*reasons & PASSWORD_TOO_LONG) != 0 ||
	    text[0] == '\0')
		return (r);
	if ((r = is_reused(k, known, text, &reused)) != 0)
		*reasons = 0;
	else if (reused)
		*reasons |= PASSWORD_REUSED;
	return (r);
}

int
password_judge_breach(
    const struct breach *b, const char *text, uint32_t *reasons)
{
	char normal[PASSWORD_TEXT_MAX + 1];
	bool is_in = true;
	size_t n;
	int r;

	if (b == NULL || text[0] == '\0' || (*reasons & PASSWORD_TOO_LONG) != 0)
		return (0);
	/* the form that counts: full width does not make it another one */
	r = password_text_normal(
	    text, strnlen(text, PASSWORD_TEXT_MAX + 1), normal, &n);
	if (r == 0)
		r = breach_has(b, normal, n, &is_in);
	mem_wipe(normal, sizeof(normal));
	if (r != 0)
		*reasons = 0;
	else if (is_in)
		*reasons |= PASSWORD_BREACHED;
	return (r);
}

int
password_hash(const struct policy *p, struct keeper *k,
    const struct password_known *known, const char *text,
    char out[PASSHASH_MAX + 1])
{
	char peppered[PEPPERED_MAX + 1], setting[PASSHASH_MAX + 1];
	int r;

	out[0] = '\0';
	if ((r = choose_setting(p, known, setting)) == 0 &&
	    (r = pepper(k, known, text, peppered)) == 0)
		r = passhash_run(peppered, setting, out);
	mem_wipe(peppered, sizeof(peppered));
	return (r);
}

int
password_verify(const struct policy *p, struct keeper *k,
    const struct password_known *known, const char *text,
    enum passhash_verdict *verdict)
{
	char peppered[PEPPERED_MAX + 1] = "-", hash[PASSHASH_MAX + 1] = "";
	enum passhash_verdict found = PASSHASH_WRONG;
	bool has_own = known != NULL && known->row.hash[0] != '\0';
	int r;

	*verdict = PASSHASH_WRONG;
	r = pepper(k, known, text, peppered);
	if (r == ERR_INVALID || r == ERR_LIMIT) {
		/* No password can look like that; the work is done all the
		 * same. */
		r = text_copy(peppered, sizeof(peppered), "-");
		has_own = false;
	}
	if (r != 0)
		goto out;
	if (has_own && imported(&known->row) != NULL)
		r = passhash_verify(text, imported(&known->row), &found);
	else if (has_own)
		r = passhash_verify(peppered, known->row.hash, &found);
	else
		r = passhash_make(peppered, p->password_cost, hash);
	if (r == 0)
		*verdict = found;
out:
	mem_wipe(peppered, sizeof(peppered));
	mem_wipe(hash, sizeof(hash));
	return (r);
}

static void
office_key(const char *code, char out[64])
{
	snprintf(out, 64, ORDER_ALL ".office.%s", code);
}

/* When a change was ordered last of this office, or of everybody; 0: never. */
static int
find_order(struct core *c, const char *office, int64_t *at)
{
	int64_t own;
	char key[64];
	int r;

	*at = 0;
	office_key(office, key);
	if ((r = known_order(c, ORDER_ALL, at)) == 0 &&
	    (r = known_order(c, key, &own)) == 0 && own > *at)
		*at = own;
	return (r);
}

static int
store_hash(struct core *c, struct act *act, const struct password_known *known,
    const char *hash, bool is_temporary, int64_t checked_ms, const char *action)
{
	const struct journal_entry e = {
		.office = known->office,
		.account = known->account.login,
		.action = action,
		.result = "done",
		.detail = is_temporary ? "temporary=1" : "temporary=0",
	};
	struct password_known now;
	struct password row;
	int64_t ordered_ms;
	int r;

	if ((r = password_load(c, act, known->account.login, &now)) != 0 ||
	    (r = find_order(c, now.office, &ordered_ms)) != 0)
		goto out;
	if (!id_equal(&now.account.id, &known->account.id) ||
	    strcmp(now.row.hash, known->row.hash) != 0)
		r = act_refuse(act, ERR_WRONG_STATE, "changed_meanwhile",
		    "The account or its password was changed meanwhile.");
	row = now.row;
	row.is_temporary = is_temporary;
	row.changed_ms = act->now.wall_ms;
	/* The clock was ahead when that was ordered: what it asked is done. */
	if (ordered_ms > act->now.wall_ms)
		row.changed_ms = ordered_ms + 1;
	row.checked_ms = checked_ms;
	if (r == 0)
		r = text_copy(row.hash, sizeof(row.hash), hash);
	if (r == 0)
		r = c->store->ops->password_put(c->store, &row,
		    act->now.wall_ms - c->policy->password_reuse_ms);
	if (r == 0)
		r = lock_forget(c, &known->account, COUNTER_PASSWORD);
	if (r == 0)
		r = journal_add(c->journal, act, &e);
	mem_wipe(&row, sizeof(row));
out:
	mem_wipe(&now, sizeof(now));
	return (r);
}

int
password_store(struct core *c, struct act *act,
    const struct password_known *known, const char *hash, bool is_temporary,
    const char *action)
{
	/* Without a file nothing was looked up. */
	return (store_hash(c, act, known, hash, is_temporary,
	    c->breach != NULL ? act->now.wall_ms : 0, action));
}

int
password_import(
    struct core *c, struct act *act, const char *login, const char *hash)
{
	struct password_known known;
	char stored[PASSHASH_MAX + 1] = IMPORTED;
	int r;

	if (!passhash_is_foreign(hash) ||
	    text_copy(stored + sizeof(IMPORTED) - 1,
		sizeof(stored) - (sizeof(IMPORTED) - 1), hash) != 0)
		return (act_refuse(act, ERR_INVALID, "bad_hash",
		    "This is no hash that can be taken over."));
	if ((r = password_load(c, act, login, &known)) == 0)
		r = store_hash(
		    c, act, &known, stored, false, 0, "password.import");
	mem_wipe(&known, sizeof(known));
	mem_wipe(stored, sizeof(stored));
	return (r);
}

int
password_renew(const struct policy *p, struct keeper *k, const struct breach *b,
    const struct password_known *known, const char *text,
    struct password_renewal *now)
{
	uint32_t reasons = 0;
	int64_t changed_ms = 0;
	int r = 0;

	memset(now, 0, sizeof(*now));
	if (b != NULL && (r = breach_changed_ms(b, &changed_ms)) != 0)
		return (r);
	if (b != NULL && changed_ms > known->row.checked_ms) {
		if ((r = password_judge_breach(b, text, &reasons)) != 0)
			return (r);
		now->is_looked_up = true;
		now->is_breached = (reasons & PASSWORD_BREACHED) != 0;
	}
	if (imported(&known->row) != NULL ||
	    passhash_needs_rehash(known->row.hash, p->password_cost))
		r = password_hash(p, k, known, text, now->hash);
	return (r);
}

int
password_renewed(struct core *c, struct act *act,
    const struct password_known *known, const struct password_renewal *now)
{
	const struct journal_entry e = {
		.office = known->office,
		.account = known->account.login,
		.action = "password.breached",
		.result = "done",
	};
	struct password row = known->row;
	int r = 0;

	if (now->hash[0] == '\0' && !now->is_looked_up)
		return (0);
	if (now->hash[0] != '\0')
		r = text_copy(row.hash, sizeof(row.hash), now->hash);
	/* A breached one is looked up again until it is changed. */
	if (now->is_looked_up && !now->is_breached)
		row.checked_ms = act->now.wall_ms;
	if (now->is_breached)
		row.is_temporary = true;
	if (r == 0)
		r = c->store->ops->password_put(c->store, &row,
		    act->now.wall_ms - c->policy->password_reuse_ms);
	if (r == 0 && now->is_breached)
		r = journal_add(c->journal, act, &e);
	mem_wipe(&row, sizeof(row));
	return (r);
}

/* Later than every one before, whatever the clock was then: a password that
 * came after those is meant too. */
static int
put_order(struct core *c, const struct act *act, const char *key)
{
	int64_t at;
	char text[32];
	int r;

	if ((r = known_order(c, ORDER_LAST, &at)) != 0)
		return (r);
	at = at < act->now.wall_ms ? act->now.wall_ms : at + 1;
	snprintf(text, sizeof(text), "%" PRId64, at);
	r = c->store->ops->meta_put(c->store, key, text);
	return (r == 0 ? c->store->ops->meta_put(c->store, ORDER_LAST, text)
		       : r);
}

int
password_order(
    struct core *c, struct act *act, const char *login, const char *office)
{
	struct journal_entry e = { .action = "password.force_reset",
		.result = "done" };
	struct password_known known;
	struct office row;
	char key[64];
	int r;

	if (login != NULL) {
		if ((r = password_load(c, act, login, &known)) != 0)
			return (r);
		e.office = known.office;
		e.account = known.account.login;
		if (known.row.hash[0] == '\0')
			return (act_refuse(act, ERR_WRONG_STATE, "no_password",
			    "The account has no password."));
		known.row.is_temporary = true;
		r = c->store->ops->password_put(c->store, &known.row,
		    act->now.wall_ms - c->policy->password_reuse_ms);
	} else if (office != NULL) {
		if ((r = office_find(c, act, office, &row)) != 0)
			return (r);
		e.office = row.code;
		office_key(row.code, key);
		r = put_order(c, act, key);
	} else
		r = put_order(c, act, ORDER_ALL);
	if (r == 0)
		r = journal_add(c->journal, act, &e);
	return (r);
}

int
password_must_change(
    struct core *c, const struct password_known *known, bool *must)
{
	int64_t ordered_ms;
	int r;

	*must = true;
	if ((r = find_order(c, known->office, &ordered_ms)) != 0)
		return (r);
	*must = known->row.is_temporary || known->row.changed_ms <= ordered_ms;
	return (0);
}
