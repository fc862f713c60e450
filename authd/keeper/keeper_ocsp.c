#include <string.h>

#include "authd/base/clock.h"
#include "authd/base/log.h"
#include "authd/base/mem.h"
#include "authd/keeper/keeper_ca_impl.h"
#include "authd/keeper/keeper_ocsp.h"
#include "certs/x509_issue.h"
#include "certs/x509_key.h"
#include "certs/x509_ocsp_sign.h"
#include "certs/x509_scalar.h"

void
keeper_ocsp_drop(struct keeper_ca *ca)
{
	X509_free(ca->ocsp.cert);
	ca->ocsp.cert = NULL;
	if (ca->ocsp.scalar != NULL)
		mem_wipe(ca->ocsp.scalar, X509_SCALAR_LEN);
}

/* Its certificate, under the OCSP profile. Not counted: none leaves alone. */
static int
certify(struct keeper_ca *ca, int64_t now_ms)
{
	const struct x509_subject subject = { .kind = X509_SUBJECT_OCSP };
	const struct x509_issue_ask ask = {
		.subject = &subject,
		.key = &ca->ocsp.key,
		.not_before_ms = now_ms - KEEPER_CA_BACK_MS,
		.not_after_ms = now_ms + KEEPER_OCSP_SIGNER_MS,
	};
	struct x509_issue_cert cert;
	const uint8_t *p = cert.der;
	EVP_PKEY *key;
	int r;

	if ((r = ca->source.load(ca->source.arg, &ca->trust->key, &key)) != 0)
		return (r);
	r = x509_issue_run(ca->profile, key, &ask, &cert);
	EVP_PKEY_free(key);
	if (r != 0)
		return (r);
	ca->ocsp.cert = d2i_X509(NULL, &p, (long)cert.len);
	if (ca->ocsp.cert == NULL)
		return (log_fr(ERR_NOMEM, "certificate for OCSP"));
	ca->ocsp.made_ms = now_ms;
	ca->ocsp.not_after_ms = cert.not_after_ms;
	return (0);
}

static int
make(struct keeper_ca *ca, int64_t now_ms)
{
	EVP_PKEY *key;
	int r;

	keeper_ocsp_drop(ca);
	if ((r = x509_key_new(&key)) != 0)
		return (r);
	if ((r = x509_public_of(key, &ca->ocsp.key)) == 0)
		r = x509_scalar_of(key, ca->ocsp.scalar);
	EVP_PKEY_free(key);
	if (r == 0)
		r = certify(ca, now_ms);
	if (r != 0)
		keeper_ocsp_drop(ca);
	return (r);
}

/* A new one at half of its time, or when the clock has been set back. */
static int
need(struct keeper_ca *ca, int64_t now_ms)
{
	if (ca->ocsp.cert != NULL && now_ms >= ca->ocsp.made_ms &&
	    now_ms < ca->ocsp.made_ms + KEEPER_OCSP_RENEW_MS &&
	    now_ms < ca->ocsp.not_after_ms)
		return (0);
	return (make(ca, now_ms));
}

static int
state_of(const struct keeper_ocsp_state *in, struct x509_ocsp_state *out)
{
	memset(out, 0, sizeof(*out));
	if (in->hash < X509_OCSP_SHA1 || in->hash > X509_OCSP_SHA512 ||
	    in->serial_len < 1 || in->serial_len > sizeof(out->one.serial) ||
	    !x509_crl_is_reason(in->reason) ||
	    !x509_crl_is_time(in->revoked_ms))
		return (ERR_INVALID);
	out->one.hash = (enum x509_ocsp_hash)in->hash;
	out->one.serial_len = in->serial_len;
	memcpy(out->one.serial, in->serial, in->serial_len);
	out->reason = in->reason;
	out->revoked_ms = in->revoked_ms;
	switch (in->status) {
	case KEEPER_OCSP_GOOD:
		out->status = X509_OCSP_GOOD;
		break;
	case KEEPER_OCSP_REVOKED:
		out->status = X509_OCSP_REVOKED;
		break;
	case KEEPER_OCSP_UNKNOWN:
		break;
	}
	return (0);
}

static int
sign(struct keeper_ca *ca, const struct x509_ocsp_sign_ask *ask,
    struct keeper_ocsp *out)
{
	EVP_PKEY *key;
	int r;

	if (x509_scalar_load(ca->ocsp.scalar, &ca->ocsp.key, &key) != 0)
		return (log_fr(ERR_KEEPER, "key for OCSP"));
	r = x509_ocsp_sign_run(
	    ca->trust, ca->ocsp.cert, key, ask, out->der, &out->len);
	EVP_PKEY_free(key);
	out->this_ms = ask->this_ms;
	out->next_ms = ask->next_ms;
	return (r);
}

int
keeper_ocsp_sign(struct keeper_ca *ca, const struct keeper_ocsp_ask *ask,
    struct keeper_ocsp *out)
{
	struct x509_ocsp_state states[KEEPER_CERT_OCSP_MAX];
	struct x509_ocsp_sign_ask list = { .states = states, .n = ask->n };
	int64_t now_ms = clock_wall_ms();
	size_t i;
	int r;

	memset(out, 0, sizeof(*out));
	if (ask->n < 1 || ask->n > KEEPER_CERT_OCSP_MAX ||
	    ask->nonce_len > KEEPER_CERT_NONCE_MAX ||
	    ask->life_ms < KEEPER_OCSP_LIFE_MIN ||
	    ask->life_ms > KEEPER_CERT_OCSP_LIFE_MAX)
		return (ERR_INVALID);
	for (i = 0; i < ask->n; i++)
		if ((r = state_of(&ask->states[i], &states[i])) != 0)
			return (r);
	if ((r = x509_trust_at(ca->trust, now_ms)) != 0 ||
	    (r = need(ca, now_ms)) != 0)
		return (r);
	list.nonce = ask->nonce;
	list.nonce_len = ask->nonce_len;
	list.this_ms = now_ms - now_ms % 1000;
	list.next_ms = list.this_ms + ask->life_ms - ask->life_ms % 1000;
	if (list.next_ms > ca->ocsp.not_after_ms)
		list.next_ms = ca->ocsp.not_after_ms;
	if ((r = sign(ca, &list, out)) != 0)
		memset(out, 0, sizeof(*out));
	return (r);
}
