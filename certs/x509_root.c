#include <openssl/bn.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

#include "authd/base/log.h"
#include "authd/base/mem.h"
#include "certs/x509_extend.h"
#include "certs/x509_key.h"
#include "certs/x509_pem.h"
#include "certs/x509_root.h"

#define PLACE_LEN   10
#define SERIAL_LEN  16
#define SIGNS       0x06 /* keyCertSign, cRLSign */
#define HOUR_MS     (60 * 60 * 1000LL)
#define YEAR_MS     (8766 * HOUR_MS) /* 365.25 days */
#define EXTENSIONS  6
#define CRL_LEN_MAX 1024 /* an empty one */

int
x509_root_place(char out[X509_SUBJECT_PLACE_MAX + 1])
{
	/* No 0, 1, 8, 9: read out on the telephone they are heard wrong. */
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";
	uint8_t random[PLACE_LEN];
	int i, r;

	memset(out, 0, X509_SUBJECT_PLACE_MAX + 1);
	if ((r = mem_random(random, sizeof(random))) != 0)
		return (r);
	for (i = 0; i < PLACE_LEN; i++)
		out[i] = letters[random[i] % 32];
	return (0);
}

static int
put_name(X509 *cert, const char *cn)
{
	X509_NAME *name = X509_get_subject_name(cert);

	if (X509_NAME_add_entry_by_NID(name, NID_organizationName,
		MBSTRING_UTF8, (const uint8_t *)"Sekisho", -1, -1, 0) != 1 ||
	    X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8,
		(const uint8_t *)cn, -1, -1, 0) != 1)
		return (ERR_NOMEM);
	return (0);
}

static int
put_serial(X509 *cert)
{
	uint8_t serial[SERIAL_LEN];
	BIGNUM *n;
	int r;

	if ((r = mem_random(serial, sizeof(serial))) != 0)
		return (r);
	serial[0] = (serial[0] & 0x7f) | 0x40;
	n = BN_bin2bn(serial, sizeof(serial), NULL);
	if (n == NULL ||
	    BN_to_ASN1_INTEGER(n, X509_get_serialNumber(cert)) == NULL)
		r = ERR_NOMEM;
	BN_free(n);
	return (r);
}

/* All but the issuer, the extensions and the signature. */
static int
begin(const char *cn, int64_t now_ms, int years, EVP_PKEY *key, X509 **out)
{
	X509 *cert = X509_new();
	int r;

	*out = cert;
	if (cert == NULL || X509_set_version(cert, X509_VERSION_3) != 1)
		return (ERR_NOMEM);
	if ((r = put_serial(cert)) != 0 || (r = put_name(cert, cn)) != 0)
		return (r);
	if (ASN1_TIME_set(X509_getm_notBefore(cert),
		(time_t)((now_ms - HOUR_MS) / 1000)) == NULL ||
	    ASN1_TIME_set(X509_getm_notAfter(cert),
		(time_t)((now_ms + years * YEAR_MS) / 1000)) == NULL ||
	    X509_set_pubkey(cert, key) != 1)
		return (ERR_NOMEM);
	return (0);
}

/* Takes the extensions; place NULL: the root. */
static int
finish(X509 *cert, EVP_PKEY *key, const X509 *issuer, EVP_PKEY *issuer_key,
    const char *place)
{
	char dns[X509_SUBJECT_DNS_MAX + 1];
	struct x509_public own, above;
	X509_EXTENSION *list[EXTENSIONS] = { NULL };
	int i, n = place == NULL ? 4 : 6, r;

	if ((r = x509_public_of(key, &own)) != 0 ||
	    (r = x509_public_of(issuer_key, &above)) != 0)
		return (r);
	list[0] = x509_extend_basic(true, place == NULL ? 1 : 0);
	list[1] = x509_extend_usage(SIGNS);
	list[2] = x509_extend_key_id(&own, false);
	list[3] = x509_extend_key_id(&above, true);
	if (place != NULL) {
		snprintf(dns, sizeof(dns), "%s.invalid", place);
		list[4] = x509_extend_names(dns);
		list[5] = x509_extend_purposes(NID_client_auth, NID_OCSP_sign);
	}
	if (X509_set_issuer_name(cert, X509_get_subject_name(issuer)) != 1)
		r = ERR_NOMEM;
	for (i = 0; i < n; i++) {
		if (list[i] == NULL || X509_add_ext(cert, list[i], -1) != 1)
			r = ERR_NOMEM;
		X509_EXTENSION_free(list[i]);
	}
	if (r == 0 && X509_sign(cert, issuer_key, EVP_sha256()) <= 0)
		r = ERR_NOMEM;
	return (r);
}

