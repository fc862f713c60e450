/*
 * Goal of this test: both kinds of PKCS#12 file are opened by the openssl and
 * certtool programs with the passphrase and not without it, hold the key, its
 * certificate and the issuing CA's, and are encrypted as they say; and a
 * passphrase can be read out and typed.
 * Links: certs/x509_pkcs12.c certs/x509_key.c certs/x509_pem.c
 * Links: certs/x509_der.c certs/x509_public.c certs/x509_weak.c
 * Links: certs/x509_request.c certs/x509_subject.c certs/x509_trust.c
 * Links: certs/x509_extend.c certs/x509_profile.c certs/x509_chain.c
 * Links: certs/x509_url.c certs/x509_issue.c certs/x509_scalar.c certs/x509_root.c
 * Links: authd/base/buf.c authd/base/text.c authd/base/mem.c
 * Links: authd/base/log.c authd/base/err.c authd/base/timetext.c
 * Links: authd/base/id.c tests/fakes/clock_fake.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <openssl/pkcs12.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "authd/base/log.h"
#include "certs/x509_issue.h"
#include "certs/x509_key.h"
#include "certs/x509_pkcs12.h"
#include "certs/x509_root.h"

#define T0    1795305600000LL
#define DAY   86400000LL
#define LABEL "受付のPC 1号"

static struct x509_root root;
static struct x509_trust *trust;
static EVP_PKEY *key;
static struct x509_issue_cert cert;
static char dir[] = "/tmp/test_x509_pkcs12.XXXXXX";
static char passphrase[X509_PKCS12_PASSPHRASE + 1];

static void
issue(void)
{
	struct x509_subject s = { .kind = X509_SUBJECT_TERMINAL };
	struct x509_public pub;
	const struct x509_issue_ask ask = { &s, &pub, T0, T0 + DAY, NULL };
	struct x509_profile *profile;

	strcpy(s.office, "demo");
	memset(s.terminal.b, 7, ID_LEN);
	assert_int_equal(x509_public_of(key, &pub), 0);
	assert_int_equal(x509_profile_new(trust, "", &profile), 0);
	assert_int_equal(
	    x509_issue_run(profile, root.issuing_key, &ask, &cert), 0);
	x509_profile_free(profile);
}

static int
begin(void **state)
{
	uint8_t *one = NULL, *two = NULL;
	int n, m;

	(void)state;
	log_open("test", LOG_LEVEL_ERROR);
	assert_non_null(mkdtemp(dir));
	assert_int_equal(x509_root_make("testplace", T0, &root), 0);
	n = i2d_X509(root.issuing, &one);
	m = i2d_X509(root.root, &two);
	assert_int_equal(
	    x509_trust_new(one, (size_t)n, two, (size_t)m, &trust), 0);
	OPENSSL_free(one);
	OPENSSL_free(two);
	assert_int_equal(x509_key_new(&key), 0);
	assert_int_equal(x509_pkcs12_passphrase(passphrase), 0);
	issue();
	return (0);
}

static int
end(void **state)
{
	char command[100];

	(void)state;
	x509_root_clear(&root);
	x509_trust_free(trust);
	EVP_PKEY_free(key);
	snprintf(command, sizeof(command), "rm -r %s", dir);
	return (system(command));
}

static void
put(const char *name, const void *p, size_t n)
{
	char path[100];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	assert_non_null(f = fopen(path, "w"));
	assert_int_equal(fwrite(p, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

/* A shell line run in the folder. */
static int
run(const char *line)
{
	char command[600];

	snprintf(command, sizeof(command), "cd %s && { %s; } >out 2>&1", dir,
	    line);
	return (system(command));
}

static void
make(const char *name, bool is_compatible)
{
	const struct x509_pkcs12_ask ask = {
		.key = key,
		.cert = cert.der,
		.cert_len = cert.len,
		.trust = trust,
		.passphrase = passphrase,
		.label = LABEL,
		.is_compatible = is_compatible,
	};
	uint8_t p12[X509_PKCS12_MAX];
	size_t n;

	assert_int_equal(x509_pkcs12_make(&ask, p12, &n), 0);
	put(name, p12, n);
	put("pass", passphrase, X509_PKCS12_PASSPHRASE);
	put("cert.der", cert.der, cert.len);
}

