/*
 * Goal of this test: a token between two hosts is good once, for 30 seconds,
 * with the nonce, on the host and for the session it was made for (R35, V27).
 * Links: authd/core/handover.c authd/core/token.c authd/base/id.c
 * Links: authd/base/mem.c authd/base/err.c authd/base/log.c
 * Links: authd/base/clock.c authd/base/timetext.c authd/base/text.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "authd/core/handover.h"

static struct handovers *h;
static const struct handover what = { .nonce = { 7 },
	.app = "pay.example.jp",
	.session = { { 1, 2 } } };

static int
setup(void **state)
{
	(void)state;
	return (handover_new(&h));
}

static int
teardown(void **state)
{
	(void)state;
	handover_free(h);
	return (0);
}

static void
put(const struct handover *in, int64_t at, char token[TOKEN_LEN + 1])
{
	struct moment now = { .steady_ms = at };

	assert_int_equal(handover_put(h, in, &now, token), 0);
}

static bool
take(const char *token, uint8_t nonce_first, const char *app, int64_t at)
{
	struct moment now = { .steady_ms = at };
	uint8_t nonce[SESSION_HASH_LEN] = { nonce_first };
	struct id out;
	bool took;

	memset(&out, 0x5a, sizeof(out));
	took = handover_take(h, token, nonce, app, &now, &out);
	assert_true(took ? id_equal(&out, &what.session) : id_is_zero(&out));
	return (took);
}

static void
test_once(void **state)
{
	char token[TOKEN_LEN + 1];

	(void)state;
	put(&what, 1000, token);
	assert_true(take(token, 7, "pay.example.jp", 1000));
	assert_false(take(token, 7, "pay.example.jp", 1000));
	put(&what, 1000, token);
	assert_true(take(token, 7, "pay.example.jp", 30999));
	put(&what, 1000, token);
	assert_false(take(token, 7, "pay.example.jp", 31000));
	assert_false(take(token, 7, "pay.example.jp", 1000));
}

/* V33: in another browser, on another host; and used up by the attempt. */
static void
test_V33_bound(void **state)
{
	char token[TOKEN_LEN + 1], cut[TOKEN_LEN + 1];

	(void)state;
	put(&what, 1000, token);
	assert_false(take(token, 8, "pay.example.jp", 1000));
	assert_false(take(token, 7, "pay.example.jp", 1000));
	put(&what, 1000, token);
	assert_false(take(token, 7, "other.example.jp", 1000));
	assert_false(take(token, 7, "pay.example.jp", 1000));
	/* V34: another spelling is another token, and uses nothing up */
	put(&what, 1000, token);
	memcpy(cut, token, sizeof(cut));
	cut[TOKEN_LEN - 1] = '\0';
	assert_false(take(cut, 7, "pay.example.jp", 1000));
	assert_false(take("", 7, "pay.example.jp", 1000));
	assert_true(take(token, 7, "pay.example.jp", 1000));
}

/* One session fills its own share only; a full table refuses. */
static void
test_shares(void **state)
{
	char first[TOKEN_LEN + 1], token[TOKEN_LEN + 1];
	struct moment now = { .steady_ms = 2000 };
	struct handover in = what;
	int i;

	(void)state;
	put(&what, 1000, first);
	for (i = 1; i < HANDOVER_EACH_MAX; i++)
		put(&what, 1001, token);
	put(&what, 1002, token);
	assert_false(take(first, 7, "pay.example.jp", 1003));
	assert_true(take(token, 7, "pay.example.jp", 1003));
	for (i = HANDOVER_EACH_MAX - 1; i < HANDOVER_MAX; i++) {
		memcpy(in.session.b + 4, &i, sizeof(i));
		in.session.b[0] = 9;
		put(&in, 2000, token);
	}
	in.session.b[0] = 8;
	assert_int_equal(handover_put(h, &in, &now, token), ERR_BUSY);
	assert_string_equal(token, "");
	now.steady_ms += HANDOVER_LIFE_MS;
	assert_int_equal(handover_put(h, &in, &now, token), 0);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = { T(test_once), T(test_V33_bound),
		T(test_shares) };

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
