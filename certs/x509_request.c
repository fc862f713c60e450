#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <string.h>

#include "authd/base/log.h"
#include "certs/x509_der.h"
#include "certs/x509_request.h"
#include "certs/x509_weak.h"

/* What signs: the contents of an AlgorithmIdentifier, to the byte. */
static const struct {
	bool is_rsa;
	const char *digest;
	size_t len;
	uint8_t oid[13];
} algorithms[] = {
	{ false, "SHA256", 10,
	    { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02 } },
	{ false, "SHA384", 10,
	    { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03 } },
	{ false, "SHA512", 10,
	    { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x04 } },
	{ true, "SHA256", 13,
	    { 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b,
		0x05, 0x00 } },
	{ true, "SHA384", 13,
	    { 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0c,
		0x05, 0x00 } },
	{ true, "SHA512", 13,
	    { 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0d,
		0x05, 0x00 } },
};

/* The parts of a request, borrowed from its bytes. */
struct parts {
	const uint8_t *signed_at; /* what the signature is over */
	size_t signed_len;
	struct buf_reader spki, algorithm, signature;
};

static int
split(const uint8_t *der, size_t n, struct parts *p)
{
	struct buf_reader r, all, info, version, subject, attributes;

	buf_reader_init(&r, der, n);
	x509_der_get(&r, X509_DER_SEQUENCE, &all);
	p->signed_at = all.at;
	x509_der_get(&all, X509_DER_SEQUENCE, &info);
	p->signed_len = (size_t)(all.at - p->signed_at);
	x509_der_get(&all, X509_DER_SEQUENCE, &p->algorithm);
	x509_der_get_bits(&all, &p->signature);
	if (buf_end(&r) != 0 || buf_end(&all) != 0)
		return (ERR_INVALID);
	/* Version 1 is written as 0. */
	x509_der_get(&info, X509_DER_INTEGER, &version);
	if (version.left != 1 || buf_get_u8(&version) != 0)
		return (ERR_INVALID);
	x509_der_get(&info, X509_DER_SEQUENCE, &subject);
	p->spki = info;
	x509_der_get(&info, X509_DER_SEQUENCE, &subject);
	/* Some leave out the attributes, against the letter. */
	if (info.left > 0)
		x509_der_get(&info, X509_DER_CONTEXT_0, &attributes);
	return (buf_end(&info) == 0 ? 0 : ERR_INVALID);
}

static const char *
digest_of(const struct buf_reader *algorithm, bool is_rsa)
{
	size_t i;

	for (i = 0; i < sizeof(algorithms) / sizeof(algorithms[0]); i++)
		if (algorithms[i].is_rsa == is_rsa &&
		    algorithms[i].len == algorithm->left &&
		    memcmp(algorithms[i].oid, algorithm->at,
			algorithm->left) == 0)
			return (algorithms[i].digest);
	return (NULL);
}

static int
check_weak(EVP_PKEY *pkey, enum x509_request_fault *fault)
{
	BIGNUM *n = NULL;
	bool is_weak;
	int r;

	if (EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_N, &n) != 1)
		return (ERR_NOMEM);
	r = x509_weak_rsa(n, &is_weak);
	BN_free(n);
	if (r != 0)
		return (r);
	*fault = is_weak ? X509_REQUEST_KEY_WEAK : *fault;
	return (is_weak ? ERR_INVALID : 0);
}

/* Does whoever sent it have the private key? */
static int
check_signature(const struct parts *p, EVP_PKEY *pkey, const char *digest)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int r = ERR_INVALID;

	if (ctx == NULL ||
	    EVP_DigestVerifyInit_ex(
		ctx, NULL, digest, NULL, NULL, pkey, NULL) != 1)
		r = ERR_NOMEM;
	else if (EVP_DigestVerify(ctx, p->signature.at, p->signature.left,
		     p->signed_at, p->signed_len) == 1)
		r = 0;
	EVP_MD_CTX_free(ctx);
	return (r);
}

static int
check_key(const struct parts *p, const struct x509_public *key,
    struct x509_public_forms *forms, enum x509_request_fault *fault)
{
	bool is_rsa = key->kind == X509_PUBLIC_RSA;
	EVP_PKEY *pkey = NULL;
	const char *digest;
	int r;

	*fault = X509_REQUEST_ALGORITHM;
	if ((digest = digest_of(&p->algorithm, is_rsa)) == NULL)
		return (ERR_INVALID);
	*fault = X509_REQUEST_KEY_KIND;
	if ((r = x509_public_load(key, forms, &pkey)) != 0)
		return (r);
	*fault = X509_REQUEST_SIGNATURE;
	if ((r = check_signature(p, pkey, digest)) == 0 && is_rsa)
		r = check_weak(pkey, fault);
	if (r == 0)
		*fault = X509_REQUEST_NONE;
	EVP_PKEY_free(pkey);
	return (r);
}

