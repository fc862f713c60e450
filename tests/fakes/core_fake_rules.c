#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "authd/core/account.h"
#include "authd/core/auditlog.h"
#include "authd/core/breakglass.h"
#include "authd/core/clockset.h"
#include "authd/core/enrol.h"
#include "authd/core/office.h"
#include "authd/core/phone.h"
#include "authd/core/source_rule.h"
#include "tests/fakes/core_fake.h"

#define NOW CORE_FAKE_NOW

int
act_refuse(struct act *a, int r, const char *code, const char *detail)
{
	snprintf(a->problem.code, sizeof(a->problem.code), "%s", code);
	snprintf(a->problem.detail, sizeof(a->problem.detail), "%s", detail);
	return (r);
}

static void
put(char *out, size_t size, const char *in)
{
	if (in != NULL)
		snprintf(out, size, "%s", in);
}

static void
be_slow(const char *name)
{
	const struct timespec ts = { 0, 20000000 };

	if (strcmp(name, "slow") == 0)
		nanosleep(&ts, NULL);
}

int
office_find(
    struct core *c, struct act *act, const char *code, struct office *out)
{
	(void)c;
	memset(out, 0, sizeof(*out));
	if (strcmp(code, "none") == 0)
		return (act_refuse(act, ERR_NOTFOUND, "no_such_office",
		    "There is no such office."));
	put(out->code, sizeof(out->code), code);
	put(out->name, sizeof(out->name), code);
	put(out->networks, sizeof(out->networks), "10.0.0.0/8 ::1/128");
	out->created_ms = NOW;
	return (0);
}

int
office_add(struct core *c, struct act *act, const struct office_input *in,
    struct office *out)
{
	if (strcmp(in->code, "taken") == 0)
		return (act_refuse(
		    act, ERR_EXISTS, "office_taken", "It is taken."));
	return (office_set(c, act, in, out));
}

int
office_set(struct core *c, struct act *act, const struct office_input *in,
    struct office *out)
{
	int r;

	if ((r = office_find(c, act, in->code, out)) != 0)
		return (r);
	put(out->name, sizeof(out->name), in->name);
	put(out->contact, sizeof(out->contact), in->contact);
	put(out->networks, sizeof(out->networks), in->networks);
	return (0);
}

int
office_enable(struct core *c, struct act *act, const char *code,
    bool is_enabled, struct office *out)
{
	int r;

	if ((r = office_find(c, act, code, out)) == 0 && !is_enabled)
		out->disabled_ms = NOW;
	return (r);
}

int
office_list(struct core *c, struct act *act, const char *after, int limit,
    store_office_fn *fn, void *arg)
{
	static const char *const codes[] = { "a1", "b2", "c3" };
	struct office row;
	int i, r = 0;

	for (i = 0; i < 3 && limit > 0 && r == 0; i++)
		if (strcmp(codes[i], after) > 0) {
			limit--;
			if ((r = office_find(c, act, codes[i], &row)) == 0)
				r = fn(arg, &row);
		}
	return (r);
}

enum account_status
account_status(const struct account *a)
{
	return (a->disabled_ms != 0   ? ACCOUNT_DISABLED
		: a->approved_ms != 0 ? ACCOUNT_ACTIVE
				      : ACCOUNT_PENDING);
}

static void
put_phone(struct phone *p, enum phone_state state)
{
	memset(p, 0, sizeof(*p));
	memset(p->device.b, 7, sizeof(p->device.b));
	put(p->label, sizeof(p->label), "label");
	p->state = state;
	p->created_ms = NOW;
	p->expires_ms = NOW + PENDING_MS;
	p->confirmed_ms = state == PHONE_PENDING ? 0 : NOW;
	p->revoked_ms = state == PHONE_REVOKED ? NOW : 0;
}

int
account_show(struct core *c, struct act *act, const char *login,
    struct account_view *out)
{
	struct account *a = &out->account;
	int r;

	memset(out, 0, sizeof(*out));
	be_slow(login);
	if (strcmp(login, "none") == 0)
		return (act_refuse(act, ERR_NOTFOUND, "no_such_account",
		    "There is no such account."));
	put(a->login, sizeof(a->login), login);
	put(a->name, sizeof(a->name), login);
	put(a->email, sizeof(a->email), login);
	a->class = CLASS_GENERAL;
	a->level = 1;
	a->approved_ms = a->created_ms = NOW;
	out->status = ACCOUNT_ACTIVE;
	out->phones_n = 1;
	put_phone(&out->phones[0], PHONE_ACTIVE);
	r = office_find(
	    c, act, strcmp(login, "c") == 0 ? "b2" : "a1", &out->office);
	out->lock = LOCK_TIMED;
	out->locked_until_ms = NOW + 1000;
	return (r);
}

