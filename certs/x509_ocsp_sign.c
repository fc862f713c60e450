#include <openssl/bn.h>
#include <openssl/ocsp.h>
#include <string.h>

#include "authd/base/log.h"
#include "certs/x509_ocsp_sign.h"

static const EVP_MD *
digest_of(enum x509_ocsp_hash hash)
{
	switch (hash) {
	case X509_OCSP_SHA1:
		return (EVP_sha1());
	case X509_OCSP_SHA256:
		return (EVP_sha256());
	case X509_OCSP_SHA384:
		return (EVP_sha384());
	case X509_OCSP_SHA512:
		return (EVP_sha512());
	case X509_OCSP_HASH_NONE:
		break;
	}
	return (NULL);
}

static OCSP_CERTID *
id_of(const struct x509_trust *t, const struct x509_ocsp_one *one)
{
	const EVP_MD *digest = digest_of(one->hash);
	OCSP_CERTID *id = NULL;
	ASN1_INTEGER *serial = NULL;
	BIGNUM *n;

	if (digest == NULL || one->serial_len < 1 ||
	    one->serial_len > sizeof(one->serial))
		return (NULL);
	n = BN_bin2bn(one->serial, (int)one->serial_len, NULL);
	if (n != NULL && (serial = BN_to_ASN1_INTEGER(n, NULL)) != NULL)
		id = OCSP_cert_id_new(digest, X509_get_subject_name(t->issuing),
		    X509_get0_pubkey_bitstr(t->issuing), serial);
	ASN1_INTEGER_free(serial);
	BN_free(n);
	return (id);
}

static int
add(OCSP_BASICRESP *answer, const struct x509_trust *t,
    const struct x509_ocsp_state *s, ASN1_TIME *at, ASN1_TIME *next)
{
	OCSP_CERTID *id = id_of(t, &s->one);
	ASN1_TIME *revoked = NULL;
	int status = V_OCSP_CERTSTATUS_UNKNOWN, reason = -1;
	int r = ERR_INVALID;

	if (id == NULL)
		return (r);
	if (s->status == X509_OCSP_GOOD)
		status = V_OCSP_CERTSTATUS_GOOD;
	else if (s->status == X509_OCSP_REVOKED) {
		status = V_OCSP_CERTSTATUS_REVOKED;
		if (s->reason != 0)
			reason = s->reason;
		revoked = ASN1_GENERALIZEDTIME_set(
		    NULL, (time_t)(s->revoked_ms / 1000));
	}
	if (status != V_OCSP_CERTSTATUS_REVOKED || revoked != NULL)
		r = OCSP_basic_add1_status(
			answer, id, status, reason, revoked, at, next) != NULL
		    ? 0
		    : ERR_NOMEM;
	ASN1_TIME_free(revoked);
	OCSP_CERTID_free(id);
	return (r);
}

static int
put_der(OCSP_BASICRESP *basic, uint8_t der[X509_OCSP_SIGN_MAX], size_t *len)
{
	OCSP_RESPONSE *answer;
	uint8_t *p = der;
	int n, r = ERR_NOMEM;

	answer = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic);
	if (answer != NULL && (n = i2d_OCSP_RESPONSE(answer, NULL)) > 0 &&
	    n <= X509_OCSP_SIGN_MAX && i2d_OCSP_RESPONSE(answer, &p) == n) {
		*len = (size_t)n;
		r = 0;
	}
	OCSP_RESPONSE_free(answer);
	return (r);
}

int
x509_ocsp_sign_run(const struct x509_trust *t, X509 *signer, EVP_PKEY *key,
    const struct x509_ocsp_sign_ask *ask, uint8_t der[X509_OCSP_SIGN_MAX],
    size_t *len)
{
	ASN1_TIME *at = NULL, *next = NULL;
	OCSP_BASICRESP *basic = NULL;
	size_t i;
	int r = ERR_NOMEM;

	*len = 0;
	if (ask->n < 1 || ask->n > X509_OCSP_ONES_MAX || ask->this_ms < 0 ||
	    ask->next_ms <= ask->this_ms ||
	    ask->nonce_len > X509_OCSP_NONCE_MAX)
		return (ERR_INVALID);
	at = ASN1_GENERALIZEDTIME_set(NULL, (time_t)(ask->this_ms / 1000));
	next = ASN1_GENERALIZEDTIME_set(NULL, (time_t)(ask->next_ms / 1000));
	if (at == NULL || next == NULL ||
	    (basic = OCSP_BASICRESP_new()) == NULL)
		goto out;
	for (i = 0, r = 0; r == 0 && i < ask->n; i++)
		r = add(basic, t, &ask->states[i], at, next);
	if (r != 0)
		goto out;
	r = ERR_NOMEM;
	if (ask->nonce_len > 0 &&
	    OCSP_basic_add1_nonce(basic, (uint8_t *)(uintptr_t)ask->nonce,
		(int)ask->nonce_len) != 1)
		goto out;
	if (OCSP_basic_sign(basic, signer, key, EVP_sha256(), NULL,
		OCSP_RESPID_KEY) != 1)
		goto out;
	r = put_der(basic, der, len);
out:
	OCSP_BASICRESP_free(basic);
	ASN1_TIME_free(at);
	ASN1_TIME_free(next);
	if (r != 0)
		return (log_fr(r, "OCSP answer"));
	return (0);
}
