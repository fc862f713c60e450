#include <stdio.h>
#include <string.h>

#include "authd/base/log.h"
#include "authd/base/text.h"
#include "authd/core/account.h"
#include "authd/core/cert_issue.h"
#include "authd/core/host.h"
#include "authd/core/journal.h"
#include "authd/core/live.h"
#include "authd/core/terminal.h"
#include "certs/x509_chain.h"
#include "certs/x509_key.h"
#include "certs/x509_pem.h"

#define DAY_MS (24 * 3600 * 1000LL)

/* Has the terminal a certificate that is alive? */
struct live_one {
	int64_t now_ms;
	bool is_there;
};

static int
on_cert(void *arg, const struct cert *row)
{
	struct live_one *l = arg;

	l->is_there = l->is_there || live_state(row, l->now_ms) == NULL;
	return (0);
}

static int
take_labels(struct act *act, struct cert_issue *q)
{
	struct terminal *t = &q->terminal;

	if (q->label == NULL || !text_is_name(q->label) ||
	    text_copy(t->label, sizeof(t->label), q->label) != 0)
		return (act_refuse(act, ERR_INVALID, "bad_label",
		    "The label must be 1 to 200 bytes of UTF-8 without "
		    "control characters."));
	if (q->owner != NULL && strcmp(q->owner, "company") != 0 &&
	    strcmp(q->owner, "private") != 0)
		return (act_refuse(act, ERR_INVALID, "bad_owner",
		    "The owner is company or private."));
	t->is_private = q->owner != NULL && strcmp(q->owner, "private") == 0;
	return (0);
}

/* Nobody gets one who could not use it. */
static int
may_have(struct act *act, const struct account *a, const struct office *office)
{
	const char *why = account_obstacle(a, office, act->now.wall_ms);

	if (why == NULL)
		return (0);
	if (strcmp(why, "office_disabled") == 0)
		return (act_refuse(
		    act, ERR_WRONG_STATE, why, "The office is disabled."));
	return (act_refuse(act, ERR_WRONG_STATE, "account_disabled",
	    "The account may not log in."));
}

/* The terminal of this label, or a new one. */
static int
find_terminal(struct core *c, struct act *act, struct cert_issue *q)
{
	const struct store_ops *ops = c->store->ops;
	struct live_one l = { act->now.wall_ms, false };
	struct terminal t;
	int r;

	r = ops->terminal_by_label(
	    c->store, &q->account.office, q->terminal.label, &t);
	if (r == ERR_NOTFOUND) {
		q->terminal.office = q->account.office;
		q->terminal.created_ms = act->now.wall_ms;
		q->is_new = true;
		/* Kept when it is looked at again: the name is signed. */
		return (id_is_zero(&q->terminal.id)
			? id_new(act->now.wall_ms, &q->terminal.id)
			: 0);
	}
	if (r != 0)
		return (r);
	r = ops->cert_list(
	    c->store, &t.office, &t.id, NULL, INT32_MAX, on_cert, &l);
	if (r != 0)
		return (r);
	if (l.is_there ||
	    (!id_is_zero(&q->terminal.id) && !id_equal(&q->terminal.id, &t.id)))
		return (act_refuse(act, ERR_EXISTS, "label_taken",
		    "The office has a terminal of this label with a live "
		    "certificate: admit the account there, renew or revoke."));
	q->terminal = t;
	q->is_new = false;
	return (0);
}

static int
look_terminal(struct core *c, struct act *act, struct cert_issue *q)
{
	struct office office;
	int r;

	if ((r = account_find(c, act, q->login, &q->account)) != 0 ||
	    (r = c->store->ops->office_by_id(
		 c->store, &q->account.office, &office)) != 0 ||
	    (r = may_have(act, &q->account, &office)) != 0 ||
	    (r = take_labels(act, q)) != 0 ||
	    (r = find_terminal(c, act, q)) != 0)
		return (r);
	q->ask.profile = KEEPER_PROFILE_TERMINAL;
	q->ask.terminal = q->terminal.id;
	memcpy(q->ask.office, office.code, sizeof(q->ask.office));
	return (0);
}

static int
look_host(struct act *act, struct cert_issue *q)
{
	q->has_rights = q->rights != NULL;
	if (host_name_get(q->host, q->ask.host) != 0)
		return (act_refuse(act, ERR_INVALID, "bad_host",
		    "A host's name is 1 to 63 of a-z, 0-9, hyphen and dot."));
	if (q->has_rights && host_rights_get(q->rights, &q->host_rights) != 0)
		return (act_refuse(act, ERR_INVALID, "bad_rights",
		    "The rights of a host are verify and state."));
	q->ask.profile = KEEPER_PROFILE_HOST;
	return (0);
}

