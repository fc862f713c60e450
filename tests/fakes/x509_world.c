/*
 * Links: certs/x509_der.c certs/x509_public.c certs/x509_weak.c
 * Links: certs/x509_request.c certs/x509_subject.c certs/x509_trust.c
 * Links: certs/x509_chain.c certs/x509_pem.c certs/x509_extend.c
 * Links: certs/x509_profile.c certs/x509_url.c certs/x509_issue.c
 * Links: certs/x509_scalar.c certs/x509_root.c certs/x509_key.c
 * Links: authd/base/buf.c authd/base/text.c authd/base/mem.c
 * Links: authd/base/log.c authd/base/err.c authd/base/timetext.c
 * Links: authd/base/id.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "certs/x509_key.h"
#include "tests/fakes/x509_world.h"

void
x509_world_open(struct x509_world *w, const char *place, int64_t now_ms)
{
	uint8_t *one = NULL, *two = NULL;
	int n, m;

	memset(w, 0, sizeof(*w));
	assert_int_equal(x509_root_make(place, now_ms, &w->root), 0);
	n = i2d_X509(w->root.issuing, &one);
	m = i2d_X509(w->root.root, &two);
	assert_int_equal(
	    x509_trust_new(one, (size_t)n, two, (size_t)m, &w->trust), 0);
	assert_int_equal(x509_profile_new(w->trust, "", &w->profile), 0);
	OPENSSL_free(one);
	OPENSSL_free(two);
}

void
x509_world_close(struct x509_world *w)
{
	x509_profile_free(w->profile);
	x509_trust_free(w->trust);
	x509_root_clear(&w->root);
}

void
x509_world_terminal(struct x509_subject *s)
{
	memset(s, 0, sizeof(*s));
	s->kind = X509_SUBJECT_TERMINAL;
	memcpy(s->office, "demo", 5);
	memset(s->terminal.b, 0x5a, ID_LEN);
}

void
x509_world_issue(const struct x509_world *w, const struct x509_subject *s,
    EVP_PKEY *key, int64_t from_ms, int64_t to_ms, struct x509_issue_cert *out)
{
	struct x509_public pub;
	const struct x509_issue_ask ask = { s, &pub, from_ms, to_ms, NULL };
	EVP_PKEY *own = NULL;

	if (key == NULL) {
		assert_int_equal(x509_key_new(&own), 0);
		key = own;
	}
	assert_int_equal(x509_public_of(key, &pub), 0);
	assert_int_equal(
	    x509_issue_run(w->profile, w->root.issuing_key, &ask, out), 0);
	EVP_PKEY_free(own);
}

X509 *
x509_world_read(const struct x509_issue_cert *cert)
{
	const uint8_t *p = cert->der;
	X509 *x = d2i_X509(NULL, &p, (long)cert->len);

	assert_non_null(x);
	assert_true(p == cert->der + cert->len);
	return (x);
}

void
x509_world_sign(X509 *x, EVP_PKEY *key, struct x509_issue_cert *out)
{
	uint8_t *p = out->der;
	int n;

	assert_true(X509_sign(x, key, EVP_sha256()) > 0);
	n = i2d_X509(x, NULL);
	assert_true(n > 0 && (size_t)n <= sizeof(out->der));
	out->len = (size_t)i2d_X509(x, &p);
}

void
x509_world_drop(X509 *x, int nid)
{
	int at = X509_get_ext_by_NID(x, nid, -1);

	assert_true(at >= 0);
	X509_EXTENSION_free(X509_delete_ext(x, at));
}

void
x509_world_ext(X509 *x, int nid, const char *value)
{
	X509_EXTENSION *ext;
	X509V3_CTX ctx;
	int at = X509_get_ext_by_NID(x, nid, -1);

	if (at >= 0)
		x509_world_drop(x, nid);
	X509V3_set_ctx(&ctx, NULL, x, NULL, NULL, 0);
	X509V3_set_ctx_nodb(&ctx);
	assert_non_null(ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value));
	assert_int_equal(X509_add_ext(x, ext, -1), 1);
	X509_EXTENSION_free(ext);
}
