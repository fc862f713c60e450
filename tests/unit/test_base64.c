/*
 * Goal of this test: base64 is written as OpenSSL reads it, and only what is
 * written so is read.
 * Links: authd/base/base64.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/evp.h>

#include "authd/base/base64.h"

static void
test_vectors(void **state)
{
	/* RFC 4648 section 10 */
	static const char *const v[][2] = { { "", "" }, { "f", "Zg==" },
		{ "fo", "Zm8=" }, { "foo", "Zm9v" }, { "foob", "Zm9vYg==" },
		{ "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" } };
	uint8_t back[8];
	char text[16];
	size_t i, n;

	(void)state;
	for (i = 0; i < sizeof(v) / sizeof(v[0]); i++) {
		base64_put(v[i][0], strlen(v[i][0]), text);
		assert_string_equal(text, v[i][1]);
		assert_int_equal(
		    base64_get(text, strlen(text), back, sizeof(back), &n), 0);
		assert_int_equal(n, strlen(v[i][0]));
		assert_memory_equal(back, v[i][0], n);
	}
}

static void
test_all_lengths(void **state)
{
	uint8_t in[300], back[300];
	char ours[BASE64_SIZE(300)];
	unsigned char theirs[BASE64_SIZE(300)];
	size_t i, n;

	(void)state;
	for (i = 0; i < sizeof(in); i++)
		in[i] = (uint8_t)(i * 7 + 251);
	for (i = 0; i <= sizeof(in); i++) {
		base64_put(in, i, ours);
		(void)EVP_EncodeBlock(theirs, in, (int)i);
		assert_string_equal(ours, (char *)theirs);
		assert_int_equal(strlen(ours) + 1, BASE64_SIZE(i));
		assert_int_equal(
		    base64_get(ours, strlen(ours), back, i, &n), 0);
		assert_int_equal(n, i);
		assert_memory_equal(back, in, i);
		if (i > 0)
			assert_int_equal(
			    base64_get(ours, strlen(ours), back, i - 1, &n),
			    ERR_INVALID);
	}
}

static void
test_refused(void **state)
{
	static const char *const bad[] = { "Z", "Zg", "Zg=", "Zg===", "=",
		"====", "Zh==", "Zm9=", "Z g=", "Zg==Zg==", "Zm9v\n", "Zm9-",
		"Zm9_", "Zg==\n", "Z===", "Zm\xc3\xa9", "=g==" };
	uint8_t out[16];
	size_t i, n;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (base64_get(bad[i], strlen(bad[i]), out, sizeof(out), &n) !=
		    ERR_INVALID)
			fail_msg("%s was read", bad[i]);
	assert_int_equal(base64_get("Zm9\0", 4, out, 16, &n), ERR_INVALID);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_all_lengths),
		cmocka_unit_test(test_refused),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
