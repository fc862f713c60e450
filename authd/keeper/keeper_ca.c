#include <stdlib.h>
#include <string.h>

#include "authd/base/clock.h"
#include "authd/base/log.h"
#include "authd/base/text.h"
#include "authd/base/timetext.h"
#include "authd/keeper/keeper_ca_impl.h"
#include "authd/keeper/keeper_crl.h"
#include "authd/keeper/keeper_ocsp.h"
#include "certs/x509_chain.h"
#include "certs/x509_issue.h"
#include "certs/x509_ocsp.h"
#include "certs/x509_request.h"

#define DAY_MS (24LL * 60 * 60 * 1000)
#define END_MS (400 * DAY_MS) /* said so long before */

static int
open_ca(struct keeper_ca *ca, const struct keeper_ca_conf *conf)
{
	int64_t now_ms = clock_wall_ms();
	char when[TIMETEXT_MAX];
	bool fits;
	int r;

	if ((r = x509_trust_read(conf->chain, conf->chain_len, &ca->trust)) !=
		0 ||
	    (r = x509_profile_new(ca->trust, conf->url, &ca->profile)) != 0 ||
	    (r = x509_public_forms_new(&ca->forms)) != 0)
		return (r);
	if ((r = x509_trust_at(ca->trust, now_ms)) != 0)
		return (log_fr(r, "the CA is out of its dates"));
	if ((r = ca->source.fits(ca->source.arg, &ca->trust->key, &fits)) != 0)
		return (r);
	if (!fits)
		return (log_fr(ERR_CORRUPT,
		    "the CA's key is not that of its certificate"));
	if (ca->trust->not_after_ms - now_ms < END_MS) {
		timetext_put(ca->trust->not_after_ms, when);
		log_warn("the CA ends at %s, and all certificates with it",
		    when);
	}
	keeper_quota_init(&ca->quota, ca->state, conf->issue_rate, now_ms,
	    clock_boot_ms());
	return (0);
}

int
keeper_ca_new(const struct keeper_ca_conf *conf, struct keeper_ca **out)
{
	struct keeper_ca *ca;
	int r;

	*out = NULL;
	if ((ca = calloc(1, sizeof(*ca))) == NULL)
		return (log_fr(ERR_NOMEM, "the CA"));
	ca->source = conf->source;
	ca->state = conf->state;
	ca->ocsp.scalar = conf->ocsp_scalar;
	if ((r = open_ca(ca, conf)) != 0) {
		keeper_ca_free(ca);
		return (r);
	}
	*out = ca;
	return (0);
}

void
keeper_ca_free(struct keeper_ca *ca)
{
	if (ca == NULL)
		return;
	keeper_ca_rest(ca);
	keeper_crl_drop(ca);
	keeper_ocsp_drop(ca);
	x509_public_forms_free(ca->forms);
	x509_profile_free(ca->profile);
	x509_trust_free(ca->trust);
	free(ca);
}

void
keeper_ca_end(struct keeper_ca *ca)
{
	keeper_quota_end(&ca->quota);
}

/* Whom it is for; that the names are good is x509_subject's to say. */
static int
subject_of(const struct keeper_cert_ask *ask, struct x509_subject *s)
{
	memset(s, 0, sizeof(*s));
	switch (ask->profile) {
	case KEEPER_PROFILE_TERMINAL:
		s->kind = X509_SUBJECT_TERMINAL;
		break;
	case KEEPER_PROFILE_HOST:
		s->kind = X509_SUBJECT_HOST;
		break;
	default:
		return (ERR_INVALID);
	}
	s->terminal = ask->terminal;
	if (text_copy(s->office, sizeof(s->office), ask->office) != 0 ||
	    text_copy(s->host, sizeof(s->host), ask->host) != 0)
		return (ERR_INVALID);
	return (x509_subject_is_good(s) ? 0 : ERR_INVALID);
}

static int
sign(struct keeper_ca *ca, const struct x509_issue_ask *ask,
    struct keeper_cert *out)
{
	struct x509_issue_cert cert;
	int r;

