/*
 * Goal of this target: whatever is changed, dropped, doubled or swapped in a
 * stored and sealed log, verifying it with the public key and the known head
 * names it; the untouched log verifies (F19).
 * Links: authd/audit/audit_verify.c authd/audit/audit_chain.c
 * Links: authd/audit/audit_record.c authd/keeper/keeper_audit.c
 * Links: authd/base/buf.c authd/base/text.c authd/base/mem.c
 * Links: authd/base/log.c authd/base/err.c authd/base/timetext.c
 * Links: authd/base/clock.c
 */
#include <stdio.h>
#include <string.h>

#include "authd/audit/audit_verify.h"
#include "authd/keeper/keeper_audit.h"
#include "tests/fuzz/fuzz.h"

#define RECORDS 9
#define LOG_MAX 12

struct line {
	struct audit_record rec;
	uint8_t hash[AUDIT_HASH_LEN];
	bool has_seal;
	uint8_t seal[AUDIT_SEAL_LEN];
};

struct log {
	struct line lines[LOG_MAX];
	size_t n;
};

static struct log whole;
static struct audit_head end;
static uint8_t pub[AUDIT_PUB_LEN];

/* Nine records in three transactions. */
static void
make(void)
{
	static const uint8_t key[KEEPER_AUDIT_KEY_LEN] = { 9 };
	struct keeper_audit a;
	struct line *l;

	end.node = 1;
	FUZZ_CHECK(keeper_audit_init(&a, key, &end) == 0);
	memcpy(pub, a.pub, sizeof(pub));
	for (; whole.n < RECORDS; whole.n++) {
		l = &whole.lines[whole.n];
		l->rec.node = 1;
		l->rec.seq = (int64_t)whole.n + 1;
		l->rec.at_ms = 1795305600000 + (int64_t)whole.n;
		snprintf(
		    l->rec.account, sizeof(l->rec.account), "p-%zu", whole.n);
		snprintf(l->rec.action, sizeof(l->rec.action), "verify");
		if (whole.n % 3 == 0)
			keeper_audit_begin(&a, &end);
		FUZZ_CHECK(keeper_audit_add(&a, &l->rec) == 0);
		FUZZ_CHECK(audit_chain_next(&end, &l->rec) == 0);
		memcpy(l->hash, end.hash, sizeof(l->hash));
		if (whole.n % 3 == 2) {
			l->has_seal = true;
			FUZZ_CHECK(keeper_audit_seal(&a, &end, l->seal) == 0);
		}
	}
}

/* Do one thing to the log. */
static void
tamper(struct log *log, struct buf_reader *in)
{
	uint8_t op = buf_get_u8(in) % 7, at, xor;
	size_t i = log->n == 0 ? 0 : buf_get_u8(in) % log->n;
	struct line swap, *l = &log->lines[i];

	at = buf_get_u8(in);
	xor = buf_get_u8(in);
	if (log->n == 0)
		return;
	switch (op) {
	case 0:
		((uint8_t *)&l->rec)[at % sizeof(l->rec)] ^= xor;
		break;
	case 1:
		l->hash[at % sizeof(l->hash)] ^= xor;
		break;
	case 2:
		l->seal[at % sizeof(l->seal)] ^= xor;
		break;
	case 3:
		l->has_seal = !l->has_seal;
		break;
	case 4: /* drop */
		memmove(l, l + 1, (log->n - i - 1) * sizeof(*l));
		log->n--;
		break;
	case 5: /* double */
		if (log->n == LOG_MAX)
			break;
		memmove(l + 1, l, (log->n - i) * sizeof(*l));
		log->n++;
		break;
	default:
		swap = *l;
		*l = log->lines[at % log->n];
		log->lines[at % log->n] = swap;
		break;
	}
}

static bool
is_same_line(const struct line *a, const struct line *b)
{
	return (memcmp(&a->rec, &b->rec, sizeof(a->rec)) == 0 &&
	    memcmp(a->hash, b->hash, sizeof(a->hash)) == 0 &&
	    a->has_seal == b->has_seal &&
	    (!a->has_seal || memcmp(a->seal, b->seal, sizeof(a->seal)) == 0));
}

/* Whether a change is one that the log's fields can show: bytes behind a
 * text's NUL are no part of it, and a seal left out inside is legal. */
static bool
is_equivalent(const struct log *log)
{
	uint8_t one[AUDIT_RECORD_MAX], two[AUDIT_RECORD_MAX];
	const struct line *a, *b;
	struct buf x, y;
	size_t i;

	if (log->n != whole.n)
		return (false);
	for (i = 0; i < log->n; i++) {
		a = &log->lines[i];
		b = &whole.lines[i];
		if (is_same_line(a, b))
			continue;
		buf_init(&x, one, sizeof(one));
		buf_init(&y, two, sizeof(two));
		audit_record_put(&x, &a->rec);
		audit_record_put(&y, &b->rec);
		if (x.is_broken || x.len != y.len ||
		    memcmp(one, two, x.len) != 0 ||
		    memcmp(a->hash, b->hash, sizeof(a->hash)) != 0)
			return (false);
		if (a->has_seal &&
		    (!b->has_seal ||
			memcmp(a->seal, b->seal, sizeof(a->seal)) != 0))
			return (false);
		if (i + 1 == log->n && !a->has_seal)
			return (false);
	}
	return (true);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct audit_verify v;
	struct buf_reader in;
	struct log log;
	bool is_whole;
	size_t i;

	if (whole.n == 0)
		make();
	log = whole;
	buf_reader_init(&in, data, size);
	for (i = 0; i < 6 && in.left > 0; i++)
		tamper(&log, &in);
	audit_verify_init(&v, pub, 1);
	audit_verify_known(&v, &end);
	for (i = 0; i < log.n; i++)
		audit_verify_add(&v, &log.lines[i].rec, log.lines[i].hash,
		    log.lines[i].has_seal ? log.lines[i].seal : NULL);
	is_whole = audit_verify_end(&v);
	FUZZ_CHECK(is_whole == is_equivalent(&log));
	FUZZ_CHECK(v.records == (int64_t)log.n);
	FUZZ_CHECK(is_whole == (v.first_bad == 0));
	FUZZ_CHECK(is_whole == (v.why[0] == '\0'));
	FUZZ_CHECK(v.first_bad >= 0);
	return (0);
}
