/*
 * Goal of this test: exactly the certificates that our issuing CA makes are
 * good, within their dates; whatever else anybody could make, with our root's
 * key or the issuing CA's own, is not (R63 to R67, R69, F16, V44).
 * Links: tests/fakes/x509_world.c tests/fakes/clock_fake.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <openssl/bn.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "authd/base/log.h"
#include "certs/x509_chain.h"
#include "certs/x509_key.h"
#include "tests/fakes/x509_world.h"

#define T0  1795305600000LL
#define DAY 86400000LL

static struct x509_world w, other;
static struct x509_subject terminal;
static struct x509_issue_cert good;

static int
begin(void **state)
{
	(void)state;
	log_open("test", LOG_LEVEL_ERROR);
	x509_world_open(&w, X509_WORLD_PLACE, T0);
	/* the same names, another key */
	x509_world_open(&other, X509_WORLD_PLACE, T0);
	x509_world_terminal(&terminal);
	x509_world_issue(&w, &terminal, NULL, T0, T0 + 365 * DAY, &good);
	return (0);
}

static int
end(void **state)
{
	(void)state;
	x509_world_close(&w);
	x509_world_close(&other);
	return (0);
}

static enum x509_chain_verdict
verdict_at(const struct x509_issue_cert *c, int64_t at_ms)
{
	static const struct x509_chain_leaf none;
	enum x509_chain_verdict v;
	struct x509_chain_leaf leaf;

	assert_int_equal(
	    x509_chain_check(w.trust, c->der, c->len, at_ms, &leaf, &v), 0);
	if (v != X509_CHAIN_GOOD && v != X509_CHAIN_DATES)
		assert_memory_equal(&leaf, &none, sizeof(none));
	return (v);
}

static enum x509_chain_verdict
verdict(const struct x509_issue_cert *c)
{
	return (verdict_at(c, T0 + DAY));
}

/* What is in a certificate by its own change, signed by the issuing CA. */
static enum x509_chain_verdict
forged(void (*change)(X509 *))
{
	struct x509_issue_cert c;
	X509 *x = x509_world_read(&good);

	change(x);
	x509_world_sign(x, w.root.issuing_key, &c);
	X509_free(x);
	return (verdict(&c));
}

static void
nothing(X509 *x)
{
	(void)x;
}

static void
test_good(void **state)
{
	struct x509_issue_cert host;
	struct x509_subject s = { .kind = X509_SUBJECT_HOST };

	(void)state;
	assert_int_equal(verdict(&good), X509_CHAIN_GOOD);
	assert_int_equal(forged(nothing), X509_CHAIN_GOOD);
	strcpy(s.host, "db-1.example.jp");
	x509_world_issue(&w, &s, NULL, T0, T0 + 9 * DAY, &host);
	assert_int_equal(verdict(&host), X509_CHAIN_GOOD);
}

static void
test_dates(void **state)
{
	struct x509_issue_cert c;

	(void)state;
	assert_int_equal(verdict_at(&good, T0 - 1000), X509_CHAIN_DATES);
	assert_int_equal(verdict_at(&good, T0), X509_CHAIN_GOOD);
	assert_int_equal(
	    verdict_at(&good, T0 + 365 * DAY - 1000), X509_CHAIN_GOOD);
	assert_int_equal(
	    verdict_at(&good, T0 + 365 * DAY), X509_CHAIN_DATES);
	/* The CA's own end is theirs, whatever was asked. */
	x509_world_issue(&w, &terminal, NULL, T0, T0 + 8000 * DAY, &c);
	assert_int_equal(c.not_after_ms, w.trust->not_after_ms);
	assert_int_equal(
	    verdict_at(&c, w.trust->not_after_ms - 1000), X509_CHAIN_GOOD);
	assert_int_equal(
	    verdict_at(&c, w.trust->not_after_ms), X509_CHAIN_DATES);
}

static void
longer_than_ca(X509 *x)
{
	ASN1_TIME_set(
	    X509_getm_notAfter(x), (time_t)(T0 / 1000 + 9000 * 86400));
}

