/*
 * Goal of this test: at a glance each account, terminal and lock stands where it
 * belongs and is counted once, of the own office alone for who may see no more;
 * lists and what is read of the log are bounded.
 * Links: authd/core/known.c
 * Links: authd/core/session.c authd/core/session_seen.c authd/core/token.c
 * Links: authd/core/session_order.c authd/core/authz.c authd/core/authz_kept.c
 * Links: authd/core/app.c authd/core/urlcheck.c
 * Links: authd/core/means.c
 * Links: authd/core/guard.c authd/core/overview.c authd/core/backed.c
 * Links: authd/core/auditlog.c
 * Links: authd/core/login.c authd/core/logins.c authd/core/password.c
 * Links: authd/core/shown.c tests/fakes/terminal_fake.c
 * Links: authd/core/password_policy.c authd/core/password_shape.c
 * Links: authd/core/password_personal.c authd/core/password_strength.c
 * Links: authd/core/password_text.c authd/core/kana.c
 * Links: tests/fakes/passhash_fake.c
 * Links: authd/core/breach.c tests/fakes/login_world.c
 * Links: authd/core/source.c authd/core/source_address.c authd/core/source_slot.c
 * Links: authd/core/source_rule.c
 * Links: authd/core/recovery.c
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

#include "authd/core/auditlog.h"
#include "authd/core/backed.h"
#include "authd/core/overview.h"
#include "authd/core/terminal.h"
#include "tests/fakes/clock_fake.h"
#include "tests/fakes/login_world.h"

#define DAY_MS (24 * WORLD_HOUR_MS)

static struct core_world w;
static struct person yamada, suzuki;
static struct account_view v;
static struct overview out;

int
terminal_check(struct core *c, struct act *act, const uint8_t *der, size_t len,
    const char *login, struct terminal_answer *o)
{
	(void)c;
	(void)act;
	(void)der;
	(void)len;
	(void)login;
	memset(o, 0, sizeof(*o));
	return (ERR_SYS);
}

static void
add_account(const char *login, const char *office)
{
	const struct account_input in = { .login = login,
		.name = login,
		.office = office };

	core_world_begin(&w);
	assert_int_equal(
	    core_world_ended(&w, account_add(&w.core, &w.act, &in, &v)), 0);
}

static int
setup(void **state)
{
	(void)state;
	login_world_start(&w);
	login_world_person(&w, "alpha", "yamada", "general", &yamada);
	login_world_person(&w, "beta", "suzuki", "general", &suzuki);
	add_account("fresh", "alpha");
	return (0);
}

static int
teardown(void **state)
{
	(void)state;
	login_world_stop(&w);
	return (0);
}

static void
look(const char *office)
{
	steady_now(&w.steady, &w.act.now);
	memset(&out, 0x5a, sizeof(out));
	assert_int_equal(overview_look(&w.core, &w.act, office, &out), 0);
}

static void
expect(const struct overview_list *l, const char *wanted)
{
	char text[600] = "";
	size_t at;
	int i;

	for (i = 0; i < l->rows_n; i++) {
		at = strlen(text);
		snprintf(text + at, sizeof(text) - at, "%s%s@%s ",
		    l->rows[i].login, l->rows[i].terminal[0] ? l->rows[i].name
							     : "",
		    l->rows[i].office);
	}
	assert_string_equal(text, wanted);
	assert_false(l->is_more);
	if (l->n <= OVERVIEW_SHOWN)
		assert_int_equal(l->n, l->rows_n);
}

/* A PC of yamada's office, with a certificate of so many days, issued now. */
static struct cert
give_terminal(uint8_t n, int days)
{
	struct store *s = w.core.store;
	struct terminal t = { .office = yamada.account.office,
		.id = { { 0xe0, n } },
		.created_ms = 1 };
	struct cert c = { .kind = CERT_TERMINAL,
		.office = t.office,
		.holder = t.id,
		.not_before_ms = 5,
		.der_len = 300 };

	core_world_begin(&w);
	snprintf(t.label, sizeof(t.label), "PC%d", n);
	memset(c.serial, n, sizeof(c.serial));
	memset(c.fingerprint, n, sizeof(c.fingerprint));
	c.issued_ms = w.act.now.wall_ms;
	c.not_after_ms = w.act.now.wall_ms + days * DAY_MS;
	assert_int_equal(s->ops->terminal_add(s, &t), 0);
	assert_int_equal(s->ops->cert_add(s, &c), 0);
	assert_int_equal(core_world_ended(&w, 0), 0);
	return (c);
}

