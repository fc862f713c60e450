/*
 * Goal of this test: a report of a break-glass login is one record that an
 * auditor finds, with everything the host wrote down.
 * Links: authd/core/breakglass.c
 * Links: authd/core/means.c
 * Links: authd/core/guard.c
 * Links: authd/core/source.c authd/core/source_address.c authd/core/source_slot.c
 * Links: authd/core/source_rule.c
 * Links: authd/core/recovery.c authd/core/logins.c
 * Links: authd/core/account.c authd/core/account_input.c authd/core/act.c
 * Links: authd/core/checks.c authd/core/enrol.c authd/core/journal.c
 * Links: authd/core/lock.c authd/core/office.c authd/core/phone.c
 * Links: authd/core/steady.c authd/core/verify.c authd/store/rows.c
 * Links: authd/audit/audit_record.c authd/audit/audit_chain.c
 * Links: authd/audit/audit_verify.c authd/base/err.c authd/base/log.c
 * Links: authd/base/buf.c authd/base/mem.c authd/base/text.c
 * Links: authd/base/fold.c authd/base/id.c authd/base/timetext.c
 * Links: tests/fakes/core_world.c tests/fakes/clock_fake.c
 * Links: tests/fakes/keeper_fake.c tests/fakes/store_mem.c
 * Links: tests/fakes/store_mem_people.c tests/fakes/store_mem_log.c
 * Links: tests/fakes/store_mem_password.c
 * Links: tests/fakes/store_mem_terminal.c tests/fakes/store_mem_cert.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "authd/core/breakglass.h"
#include "tests/fakes/core_world.h"

static void
test_noted(void **state)
{
	const struct breakglass in = { .host = "web1",
		.number = 3,
		.at = "2026-11-26T05:00:00.000Z",
		.service = "sshd",
		.user = "root" };
	struct audit_record rec;
	struct core_world w;

	(void)state;
	core_world_start(&w);
	strcpy(w.act.source, "192.0.2.1");
	strcpy(w.act.place, "tty=ssh");
	core_world_begin(&w);
	assert_int_equal(breakglass_note(&w.core, &w.act, &in), 0);
	assert_int_equal(core_world_commit(&w), 0);
	core_world_last(&w, &rec);
	assert_string_equal(rec.action, "breakglass.used");
	assert_string_equal(rec.result, "accept");
	assert_string_equal(rec.reason, "no_answer");
	assert_string_equal(rec.source, "192.0.2.1");
	assert_string_equal(rec.detail,
	    "host=web1 number=3 at=2026-11-26T05:00:00.000Z service=sshd "
	    "user=root tty=ssh");
	assert_true(core_world_log_is_whole(&w));
	core_world_stop(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_noted),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
