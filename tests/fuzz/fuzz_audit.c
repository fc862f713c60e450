/*
 * Goal of this target: any bytes are an audit record or an error; a record
 * that was read is written back byte for byte, holds no control character, and
 * takes its place in a chain; one that cannot be read back cannot be written.
 * Links: authd/audit/audit_record.c authd/audit/audit_chain.c
 * Links: authd/base/buf.c authd/base/text.c authd/base/err.c
 */
#include <string.h>

#include "authd/audit/audit_chain.h"
#include "tests/fuzz/fuzz.h"

static void
check_chain(const struct audit_record *rec)
{
	struct audit_head head = { .node = rec->node, .seq = rec->seq - 1 };
	struct audit_head was = head;

	FUZZ_CHECK(audit_chain_next(&head, rec) == 0);
	FUZZ_CHECK(head.seq == rec->seq);
	FUZZ_CHECK(memcmp(head.hash, was.hash, sizeof(head.hash)) != 0);
	was = head;
	FUZZ_CHECK(audit_chain_next(&head, rec) == ERR_WRONG_STATE);
	FUZZ_CHECK(audit_chain_equal(&head, &was));
}

static void
check_clean(const uint8_t *p, size_t n)
{
	for (; n > 0; p++, n--)
		FUZZ_CHECK(*p >= 0x20 && *p != 0x7f);
}

/* Bytes, read as a record. */
static void
read_one(const uint8_t *data, size_t size)
{
	uint8_t out[AUDIT_RECORD_MAX];
	struct audit_record rec;
	struct buf_reader r;
	struct buf b;

	buf_reader_init(&r, data, size);
	if (audit_record_get(&r, &rec) != 0) {
		FUZZ_CHECK(r.is_broken);
		FUZZ_CHECK(fuzz_is_zero(&rec, sizeof(rec)));
		return;
	}
	FUZZ_CHECK(rec.node >= 1 && rec.seq >= 1);
	check_clean((uint8_t *)rec.actor, strlen(rec.actor));
	check_clean((uint8_t *)rec.detail, strlen(rec.detail));
	buf_init(&b, out, sizeof(out));
	audit_record_put(&b, &rec);
	FUZZ_CHECK(!b.is_broken && b.len == size - r.left);
	FUZZ_CHECK(memcmp(out, data, b.len) == 0);
	check_chain(&rec);
}

/* Bytes as the fields of a record in memory, which is then written. */
static void
write_one(const uint8_t *data, size_t size)
{
	uint8_t out[AUDIT_RECORD_MAX];
	struct audit_record rec, again;
	struct audit_head head = { .node = 1 };
	struct buf_reader r;
	struct buf b;

	memset(&rec, 0, sizeof(rec));
	memcpy(&rec, data, size < sizeof(rec) ? size : sizeof(rec));
	buf_init(&b, out, sizeof(out));
	audit_record_put(&b, &rec);
	if (b.is_broken) {
		head.node = rec.node;
		head.seq = rec.seq > 0 ? rec.seq - 1 : 0;
		FUZZ_CHECK(audit_chain_next(&head, &rec) != 0);
		return;
	}
	buf_reader_init(&r, out, b.len);
	FUZZ_CHECK(audit_record_get(&r, &again) == 0 && buf_end(&r) == 0);
	FUZZ_CHECK(again.node == rec.node && again.seq == rec.seq);
	FUZZ_CHECK(strcmp(again.account, rec.account) == 0);
	FUZZ_CHECK(strcmp(again.detail, rec.detail) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 1)
		return (0);
	if (data[0] % 2 == 0)
		read_one(data + 1, size - 1);
	else
		write_one(data + 1, size - 1);
	return (0);
}
