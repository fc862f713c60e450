/*
 * Goal of this test: the frame of the portal's pages: language, form tokens,
 * addresses to go to (V36), pages for what went wrong, fields of every answer
 * (R44).
 * Links: authd/web/portal.c authd/web/portal_plain.c authd/web/secure.c
 * Links: authd/web/handover_url.c authd/core/urlcheck.c
 * Links: authd/web/proxied.c authd/web/form.c authd/web/cookie.c
 * Links: authd/web/formkey.c authd/web/flash.c authd/web/exchange.c authd/render/page.c
 * Links: authd/render/escape.c authd/render/catalog.c authd/core/act.c
 * Links: authd/base/id.c authd/base/mem.c authd/base/log.c authd/base/err.c
 * Links: authd/base/clock.c authd/base/timetext.c authd/base/text.c
 * Links: tests/fakes/exchange_rig.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "authd/web/portal_plain.h"
#include "authd/web/secure.h"
#include "tests/fakes/exchange_rig.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define KEY      "0123456789abcdefghjkmnpqrs"

static void
test_V36_local(void **state)
{
	static const char *const good[] = { "/", "/login", "/a?b=c&d=%2F",
		"/.sekisho/go?rd=https://x/" };
	static const char *const bad[] = { "", "a", "//", "//evil.example",
		"/\\evil.example", "\\/evil.example", "https://evil.example",
		"javascript:alert(1)", "/a b", "/a\tb", "/\r\nSet-Cookie: a",
		"/\n/evil", " /a", "/a#b", "/a\"b", "/a<b", "/\x7f", "/é",
		"http:/a", "data:x", "/a\\..\\b", "/{a}" };
	char longest[PORTAL_TO_MAX + 2];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(good); i++)
		assert_true(portal_is_local(good[i]));
	for (i = 0; i < COUNT(bad); i++)
		if (portal_is_local(bad[i]))
			fail_msg("taken: %s", bad[i]);
	memset(longest, 'a', sizeof(longest));
	longest[0] = '/';
	longest[PORTAL_TO_MAX + 1] = '\0';
	assert_false(portal_is_local(longest));
	longest[PORTAL_TO_MAX] = '\0';
	assert_true(portal_is_local(longest));
}

/* One request of a browser that has a form's secret. */
static int
take(struct portal_plain *q, struct act *act, const char *method,
    const char *text, const char *accept, const char *source)
{
	struct exchange_rig r;
	bool is_post = strcmp(method, "POST") == 0;

	memset(q, 0, sizeof(*q));
	memset(act, 0, sizeof(*act));
	snprintf(act->request_id, sizeof(act->request_id), "THEREQUEST");
	exchange_rig_begin(&r, method, "/somewhere", is_post ? NULL : text,
	    is_post ? text : NULL);
	exchange_rig_header(&r, "Cookie", FORMKEY_COOKIE "=" KEY);
	if (source != NULL)
		exchange_rig_header(&r, "X-Forwarded-For", source);
	if (accept != NULL)
		exchange_rig_header(&r, "Accept-Language", accept);
	return (portal_plain_take(&r.in, act, q));
}

static bool
shows(const struct exchange_out *out, const char *text)
{
	return (out->body != NULL &&
	    memmem(out->body, out->body_len, text, strlen(text)) != NULL);
}

