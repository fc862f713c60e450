/*
 * Goal of this test: ids are UUIDv7 in one text form, never the same twice, and
 * request ids can be read out on the telephone.
 * Links: authd/base/id.c authd/base/mem.c authd/base/text.c authd/base/log.c
 * Links: authd/base/err.c authd/base/timetext.c tests/fakes/clock_fake.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "authd/base/id.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define MANY     100000

static void
test_uuid7(void **state)
{
	char text[ID_TEXT + 1];
	struct id id;

	(void)state;
	assert_int_equal(id_new(0x0123456789ab, &id), 0);
	id_put_text(&id, text);
	assert_memory_equal(text, "01234567-89ab-7", 15);
	assert_int_equal(strlen(text), ID_TEXT);
	assert_int_equal(text[23], '-');
	assert_non_null(strchr("89ab", text[19]));
}

static void
test_text_form(void **state)
{
	static const char good[] = "01890a5d-ac96-774b-bcce-b302099a8057";
	static const char *const bad[] = { "",
		"01890a5dac96774bbcceb302099a8057",
		"01890A5D-AC96-774B-BCCE-B302099A8057",
		"01890a5d-ac96-774b-bcce-b302099a805",
		"01890a5d-ac96-774b-bcce-b302099a80577",
		"{1890a5d-ac96-774b-bcce-b302099a8057",
		"01890a5dxac96-774b-bcce-b302099a8057",
		"01890a5-dac96-774b-bcce-b302099a8057",
		"g1890a5d-ac96-774b-bcce-b302099a8057" };
	char text[ID_TEXT + 1];
	struct id id;
	size_t i;

	(void)state;
	assert_int_equal(id_get_text(good, &id), 0);
	assert_int_equal(id.b[0], 0x01);
	assert_int_equal(id.b[15], 0x57);
	id_put_text(&id, text);
	assert_string_equal(text, good);
	for (i = 0; i < COUNT(bad); i++)
		assert_int_equal(id_get_text(bad[i], &id), ERR_INVALID);
}

static int
compare(const void *a, const void *b)
{
	return (memcmp(a, b, ID_LEN));
}

static void
test_R50_all_distinct(void **state)
{
	struct id *many = calloc(MANY, sizeof(*many));
	size_t i;

	(void)state;
	assert_non_null(many);
	for (i = 0; i < MANY; i++)
		assert_int_equal(id_new(1795305600000, &many[i]), 0);
	qsort(many, MANY, sizeof(*many), compare);
	for (i = 1; i < MANY; i++)
		assert_false(id_equal(&many[i - 1], &many[i]));
	free(many);
}

static void
test_equal_and_zero(void **state)
{
	struct id a = { { 0 } }, b = { { 0 } };

	(void)state;
	assert_true(id_is_zero(&a));
	assert_true(id_equal(&a, &b));
	b.b[15] = 1;
	assert_false(id_is_zero(&b));
	assert_false(id_equal(&a, &b));
}

static void
test_tokens(void **state)
{
	static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";
	char one[REQUEST_ID_LEN + 1], two[REQUEST_ID_LEN + 1];
	size_t seen[32] = { 0 }, i, k;
	const char *at;

	(void)state;
	for (i = 0; i < 2000; i++) {
		assert_int_equal(id_new_token(one), 0);
		assert_int_equal(id_new_token(two), 0);
		assert_string_not_equal(one, two);
		assert_int_equal(strlen(one), REQUEST_ID_LEN);
		assert_in_range(one[0], '0', '7'); /* 128 bits, not 130 */
		for (k = 1; k < REQUEST_ID_LEN; k++) {
			at = strchr(alphabet, one[k]);
			assert_non_null(at);
			seen[at - alphabet]++;
		}
	}
	/* 50,000 characters: each of 32 about 1,562 times. */
	for (i = 0; i < 32; i++)
		assert_in_range(seen[i], 1250, 1875);
}

/* A request id is its time and ten random bytes, in the order of time. */
static void
test_request_ids(void **state)
{
	char one[REQUEST_ID_LEN + 1], two[REQUEST_ID_LEN + 1];
	char old[REQUEST_ID_LEN + 1];
	size_t i;

	(void)state;
	/* The example of the ULID specification: 01ARYZ6S41. */
	assert_int_equal(id_new_request(1469918176385, one), 0);
	assert_memory_equal(one, "01aryz6s41", 10);
	memset(old, 0, sizeof(old));
	for (i = 0; i < 2000; i++) {
		assert_int_equal(
		    id_new_request(1795000000000 + (int64_t)i, one), 0);
		assert_int_equal(
		    id_new_request(1795000000000 + (int64_t)i, two), 0);
		assert_int_equal(strlen(one), REQUEST_ID_LEN);
		assert_memory_equal(one, two, 10);
		assert_string_not_equal(one + 10, two + 10);
		assert_true(strcmp(one, old) > 0);
		memcpy(old, one, sizeof(old));
	}
}

/* R50: no random byte of a stock is in two ids, however often it is filled. */
static void
test_R50_stock(void **state)
{
	static char ids[500][REQUEST_ID_LEN + 1];
	struct id_stock stock = { .left = 0 };
	size_t i, j;

	(void)state;
	for (i = 0; i < 500; i++) {
		assert_int_equal(
		    id_next_request(&stock, 1795000000000, ids[i]), 0);
		assert_memory_equal(ids[i], ids[0], 9);
		for (j = 0; j < i; j++)
			assert_string_not_equal(ids[i] + 10, ids[j] + 10);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_R50_stock),
		cmocka_unit_test(test_uuid7),
		cmocka_unit_test(test_text_form),
		cmocka_unit_test(test_R50_all_distinct),
		cmocka_unit_test(test_equal_and_zero),
		cmocka_unit_test(test_tokens),
		cmocka_unit_test(test_request_ids),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
