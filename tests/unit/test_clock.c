/*
 * Goal of this test: the two clocks are the kernel's, in milliseconds, and the
 * boot id is a UUID that does not change.
 * Links: authd/base/clock.c authd/base/log.c authd/base/err.c
 * Links: authd/base/timetext.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "authd/base/clock.h"

static void
test_wall(void **state)
{
	int64_t before = (int64_t)time(NULL), ms = clock_wall_ms();

	(void)state;
	assert_true(ms / 1000 >= before - 1 && ms / 1000 <= before + 5);
}

static void
test_boot_moves_on(void **state)
{
	const struct timespec nap = { 0, 20 * 1000 * 1000 };
	int64_t last = clock_boot_ms(), now;
	struct timespec ts;
	int i;

	(void)state;
	assert_true(last > 0);
	for (i = 0; i < 10000; i++, last = now)
		assert_true((now = clock_boot_ms()) >= last);
	nanosleep(&nap, NULL);
	now = clock_boot_ms();
	assert_true(now - last >= 20 && now - last < 5000);
	clock_gettime(CLOCK_BOOTTIME, &ts);
	assert_true(ts.tv_sec - now / 1000 <= 5);
}

static void
test_boot_id(void **state)
{
	char one[CLOCK_BOOT_ID_LEN + 1], two[CLOCK_BOOT_ID_LEN + 1];

	(void)state;
	assert_int_equal(clock_boot_id(one), 0);
	assert_int_equal(clock_boot_id(two), 0);
	assert_string_equal(one, two);
	assert_int_equal(strlen(one), CLOCK_BOOT_ID_LEN);
	assert_int_equal(strspn(one, "0123456789abcdef-"), CLOCK_BOOT_ID_LEN);
	assert_int_equal(one[8], '-');
	assert_int_equal(one[23], '-');
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wall),
		cmocka_unit_test(test_boot_moves_on),
		cmocka_unit_test(test_boot_id),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