int
x509_root_make(const char *place, int64_t now_ms, struct x509_root *out)
{
	char root[64 + 1], issuing[64 + 1];
	int r;

	memset(out, 0, sizeof(*out));
	if (!x509_subject_is_place(place))
		return (ERR_INVALID);
	snprintf(root, sizeof(root), "Sekisho root CA %s", place);
	snprintf(issuing, sizeof(issuing), "Sekisho issuing CA %s", place);
	if ((r = x509_key_new(&out->root_key)) != 0 ||
	    (r = x509_key_new(&out->issuing_key)) != 0 ||
	    (r = begin(root, now_ms, X509_ROOT_YEARS, out->root_key,
		 &out->root)) != 0 ||
	    (r = finish(out->root, out->root_key, out->root, out->root_key,
		 NULL)) != 0 ||
	    (r = begin(issuing, now_ms, X509_ROOT_ISSUING, out->issuing_key,
		 &out->issuing)) != 0 ||
	    (r = finish(out->issuing, out->issuing_key, out->root,
		 out->root_key, place)) != 0) {
		x509_root_clear(out);
		return (log_fr(r, "make the CA"));
	}
	return (0);
}

int
x509_root_put_key(EVP_PKEY *key, char *out, size_t size)
{
	/* Wiped when it is freed. */
	BIO *bio = BIO_new(BIO_s_secmem());
	int n, r = ERR_NOMEM;

	if (bio != NULL &&
	    PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) ==
		1 &&
	    (n = BIO_read(bio, out, (int)size - 1)) > 0 &&
	    BIO_pending(bio) == 0) {
		out[n] = '\0';
		r = 0;
	}
	BIO_free(bio);
	if (r != 0)
		return (log_fr(r, "write the root's key"));
	return (0);
}

static int
make_crl(const struct x509_root *r, X509_CRL *crl)
{
	struct x509_public key;
	X509_EXTENSION *aki = NULL;
	ASN1_INTEGER *number = ASN1_INTEGER_new();
	int ok;

	if (x509_public_of(r->root_key, &key) == 0)
		aki = x509_extend_key_id(&key, true);
	ok = aki != NULL && number != NULL &&
	    X509_CRL_set_version(crl, X509_CRL_VERSION_2) == 1 &&
	    X509_CRL_set_issuer_name(crl, X509_get_subject_name(r->root)) ==
		1 &&
	    X509_CRL_set1_lastUpdate(crl, X509_get0_notBefore(r->root)) == 1 &&
	    X509_CRL_set1_nextUpdate(crl, X509_get0_notAfter(r->issuing)) ==
		1 &&
	    X509_CRL_add_ext(crl, aki, -1) == 1 &&
	    ASN1_INTEGER_set_int64(number, 1) == 1 &&
	    X509_CRL_add1_ext_i2d(crl, NID_crl_number, number, 0,
		X509V3_ADD_DEFAULT) == 1 &&
	    X509_CRL_sign(crl, r->root_key, EVP_sha256()) > 0;
	X509_EXTENSION_free(aki);
	ASN1_INTEGER_free(number);
	return (ok ? 0 : ERR_NOMEM);
}

int
x509_root_put_crl(const struct x509_root *r, char *out, size_t size)
{
	uint8_t der[CRL_LEN_MAX], *p = der;
	X509_CRL *crl = X509_CRL_new();
	int n = 0, e = ERR_NOMEM;

	if (crl != NULL && make_crl(r, crl) == 0 &&
	    (n = i2d_X509_CRL(crl, NULL)) > 0)
		e = (size_t)n > sizeof(der) ? ERR_LIMIT : 0;
	if (e == 0 && i2d_X509_CRL(crl, &p) != n)
		e = ERR_NOMEM;
	X509_CRL_free(crl);
	if (e == 0)
		e = x509_pem_put(X509_PEM_CRL, der, (size_t)n, out, size);
	return (e == 0 ? 0 : log_fr(e, "revocation list of the root"));
}

void
x509_root_clear(struct x509_root *r)
{
	EVP_PKEY_free(r->root_key);
	EVP_PKEY_free(r->issuing_key);
	X509_free(r->root);
	X509_free(r->issuing);
	memset(r, 0, sizeof(*r));
}
