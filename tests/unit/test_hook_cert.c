/*
 * Goal of this test: the hook admits a client by the certificate the proxy
 * passes on, tells whose terminal it is, and admits nobody otherwise.
 * Links: authd/web/hook_cert.c authd/web/cert_header.c authd/web/exchange.c
 * Links: authd/base/base64.c authd/base/mem.c authd/base/text.c
 * Links: authd/base/log.c authd/base/err.c authd/base/clock.c
 * Links: authd/base/timetext.c authd/base/id.c tests/fakes/cert_fake.c
 * Links: authd/core/act.c authd/web/proxied.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "authd/web/hook_cert.h"

#define KEY "0123456789abcdefghijABCDEFGHIJ0123456789"

/* What one is answered with this certificate and this key. */
static void
ask(const char *cert, const char *key, struct exchange_out *out)
{
	static const struct exchange_conf conf = { .cert_header = "X-Cert",
		.proxy_key = KEY };
	struct gate_header h[2] = { { "X-Cert", 6, cert, strlen(cert) },
		{ "Sekisho-Proxy-Key", 17, key, strlen(key) } };
	struct exchange_in in = { .headers = h, .headers_n = 2, .conf = &conf };
	struct hook_cert call;
	struct act act;

	memset(&call, 0, sizeof(call));
	memset(&act, 0, sizeof(act));
	memset(out, 0, sizeof(*out));
	assert_int_equal(hook_cert_take(&in, &act, &call), 0);
	assert_int_equal(hook_cert_run(NULL, &act, &call), 0);
	hook_cert_give(&act, &call, 0, out);
	assert_false(out->is_broken);
	assert_string_equal(
	    hook_cert_outcome(&call), out->status == 200 ? "accept" : "refuse");
}

static const char *
field(const struct exchange_out *out, const char *name)
{
	size_t i;

	for (i = 0; i < out->headers_n; i++)
		if (strcmp(out->headers[i].name, name) == 0)
			return (out->headers[i].value);
	return ("");
}

static void
expect_403(const char *cert, const char *key)
{
	struct exchange_out out;

	ask(cert, key, &out);
	assert_int_equal(out.status, 403);
	assert_int_equal(out.headers_n, 0);
	assert_int_equal(out.body_len, 0);
	exchange_out_clear(&out);
}

static void
test_admitted(void **state)
{
	struct exchange_out out;

	(void)state;
	ask(":UEVNMQ==:", KEY, &out); /* PEM1 */
	assert_int_equal(out.status, 200);
	assert_string_equal(field(&out, "Remote-Terminal"),
	    "01020304-0506-7708-890a-0b0c0d0e0f10");
	assert_string_equal(field(&out, "Remote-Office"), "tokyo");
	assert_string_equal(field(&out, "Remote-User"), "taro");
	exchange_out_clear(&out);
	ask(":UEVNMg==:", KEY, &out); /* PEM2: several accounts */
	assert_int_equal(out.status, 200);
	assert_string_equal(field(&out, "Remote-Office"), "tokyo");
	assert_string_equal(field(&out, "Remote-User"), "");
	exchange_out_clear(&out);
}

static void
test_V41_refused(void **state)
{
	(void)state;
	expect_403(":UEVNMw==:", KEY); /* PEM3 */
	expect_403("", KEY);
	expect_403("nonsense", KEY);
	expect_403(":UEVNMQ==:", "");
	expect_403(":UEVNMQ==:", KEY "x");
}

/* V40: a proxy that lets people say where they come from is not believed. */
static void
test_V40_source(void **state)
{
	static const char *const said[] = { "192.0.2.1", "2001:db8::1",
		"192.0.2.1, 192.0.2.2", "unknown", "" };
	static const struct exchange_conf conf = { .cert_header = "X-Cert",
		.proxy_key = KEY };
	static const char cert[] = ":UEVNMQ==:";
	struct hook_cert call;
	struct act act;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
		struct gate_header h[3] = { { "X-Cert", 6, cert,
						sizeof(cert) - 1 },
			{ "Sekisho-Proxy-Key", 17, KEY, strlen(KEY) },
			{ "X-Forwarded-For", 15, said[i], strlen(said[i]) } };
		struct exchange_in in = {
			.headers = h, .headers_n = 3, .conf = &conf
		};

		memset(&call, 0, sizeof(call));
		memset(&act, 0, sizeof(act));
		assert_int_equal(hook_cert_take(&in, &act, &call), 0);
		assert_int_equal(hook_cert_run(NULL, &act, &call), 0);
		assert_string_equal(
		    hook_cert_outcome(&call), i < 2 ? "accept" : "refuse");
		assert_string_equal(act.source, i < 2 ? said[i] : "");
	}
}

/* A failure admits nobody. */
static void
test_failed(void **state)
{
	struct exchange_out out;
	struct hook_cert call;
	struct act act;

	(void)state;
	memset(&call, 0, sizeof(call));
	memset(&act, 0, sizeof(act));
	memset(&out, 0, sizeof(out));
	call.answer.verdict = TERMINAL_ACCEPT;
	hook_cert_give(&act, &call, ERR_STORE, &out);
	assert_int_equal(out.status, 503);
	assert_string_equal(field(&out, "Remote-Terminal"), "");
	exchange_out_clear(&out);
	memset(&out, 0, sizeof(out));
	hook_cert_give(&act, NULL, ERR_TIMEOUT, &out);
	assert_int_equal(out.status, 503);
	exchange_out_clear(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_admitted),
		cmocka_unit_test(test_V41_refused),
		cmocka_unit_test(test_V40_source),
		cmocka_unit_test(test_failed),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
