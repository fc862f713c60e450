/*
 * Goal of this test: a certificate that a proxy passes on is read in the forms
 * proxies write, from exactly one field, and never believed without the
 * proxy's key (V41, V44).
 * Links: authd/web/cert_header.c authd/web/exchange.c authd/base/base64.c
 * Links: authd/base/mem.c authd/base/text.c authd/base/log.c authd/base/err.c
 * Links: authd/base/clock.c authd/base/timetext.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "authd/base/base64.h"
#include "authd/web/cert_header.h"

#define DER_LEN 700
#define BEGIN   "-----BEGIN CERTIFICATE-----"
#define END     "-----END CERTIFICATE-----"
#define KEY     "0123456789abcdefghijABCDEFGHIJ0123456789"

static uint8_t der[DER_LEN];
static char base64[BASE64_SIZE(DER_LEN)];

static int
setup(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < DER_LEN; i++)
		der[i] = (uint8_t)(i * 37 + 11);
	base64_put(der, DER_LEN, base64);
	return (0);
}

/* PEM with ${eol} after each line of 64. */
static void
pem(const char *eol, char *out, size_t size)
{
	size_t i, at = 0, n = strlen(base64);

	at += (size_t)snprintf(out + at, size - at, "%s%s", BEGIN, eol);
	for (i = 0; i < n; i += 64)
		at += (size_t)snprintf(
		    out + at, size - at, "%.64s%s", base64 + i, eol);
	snprintf(out + at, size - at, "%s%s", END, eol);
}

static void
expect_read(const char *value)
{
	uint8_t got[CERT_DER_MAX];
	size_t n = 0;

	if (cert_header_get(value, strlen(value), got, &n) != 0)
		fail_msg("not read: %s", value);
	assert_int_equal(n, DER_LEN);
	assert_memory_equal(got, der, DER_LEN);
}

static void
expect_none(const char *value, size_t len)
{
	uint8_t got[CERT_DER_MAX];
	size_t n = 1;

	if (cert_header_get(value, len, got, &n) != ERR_INVALID)
		fail_msg("read: %.*s", (int)len, value);
	assert_int_equal(n, 0);
}

/* What nginx's ngx_escape_uri_component leaves alone. */
static void
escape(const char *in, const char *digits, char *out)
{
	for (; *in != '\0'; in++) {
		if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVW"
			   "XYZ0123456789-._~",
			*in) != NULL)
			*out++ = *in;
		else {
			*out++ = '%';
			*out++ = digits[*in >> 4 & 15];
			*out++ = digits[*in & 15];
		}
	}
	*out = '\0';
}

static void
test_forms(void **state)
{
	char text[8192], escaped[3 * 8192];

	(void)state;
	pem(" ", text, sizeof(text));
	expect_read(text);
	pem("\t", text, sizeof(text));
	expect_read(text);
	pem("", text, sizeof(text));
	expect_read(text);
	pem("\n", text, sizeof(text));
	escape(text, "0123456789ABCDEF", escaped);
	expect_read(escaped);
	/* what stands behind the value is none of it */
	expect_none(escaped, strlen(escaped) - 1);
	escape(text, "0123456789abcdef", escaped);
	expect_read(escaped);
	pem("\r\n", text, sizeof(text));
	escape(text, "0123456789ABCDEF", escaped);
	expect_read(escaped);
	snprintf(text, sizeof(text), ":%s:", base64);
	expect_read(text);
}

static void
test_refused(void **state)
{
	static const char *const bad[] = { "", ":", "::", ":=:", "%", "%2",
		"%zz", "-", "nonsense", ":AAAA", "AAAA:", "AAAA", BEGIN END,
		BEGIN " " END, BEGIN "A" END, BEGIN "AA=A" END,
		"x" BEGIN "AAAA" END, BEGIN "AAAA" END "x", BEGIN "AAAA",
		"AAAA" END, BEGIN "AAAA" END BEGIN "AAAA" END,
		"-----BEGIN PRIVATE KEY-----AAAA-----END PRIVATE KEY-----",
		BEGIN "AAAA%00" END, BEGIN "AA%20%0" END,
		":AA AA:", ":AAAA:;a=1", ":AAAA:, :AAAA:", "\"AAAA\"", "?1" };
	char *big = malloc(CERT_HEADER_VALUE_MAX + 64);
	size_t i;

	(void)state;
	assert_non_null(big);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		expect_none(bad[i], strlen(bad[i]));
	expect_none(":AAAA\0:", 7);
	expect_none(BEGIN "AA\0A" END, sizeof(BEGIN "AA\0A" END) - 1);
	/* longer than any certificate; longer than the room */
	memset(big, 'A', CERT_HEADER_VALUE_MAX + 64);
	big[0] = ':';
	big[CERT_DER_MAX / 3 * 4 + 9] = ':';
	expect_none(big, CERT_DER_MAX / 3 * 4 + 10);
	big[CERT_DER_MAX / 3 * 4 + 9] = 'A';
	big[CERT_HEADER_VALUE_MAX + 4] = ':';
	expect_none(big, CERT_HEADER_VALUE_MAX + 5);
	free(big);
}

