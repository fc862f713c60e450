#include <openssl/err.h>
#include <openssl/pkcs12.h>
#include <string.h>

#include "authd/base/log.h"
#include "authd/base/mem.h"
#include "certs/x509_pkcs12.h"

/* 57 of them: neither 0 nor O, neither 1 nor l nor I. */
static const char letters[] =
    "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
#define LETTERS_N (sizeof(letters) - 1)

int
x509_pkcs12_passphrase(char out[X509_PKCS12_PASSPHRASE + 1])
{
	uint8_t byte;
	int i, r;

	memset(out, 0, X509_PKCS12_PASSPHRASE + 1);
	for (i = 0; i < X509_PKCS12_PASSPHRASE; i++) {
		/* A byte beyond the last whole run would favour the first. */
		do {
			if ((r = mem_random(&byte, 1)) != 0) {
				mem_wipe(out, X509_PKCS12_PASSPHRASE + 1);
				return (r);
			}
		} while (byte >= 256 / LETTERS_N * LETTERS_N);
		out[i] = letters[byte % LETTERS_N];
	}
	return (0);
}

static PKCS12 *
create(const struct x509_pkcs12_ask *ask, X509 *cert, STACK_OF(X509) * above)
{
	int nid = ask->is_compatible ? NID_pbe_WithSHA1And3_Key_TripleDES_CBC
				     : NID_aes_256_cbc;
	const EVP_MD *digest = ask->is_compatible ? EVP_sha1() : EVP_sha256();
	PKCS12 *p12;

	/* -1: the MAC comes after, under the digest we say. */
	p12 = PKCS12_create(ask->passphrase, ask->label, ask->key, cert, above,
	    nid, nid, X509_PKCS12_ROUNDS, -1, 0);
	if (p12 != NULL &&
	    PKCS12_set_mac(p12, ask->passphrase, -1, NULL, 0,
		X509_PKCS12_ROUNDS, digest) != 1) {
		PKCS12_free(p12);
		p12 = NULL;
	}
	return (p12);
}

int
x509_pkcs12_make(const struct x509_pkcs12_ask *ask,
    uint8_t out[X509_PKCS12_MAX], size_t *n)
{
	const uint8_t *der = ask->cert;
	STACK_OF(X509) *above = sk_X509_new_null();
	PKCS12 *p12 = NULL;
	uint8_t *p = out;
	X509 *cert;
	int len, r = ERR_NOMEM;

	*n = 0;
	cert = d2i_X509(NULL, &der, (long)ask->cert_len);
	if (cert == NULL || X509_check_private_key(cert, ask->key) != 1) {
		r = ERR_INVALID;
		goto out;
	}
	if (above == NULL || sk_X509_push(above, ask->trust->issuing) < 1 ||
	    (p12 = create(ask, cert, above)) == NULL)
		goto out;
	len = i2d_PKCS12(p12, NULL);
	if (len > 0 && len <= X509_PKCS12_MAX && i2d_PKCS12(p12, &p) == len) {
		*n = (size_t)len;
		r = 0;
	}
out:
	PKCS12_free(p12);
	sk_X509_free(above);
	X509_free(cert);
	ERR_clear_error();
	if (r != 0)
		return (log_fr(r, "make a PKCS#12 file"));
	return (0);
}