static void
test_none(void **state)
{
	struct exchange_out out = { 0 };
	struct portal_plain q;
	struct act act;

	(void)state;
	assert_int_equal(
	    take(&q, &act, "GET", "to=%2Fa%3Fb", NULL, "192.0.2.1"), 0);
	assert_int_equal(q.portal.language, CATALOG_JA);
	assert_string_equal(q.portal.to, "/a?b");
	assert_string_equal(q.portal.here, "/somewhere?to=%2Fa%3Fb");
	assert_string_equal(act.source, "192.0.2.1");
	portal_plain_give_none(&act, &q, 0, &out);
	assert_int_equal(out.status, 404);
	assert_true(shows(&out, "ページが見つかりません"));
	assert_true(shows(&out, "THEREQUEST"));
	assert_string_equal(exchange_rig_find(&out, "Content-Type"),
	    "text/html; charset=utf-8");
	assert_null(exchange_rig_find(&out, "Set-Cookie"));
	exchange_out_clear(&out);
	portal_clear(&q);
	/* in English; not sent elsewhere by an address that is not ours */
	assert_int_equal(take(&q, &act, "GET", "to=https%3A%2F%2Fevil.example",
			     "en-GB", "::1"),
	    0);
	assert_int_equal(q.portal.language, CATALOG_EN);
	assert_string_equal(q.portal.to, "");
	portal_plain_give_none(&act, &q, 0, &out);
	assert_true(shows(&out, "<html lang=\"en\">"));
	exchange_out_clear(&out);
	portal_clear(&q);
	/* V40: no address of the person, no page */
	assert_int_equal(take(&q, &act, "GET", NULL, NULL, NULL), ERR_INVALID);
	portal_plain_give_none(&act, &q, ERR_INVALID, &out);
	assert_int_equal(out.status, 400);
	exchange_out_clear(&out);
	portal_clear(&q);
	/* past the deadline there is nothing to look at */
	portal_plain_give_none(&act, NULL, ERR_TIMEOUT, &out);
	assert_int_equal(out.status, 503);
	assert_true(shows(&out, "混み合っています"));
	exchange_out_clear(&out);
	portal_plain_give_none(&act, NULL, ERR_STORE, &out);
	assert_int_equal(out.status, 503);
	exchange_out_clear(&out);
}

static void
test_V26_forged(void **state)
{
	char token[FORMKEY_TOKEN_LEN + 1], body[200];
	struct exchange_out out = { 0 };
	struct portal_plain q;
	struct act act;

	(void)state;
	assert_int_equal(formkey_token(KEY, "", token), 0);
	snprintf(
	    body, sizeof(body), "token=%s&language=en&to=%%2Flogin", token);
	assert_int_equal(take(&q, &act, "POST", body, NULL, "::1"), 0);
	portal_clear(&q);
	/* without it, with another, twice */
	assert_int_equal(
	    take(&q, &act, "POST", "language=en", NULL, "::1"), ERR_DENIED);
	portal_plain_give_language(&act, &q, ERR_DENIED, &out);
	assert_int_equal(out.status, 403);
	assert_true(shows(&out, "送信した内容は処理されませんでした"));
	assert_null(exchange_rig_find(&out, "Set-Cookie"));
	exchange_out_clear(&out);
	portal_clear(&q);
	body[6] ^= 1;
	assert_int_equal(take(&q, &act, "POST", body, NULL, "::1"), ERR_DENIED);
	portal_clear(&q);
	assert_int_equal(take(&q, &act, "POST", "token=a&token=b", NULL, "::1"),
	    ERR_INVALID);
	portal_clear(&q);
}

static int
take_language(struct portal_plain *q, struct act *act, const char *language,
    const char *to)
{
	char token[FORMKEY_TOKEN_LEN + 1], body[400];
	struct exchange_rig r;

	memset(q, 0, sizeof(*q));
	memset(act, 0, sizeof(*act));
	assert_int_equal(formkey_token(KEY, "", token), 0);
	snprintf(body, sizeof(body), "token=%s&language=%s&to=%s", token,
	    language, to);
	exchange_rig_begin(&r, "POST", "/language", NULL, body);
	exchange_rig_header(&r, "Cookie", FORMKEY_COOKIE "=" KEY);
	exchange_rig_header(&r, "X-Forwarded-For", "::1");
	return (portal_plain_take_language(&r.in, act, q));
}