int
x509_request_check(const uint8_t *der, size_t n,
    struct x509_public_forms *forms, struct x509_public *key,
    enum x509_request_fault *fault)
{
	struct parts p;
	int r;

	memset(key, 0, sizeof(*key));
	*fault = X509_REQUEST_UNREAD;
	if (n > X509_REQUEST_MAX || (r = split(der, n, &p)) != 0)
		return (ERR_INVALID);
	*fault = X509_REQUEST_KEY_KIND;
	if ((r = x509_public_get(&p.spki, key)) == 0)
		r = check_key(&p, key, forms, fault);
	/* OpenSSL's queue of errors is not for whoever comes next. */
	ERR_clear_error();
	if (r != 0)
		memset(key, 0, sizeof(*key));
	return (r);
}

int
x509_request_key(const uint8_t *der, size_t n, struct x509_public *key)
{
	struct parts p;

	memset(key, 0, sizeof(*key));
	if (n > X509_REQUEST_MAX || split(der, n, &p) != 0)
		return (ERR_INVALID);
	return (x509_public_get(&p.spki, key));
}

const char *
x509_request_fault_text(enum x509_request_fault fault)
{
	switch (fault) {
	case X509_REQUEST_NONE:
		return ("good");
	case X509_REQUEST_KEY_KIND:
		return ("the key is not P-256, P-384 or RSA of 2048 to 4096 "
			"bits");
	case X509_REQUEST_KEY_WEAK:
		return ("the RSA key is weak");
	case X509_REQUEST_KEY_SHARED:
		return ("the RSA key shares a prime with another "
			"certificate's, so that both are known to others");
	case X509_REQUEST_ALGORITHM:
		return ("not signed with SHA-256, SHA-384 or SHA-512");
	case X509_REQUEST_SIGNATURE:
		return ("the signature is not of the key in it");
	case X509_REQUEST_UNREAD:
		break;
	}
	return ("not a certificate request in DER");
}

int
x509_request_make(EVP_PKEY *pkey, uint8_t der[X509_REQUEST_MAX], size_t *n)
{
	X509_REQ *req = X509_REQ_new();
	uint8_t *p = der;
	int len, r = ERR_NOMEM;

	*n = 0;
	if (req != NULL && X509_REQ_set_version(req, X509_REQ_VERSION_1) == 1 &&
	    X509_REQ_set_pubkey(req, pkey) == 1 &&
	    X509_REQ_sign(req, pkey, EVP_sha256()) > 0 &&
	    (len = i2d_X509_REQ(req, NULL)) > 0 && len <= X509_REQUEST_MAX &&
	    i2d_X509_REQ(req, &p) == len) {
		*n = (size_t)len;
		r = 0;
	}
	X509_REQ_free(req);
	if (r != 0)
		return (log_fr(r, "make a certificate request"));
	return (0);
}

/* Some key of that kind; nobody has its private half. */
static int
some_key(enum x509_public_kind kind, struct x509_public *out)
{
	static const uint8_t head[] = { 0x30, 0x82, 0x01, 0x0a, 0x02, 0x82,
		0x01, 0x01, 0x00, 0x80 };
	static const uint8_t tail[] = { 0x01, 0x02, 0x03, 0x01, 0x00, 0x01 };
	EVP_PKEY *pkey;
	int r;

	if (kind != X509_PUBLIC_RSA) {
		pkey = EVP_EC_gen(kind == X509_PUBLIC_P256 ? "P-256" : "P-384");
		if (pkey == NULL)
			return (ERR_NOMEM);
		r = x509_public_of(pkey, out);
		EVP_PKEY_free(pkey);
		return (r);
	}
	memset(out, 0, sizeof(*out));
	out->kind = kind;
	out->len = 270;
	memcpy(out->bits, head, sizeof(head));
	memcpy(out->bits + out->len - sizeof(tail), tail, sizeof(tail));
	return (0);
}

int
x509_request_warm_up(void)
{
	static const uint8_t nothing[64];
	struct x509_public key;
	struct parts p = { .signed_at = nothing, .signed_len = 1 };
	EVP_PKEY *pkey;
	size_t i;
	int kind, r;

	buf_reader_init(&p.signature, nothing, sizeof(nothing));
	for (kind = X509_PUBLIC_P256; kind <= X509_PUBLIC_RSA; kind++) {
		if ((r = some_key((enum x509_public_kind)kind, &key)) != 0 ||
		    (r = x509_public_load(&key, NULL, &pkey)) != 0)
			return (log_fr(r, "try a key"));
		for (i = 0; i < sizeof(algorithms) / sizeof(algorithms[0]);
		     i++)
			if (algorithms[i].is_rsa == (kind == X509_PUBLIC_RSA) &&
			    check_signature(&p, pkey, algorithms[i].digest) !=
				ERR_INVALID)
				r = ERR_NOMEM;
		EVP_PKEY_free(pkey);
		if (r != 0)
			return (log_fr(r, "try a signature"));
	}
	ERR_clear_error();
	return (0);
}