/* What both programs must find in it. */
static void
check(const char *name)
{
	char line[500];

	snprintf(line, sizeof(line),
	    "openssl pkcs12 -in %s -passin file:pass -nodes -out all.pem && "
	    "openssl x509 -inform der -in cert.der >cert.pem && "
	    "test \"$(openssl x509 -in all.pem)\" = \"$(cat cert.pem)\" && "
	    "test $(grep -c 'BEGIN CERTIFICATE' all.pem) = 2 && "
	    "test \"$(openssl pkey -in all.pem -pubout)\" = "
	    "\"$(openssl x509 -in all.pem -noout -pubkey)\"",
	    name);
	assert_int_equal(run(line), 0);
	/* certtool takes a passphrase as an argument only; this one is ours. */
	snprintf(line, sizeof(line),
	    "certtool --p12-info --inder --infile %s --password %s >info && "
	    "grep -q 'BEGIN' info",
	    name, passphrase);
	assert_int_equal(run(line), 0);
	snprintf(line, sizeof(line),
	    "openssl pkcs12 -in %s -passin pass:%.19s -nodes", name,
	    passphrase);
	assert_int_not_equal(run(line), 0);
}

static void
test_modern(void **state)
{
	(void)state;
	make("modern.p12", false);
	check("modern.p12");
	assert_int_equal(
	    run("openssl pkcs12 -in modern.p12 -passin file:pass -noout -info "
		"2>info; grep -q 'MAC: sha256, Iteration 100000' info && "
		"test $(grep -c 'PBES2, PBKDF2, AES-256-CBC, Iteration 100000,"
		" PRF hmacWithSHA256' info) = 2"),
	    0);
}

static void
test_compatible_without_legacy(void **state)
{
	(void)state;
	make("old.p12", true);
	check("old.p12");
	/* No RC2, which would need the legacy provider: -legacy is not said. */
	assert_int_equal(
	    run("openssl pkcs12 -in old.p12 -passin file:pass -noout -info "
		"2>info; grep -q 'MAC: sha1, Iteration 100000' info && "
		"test $(grep -c pbeWithSHA1And3-KeyTripleDES-CBC info) = 2"),
	    0);
}

/* As devices read it: a BMPString on the certificate. */
static void
test_label(void **state)
{
	const struct x509_pkcs12_ask ask = {
		.key = key,
		.cert = cert.der,
		.cert_len = cert.len,
		.trust = trust,
		.passphrase = passphrase,
		.label = LABEL,
	};
	uint8_t der[X509_PKCS12_MAX];
	const uint8_t *p = der;
	EVP_PKEY *pkey;
	const char *alias;
	PKCS12 *p12;
	X509 *x;
	size_t n;
	int len;

	(void)state;
	assert_int_equal(x509_pkcs12_make(&ask, der, &n), 0);
	assert_non_null(p12 = d2i_PKCS12(NULL, &p, (long)n));
	assert_int_equal(PKCS12_parse(p12, passphrase, &pkey, &x, NULL), 1);
	assert_non_null(alias = (const char *)X509_alias_get0(x, &len));
	assert_int_equal(len, strlen(LABEL));
	assert_memory_equal(alias, LABEL, strlen(LABEL));
	X509_free(x);
	EVP_PKEY_free(pkey);
	PKCS12_free(p12);
}

static void
test_key_of_another(void **state)
{
	struct x509_pkcs12_ask ask = {
		.cert = cert.der,
		.cert_len = cert.len,
		.trust = trust,
		.passphrase = passphrase,
		.label = LABEL,
	};
	uint8_t p12[X509_PKCS12_MAX];
	EVP_PKEY *other;
	size_t n;

	(void)state;
	assert_int_equal(x509_key_new(&other), 0);
	ask.key = other;
	assert_int_equal(x509_pkcs12_make(&ask, p12, &n), ERR_INVALID);
	assert_int_equal(n, 0);
	EVP_PKEY_free(other);
	ask.key = key;
	ask.cert_len--;
	assert_int_equal(x509_pkcs12_make(&ask, p12, &n), ERR_INVALID);
}

static void
test_passphrases(void **state)
{
	char one[X509_PKCS12_PASSPHRASE + 1], all[256] = { 0 };
	int i, j, kinds = 0, low = 0;

	(void)state;
	for (i = 0; i < 1000; i++) {
		assert_int_equal(x509_pkcs12_passphrase(one), 0);
		assert_int_equal(strlen(one), X509_PKCS12_PASSPHRASE);
		assert_null(strpbrk(one, "0O1lI"));
		for (j = 0; one[j] != '\0'; j++)
			all[(uint8_t)one[j]] = 1;
		/* the first 28 of the 57 */
		for (j = 0; one[j] != '\0'; j++)
			low += one[j] >= 'a' || (one[j] >= 'A' && one[j] <= 'C');
	}
	for (i = 0; i < 256; i++)
		kinds += all[i];
	assert_int_equal(kinds, 57);
	/* of 20000 about 9825, give or take 71: none is favoured */
	assert_in_range(low, 9825 - 6 * 71, 9825 + 6 * 71);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_modern),
		cmocka_unit_test(test_compatible_without_legacy),
		cmocka_unit_test(test_label),
		cmocka_unit_test(test_key_of_another),
		cmocka_unit_test(test_passphrases),
	};

	return (cmocka_run_group_tests(tests, begin, end));
}
