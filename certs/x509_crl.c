#include <openssl/bn.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "authd/base/log.h"
#include "certs/x509_crl.h"

#define TIME_MAX (253402300799000LL) /* the end of 9999 */

bool
x509_crl_is_reason(uint8_t reason)
{
	return (reason == CRL_REASON_UNSPECIFIED ||
	    reason == CRL_REASON_KEY_COMPROMISE ||
	    reason == CRL_REASON_AFFILIATION_CHANGED ||
	    reason == CRL_REASON_SUPERSEDED ||
	    reason == CRL_REASON_CESSATION_OF_OPERATION);
}

bool
x509_crl_is_time(int64_t ms)
{
	return (ms >= 0 && ms <= TIME_MAX);
}

bool
x509_crl_is_good(
    const struct x509_crl_entry *e, const struct x509_crl_entry *before)
{
	return (e->serial[0] != 0 && (e->serial[0] & 0x80) == 0 &&
	    x509_crl_is_reason(e->reason) && x509_crl_is_time(e->revoked_ms) &&
	    (before == NULL ||
		memcmp(before->serial, e->serial, sizeof(e->serial)) < 0));
}

static int
put_reason(X509_REVOKED *one, uint8_t reason)
{
	ASN1_ENUMERATED *value;
	int ok;

	if (reason == CRL_REASON_UNSPECIFIED)
		return (0);
	value = ASN1_ENUMERATED_new();
	ok = value != NULL && ASN1_ENUMERATED_set(value, reason) == 1 &&
	    X509_REVOKED_add1_ext_i2d(
		one, NID_crl_reason, value, 0, X509V3_ADD_DEFAULT) == 1;
	ASN1_ENUMERATED_free(value);
	return (ok ? 0 : ERR_NOMEM);
}

static int
add(X509_CRL *crl, const struct x509_crl_entry *e)
{
	X509_REVOKED *one = X509_REVOKED_new();
	BIGNUM *n = BN_bin2bn(e->serial, sizeof(e->serial), NULL);
	ASN1_INTEGER *serial = n == NULL ? NULL : BN_to_ASN1_INTEGER(n, NULL);
	ASN1_TIME *at = ASN1_TIME_set(NULL, (time_t)(e->revoked_ms / 1000));
	int r = ERR_NOMEM;

	if (one != NULL && serial != NULL && at != NULL &&
	    X509_REVOKED_set_serialNumber(one, serial) == 1 &&
	    X509_REVOKED_set_revocationDate(one, at) == 1 &&
	    put_reason(one, e->reason) == 0 &&
	    X509_CRL_add0_revoked(crl, one) == 1) {
		one = NULL;
		r = 0;
	}
	X509_REVOKED_free(one);
	ASN1_INTEGER_free(serial);
	ASN1_TIME_free(at);
	BN_free(n);
	return (r);
}

static int
put_head(const struct x509_profile *p, const struct x509_crl_ask *ask,
    X509_CRL *crl)
{
	const struct x509_trust *t = x509_profile_trust(p);
	ASN1_TIME *at = ASN1_TIME_set(NULL, (time_t)(ask->this_ms / 1000));
	ASN1_TIME *next = ASN1_TIME_set(NULL, (time_t)(ask->next_ms / 1000));
	ASN1_INTEGER *number = ASN1_INTEGER_new();
	int ok;

	/* Version 2 is written as 1. */
	ok = at != NULL && next != NULL && number != NULL &&
	    X509_CRL_set_version(crl, X509_CRL_VERSION_2) == 1 &&
	    X509_CRL_set_issuer_name(
		crl, X509_get_subject_name(t->issuing)) == 1 &&
	    X509_CRL_set1_lastUpdate(crl, at) == 1 &&
	    X509_CRL_set1_nextUpdate(crl, next) == 1 &&
	    X509_CRL_add_ext(crl, x509_profile_aki(p), -1) == 1 &&
	    ASN1_INTEGER_set_int64(number, ask->number) == 1 &&
	    X509_CRL_add1_ext_i2d(
		crl, NID_crl_number, number, 0, X509V3_ADD_DEFAULT) == 1;
	ASN1_TIME_free(at);
	ASN1_TIME_free(next);
	ASN1_INTEGER_free(number);
	return (ok ? 0 : ERR_NOMEM);
}

static int
put_der(X509_CRL *crl, uint8_t **der, size_t *len)
{
	int n = i2d_X509_CRL(crl, NULL);
	uint8_t *p;

	if (n <= 0 || (*der = malloc((size_t)n)) == NULL)
		return (ERR_NOMEM);
	p = *der;
	if (i2d_X509_CRL(crl, &p) != n) {
		free(*der);
		*der = NULL;
		return (ERR_NOMEM);
	}
	*len = (size_t)n;
	return (0);
}

int
x509_crl_run(const struct x509_profile *p, EVP_PKEY *ca,
    const struct x509_crl_ask *ask, uint8_t **der, size_t *len)
{
	X509_CRL *crl;
	size_t i;
	int r;

	*der = NULL;
	*len = 0;
	if (ask->n > X509_CRL_MAX || ask->number < 1 || ask->this_ms < 0 ||
	    ask->next_ms <= ask->this_ms || ask->next_ms > TIME_MAX)
		return (ERR_INVALID);
	for (i = 0; i < ask->n; i++)
		if (!x509_crl_is_good(&ask->entries[i],
			i == 0 ? NULL : &ask->entries[i - 1]))
			return (ERR_INVALID);
	if ((crl = X509_CRL_new()) == NULL)
		return (log_fr(ERR_NOMEM, "revocation list"));
	r = put_head(p, ask, crl);
	for (i = 0; r == 0 && i < ask->n; i++)
		r = add(crl, &ask->entries[i]);
	if (r == 0 && X509_CRL_sign(crl, ca, EVP_sha256()) <= 0)
		r = ERR_NOMEM;
	if (r == 0)
		r = put_der(crl, der, len);
	X509_CRL_free(crl);
	if (r != 0)
		return (log_fr(r, "revocation list"));
	return (0);
}
