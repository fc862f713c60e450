#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <stdlib.h>

#include "tests/fakes/rsa_pair.h"

static void
must(int ok)
{
	if (ok != 1)
		abort();
}

BIGNUM *
rsa_pair_prime(void)
{
	BIGNUM *p = BN_new();

	/* Both top bits, so that two of them have 2048 together. */
	do
		must(BN_generate_prime_ex(p, 1024, 0, NULL, NULL, NULL));
	while (!BN_is_bit_set(p, 1022));
	return (p);
}

EVP_PKEY *
rsa_pair_key(const BIGNUM *p, const BIGNUM *q)
{
	BN_CTX *ctx = BN_CTX_new();
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX *make = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	BIGNUM *n = BN_new(), *e = BN_new(), *d = BN_new(), *a = BN_dup(p),
	       *b = BN_dup(q);
	EVP_PKEY *key = NULL;
	OSSL_PARAM *params;

	must(BN_mul(n, p, q, ctx));
	must(BN_set_word(e, RSA_F4));
	must(BN_sub_word(a, 1));
	must(BN_sub_word(b, 1));
	must(BN_mul(a, a, b, ctx));
	must(BN_mod_inverse(d, e, a, ctx) != NULL);
	must(OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_N, n));
	must(OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_E, e));
	must(OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_D, d));
	params = OSSL_PARAM_BLD_to_param(bld);
	must(EVP_PKEY_fromdata_init(make));
	must(EVP_PKEY_fromdata(make, &key, EVP_PKEY_KEYPAIR, params));
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(bld);
	EVP_PKEY_CTX_free(make);
	BN_free(n);
	BN_free(e);
	BN_free(d);
	BN_free(a);
	BN_free(b);
	BN_CTX_free(ctx);
	return (key);
}
