/*
 * Goal of this test: of a request only a good key is taken, and only with its
 * proof; a weak or strange one is refused with its reason; 100,000 requests
 * changed at random never bring anything but such a key (R67, F17).
 * Links: tests/fakes/x509_world.c tests/fakes/clock_fake.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "authd/base/log.h"
#include "certs/x509_chain.h"
#include "certs/x509_key.h"
#include "certs/x509_pem.h"
#include "certs/x509_request.h"
#include "certs/x509_weak.h"
#include "tests/fakes/x509_world.h"

#define T0      1795305600000LL
#define DAY     86400000LL
#define MUTANTS 100000

struct request {
	uint8_t der[X509_REQUEST_MAX];
	size_t n;
};

static EVP_PKEY *p256;
static struct x509_public_forms *forms;

static int
begin(void **state)
{
	(void)state;
	log_open("test", LOG_LEVEL_ERROR);
	assert_int_equal(x509_public_forms_new(&forms), 0);
	return (x509_key_new(&p256));
}

static int
end(void **state)
{
	(void)state;
	EVP_PKEY_free(p256);
	x509_public_forms_free(forms);
	return (0);
}

/* Every form of a length, as OpenSSL and we ourselves read it. */
static void
test_der_lengths(void **state)
{
	static const size_t lengths[] = { 0, 1, 0x7f, 0x80, 0xff, 0x100,
		0xffff };
	static uint8_t memory[0x10000 + 8], text[0x10000];
	struct buf_reader r, inside;
	struct x509_der_out o;
	const uint8_t *p;
	int tag, class;
	long len;
	size_t i;

	(void)state;
	memset(text, 0x5a, sizeof(text));
	for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		x509_der_out_init(&o, memory, sizeof(memory));
		x509_der_put(&o, X509_DER_OCTET_STRING, text, lengths[i]);
		assert_false(o.is_broken);
		assert_ptr_equal(o.at + o.len, memory + sizeof(memory));
		p = o.at;
		assert_int_equal(
		    ASN1_get_object(&p, &len, &tag, &class, (long)o.len), 0);
		assert_int_equal(tag, V_ASN1_OCTET_STRING);
		assert_int_equal(len, lengths[i]);
		assert_int_equal(p - o.at + len, o.len);
		buf_reader_init(&r, o.at, o.len);
		x509_der_get(&r, X509_DER_OCTET_STRING, &inside);
		assert_int_equal(buf_end(&r), 0);
		assert_int_equal(inside.left, lengths[i]);
		if (lengths[i] > 0)
			assert_memory_equal(inside.at, text, lengths[i]);
	}
	x509_der_out_init(&o, memory, sizeof(memory));
	x509_der_put(&o, X509_DER_OCTET_STRING, text, 0x10000);
	assert_true(o.is_broken);
	/* what does not fit is left out, and all that comes after it */
	x509_der_out_init(&o, memory, 4);
	x509_der_put(&o, X509_DER_OCTET_STRING, text, 3);
	x509_der_put_raw(&o, text, 0);
	assert_true(o.is_broken);
	assert_int_equal(o.len, 3);
}

/* With everything in it that we do not take over. */
static void
make_with(EVP_PKEY *key, const EVP_MD *md, struct request *out)
{
	STACK_OF(X509_EXTENSION) *list = sk_X509_EXTENSION_new_null();
	X509_REQ *req = X509_REQ_new();
	X509_NAME *name = X509_REQ_get_subject_name(req);
	uint8_t *p = out->der;
	int n;

	X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8,
	    (const uint8_t *)"another office", -1, -1, 0);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
	    (const uint8_t *)"root", -1, -1, 0);
	sk_X509_EXTENSION_push(list,
	    X509V3_EXT_conf_nid(
		NULL, NULL, NID_basic_constraints, "critical,CA:TRUE"));
	sk_X509_EXTENSION_push(list,
	    X509V3_EXT_conf_nid(
		NULL, NULL, NID_subject_alt_name, "DNS:www.example.com"));
	sk_X509_EXTENSION_push(list,
	    X509V3_EXT_conf_nid(NULL, NULL, NID_ext_key_usage, "serverAuth"));
	assert_int_equal(X509_REQ_add_extensions(req, list), 1);
	sk_X509_EXTENSION_pop_free(list, X509_EXTENSION_free);
	assert_int_equal(X509_REQ_set_pubkey(req, key), 1);
	assert_true(X509_REQ_sign(req, key, md) > 0);
	n = i2d_X509_REQ(req, NULL);
	assert_true(n > 0 && (size_t)n <= sizeof(out->der));
	i2d_X509_REQ(req, &p);
	out->n = (size_t)n;
	X509_REQ_free(req);
}

