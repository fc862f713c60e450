/*
 * Goal of this test: of public keys one form each is read: points whole and
 * not compressed, RSA numbers odd, of their sizes, and nothing after them;
 * whether OpenSSL would have them or not (R67).
 * Links: certs/x509_der.c certs/x509_public.c authd/base/buf.c
 * Links: authd/base/log.c authd/base/err.c authd/base/timetext.c
 * Links: tests/fakes/clock_fake.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/x509.h>

#include "certs/x509_public.h"

static struct x509_public_forms *forms;

static int
begin(void **state)
{
	(void)state;
	return (x509_public_forms_new(&forms));
}

static int
end(void **state)
{
	(void)state;
	x509_public_forms_free(forms);
	return (0);
}

/* Both ways of loading say the same. */
static int
load(const struct x509_public *key)
{
	EVP_PKEY *one = NULL, *two = NULL;
	int r = x509_public_load(key, NULL, &one);

	assert_int_equal(x509_public_load(key, forms, &two), r);
	assert_int_equal(one != NULL, r == 0);
	assert_int_equal(two != NULL, r == 0);
	if (r == 0)
		assert_int_equal(EVP_PKEY_eq(one, two), 1);
	EVP_PKEY_free(one);
	EVP_PKEY_free(two);
	return (r);
}

static int
read_key(const uint8_t *der, size_t n, struct x509_public *out)
{
	struct buf_reader r;

	buf_reader_init(&r, der, n);
	return (x509_public_get(&r, out));
}

static void
points(const char *group, size_t half)
{
	EVP_PKEY *key = EVP_EC_gen(group);
	struct x509_public pub, none;
	uint8_t der[256], *p = der, *point;
	int n;

	memset(&none, 0, sizeof(none));
	n = i2d_PUBKEY(key, &p);
	assert_in_range(n, 2 * half, sizeof(der));
	point = der + n - 2 * half - 1;
	assert_int_equal(point[0], 4);
	assert_int_equal(read_key(der, (size_t)n, &pub), 0);
	assert_int_equal(pub.len, 2 * half + 1);
	assert_int_equal(load(&pub), 0);
	/* a point that is not on the curve */
	pub.bits[half] ^= 1;
	assert_int_equal(load(&pub), ERR_INVALID);
	pub.bits[half] ^= 1;
	/* no point at all */
	memset(pub.bits, 0, pub.len);
	assert_int_equal(load(&pub), ERR_INVALID);
	/* both halves and the compressed mark, which OpenSSL would take */
	point[0] = (uint8_t)(6 + (point[2 * half] & 1));
	assert_int_equal(read_key(der, (size_t)n, &pub), ERR_INVALID);
	assert_memory_equal(&pub, &none, sizeof(none));
	point[0] = 4;
	assert_int_equal(read_key(der, (size_t)n - 1, &pub), ERR_INVALID);
	EVP_PKEY_free(key);
}

static void
test_points(void **state)
{
	(void)state;
	points("P-256", 32);
	points("P-384", 48);
	/* of the form that had another point */
	points("P-256", 32);
	points("P-384", 48);
}

/* An RSA key of those numbers, with that many bytes after them. */
static int
rsa(const BIGNUM *n, const char *e_hex, size_t rest)
{
	struct x509_public key = { .kind = X509_PUBLIC_RSA };
	ASN1_INTEGER *one, *two;
	uint8_t body[1200], *p = body;
	BIGNUM *e = NULL;
	size_t len;

	assert_true(BN_hex2bn(&e, e_hex) > 0);
	one = BN_to_ASN1_INTEGER(n, NULL);
	two = BN_to_ASN1_INTEGER(e, NULL);
	assert_true(i2d_ASN1_INTEGER(one, &p) > 0);
	assert_true(i2d_ASN1_INTEGER(two, &p) > 0);
	len = (size_t)(p - body) + rest;
	memset(p, 0, rest);
	assert_in_range(len, 0x100, 0xffff);
	key.bits[0] = 0x30;
	key.bits[1] = 0x82;
	key.bits[2] = (uint8_t)(len >> 8);
	key.bits[3] = (uint8_t)len;
	assert_true(len + 4 <= sizeof(key.bits));
	memcpy(key.bits + 4, body, len);
	key.len = len + 4;
	ASN1_INTEGER_free(one);
	ASN1_INTEGER_free(two);
	BN_free(e);
	return (load(&key));
}

/* Some odd number of exactly so many bits. */
static BIGNUM *
number(int bits)
{
	BIGNUM *n = BN_new();

	assert_non_null(n);
	assert_int_equal(
	    BN_rand(n, bits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ODD), 1);
	return (n);
}

static void
test_rsa(void **state)
{
	static const struct {
		int bits, r;
	} sizes[] = { { 2046, ERR_INVALID }, { 2047, ERR_INVALID }, { 2048, 0 },
		{ 3072, 0 }, { 4096, 0 }, { 4097, ERR_INVALID } };
	BIGNUM *n;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		n = number(sizes[i].bits);
		assert_int_equal(rsa(n, "010001", 0), sizes[i].r);
		BN_free(n);
	}
	n = number(2048);
	assert_int_equal(rsa(n, "ffffffff", 0), 0);
	assert_int_equal(rsa(n, "03", 0), ERR_INVALID);
	assert_int_equal(rsa(n, "ffff", 0), ERR_INVALID);
	assert_int_equal(rsa(n, "0100000001", 0), ERR_INVALID);
	assert_int_equal(rsa(n, "010002", 0), ERR_INVALID);
	assert_int_equal(rsa(n, "-010001", 0), ERR_INVALID);
	/* a third number, or nothing that can be read */
	assert_int_equal(rsa(n, "010001", 1), ERR_INVALID);
	assert_int_equal(rsa(n, "010001", 3), ERR_INVALID);
	assert_int_equal(BN_add_word(n, 1), 1);
	assert_int_equal(rsa(n, "010001", 0), ERR_INVALID);
	BN_free(n);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_points),
		cmocka_unit_test(test_rsa),
	};

	return (cmocka_run_group_tests(tests, begin, end));
}
