/*
 * Goal of this test: what a restored keeper remembers never takes back what
 * was promised: the time mark, the number of the CRL (R68), the certificates
 * counted.
 * Links: authd/restore_state.c authd/keeper/keeper_state.c
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

#include "authd/restore_state.h"

#define T0 1795305600000LL

static const struct audit_head after = { .node = 3, .seq = 77 };
static const struct keeper_state_data none;

static void
test_R68_number_never_falls(void **state)
{
	struct keeper_state_data old = { .crl_number = 100 }, known = { 0 }, d;

	(void)state;
	/* After the backup others were signed, of which nothing is known. */
	restore_state_data(&old, &none, &after, T0, &d);
	assert_int_equal(d.crl_number, T0);
	/* A clock that is behind the mark. */
	old.high_water_ms = T0 + 5;
	restore_state_data(&old, &none, &after, T0, &d);
	assert_int_equal(d.crl_number, T0 + 5);
	known.crl_number = T0 + 9;
	restore_state_data(&old, &known, &after, T0, &d);
	assert_int_equal(d.crl_number, T0 + 9);
	old.crl_number = T0 + 10;
	restore_state_data(&old, &known, &after, T0, &d);
	assert_int_equal(d.crl_number, T0 + 10);
}

static void
test_the_rest(void **state)
{
	struct keeper_state_data old = { .issue_bucket = 5, .issued = { 7 } };
	struct keeper_state_data known = { .issue_bucket = 6, .issued = { 9 } };
	struct keeper_state_data d;

	(void)state;
	old.high_water_ms = T0 - 1;
	old.confirmed.node = 3;
	restore_state_data(&old, &none, &after, T0, &d);
	assert_true(audit_chain_equal(&d.confirmed, &after));
	assert_int_equal(d.high_water_ms, T0 - 1);
	assert_int_equal(d.issue_bucket, 5);
	assert_int_equal(d.issued[0], 7);
	known.high_water_ms = T0;
	restore_state_data(&old, &known, &after, T0, &d);
	assert_int_equal(d.high_water_ms, T0);
	assert_int_equal(d.issue_bucket, 6);
	assert_int_equal(d.issued[0], 9);
	/* of the same five minutes: what was issued since counts too */
	old.issue_bucket = 6;
	old.issued[1] = 3;
	restore_state_data(&old, &known, &after, T0, &d);
	assert_int_equal(d.issue_bucket, 6);
	assert_int_equal(d.issued[0], 9);
	assert_int_equal(d.issued[1], 3);
	/* and a later backup's stay */
	old.issue_bucket = 7;
	restore_state_data(&old, &known, &after, T0, &d);
	assert_int_equal(d.issue_bucket, 7);
	assert_int_equal(d.issued[0], 7);
}

static void
test_written(void **state)
{
	struct keeper_state_data d, back;
	int fd = memfd_create("keeper.state", MFD_CLOEXEC);
	uint8_t zeroes[512] = { 0 };

	(void)state;
	restore_state_data(&none, &none, &after, T0, &d);
	assert_int_equal(restore_state_write(fd, &d), 0);
	assert_int_equal(keeper_state_read(fd, &back), 0);
	assert_int_equal(back.crl_number, T0);
	assert_true(audit_chain_equal(&back.confirmed, &after));
	/* Either slot alone says so. */
	assert_int_equal(pwrite(fd, zeroes, sizeof(zeroes), 0), 512);
	assert_int_equal(keeper_state_read(fd, &back), 0);
	assert_int_equal(back.crl_number, T0);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_R68_number_never_falls),
		cmocka_unit_test(test_the_rest),
		cmocka_unit_test(test_written),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