static int
check(const struct request *q, struct x509_public *key,
    enum x509_request_fault *fault)
{
	static const struct x509_public none;
	int r = x509_request_check(q->der, q->n, forms, key, fault);
	enum x509_request_fault slow_fault;
	struct x509_public slow;

	assert_int_equal(r == 0, *fault == X509_REQUEST_NONE);
	/* The curve made at once or beforehand: the same word. (For a wrong
	 * signature the key was taken; that takes its time.) */
	if (*fault == X509_REQUEST_SIGNATURE)
		goto out;
	assert_int_equal(
	    x509_request_check(q->der, q->n, NULL, &slow, &slow_fault), r);
	assert_int_equal(slow_fault, *fault);
	assert_memory_equal(&slow, key, sizeof(slow));
out:
	if (r != 0)
		assert_memory_equal(key, &none, sizeof(none));
	return (r);
}

static enum x509_request_fault
fault_of(EVP_PKEY *key, const EVP_MD *md)
{
	enum x509_request_fault fault;
	struct x509_public got, want;
	struct request q;

	make_with(key, md, &q);
	if (check(&q, &got, &fault) == 0) {
		assert_int_equal(x509_public_of(key, &want), 0);
		assert_memory_equal(&got, &want, sizeof(want));
	}
	EVP_PKEY_free(key);
	return (fault);
}

static EVP_PKEY *
rsa(unsigned bits, unsigned e)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	BIGNUM *exponent = BN_new();
	EVP_PKEY *key = NULL;

	BN_set_word(exponent, e);
	assert_int_equal(EVP_PKEY_keygen_init(ctx), 1);
	assert_int_equal(EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, (int)bits), 1);
	assert_int_equal(
	    EVP_PKEY_CTX_set1_rsa_keygen_pubexp(ctx, exponent), 1);
	assert_int_equal(EVP_PKEY_keygen(ctx, &key), 1);
	EVP_PKEY_CTX_free(ctx);
	BN_free(exponent);
	return (key);
}

