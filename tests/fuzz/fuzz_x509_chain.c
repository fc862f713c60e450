/*
 * Goal of this target: any bytes in place of a certificate, and our own
 * certificates with bytes changed, signed by nobody or by the issuing CA's own
 * key. Nothing that is not signed by that key is ours; what is good says no
 * more than the profile does (R65, R66, F16).
 * Links: certs/x509_der.c certs/x509_public.c certs/x509_weak.c
 * Links: certs/x509_request.c certs/x509_subject.c certs/x509_trust.c
 * Links: certs/x509_chain.c certs/x509_extend.c certs/x509_profile.c
 * Links: certs/x509_url.c certs/x509_issue.c certs/x509_root.c
 * Links: certs/x509_key.c certs/x509_pem.c authd/base/log.c authd/base/err.c
 * Links: authd/base/timetext.c authd/base/text.c authd/base/clock.c
 * Links: authd/base/mem.c authd/base/id.c
 */
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "authd/base/log.h"
#include "certs/x509_chain.h"
#include "certs/x509_issue.h"
#include "certs/x509_root.h"
#include "tests/fuzz/fuzz.h"

#define T0  1795305600000LL
#define DAY 86400000LL

/* Made once: whoever fuzzes does not know its keys. */
static struct x509_root root;
static struct x509_trust *trust;
static struct x509_issue_cert good;

static void
begin(void)
{
	struct x509_subject s = { .kind = X509_SUBJECT_TERMINAL };
	struct x509_profile *profile;
	struct x509_public pub;
	const struct x509_issue_ask ask = { &s, &pub, T0 - DAY, T0 + DAY, NULL };
	uint8_t *one = NULL, *two = NULL;
	int n, m;

	log_open("fuzz", LOG_LEVEL_ERROR);
	FUZZ_CHECK(x509_root_make("fuzz", T0, &root) == 0);
	n = i2d_X509(root.issuing, &one);
	m = i2d_X509(root.root, &two);
	FUZZ_CHECK(
	    x509_trust_new(one, (size_t)n, two, (size_t)m, &trust) == 0);
	OPENSSL_free(one);
	OPENSSL_free(two);
	FUZZ_CHECK(x509_profile_new(trust, "", &profile) == 0);
	FUZZ_CHECK(x509_public_of(root.root_key, &pub) == 0);
	memcpy(s.office, "demo", 5);
	s.terminal.b[0] = 1;
	FUZZ_CHECK(
	    x509_issue_run(profile, root.issuing_key, &ask, &good) == 0);
	x509_profile_free(profile);
}

/* What is good is as the profile has it, to another reader as well. */
static void
check_good(const uint8_t *der, size_t n, const struct x509_chain_leaf *leaf)
{
	const uint8_t *p = der;
	X509 *x = d2i_X509(NULL, &p, (long)n);

	FUZZ_CHECK(x != NULL && p == der + n);
	FUZZ_CHECK(X509_verify(x, root.issuing_key) == 1);
	FUZZ_CHECK(X509_check_ca(x) == 0);
	FUZZ_CHECK(X509_check_purpose(x, X509_PURPOSE_SSL_CLIENT, 0) == 1);
	FUZZ_CHECK(X509_check_purpose(x, X509_PURPOSE_SSL_SERVER, 0) == 0);
	FUZZ_CHECK(X509_check_purpose(x, X509_PURPOSE_SMIME_SIGN, 0) == 0);
	FUZZ_CHECK(x509_subject_is_good(&leaf->subject));
	FUZZ_CHECK(leaf->subject.kind != X509_SUBJECT_OCSP);
	FUZZ_CHECK(leaf->serial[0] >= 1 && leaf->serial[0] <= 0x7f);
	FUZZ_CHECK(leaf->not_before_ms <= T0 && leaf->not_after_ms > T0);
	X509_free(x);
	ERR_clear_error();
}

static enum x509_chain_verdict
judge(const uint8_t *der, size_t n)
{
	struct x509_chain_leaf leaf;
	enum x509_chain_verdict v;

	FUZZ_CHECK(x509_chain_check(trust, der, n, T0, &leaf, &v) == 0);
	FUZZ_CHECK(x509_chain_text(v) != NULL);
	if (v == X509_CHAIN_GOOD)
		check_good(der, n, &leaf);
	else if (v != X509_CHAIN_DATES)
		FUZZ_CHECK(fuzz_is_zero(&leaf, sizeof(leaf)));
	return (v);
}

/* The good one with bytes changed: pairs of place and value. */
static void
change(struct buf_reader *r, uint8_t *der, size_t n)
{
	size_t at;

	while (r->left >= 3) {
		at = buf_get_u16(r) % n;
		der[at] = buf_get_u8(r);
	}
}

/* ... and signed again by the key that we trust. */
static void
judge_signed(const uint8_t *der, size_t n)
{
	uint8_t again[X509_TRUST_CERT_MAX * 2], *p = again;
	const uint8_t *q = der;
	X509 *x = d2i_X509(NULL, &q, (long)n);
	int len;

	if (x != NULL && X509_sign(x, root.issuing_key, EVP_sha256()) > 0 &&
	    (len = i2d_X509(x, NULL)) > 0 && (size_t)len <= sizeof(again)) {
		len = i2d_X509(x, &p);
		(void)judge(again, (size_t)len);
	}
	X509_free(x);
	ERR_clear_error();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t der[X509_TRUST_CERT_MAX];
	struct buf_reader r;

	if (trust == NULL)
		begin();
	buf_reader_init(&r, data, size);
	if (buf_get_u8(&r) % 2 == 0) {
		/* It would have to guess a signature. */
		FUZZ_CHECK(judge(r.at, r.left) != X509_CHAIN_GOOD);
		judge_signed(r.at, r.left);
		return (0);
	}
	memcpy(der, good.der, good.len);
	change(&r, der, good.len);
	if (judge(der, good.len) == X509_CHAIN_GOOD)
		FUZZ_CHECK(memcmp(der, good.der, good.len) == 0);
	judge_signed(der, good.len);
	return (0);
}