/* V44: nor is a forged one "out of its dates", only because the CA is. */
static void
test_foreign_after_the_ca(void **state)
{
	static const struct x509_chain_leaf none;
	struct x509_issue_cert c;
	enum x509_chain_verdict v;
	struct x509_chain_leaf leaf;
	X509 *x = x509_world_read(&good);

	(void)state;
	x509_world_sign(x, other.root.issuing_key, &c);
	X509_free(x);
	assert_int_equal(x509_chain_check(w.trust, c.der, c.len,
			     w.trust->not_after_ms, &leaf, &v),
	    0);
	assert_int_equal(v, X509_CHAIN_FOREIGN);
	assert_memory_equal(&leaf, &none, sizeof(none));
	assert_int_equal(x509_chain_check(w.trust, c.der, c.len,
			     w.trust->not_before_ms - 1000, &leaf, &v),
	    0);
	assert_int_equal(v, X509_CHAIN_FOREIGN);
}

/* R69: beyond the CA's end nothing is good, even when it says it is. */
static void
test_after_the_ca(void **state)
{
	struct x509_issue_cert c;
	X509 *x = x509_world_read(&good);

	(void)state;
	longer_than_ca(x);
	x509_world_sign(x, w.root.issuing_key, &c);
	X509_free(x);
	assert_int_equal(verdict(&c), X509_CHAIN_GOOD);
	assert_int_equal(
	    verdict_at(&c, w.trust->not_after_ms), X509_CHAIN_DATES);
}

static void
test_foreign(void **state)
{
	struct x509_issue_cert c;
	EVP_PKEY *key;
	X509 *x;

	(void)state;
	/* by a CA of the same names and another key */
	x509_world_issue(&other, &terminal, NULL, T0, T0 + DAY, &c);
	assert_int_equal(verdict(&c), X509_CHAIN_FOREIGN);
	/* the good one's bytes, signed by the other */
	x = x509_world_read(&good);
	x509_world_sign(x, other.root.issuing_key, &c);
	assert_int_equal(verdict(&c), X509_CHAIN_FOREIGN);
	/* by itself: its own name as issuer */
	assert_int_equal(x509_key_new(&key), 0);
	X509_set_issuer_name(x, X509_get_subject_name(x));
	X509_set_pubkey(x, key);
	x509_world_drop(x, NID_authority_key_identifier);
	x509_world_sign(x, key, &c);
	assert_int_not_equal(verdict(&c), X509_CHAIN_GOOD);
	/* by the root itself, which issues to CAs only */
	X509_set_issuer_name(x, X509_get_subject_name(w.root.root));
	x509_world_sign(x, w.root.root_key, &c);
	assert_int_equal(verdict(&c), X509_CHAIN_FOREIGN);
	/* by the good one's holder: a leaf does not sign (R65) */
	X509_free(x);
	EVP_PKEY_free(key);
	assert_int_equal(x509_key_new(&key), 0);
	x509_world_issue(&w, &terminal, key, T0, T0 + DAY, &c);
	x = x509_world_read(&c);
	X509_set_issuer_name(x, X509_get_subject_name(x));
	x509_world_sign(x, key, &c);
	assert_int_not_equal(verdict(&c), X509_CHAIN_GOOD);
	X509_free(x);
	EVP_PKEY_free(key);
}

/* V44: a second CA below our root, made by whoever has the root's key. */
static void
test_forged_below_our_root(void **state)
{
	struct x509_issue_cert ca, leaf;
	EVP_PKEY *key;
	X509 *x;

	(void)state;
	assert_int_equal(x509_key_new(&key), 0);
	x = X509_dup(w.root.issuing);
	X509_set_pubkey(x, key);
	x509_world_sign(x, w.root.root_key, &ca);
	X509_free(x);
	x = x509_world_read(&good);
	x509_world_sign(x, key, &leaf);
	X509_free(x);
	assert_int_equal(verdict(&leaf), X509_CHAIN_FOREIGN);
	/* nor are CAs clients */
	assert_int_not_equal(verdict(&ca), X509_CHAIN_GOOD);
	ca.len = (size_t)i2d_X509(w.root.issuing, NULL);
	i2d_X509(w.root.issuing, &(uint8_t *){ ca.der });
	assert_int_not_equal(verdict(&ca), X509_CHAIN_GOOD);
	ca.len = (size_t)i2d_X509(w.root.root, NULL);
	i2d_X509(w.root.root, &(uint8_t *){ ca.der });
	assert_int_not_equal(verdict(&ca), X509_CHAIN_GOOD);
	EVP_PKEY_free(key);
}

