#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <stdlib.h>
#include <string.h>

#include "authd/base/log.h"
#include "certs/x509_public.h"

#define E_BITS_LEAST 17
#define E_BITS_MOST  32

/* The contents of each AlgorithmIdentifier, to the byte. */
static const uint8_t p256[] = { 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02,
	0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07 };
static const uint8_t p384[] = { 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02,
	0x01, 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22 };
static const uint8_t rsa[] = { 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d,
	0x01, 0x01, 0x01, 0x05, 0x00 };

static const struct {
	enum x509_public_kind kind;
	const uint8_t *oid;
	size_t oid_len;
	size_t len; /* of the point; 0: another form */
	const char *group;
} kinds[] = {
	{ X509_PUBLIC_P256, p256, sizeof(p256), 65, "P-256" },
	{ X509_PUBLIC_P384, p384, sizeof(p384), 97, "P-384" },
	{ X509_PUBLIC_RSA, rsa, sizeof(rsa), 0, NULL },
};
#define KINDS_N (sizeof(kinds) / sizeof(kinds[0]))

/* Which line is that kind's; KINDS_N: none. */
static size_t
line_of(enum x509_public_kind kind)
{
	size_t i;

	for (i = 0; i < KINDS_N; i++)
		if (kinds[i].kind == kind)
			break;
	return (i);
}

int
x509_public_get(struct buf_reader *r, struct x509_public *out)
{
	struct buf_reader all, algorithm, bits;
	size_t i;

	memset(out, 0, sizeof(*out));
	x509_der_get(r, X509_DER_SEQUENCE, &all);
	x509_der_get(&all, X509_DER_SEQUENCE, &algorithm);
	x509_der_get_bits(&all, &bits);
	if (buf_end(&all) != 0 || bits.left > sizeof(out->bits))
		return (ERR_INVALID);
	for (i = 0; i < KINDS_N; i++)
		if (kinds[i].oid_len == algorithm.left &&
		    memcmp(kinds[i].oid, algorithm.at, algorithm.left) == 0)
			break;
	if (i == KINDS_N)
		return (ERR_INVALID);
	if (kinds[i].len != 0 &&
	    (bits.left != kinds[i].len || bits.at[0] != 0x04))
		return (ERR_INVALID);
	out->kind = kinds[i].kind;
	out->len = bits.left;
	memcpy(out->bits, bits.at, bits.left);
	return (0);
}

struct x509_public_forms {
	EVP_PKEY *of[KINDS_N]; /* its curve, and the last point; NULL: no curve */
};

/* From parameters to a key, or to its ${part}; ERR_INVALID when OpenSSL will
 * not have it. */
static int
load_params(const char *type, int part, OSSL_PARAM *params, EVP_PKEY **out)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	EVP_PKEY *pkey = NULL;
	int r = ERR_INVALID;

	if (ctx == NULL || params == NULL)
		r = ERR_NOMEM;
	else if (EVP_PKEY_fromdata_init(ctx) == 1 &&
	    EVP_PKEY_fromdata(ctx, &pkey, part, params) == 1)
		r = 0;
	EVP_PKEY_CTX_free(ctx);
	*out = r == 0 ? pkey : NULL;
	return (r);
}

static int
load_ec(const struct x509_public *key, const char *group, EVP_PKEY **out)
{
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
		    (char *)(uintptr_t)group, 0),
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY,
		    (void *)(uintptr_t)key->bits, key->len),
		OSSL_PARAM_construct_end(),
	};

	return (load_params("EC", EVP_PKEY_PUBLIC_KEY, params, out));
}

/* The same, of a curve that is there already. A copy of it would cost more
 * than the point. */
static int
load_form(const struct x509_public *key, EVP_PKEY *form, EVP_PKEY **out)
{
	if (EVP_PKEY_set1_encoded_public_key(form, key->bits, key->len) != 1)
		return (ERR_INVALID);
	if (EVP_PKEY_up_ref(form) != 1)
		return (ERR_NOMEM);
	*out = form;
	return (0);
}

