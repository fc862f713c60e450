/*
 * Goal of this test: a decoy does the work of a real check and never matches,
 * not even by its own code. The random bytes are zeroes here, so that its seed
 * and its code are known.
 * Links: authd/keeper/keeper_seed.c authd/keeper/keeper_msg.c
 * Links: authd/base/buf.c authd/base/log.c authd/base/err.c
 * Links: authd/base/timetext.c tests/fakes/clock_fake.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "authd/base/mem.h"
#include "authd/keeper/keeper_seed.h"

/* Instead of mem.c: */
static unsigned compared;

void
mem_wipe(void *p, size_t n)
{
	memset(p, 0, n);
}

bool
mem_equal(const void *a, const void *b, size_t n)
{
	compared++;
	return (memcmp(a, b, n) == 0);
}

int
mem_random(void *p, size_t n)
{
	memset(p, 0, n);
	return (0);
}

static void
test_decoy(void **state)
{
	/* of twenty zeroes, steps 1 and 2: oathtool --hotp -c 1 00...00 */
	static const char code[] = "812658", next_code[] = "073348";
	static const uint8_t key[KEEPER_SEED_KEY_LEN] = { 9 };
	uint8_t zeroes[SEED_LEN] = { 0 };
	struct keeper_seed_box *box;
	struct keeper_check real, decoy;
	unsigned of_real;
	int32_t offset;

	(void)state;
	memset(&real, 0, sizeof(real));
	assert_int_equal(keeper_seed_open_box(key, &box), 0);
	assert_int_equal(keeper_seed_seal(box, &real.owner,
			     KEEPER_SEED_CONFIRMED, 0, zeroes, &real.sealed),
	    0);
	snprintf(real.code, sizeof(real.code), "%s", code);
	real.window = 1;
	decoy = real;
	decoy.sealed.len = 0;
	assert_int_equal(
	    keeper_seed_check(box, &real, KEEPER_SEED_CONFIRMED, 30000, NULL),
	    0);
	assert_int_equal(real.verdict, KEEPER_MATCH);
	of_real = compared;
	assert_int_equal(of_real, 3);
	compared = 0;
	assert_int_equal(
	    keeper_seed_check(box, &decoy, KEEPER_SEED_CONFIRMED, 30000, NULL),
	    0);
	assert_int_equal(decoy.verdict, KEEPER_NO_MATCH);
	assert_int_equal(decoy.step, 0);
	assert_int_equal(compared, of_real);
	/* a text that is no code costs the same */
	compared = 0;
	snprintf(real.code, sizeof(real.code), "1");
	assert_int_equal(
	    keeper_seed_check(box, &real, KEEPER_SEED_CONFIRMED, 30000, NULL),
	    0);
	assert_int_equal(real.verdict, KEEPER_NO_MATCH);
	assert_int_equal(compared, of_real);
	/* resync */
	snprintf(real.code, sizeof(real.code), "%s", code);
	compared = 0;
	assert_int_equal(
	    keeper_seed_resync(box, &real, next_code, 30000, &offset), 0);
	assert_int_equal(real.verdict, KEEPER_MATCH);
	assert_int_equal(offset, 1);
	of_real = compared;
	assert_int_equal(of_real, 80);
	compared = 0;
	assert_int_equal(
	    keeper_seed_resync(box, &decoy, next_code, 30000, &offset), 0);
	assert_int_equal(decoy.verdict, KEEPER_NO_MATCH);
	assert_int_equal(offset, 0);
	assert_int_equal(compared, of_real);
	keeper_seed_close_box(box);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decoy),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
