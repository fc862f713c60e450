/*
 * Goal of this test: what a certificate of ours says, bit by bit: serial,
 * names, dates on both sides of 2050, extensions (R61 to R66); a root and an
 * issuing CA, and only such a pair, are believed in (V44).
 * Links: tests/fakes/x509_world.c tests/fakes/clock_fake.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/rsa.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "authd/base/log.h"
#include "certs/x509_chain.h"
#include "certs/x509_scalar.h"
#include "tests/fakes/x509_world.h"

#define DAY   86400000LL
#define T0    1795305600000LL
#define T2045 2366841600000LL /* 2045-01-01 */
#define T2050 2524608000000LL /* 2050-01-01, the first second */

static struct x509_subject terminal;

static int
begin(void **state)
{
	(void)state;
	log_open("test", LOG_LEVEL_ERROR);
	x509_world_terminal(&terminal);
	return (0);
}

static void
check_date(const struct x509_world *w, int64_t after_ms, int type,
    const char *text)
{
	struct x509_issue_cert c;
	enum x509_chain_verdict v;
	struct x509_chain_leaf leaf;
	const ASN1_TIME *t;
	X509 *x;

	x509_world_issue(w, &terminal, NULL, T2045 + DAY, after_ms, &c);
	x = x509_world_read(&c);
	t = X509_get0_notAfter(x);
	assert_int_equal(ASN1_STRING_type(t), type);
	assert_string_equal((const char *)ASN1_STRING_get0_data(t), text);
	assert_int_equal(ASN1_STRING_type(X509_get0_notBefore(x)),
	    V_ASN1_UTCTIME);
	assert_int_equal(c.not_after_ms, after_ms);
	X509_free(x);
	/* good to the last second before */
	assert_int_equal(x509_chain_check(w->trust, c.der, c.len,
			     after_ms - 1000, &leaf, &v),
	    0);
	assert_int_equal(v, X509_CHAIN_GOOD);
	assert_int_equal(leaf.not_after_ms, after_ms);
	assert_int_equal(x509_chain_check(w->trust, c.der, c.len, after_ms,
			     &leaf, &v),
	    0);
	assert_int_equal(v, X509_CHAIN_DATES);
}

static void
test_R62_dates_over_2050(void **state)
{
	struct x509_world w;

	(void)state;
	x509_world_open(&w, X509_WORLD_PLACE, T2045);
	assert_true(w.trust->not_after_ms > T2050 + 365 * DAY);
	assert_int_equal(
	    ASN1_STRING_type(X509_get0_notAfter(w.root.issuing)),
	    V_ASN1_GENERALIZEDTIME);
	check_date(&w, T2050 - 1000, V_ASN1_UTCTIME, "491231235959Z");
	check_date(&w, T2050, V_ASN1_GENERALIZEDTIME, "20500101000000Z");
	check_date(
	    &w, T2050 + DAY, V_ASN1_GENERALIZEDTIME, "20500102000000Z");
	x509_world_close(&w);
}

/* Whole seconds; never before the CA begins; never empty. */
static void
test_dates_cut(void **state)
{
	struct x509_public pub;
	struct x509_issue_ask ask = { &terminal, &pub, T0, T0, NULL };
	struct x509_issue_cert c;
	struct x509_world w;

	(void)state;
	x509_world_open(&w, X509_WORLD_PLACE, T0);
	x509_world_issue(&w, &terminal, NULL, T0 + 999, T0 + DAY + 1, &c);
	assert_int_equal(c.not_before_ms, T0);
	assert_int_equal(c.not_after_ms, T0 + DAY);
	x509_world_issue(&w, &terminal, NULL, T0 - 9 * DAY, T0 + DAY, &c);
	assert_int_equal(c.not_before_ms, w.trust->not_before_ms);
	assert_int_equal(x509_public_of(w.root.issuing_key, &pub), 0);
	assert_int_equal(
	    x509_issue_run(w.profile, w.root.issuing_key, &ask, &c),
	    ERR_INVALID);
	ask.not_before_ms = w.trust->not_after_ms;
	ask.not_after_ms = INT64_MAX;
	assert_int_equal(
	    x509_issue_run(w.profile, w.root.issuing_key, &ask, &c),
	    ERR_INVALID);
	x509_world_close(&w);
}