/* Alive in all that terminal_check() and host_check() ask? */
static int
is_alive(struct core *c, struct act *act, const struct cert *row,
    struct cert_issue *q, bool *alive)
{
	struct terminal_answer t;
	struct host_answer h;
	int r;

	if (row->kind == CERT_HOST) {
		r = host_check(c, act, row->der, row->der_len, &h);
		*alive = r == 0 && h.verdict == HOST_ACCEPT;
		if (*alive)
			memcpy(q->ask.host, h.host.name, sizeof(h.host.name));
		q->ask.profile = KEEPER_PROFILE_HOST;
		return (r);
	}
	r = terminal_check(c, act, row->der, row->der_len, NULL, &t);
	*alive = r == 0 && t.verdict == TERMINAL_ACCEPT;
	if (*alive) {
		q->terminal = t.terminal;
		q->ask.terminal = t.terminal.id;
		memcpy(q->ask.office, t.office.code, sizeof(q->ask.office));
	}
	q->ask.profile = KEEPER_PROFILE_TERMINAL;
	return (r);
}

/* The row of the certificate that was sent. */
static int
find_sent(struct core *c, const struct act *act, const struct cert_issue *q,
    struct cert *row)
{
	enum x509_chain_verdict v;
	struct x509_chain_leaf leaf;
	int r;

	if ((r = x509_chain_check(c->trust, q->der, q->der_len,
		 act->now.wall_ms, &leaf, &v)) != 0)
		return (r);
	if (v != X509_CHAIN_GOOD)
		return (ERR_NOTFOUND);
	return (c->store->ops->cert_by_fingerprint(
	    c->store, leaf.serial, leaf.fingerprint, row));
}

/* The live certificate authorises its successor, in its last days. */
static int
look_renewal(struct core *c, struct act *act, struct cert_issue *q)
{
	struct cert row;
	bool alive = false;
	int r;

	if (q->serial != NULL)
		r = cert_find(c, act, q->serial, &row);
	else
		r = find_sent(c, act, q, &row);
	if (r == 0)
		r = is_alive(c, act, &row, q, &alive);
	if (r != 0 && r != ERR_NOTFOUND)
		return (r);
	if (r == ERR_NOTFOUND && q->serial != NULL)
		return (r);
	if (!alive)
		return (act_refuse(act, ERR_WRONG_STATE, "not_live",
		    "This certificate is not alive; a new one must be "
		    "issued."));
	if (row.not_after_ms - act->now.wall_ms >
	    CERT_ISSUE_RENEW_DAYS * DAY_MS)
		return (act_refuse(act, ERR_WRONG_STATE, "too_early",
		    "A certificate is renewed in its last 30 days."));
	cert_serial_put(row.serial, q->replaces);
	return (0);
}

static int
look(struct core *c, struct act *act, struct cert_issue *q)
{
	if (c->trust == NULL)
		return (act_refuse(act, ERR_WRONG_STATE, "no_ca",
		    "This installation has no certificate authority."));
	if (q->is_renewal)
		return (look_renewal(c, act, q));
	return (q->host != NULL ? look_host(act, q) : look_terminal(c, act, q));
}

/* A key that shares a prime goes no further, once it is known to be theirs: who
 * only names a key has no say about it. */
static int
look_key(struct core *c, struct cert_issue *q)
{
	struct keyshare found = q->shared;
	struct x509_public proved;
	int r;

	if (x509_request_key(q->ask.csr, q->ask.csr_len, &q->key) != 0)
		return (0); /* the keeper says so as well */
	r = keyshare_look(c, &q->key, &found);
	if (r == ERR_INVALID)
		return (0);
	if (r != 0)
		return (r);
	if (found.is_found &&
	    (r = x509_request_check(q->ask.csr, q->ask.csr_len, NULL, &proved,
		 &q->fault)) != 0)
		return (r == ERR_INVALID ? 0 : r);
	q->shared = found;
	return (0);
}

int
cert_issue_start(struct core *c, struct act *act, struct cert_issue *q)
{
	int r;

	memset(&q->shared, 0, sizeof(q->shared));
	if ((r = look(c, act, q)) != 0)
		return (r);
	q->ask.life_days = c->policy->cert_life_days;
	q->fault = X509_REQUEST_NONE;
	if (q->csr != NULL &&
	    x509_pem_get(X509_PEM_REQUEST, q->csr, strlen(q->csr), q->ask.csr,
		sizeof(q->ask.csr), &q->ask.csr_len) != 0)
		return (act_refuse(act, ERR_INVALID, "bad_csr",
		    "The request is not one PEM CERTIFICATE REQUEST."));
	return (q->csr == NULL ? 0 : look_key(c, q));
}

