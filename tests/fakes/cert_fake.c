/*
 * cert_fake.c: the rules of terminals and certificates as the web room sees
 * them, with answers a test can foresee; beside core_fake.c. Links instead of
 * authd/core/terminal.c, terminals.c, cert.c, cert_issue.c and cert_text.c.
 *
 * A serial or id "none" is not there, any other is echoed as far as it goes.
 * A certificate is "PEM" and whatever follows; terminal_check() accepts PEM1
 * (one account, taro), PEM2 (several) for any login but "none".
 */
#include <stdio.h>
#include <string.h>

#include "authd/core/cert_issue.h"
#include "authd/core/cert_text.h"
#include "authd/core/shown.h"
#include "authd/core/terminal.h"
#include "tests/fakes/core_fake.h"

#define NOW CORE_FAKE_NOW

static const struct id terminal_id = { { 1, 2, 3, 4, 5, 6, 0x77, 8, 0x89, 10,
    11, 12, 13, 14, 15, 16 } };

static void
fill(struct cert_view *v)
{
	struct cert *row = &v->cert;

	memset(v, 0, sizeof(*v));
	row->kind = CERT_TERMINAL;
	row->holder = terminal_id;
	memset(row->serial, 0x1a, sizeof(row->serial));
	memset(row->fingerprint, 0xb2, sizeof(row->fingerprint));
	row->not_before_ms = row->issued_ms = NOW;
	row->not_after_ms = NOW + 1000;
	memcpy(row->der, "DER", 3);
	row->der_len = 3;
	v->state = CERT_LIVE;
	v->terminal.id = terminal_id;
	snprintf(v->terminal.label, sizeof(v->terminal.label), "受付");
	snprintf(v->office, sizeof(v->office), "tokyo");
}

void
cert_serial_put(
    const uint8_t serial[CERT_SERIAL_LEN], char out[CERT_SERIAL_TEXT + 1])
{
	int i;

	for (i = 0; i < CERT_SERIAL_LEN; i++)
		snprintf(out + 2 * i, 3, "%02X", serial[i]);
}

const char *
cert_state_text(enum cert_state s)
{
	return (s == CERT_LIVE ? "live" : "revoked");
}

const char *
cert_reason_text(enum cert_reason r)
{
	return (r == CERT_LOST ? "lost" : "unspecified");
}

int
cert_reason_get(const char *text, enum cert_reason *out)
{
	*out = CERT_UNSPECIFIED;
	if (text == NULL)
		return (0);
	*out = CERT_LOST;
	return (strcmp(text, "lost") == 0 ? 0 : ERR_INVALID);
}

int
cert_show(
    struct core *c, struct act *act, const char *serial, struct cert_view *out)
{
	(void)c;
	if (strcmp(serial, "none") == 0)
		return (act_refuse(act, ERR_NOTFOUND, "no_such_certificate",
		    "There is no such certificate."));
	fill(out);
	return (0);
}

int
cert_list(struct core *c, struct act *act, const char *office,
    const char *terminal, const char *after, int limit, cert_fn *fn, void *arg)
{
	struct cert_view v;
	int i, r = 0;

	(void)c;
	(void)office;
	(void)terminal;
	if (after != NULL && strcmp(after, "none") == 0)
		return (cert_show(c, act, after, &v));
	for (i = 0; i < 3 && i < limit && r == 0; i++) {
		fill(&v);
		v.cert.serial[0] = (uint8_t)i;
		r = fn(arg, &v);
	}
	return (r);
}

int
cert_revoke(struct core *c, struct act *act, const char *serial,
    enum cert_reason reason, struct cert_view *out)
{
	int r = cert_show(c, act, serial, out);

	out->cert.revoked_ms = NOW;
	out->cert.reason = reason;
	out->state = CERT_REVOKED;
	return (r);
}

int
cert_issue_start(struct core *c, struct act *act, struct cert_issue *q)
{
	(void)c;
	if (q->serial != NULL && strcmp(q->serial, "none") == 0)
		return (act_refuse(act, ERR_NOTFOUND, "no_such_certificate",
		    "There is no such certificate."));
	return (0);
}

int
cert_issue_make(struct core *c, struct cert_issue *q)
{
	(void)c;
	if (q->csr != NULL)
		return (0);
	snprintf(q->passphrase, sizeof(q->passphrase), "abcdefghjkmnpqrstuvw");
	memcpy(q->pkcs12, "p12", 3);
	q->pkcs12_len = 3;
	return (0);
}

void
cert_issue_sign(
    struct core *c, struct cert_issue **list, int *results, int n)
{
	int i;

	for (i = 0; i < n; i++)
		results[i] = cert_issue_make(c, list[i]);
}

