/*
 * Goal of this target: what a phone is given. Base32 decodes to the very seed;
 * the otpauth URI of any issuer and login is plain ASCII and, taken apart by
 * the rules of RFC 3986, gives them and the secret back.
 * Links: those of tests/unit/test_enrol.c
 */
#include <stdlib.h>
#include <string.h>

#include "authd/base/text.h"
#include "authd/core/enrol.h"
#include "tests/fuzz/fuzz.h"

#define START "otpauth://totp/"

static size_t
unbase32(const char *s, uint8_t *out)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	unsigned bits = 0, have = 0;
	const char *p;
	size_t n = 0;

	for (; *s != '\0'; s++) {
		FUZZ_CHECK((p = strchr(alphabet, *s)) != NULL);
		bits = bits << 5 | (unsigned)(p - alphabet);
		if ((have += 5) < 8)
			continue;
		have -= 8;
		out[n++] = (uint8_t)(bits >> have);
	}
	FUZZ_CHECK((bits & ((1u << have) - 1)) == 0 && have < 5);
	return (n);
}

static int
hex(char c)
{
	FUZZ_CHECK((c >= '0' && c <= '9') || (c >= 'A' && c <= 'F'));
	return (c <= '9' ? c - '0' : c - 'A' + 10);
}

/* Decode up to one of the characters of stop; where that is. */
static const char *
unescape(const char *s, const char *stop, char *out)
{
	for (; *s != '\0' && strchr(stop, *s) == NULL; s++) {
		FUZZ_CHECK(*s > ' ' && *s < 0x7f);
		FUZZ_CHECK(strchr(":?&=/#", *s) == NULL);
		if (*s != '%') {
			*out++ = *s;
			continue;
		}
		*out++ = (char)(hex(s[1]) << 4 | hex(s[2]));
		s += 2;
	}
	*out = '\0';
	return (s);
}

static const char *
expect(const char *s, const char *text)
{
	FUZZ_CHECK(strncmp(s, text, strlen(text)) == 0);
	return (s + strlen(text));
}

static void
take_apart(
    const char *uri, const char *issuer, const char *login, const char *secret)
{
	char got[ENROL_URI_MAX + 1];

	uri = unescape(expect(uri, START), ":", got);
	FUZZ_CHECK(strcmp(got, issuer) == 0);
	uri = unescape(expect(uri, ":"), "?", got);
	FUZZ_CHECK(strcmp(got, login) == 0);
	uri = unescape(expect(uri, "?secret="), "&", got);
	FUZZ_CHECK(strcmp(got, secret) == 0);
	uri = unescape(expect(uri, "&issuer="), "&", got);
	FUZZ_CHECK(strcmp(got, issuer) == 0);
	FUZZ_CHECK(strcmp(uri, "&algorithm=SHA1&digits=6&period=30") == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t seed[64] = { 0 }, back[64];
	char secret[ENROL_SECRET_MAX + 1], other[110];
	char uri[ENROL_URI_MAX + 1];
	char *issuer, *login;
	struct buf_reader r;
	const uint8_t *p;
	size_t n;
	int e;

	buf_reader_init(&r, data, size);
	n = buf_get_u8(&r) % sizeof(seed);
	p = fuzz_take(&r, &n);
	if (n > 0)
		memcpy(seed, p, n);
	FUZZ_CHECK(text_put_base32(seed, n, other, sizeof(other)) == 0);
	FUZZ_CHECK(unbase32(other, back) == n && memcmp(seed, back, n) == 0);
	FUZZ_CHECK(
	    text_put_base32(seed, n, other, strlen(other)) == ERR_INVALID);

	FUZZ_CHECK(
	    text_put_base32(seed, SEED_LEN, secret, sizeof(secret)) == 0);
	issuer = fuzz_take_text(&r, 1500);
	login = fuzz_take_text(&r, 1500);
	e = enrol_uri(issuer, login, secret, uri);
	FUZZ_CHECK(e == 0 || e == ERR_INVALID);
	if (e == 0)
		take_apart(uri, issuer, login, secret);
	else /* what can be set always fits */
		FUZZ_CHECK(strlen(issuer) > NAME_MAX_BYTES ||
		    strlen(login) > LOGIN_MAX);
	free(issuer);
	free(login);
	return (0);
}