/* A request with these fields; NULL ends them. */
static const char *
take(const struct exchange_conf *conf, const char *const *fields, size_t *n)
{
	struct gate_header h[8];
	struct exchange_in in;
	uint8_t got[CERT_DER_MAX];
	const char *why;
	size_t i;

	memset(&in, 0, sizeof(in));
	in.headers = h;
	in.conf = conf;
	for (i = 0; fields[2 * i] != NULL; i++) {
		h[i].name = fields[2 * i];
		h[i].name_len = strlen(h[i].name);
		h[i].value = fields[2 * i + 1];
		h[i].value_len = strlen(h[i].value);
	}
	in.headers_n = i;
	*n = 1;
	why = cert_header_take(&in, got, n);
	assert_int_equal(*n, why == NULL ? DER_LEN : 0);
	if (why == NULL)
		assert_memory_equal(got, der, DER_LEN);
	return (why);
}

static const char *
why_not(const char *a, const char *av, const char *b, const char *bv,
    const char *c, const char *cv)
{
	static const struct exchange_conf conf = { .cert_header = "X-Cert",
		.proxy_key = KEY };
	const char *fields[] = { a, av, b, bv, c, cv, NULL };
	const char *why;
	size_t n;

	why = take(&conf, fields, &n);
	return (why == NULL ? "" : why);
}

/* V41: nobody's word but the proxy's, and it says so once. */
static void
test_V41_believed_once(void **state)
{
	static const struct exchange_conf none[] = {
		{ .cert_header = "X-Cert" }, { .proxy_key = KEY }, { "", "" }
	};
	char rfc[sizeof(base64) + 2];
	const char *fields[] = { "X-Cert", rfc, "Sekisho-Proxy-Key", KEY,
		NULL };
	size_t i, n;

	(void)state;
	snprintf(rfc, sizeof(rfc), ":%s:", base64);
#define K "Sekisho-Proxy-Key"
	assert_string_equal(why_not("X-Cert", rfc, K, KEY, NULL, NULL), "");
	assert_string_equal(why_not("x-CERT", rfc, "sekisho-proxy-KEY",
				" " KEY " ", NULL, NULL),
	    "");
	assert_string_equal(
	    why_not("X-Cert", rfc, NULL, NULL, NULL, NULL), "no_proxy_key");
	assert_string_equal(
	    why_not("X-Cert", rfc, K, KEY, K, KEY), "no_proxy_key");
	assert_string_equal(
	    why_not("X-Cert", rfc, K, KEY "x", NULL, NULL), "wrong_proxy_key");
	assert_string_equal(
	    why_not("X-Cert", rfc, K, "", NULL, NULL), "wrong_proxy_key");
	assert_string_equal(
	    why_not("X-Cert", rfc, K, "0123456789abcdefghijABCDEFGHIJ012345678",
		NULL, NULL),
	    "wrong_proxy_key");
	assert_string_equal(
	    why_not(K, KEY, NULL, NULL, NULL, NULL), "no_certificate");
	assert_string_equal(
	    why_not(K, KEY, "X-Cert", "", NULL, NULL), "no_certificate");
	assert_string_equal(
	    why_not(K, KEY, "X-Cert", rfc, "x-cert", rfc), "many_certificates");
	assert_string_equal(
	    why_not(K, KEY, "X-Cert", rfc, "x-cert", ""), "many_certificates");
	/* another field of the kind is nobody's business */
	assert_string_equal(
	    why_not(K, KEY, "X-SSL-Client-Cert", rfc, NULL, NULL),
	    "no_certificate");
	assert_string_equal(
	    why_not(K, KEY, "X-Cert", "nonsense", NULL, NULL), "unreadable");
	for (i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_string_equal(
		    take(&none[i], fields, &n), "not_configured");
	assert_string_equal(take(NULL, fields, &n), "not_configured");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_V41_believed_once),
	};

	return (cmocka_run_group_tests(tests, setup, NULL));
}
