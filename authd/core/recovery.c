#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uninorm.h>

#include "authd/base/log.h"
#include "authd/base/mem.h"
#include "authd/base/text.h"
#include "authd/core/guard.h"
#include "authd/core/journal.h"
#include "authd/core/logins.h"
#include "authd/core/recovery.h"
#include "authd/core/rights.h"

#define TYPED_MAX  256
#define FOLDED_MAX 512

static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";

/* The character that is meant; 0 for what is in no code. */
static char
meant(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		c = (uint8_t)(c - 'A' + 'a');
	if (c == 'o')
		c = '0';
	if (c == 'i' || c == 'l')
		c = '1';
	return (c != '\0' && strchr(alphabet, c) != NULL ? (char)c : '\0');
}

int
recovery_fold(const char *in, char out[RECOVERY_LEN + 1])
{
	uint8_t folded[FOLDED_MAX], *got;
	size_t len = strlen(in), n = sizeof(folded), i, at = 0;
	int r = ERR_INVALID;

	out[0] = '\0';
	if (len > TYPED_MAX || !text_is_utf8(in, len))
		return (ERR_INVALID);
	got = u8_normalize(UNINORM_NFKC, (const uint8_t *)in, len, folded, &n);
	if (got != folded) {
		free(got);
		return (ERR_INVALID);
	}
	for (i = 0; i < n; i++) {
		if (folded[i] == ' ' || folded[i] == '-')
			continue;
		if (at == RECOVERY_LEN || (out[at] = meant(folded[i])) == '\0')
			goto out;
		at++;
	}
	if (at == RECOVERY_LEN)
		r = 0;
out:
	mem_wipe(folded, sizeof(folded));
	out[at] = '\0';
	if (r != 0)
		mem_wipe(out, RECOVERY_LEN + 1);
	return (r);
}

static int
hash_code(struct core *c, const struct account *a, const char *code,
    uint8_t out[KEEPER_MAC_LEN])
{
	struct keeper_mac_in in;
	int r;

	memset(&in, 0, sizeof(in));
	in.purpose = KEEPER_MAC_RECOVERY;
	in.office = a->office;
	in.account = a->id;
	in.len = RECOVERY_LEN;
	memcpy(in.at, code, RECOVERY_LEN);
	r = keeper_client_mac(c->keeper, &in, out);
	mem_wipe(&in, RECOVERY_LEN + offsetof(struct keeper_mac_in, at));
	return (r);
}

/* A new code: as it is hashed, and as it is shown. */
static int
make_code(char code[RECOVERY_LEN + 1], char shown[RECOVERY_TEXT_MAX + 1])
{
	uint8_t random[RECOVERY_LEN];
	int i, at = 0, r;

	if ((r = mem_random(random, sizeof(random))) != 0)
		return (r);
	for (i = 0; i < RECOVERY_LEN; i++) {
		code[i] = alphabet[random[i] & 31];
		if (i > 0 && i % 4 == 0)
			shown[at++] = '-';
		shown[at++] = code[i];
	}
	code[RECOVERY_LEN] = '\0';
	shown[at] = '\0';
	mem_wipe(random, sizeof(random));
	return (0);
}

int
recovery_create(struct core *c, struct act *act, const struct account *a,
    const char *office, struct recovery_codes *out)
{
	const struct journal_entry e = {
		.office = office,
		.account = a->login,
		.action = "recovery.create",
		.result = "done",
	};
	uint8_t macs[RECOVERY_MAX][RECOVERY_MAC_LEN];
	char code[RECOVERY_LEN + 1];
	int i, r = 0;

	memset(out, 0, sizeof(*out));
	for (i = 0; i < RECOVERY_MAX && r == 0; i++)
		if ((r = make_code(code, out->text[i])) == 0)
			r = hash_code(c, a, code, macs[i]);
	mem_wipe(code, sizeof(code));
	if (r == 0)
		r = c->store->ops->recovery_replace(c->store, &a->office,
		    &a->id, macs, RECOVERY_MAX, act->now.wall_ms);
	if (r == 0)
		r = journal_add(c->journal, act, &e);
	/* what an older one has opened half is void with it */
	if (r == 0 && c->logins != NULL)
		logins_end(c->logins, &a->id, false);
	if (r == 0)
		out->n = RECOVERY_MAX;
	else
		mem_wipe(out, sizeof(*out));
	return (r);
}

int
recovery_use(struct core *c, const struct act *act, const struct account *a,
    const char *code, bool *took)
{
	uint8_t mac[KEEPER_MAC_LEN];
	int r;

	*took = false;
	if ((r = hash_code(c, a, code, mac)) != 0)
		return (log_fr(r, "hash a recovery code"));
	return (c->store->ops->recovery_use(
	    c->store, &a->office, &a->id, mac, act->now.wall_ms, took));
}

