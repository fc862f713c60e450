/*
 * Goal of this test: offices are added once, changed in part, refused as a
 * whole, and what was typed for them is checked.
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
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/fakes/clock_fake.h"
#include "tests/fakes/core_world.h"

static struct core_world w;

static int
setup(void **state)
{
	(void)state;
	core_world_start(&w);
	return (0);
}

static int
teardown(void **state)
{
	(void)state;
	core_world_stop(&w);
	return (0);
}

static int
add(const struct office_input *in, struct office *out)
{
	core_world_begin(&w);
	return (core_world_ended(&w, office_add(&w.core, &w.act, in, out)));
}

static int
set(const struct office_input *in, struct office *out)
{
	core_world_begin(&w);
	return (core_world_ended(&w, office_set(&w.core, &w.act, in, out)));
}

static void
assert_last(const char *action)
{
	struct audit_record rec;

	core_world_last(&w, &rec);
	assert_string_equal(rec.action, action);
	assert_string_equal(rec.office, "tokyo");
	assert_string_equal(rec.result, "done");
	assert_string_equal(rec.account, "");
}

static void
test_add(void **state)
{
	struct office_input in = { .code = "TOKYO",
		.name = "東京オフィス",
		.contact = "03-0000-0000",
		.networks = " 192.0.2.0/24   2001:db8::/32 198.51.100.7 " };
	struct office out, found;

	(void)state;
	assert_int_equal(add(&in, &out), 0);
	assert_string_equal(out.code, "tokyo");
	assert_string_equal(out.name, "東京オフィス");
	assert_string_equal(out.contact, "03-0000-0000");
	assert_string_equal(
	    out.networks, "192.0.2.0/24 2001:db8::/32 198.51.100.7");
	assert_true(out.created_ms == w.act.now.wall_ms);
	assert_true(out.disabled_ms == 0);
	assert_false(id_is_zero(&out.id));
	assert_last("office.add");
	assert_int_equal(office_find(&w.core, &w.act, "Ｔokyo", &found), 0);
	assert_true(id_equal(&found.id, &out.id));
	in.code = "Tokyo";
	assert_int_equal(add(&in, &out), ERR_EXISTS);
	assert_string_equal(w.act.problem.code, "office_taken");
	assert_true(core_world_seq(&w) == 1);
}

static void
test_bad_input(void **state)
{
	static const struct {
		struct office_input in;
		const char *code;
	} rows[] = {
		{ { .name = "N" }, "bad_code" },
		{ { .code = "", .name = "N" }, "bad_code" },
		{ { .code = "a_b", .name = "N" }, "bad_code" },
		{ { .code = "-a", .name = "N" }, "bad_code" },
		{ { .code = "a" }, "bad_name" },
		{ { .code = "a", .name = "" }, "bad_name" },
		{ { .code = "a", .name = "x\ny" }, "bad_name" },
		{ { .code = "a", .name = "N", .contact = "\x1b" },
		    "bad_contact" },
		{ { .code = "a", .name = "N", .networks = "x" },
		    "bad_network" },
		{ { .code = "a", .name = "N", .networks = "192.0.2.0/33" },
		    "bad_network" },
		{ { .code = "a", .name = "N", .networks = "192.0.2.0/" },
		    "bad_network" },
		{ { .code = "a", .name = "N", .networks = "192.0.2.0/-1" },
		    "bad_network" },
		{ { .code = "a", .name = "N", .networks = "192.0.2.0/+8" },
		    "bad_network" },
		{ { .code = "a", .name = "N", .networks = "192.0.2.0/8/8" },
		    "bad_network" },
		{ { .code = "a", .name = "N", .networks = "192.0.2/24" },
		    "bad_network" },
		{ { .code = "a", .name = "N", .networks = "192.0.2.256" },
		    "bad_network" },
		{ { .code = "a", .name = "N", .networks = "::/129" },
		    "bad_network" },
		{ { .code = "a", .name = "N", .networks = "::1\n::2" },
		    "bad_network" },
		{ { .code = "a", .name = "N", .networks = "::1,::2" },
		    "bad_network" },
		{ { .code = "a", .name = "N", .networks = "fe80::1%eth0" },
		    "bad_network" },
	};
	struct office out;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (add(&rows[i].in, &out) != ERR_INVALID)
			fail_msg("row %zu was taken", i);
		assert_string_equal(w.act.problem.code, rows[i].code);
		assert_true(strlen(w.act.problem.detail) > 10);
	}
	assert_true(core_world_seq(&w) == 0);
}

/* Said twice, in whatever spelling, is said once. */
static void
test_networks_in_one_form(void **state)
{
	struct office_input in = { .code = "a",
		.name = "N",
		.networks = "192.0.2.0/24 192.0.2.0/24 192.0.2.77/24 "
			    "2001:DB8:0::/32 2001:db8::1/32 198.51.100.7/32 "
			    "198.51.100.7 198.51.100.7/032 ::1/128 ::1 "
			    "0.0.0.0/0 192.0.2.0/25" };
	struct office out;

	(void)state;
	assert_int_equal(add(&in, &out), 0);
	assert_string_equal(out.networks,
	    "192.0.2.0/24 2001:db8::/32 198.51.100.7 ::1 0.0.0.0/0 "
	    "192.0.2.0/25");
}

