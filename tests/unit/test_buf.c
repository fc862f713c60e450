/*
 * Goal of this test: what is written is read back, byte for byte big-endian;
 * no write runs over its end, no read over its, and one failure is remembered.
 * Links: authd/base/buf.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "authd/base/buf.h"

static void
test_bytes_on_the_wire(void **state)
{
	static const uint8_t want[] = { 0xfe, 0x01, 0x02, 0x01, 0x02, 0x03,
		0x04, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0xff,
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, 0, 0, 0, 2, 'a', 'b',
		0, 0, 0, 1, 'c', 'd' };
	uint8_t memory[64];
	struct buf b;

	(void)state;
	buf_init(&b, memory, sizeof(memory));
	buf_put_u8(&b, 0xfe);
	buf_put_u16(&b, 0x0102);
	buf_put_u32(&b, 0x01020304);
	buf_put_u64(&b, 0x0102030405060708);
	buf_put_i64(&b, -2);
	buf_put_bytes(&b, "ab", 2);
	buf_put_text(&b, "c");
	buf_put_raw(&b, "d", 1);
	buf_put_raw(&b, NULL, 0);
	assert_false(b.is_broken);
	assert_int_equal(b.len, sizeof(want));
	assert_memory_equal(memory, want, sizeof(want));
}

static void
test_there_and_back(void **state)
{
	uint8_t memory[128], raw[3];
	const uint8_t *p;
	struct buf_reader r;
	char text[4];
	struct buf b;
	size_t n;

	(void)state;
	buf_init(&b, memory, sizeof(memory));
	buf_put_u8(&b, UINT8_MAX);
	buf_put_u16(&b, UINT16_MAX);
	buf_put_u32(&b, UINT32_MAX);
	buf_put_u64(&b, UINT64_MAX);
	buf_put_i64(&b, INT64_MIN);
	buf_put_i64(&b, INT64_MAX);
	buf_put_raw(&b, "raw", 3);
	buf_put_bytes(&b, "a\0b", 3);
	buf_put_text(&b, "xyz");
	buf_put_text(&b, "");
	buf_reader_init(&r, memory, b.len);
	assert_int_equal(buf_get_u8(&r), UINT8_MAX);
	assert_int_equal(buf_get_u16(&r), UINT16_MAX);
	assert_int_equal(buf_get_u32(&r), UINT32_MAX);
	assert_true(buf_get_u64(&r) == UINT64_MAX);
	assert_true(buf_get_i64(&r) == INT64_MIN);
	assert_true(buf_get_i64(&r) == INT64_MAX);
	buf_get_raw(&r, raw, sizeof(raw));
	assert_memory_equal(raw, "raw", 3);
	buf_get_bytes(&r, &p, &n, 3);
	assert_int_equal(n, 3);
	assert_memory_equal(p, "a\0b", 3);
	buf_get_text(&r, text, sizeof(text));
	assert_string_equal(text, "xyz");
	assert_int_equal(buf_end(&r), ERR_PROTO); /* four bytes are left */
	buf_get_text(&r, text, sizeof(text));
	assert_string_equal(text, "");
	assert_int_equal(buf_end(&r), 0);
}

/* Into every size that is too small: broken, and no byte past the end. */
static void
test_writes_never_overrun(void **state)
{
	uint8_t memory[32];
	struct buf b;
	size_t size, i;

	(void)state;
	for (size = 0; size < 16; size++) {
		memset(memory, 0xaa, sizeof(memory));
		buf_init(&b, memory, size);
		buf_put_u8(&b, 1);
		buf_put_u32(&b, 2);
		buf_put_text(&b, "123456"); /* 15 bytes in all */
		assert_int_equal(b.is_broken, size < 15);
		assert_true(b.len <= size);
		for (i = size; i < sizeof(memory); i++)
			assert_int_equal(memory[i], 0xaa);
	}
}