static void
test_language(void **state)
{
	struct exchange_out out = { 0 };
	struct portal_plain q;
	struct act act;
	char value[8];

	(void)state;
	assert_int_equal(
	    take_language(&q, &act, "en", "%2Flogin%3Fto%3D%252F"), 0);
	portal_plain_give_language(&act, &q, 0, &out);
	assert_int_equal(out.status, 303);
	assert_string_equal(
	    exchange_rig_find(&out, "Location"), "/login?to=%2F");
	assert_true(
	    exchange_rig_cookie(&out, PORTAL_LANGUAGE, value, sizeof(value)));
	assert_string_equal(value, "en");
	exchange_out_clear(&out);
	portal_clear(&q);
	/* V36: not away from here */
	assert_int_equal(
	    take_language(&q, &act, "ja", "%2F%2Fevil.example"), 0);
	portal_plain_give_language(&act, &q, 0, &out);
	assert_string_equal(exchange_rig_find(&out, "Location"), "/");
	exchange_out_clear(&out);
	portal_clear(&q);
	assert_int_equal(take_language(&q, &act, "fr", "%2F"), ERR_INVALID);
	portal_clear(&q);
}

static void
test_style(void **state)
{
	struct exchange_out out = { 0 };
	struct portal_plain q;
	struct act act = { 0 };

	(void)state;
	memset(&q, 0, sizeof(q));
	portal_plain_give_style(&act, &q, 0, &out);
	assert_int_equal(out.status, 200);
	assert_string_equal(
	    exchange_rig_find(&out, "Content-Type"), "text/css; charset=utf-8");
	assert_non_null(
	    strstr(exchange_rig_find(&out, "Cache-Control"), "immutable"));
	assert_true(shows(&out, "button.main"));
	assert_false(shows(&out, "url("));
	assert_false(shows(&out, "@import"));
	exchange_out_clear(&out);
}

/* A script of ours, which asks nobody else and makes no code of texts. */
static void
test_script(void **state)
{
	static const char *const never[] = { "eval(", "innerHTML",
		"Function(", "http:", "https:", "document.write", "import(" };
	struct exchange_out out = { 0 };
	struct portal_plain q;
	struct act act = { 0 };
	size_t i;

	(void)state;
	memset(&q, 0, sizeof(q));
	portal_plain_give_script(&act, &q, 0, &out);
	assert_int_equal(out.status, 200);
	assert_string_equal(exchange_rig_find(&out, "Content-Type"),
	    "text/javascript; charset=utf-8");
	assert_non_null(
	    strstr(exchange_rig_find(&out, "Cache-Control"), "immutable"));
	assert_true(shows(&out, "'use strict';"));
	for (i = 0; i < COUNT(never); i++)
		assert_false(shows(&out, never[i]));
	exchange_out_clear(&out);
}

static void
test_R44_fields(void **state)
{
	static const char *const needed[] = { "Content-Security-Policy",
		"X-Content-Type-Options", "Referrer-Policy",
		"Cross-Origin-Opener-Policy", "Strict-Transport-Security" };
	const struct secure_field *f;
	size_t i, k, n;

	(void)state;
	f = secure_portal(&n);
	for (i = 0; i < COUNT(needed); i++) {
		for (k = 0; k < n && strcmp(f[k].name, needed[i]) != 0; k++)
			;
		assert_true(k < n);
		/* an application's host is not ours to promise for */
		assert_int_equal(f[k].except != NULL,
		    strcmp(needed[i], "Strict-Transport-Security") == 0);
		if (i == 0) {
			assert_non_null(
			    strstr(f[k].value, "default-src 'none'"));
			assert_non_null(
			    strstr(f[k].value, "frame-ancestors 'none'"));
			assert_null(strstr(f[k].value, "unsafe"));
			/* files of ours, nothing in a page */
			assert_non_null(
			    strstr(f[k].value, "script-src 'self';"));
			assert_non_null(
			    strstr(f[k].value, "connect-src 'self';"));
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_V36_local),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_V26_forged),
		cmocka_unit_test(test_language),
		cmocka_unit_test(test_style),
		cmocka_unit_test(test_script),
		cmocka_unit_test(test_R44_fields),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
