/*
 * test_keeper_mac.c: goal: the pepper's values depend on every input, are
 * those of HMAC-SHA-256 computed independently, and cannot be asked for
 * nothing or for a purpose that is none (R18).
 * Links: authd/keeper/keeper_mac.c authd/base/buf.c authd/base/mem.c
 * Links: authd/base/log.c authd/base/err.c authd/base/clock.c
 * Links: authd/base/timetext.c authd/base/text.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "authd/base/text.h"
#include "authd/keeper/keeper_mac.h"

static const uint8_t seed_key[KEEPER_MAC_KEY_LEN] = { 1, 2, 3 };

static void
password(struct keeper_mac_in *in, const char *text)
{
	memset(in, 0, sizeof(*in));
	in->purpose = KEEPER_MAC_PASSWORD;
	in->office.b[0] = 7;
	in->account.b[15] = 9;
	in->len = strlen(text);
	memcpy(in->at, text, in->len);
}

/*
 * Both values by other means: hkdf and hmac of OpenSSL's command line.
 * openssl kdf -keylen 32 -kdfopt digest:SHA256 -kdfopt hexkey:010203000...
 *   -kdfopt info:"sekisho pepper 1" HKDF
 * then  openssl dgst -sha256 -mac HMAC -macopt hexkey:... over
 *   01, 07 and 15 zeroes, 15 zeroes and 09, "secret"
 */
static void
test_known_value(void **state)
{
	static const char want_key[] =
	    "f7945ed773b5f24785c48e868436f2a3bbc7319df7ad18e521854f0522d694d1";
	static const char want_mac[] =
	    "ee763eac883ec61528bad33be9f414bb20080e66080d72fd1324bcd6512bc0ab";
	uint8_t key[KEEPER_MAC_KEY_LEN], mac[KEEPER_MAC_LEN];
	char hex[2 * KEEPER_MAC_LEN + 1];
	struct keeper_mac_in in;

	(void)state;
	assert_int_equal(keeper_mac_derive(seed_key, key), 0);
	text_put_hex(key, sizeof(key), hex);
	assert_string_equal(hex, want_key);
	password(&in, "secret");
	assert_int_equal(keeper_mac_run(key, &in, mac), 0);
	text_put_hex(mac, sizeof(mac), hex);
	assert_string_equal(hex, want_mac);
}

static void
test_every_input_counts(void **state)
{
	uint8_t mac[6][KEEPER_MAC_LEN], key[KEEPER_MAC_KEY_LEN] = { 5 };
	struct keeper_mac_in in;
	int i, j;

	(void)state;
	password(&in, "secret");
	assert_int_equal(keeper_mac_run(key, &in, mac[0]), 0);
	in.purpose = KEEPER_MAC_RECOVERY;
	assert_int_equal(keeper_mac_run(key, &in, mac[1]), 0);
	password(&in, "secret");
	in.office.b[3] ^= 1;
	assert_int_equal(keeper_mac_run(key, &in, mac[2]), 0);
	password(&in, "secret");
	in.account.b[3] ^= 1;
	assert_int_equal(keeper_mac_run(key, &in, mac[3]), 0);
	password(&in, "Secret");
	assert_int_equal(keeper_mac_run(key, &in, mac[4]), 0);
	password(&in, "secret");
	key[31] ^= 1;
	assert_int_equal(keeper_mac_run(key, &in, mac[5]), 0);
	for (i = 0; i < 6; i++)
		for (j = 0; j < i; j++)
			assert_memory_not_equal(mac[i], mac[j], KEEPER_MAC_LEN);
}

static void
test_refused(void **state)
{
	uint8_t mac[KEEPER_MAC_LEN], key[KEEPER_MAC_KEY_LEN] = { 5 };
	static const uint8_t zero[KEEPER_MAC_LEN];
	struct keeper_mac_in in;

	(void)state;
	password(&in, "");
	assert_int_equal(keeper_mac_run(key, &in, mac), ERR_PROTO);
	assert_memory_equal(mac, zero, sizeof(mac));
	password(&in, "x");
	in.purpose = KEEPER_MAC_NONE;
	assert_int_equal(keeper_mac_run(key, &in, mac), ERR_PROTO);
	in.purpose = (enum keeper_mac_purpose)3;
	assert_int_equal(keeper_mac_run(key, &in, mac), ERR_PROTO);
	password(&in, "x");
	in.len = KEEPER_MAC_IN_MAX + 1;
	assert_int_equal(keeper_mac_run(key, &in, mac), ERR_PROTO);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_value),
		cmocka_unit_test(test_every_input_counts),
		cmocka_unit_test(test_refused),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
