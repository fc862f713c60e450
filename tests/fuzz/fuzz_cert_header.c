/*
 * Goal of this target: what is read of a header's certificate is exactly what
 * was written there, by OpenSSL's reading of base64: no two texts stand for
 * one certificate but for blanks and escapes.
 * Links: authd/web/cert_header.c authd/web/exchange.c authd/base/base64.c
 * Links: authd/base/mem.c authd/base/text.c authd/base/log.c authd/base/err.c
 * Links: authd/base/clock.c authd/base/timetext.c
 */
#include <ctype.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "authd/web/cert_header.h"
#include "tests/fuzz/fuzz.h"

/* Escapes resolved and blanks away, by another way than the file's own. */
static size_t
plain(const uint8_t *p, size_t n, char *out)
{
	char hex[3] = "";
	size_t i, at = 0;
	char c;

	for (i = 0; i < n; i++) {
		c = (char)p[i];
		if (c == '%' && p[0] != ':') {
			FUZZ_CHECK(i + 2 < n);
			FUZZ_CHECK(isxdigit(p[i + 1]) && isxdigit(p[i + 2]));
			hex[0] = (char)p[++i];
			hex[1] = (char)p[++i];
			c = (char)strtol(hex, NULL, 16);
		}
		if (p[0] == ':' || strchr(" \t\r\n", c) == NULL || c == '\0')
			out[at++] = c;
	}
	out[at] = '\0';
	return (at);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const char begin[] = "-----BEGINCERTIFICATE-----",
			  end[] = "-----ENDCERTIFICATE-----";
	unsigned char again[CERT_HEADER_VALUE_MAX];
	char text[CERT_HEADER_VALUE_MAX + 1], *at = text;
	uint8_t der[CERT_DER_MAX];
	size_t len, der_len = 7;
	int r;

	r = cert_header_get((const char *)p, n, der, &der_len);
	if (r != 0) {
		FUZZ_CHECK(der_len == 0);
		return (0);
	}
	FUZZ_CHECK(der_len > 0 && der_len <= CERT_DER_MAX);
	FUZZ_CHECK(n <= CERT_HEADER_VALUE_MAX);
	len = plain(p, n, text);
	if (p[0] == ':') {
		FUZZ_CHECK(len > 2 && text[len - 1] == ':');
		at++;
		len -= 2;
	} else {
		FUZZ_CHECK(strncmp(text, begin, sizeof(begin) - 1) == 0);
		at += sizeof(begin) - 1;
		len -= sizeof(begin) + sizeof(end) - 2;
		FUZZ_CHECK(strcmp(at + len, end) == 0);
	}
	FUZZ_CHECK((size_t)EVP_EncodeBlock(again, der, (int)der_len) == len);
	FUZZ_CHECK(memcmp(again, at, len) == 0);
	return (0);
}
