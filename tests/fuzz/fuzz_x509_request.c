/*
 * Goal of this target: any bytes are a request that is taken or not. What is
 * taken is strict DER, proves the key that is given, and means the same to
 * OpenSSL; what is not leaves no key behind (R67).
 * Links: certs/x509_der.c certs/x509_public.c certs/x509_weak.c
 * Links: certs/x509_request.c authd/base/log.c authd/base/err.c
 * Links: authd/base/timetext.c authd/base/text.c authd/base/clock.c
 */
#include <openssl/err.h>
#include <string.h>

#include "authd/base/log.h"
#include "certs/x509_request.h"
#include "tests/fuzz/fuzz.h"

/* A second reader. Subject and attributes are of no interest to us: where it
 * chokes on them it has no word on the rest. */
static void
compare(const uint8_t *der, size_t n, const struct x509_public *key)
{
	const uint8_t *p = der;
	X509_REQ *req = d2i_X509_REQ(NULL, &p, (long)n);
	struct x509_public got;

	if (req != NULL) {
		FUZZ_CHECK(p == der + n);
		FUZZ_CHECK(X509_REQ_verify(req, X509_REQ_get0_pubkey(req)) == 1);
		FUZZ_CHECK(
		    x509_public_of(X509_REQ_get0_pubkey(req), &got) == 0);
		FUZZ_CHECK(memcmp(&got, key, sizeof(got)) == 0);
	}
	X509_REQ_free(req);
	ERR_clear_error();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct x509_public_forms *forms;
	enum x509_request_fault fault, again;
	struct x509_public key, same;
	EVP_PKEY *pkey;
	int r;

	log_open("fuzz", LOG_LEVEL_ERROR);
	if (forms == NULL)
		FUZZ_CHECK(x509_public_forms_new(&forms) == 0);
	r = x509_request_check(data, size, forms, &key, &fault);
	if (fault != X509_REQUEST_SIGNATURE) { /* the slow one, of no news */
		FUZZ_CHECK(
		    x509_request_check(data, size, NULL, &same, &again) == r);
		FUZZ_CHECK(again == fault &&
		    memcmp(&same, &key, sizeof(key)) == 0);
	}
	FUZZ_CHECK((r == 0) == (fault == X509_REQUEST_NONE));
	FUZZ_CHECK(r == 0 || r == ERR_INVALID);
	FUZZ_CHECK(x509_request_fault_text(fault) != NULL);
	if (r != 0) {
		FUZZ_CHECK(fuzz_is_zero(&key, sizeof(key)));
		return (0);
	}
	FUZZ_CHECK(key.kind != X509_PUBLIC_NONE && key.len > 0 &&
	    key.len <= sizeof(key.bits));
	FUZZ_CHECK(x509_public_load(&key, forms, &pkey) == 0);
	EVP_PKEY_free(pkey);
	compare(data, size, &key);
	return (0);
}
