#include <stdio.h>
#include <string.h>

#include "authd/base/log.h"
#include "authd/base/mem.h"
#include "authd/base/text.h"
#include "authd/core/account.h"
#include "authd/core/enrol.h"
#include "authd/core/journal.h"

#define DEFAULT_LABEL "スマートフォン"

static int
note(struct core *c, const struct act *act, const struct account_view *v,
    const struct phone *p, const char *action, const char *result,
    const char *reason, const char *detail)
{
	const struct journal_entry e = {
		.office = v->office.code,
		.account = v->account.login,
		.device = &p->device,
		.action = action,
		.result = result,
		.reason = reason,
		.detail = detail,
	};

	return (journal_add(c->journal, act, &e));
}

/* Percent-encode all but RFC 3986 unreserved characters. */
static int
put_escaped(char *out, size_t size, size_t *at, const char *in)
{
	static const char hex[] = "0123456789ABCDEF";
	static const char plain[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	    "0123456789-._~";
	const unsigned char *s = (const unsigned char *)in;

	for (; *s != '\0'; s++) {
		if (*at + 4 > size)
			return (ERR_INVALID);
		if (strchr(plain, *s) != NULL)
			out[(*at)++] = (char)*s;
		else {
			out[(*at)++] = '%';
			out[(*at)++] = hex[*s >> 4];
			out[(*at)++] = hex[*s & 15];
		}
	}
	out[*at] = '\0';
	return (0);
}

int
enrol_uri(const char *issuer, const char *login, const char *secret,
    char out[ENROL_URI_MAX + 1])
{
	const size_t size = ENROL_URI_MAX + 1;
	size_t at = 0;
	int n, r;

	n = snprintf(out, size, "otpauth://totp/");
	at = (size_t)n;
	if ((r = put_escaped(out, size, &at, issuer)) != 0)
		return (r);
	n = snprintf(out + at, size - at, ":");
	at += (size_t)n;
	if (at >= size || (r = put_escaped(out, size, &at, login)) != 0)
		return (ERR_INVALID);
	n = snprintf(out + at, size - at, "?secret=%s&issuer=", secret);
	at += (size_t)n;
	if (at >= size || (r = put_escaped(out, size, &at, issuer)) != 0)
		return (ERR_INVALID);
	n = snprintf(out + at, size - at, "&algorithm=SHA1&digits=%d&period=%d",
	    CODE_DIGITS, STEP_SECONDS);
	return (at + (size_t)n >= size ? ERR_INVALID : 0);
}

static void
owner_of(const struct phone *p, struct keeper_owner *o)
{
	o->office = p->office;
	o->account = p->account;
	o->device = p->device;
}

/* Put the shown form of a seed into out and wipe the seed. */
static int
show(struct core *c, const char *login, struct keeper_seed *seed,
    struct enrol_secret *out)
{
	int r;

	r = text_put_base32(
	    seed->seed, SEED_LEN, out->secret, sizeof(out->secret));
	if (r == 0)
		r = enrol_uri(c->policy->issuer, login, out->secret, out->uri);
	out->expires_ms = seed->expires_ms;
	mem_wipe(seed, sizeof(*seed));
	if (r != 0)
		mem_wipe(out, sizeof(*out));
	return (r);
}

/* An account that may be given a phone, with its phones. */
static int
find_usable(
    struct core *c, struct act *act, const char *login, struct account_view *v)
{
	int r;

	if ((r = account_show(c, act, login, v)) != 0)
		return (r);
	if (v->status != ACCOUNT_ACTIVE || v->office.disabled_ms != 0)
		return (act_refuse(act, ERR_WRONG_STATE, "account_disabled",
		    "The account or its office is disabled or not approved."));
	return (0);
}

static const struct phone *
find_pending(const struct account_view *v)
{
	int i;

	for (i = 0; i < v->phones_n; i++)
		if (v->phones[i].state == PHONE_PENDING)
			return (&v->phones[i]);
	return (NULL);
}

static int
count_active(const struct account_view *v)
{
	int i, n = 0;

	for (i = 0; i < v->phones_n; i++)
		n += v->phones[i].state == PHONE_ACTIVE;
	return (n);
}

#define FOUND 1 /* ends the listing; no error is positive */

static int
take_pending(void *arg, const struct phone *row)
{
	struct phone *out = arg;

	if (row->state != PHONE_PENDING)
		return (0);
	*out = *row;
	return (FOUND);
}

/* A new enrolment makes every older pending one void, expired ones too. One
 * listing each, since a listing's callback must change nothing. */
static int
void_pending(
    struct core *c, const struct act *act, const struct account_view *v)
{
	struct phone pending;
	int r;

	for (;;) {
		r = c->store->ops->phone_list(c->store, &v->account.office,
		    &v->account.id, take_pending, &pending);
		if (r != FOUND)
			return (r);
		r = c->store->ops->phone_revoke(
		    c->store, &pending, act->now.wall_ms);
		if (r != 0)
			return (r);
	}
}

int
enrol_start(struct core *c, struct act *act, const char *login,
    const char *label, bool is_private, struct enrol_secret *out)
{
	struct keeper_owner owner;
	struct account_view v;
	struct keeper_seed seed;
	struct phone p;
	int r;

	memset(&p, 0, sizeof(p));
	if (label == NULL)
		label = DEFAULT_LABEL;
	if (!text_is_name(label) ||
	    text_copy(p.label, sizeof(p.label), label) != 0)
		return (act_refuse(act, ERR_INVALID, "bad_label",
		    "A label is 1 to 200 bytes of UTF-8 without control "
		    "characters."));
	if ((r = find_usable(c, act, login, &v)) != 0)
		return (r);
	if (count_active(&v) >= PHONES_MAX)
		return (act_refuse(act, ERR_LIMIT, "too_many_phones",
		    "The account has 5 phones; revoke one first."));
	if ((r = void_pending(c, act, &v)) != 0 ||
	    (r = id_new(act->now.wall_ms, &p.device)) != 0)
		return (r);
	p.office = v.account.office;
	p.account = v.account.id;
	owner_of(&p, &owner);
	if ((r = keeper_client_seed_new(c->keeper, &owner, &seed)) != 0)
		return (log_fr(r, "make a seed"));
	p.state = PHONE_PENDING;
	p.is_private = is_private;
	p.digits = CODE_DIGITS;
	p.period = STEP_SECONDS;
	memcpy(p.algorithm, "SHA1", 5);
	p.sealed = seed.sealed;
	p.created_ms = act->now.wall_ms;
	p.expires_ms = seed.expires_ms;
	memset(out, 0, sizeof(*out));
	out->phone = p;
	if ((r = show(c, v.account.login, &seed, out)) != 0 ||
	    (r = c->store->ops->phone_add(c->store, &p)) != 0 ||
	    (r = note(c, act, &v, &p, "phone.enroll", "done", NULL, NULL)) != 0)
		mem_wipe(out, sizeof(*out));
	return (r);
}

/* The pending phone of ${v}, if any, and its secret while that can be shown. */
static int
draw_pending(struct core *c, const struct account_view *v,
    enum enrol_state *state, struct enrol_secret *out)
{
	const struct phone *pending = find_pending(v);
	struct keeper_owner owner;
	struct keeper_seed seed;
	int r;

	*state = ENROL_NONE;
	memset(out, 0, sizeof(*out));
	if (pending == NULL)
		return (0);
	owner_of(pending, &owner);
	r = keeper_client_seed_draw(
	    c->keeper, &owner, &pending->sealed, &seed);
	out->phone = *pending;
	if (r == ERR_WRONG_STATE) {
		*state = ENROL_OVER;
		return (0);
	}
	if (r != 0)
		return (log_fr(r, "draw a seed again"));
	if ((r = show(c, v->account.login, &seed, out)) == 0)
		*state = ENROL_WAITING;
	return (r);
}

int
enrol_draw(struct core *c, struct act *act, const char *login,
    struct enrol_secret *out)
{
	enum enrol_state state;
	struct account_view v;
	int r;

	if ((r = find_usable(c, act, login, &v)) != 0 ||
	    (r = draw_pending(c, &v, &state, out)) != 0)
		return (r);
	if (state != ENROL_WAITING)
		return (act_refuse(act, ERR_WRONG_STATE, "not_pending",
		    "No enrolment of this account is waiting, or its 15 "
		    "minutes are over."));
	r = note(c, act, &v, &out->phone, "phone.draw", "done", NULL, NULL);
	if (r != 0)
		mem_wipe(out, sizeof(*out));
	return (r);
}

/* It is enrolled again: no first ticket any more. */
static int
unmark_reset(struct core *c, const struct account *a)
{
	struct account row = *a;

	if (row.reset_ms == 0)
		return (0);
	row.reset_ms = 0;
	return (c->store->ops->account_set(c->store, &row));
}

int
enrol_look(struct core *c, struct act *act, const char *login,
    enum enrol_state *state, struct enrol_secret *out)
{
	struct account_view v;
	int r;

	*state = ENROL_NONE;
	memset(out, 0, sizeof(*out));
	if ((r = find_usable(c, act, login, &v)) != 0 ||
	    (r = draw_pending(c, &v, state, out)) != 0 || *state != ENROL_NONE)
		return (r);
	/* the view has none whose time is over */
	r = c->store->ops->phone_list(c->store, &v.account.office,
	    &v.account.id, take_pending, &out->phone);
	if (r != FOUND)
		return (r);
	*state = ENROL_OVER;
	return (0);
}

int
enrol_confirm(struct core *c, struct act *act, const char *login,
    const char *code, enum verdict *verdict, struct phone *out)
{
	const struct phone *pending;
	struct keeper_sealed confirmed;
	struct keeper_check check;
	struct account_view v;
	const char *reason = "wrong_code";
	char detail[32];
	int r;

	*verdict = VERDICT_REFUSE;
	if ((r = find_usable(c, act, login, &v)) != 0)
		return (r);
	if ((pending = find_pending(&v)) == NULL)
		return (act_refuse(act, ERR_WRONG_STATE, "not_pending",
		    "No enrolment of this account is waiting, or its 15 "
		    "minutes are over."));
	*out = *pending;
	memset(&check, 0, sizeof(check));
	owner_of(pending, &check.owner);
	check.sealed = pending->sealed;
	check.window = (uint8_t)c->policy->totp_window;
	if (text_fold_code(code, check.code) == 0) {
		r = keeper_client_seed_confirm(c->keeper, &check, &confirmed);
		if (r != 0)
			goto out;
	}
	if (check.verdict == KEEPER_TOO_MANY)
		reason = "too_many_checks";
	else if (check.verdict == KEEPER_BAD_SEAL)
		reason = "bad_seal";
	else if (check.verdict == KEEPER_EXPIRED)
		reason = "expired";
	else if (check.verdict == KEEPER_CLOCK)
		reason = "clock_behind";
	if (check.verdict == KEEPER_MATCH) {
		r = c->store->ops->phone_confirm(c->store, pending, &confirmed,
		    check.step, act->now.wall_ms);
		snprintf(
		    detail, sizeof(detail), "step=%lld", (long long)check.step);
		if (r == 0)
			r = unmark_reset(c, &v.account);
		if (r == 0)
			r = note(c, act, &v, pending, "phone.confirm", "accept",
			    NULL, detail);
		if (r == 0) {
			*verdict = VERDICT_ACCEPT;
			out->state = PHONE_ACTIVE;
			out->last_step = check.step;
			out->confirmed_ms = act->now.wall_ms;
			out->last_used_ms = act->now.wall_ms;
		}
	} else
		r = note(c, act, &v, pending, "phone.confirm", "refuse", reason,
		    NULL);
out:
	mem_wipe(&check, sizeof(check));
	return (r);
}