	if (ca->key == NULL &&
	    (r = ca->source.load(
		 ca->source.arg, &ca->trust->key, &ca->key)) != 0)
		return (r);
	if ((r = x509_issue_run(ca->profile, ca->key, ask, &cert)) != 0 ||
	    (r = x509_chain_fingerprint(
		 cert.der, cert.len, out->fingerprint)) != 0)
		return (r);
	memcpy(out->der, cert.der, cert.len);
	out->len = cert.len;
	memcpy(out->serial, cert.serial, sizeof(out->serial));
	out->not_before_ms = cert.not_before_ms;
	out->not_after_ms = cert.not_after_ms;
	return (0);
}

int
keeper_ca_issue(struct keeper_ca *ca, const struct keeper_cert_ask *ask,
    struct keeper_cert *out)
{
	int64_t now_ms = clock_wall_ms();
	enum x509_request_fault fault;
	struct x509_subject subject;
	struct x509_issue_ask issue;
	struct x509_public key;
	int r;

	memset(out, 0, sizeof(*out));
	if (ask->life_days < 1 || ask->life_days > KEEPER_CERT_LIFE_MAX)
		return (ERR_INVALID);
	if ((r = x509_trust_at(ca->trust, now_ms)) != 0 ||
	    (r = subject_of(ask, &subject)) != 0 ||
	    (r = x509_request_check(
		 ask->csr, ask->csr_len, ca->forms, &key, &fault)) != 0)
		return (r);
	/* Counted before it is made: a failure from here on costs one. */
	if ((r = keeper_quota_take(&ca->quota, clock_boot_ms())) != 0)
		return (r);
	issue.subject = &subject;
	issue.key = &key;
	issue.not_before_ms = now_ms - KEEPER_CA_BACK_MS;
	issue.not_after_ms = now_ms + ask->life_days * DAY_MS;
	issue.serials = &ca->serials;
	if ((r = sign(ca, &issue, out)) != 0)
		memset(out, 0, sizeof(*out));
	return (r);
}

void
keeper_ca_rest(struct keeper_ca *ca)
{
	EVP_PKEY_free(ca->key); /* wipes it */
	ca->key = NULL;
}

int
keeper_ca_warm_up(struct keeper_ca *ca)
{
	const struct x509_crl_ask list = {
		.number = 1,
		.this_ms = ca->trust->not_before_ms,
		.next_ms = ca->trust->not_after_ms,
	};
	struct keeper_ocsp_ask ask = {
		.n = 4,
		.life_ms = KEEPER_OCSP_LIFE_MIN,
	};
	struct keeper_ocsp answer;
	EVP_PKEY *key;
	uint8_t *der;
	size_t len;
	int i, r;

	/* One of each hash: whichever a request may name. */
	for (i = 0; i < 4; i++) {
		ask.states[i].hash = (uint8_t)(X509_OCSP_SHA1 + i);
		ask.states[i].serial_len = 1;
	}
	if ((r = x509_request_warm_up()) != 0 ||
	    (r = keeper_ocsp_sign(ca, &ask, &answer)) != 0 ||
	    (r = ca->source.load(ca->source.arg, &ca->trust->key, &key)) != 0)
		return (r);
	r = x509_crl_run(ca->profile, key, &list, &der, &len);
	EVP_PKEY_free(key);
	free(der);
	return (r);
}

/* One certificate of the CA as bytes. */
static int
put_der(X509 *cert, uint8_t *out, size_t *len)
{
	int n = i2d_X509(cert, NULL);
	uint8_t *p = out;

	if (n <= 0 || n > KEEPER_CERT_DER_MAX || i2d_X509(cert, &p) != n)
		return (log_fr(ERR_NOMEM, "certificate of the CA"));
	*len = (size_t)n;
	return (0);
}

int
keeper_ca_info(const struct keeper_ca *ca, struct keeper_ca_info *out)
{
	int r;

	memset(out, 0, sizeof(*out));
	if ((r = put_der(ca->trust->issuing, out->issuing,
		 &out->issuing_len)) != 0 ||
	    (r = put_der(ca->trust->root, out->root, &out->root_len)) != 0 ||
	    (r = text_copy(out->place, sizeof(out->place),
		 ca->trust->place)) != 0 ||
	    (r = text_copy(out->url, sizeof(out->url),
		 x509_profile_url(ca->profile))) != 0)
		return (r);
	out->not_before_ms = ca->trust->not_before_ms;
	out->not_after_ms = ca->trust->not_after_ms;
	out->crl_number = ca->state->data.crl_number;
	out->issue_rate = (int32_t)ca->quota.limit;
	return (0);
}