/* What devices show above the file. */
static const char *
name_of(const struct cert_issue *q)
{
	return (q->ask.profile == KEEPER_PROFILE_HOST ? q->ask.host
						      : q->terminal.label);
}


static int
make_key(struct core *c, struct cert_issue *q)
{
	struct x509_pkcs12_ask p12 = { .trust = c->trust,
		.passphrase = q->passphrase,
		.label = name_of(q),
		.is_compatible = q->is_compatible };
	EVP_PKEY *key = NULL;
	int r;

	if ((r = x509_key_new(&key)) != 0 ||
	    (r = x509_request_make(key, q->ask.csr, &q->ask.csr_len)) != 0 ||
	    (r = keeper_client_cert_issue(c->keeper, &q->ask, &q->cert)) !=
		0 ||
	    (r = x509_pkcs12_passphrase(q->passphrase)) != 0)
		goto out;
	p12.key = key;
	p12.cert = q->cert.der;
	p12.cert_len = q->cert.len;
	r = x509_pkcs12_make(&p12, q->pkcs12, &q->pkcs12_len);
	if (r == 0 && q->wants_both) {
		p12.is_compatible = true;
		r = x509_pkcs12_make(
		    &p12, q->compatible, &q->compatible_len);
	}
out:
	EVP_PKEY_free(key); /* wipes it */
	return (r);
}

/* What came of the making, kept for settle. */
static int
made(struct cert_issue *q, int r)
{
	struct x509_public key;

	/* Why it was not taken is found out when somebody is to be told. */
	if (r == ERR_INVALID && q->csr != NULL &&
	    x509_request_check(q->ask.csr, q->ask.csr_len, NULL, &key,
		&q->fault) == ERR_NOMEM)
		r = ERR_NOMEM;
	/* These are told as an answer, which needs the act. */
	q->failed = r;
	return (
	    r == ERR_INVALID || r == ERR_BUSY || r == ERR_WRONG_STATE ? 0 : r);
}

void
cert_issue_sign(
    struct core *c, struct cert_issue **list, int *results, int n)
{
	struct keeper_cert_order orders[KEEPER_CERT_ASKS_MAX];
	int i, asked = 0;

	for (i = 0; i < n; i++) {
		if (list[i]->shared.is_found)
			continue;
		orders[asked].ask = &list[i]->ask;
		orders[asked++].out = &list[i]->cert;
	}
	if (asked > 0)
		keeper_client_cert_orders(c->keeper, orders, asked);
	for (i = asked = 0; i < n; i++)
		results[i] = list[i]->shared.is_found
		    ? 0
		    : made(list[i], orders[asked++].r);
}

int
cert_issue_make(struct core *c, struct cert_issue *q)
{
	int r;

	if (q->csr == NULL)
		return (made(q, make_key(c, q)));
	cert_issue_sign(c, &q, &r, 1);
	return (r);
}

static int
tell_failure(struct act *act, const struct cert_issue *q)
{
	char detail[sizeof(act->problem.detail)];

	if (q->failed == ERR_BUSY)
		return (act_refuse(act, ERR_BUSY, "issue_rate",
		    "As many certificates as keeper_issue_rate allows were "
		    "issued within the hour."));
	if (q->failed == ERR_WRONG_STATE)
		return (act_refuse(act, ERR_WRONG_STATE, "no_ca",
		    "The certificate authority is not within its dates."));
	if (q->csr == NULL)
		return (log_fr(ERR_KEEPER, "our own request was not taken"));
	snprintf(detail, sizeof(detail), "The request is not taken: %s.",
	    x509_request_fault_text(q->fault));
	return (act_refuse(act, ERR_INVALID, "bad_csr", detail));
}

/* The holder as it is now; new ones are written down. */
static int
make_holder(
    struct core *c, struct act *act, struct cert_issue *q, struct cert *row)
{
	const struct store_ops *ops = c->store->ops;
	struct terminal *t = &q->terminal;
	struct host host;
	int r;