static void
test_broken_writer_stays_broken(void **state)
{
	uint8_t memory[4];
	struct buf b;

	(void)state;
	buf_init(&b, memory, sizeof(memory));
	buf_put_u64(&b, 1);
	assert_true(b.is_broken);
	buf_put_u8(&b, 1);
	assert_true(b.is_broken);
	assert_int_equal(b.len, 0);
	buf_init(&b, memory, sizeof(memory));
	buf_put_bytes(&b, memory, (size_t)UINT32_MAX + 1);
	assert_true(b.is_broken);
	assert_int_equal(b.len, 0);
}

/* A message cut anywhere is an error, and what was missing reads as zero. */
static void
test_every_cut_is_seen(void **state)
{
	uint8_t memory[64], raw[2];
	const uint8_t *p;
	struct buf_reader r;
	char text[8];
	struct buf b;
	size_t cut, n;

	(void)state;
	buf_init(&b, memory, sizeof(memory));
	buf_put_u16(&b, 0x1234);
	buf_put_bytes(&b, "abc", 3);
	buf_put_text(&b, "text");
	buf_put_raw(&b, "zz", 2);
	for (cut = 0; cut <= b.len; cut++) {
		buf_reader_init(&r, memory, cut);
		assert_int_equal(buf_get_u16(&r), cut >= 2 ? 0x1234 : 0);
		buf_get_bytes(&r, &p, &n, 16);
		assert_int_equal(n, cut >= 9 ? 3 : 0);
		assert_int_equal(p == NULL, cut < 9);
		buf_get_text(&r, text, sizeof(text));
		assert_string_equal(text, cut >= 17 ? "text" : "");
		memset(raw, 0xff, sizeof(raw));
		buf_get_raw(&r, raw, sizeof(raw));
		assert_int_equal(raw[0], cut == b.len ? 'z' : 0);
		assert_int_equal(buf_end(&r), cut == b.len ? 0 : ERR_PROTO);
	}
}

static void
test_broken_reader_gives_nothing_more(void **state)
{
	static const uint8_t memory[] = { 1, 2, 3, 4 };
	struct buf_reader r;

	(void)state;
	buf_reader_init(&r, memory, sizeof(memory));
	assert_true(buf_get_u64(&r) == 0);
	assert_true(r.is_broken);
	assert_int_equal(buf_get_u8(&r), 0);
	assert_int_equal(buf_end(&r), ERR_PROTO);
}

static void
test_lengths_and_nul(void **state)
{
	static const uint8_t four[] = { 0, 0, 0, 4, 'a', 'b', 'c', 'd' };
	static const uint8_t nul[] = { 0, 0, 0, 3, 'a', 0, 'b' };
	static const uint8_t huge[] = { 0xff, 0xff, 0xff, 0xff, 'a' };
	const uint8_t *p = four;
	struct buf_reader r;
	char text[5] = "zzzz";
	size_t n = 9;

	(void)state;
	buf_reader_init(&r, four, sizeof(four));
	buf_get_bytes(&r, &p, &n, 3); /* longer than allowed */
	assert_null(p);
	assert_int_equal(n, 0);
	assert_int_equal(buf_end(&r), ERR_PROTO);
	buf_reader_init(&r, four, sizeof(four));
	buf_get_text(&r, text, 4); /* no room for the NUL */
	assert_string_equal(text, "");
	assert_true(r.is_broken);
	buf_reader_init(&r, four, sizeof(four));
	buf_get_text(&r, text, 5);
	assert_string_equal(text, "abcd");
	assert_int_equal(buf_end(&r), 0);
	buf_reader_init(&r, nul, sizeof(nul));
	buf_get_text(&r, text, sizeof(text));
	assert_string_equal(text, "");
	assert_true(r.is_broken);
	buf_reader_init(&r, huge, sizeof(huge));
	buf_get_bytes(&r, &p, &n, SIZE_MAX);
	assert_null(p);
	assert_true(r.is_broken);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes_on_the_wire),
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_writes_never_overrun),
		cmocka_unit_test(test_broken_writer_stays_broken),
		cmocka_unit_test(test_every_cut_is_seen),
		cmocka_unit_test(test_broken_reader_gives_nothing_more),
		cmocka_unit_test(test_lengths_and_nul),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