static void
test_R67_kinds(void **state)
{
	EVP_PKEY *key;

	(void)state;
	assert_int_equal(
	    fault_of(EVP_EC_gen("P-256"), EVP_sha256()), X509_REQUEST_NONE);
	assert_int_equal(
	    fault_of(EVP_EC_gen("P-256"), EVP_sha512()), X509_REQUEST_NONE);
	assert_int_equal(
	    fault_of(EVP_EC_gen("P-384"), EVP_sha384()), X509_REQUEST_NONE);
	assert_int_equal(
	    fault_of(rsa(2048, 65537), EVP_sha256()), X509_REQUEST_NONE);
	assert_int_equal(
	    fault_of(rsa(3072, 65537), EVP_sha384()), X509_REQUEST_NONE);
	assert_int_equal(
	    fault_of(rsa(4096, 65537), EVP_sha512()), X509_REQUEST_NONE);
	/* not these */
	assert_int_equal(fault_of(EVP_EC_gen("P-521"), EVP_sha256()),
	    X509_REQUEST_KEY_KIND);
	assert_int_equal(fault_of(EVP_EC_gen("P-224"), EVP_sha256()),
	    X509_REQUEST_KEY_KIND);
	assert_int_equal(fault_of(EVP_EC_gen("secp256k1"), EVP_sha256()),
	    X509_REQUEST_KEY_KIND);
	assert_int_equal(fault_of(EVP_EC_gen("brainpoolP256r1"), EVP_sha256()),
	    X509_REQUEST_KEY_KIND);
	key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	assert_int_equal(fault_of(key, NULL), X509_REQUEST_KEY_KIND);
	assert_int_equal(
	    fault_of(rsa(1024, 65537), EVP_sha256()), X509_REQUEST_KEY_KIND);
	assert_int_equal(
	    fault_of(rsa(2040, 65537), EVP_sha256()), X509_REQUEST_KEY_KIND);
	assert_int_equal(
	    fault_of(rsa(4104, 65537), EVP_sha256()), X509_REQUEST_KEY_KIND);
	assert_int_equal(
	    fault_of(rsa(2048, 3), EVP_sha256()), X509_REQUEST_KEY_KIND);
	assert_int_equal(
	    fault_of(rsa(2048, 17), EVP_sha256()), X509_REQUEST_KEY_KIND);
	/* SHA-1 is no signature any more */
	assert_int_equal(
	    fault_of(EVP_EC_gen("P-256"), EVP_sha1()), X509_REQUEST_ALGORITHM);
	assert_int_equal(fault_of(EVP_EC_gen("P-256"), EVP_sha224()),
	    X509_REQUEST_ALGORITHM);
	assert_int_equal(
	    fault_of(rsa(2048, 65537), EVP_sha1()), X509_REQUEST_ALGORITHM);
}

static void
test_R67_proof(void **state)
{
	enum x509_request_fault fault;
	struct x509_public key;
	struct request q, one;
	EVP_PKEY *other;
	X509_REQ *req;
	const uint8_t *p;
	uint8_t *out;

	(void)state;
	/* signed by another key than the one in it */
	make_with(p256, EVP_sha256(), &one);
	p = one.der;
	assert_non_null(req = d2i_X509_REQ(NULL, &p, (long)one.n));
	assert_int_equal(x509_key_new(&other), 0);
	assert_true(X509_REQ_sign(req, other, EVP_sha256()) > 0);
	out = q.der;
	q.n = (size_t)i2d_X509_REQ(req, &out);
	assert_int_equal(check(&q, &key, &fault), ERR_INVALID);
	assert_int_equal(fault, X509_REQUEST_SIGNATURE);
	X509_REQ_free(req);
	EVP_PKEY_free(other);
	/* somebody's key and signature under another subject */
	q = one;
	((uint8_t *)memmem(q.der, q.n, "root", 4))[0] = 'R';
	assert_int_equal(check(&q, &key, &fault), ERR_INVALID);
	assert_int_equal(fault, X509_REQUEST_SIGNATURE);
}

static void
test_compressed_point(void **state)
{
	enum x509_request_fault fault;
	struct x509_public key;
	struct request q;
	EVP_PKEY *one = EVP_EC_gen("P-256");

	(void)state;
	assert_int_equal(EVP_PKEY_set_utf8_string_param(one,
			     OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT,
			     "compressed"),
	    1);
	make_with(one, EVP_sha256(), &q);
	assert_int_equal(check(&q, &key, &fault), ERR_INVALID);
	assert_int_equal(fault, X509_REQUEST_KEY_KIND);
	EVP_PKEY_free(one);
}

