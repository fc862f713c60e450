/*
 * Goal of this test: the canonical bytes of an audit record are what the
 * header says, read back to the same record, and refuse every text that could
 * forge a line.
 * Links: authd/audit/audit_record.c authd/base/buf.c authd/base/text.c
 * Links: authd/base/err.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "authd/audit/audit_record.h"

static struct audit_record
sample(void)
{
	struct audit_record r;

	memset(&r, 0, sizeof(r));
	r.node = 3;
	r.seq = 0x0102030405060708;
	r.at_ms = 1795305600123;
	snprintf(r.actor, sizeof(r.actor), "unix:1000");
	snprintf(r.source, sizeof(r.source), "local:cli");
	snprintf(r.office, sizeof(r.office), "tokyo-1");
	snprintf(r.account, sizeof(r.account), "130321-01");
	snprintf(r.action, sizeof(r.action), "verify");
	snprintf(r.result, sizeof(r.result), "refuse");
	snprintf(r.reason, sizeof(r.reason), "wrong_code");
	snprintf(r.detail, sizeof(r.detail), "name=事務所 n=1");
	return (r);
}

static size_t
put(const struct audit_record *r, uint8_t out[AUDIT_RECORD_MAX])
{
	struct buf b;

	buf_init(&b, out, AUDIT_RECORD_MAX);
	audit_record_put(&b, r);
	return (b.is_broken ? 0 : b.len);
}

static void
test_bytes_in_order(void **state)
{
	static const uint8_t begin[] = { 1, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6, 7, 8,
		0, 0, 1, 0xa2, 0x00, 0x49, 0x20, 0x7b, 0, 0, 0, 9, 'u', 'n',
		'i', 'x', ':', '1', '0', '0', '0', 0, 0, 0, 9, 'l' };
	struct audit_record r = sample();
	uint8_t out[AUDIT_RECORD_MAX];
	size_t n = put(&r, out);

	(void)state;
	r.at_ms = 0x1a20049207b;
	n = put(&r, out);
	assert_memory_equal(out, begin, sizeof(begin));
	assert_int_equal(n,
	    21 + 10 * 4 + 9 + 9 + 7 + 9 + 6 + 6 + 10 +
		strlen("name=事務所 n=1"));
}

static void
test_read_back(void **state)
{
	struct audit_record r = sample(), back;
	uint8_t out[AUDIT_RECORD_MAX];
	struct buf_reader rd;
	size_t cut, n = put(&r, out);

	(void)state;
	assert_true(n > 0);
	buf_reader_init(&rd, out, n);
	assert_int_equal(audit_record_get(&rd, &back), 0);
	assert_int_equal(buf_end(&rd), 0);
	assert_memory_equal(&r, &back, sizeof(r));
	for (cut = 0; cut < n; cut++) {
		buf_reader_init(&rd, out, cut);
		assert_int_equal(audit_record_get(&rd, &back), ERR_PROTO);
		assert_int_equal(back.seq, 0);
	}
	out[0] = 2;
	buf_reader_init(&rd, out, n);
	assert_int_equal(audit_record_get(&rd, &back), ERR_PROTO);
}

static void
test_longest_fits(void **state)
{
	struct audit_record r = sample();
	uint8_t out[AUDIT_RECORD_MAX];

	(void)state;
#define FILL(f) (memset(r.f, 'x', sizeof(r.f) - 1), r.f[sizeof(r.f) - 1] = 0)
	FILL(actor);
	FILL(source);
	FILL(office);
	FILL(account);
	FILL(device);
	FILL(action);
	FILL(result);
	FILL(reason);
	FILL(request_id);
	FILL(detail);
	assert_int_equal(
	    put(&r, out), 21 + 40 + 64 + 64 + 32 + 64 + 36 + 96 + 26 + 512);
	/* A text without its end is not read past its array. */
	memset(r.actor, 'x', sizeof(r.actor));
	assert_int_equal(put(&r, out), 0);
}

static void
test_foreign_texts_refused(void **state)
{
	static const char *const bad[] = { "a\nb", "a\rb", "\x1b[31m", "a\x7f",
		"\xc2\x85",
		"\xc2\x9b"
		"31m",
		"\xff", "\xc0\x80", "\xe3\x81", "\t", "\xed\xa0\x80",
		/* what a viewer breaks a line at, or turns it around by */
		"a\u2028b", "a\u2029b", "\u202a", "\u202b", "\u202c",
		"\u202d", "a\u202egpj.exe", "\u2066", "\u2067", "\u2068",
		"\u2069", "\u200e", "\u200f", "\u061c", "\ufeff" };
	struct audit_record r, back;
	uint8_t out[AUDIT_RECORD_MAX];
	struct buf_reader rd;
	struct buf b;
	size_t i, at;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		r = sample();
		snprintf(r.detail, sizeof(r.detail), "%s", bad[i]);
		assert_int_equal(put(&r, out), 0);
		/* The same text from somebody who wrote the bytes himself. */
		r = sample();
		r.detail[0] = '\0';
		at = put(&r, out);
		assert_true(at > 4);
		buf_init(&b, out + at - 4, sizeof(out) - at + 4);
		buf_put_text(&b, bad[i]);
		buf_reader_init(&rd, out, at - 4 + b.len);
		assert_int_equal(audit_record_get(&rd, &back), ERR_PROTO);
	}
	/* U+00A0 is the first that is no control character; their neighbours
	 * are none either. */
	r = sample();
	snprintf(r.detail, sizeof(r.detail),
	    "\xc2\xa0\u200b\u200d\u2027\u202f\u2065\u206a\u3000");
	assert_true(put(&r, out) > 0);
}

static void
test_numbers_refused(void **state)
{
	struct audit_record r = sample();
	uint8_t out[AUDIT_RECORD_MAX];

	(void)state;
	r.seq = 0;
	assert_int_equal(put(&r, out), 0);
	r = sample();
	r.node = 0;
	assert_int_equal(put(&r, out), 0);
	r.node = -1;
	assert_int_equal(put(&r, out), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes_in_order),
		cmocka_unit_test(test_read_back),
		cmocka_unit_test(test_longest_fits),
		cmocka_unit_test(test_foreign_texts_refused),
		cmocka_unit_test(test_numbers_refused),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
