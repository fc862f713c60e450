/*
 * Goal of this test: each record's hash covers the one before and its own
 * bytes, compared with a hash computed here field by field; a seal is good for
 * its head and its key only.
 * Links: authd/audit/audit_chain.c authd/audit/audit_record.c
 * Links: authd/base/buf.c authd/base/text.c authd/base/err.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>

#include "authd/audit/audit_chain.h"

static struct audit_record
record(int64_t seq)
{
	struct audit_record r;

	memset(&r, 0, sizeof(r));
	r.node = 1;
	r.seq = seq;
	r.at_ms = seq > 0 ? 1000 * seq : 0;
	snprintf(r.action, sizeof(r.action), "verify");
	return (r);
}

static void
test_hash_by_hand(void **state)
{
	struct audit_head h = { .node = 1 };
	struct audit_record r = record(1);
	uint8_t by_hand[32 + 21 + 40 + 6] = { 0 }, sum[32];
	uint8_t *p = by_hand + 32;

	(void)state;
	p[0] = 1;     /* version */
	p[4] = 1;     /* node */
	p[12] = 1;    /* seq */
	p[19] = 0x03; /* 1000 ms */
	p[20] = 0xe8;
	p[21 + 5 * 4 + 3] = 6; /* the sixth text */
	memcpy(p + 21 + 6 * 4, "verify", 6);
	SHA256(by_hand, sizeof(by_hand), sum);
	assert_int_equal(audit_chain_next(&h, &r), 0);
	assert_int_equal(h.seq, 1);
	assert_memory_equal(h.hash, sum, 32);
	/* and the second stands on the first */
	memcpy(by_hand, sum, 32);
	p[12] = 2;
	p[19] = 0x07;
	p[20] = 0xd0;
	SHA256(by_hand, sizeof(by_hand), sum);
	r = record(2);
	assert_int_equal(audit_chain_next(&h, &r), 0);
	assert_memory_equal(h.hash, sum, 32);
}

static void
test_only_the_next(void **state)
{
	struct audit_head h = { .node = 1, .seq = 5 }, before = h;
	struct audit_record r = record(7);

	(void)state;
	assert_int_equal(audit_chain_next(&h, &r), ERR_WRONG_STATE);
	r = record(5);
	assert_int_equal(audit_chain_next(&h, &r), ERR_WRONG_STATE);
	r = record(6);
	r.node = 2;
	assert_int_equal(audit_chain_next(&h, &r), ERR_WRONG_STATE);
	r = record(6);
	snprintf(r.actor, sizeof(r.actor), "a\nb");
	assert_int_equal(audit_chain_next(&h, &r), ERR_INVALID);
	assert_true(audit_chain_equal(&h, &before));
	h.seq = INT64_MAX;
	r = record(INT64_MIN);
	assert_int_equal(audit_chain_next(&h, &r), ERR_WRONG_STATE);
}

static void
test_equal(void **state)
{
	struct audit_head a = { .node = 1, .seq = 5 }, b = a;

	(void)state;
	assert_true(audit_chain_equal(&a, &b));
	b.hash[31] = 1;
	assert_false(audit_chain_equal(&a, &b));
	b = a;
	b.seq = 6;
	assert_false(audit_chain_equal(&a, &b));
	b = a;
	b.node = 2;
	assert_false(audit_chain_equal(&a, &b));
}

static void
test_seal(void **state)
{
	uint8_t text[AUDIT_SEAL_TEXT_MAX], seal[AUDIT_SEAL_LEN];
	uint8_t pub[AUDIT_PUB_LEN], key[32] = { 7 };
	struct audit_head h = { .node = 2, .seq = 9 };
	size_t n, len = sizeof(seal), publen = sizeof(pub), i;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY *pkey;

	(void)state;
	memset(h.hash, 0xab, sizeof(h.hash));
	n = audit_chain_seal_text(&h, text);
	assert_int_equal(n, 21 + 4 + 8 + 32);
	assert_memory_equal(
	    text, "sekisho audit head 1\0\0\0\0\2\0\0\0\0\0\0\0\x09\xab", 34);
	pkey = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, key, 32);
	assert_int_equal(EVP_PKEY_get_raw_public_key(pkey, pub, &publen), 1);
	EVP_DigestSignInit(ctx, NULL, NULL, NULL, pkey);
	assert_int_equal(EVP_DigestSign(ctx, seal, &len, text, n), 1);
	assert_true(audit_chain_seal_ok(pub, &h, seal));
	for (i = 0; i < sizeof(seal); i++) {
		seal[i] ^= 1;
		assert_false(audit_chain_seal_ok(pub, &h, seal));
		seal[i] ^= 1;
	}
	h.seq++;
	assert_false(audit_chain_seal_ok(pub, &h, seal));
	h.seq--;
	pub[0] ^= 1;
	assert_false(audit_chain_seal_ok(pub, &h, seal));
	EVP_PKEY_free(pkey);
	EVP_MD_CTX_free(ctx);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hash_by_hand),
		cmocka_unit_test(test_only_the_next),
		cmocka_unit_test(test_equal),
		cmocka_unit_test(test_seal),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