static int
by_bytes(const void *a, const void *b)
{
	return (memcmp(a, b, X509_ISSUE_SERIAL_LEN));
}

static void
test_R61_serials(void **state)
{
	enum { N = 100000, HEAD = sizeof(((struct x509_issue_serials *)0)->head) };
	struct x509_issue_serials serials = { .left = 0 };
	uint8_t(*all)[X509_ISSUE_SERIAL_LEN] =
	    calloc(N, X509_ISSUE_SERIAL_LEN);
	uint8_t bits[X509_ISSUE_SERIAL_LEN] = { 0 };
	size_t i, j;

	(void)state;
	assert_non_null(all);
	for (i = 0; i < N; i++) {
		assert_int_equal(x509_issue_serial(&serials, all[i]), 0);
		/* a run shares its head, the next one has another */
		assert_int_equal(i > 0 && memcmp(all[i], all[i - 1], HEAD) == 0,
		    i % X509_ISSUE_RUN != 0);
		/* positive, and of one length in every form */
		assert_in_range(all[i][0], 0x01, 0x7f);
		for (j = 0; j < sizeof(bits); j++)
			bits[j] |= all[i][j];
	}
	/* no bit that is never set */
	assert_int_equal(bits[0], 0x7f);
	for (j = 1; j < sizeof(bits); j++)
		assert_int_equal(bits[j], 0xff);
	qsort(all, N, X509_ISSUE_SERIAL_LEN, by_bytes);
	for (i = 1; i < N; i++)
		assert_memory_not_equal(
		    all[i - 1], all[i], X509_ISSUE_SERIAL_LEN);
	/* without its head each is one of a kind, too: 80 bits are its own */
	assert_true((sizeof(all[0]) - HEAD) * 8 >= 64);
	for (i = 0; i < N; i++)
		memset(all[i], 0, HEAD);
	qsort(all, N, X509_ISSUE_SERIAL_LEN, by_bytes);
	for (i = 1; i < N; i++)
		assert_memory_not_equal(
		    all[i - 1], all[i], X509_ISSUE_SERIAL_LEN);
	free(all);
}

static void
test_R64_extensions(void **state)
{
	static const struct {
		int nid, critical;
	} want[] = {
		{ NID_basic_constraints, 1 },
		{ NID_key_usage, 1 },
		{ NID_ext_key_usage, 0 },
		{ NID_crl_distribution_points, 0 },
		{ NID_info_access, 0 },
		{ NID_subject_key_identifier, 0 },
		{ NID_authority_key_identifier, 0 },
		{ NID_subject_alt_name, 0 },
	};
	struct x509_issue_cert c;
	struct x509_world w;
	X509_EXTENSION *e;
	X509 *x;
	int i;

	(void)state;
	x509_world_open(&w, X509_WORLD_PLACE, T0);
	x509_world_issue(&w, &terminal, NULL, T0, T0 + DAY, &c);
	x = x509_world_read(&c);
	assert_int_equal(X509_get_version(x), X509_VERSION_3);
	assert_int_equal(X509_get_ext_count(x), 8);
	for (i = 0; i < 8; i++) {
		e = X509_get_ext(x, i);
		assert_int_equal(
		    OBJ_obj2nid(X509_EXTENSION_get_object(e)), want[i].nid);
		assert_int_equal(
		    X509_EXTENSION_get_critical(e), want[i].critical);
	}
	assert_int_equal(X509_check_ca(x), 0);
	assert_int_equal(X509_check_purpose(x, X509_PURPOSE_SSL_CLIENT, 0), 1);
	assert_int_equal(X509_check_purpose(x, X509_PURPOSE_SSL_SERVER, 0), 0);
	assert_int_equal(X509_check_purpose(x, X509_PURPOSE_SMIME_SIGN, 0), 0);
	/* the id of the issuer's key is the issuer's own */
	assert_int_equal(ASN1_OCTET_STRING_cmp(X509_get0_authority_key_id(x),
			     X509_get0_subject_key_id(w.root.issuing)),
	    0);
	assert_int_equal(X509_get_signature_nid(x), NID_ecdsa_with_SHA256);
	X509_free(x);
	x509_world_close(&w);
}