int
recovery_decoy(struct core *c, const struct act *act, const char *code)
{
	static const struct account nobody;
	bool took;
	int r;

	r = recovery_use(c, act, &nobody, code, &took);
	return (r == ERR_NOTFOUND ? 0 : r);
}

int
recovery_count(struct core *c, const struct account *a, int *left)
{
	*left = 0;
	return (
	    c->store->ops->recovery_count(c->store, &a->office, &a->id, left));
}

int
recovery_first(struct core *c, struct act *act, const char *login,
    struct recovery_codes *out)
{
	struct account_view v;
	int active = 0, i, left, r;

	memset(out, 0, sizeof(*out));
	if ((r = account_show(c, act, login, &v)) != 0 ||
	    (r = recovery_count(c, &v.account, &left)) != 0)
		return (r);
	for (i = 0; i < v.phones_n; i++)
		active += v.phones[i].state == PHONE_ACTIVE;
	if (left != 0 || active != 1)
		return (0);
	return (recovery_create(c, act, &v.account, v.office.code, out));
}

int
recovery_renew(struct core *c, struct act *act, const char *login,
    struct recovery_codes *out)
{
	struct account_view v;
	int r;

	if ((r = account_show(c, act, login, &v)) != 0)
		return (r);
	return (recovery_create(c, act, &v.account, v.office.code, out));
}

int
recovery_kept(struct core *c, const struct act *act, const struct account *a,
    const char *office)
{
	const struct journal_entry e = {
		.office = office,
		.account = a->login,
		.action = "recovery.kept",
		.result = "done",
	};

	return (journal_add(c->journal, act, &e));
}

int
recovery_left(struct core *c, struct act *act, const char *login, int *left)
{
	struct account a;
	int r;

	if ((r = account_find(c, act, login, &a)) != 0)
		return (r);
	return (recovery_count(c, &a, left));
}

static int
revoke_phones(
    struct core *c, const struct act *act, const struct account_view *v)
{
	int i, r = 0;

	for (i = 0; i < v->phones_n && r == 0; i++)
		r = c->store->ops->phone_revoke(
		    c->store, &v->phones[i], act->now.wall_ms);
	return (r);
}

/* From here on a first ticket is right again. */
static int
mark_reset(struct core *c, const struct act *act, const struct account *a)
{
	struct account row = *a;

	row.reset_ms = act->now.wall_ms;
	return (c->store->ops->account_set(c->store, &row));
}

/* A password somebody may still know opens nothing by itself. */
static int
age_password(struct core *c, const struct account *a)
{
	struct password row;
	int r;

	r = c->store->ops->password_get(c->store, &a->office, &a->id, &row);
	if (r == 0) {
		row.is_temporary = true;
		r = c->store->ops->password_put(c->store, &row, 0);
	}
	mem_wipe(&row, sizeof(row));
	return (r == ERR_NOTFOUND ? 0 : r);
}

int
recovery_reset(struct core *c, struct act *act, const char *login,
    const char *reason, struct account_view *out)
{
	char detail[AUDIT_DETAIL_MAX + 1];
	struct journal_entry e = {
		.action = "account.reset", .result = "done", .detail = detail
	};
	struct session_pick all = { .by = SESSION_BY_ACCOUNT };
	const struct account *a = &out->account;
	struct guard g;
	int r;

	if (reason == NULL || !text_is_name(reason) ||
	    text_copy(act->reason, sizeof(act->reason), reason) != 0)
		return (act_refuse(act, ERR_INVALID, "bad_reason",
		    "A reason is 1 to 200 bytes of UTF-8 without control "
		    "characters."));
	if ((r = account_show(c, act, login, out)) != 0 ||
	    (r = rights_reset(act, a)) != 0 ||
	    (r = guard_open(c, act, a, &g)) != 0 ||
	    (r = revoke_phones(c, act, out)) != 0 ||
	    (r = c->store->ops->recovery_replace(c->store, &a->office, &a->id,
		 NULL, 0, act->now.wall_ms)) != 0 ||
	    (r = age_password(c, a)) != 0 ||
	    (r = mark_reset(c, act, a)) != 0 ||
	    (r = c->store->ops->counter_clear(c->store, &a->office, &a->id)) !=
		0 ||
	    (r = guard_close(c, act, &g)) != 0)
		return (r);
	all.office = a->office;
	all.account = a->id;
	if ((r = c->store->ops->session_end(c->store, &all, NULL)) != 0)
		return (r);
	/* nor does a login go on that is under way */
	if (c->logins != NULL)
		logins_end(c->logins, &a->id, true);
	e.office = out->office.code;
	e.account = a->login;
	snprintf(detail, sizeof(detail), "phones=%d", out->phones_n);
	if ((r = journal_add(c->journal, act, &e)) != 0)
		return (r);
	return (account_show(c, act, login, out));
}
