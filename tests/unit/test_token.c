/*
 * Goal of this test: a token is 256 random bits in one spelling, and only that
 * spelling is one.
 * Links: authd/core/token.c authd/base/mem.c authd/base/err.c authd/base/log.c
 * Links: authd/base/clock.c authd/base/timetext.c authd/base/text.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "authd/base/text.h"
#include "authd/core/token.h"

#define MANY 4096

/* R25: from the system's generator, at least 128 bits, none twice. */
static void
test_R25_random(void **state)
{
	static char all[MANY][TOKEN_LEN + 1];
	uint8_t hash[SESSION_HASH_LEN];
	size_t i;

	(void)state;
	for (i = 0; i < MANY; i++) {
		assert_int_equal(token_new(all[i], hash), 0);
		assert_true(token_is(all[i], strlen(all[i])));
	}
	qsort(all, MANY, sizeof(all[0]),
	    (int (*)(const void *, const void *))strcmp);
	for (i = 1; i < MANY; i++)
		assert_string_not_equal(all[i - 1], all[i]);
}

/* The hash is that of the text by SHA-256 (vector made with sha256sum). */
static void
test_hash(void **state)
{
	uint8_t hash[SESSION_HASH_LEN];
	char hex[2 * SESSION_HASH_LEN + 1];

	(void)state;
	assert_int_equal(
	    token_hash("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", hash), 0);
	text_put_hex(hash, sizeof(hash), hex);
	assert_string_equal(hex, "0f007385b6f9d4b7eeb2748605afe1a984a0a3bfa3f014d09e2a784ce9e5cd1a");
}

static void
refused(const char *text)
{
	uint8_t hash[SESSION_HASH_LEN];

	assert_false(token_is(text, strlen(text)));
	assert_int_equal(token_hash(text, hash), ERR_INVALID);
	assert_int_equal(token_get_hash(text, hash), ERR_INVALID);
}

/* V34: every prefix, suffix and padding; another case is another token. */
static void
test_V34_spellings(void **state)
{
	static const char *const tails[] = { "=", "==", " ", "\n", "A", "%3D",
		"\t", ";", "," };
	char token[TOKEN_LEN + 1], text[TOKEN_LEN + 8], c;
	uint8_t hash[SESSION_HASH_LEN], other[SESSION_HASH_LEN];
	size_t i;
	int r;

	(void)state;
	assert_int_equal(token_new(token, hash), 0);
	for (i = 0; i < TOKEN_LEN; i++) {
		memcpy(text, token, i);
		text[i] = '\0';
		refused(text);
		if (i > 0)
			refused(token + i);
	}
	for (i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
		snprintf(text, sizeof(text), "%s%s", token, tails[i]);
		refused(text);
		snprintf(text, sizeof(text), "%s%s", tails[i], token);
		refused(text);
	}
	for (i = 0; i < TOKEN_LEN; i++) {
		c = token[i];
		token[i] = c ^ 0x20;
		r = token_hash(token, other);
		assert_true(r == ERR_INVALID ||
		    memcmp(hash, other, sizeof(hash)) != 0);
		token[i] = '+';
		refused(token);
		token[i] = '/';
		refused(token);
		token[i] = (char)0xc3;
		refused(token);
		token[i] = c;
	}
	/* the last letter says four bits: of 64 letters 16 may stand there */
	for (i = 0, r = 0; i < 256; i++) {
		token[TOKEN_LEN - 1] = (char)i;
		r += token_is(token, TOKEN_LEN);
	}
	assert_int_equal(r, 16);
}

static void
test_put_get(void **state)
{
	uint8_t hash[SESSION_HASH_LEN], back[SESSION_HASH_LEN];
	char text[TOKEN_LEN + 1];
	size_t i, j;

	(void)state;
	for (i = 0; i < 256; i++) {
		for (j = 0; j < sizeof(hash); j++)
			hash[j] = (uint8_t)(i * 7 + j * 31 + (i * j) / 3);
		token_put_hash(hash, text);
		assert_int_equal(token_get_hash(text, back), 0);
		assert_memory_equal(hash, back, sizeof(hash));
	}
	/* RFC 4648: base64url of 0x00..0x1f, made with basenc */
	for (j = 0; j < sizeof(hash); j++)
		hash[j] = (uint8_t)j;
	token_put_hash(hash, text);
	assert_string_equal(text, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_R25_random),
		cmocka_unit_test(test_hash),
		cmocka_unit_test(test_V34_spellings),
		cmocka_unit_test(test_put_get),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