static void
admit(uint8_t n, const char *login)
{
	const struct id pc = { { 0xe0, n } };
	struct account a;

	assert_int_equal(account_find(&w.core, &w.act, login, &a), 0);
	core_world_begin(&w);
	assert_int_equal(w.core.store->ops->terminal_admit(
			     w.core.store, &a.office, &pc, &a.id),
	    0);
	assert_int_equal(core_world_ended(&w, 0), 0);
}

static void
test_people(void **state)
{
	(void)state;
	look(NULL);
	assert_int_equal(out.accounts, 3);
	expect(&out.unenrolled, "fresh@alpha ");
	expect(&out.dormant, "");
	expect(&out.locked, "");
	(void)give_terminal(1, 365);
	admit(1, "fresh"); /* password and terminal are two factors as well */
	look(NULL);
	expect(&out.unenrolled, "");
	clock_fake_pass((OVERVIEW_DORMANT_DAYS + 1) * DAY_MS);
	look(NULL);
	expect(&out.dormant, "fresh@alpha suzuki@beta yamada@alpha ");
	assert_true(out.dormant.rows[2].at_ms > 0);
	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w,
			     account_enable(
				 &w.core, &w.act, "suzuki", false, &v)),
	    0);
	look(NULL); /* nobody waits for who may not log in */
	expect(&out.dormant, "fresh@alpha yamada@alpha ");
	assert_int_equal(out.accounts, 2);
}

static void
lock_out(const struct person *p, int in_row, int64_t ms)
{
	struct counter row = { .office = p->account.office,
		.account = p->account.id,
		.kind = COUNTER_CODE,
		.failures = 1,
		.in_row = in_row };

	core_world_begin(&w);
	row.locked_until_steady = w.act.now.steady_ms + ms;
	assert_int_equal(w.core.store->ops->counter_put(w.core.store, &row), 0);
	memset(&row.account, 0, sizeof(row.account)); /* the decoy */
	memset(&row.office, 0, sizeof(row.office));
	assert_int_equal(w.core.store->ops->counter_put(w.core.store, &row), 0);
	assert_int_equal(core_world_ended(&w, 0), 0);
}

static void
test_locked(void **state)
{
	(void)state;
	lock_out(&yamada, 5, WORLD_HOUR_MS);
	lock_out(&suzuki, IN_ROW_MAX, WORLD_HOUR_MS);
	look(NULL);
	assert_int_equal(out.locked.n, 2);
	look("alpha");
	expect(&out.locked, "yamada@alpha ");
	assert_true(out.locked.rows[0].at_ms ==
	    w.act.now.wall_ms + WORLD_HOUR_MS);
	clock_fake_pass(WORLD_HOUR_MS);
	look(NULL);
	expect(&out.locked, "suzuki@beta ");
	assert_true(out.locked.rows[0].at_ms == 0); /* until somebody unlocks */
}

static void
test_terminals(void **state)
{
	struct cert c;

	(void)state;
	(void)give_terminal(1, 29);
	c = give_terminal(2, 365);
	(void)give_terminal(3, 365);
	look(NULL);
	expect(&out.ending, "PC1@alpha ");
	expect(&out.unused, ""); /* of a week they need not be used */
	clock_fake_pass(OVERVIEW_UNUSED_DAYS * DAY_MS + 1);
	core_world_begin(&w);
	assert_int_equal(w.core.store->ops->cert_seen(
			     w.core.store, &c, w.act.now.wall_ms, ""),
	    0);
	assert_int_equal(core_world_ended(&w, 0), 0);
	look("alpha");
	expect(&out.unused, "PC1@alpha PC3@alpha ");
	look("beta");
	expect(&out.ending, "");
	expect(&out.unused, "");
}

