#include <limits.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdbool.h>
#include <string.h>

#include "authd/base/log.h"
#include "certs/x509_pem.h"

#define LINE 48 /* bytes of DER in a line of 64 characters */

size_t
x509_pem_size(size_t n)
{
	return ((n + LINE - 1) / LINE * 65 + 128);
}

int
x509_pem_put(
    const char *label, const uint8_t *der, size_t n, char *out, size_t size)
{
	BIO *bio;
	int len, r = ERR_NOMEM;

	if (size < x509_pem_size(n) || n > INT_MAX / 2)
		return (ERR_LIMIT);
	bio = BIO_new(BIO_s_mem());
	if (bio != NULL && PEM_write_bio(bio, label, "", der, (long)n) > 0 &&
	    (len = BIO_read(bio, out, (int)size - 1)) > 0 &&
	    BIO_pending(bio) == 0) {
		out[len] = '\0';
		r = 0;
	}
	BIO_free(bio);
	if (r != 0)
		return (log_fr(r, "write PEM"));
	return (0);
}

static bool
is_label(const char *name, const char *label)
{
	return (strcmp(name, label) == 0 ||
	    (strcmp(label, X509_PEM_REQUEST) == 0 &&
		strcmp(name, PEM_STRING_X509_REQ_OLD) == 0));
}

int
x509_pem_get(const char *label, const char *text, size_t len, uint8_t *der,
    size_t size, size_t *n)
{
	char *name = NULL, *header = NULL;
	unsigned char *bytes = NULL;
	long got;
	BIO *bio = NULL;
	int r = ERR_INVALID;

	*n = 0;
	if (len == 0 || len > INT_MAX ||
	    (bio = BIO_new_mem_buf(text, (int)len)) == NULL)
		goto out;
	if (PEM_read_bio(bio, &name, &header, &bytes, &got) != 1 ||
	    !is_label(name, label) || header[0] != '\0' || got <= 0 ||
	    (size_t)got > size)
		goto out;
	memcpy(der, bytes, (size_t)got);
	*n = (size_t)got;
	r = 0;
	OPENSSL_free(name);
	OPENSSL_free(header);
	OPENSSL_free(bytes);
	name = header = NULL;
	bytes = NULL;
	if (PEM_read_bio(bio, &name, &header, &bytes, &got) == 1)
		r = ERR_INVALID;
out:
	OPENSSL_free(name);
	OPENSSL_free(header);
	OPENSSL_free(bytes);
	BIO_free(bio);
	ERR_clear_error();
	if (r != 0)
		*n = 0;
	return (r);
}
