#include <openssl/bn.h>
#include <string.h>

#include "authd/base/log.h"
#include "authd/base/mem.h"
#include "certs/x509_issue.h"

int
x509_issue_serial(uint8_t out[X509_ISSUE_SERIAL_LEN])
{
	int r;

	do {
		if ((r = mem_random(out, X509_ISSUE_SERIAL_LEN)) != 0)
			return (r);
		out[0] &= 0x7f;
	} while (out[0] == 0);
	return (0);
}

static int
put_serial(const uint8_t serial[X509_ISSUE_SERIAL_LEN], X509 *cert)
{
	BIGNUM *n = BN_bin2bn(serial, X509_ISSUE_SERIAL_LEN, NULL);
	int ok;

	ok = n != NULL &&
	    BN_to_ASN1_INTEGER(n, X509_get_serialNumber(cert)) != NULL;
	BN_free(n);
	return (ok ? 0 : ERR_NOMEM);
}

/* UTCTime to 2049, GeneralizedTime from 2050: ASN1_TIME_set() knows. */
static int
put_dates(
    const struct x509_trust *t, X509 *cert, struct x509_issue_cert *out)
{
	if (out->not_after_ms > t->not_after_ms)
		out->not_after_ms = t->not_after_ms;
	if (out->not_before_ms < t->not_before_ms)
		out->not_before_ms = t->not_before_ms;
	out->not_before_ms -= out->not_before_ms % 1000;
	out->not_after_ms -= out->not_after_ms % 1000;
	if (out->not_before_ms < 0 || out->not_before_ms >= out->not_after_ms)
		return (ERR_INVALID);
	if (ASN1_TIME_set(X509_getm_notBefore(cert),
		(time_t)(out->not_before_ms / 1000)) == NULL ||
	    ASN1_TIME_set(X509_getm_notAfter(cert),
		(time_t)(out->not_after_ms / 1000)) == NULL)
		return (ERR_NOMEM);
	return (0);
}

static int
sign(X509 *cert, EVP_PKEY *ca, struct x509_issue_cert *out)
{
	uint8_t *p = out->der;
	int len;

	if (X509_sign(cert, ca, EVP_sha256()) <= 0)
		return (log_fr(ERR_NOMEM, "sign a certificate"));
	len = i2d_X509(cert, NULL);
	if (len <= 0 || (size_t)len > sizeof(out->der) ||
	    i2d_X509(cert, &p) != len)
		return (log_fr(ERR_NOMEM, "a certificate of %d bytes", len));
	out->len = (size_t)len;
	return (0);
}

int
x509_issue_run(const struct x509_profile *p, EVP_PKEY *ca,
    const struct x509_issue_ask *ask, struct x509_issue_cert *out)
{
	const struct x509_trust *t = x509_profile_trust(p);
	X509 *cert;
	int r;

	memset(out, 0, sizeof(*out));
	out->not_before_ms = ask->not_before_ms;
	out->not_after_ms = ask->not_after_ms;
	if ((cert = X509_new()) == NULL)
		return (log_fr(ERR_NOMEM, "certificate"));
	r = ERR_NOMEM;
	if (X509_set_version(cert, X509_VERSION_3) != 1 ||
	    X509_set_issuer_name(cert, X509_get_subject_name(t->issuing)) != 1)
		goto out;
	if ((r = x509_issue_serial(out->serial)) != 0 ||
	    (r = put_serial(out->serial, cert)) != 0 ||
	    (r = put_dates(t, cert, out)) != 0 ||
	    (r = x509_public_put(ask->key, cert)) != 0 ||
	    (r = x509_profile_put(p, ask->subject->kind, ask->key, cert)) !=
		0 ||
	    (r = x509_subject_put(ask->subject, t->place, cert)) != 0)
		goto out;
	r = sign(cert, ca, out);
out:
	X509_free(cert);
	if (r != 0)
		memset(out, 0, sizeof(*out));
	return (r);
}