static void
test_networks_at_their_longest(void **state)
{
	char text[LIST_TEXT_MAX + 2];
	struct office_input in = { .code = "a", .name = "N", .networks = text };
	struct office out;
	size_t n;

	(void)state;
	for (n = 0; n + 16 <= LIST_TEXT_MAX; n += 16)
		snprintf(text + n, sizeof(text) - n, "10.%03zu.0.0/16   ",
		    100 + n / 16);
	assert_int_equal(add(&in, &out), 0);
	assert_int_equal(strlen(out.networks), n / 16 * 14 - 1);
	memset(text, ' ', sizeof(text));
	text[LIST_TEXT_MAX + 1] = '\0';
	in.code = "b";
	assert_int_equal(add(&in, &out), ERR_INVALID);
}

static void
test_set_changes_what_is_given(void **state)
{
	struct office_input in = {
		.code = "tokyo", .name = "N", .contact = "C", .networks = "::1"
	};
	struct office_input name = { .code = "Tokyo", .name = "M" };
	struct office_input empty = {
		.code = "tokyo", .contact = "", .networks = ""
	};
	struct office_input bad = {
		.code = "tokyo", .contact = "D", .networks = "x"
	};
	struct office_input other = { .code = "osaka", .name = "O" };
	struct office out;

	(void)state;
	assert_int_equal(add(&in, &out), 0);
	assert_int_equal(set(&name, &out), 0);
	assert_last("office.set");
	assert_string_equal(out.name, "M");
	assert_string_equal(out.contact, "C");
	assert_string_equal(out.networks, "::1");
	assert_int_equal(set(&bad, &out), ERR_INVALID);
	assert_int_equal(office_find(&w.core, &w.act, "tokyo", &out), 0);
	assert_string_equal(out.contact, "C");
	assert_int_equal(set(&empty, &out), 0);
	assert_int_equal(office_find(&w.core, &w.act, "tokyo", &out), 0);
	assert_string_equal(out.name, "M");
	assert_string_equal(out.contact, "");
	assert_string_equal(out.networks, "");
	assert_int_equal(set(&other, &out), ERR_NOTFOUND);
	assert_string_equal(w.act.problem.code, "no_such_office");
}

static void
test_disable(void **state)
{
	struct office_input in = { .code = "tokyo", .name = "N" };
	struct office out;
	int64_t first;

	(void)state;
	assert_int_equal(add(&in, &out), 0);
	core_world_begin(&w);
	first = w.act.now.wall_ms;
	assert_int_equal(
	    core_world_ended(
		&w, office_enable(&w.core, &w.act, "tokyo", false, &out)),
	    0);
	assert_last("office.disable");
	clock_fake_pass(5000);
	core_world_begin(&w); /* again: the first time stays */
	assert_int_equal(
	    core_world_ended(
		&w, office_enable(&w.core, &w.act, "tokyo", false, &out)),
	    0);
	assert_true(out.disabled_ms == first);
	core_world_begin(&w);
	assert_int_equal(
	    core_world_ended(
		&w, office_enable(&w.core, &w.act, "tokyo", true, &out)),
	    0);
	assert_last("office.enable");
	assert_true(out.disabled_ms == 0);
	core_world_begin(&w);
	assert_int_equal(
	    core_world_ended(
		&w, office_enable(&w.core, &w.act, "none", true, &out)),
	    ERR_NOTFOUND);
}

struct seen {
	char codes[5][OFFICE_CODE_MAX + 1];
	int n;
};

static int
see(void *arg, const struct office *row)
{
	struct seen *s = arg;

	assert_in_range(s->n, 0, 4);
	snprintf(s->codes[s->n++], OFFICE_CODE_MAX + 1, "%s", row->code);
	return (0);
}

static void
test_list(void **state)
{
	static const char *const codes[] = { "b", "c", "a", "d" };
	struct office_input in = { .name = "N" };
	struct seen s = { .n = 0 };
	struct office out;
	size_t i;

	(void)state;
	for (i = 0; i < 4; i++) {
		in.code = codes[i];
		assert_int_equal(add(&in, &out), 0);
	}
	assert_int_equal(office_list(&w.core, &w.act, NULL, 3, see, &s), 0);
	assert_int_equal(s.n, 3);
	assert_string_equal(s.codes[0], "a");
	assert_string_equal(s.codes[2], "c");
	s.n = 0;
	assert_int_equal(office_list(&w.core, &w.act, "B", 10, see, &s), 0);
	assert_int_equal(s.n, 2);
	assert_string_equal(s.codes[0], "c");
	assert_int_equal(
	    office_list(&w.core, &w.act, "a b", 10, see, &s), ERR_INVALID);
	s.n = 0;
	assert_int_equal(office_list(&w.core, &w.act, "", 1, see, &s), 0);
	assert_int_equal(s.n, 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_add),
		TEST(test_bad_input),
		TEST(test_networks_in_one_form),
		TEST(test_networks_at_their_longest),
		TEST(test_set_changes_what_is_given),
		TEST(test_disable),
		TEST(test_list),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