static void
test_form(void **state)
{
	enum x509_request_fault fault;
	struct x509_public key;
	struct request q, one;
	size_t i;
	uint8_t *p;

	(void)state;
	make_with(p256, EVP_sha256(), &one);
	for (i = 0; i < one.n; i++) {
		q = one;
		q.n = i;
		assert_int_equal(check(&q, &key, &fault), ERR_INVALID);
		assert_int_equal(fault, X509_REQUEST_UNREAD);
	}
	q = one;
	q.der[q.n++] = 0;
	assert_int_equal(check(&q, &key, &fault), ERR_INVALID);
	q.n = X509_REQUEST_MAX + 1;
	assert_int_equal(x509_request_check(q.der, q.n, forms, &key, &fault),
	    ERR_INVALID);
	/* the length in a longer form than it needs: BER, not DER */
	q = one;
	assert_int_equal(q.der[1], 0x82);
	memmove(q.der + 5, q.der + 4, q.n - 4);
	q.der[1] = 0x83;
	q.der[4] = q.der[3];
	q.der[3] = q.der[2];
	q.der[2] = 0;
	q.n++;
	p = q.der;
	assert_int_equal(check(&q, &key, &fault), ERR_INVALID);
	assert_int_equal(fault, X509_REQUEST_UNREAD);
	/* which OpenSSL reads */
	X509_REQ *lax = d2i_X509_REQ(NULL, &(const uint8_t *){ p }, (long)q.n);
	assert_non_null(lax);
	X509_REQ_free(lax);
	assert_int_equal(check(&one, &key, &fault), 0);
}

/* What is in the certificate of a request is the profile's, whatever it was. */
static void
check_issued(const struct x509_world *w, const struct x509_public *key)
{
	static const int allowed[] = { NID_basic_constraints, NID_key_usage,
		NID_ext_key_usage, NID_crl_distribution_points,
		NID_info_access, NID_subject_key_identifier,
		NID_authority_key_identifier, NID_subject_alt_name };
	struct x509_subject s;
	const struct x509_issue_ask ask = { &s, key, T0, T0 + DAY, NULL };
	struct x509_issue_cert c;
	enum x509_chain_verdict v;
	struct x509_chain_leaf leaf;
	struct x509_public got;
	X509 *x;
	int i;

	x509_world_terminal(&s);
	assert_int_equal(
	    x509_issue_run(w->profile, w->root.issuing_key, &ask, &c), 0);
	assert_int_equal(
	    x509_chain_check(w->trust, c.der, c.len, T0, &leaf, &v), 0);
	assert_int_equal(v, X509_CHAIN_GOOD);
	assert_string_equal(leaf.subject.office, "demo");
	x = x509_world_read(&c);
	assert_int_equal(X509_get_ext_count(x), 8);
	for (i = 0; i < 8; i++)
		assert_int_equal(OBJ_obj2nid(X509_EXTENSION_get_object(
				     X509_get_ext(x, i))),
		    allowed[i]);
	assert_int_equal(x509_public_of(X509_get0_pubkey(x), &got), 0);
	assert_memory_equal(&got, key, sizeof(got));
	X509_free(x);
}

/* xorshift: the same run for everybody. */
static uint64_t
random_of(uint64_t *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 7;
	*s ^= *s << 17;
	return (*s);
}

static void
mutate(struct request *q, uint64_t *s)
{
	size_t at, n;
	int i, times = 1 + (int)(random_of(s) % 3);

	for (i = 0; i < times; i++) {
		at = random_of(s) % q->n;
		switch (random_of(s) % 5) {
		case 0:
			q->der[at] ^= (uint8_t)(1 << random_of(s) % 8);
			break;
		case 1:
			q->der[at] = (uint8_t)random_of(s);
			break;
		case 2:
			n = random_of(s) % (q->n - at);
			memmove(q->der + random_of(s) % (q->n - n), q->der + at,
			    n);
			break;
		case 3:
			q->n = at + 1;
			break;
		default:
			if (q->n + 8 < sizeof(q->der))
				q->der[q->n++] = (uint8_t)random_of(s);
		}
	}
}

