#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "authd/base/log.h"
#include "certs/x509_chain.h"

const char *
x509_chain_text(enum x509_chain_verdict v)
{
	switch (v) {
	case X509_CHAIN_GOOD:
		return ("good");
	case X509_CHAIN_FOREIGN:
		return ("not of our CA");
	case X509_CHAIN_DATES:
		return ("out of its dates");
	case X509_CHAIN_PURPOSE:
		return ("not a client certificate");
	case X509_CHAIN_FORM:
		return ("not in our form");
	case X509_CHAIN_UNREAD:
		break;
	}
	return ("unreadable");
}

int
x509_chain_fingerprint(
    const uint8_t *der, size_t n, uint8_t out[X509_CHAIN_FINGERPRINT_LEN])
{
	if (EVP_Digest(der, n, out, NULL, EVP_sha256(), NULL) != 1)
		return (log_fr(ERR_NOMEM, "hash of a certificate"));
	return (0);
}

static enum x509_chain_verdict
verdict_of(int error)
{
	switch (error) {
	case X509_V_ERR_CERT_NOT_YET_VALID:
	case X509_V_ERR_CERT_HAS_EXPIRED:
		return (X509_CHAIN_DATES);
	case X509_V_ERR_INVALID_PURPOSE:
	case X509_V_ERR_INVALID_CA:
		return (X509_CHAIN_PURPOSE);
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_CERT_SIGNATURE_FAILURE:
	case X509_V_ERR_UNABLE_TO_DECRYPT_CERT_SIGNATURE:
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
		return (X509_CHAIN_FOREIGN);
	default:
		return (X509_CHAIN_FORM);
	}
}

/*
 * The issuing CA is the one anchor: what our root may have signed besides,
 * or what is found in a certificate, leads nowhere.
 */
static int
verify(const struct x509_trust *t, X509 *cert, int64_t at_ms,
    enum x509_chain_verdict *v)
{
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	X509_VERIFY_PARAM *param;
	int r = 0, error;

	if (ctx == NULL || X509_STORE_CTX_init(ctx, t->store, cert, NULL) != 1) {
		X509_STORE_CTX_free(ctx);
		return (log_fr(ERR_NOMEM, "verify a certificate"));
	}
	param = X509_STORE_CTX_get0_param(ctx);
	X509_VERIFY_PARAM_set_time(param, (time_t)(at_ms / 1000));
	X509_VERIFY_PARAM_set_depth(param, 0);
	if (X509_VERIFY_PARAM_set_flags(param,
		X509_V_FLAG_X509_STRICT | X509_V_FLAG_PARTIAL_CHAIN |
		    X509_V_FLAG_CHECK_SS_SIGNATURE) != 1 ||
	    X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_SSL_CLIENT) != 1)
		r = log_fr(ERR_NOMEM, "verify a certificate");
	else if (X509_verify_cert(ctx) == 1)
		*v = X509_CHAIN_GOOD;
	else {
		error = X509_STORE_CTX_get_error(ctx);
		*v = verdict_of(error);
		if (error == X509_V_ERR_OUT_OF_MEM)
			r = ERR_NOMEM;
	}
	X509_STORE_CTX_free(ctx);
	return (r);
}

static int
get_serial(const X509 *cert, uint8_t out[X509_CHAIN_SERIAL_LEN])
{
	const ASN1_INTEGER *serial = X509_get0_serialNumber(cert);
	const uint8_t *p = ASN1_STRING_get0_data(serial);
	int n = ASN1_STRING_length(serial);

	if (ASN1_STRING_type(serial) != V_ASN1_INTEGER ||
	    n != X509_CHAIN_SERIAL_LEN || p[0] == 0 || (p[0] & 0x80) != 0)
		return (ERR_INVALID);
	memcpy(out, p, X509_CHAIN_SERIAL_LEN);
	return (0);
}

/* As x509_profile.h makes them: one purpose, one use, no CA. */
static bool
has_form(X509 *cert)
{
	uint32_t flags = X509_get_extension_flags(cert);

	return (X509_get_version(cert) == X509_VERSION_3 &&
	    (flags & (EXFLAG_CA | EXFLAG_INVALID | EXFLAG_CRITICAL)) == 0 &&
	    (flags & (EXFLAG_KUSAGE | EXFLAG_XKUSAGE | EXFLAG_BCONS)) ==
		(EXFLAG_KUSAGE | EXFLAG_XKUSAGE | EXFLAG_BCONS) &&
	    X509_get_key_usage(cert) == KU_DIGITAL_SIGNATURE &&
	    X509_get_extended_key_usage(cert) == XKU_SSL_CLIENT);
}

static int
read_leaf(const struct x509_trust *t, X509 *cert, const uint8_t *der, size_t n,
    struct x509_chain_leaf *leaf)
{
	if (!has_form(cert) ||
	    x509_subject_get(cert, t->place, &leaf->subject) != 0 ||
	    (leaf->subject.kind != X509_SUBJECT_TERMINAL &&
		leaf->subject.kind != X509_SUBJECT_HOST) ||
	    get_serial(cert, leaf->serial) != 0 ||
	    x509_trust_time(
		X509_get0_notBefore(cert), &leaf->not_before_ms) != 0 ||
	    x509_trust_time(
		X509_get0_notAfter(cert), &leaf->not_after_ms) != 0)
		return (ERR_INVALID);
	return (x509_chain_fingerprint(der, n, leaf->fingerprint));
}

int
x509_chain_check(const struct x509_trust *t, const uint8_t *der, size_t n,
    int64_t at_ms, struct x509_chain_leaf *leaf, enum x509_chain_verdict *v)
{
	const uint8_t *p = der;
	X509 *cert = NULL;
	int r = 0;

	memset(leaf, 0, sizeof(*leaf));
	*v = X509_CHAIN_UNREAD;
	if (n == 0 || n > X509_TRUST_CERT_MAX ||
	    (cert = d2i_X509(NULL, &p, (long)n)) == NULL || p != der + n)
		goto out;
	if ((r = verify(t, cert, at_ms, v)) != 0)
		goto out;
	/* OpenSSL tells that the CA has ended before it looks at a signature. */
	if (*v == X509_CHAIN_DATES &&
	    X509_verify(cert, X509_get0_pubkey(t->issuing)) != 1)
		*v = X509_CHAIN_FOREIGN;
	if (*v == X509_CHAIN_GOOD && x509_trust_at(t, at_ms) != 0)
		*v = X509_CHAIN_DATES;
	if (*v != X509_CHAIN_GOOD && *v != X509_CHAIN_DATES)
		goto out;
	if ((r = read_leaf(t, cert, der, n, leaf)) == ERR_INVALID) {
		*v = X509_CHAIN_FORM;
		r = 0;
	}
out:
	X509_free(cert);
	ERR_clear_error();
	if (r != 0)
		*v = X509_CHAIN_UNREAD;
	if (r != 0 || (*v != X509_CHAIN_GOOD && *v != X509_CHAIN_DATES))
		memset(leaf, 0, sizeof(*leaf));
	return (r);
}