int
account_add(struct core *c, struct act *act, const struct account_input *in,
    struct account_view *out)
{
	if (strcmp(in->login, "taken") == 0)
		return (
		    act_refuse(act, ERR_EXISTS, "login_taken", "It is taken."));
	return (account_set(c, act, in, out));
}

int
account_set(struct core *c, struct act *act, const struct account_input *in,
    struct account_view *out)
{
	struct account *a = &out->account;
	int r;

	if ((r = account_show(c, act, in->login, out)) != 0)
		return (r);
	put(a->name, sizeof(a->name), in->name);
	put(a->groups, sizeof(a->groups), in->groups);
	if (in->roles != NULL &&
	    strcmp(in->roles, "administrator auditor") == 0)
		a->roles = ROLE_ADMINISTRATOR | ROLE_AUDITOR;
	if (in->class != NULL && strcmp(in->class, "privileged") == 0)
		a->class = CLASS_PRIVILEGED;
	if (in->level != 0)
		a->level = in->level;
	if (in->leaves_on != NULL)
		a->leaves_on_ms = 1774969200000; /* 2026-04-01 in Tokyo */
	return (0);
}

int
account_state(struct core *c, struct act *act, const char *login,
    struct account_state *out)
{
	struct account_view v;
	int r;

	memset(out, 0, sizeof(*out));
	if ((r = account_show(c, act, login, &v)) != 0)
		return (r);
	put(out->login, sizeof(out->login), login);
	out->status = v.status;
	if (strcmp(login, "late") == 0) {
		out->enrol_by_ms = 1774969200000; /* 2026-04-01 in Tokyo */
		out->obstacle = "enrol_by_passed";
	} else
		out->is_enrolled = true;
	return (0);
}

int
account_list(struct core *c, struct act *act, const char *office,
    const char *after, int limit, store_account_fn *fn, void *arg)
{
	static const char *const logins[] = { "a", "b", "c", "none" };
	struct account row;
	int i, r = 0;

	(void)c;
	if (office != NULL && strcmp(office, "none") == 0)
		return (act_refuse(act, ERR_NOTFOUND, "no_such_office",
		    "There is no such office."));
	for (i = 0; i < 4 && limit > 0 && r == 0; i++)
		if (strcmp(logins[i], after) > 0) {
			limit--;
			memset(&row, 0, sizeof(row));
			row.office.b[0] = (uint8_t)(i < 2 ? 1 : i);
			put(row.login, sizeof(row.login), logins[i]);
			row.class = CLASS_GENERAL;
			row.disabled_ms = i == 1 ? NOW : 0;
			r = fn(arg, &row);
		}
	return (r);
}

int
account_enable(struct core *c, struct act *act, const char *login,
    bool is_enabled, struct account_view *out)
{
	int r;

	if ((r = account_show(c, act, login, out)) == 0 && !is_enabled)
		out->status = ACCOUNT_DISABLED;
	return (r);
}

int
account_unlock(struct core *c, struct act *act, const char *login,
    struct account_view *out)
{
	int r = account_show(c, act, login, out);

	out->lock = LOCK_NONE;
	return (r);
}

int
account_remove(
    struct core *c, struct act *act, const char *login, struct account *out)
{
	struct account_view v;
	int r = account_show(c, act, login, &v);

	*out = v.account;
	return (r);
}

static int
secret(struct core *c, struct act *act, const char *login,
    struct enrol_secret *out)
{
	struct account_view v;