static void
test_F17_mutants(void **state)
{
	static const char *const curves[] = { "P-256", "P-384" };
	enum x509_request_fault fault;
	struct x509_public key, own[3];
	struct request seeds[3], q;
	struct x509_world w;
	uint64_t s = 88172645463325252ULL;
	EVP_PKEY *keys[3];
	unsigned taken = 0, i, j;

	(void)state;
	x509_world_open(&w, X509_WORLD_PLACE, T0);
	for (i = 0; i < 3; i++) {
		keys[i] = i < 2 ? EVP_EC_gen(curves[i]) : rsa(2048, 65537);
		make_with(keys[i], EVP_sha256(), &seeds[i]);
		assert_int_equal(x509_public_of(keys[i], &own[i]), 0);
	}
	for (i = 0; i < MUTANTS; i++) {
		q = seeds[i % 3];
		if (i % 1000 != 0)
			mutate(&q, &s);
		if (check(&q, &key, &fault) != 0)
			continue;
		taken++;
		/* Only a key that proved itself: one of these three. */
		for (j = 0; j < 3; j++)
			if (memcmp(&key, &own[j], sizeof(key)) == 0)
				break;
		assert_in_range(j, 0, 2);
		check_issued(&w, &key);
	}
	/* those that were left as they were, and changes that change nothing */
	assert_in_range(taken, MUTANTS / 1000, MUTANTS / 100);
	for (i = 0; i < 3; i++)
		EVP_PKEY_free(keys[i]);
	x509_world_close(&w);
}

static void
is_weak(const BIGNUM *n, bool want)
{
	bool weak;

	assert_int_equal(x509_weak_rsa(n, &weak), 0);
	assert_int_equal(weak, want);
}

/* A number that is a power of 65537 modulo each prime up to 167. */
static BIGNUM *
make_roca(BN_CTX *ctx)
{
	BIGNUM *m = BN_new(), *n = BN_new(), *g = BN_new(), *k = BN_new();
	unsigned p, d;

	BN_one(m);
	for (p = 2; p <= 167; p++) {
		for (d = 2; d < p && p % d != 0; d++)
			;
		if (d == p)
			BN_mul_word(m, p);
	}
	BN_set_word(g, 65537);
	BN_set_word(k, 123456789);
	BN_mod_exp(n, g, k, m, ctx);
	/* and as long as a key: plus a multiple of all of them */
	BN_one(k);
	BN_lshift(k, k, 2047 - BN_num_bits(m) + 1);
	BN_mul(k, k, m, ctx);
	BN_add(n, n, k);
	/* without a small factor, by which it would be found too */
	for (p = 3; p < 2000; p += 2)
		if (BN_mod_word(n, p) == 0) {
			BN_add(n, n, m);
			p = 1;
		}
	BN_free(m);
	BN_free(g);
	BN_free(k);
	return (n);
}

static void
test_R67_weak(void **state)
{
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *p = BN_new(), *q = BN_new(), *n = BN_new(), *roca;
	EVP_PKEY *key;
	int i;

	(void)state;
	for (i = 0; i < 5; i++) {
		BIGNUM *good = NULL;

		key = rsa(2048, 65537);
		assert_int_equal(EVP_PKEY_get_bn_param(key, "n", &good), 1);
		is_weak(good, false);
		BN_free(good);
		EVP_PKEY_free(key);
	}
	/* a small factor */
	assert_int_equal(
	    BN_generate_prime_ex(p, 2040, 0, NULL, NULL, NULL), 1);
	BN_copy(n, p);
	BN_mul_word(n, 1999);
	is_weak(n, true);
	/* two primes next to each other: Fermat (CVE-2022-26320) */
	assert_int_equal(
	    BN_generate_prime_ex(p, 1024, 0, NULL, NULL, NULL), 1);
	BN_copy(q, p);
	do
		BN_add_word(q, 2);
	while (BN_check_prime(q, ctx, NULL) != 1);
	BN_mul(n, p, q, ctx);
	is_weak(n, true);
	/* and a square */
	BN_sqr(n, p, ctx);
	is_weak(n, true);
	roca = make_roca(ctx);
	assert_in_range(BN_num_bits(roca), 2040, 2056);
	is_weak(roca, true);
	BN_free(roca);
	BN_free(p);
	BN_free(q);
	BN_free(n);
	BN_CTX_free(ctx);
}