int
cert_issue_settle(struct core *c, struct act *act, struct cert_issue *q)
{
	(void)c;
	(void)act;
	fill(&q->view);
	if (q->host != NULL) {
		q->view.cert.kind = CERT_HOST;
		snprintf(q->view.host, sizeof(q->view.host), "%s", q->host);
	}
	if (q->is_renewal)
		memset(q->replaces, 'A', CERT_SERIAL_TEXT);
	return (0);
}

void
cert_text_get(const char *pem, size_t len, uint8_t der[CERT_DER_MAX], size_t *n)
{
	*n = 0;
	if (len < 3 || len > CERT_DER_MAX || memcmp(pem, "PEM", 3) != 0)
		return;
	memcpy(der, pem, len);
	*n = len;
}

int
cert_text_put(const uint8_t *der, size_t n, char out[CERT_TEXT_PEM_MAX])
{
	snprintf(
	    out, CERT_TEXT_PEM_MAX, "PEM(%.*s)", (int)n, (const char *)der);
	return (0);
}

int
cert_text_crl(const uint8_t *der, size_t n, char **out)
{
	(void)der;
	(void)n;
	*out = NULL;
	return (ERR_NOMEM);
}

int
cert_text_chain(const struct x509_trust *t, struct cert_text_ca *out)
{
	(void)t;
	memset(out, 0, sizeof(*out));
	snprintf(out->chain, sizeof(out->chain), "PEM(chain)");
	out->not_before_ms = NOW;
	out->not_after_ms = NOW + 1;
	return (0);
}

int
terminal_check(struct core *c, struct act *act, const uint8_t *der, size_t len,
    const char *login, struct terminal_answer *out)
{
	struct cert_view v;

	(void)c;
	(void)act;
	memset(out, 0, sizeof(*out));
	out->reason = "fake";
	if (len != 4 || (der[3] != '1' && der[3] != '2') ||
	    (login != NULL && strcmp(login, "none") == 0))
		return (0);
	fill(&v);
	out->verdict = TERMINAL_ACCEPT;
	out->cert = v.cert;
	out->terminal = v.terminal;
	snprintf(out->office.code, sizeof(out->office.code), "tokyo");
	out->is_only_one = der[3] == '1';
	snprintf(out->account.login, sizeof(out->account.login), "%s",
	    out->is_only_one    ? "taro"
		: login == NULL ? ""
				: login);
	return (0);
}

void
terminal_seen(
    struct core *c, const struct act *act, const struct terminal_answer *a)
{
	(void)c;
	(void)act;
	(void)a;
}

int
shown_look(struct core *c, struct act *act, const struct shown *s,
    const struct account *account, struct shown_by *by)
{
	(void)c;
	(void)act;
	(void)account;
	memset(by, 0, sizeof(*by));
	if (s->len == 4)
		by->terminal = terminal_id;
	return (0);
}

int
terminals_show(
    struct core *c, struct act *act, const char *id, struct terminals_view *out)
{
	struct cert_view v;

	(void)c;
	memset(out, 0, sizeof(*out));
	if (strcmp(id, "none") == 0)
		return (act_refuse(act, ERR_NOTFOUND, "no_such_terminal",
		    "There is no such terminal."));
	fill(&v);
	out->terminal = v.terminal;
	out->cert = v.cert;
	out->has_cert = true;
	out->state = CERT_LIVE;
	snprintf(out->office, sizeof(out->office), "tokyo");
	snprintf(out->admitted[0], sizeof(out->admitted[0]), "taro");
	out->admitted_n = 1;
	return (0);
}

int
terminals_list(struct core *c, struct act *act, const char *office,
    const char *after, int limit, terminals_fn *fn, void *arg)
{
	struct terminals_view v;
	int r;

	(void)after;
	(void)limit;
	if ((r = terminals_show(c, act, office == NULL ? "" : office, &v)) != 0)
		return (r);
	return (fn(arg, &v));
}

int
terminals_set(struct core *c, struct act *act, const char *id,
    const struct terminals_input *in, struct terminals_view *out)
{
	int r = terminals_show(c, act, id, out);

	if (in->admit != NULL)
		snprintf(out->admitted[out->admitted_n++], LOGIN_MAX + 1, "%s",
		    in->admit);
	out->terminal.admits_all = in->admit_all;
	if (in->owner != NULL)
		out->terminal.is_private = strcmp(in->owner, "private") == 0;
	return (r);
}

int
terminals_lost(
    struct core *c, struct act *act, const char *id, struct terminals_view *out)
{
	int r = terminals_show(c, act, id, out);

	out->terminal.lost_ms = NOW;
	return (r);
}