static int
load_rsa(const struct x509_public *key, EVP_PKEY **out)
{
	struct buf_reader r, all, n_bytes, e_bytes;
	OSSL_PARAM_BLD *bld = NULL;
	OSSL_PARAM *params = NULL;
	BIGNUM *n = NULL, *e = NULL;
	int ret = ERR_INVALID;

	buf_reader_init(&r, key->bits, key->len);
	x509_der_get(&r, X509_DER_SEQUENCE, &all);
	x509_der_get_number(&all, &n_bytes);
	x509_der_get_number(&all, &e_bytes);
	if (buf_end(&r) != 0 || buf_end(&all) != 0)
		return (ERR_INVALID);
	n = BN_bin2bn(n_bytes.at, (int)n_bytes.left, NULL);
	e = BN_bin2bn(e_bytes.at, (int)e_bytes.left, NULL);
	bld = OSSL_PARAM_BLD_new();
	if (n == NULL || e == NULL || bld == NULL) {
		ret = ERR_NOMEM;
		goto out;
	}
	if (BN_num_bits(n) < X509_PUBLIC_RSA_LEAST ||
	    BN_num_bits(n) > X509_PUBLIC_RSA_MOST || !BN_is_odd(n) ||
	    BN_num_bits(e) < E_BITS_LEAST || BN_num_bits(e) > E_BITS_MOST ||
	    !BN_is_odd(e))
		goto out;
	if (OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_N, n) == 1 &&
	    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_E, e) == 1)
		params = OSSL_PARAM_BLD_to_param(bld);
	ret = load_params("RSA", EVP_PKEY_PUBLIC_KEY, params, out);
out:
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(bld);
	BN_free(n);
	BN_free(e);
	return (ret);
}

int
x509_public_forms_new(struct x509_public_forms **out)
{
	OSSL_PARAM params[] = { OSSL_PARAM_END, OSSL_PARAM_END };
	struct x509_public_forms *f = calloc(1, sizeof(*f));
	int r = f == NULL ? ERR_NOMEM : 0;
	size_t i;

	for (i = 0; r == 0 && i < KINDS_N; i++) {
		if (kinds[i].group == NULL)
			continue;
		params[0] = OSSL_PARAM_construct_utf8_string(
		    OSSL_PKEY_PARAM_GROUP_NAME,
		    (char *)(uintptr_t)kinds[i].group, 0);
		r = load_params(
		    "EC", EVP_PKEY_KEY_PARAMETERS, params, &f->of[i]);
	}
	*out = r == 0 ? f : NULL;
	if (r == 0)
		return (0);
	x509_public_forms_free(f);
	return (log_fr(r, "curves of keys"));
}

void
x509_public_forms_free(struct x509_public_forms *f)
{
	size_t i;

	if (f == NULL)
		return;
	for (i = 0; i < KINDS_N; i++)
		EVP_PKEY_free(f->of[i]);
	free(f);
}

int
x509_public_load(const struct x509_public *key,
    struct x509_public_forms *forms, EVP_PKEY **out)
{
	size_t i = line_of(key->kind);

	*out = NULL;
	if (i == KINDS_N || key->len > sizeof(key->bits))
		return (ERR_INVALID);
	if (kinds[i].group == NULL)
		return (load_rsa(key, out));
	return (forms == NULL ? load_ec(key, kinds[i].group, out)
			      : load_form(key, forms->of[i], out));
}

int
x509_public_of(EVP_PKEY *pkey, struct x509_public *out)
{
	unsigned char *der = NULL;
	struct buf_reader r;
	int len, ret = ERR_INVALID;

	memset(out, 0, sizeof(*out));
	if ((len = i2d_PUBKEY(pkey, &der)) > 0) {
		buf_reader_init(&r, der, (size_t)len);
		ret = x509_public_get(&r, out);
	}
	OPENSSL_free(der);
	if (ret != 0)
		return (log_fr(ret, "public half of a key"));
	return (0);
}

int
x509_public_put(const struct x509_public *key, struct x509_der_out *o)
{
	size_t i = line_of(key->kind), before = o->len;

	if (i == KINDS_N || key->len > sizeof(key->bits))
		return (ERR_INVALID);
	x509_der_put_bits(o, key->bits, key->len);
	x509_der_put(o, X509_DER_SEQUENCE, kinds[i].oid, kinds[i].oid_len);
	x509_der_put_head(o, X509_DER_SEQUENCE, before);
	return (0);
}

int
x509_public_id(const struct x509_public *key, uint8_t out[X509_PUBLIC_ID])
{
	uint8_t hash[EVP_MAX_MD_SIZE];

	if (EVP_Digest(key->bits, key->len, hash, NULL, EVP_sha256(), NULL) !=
	    1)
		return (ERR_NOMEM);
	memcpy(out, hash, X509_PUBLIC_ID);
	return (0);
}
