#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <string.h>

#include "authd/base/log.h"
#include "certs/x509_ocsp.h"

static const struct {
	int nid;
	enum x509_ocsp_hash hash;
} hashes[] = {
	{ NID_sha1, X509_OCSP_SHA1 },
	{ NID_sha256, X509_OCSP_SHA256 },
	{ NID_sha384, X509_OCSP_SHA384 },
	{ NID_sha512, X509_OCSP_SHA512 },
};
#define HASHES_N (sizeof(hashes) / sizeof(hashes[0]))

/* The nonce is an OCTET STRING within the extension's own. */
static int
read_nonce(OCSP_REQUEST *req, struct x509_ocsp_request *out)
{
	const ASN1_OCTET_STRING *value;
	ASN1_OCTET_STRING *inner;
	const uint8_t *p;
	int at, n, r = ERR_INVALID;

	at = OCSP_REQUEST_get_ext_by_NID(req, NID_id_pkix_OCSP_Nonce, -1);
	if (at < 0)
		return (0);
	value = X509_EXTENSION_get_data(OCSP_REQUEST_get_ext(req, at));
	p = ASN1_STRING_get0_data(value);
	n = ASN1_STRING_length(value);
	inner = d2i_ASN1_OCTET_STRING(NULL, &p, n);
	if (inner != NULL && p == ASN1_STRING_get0_data(value) + n) {
		n = ASN1_STRING_length(inner);
		if (n >= 1 && n <= X509_OCSP_NONCE_MAX) {
			memcpy(out->nonce, ASN1_STRING_get0_data(inner),
			    (size_t)n);
			out->nonce_len = (size_t)n;
			r = 0;
		}
	}
	ASN1_OCTET_STRING_free(inner);
	return (r);
}

/*
 * RFC 6960 section 4.4: an extension that is critical is to be understood, and
 * the nonce is all that we understand.
 */
static bool
has_critical(OCSP_REQUEST *req)
{
	X509_EXTENSION *e;
	int at, i;

	for (at = -1;
	     (at = OCSP_REQUEST_get_ext_by_critical(req, 1, at)) >= 0;) {
		e = OCSP_REQUEST_get_ext(req, at);
		if (OBJ_obj2nid(X509_EXTENSION_get_object(e)) !=
		    NID_id_pkix_OCSP_Nonce)
			return (true);
	}
	for (i = 0; i < OCSP_request_onereq_count(req); i++)
		if (OCSP_ONEREQ_get_ext_by_critical(
			OCSP_request_onereq_get0(req, i), 1, -1) >= 0)
			return (true);
	return (false);
}

/* Is it our issuing CA's, under the hash of the request? */
static bool
is_ours(const struct x509_trust *t, int nid, OCSP_CERTID *id)
{
	OCSP_CERTID *own;
	bool is;

	own = OCSP_cert_id_new(EVP_get_digestbynid(nid),
	    X509_get_subject_name(t->issuing),
	    X509_get0_pubkey_bitstr(t->issuing), NULL);
	is = own != NULL && OCSP_id_issuer_cmp(own, id) == 0;
	OCSP_CERTID_free(own);
	return (is);
}

static int
read_one(const struct x509_trust *t, OCSP_CERTID *id,
    struct x509_ocsp_one *out, enum x509_ocsp_error *error)
{
	ASN1_OBJECT *hash;
	ASN1_INTEGER *serial;
	size_t i;
	int n;

	if (OCSP_id_get0_info(NULL, &hash, NULL, &serial, id) != 1)
		return (ERR_INVALID);
	n = ASN1_STRING_length(serial);
	/* A negative one has another type. */
	if (n < 1 || n > X509_OCSP_SERIAL_MAX ||
	    ASN1_STRING_type(serial) != V_ASN1_INTEGER)
		return (ERR_INVALID);
	*error = X509_OCSP_UNAUTHORIZED;
	for (i = 0; i < HASHES_N; i++)
		if (hashes[i].nid == OBJ_obj2nid(hash))
			break;
	if (i == HASHES_N || !is_ours(t, hashes[i].nid, id))
		return (ERR_INVALID);
	out->hash = hashes[i].hash;
	out->serial_len = (size_t)n;
	memcpy(out->serial, ASN1_STRING_get0_data(serial), (size_t)n);
	return (0);
}

int
x509_ocsp_read(const struct x509_trust *t, const uint8_t *der, size_t n,
    struct x509_ocsp_request *out, enum x509_ocsp_error *error)
{
	const uint8_t *p = der;
	OCSP_REQUEST *req = NULL;
	int i, count, r = ERR_INVALID;

	memset(out, 0, sizeof(*out));
	*error = X509_OCSP_MALFORMED;
	if (n == 0 || n > X509_OCSP_REQUEST_MAX ||
	    (req = d2i_OCSP_REQUEST(NULL, &p, (long)n)) == NULL ||
	    p != der + n)
		goto out;
	count = OCSP_request_onereq_count(req);
	if (count < 1 || count > X509_OCSP_ONES_MAX || has_critical(req) ||
	    (r = read_nonce(req, out)) != 0)
		goto out;
	for (i = 0; r == 0 && i < count; i++)
		r = read_one(t,
		    OCSP_onereq_get0_id(OCSP_request_onereq_get0(req, i)),
		    &out->ones[i], error);
	out->n = (size_t)count;
out:
	OCSP_REQUEST_free(req);
	ERR_clear_error();
	if (r != 0)
		memset(out, 0, sizeof(*out));
	return (r);
}

void
x509_ocsp_put_error(enum x509_ocsp_error error, uint8_t out[5])
{
	/* OCSPResponse: a SEQUENCE with one ENUMERATED, and no bytes. */
	const uint8_t form[] = { 0x30, 0x03, 0x0a, 0x01, (uint8_t)error };

	memcpy(out, form, sizeof(form));
}
