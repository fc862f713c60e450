#include <openssl/core_names.h>
#include <openssl/err.h>
#include <string.h>

#include "authd/base/log.h"
#include "authd/base/mem.h"
#include "certs/x509_scalar.h"

#define GROUP "P-256"

int
x509_scalar_of(EVP_PKEY *pkey, uint8_t out[X509_SCALAR_LEN])
{
	BIGNUM *n = NULL;
	int r = ERR_INVALID;

	if (EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_PRIV_KEY, &n) == 1 &&
	    BN_bn2binpad(n, out, X509_SCALAR_LEN) == X509_SCALAR_LEN)
		r = 0;
	BN_clear_free(n);
	if (r != 0)
		return (log_fr(r, "private half of a key"));
	return (0);
}

int
x509_scalar_load(const uint8_t scalar[X509_SCALAR_LEN],
    const struct x509_public *pub, EVP_PKEY **out)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	uint8_t little[X509_SCALAR_LEN];
	char group[] = GROUP;
	EVP_PKEY *pkey = NULL;
	int i, r = ERR_INVALID;
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(
		    OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
		OSSL_PARAM_construct_BN(
		    OSSL_PKEY_PARAM_PRIV_KEY, little, sizeof(little)),
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY,
		    (void *)(uintptr_t)pub->bits, pub->len),
		OSSL_PARAM_construct_end(),
	};

	*out = NULL;
	/* A number among parameters is in the machine's own order. */
	for (i = 0; i < X509_SCALAR_LEN; i++)
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
		little[i] = scalar[X509_SCALAR_LEN - 1 - i];
#else
		little[i] = scalar[i];
#endif
	if (pub->kind != X509_PUBLIC_P256)
		r = ERR_INVALID;
	else if (ctx == NULL)
		r = ERR_NOMEM;
	else if (EVP_PKEY_fromdata_init(ctx) == 1 &&
	    EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_KEYPAIR, params) == 1)
		r = 0;
	EVP_PKEY_CTX_free(ctx);
	mem_wipe(little, sizeof(little));
	if (r == 0)
		*out = pkey;
	return (r);
}

int
x509_scalar_fits(const uint8_t scalar[X509_SCALAR_LEN],
    const struct x509_public *pub, bool *fits)
{
	EVP_PKEY_CTX *ctx = NULL;
	EVP_PKEY *pkey;
	int r;

	*fits = false;
	if ((r = x509_scalar_load(scalar, pub, &pkey)) != 0)
		return (r == ERR_INVALID ? 0 : r);
	ctx = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
	if (ctx == NULL)
		r = ERR_NOMEM;
	else
		*fits = EVP_PKEY_pairwise_check(ctx) == 1;
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(pkey);
	ERR_clear_error();
	return (r);
}