static void
test_R49_only_the_own_office(void **state)
{
	(void)state;
	(void)give_terminal(1, 29);
	lock_out(&yamada, 5, WORLD_HOUR_MS);
	core_world_verify(&w, "yamada", "1", "local:sshd");
	w.act.person.is_set = true;
	w.act.person.office = suzuki.account.office;
	w.act.person.roles = ROLE_ADMINISTRATOR;
	look(NULL);
	assert_int_equal(out.accounts, 1);
	assert_true(out.locked.n == 0 && out.ending.n == 0 &&
	    out.unenrolled.n == 0 && out.refused == 0);
	assert_int_equal(overview_look(&w.core, &w.act, "alpha", &out),
	    ERR_NOTFOUND);
	w.act.person.is_everywhere = true;
	look(NULL);
	assert_int_equal(out.accounts, 3);
	assert_true(out.locked.n == 1 && out.refused == 1);
}

static void
test_lists_are_bounded(void **state)
{
	char login[16];
	int i;

	(void)state;
	for (i = 0; i < OVERVIEW_SHOWN + 3; i++) {
		snprintf(login, sizeof(login), "p%02d", i);
		add_account(login, "alpha");
	}
	look(NULL);
	assert_int_equal(out.unenrolled.n, OVERVIEW_SHOWN + 4);
	assert_int_equal(out.unenrolled.rows_n, OVERVIEW_SHOWN);
}

static void
test_refused_today(void **state)
{
	int64_t seq;

	(void)state;
	core_world_verify(&w, "yamada", "1", "local:sshd");
	core_world_verify(&w, "nobody", "1", "local:sshd");
	look(NULL);
	assert_int_equal(out.refused, 2);
	look("alpha");
	assert_int_equal(out.refused, 1);
	/* 2026-11-22T00:00Z is nine in the morning */
	assert_true(out.today_ms < w.act.now.wall_ms);
	assert_int_equal(auditlog_seq_at(&w.core, out.today_ms, &seq), 0);
	assert_true(seq == 1);
	clock_fake_pass(14 * WORLD_HOUR_MS);
	look(NULL);
	assert_int_equal(out.refused, 2);
	clock_fake_pass(WORLD_HOUR_MS);
	look(NULL);
	assert_int_equal(out.refused, 0);
	assert_int_equal(auditlog_seq_at(&w.core, out.today_ms, &seq), 0);
	assert_true(seq == core_world_seq(&w) + 1);
	core_world_verify(&w, "yamada", "2", "local:sshd");
	assert_int_equal(auditlog_seq_at(&w.core, out.today_ms, &seq), 0);
	assert_true(seq == core_world_seq(&w));
	look(NULL);
	assert_int_equal(out.refused, 1);
}

static void
test_backup_and_clock(void **state)
{
	struct audit_record last;

	(void)state;
	look(NULL);
	assert_true(out.backup_ms == 0 && out.is_clock_ok);
	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w, backed_note(&w.core, &w.act)), 0);
	core_world_last(&w, &last);
	assert_string_equal(last.action, "backup.create");
	clock_fake_pass(WORLD_HOUR_MS);
	look(NULL);
	assert_true(out.backup_ms == w.act.now.wall_ms - WORLD_HOUR_MS);
}

static void
test_R57_a_broken_store_is_an_error(void **state)
{
	struct store_mem_knobs *s = store_mem_knobs(w.core.store);

	(void)state;
	s->fail_read = ERR_STORE;
	assert_int_equal(
	    overview_look(&w.core, &w.act, NULL, &out), ERR_STORE);
	s->fail_read = 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_people),
		TEST(test_locked),
		TEST(test_terminals),
		TEST(test_R49_only_the_own_office),
		TEST(test_lists_are_bounded),
		TEST(test_refused_today),
		TEST(test_backup_and_clock),
		TEST(test_R57_a_broken_store_is_an_error),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