	if (q->ask.profile == KEEPER_PROFILE_HOST) {
		r = host_make(c, act, q->ask.host,
		    q->has_rights ? &q->host_rights : NULL, &host);
		row->kind = CERT_HOST;
		row->holder = host.id;
		return (r);
	}
	if (q->is_new && (r = ops->terminal_add(c->store, t)) != 0)
		return (r);
	if (q->account.login[0] != '\0' &&
	    (r = ops->terminal_admit(
		 c->store, &t->office, &t->id, &q->account.id)) != 0)
		return (r);
	row->kind = CERT_TERMINAL;
	row->office = t->office;
	row->holder = t->id;
	return (0);
}

/* As cert_view() would find it: all of it was just read or written. */
static void
view(const struct act *act, const struct cert *row, struct cert_issue *q)
{
	struct cert_view *v = &q->view;

	cert_view_begin(act, row, v);
	if (row->kind == CERT_HOST) {
		memcpy(v->host, q->ask.host, sizeof(v->host));
		return;
	}
	v->terminal = q->terminal;
	memcpy(v->office, q->ask.office, sizeof(v->office));
}

static int
note(struct core *c, const struct act *act, const struct cert_issue *q)
{
	char detail[AUDIT_DETAIL_MAX + 1], serial[CERT_SERIAL_TEXT + 1];
	const struct cert_view *v = &q->view;
	const struct journal_entry e = {
		.office = v->office,
		.account = q->account.login,
		.device = v->cert.kind == CERT_HOST ? NULL : &v->cert.holder,
		.action = q->is_renewal ? "cert.renew" : "cert.issue",
		.result = "done",
		.detail = detail,
	};

	cert_serial_put(v->cert.serial, serial);
	snprintf(detail, sizeof(detail), "serial=%s key=%s%s%s%s%s%s", serial,
	    q->csr != NULL         ? "theirs"
		: q->is_compatible ? "ours,compatible"
				   : "ours",
	    v->host[0] == '\0' ? "" : " host=", v->host,
	    q->replaces[0] == '\0' ? "" : " replaces=", q->replaces,
	    q->is_new ? " terminal=new" : "");
	return (journal_add(c->journal, act, &e));
}

/* The other one's key is as bad: the log says whose it is. */
static int
refuse_shared(struct core *c, struct act *act, const struct cert_issue *q)
{
	char detail[sizeof(act->problem.detail)], serial[CERT_SERIAL_TEXT + 1];
	const struct journal_entry e = {
		.office = q->ask.office,
		.account = q->account.login,
		.action = q->is_renewal ? "cert.renew" : "cert.issue",
		.result = "refuse",
		.reason = "shared_key",
		.detail = detail,
	};
	int r;

	cert_serial_put(q->shared.with, serial);
	snprintf(detail, sizeof(detail), "shares=%s%s%s", serial,
	    q->ask.host[0] == '\0' ? "" : " host=", q->ask.host);
	if ((r = journal_add(c->journal, act, &e)) != 0)
		return (r);
	snprintf(detail, sizeof(detail), "The request is not taken: %s.",
	    x509_request_fault_text(X509_REQUEST_KEY_SHARED));
	act->refused = act_refuse(act, ERR_INVALID, "shared_key", detail);
	return (0);
}

int
cert_issue_settle(struct core *c, struct act *act, struct cert_issue *q)
{
	struct cert row;
	int r;

	if (q->failed != 0)
		return (tell_failure(act, q));
	if ((r = look(c, act, q)) != 0)
		return (r);
	if (q->csr != NULL &&
	    (r = keyshare_look(c, &q->key, &q->shared)) != 0)
		return (r);
	if (q->shared.is_found)
		return (refuse_shared(c, act, q));
	/* It was signed for these names; they must still be so. */
	if (q->ask.profile == KEEPER_PROFILE_TERMINAL &&
	    !id_equal(&q->ask.terminal, &q->terminal.id))
		return (act_refuse(act, ERR_EXISTS, "label_taken",
		    "A terminal of this label came in between."));
	memset(&row, 0, sizeof(row));
	memcpy(row.serial, q->cert.serial, sizeof(row.serial));
	memcpy(row.fingerprint, q->cert.fingerprint, sizeof(row.fingerprint));
	row.not_before_ms = q->cert.not_before_ms;
	row.not_after_ms = q->cert.not_after_ms;
	row.issued_ms = act->now.wall_ms;
	row.der_len = q->cert.len;
	memcpy(row.der, q->cert.der, q->cert.len);
	if ((r = make_holder(c, act, q, &row)) != 0 ||
	    (r = c->store->ops->cert_add(c->store, &row)) != 0 ||
	    (q->csr != NULL && (r = keyshare_note(c, &q->key, &row)) != 0))
		return (r);
	view(act, &row, q);
	return (note(c, act, q));
}