	memset(out, 0, sizeof(*out));
	put_phone(&out->phone, PHONE_PENDING);
	put(out->secret, sizeof(out->secret),
	    "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
	put(out->uri, sizeof(out->uri), "otpauth://totp/x");
	out->expires_ms = NOW + PENDING_MS;
	return (account_show(c, act, login, &v));
}

int
enrol_start(struct core *c, struct act *act, const char *login,
    const char *label, bool is_private, struct enrol_secret *out)
{
	int r = secret(c, act, login, out);

	put(out->phone.label, sizeof(out->phone.label), label);
	out->phone.is_private = is_private;
	return (r);
}

int
enrol_draw(struct core *c, struct act *act, const char *login,
    struct enrol_secret *out)
{
	return (secret(c, act, login, out));
}

int
enrol_confirm(struct core *c, struct act *act, const char *login,
    const char *code, enum verdict *verdict, struct phone *out)
{
	struct account_view v;

	put_phone(out, PHONE_ACTIVE);
	*verdict =
	    strcmp(code, "123456") == 0 ? VERDICT_ACCEPT : VERDICT_REFUSE;
	return (account_show(c, act, login, &v));
}

int
phone_list(struct core *c, struct act *act, const char *login,
    store_phone_fn *fn, void *arg)
{
	struct account_view v;
	struct phone p;
	int r;

	if ((r = account_show(c, act, login, &v)) != 0)
		return (r);
	put_phone(&p, PHONE_REVOKED);
	if ((r = fn(arg, &p)) != 0)
		return (r);
	put_phone(&p, PHONE_PENDING);
	return (fn(arg, &p));
}

int
phone_revoke(struct core *c, struct act *act, const char *login,
    const char *device, struct phone *out)
{
	struct account_view v;

	if (device == NULL)
		return (act_refuse(act, ERR_WRONG_STATE, "not_one_phone",
		    "There are several."));
	put_phone(out, PHONE_REVOKED);
	return (account_show(c, act, login, &v));
}

int
phone_resync(struct core *c, struct act *act, const char *login,
    const char *code, const char *next_code, enum verdict *verdict,
    struct phone *out)
{
	int r = enrol_confirm(c, act, login, code, verdict, out);

	out->offset = -3;
	if (strcmp(next_code, "654321") != 0)
		*verdict = VERDICT_REFUSE;
	return (r);
}

int
verify_prepare(struct core *c, struct act *act, struct verify *v)
{
	(void)c;
	(void)act;
	v->checks_n = 1;
	return (0);
}

int
verify_run(struct core *c, struct act *act, struct verify *v)
{
	(void)c;
	(void)act;
	be_slow(v->login);
	core_fake_note(v);
	if (v->checks_n != 1)
		return (ERR_CORRUPT); /* prepare was left out */
	v->is_used_code = strcmp(v->code, "111111") == 0;
	v->retry_after = v->is_used_code ? 17 : 0;
	if (strcmp(v->login, "taro") == 0 && strcmp(v->code, "123456") == 0)
		v->verdict = VERDICT_ACCEPT;
	return (0);
}

int
auditlog_list(struct core *c, struct act *act, const struct auditlog_query *q,
    store_audit_fn *fn, void *arg)
{
	struct audit_row row;
	int64_t seq = q->before == 0 ? 9 : q->before - 1;
	int i, r = 0;

	(void)c;
	(void)act;
	for (i = 0; i < q->limit && seq > 0 && r == 0; i++, seq--) {
		memset(&row, 0, sizeof(row));
		row.record.seq = seq;
		row.record.at_ms = NOW;
		put(row.record.request_id, sizeof(row.record.request_id),
		    q->request_id);
		put(row.record.office, sizeof(row.record.office), q->office);
		memset(row.hash, 0xab, sizeof(row.hash));
		row.has_seal = true;
		r = fn(arg, &row);
	}
	return (r);
}

int
source_list(struct sources *s, const struct moment *now,
    struct source_view **out, size_t *n)
{
	struct source_view *v = calloc(2, sizeof(*v));

	(void)s;
	if (v == NULL)
		return (ERR_NOMEM);
	put(v[0].consumer, sizeof(v[0].consumer), "local:sshd");
	put(v[0].address, sizeof(v[0].address), "2001:db8::/64");
	v[0].failures = 51;
	v[0].logins = 10;
	v[0].until_steady = now->steady_ms + 600000;
	put(v[1].consumer, sizeof(v[1].consumer), "local:cli");
	put(v[1].address, sizeof(v[1].address), "192.0.2.1");
	v[1].failures = 1;
	v[1].logins = 1;
	*out = v;
	*n = 2;
	return (0);
}

int
source_rule_unlock(
    struct core *c, struct act *act, const char *consumer, const char *address)
{
	(void)c;
	(void)address;
	if (strcmp(consumer, "none") == 0)
		return (act_refuse(act, ERR_NOTFOUND, "no_such_source",
		    "There is no such source."));
	return (0);
}

int
breakglass_note(
    struct core *c, const struct act *act, const struct breakglass *in)
{
	(void)c;
	(void)act;
	return (strcmp(in->host, "web1") == 0 ? 0 : ERR_STORE);
}

int
clockset_confirm(struct core *c, struct act *act, struct clockset *out)
{
	(void)c;
	(void)act;
	out->wall_ms = NOW;
	out->high_water_ms = NOW + 3600000;
	out->phones = 2;
	return (0);
}