/* OpenSSL reads it, and would write the very same bytes itself. */
static void
check_bytes(const struct x509_world *w, const struct x509_subject *s,
    EVP_PKEY *key, int64_t from_ms, int64_t to_ms)
{
	uint8_t *again = NULL, serial[X509_ISSUE_SERIAL_LEN];
	struct x509_subject back;
	const ASN1_BIT_STRING *bits;
	const X509_ALGOR *outer;
	struct x509_issue_cert c;
	BIGNUM *n;
	X509 *x;
	int len;

	x509_world_issue(w, s, key, from_ms, to_ms, &c);
	x = x509_world_read(&c);
	assert_int_equal(X509_verify(x, w->root.issuing_key), 1);
	X509_get0_signature(&bits, &outer, x);
	assert_int_equal(X509_ALGOR_cmp(outer, X509_get0_tbs_sigalg(x)), 0);
	assert_int_equal(X509_NAME_cmp(X509_get_issuer_name(x),
			     X509_get_subject_name(w->root.issuing)),
	    0);
	assert_int_equal(EVP_PKEY_eq(X509_get0_pubkey(x), key), 1);
	assert_int_equal(x509_subject_get(x, X509_WORLD_PLACE, &back), 0);
	assert_memory_equal(&back, s, sizeof(back));
	n = ASN1_INTEGER_to_BN(X509_get0_serialNumber(x), NULL);
	assert_int_equal(BN_bn2binpad(n, serial, sizeof(serial)),
	    sizeof(serial));
	assert_memory_equal(serial, c.serial, sizeof(serial));
	BN_free(n);
	/* Written anew, not the bytes that were read. */
	assert_true(i2d_re_X509_tbs(x, NULL) > 0);
	len = i2d_X509(x, &again);
	assert_int_equal(len, c.len);
	assert_memory_equal(again, c.der, c.len);
	OPENSSL_free(again);
	X509_free(x);
}

static void
test_R62_bytes(void **state)
{
	struct x509_subject kinds[4];
	EVP_PKEY *keys[3];
	struct x509_world w;
	size_t i, j;

	(void)state;
	memset(kinds, 0, sizeof(kinds));
	x509_world_terminal(&kinds[0]);
	kinds[1].kind = kinds[2].kind = X509_SUBJECT_HOST;
	kinds[1].host[0] = 'a';
	memset(kinds[2].host, 'b', X509_SUBJECT_HOST_MAX);
	kinds[3].kind = X509_SUBJECT_OCSP;
	assert_non_null(keys[0] = EVP_EC_gen("P-256"));
	assert_non_null(keys[1] = EVP_EC_gen("P-384"));
	assert_non_null(keys[2] = EVP_RSA_gen(4096));
	x509_world_open(&w, X509_WORLD_PLACE, T2045);
	for (i = 0; i < 4; i++)
		for (j = 0; j < 3; j++) {
			check_bytes(&w, &kinds[i], keys[j], T2045 + DAY,
			    T2050 - 1000);
			check_bytes(
			    &w, &kinds[i], keys[j], T2050, T2050 + DAY);
		}
	for (j = 0; j < 3; j++)
		EVP_PKEY_free(keys[j]);
	x509_world_close(&w);
}

