/*
 * Goal of this target: any bytes are an OCSP request or one of two errors. One
 * that is read stays within its limits, and can be answered (R70).
 * Links: certs/x509_der.c certs/x509_public.c certs/x509_weak.c
 * Links: certs/x509_request.c certs/x509_subject.c certs/x509_trust.c
 * Links: certs/x509_extend.c certs/x509_root.c certs/x509_key.c
 * Links: certs/x509_ocsp.c certs/x509_ocsp_sign.c certs/x509_pem.c
 * Links: authd/base/log.c authd/base/err.c authd/base/timetext.c
 * Links: authd/base/text.c authd/base/clock.c authd/base/mem.c
 * Links: authd/base/id.c
 */
#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <string.h>

#include "authd/base/log.h"
#include "certs/x509_ocsp_sign.h"
#include "certs/x509_root.h"
#include "tests/fuzz/fuzz.h"

#define T0 1795305600000LL

static struct x509_root root;
static struct x509_trust *trust;

static void
begin(void)
{
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
}

/*
 * The hashes that name the issuer are not in any input: put in where the input
 * asks for them, as it names the hash. 0x55 twenty times is the place.
 */
static void
name_issuer(uint8_t *p, size_t n)
{
	static const uint8_t mark[20] = { 0x55, 0x55, 0x55, 0x55, 0x55, 0x55,
		0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55,
		0x55, 0x55, 0x55, 0x55 };
	OCSP_CERTID *id = OCSP_cert_id_new(EVP_sha1(),
	    X509_get_subject_name(root.issuing),
	    X509_get0_pubkey_bitstr(root.issuing), NULL);
	ASN1_OCTET_STRING *hash[2];
	uint8_t *at;
	int i;

	FUZZ_CHECK(id != NULL);
	FUZZ_CHECK(
	    OCSP_id_get0_info(&hash[0], NULL, &hash[1], NULL, id) == 1);
	for (i = 0; (at = memmem(p, n, mark, sizeof(mark))) != NULL; i++)
		memcpy(at, ASN1_STRING_get0_data(hash[i % 2]), sizeof(mark));
	OCSP_CERTID_free(id);
}

static void
answer(const struct x509_ocsp_request *q)
{
	struct x509_ocsp_state states[X509_OCSP_ONES_MAX];
	const struct x509_ocsp_sign_ask ask = {
		.n = q->n,
		.states = states,
		.nonce_len = q->nonce_len,
		.nonce = q->nonce,
		.this_ms = T0,
		.next_ms = T0 + 60000,
	};
	uint8_t der[X509_OCSP_SIGN_MAX];
	size_t i, len;

	memset(states, 0, sizeof(states));
	for (i = 0; i < q->n; i++)
		states[i].one = q->ones[i];
	FUZZ_CHECK(x509_ocsp_sign_run(trust, root.issuing, root.issuing_key,
		       &ask, der, &len) == 0);
	FUZZ_CHECK(len > 0 && len <= sizeof(der));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t der[X509_OCSP_REQUEST_MAX];
	struct x509_ocsp_request q;
	enum x509_ocsp_error error;
	size_t i;
	int r;

	if (trust == NULL)
		begin();
	if (size > sizeof(der))
		return (0);
	memcpy(der, data, size);
	name_issuer(der, size);
	r = x509_ocsp_read(trust, der, size, &q, &error);
	FUZZ_CHECK(r == 0 || r == ERR_INVALID);
	if (r != 0) {
		FUZZ_CHECK(fuzz_is_zero(&q, sizeof(q)));
		FUZZ_CHECK(error == X509_OCSP_MALFORMED ||
		    error == X509_OCSP_UNAUTHORIZED);
		return (0);
	}
	FUZZ_CHECK(q.n >= 1 && q.n <= X509_OCSP_ONES_MAX);
	FUZZ_CHECK(q.nonce_len <= X509_OCSP_NONCE_MAX);
	for (i = 0; i < q.n; i++) {
		FUZZ_CHECK(q.ones[i].hash >= X509_OCSP_SHA1 &&
		    q.ones[i].hash <= X509_OCSP_SHA512);
		FUZZ_CHECK(q.ones[i].serial_len >= 1 &&
		    q.ones[i].serial_len <= X509_OCSP_SERIAL_MAX);
	}
	answer(&q);
	ERR_clear_error();
	return (0);
}
