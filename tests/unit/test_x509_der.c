/*
 * Goal of this test: of DER one form each is read and no other: the shortest
 * length, no indefinite one, whole numbers without a sign or needless zeroes,
 * bit strings of whole bytes; never a byte beyond what is there (R67).
 * Links: certs/x509_der.c authd/base/buf.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "certs/x509_der.h"

typedef void getter(struct buf_reader *, struct buf_reader *);

static void
get_octets(struct buf_reader *r, struct buf_reader *inside)
{
	x509_der_get(r, 0x04, inside);
}

/*
 * Read the n bytes, in memory of exactly that size; what is inside, its length
 * or -1. What follows the first is left to be read.
 */
static long
length(getter *get, const char *bytes, size_t n)
{
	uint8_t *exact = malloc(n == 0 ? 1 : n);
	struct buf_reader r, inside;
	long found = -1;

	assert_non_null(exact);
	memcpy(exact, bytes, n);
	buf_reader_init(&r, exact, n);
	get(&r, &inside);
	assert_int_equal(r.is_broken, inside.is_broken);
	if (!inside.is_broken) {
		found = (long)inside.left;
		assert_ptr_equal(inside.at + inside.left, r.at);
		assert_true(r.left <= n && r.at + r.left == exact + n);
	}
	free(exact);
	return (found);
}

#define OCTETS(s) length(get_octets, s, sizeof(s) - 1)
#define NUMBER(s) length(x509_der_get_number, s, sizeof(s) - 1)
#define BITS(s)   length(x509_der_get_bits, s, sizeof(s) - 1)

/* An octet string of that many, behind a length in those bytes. */
static long
long_one(const char *head, size_t head_len, size_t n)
{
	char *bytes = calloc(1, 1 + head_len + n);
	long found;

	assert_non_null(bytes);
	bytes[0] = 0x04;
	memcpy(bytes + 1, head, head_len);
	found = length(get_octets, bytes, 1 + head_len + n);
	free(bytes);
	return (found);
}

static void
test_lengths(void **state)
{
	(void)state;
	assert_int_equal(OCTETS("\x04\x00"), 0);
	assert_int_equal(OCTETS("\x04\x02xy"), 2);
	assert_int_equal(OCTETS("\x04\x02xyz"), 2);
	assert_int_equal(OCTETS("\x05\x00"), -1);
	assert_int_equal(OCTETS(""), -1);
	assert_int_equal(OCTETS("\x04"), -1);
	assert_int_equal(OCTETS("\x04\x03xy"), -1);
	assert_int_equal(long_one("\x7f", 1, 127), 127);
	assert_int_equal(long_one("\x81\x80", 2, 128), 128);
	assert_int_equal(long_one("\x81\xff", 2, 255), 255);
	assert_int_equal(long_one("\x82\x01\x00", 3, 256), 256);
	assert_int_equal(long_one("\x82\xff\xff", 3, 65535), 65535);
	assert_int_equal(long_one("\x82\xff\xff", 3, 65534), -1);
	/* not the shortest, and never an indefinite one */
	assert_int_equal(long_one("\x81\x7f", 2, 127), -1);
	assert_int_equal(long_one("\x81\x00", 2, 0), -1);
	assert_int_equal(long_one("\x82\x00\x80", 3, 128), -1);
	assert_int_equal(long_one("\x82\x00\xff", 3, 255), -1);
	assert_int_equal(long_one("\x80", 1, 2), -1);
	assert_int_equal(long_one("\x83\x01\x00\x00", 4, 65536), -1);
	assert_int_equal(long_one("\x84\x00\x00\x00\x01", 5, 1), -1);
	assert_int_equal(long_one("\xff", 1, 300), -1);
	assert_int_equal(OCTETS("\x04\x81"), -1);
	assert_int_equal(OCTETS("\x04\x82\x01"), -1);
}

static void
test_numbers(void **state)
{
	(void)state;
	assert_int_equal(NUMBER("\x02\x01\x01"), 1);
	assert_int_equal(NUMBER("\x02\x01\x7f"), 1);
	assert_int_equal(NUMBER("\x02\x02\x00\x80"), 1);
	assert_int_equal(NUMBER("\x02\x03\x01\x00\x01"), 3);
	/* none, a negative one, a zero too many */
	assert_int_equal(NUMBER("\x02\x00"), -1);
	assert_int_equal(NUMBER("\x02\x01\x80"), -1);
	assert_int_equal(NUMBER("\x02\x02\xff\x7f"), -1);
	assert_int_equal(NUMBER("\x02\x02\x00\x7f"), -1);
	assert_int_equal(NUMBER("\x02\x03\x00\x00\x80"), -1);
	assert_int_equal(NUMBER("\x02\x01\x00"), -1);
	assert_int_equal(NUMBER("\x03\x01\x01"), -1);
}

static void
test_bits(void **state)
{
	(void)state;
	assert_int_equal(BITS("\x03\x01\x00"), 0);
	assert_int_equal(BITS("\x03\x03\x00xy"), 2);
	assert_int_equal(BITS("\x03\x00"), -1);
	assert_int_equal(BITS("\x03\x02\x01\xfe"), -1);
	assert_int_equal(BITS("\x03\x02\x07\x80"), -1);
	assert_int_equal(BITS("\x03\x02\x08\x80"), -1);
	assert_int_equal(BITS("\x04\x01\x00"), -1);
}

/* What was broken once stays so. */
static void
test_broken(void **state)
{
	static const uint8_t bytes[] = { 0x05, 0x00, 0x04, 0x00 };
	struct buf_reader r, inside;

	(void)state;
	buf_reader_init(&r, bytes, sizeof(bytes));
	x509_der_get(&r, 0x04, &inside);
	assert_true(r.is_broken);
	x509_der_get(&r, 0x04, &inside);
	assert_true(r.is_broken && inside.is_broken);
	assert_int_equal(inside.left, 0);
	assert_int_not_equal(buf_end(&r), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_bits),
		cmocka_unit_test(test_broken),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