/* What is no good subject is signed by nobody. */
static void
test_R67_subjects(void **state)
{
	struct x509_subject s;
	struct x509_public pub;
	const struct x509_issue_ask ask = { &s, &pub, T0, T0 + DAY, NULL };
	static const struct x509_issue_cert none;
	struct x509_issue_cert c;
	struct x509_world w;
	int i;

	(void)state;
	x509_world_open(&w, X509_WORLD_PLACE, T0);
	assert_int_equal(x509_public_of(w.root.root_key, &pub), 0);
	for (i = 0; i < 4; i++) {
		x509_world_terminal(&s);
		if (i == 0)
			s.office[0] = '"';
		if (i == 1)
			s.kind = X509_SUBJECT_NONE;
		if (i == 2)
			s.kind = X509_SUBJECT_OCSP;
		if (i == 3)
			pub.kind = X509_PUBLIC_NONE;
		assert_int_equal(x509_issue_run(w.profile,
				     w.root.issuing_key, &ask, &c),
		    ERR_INVALID);
		assert_memory_equal(&c, &none, sizeof(c));
	}
	x509_world_close(&w);
}

static void
test_R63_names(void **state)
{
	static const char *const bad[] = { "", "DEMO", "de mo", "demo\n",
		"d\xc3\xa9mo", "a/CN=root", "0123456789abcdef0123456789abcdef0",
		"*", "demo.", "O=x" };
	static const char *const bad_hosts[] = { "", ".", "a..b", "-a", "a-",
		"a.-b", "a-.b", "A", "a_b", "a b", "*.a", "a.", ".a",
		"0123456789012345678901234567890123456789012345678901234567890"
		"123" };
	static const char *const good_hosts[] = { "a", "a.b", "1", "xn--a",
		"0123456789012345678901234567890123456789012345678901234567890"
		"12" };
	struct x509_subject s;
	char dns[X509_SUBJECT_DNS_MAX + 1];
	size_t i;

	(void)state;
	x509_world_terminal(&s);
	assert_true(x509_subject_is_good(&s));
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		memset(s.office, 0, sizeof(s.office));
		memcpy(s.office, bad[i],
		    strlen(bad[i]) < sizeof(s.office) ? strlen(bad[i])
						      : sizeof(s.office) - 1);
		if (strlen(bad[i]) < sizeof(s.office))
			assert_false(x509_subject_is_good(&s));
	}
	for (i = 0; i < sizeof(bad_hosts) / sizeof(bad_hosts[0]); i++)
		assert_false(x509_subject_is_host(bad_hosts[i]));
	for (i = 0; i < sizeof(good_hosts) / sizeof(good_hosts[0]); i++)
		assert_true(x509_subject_is_host(good_hosts[i]));
	/* the longest there can be fits, with the longest installation */
	memset(&s, 0, sizeof(s));
	s.kind = X509_SUBJECT_HOST;
	memset(s.host, 'a', X509_SUBJECT_HOST_MAX);
	x509_subject_put_dns(&s, "01234567890123456789012345678901", dns);
	assert_int_equal(
	    strlen(dns), X509_SUBJECT_HOST_MAX + 6 + 32 + strlen(".invalid"));
	assert_false(x509_subject_is_place(""));
	assert_false(x509_subject_is_place("a.b"));
	assert_false(x509_subject_is_place("A"));
	assert_false(
	    x509_subject_is_place("012345678901234567890123456789012"));
}

