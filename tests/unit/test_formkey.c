/*
 * Goal of this test: a form is taken when it is of a page shown to this browser
 * in this session, and by nobody else (R27, R45, V26).
 * Links: authd/web/formkey.c authd/web/cookie.c authd/web/exchange.c
 * Links: authd/base/id.c authd/base/mem.c authd/base/log.c authd/base/err.c
 * Links: authd/base/clock.c authd/base/timetext.c authd/base/text.c
 * Links: tests/fakes/exchange_rig.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "authd/web/formkey.h"
#include "tests/fakes/exchange_rig.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void
test_secret(void **state)
{
	char one[FORMKEY_LEN + 1], two[FORMKEY_LEN + 1];
	char field[100];
	struct exchange_rig r;
	bool is_new;

	(void)state;
	exchange_rig_begin(&r, "GET", "/", NULL, NULL);
	assert_int_equal(formkey_take(&r.in, one, &is_new), 0);
	assert_true(is_new);
	assert_int_equal(strlen(one), FORMKEY_LEN);
	assert_int_equal(formkey_take(&r.in, two, &is_new), 0);
	assert_string_not_equal(one, two);
	snprintf(field, sizeof(field), FORMKEY_COOKIE "=%s", one);
	exchange_rig_header(&r, "Cookie", field);
	assert_int_equal(formkey_take(&r.in, two, &is_new), 0);
	assert_false(is_new);
	assert_string_equal(one, two);
	/* V34: a cut one is none */
	field[strlen(field) - 1] = '\0';
	exchange_rig_begin(&r, "GET", "/", NULL, NULL);
	exchange_rig_header(&r, "Cookie", field);
	assert_int_equal(formkey_take(&r.in, two, &is_new), 0);
	assert_true(is_new);
	assert_string_not_equal(one, two);
}

static void
test_V26_token(void **state)
{
	static const char secret[] = "0123456789abcdefghjkmnpqrs";
	char token[FORMKEY_TOKEN_LEN + 1], other[FORMKEY_TOKEN_LEN + 2];
	struct exchange_rig r;
	size_t i;

	(void)state;
	exchange_rig_begin(&r, "POST", "/", NULL, NULL);
	assert_int_equal(formkey_token(secret, "", token), 0);
	assert_int_equal(formkey_check(&r.in, secret, "", token), 0);
	/* another browser's, another session's, none */
	assert_int_equal(
	    formkey_check(&r.in, "0123456789abcdefghjkmnpqrt", "", token),
	    ERR_DENIED);
	assert_int_equal(
	    formkey_check(&r.in, secret, "a session", token), ERR_DENIED);
	assert_int_equal(formkey_check(&r.in, secret, "", NULL), ERR_DENIED);
	assert_int_equal(formkey_check(&r.in, secret, "", ""), ERR_DENIED);
	assert_int_equal(formkey_token(secret, "a session", other), 0);
	assert_string_not_equal(token, other);
	assert_int_equal(formkey_check(&r.in, secret, "a session", other), 0);
	/* V34: cut, longer, one letter of it another */
	for (i = 0; i < FORMKEY_TOKEN_LEN; i++) {
		memcpy(other, token, sizeof(token));
		other[i] = other[i] == '0' ? '1' : '0';
		assert_int_equal(
		    formkey_check(&r.in, secret, "", other), ERR_DENIED);
		other[i] = '\0';
		assert_int_equal(
		    formkey_check(&r.in, secret, "", other), ERR_DENIED);
	}
	snprintf(other, sizeof(other), "%s0", token);
	assert_int_equal(formkey_check(&r.in, secret, "", other), ERR_DENIED);
	/* a session's token that is none of ours is no way around it */
	memset(other, 'a', sizeof(other));
	other[sizeof(other) - 1] = '\0';
	assert_int_not_equal(formkey_token(secret, other, token), 0);
	assert_int_not_equal(formkey_check(&r.in, secret, other, token), 0);
}

static void
test_R27_elsewhere(void **state)
{
	static const struct {
		const char *site;
		bool is_taken;
	} cases[] = { { "same-origin", true }, { "none", true },
		{ "same-site", false }, { "cross-site", false }, { "", false },
		{ "Same-Origin", false },
		{ "same-origin, cross-site", false } };
	static const char secret[] = "0123456789abcdefghjkmnpqrs";
	char token[FORMKEY_TOKEN_LEN + 1];
	struct exchange_rig r;
	size_t i;

	(void)state;
	assert_int_equal(formkey_token(secret, "", token), 0);
	for (i = 0; i < COUNT(cases); i++) {
		exchange_rig_begin(&r, "POST", "/", NULL, NULL);
		exchange_rig_header(&r, "Sec-Fetch-Site", cases[i].site);
		assert_int_equal(formkey_check(&r.in, secret, "", token),
		    cases[i].is_taken ? 0 : ERR_DENIED);
	}
	exchange_rig_begin(&r, "POST", "/", NULL, NULL);
	exchange_rig_header(&r, "Sec-Fetch-Site", "same-origin");
	exchange_rig_header(&r, "Sec-Fetch-Site", "same-origin");
	assert_int_equal(formkey_check(&r.in, secret, "", token), ERR_DENIED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_secret),
		cmocka_unit_test(test_V26_token),
		cmocka_unit_test(test_R27_elsewhere),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
