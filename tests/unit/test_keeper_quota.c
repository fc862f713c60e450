/*
 * Goal of this test: against a list of every certificate with its time, over
 * restarts clean and not: never more than the limit within any hour, and what
 * was refused had no room within 65 minutes.
 * Links: authd/keeper/keeper_quota.c authd/keeper/keeper_state.c
 * Links: authd/audit/audit_chain.c authd/audit/audit_record.c
 * Links: authd/base/buf.c authd/base/text.c authd/base/log.c
 * Links: authd/base/err.c authd/base/timetext.c tests/fakes/clock_fake.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "authd/base/log.h"
#include "authd/keeper/keeper_quota.h"

#define T0     1795305600000LL
#define MINUTE 60000LL
#define HOUR   (60 * MINUTE)
#define EVENTS 40000

static int64_t taken[EVENTS];
static struct keeper_state state_of;
static struct keeper_quota quota;
static int fd;

static uint64_t
random_of(uint64_t *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 7;
	*s ^= *s << 17;
	return (*s);
}

static void
open_at(uint32_t limit, int64_t wall_ms, int64_t boot_ms)
{
	struct keeper_state_data data;

	assert_int_equal(keeper_state_read(fd, &data), 0);
	state_of.data = data;
	keeper_quota_init(&quota, &state_of, limit, wall_ms, boot_ms);
}

static void
fresh(uint32_t limit)
{
	log_open("test", LOG_LEVEL_ERROR);
	fd = memfd_create("keeper.state", MFD_CLOEXEC);
	assert_int_equal(keeper_state_create(fd, 1), 0);
	assert_int_equal(keeper_state_open(&state_of, fd), 0);
	keeper_quota_init(&quota, &state_of, limit, T0, 0);
}

/* How many of the n were taken after that time. */
static size_t
since(size_t n, int64_t after_ms)
{
	size_t i, sum = 0;

	for (i = n; i-- > 0 && taken[i] > after_ms;)
		sum++;
	return (sum);
}

static void
model(uint32_t limit, bool has_kills)
{
	uint64_t s = 88172645463325252ULL + limit;
	int64_t now_ms = 0, base_ms = 0;
	size_t n = 0, lost = 0;
	int i, r;

	fresh(limit);
	for (i = 0; i < EVENTS; i++) {
		/* mostly bursts, sometimes minutes, rarely hours */
		if (random_of(&s) % 8 == 0)
			now_ms += (int64_t)(random_of(&s) % (2 * MINUTE));
		if (random_of(&s) % 500 == 0)
			now_ms += (int64_t)(random_of(&s) % (3 * HOUR));
		if (has_kills && random_of(&s) % 700 == 0) {
			if (random_of(&s) % 2 == 0) {
				keeper_quota_end(&quota);
				assert_int_equal(
				    keeper_state_save(&state_of), 0);
			} else
				lost = limit / 20 + 1;
			/* another boot: its clock begins anew */
			base_ms = now_ms;
			open_at(limit, T0 + now_ms, 0);
		}
		r = keeper_quota_take(&quota, now_ms - base_ms);
		if (r == 0) {
			assert_true(since(n, now_ms - HOUR) < limit);
			taken[n++] = now_ms;
		} else {
			assert_int_equal(r, ERR_BUSY);
			if (lost == 0)
				assert_true(
				    since(n, now_ms - HOUR - 5 * MINUTE) >=
				    limit);
		}
	}
	assert_true(n > 10);
	close(fd);
}

static void
test_model(void **state)
{
	(void)state;
	model(1, false);
	model(19, false);
	model(1000, false);
	model(7, true);
	model(1000, true);
}

/* However it is counted ahead: so many an hour, and not one more. */
static void
test_to_the_last(void **state)
{
	static const uint32_t limits[] = { 1, 39, 45, 59, 1009 };
	size_t i;
	uint32_t n;

	(void)state;
	for (i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		fresh(limits[i]);
		for (n = 0; n < limits[i]; n++)
			assert_int_equal(keeper_quota_take(&quota, 0), 0);
		assert_int_equal(keeper_quota_take(&quota, 0), ERR_BUSY);
		close(fd);
	}
}

static void
test_none_at_all(void **state)
{
	(void)state;
	fresh(0);
	assert_int_equal(keeper_quota_take(&quota, 0), ERR_BUSY);
	assert_int_equal(keeper_quota_take(&quota, 99 * HOUR), ERR_BUSY);
	close(fd);
}

/* A wall clock that was set back over a restart frees nothing. */
static void
test_clock_set_back(void **state)
{
	int i;

	(void)state;
	fresh(10);
	for (i = 0; i < 10; i++)
		assert_int_equal(keeper_quota_take(&quota, 0), 0);
	keeper_quota_end(&quota);
	assert_int_equal(keeper_state_save(&state_of), 0);
	open_at(10, T0 - 999 * HOUR, 0);
	assert_int_equal(keeper_quota_take(&quota, 0), ERR_BUSY);
	assert_int_equal(keeper_quota_take(&quota, 59 * MINUTE), ERR_BUSY);
	assert_int_equal(keeper_quota_take(&quota, 66 * MINUTE), 0);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_model),
		cmocka_unit_test(test_to_the_last),
		cmocka_unit_test(test_none_at_all),
		cmocka_unit_test(test_clock_set_back),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