static void
test_pem(void **state)
{
	char text[20000], old[40100];
	struct request q;
	uint8_t der[X509_REQUEST_MAX];
	size_t n;

	(void)state;
	make_with(p256, EVP_sha256(), &q);
	assert_int_equal(x509_pem_put(X509_PEM_REQUEST, q.der, q.n, text,
			     sizeof(text)),
	    0);
	assert_true(strlen(text) < x509_pem_size(q.n));
	assert_int_equal(x509_pem_get(X509_PEM_REQUEST, text, strlen(text), der,
			     sizeof(der), &n),
	    0);
	assert_int_equal(n, q.n);
	assert_memory_equal(der, q.der, n);
	/* text around it, and the name that Windows gives it */
	snprintf(old, sizeof(old), "hello\n-----BEGIN NEW%s", text + 10);
	memcpy(strstr(old, "-----END") + 8, " NEW CERTIFICATE REQUEST-----\n",
	    31);
	assert_int_equal(x509_pem_get(X509_PEM_REQUEST, old, strlen(old), der,
			     sizeof(der), &n),
	    0);
	assert_memory_equal(der, q.der, n);
	/* with a header, as keys under a passphrase have */
	snprintf(old, sizeof(old), "%.36sX: y\n\n%s", text, text + 36);
	assert_ptr_equal(strstr(old, "-----\nX: y\n\nMI"), old + 30);
	assert_int_equal(x509_pem_get(X509_PEM_REQUEST, old, strlen(old), der,
			     sizeof(der), &n),
	    ERR_INVALID);
	/* two, another kind, none, too long, no room */
	snprintf(old, sizeof(old), "%s%s", text, text);
	assert_int_equal(x509_pem_get(X509_PEM_REQUEST, old, strlen(old), der,
			     sizeof(der), &n),
	    ERR_INVALID);
	assert_int_equal(n, 0);
	assert_int_equal(x509_pem_get(X509_PEM_CERT, text, strlen(text), der,
			     sizeof(der), &n),
	    ERR_INVALID);
	assert_int_equal(
	    x509_pem_get(X509_PEM_REQUEST, "x", 1, der, sizeof(der), &n),
	    ERR_INVALID);
	assert_int_equal(x509_pem_get(X509_PEM_REQUEST, text, strlen(text), der,
			     q.n - 1, &n),
	    ERR_INVALID);
	assert_int_equal(
	    x509_pem_put(X509_PEM_REQUEST, q.der, q.n, text, q.n), ERR_LIMIT);
}

/* RFC 2986 knows version 1, written as 0, and no other. */
static void
test_version(void **state)
{
	enum x509_request_fault fault;
	struct x509_public key;
	struct request q;
	X509_REQ *req;
	uint8_t *p;
	int i;

	(void)state;
	for (i = 0; i < 3; i++) {
		req = X509_REQ_new();
		assert_int_equal(X509_REQ_set_version(req, i), 1);
		assert_int_equal(X509_REQ_set_pubkey(req, p256), 1);
		assert_true(X509_REQ_sign(req, p256, EVP_sha256()) > 0);
		p = q.der;
		q.n = (size_t)i2d_X509_REQ(req, &p);
		X509_REQ_free(req);
		assert_int_equal(
		    check(&q, &key, &fault), i == 0 ? 0 : ERR_INVALID);
		assert_int_equal(fault,
		    i == 0 ? X509_REQUEST_NONE : X509_REQUEST_UNREAD);
	}
}

static void
test_own_request(void **state)
{
	enum x509_request_fault fault;
	struct x509_public key;
	struct request q;

	(void)state;
	assert_int_equal(x509_request_make(p256, q.der, &q.n), 0);
	assert_int_equal(check(&q, &key, &fault), 0);
	assert_int_equal(x509_request_warm_up(), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_der_lengths),
		cmocka_unit_test(test_R67_kinds),
		cmocka_unit_test(test_R67_proof),
		cmocka_unit_test(test_compressed_point),
		cmocka_unit_test(test_form),
		cmocka_unit_test(test_F17_mutants),
		cmocka_unit_test(test_R67_weak),
		cmocka_unit_test(test_pem),
		cmocka_unit_test(test_version),
		cmocka_unit_test(test_own_request),
	};

	return (cmocka_run_group_tests(tests, begin, end));
}