static void
server_only(X509 *x)
{
	x509_world_ext(x, NID_ext_key_usage, "serverAuth");
}
static void
two_purposes(X509 *x)
{
	x509_world_ext(x, NID_ext_key_usage, "clientAuth,serverAuth");
}
static void
any_purpose(X509 *x)
{
	x509_world_ext(x, NID_ext_key_usage, "clientAuth,anyExtendedKeyUsage");
}
static void
no_purpose(X509 *x)
{
	x509_world_drop(x, NID_ext_key_usage);
}
static void
a_ca(X509 *x)
{
	x509_world_ext(x, NID_basic_constraints, "critical,CA:TRUE");
}
static void
no_basic(X509 *x)
{
	x509_world_drop(x, NID_basic_constraints);
}
static void
more_usage(X509 *x)
{
	x509_world_ext(
	    x, NID_key_usage, "critical,digitalSignature,keyEncipherment");
}
static void
cert_sign(X509 *x)
{
	x509_world_ext(x, NID_key_usage, "critical,keyCertSign");
}
static void
no_usage(X509 *x)
{
	x509_world_drop(x, NID_key_usage);
}

static void
test_R65_purposes(void **state)
{
	void (*const changes[])(X509 *) = { server_only, two_purposes,
		any_purpose, no_purpose, a_ca, no_basic, more_usage, cert_sign,
		no_usage };
	struct x509_subject s = { .kind = X509_SUBJECT_OCSP };
	struct x509_issue_cert c;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(changes) / sizeof(changes[0]); i++)
		assert_in_range(
		    forged(changes[i]), X509_CHAIN_PURPOSE, X509_CHAIN_FORM);
	/* the delegate for OCSP is no client */
	x509_world_issue(&w, &s, NULL, T0, T0 + 9 * DAY, &c);
	assert_int_equal(verdict(&c), X509_CHAIN_PURPOSE);
}

static void
other_place(X509 *x)
{
	x509_world_ext(x, NID_subject_alt_name,
	    "DNS:5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a.device.elsewhere.invalid");
}
static void
public_name(X509 *x)
{
	x509_world_ext(x, NID_subject_alt_name, "DNS:www.example.com");
}
static void
other_id(X509 *x)
{
	x509_world_ext(x, NID_subject_alt_name,
	    "DNS:00000000000000000000000000000001.device." X509_WORLD_PLACE
	    ".invalid");
}
static void
host_label(X509 *x)
{
	x509_world_ext(x, NID_subject_alt_name,
	    "DNS:5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a.host." X509_WORLD_PLACE
	    ".invalid");
}
static void
two_names(X509 *x)
{
	x509_world_ext(x, NID_subject_alt_name,
	    "DNS:5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a.device." X509_WORLD_PLACE
	    ".invalid,DNS:x." X509_WORLD_PLACE ".invalid");
}
static void
address(X509 *x)
{
	x509_world_ext(x, NID_subject_alt_name, "IP:127.0.0.1");
}
static void
no_name(X509 *x)
{
	x509_world_drop(x, NID_subject_alt_name);
}

/* Another subject in place of ours. */
static void
set_subject(X509 *x, const char *o, int type, const char *cn)
{
	X509_NAME *name = X509_NAME_new();

	if (o != NULL)
		X509_NAME_add_entry_by_NID(name, NID_organizationName, type,
		    (const uint8_t *)o, -1, -1, 0);
	if (cn != NULL)
		X509_NAME_add_entry_by_NID(name, NID_commonName, type,
		    (const uint8_t *)cn, -1, -1, 0);
	X509_set_subject_name(x, name);
	X509_NAME_free(name);
}
#define CN "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a"
static void
no_office(X509 *x)
{
	set_subject(x, NULL, MBSTRING_UTF8, CN);
}
static void
upper_id(X509 *x)
{
	set_subject(
	    x, "demo", MBSTRING_UTF8, "5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A");
}
static void
strange_office(X509 *x)
{
	set_subject(x, "DEMO", MBSTRING_UTF8, CN);
}
static void
printable(X509 *x)
{
	set_subject(x, "demo", V_ASN1_PRINTABLESTRING, CN);
}
static void
no_subject(X509 *x)
{
	set_subject(x, NULL, MBSTRING_UTF8, NULL);
}
static void
nul_in_office(X509 *x)
{
	X509_NAME *name = X509_NAME_new();

	X509_NAME_add_entry_by_NID(name, NID_organizationName,
	    V_ASN1_UTF8STRING, (const uint8_t *)"demo\0x", 6, -1, 0);
	X509_NAME_add_entry_by_NID(name, NID_commonName, V_ASN1_UTF8STRING,
	    (const uint8_t *)CN, -1, -1, 0);
	X509_set_subject_name(x, name);
	X509_NAME_free(name);
}