static void
test_urls(void **state)
{
	static const char *const good[] = { "http://a", "http://a/",
		"http://pki.example.jp:8080/x/y", "http://[::1]/" };
	static const char *const bad[] = { "", "http://", "https://a",
		"http:///x", "ftp://a", "http://a b", "http://a\"", "http://a?x",
		"http://a#x", "HTTP://a", "http://a\n" };
	struct x509_profile *p;
	struct x509_world w;
	size_t i;

	(void)state;
	x509_world_open(&w, X509_WORLD_PLACE, T0);
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(x509_url_is_good(good[i]));
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(x509_url_is_good(bad[i]));
	for (i = 1; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(
		    x509_profile_new(w.trust, bad[i], &p), ERR_INVALID);
	assert_int_equal(x509_profile_new(w.trust, "http://a//", &p), 0);
	assert_string_equal(x509_profile_url(p), "http://a");
	x509_profile_free(p);
	x509_world_close(&w);
}

static void
test_scalar(void **state)
{
	uint8_t scalar[X509_SCALAR_LEN];
	struct x509_public pub, other;
	struct x509_world w;
	EVP_PKEY *key;
	bool fits;

	(void)state;
	x509_world_open(&w, X509_WORLD_PLACE, T0);
	assert_int_equal(x509_scalar_of(w.root.issuing_key, scalar), 0);
	assert_int_equal(x509_public_of(w.root.issuing_key, &pub), 0);
	assert_int_equal(x509_public_of(w.root.root_key, &other), 0);
	assert_int_equal(x509_scalar_load(scalar, &pub, &key), 0);
	assert_int_equal(EVP_PKEY_eq(key, w.root.issuing_key), 1);
	EVP_PKEY_free(key);
	assert_int_equal(x509_scalar_fits(scalar, &pub, &fits), 0);
	assert_true(fits);
	assert_int_equal(x509_scalar_fits(scalar, &other, &fits), 0);
	assert_false(fits);
	memset(scalar, 0, sizeof(scalar));
	assert_int_equal(x509_scalar_fits(scalar, &pub, &fits), 0);
	assert_false(fits);
	x509_world_close(&w);
}

/* The pair with a change to either, signed again by our own root. */
static int
pair(struct x509_world *w, X509 *issuing, X509 *root)
{
	uint8_t *one = NULL, *two = NULL;
	struct x509_trust *t;
	int n, m, r;

	n = i2d_X509(issuing, &one);
	m = i2d_X509(root, &two);
	(void)w;
	r = x509_trust_new(one, (size_t)n, two, (size_t)m, &t);
	if (r == 0)
		x509_trust_free(t);
	else
		assert_null(t);
	OPENSSL_free(one);
	OPENSSL_free(two);
	return (r);
}

static void
test_V44_pairs(void **state)
{
	static const struct {
		int nid;
		const char *value; /* NULL: without it */
	} changes[] = {
		{ NID_basic_constraints, "critical,CA:FALSE" },
		{ NID_basic_constraints, "critical,CA:TRUE" },
		{ NID_basic_constraints, "critical,CA:TRUE,pathlen:1" },
		{ NID_basic_constraints, NULL },
		{ NID_key_usage, "critical,keyCertSign" },
		{ NID_key_usage, "critical,cRLSign" },
		{ NID_key_usage, "critical,keyCertSign,cRLSign,"
				 "digitalSignature" },
		{ NID_key_usage, NULL },
		{ NID_name_constraints, "permitted;DNS:testplace.invalid" },
		{ NID_name_constraints, "critical,permitted;DNS:example.com" },
		{ NID_name_constraints, "critical,permitted;DNS:.invalid" },
		{ NID_name_constraints, "critical,permitted;DNS:A.invalid" },
		{ NID_name_constraints, "critical,permitted;DNS:a.b.invalid" },
		{ NID_name_constraints,
		    "critical,permitted;DNS:a.invalid,permitted;DNS:b.invalid" },
		{ NID_name_constraints, "critical,excluded;DNS:a.invalid" },
		{ NID_name_constraints,
		    "critical,permitted;email:a.invalid" },
		{ NID_name_constraints, NULL },
	};
	struct x509_issue_cert out;
	struct x509_world w, other;
	EVP_PKEY *key;
	X509 *x;
	size_t i;

	(void)state;
	x509_world_open(&w, X509_WORLD_PLACE, T0);
	x509_world_open(&other, X509_WORLD_PLACE, T0);
	assert_int_equal(pair(&w, w.root.issuing, w.root.root), 0);
	assert_int_equal(
	    pair(&w, w.root.root, w.root.issuing), ERR_CORRUPT);
	assert_int_equal(pair(&w, w.root.root, w.root.root), ERR_CORRUPT);
	assert_int_equal(
	    pair(&w, w.root.issuing, w.root.issuing), ERR_CORRUPT);
	assert_int_equal(
	    pair(&w, w.root.issuing, other.root.root), ERR_CORRUPT);
	for (i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		x = X509_dup(w.root.issuing);
		if (changes[i].value == NULL)
			x509_world_drop(x, changes[i].nid);
		else
			x509_world_ext(x, changes[i].nid, changes[i].value);
		x509_world_sign(x, w.root.root_key, &out);
		assert_int_equal(pair(&w, x, w.root.root), ERR_CORRUPT);
		X509_free(x);
	}
	/* the same without a change is taken */
	x = X509_dup(w.root.issuing);
	x509_world_sign(x, w.root.root_key, &out);
	assert_int_equal(pair(&w, x, w.root.root), 0);
	/* signed by another, or of another kind of key */
	x509_world_sign(x, other.root.root_key, &out);
	assert_int_equal(pair(&w, x, w.root.root), ERR_CORRUPT);
	assert_non_null(key = EVP_EC_gen("P-384"));
	X509_set_pubkey(x, key);
	x509_world_sign(x, w.root.root_key, &out);
	assert_int_equal(pair(&w, x, w.root.root), ERR_CORRUPT);
	EVP_PKEY_free(key);
	X509_free(x);
	/* a root of our names and key that another one has signed */
	x = X509_dup(w.root.root);
	x509_world_sign(x, other.root.root_key, &out);
	assert_int_equal(pair(&w, w.root.issuing, x), ERR_CORRUPT);
	X509_set_issuer_name(x, X509_get_subject_name(w.root.issuing));
	x509_world_sign(x, w.root.root_key, &out);
	assert_int_equal(pair(&w, w.root.issuing, x), ERR_CORRUPT);
	X509_free(x);
	x509_world_close(&w);
	x509_world_close(&other);
}

/* Those certificates as one text, in that order. */
static int
file_of(X509 *const *list, const char *more)
{
	BIO *out = BIO_new(BIO_s_mem());
	struct x509_trust *t;
	char *text;
	long n;
	int r;

	for (; *list != NULL; list++)
		assert_int_equal(PEM_write_bio_X509(out, *list), 1);
	BIO_puts(out, more);
	n = BIO_get_mem_data(out, &text);
	r = x509_trust_read(text, (size_t)n, &t);
	assert_int_equal(t != NULL, r == 0);
	x509_trust_free(t);
	BIO_free(out);
	return (r);
}

static void
test_V44_files(void **state)
{
	struct x509_world w;

	(void)state;
	x509_world_open(&w, X509_WORLD_PLACE, T0);
	{
		X509 *const good[] = { w.root.issuing, w.root.root, NULL };
		X509 *const turned[] = { w.root.root, w.root.issuing, NULL };
		X509 *const three[] = { w.root.issuing, w.root.root,
			w.root.root, NULL };

		assert_int_equal(file_of(good, ""), 0);
		assert_int_equal(file_of(good, "some text\n"), 0);
		assert_int_equal(file_of(turned, ""), ERR_CORRUPT);
		assert_int_equal(file_of(three, ""), ERR_CORRUPT);
		assert_int_equal(file_of(good + 1, ""), ERR_CORRUPT);
		assert_int_equal(file_of(good + 2, "x"), ERR_CORRUPT);
		assert_int_equal(file_of(good + 2, ""), ERR_CORRUPT);
	}
	x509_world_close(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_R62_dates_over_2050),
		cmocka_unit_test(test_dates_cut),
		cmocka_unit_test(test_R61_serials),
		cmocka_unit_test(test_R64_extensions),
		cmocka_unit_test(test_R62_bytes),
		cmocka_unit_test(test_R67_subjects),
		cmocka_unit_test(test_R63_names),
		cmocka_unit_test(test_urls),
		cmocka_unit_test(test_scalar),
		cmocka_unit_test(test_V44_pairs),
		cmocka_unit_test(test_V44_files),
	};

	return (cmocka_run_group_tests(tests, begin, NULL));
}
