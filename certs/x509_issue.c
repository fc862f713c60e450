#include <string.h>

#include "authd/base/log.h"
#include "authd/base/mem.h"
#include "authd/base/timetext.h"
#include "certs/x509_issue.h"

#define SIGNATURE_MAX 72 /* of P-256 in DER */

int
x509_issue_serial(
    struct x509_issue_serials *s, uint8_t out[X509_ISSUE_SERIAL_LEN])
{
	int r;

	while (s->left <= 0) {
		if ((r = mem_random(s->head, sizeof(s->head))) != 0)
			return (r);
		s->head[0] &= 0x7f;
		s->left = s->head[0] == 0 ? 0 : X509_ISSUE_RUN;
	}
	memcpy(out, s->head, sizeof(s->head));
	s->left--;
	return (mem_random(
	    out + sizeof(s->head), X509_ISSUE_SERIAL_LEN - sizeof(s->head)));
}

/* The certificate ends with the CA, and counts whole seconds. */
static int
cut_dates(const struct x509_trust *t, struct x509_issue_cert *out)
{
	if (out->not_after_ms > t->not_after_ms)
		out->not_after_ms = t->not_after_ms;
	if (out->not_before_ms < t->not_before_ms)
		out->not_before_ms = t->not_before_ms;
	out->not_before_ms -= out->not_before_ms % 1000;
	out->not_after_ms -= out->not_after_ms % 1000;
	return (out->not_before_ms < 0 ||
		    out->not_before_ms >= out->not_after_ms
		? ERR_INVALID
		: 0);
}

/* UTCTime to 2049, GeneralizedTime from 2050. */
static void
put_time(int64_t ms, struct x509_der_out *o)
{
	char text[TIMETEXT_MAX], digits[16];
	bool is_long;
	size_t i, n = 0;

	timetext_put(ms, text);
	is_long = strcmp(text, "2050") >= 0;
	/* of 2026-11-22T20:31:27 the digits */
	for (i = is_long ? 0 : 2; i < 19; i++)
		if (text[i] >= '0' && text[i] <= '9')
			digits[n++] = text[i];
	digits[n++] = 'Z';
	x509_der_put(o, is_long ? X509_DER_GENERAL_TIME : X509_DER_UTC_TIME,
	    digits, n);
}

/* ecdsa-with-SHA256: RFC 5758 section 3.2. It is said twice. */
static void
put_algorithm(struct x509_der_out *o)
{
	static const uint8_t oid[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d,
		0x04, 0x03, 0x02 };

	x509_der_put(o, X509_DER_SEQUENCE, oid, sizeof(oid));
}

/* What is signed: RFC 5280 section 4.1. */
static int
put_signed(const struct x509_profile *p, const struct x509_issue_ask *ask,
    const struct x509_issue_cert *cert, struct x509_der_out *o)
{
	static const uint8_t version_3[] = { 0x02, 0x01, 0x02 };
	const char *place = x509_profile_trust(p)->place;
	size_t before;
	int r;

	x509_subject_put_alt(ask->subject, place, o);
	if ((r = x509_profile_put(p, ask->subject->kind, ask->key, o)) != 0)
		return (r);
	x509_der_put_head(o, X509_DER_SEQUENCE, 0);
	x509_der_put_head(o, X509_DER_CONTEXT_3, 0);
	if ((r = x509_public_put(ask->key, o)) != 0)
		return (r);
	x509_subject_put(ask->subject, place, o);
	before = o->len;
	put_time(cert->not_after_ms, o);
	put_time(cert->not_before_ms, o);
	x509_der_put_head(o, X509_DER_SEQUENCE, before);
	x509_profile_put_issuer(p, o);
	put_algorithm(o);
	x509_der_put(o, X509_DER_INTEGER, cert->serial, sizeof(cert->serial));
	x509_der_put(o, X509_DER_CONTEXT_0, version_3, sizeof(version_3));
	x509_der_put_head(o, X509_DER_SEQUENCE, 0);
	return (o->is_broken ? ERR_NOMEM : 0);
}

static int
sign(const struct x509_der_out *text, EVP_PKEY *ca,
    struct x509_issue_cert *out)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t memory[sizeof(out->der)], bits[SIGNATURE_MAX];
	size_t n = sizeof(bits);
	struct x509_der_out o;
	int ok;

	ok = ctx != NULL &&
	    EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, ca) == 1 &&
	    EVP_DigestSign(ctx, bits, &n, text->at, text->len) == 1;
	EVP_MD_CTX_free(ctx);
	if (!ok)
		return (log_fr(ERR_NOMEM, "sign a certificate"));
	x509_der_out_init(&o, memory, sizeof(memory));
	x509_der_put_bits(&o, bits, n);
	put_algorithm(&o);
	x509_der_put_raw(&o, text->at, text->len);
	x509_der_put_head(&o, X509_DER_SEQUENCE, 0);
	if (o.is_broken)
		return (log_fr(ERR_NOMEM, "a certificate's bytes"));
	memcpy(out->der, o.at, o.len);
	out->len = o.len;
	return (0);
}

int
x509_issue_run(const struct x509_profile *p, EVP_PKEY *ca,
    const struct x509_issue_ask *ask, struct x509_issue_cert *out)
{
	const struct x509_trust *t = x509_profile_trust(p);
	struct x509_issue_serials own = { .left = 0 };
	uint8_t memory[sizeof(out->der)];
	struct x509_der_out o;
	int r;

	memset(out, 0, sizeof(*out));
	if (!x509_subject_is_good(ask->subject))
		return (ERR_INVALID);
	out->not_before_ms = ask->not_before_ms;
	out->not_after_ms = ask->not_after_ms;
	x509_der_out_init(&o, memory, sizeof(memory));
	if ((r = cut_dates(t, out)) == 0 &&
	    (r = x509_issue_serial(ask->serials != NULL ? ask->serials : &own,
		 out->serial)) == 0 &&
	    (r = put_signed(p, ask, out, &o)) == 0)
		r = sign(&o, ca, out);
	if (r != 0)
		memset(out, 0, sizeof(*out));
	return (r);
}