static void
test_R66_names(void **state)
{
	void (*const changes[])(X509 *) = { other_place, public_name, other_id,
		host_label, two_names, address, no_name, no_office, upper_id,
		strange_office, printable, no_subject, nul_in_office };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(changes) / sizeof(changes[0]); i++)
		assert_int_equal(forged(changes[i]), X509_CHAIN_FORM);
}

static void
short_serial(X509 *x)
{
	ASN1_INTEGER_set(X509_get_serialNumber(x), 5);
}
static void
negative_serial(X509 *x)
{
	ASN1_INTEGER_set(X509_get_serialNumber(x), -5);
}
static void
unknown_critical(X509 *x)
{
	X509_EXTENSION *e;
	ASN1_OCTET_STRING *s = ASN1_OCTET_STRING_new();
	ASN1_OBJECT *name = OBJ_txt2obj("1.2.3.4.5", 1);

	ASN1_OCTET_STRING_set(s, (const uint8_t *)"\x05", 2);
	e = X509_EXTENSION_create_by_OBJ(NULL, name, 1, s);
	X509_add_ext(x, e, -1);
	X509_EXTENSION_free(e);
	ASN1_OBJECT_free(name);
	ASN1_OCTET_STRING_free(s);
}
static void
twice(X509 *x)
{
	X509_add_ext(x, X509_get_ext(x, 0), -1);
}
static void
version_1(X509 *x)
{
	X509_set_version(x, X509_VERSION_1);
}

/* The delegate's name, on what is a client's in all else. */
static void
ocsp_name(X509 *x)
{
	X509_NAME *name = X509_NAME_new();

	X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8,
	    (const uint8_t *)"OCSP " X509_WORLD_PLACE, -1, -1, 0);
	X509_set_subject_name(x, name);
	X509_NAME_free(name);
	x509_world_ext(x, NID_subject_alt_name,
	    "DNS:ocsp." X509_WORLD_PLACE ".invalid");
}

static void
test_form(void **state)
{
	void (*const changes[])(X509 *) = { short_serial, negative_serial,
		unknown_critical, twice, version_1, ocsp_name };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(changes) / sizeof(changes[0]); i++)
		assert_int_not_equal(forged(changes[i]), X509_CHAIN_GOOD);
}

static void
test_unread(void **state)
{
	struct x509_issue_cert c;
	size_t i;

	(void)state;
	for (i = 0; i < good.len; i++) {
		c = good;
		c.len = i;
		assert_int_equal(verdict(&c), X509_CHAIN_UNREAD);
	}
	c = good;
	c.der[c.len++] = 0;
	assert_int_equal(verdict(&c), X509_CHAIN_UNREAD);
	/* Every bit counts: none can be another certificate of ours. */
	for (i = 0; i < good.len; i++) {
		c = good;
		c.der[i] ^= 0x04;
		assert_int_not_equal(verdict(&c), X509_CHAIN_GOOD);
	}
}

static void
test_same_subject_other_key(void **state)
{
	struct x509_issue_cert c;
	struct x509_chain_leaf one, two;
	enum x509_chain_verdict v;

	(void)state;
	/* Both are ours, and not the same one: the table knows which lives. */
	x509_world_issue(&w, &terminal, NULL, T0, T0 + DAY, &c);
	assert_int_equal(
	    x509_chain_check(w.trust, c.der, c.len, T0, &one, &v), 0);
	assert_int_equal(v, X509_CHAIN_GOOD);
	assert_int_equal(
	    x509_chain_check(w.trust, good.der, good.len, T0, &two, &v), 0);
	assert_true(id_equal(&one.subject.terminal, &two.subject.terminal));
	assert_memory_not_equal(
	    one.fingerprint, two.fingerprint, sizeof(one.fingerprint));
	assert_memory_not_equal(one.serial, two.serial, sizeof(one.serial));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_dates),
		cmocka_unit_test(test_after_the_ca),
		cmocka_unit_test(test_foreign_after_the_ca),
		cmocka_unit_test(test_foreign),
		cmocka_unit_test(test_forged_below_our_root),
		cmocka_unit_test(test_R65_purposes),
		cmocka_unit_test(test_R66_names),
		cmocka_unit_test(test_form),
		cmocka_unit_test(test_unread),
		cmocka_unit_test(test_same_subject_other_key),
	};

	return (cmocka_run_group_tests(tests, begin, end));
}
