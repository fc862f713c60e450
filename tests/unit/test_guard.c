/*
 * Goal of this test: no change leaves an office, or the installation, without
 * an administrator who can log in; a fresh installation is refused nothing; what
 * is refused has changed nothing and says what to do instead.
 * Links: authd/core/means.c
 * Links: authd/core/guard.c authd/core/source.c authd/core/source_slot.c authd/core/source_address.c
 * Links: authd/core/logins.c
 * Links: authd/core/source_rule.c authd/core/recovery.c
 * Links: authd/core/terminals.c authd/core/cert.c authd/core/live.c
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

#include "authd/core/cert.h"
#include "authd/core/recovery.h"
#include "authd/core/seen.h"
#include "authd/core/terminals.h"
#include "certs/x509_chain.h"
#include "tests/fakes/clock_fake.h"
#include "tests/fakes/core_world.h"

/* live.c asks these three, and is not asked to here. */
int
x509_chain_fingerprint(const uint8_t *der, size_t len, uint8_t out[X509_CHAIN_FINGERPRINT_LEN])
{
	(void)der;
	(void)len;
	(void)out;
	return (ERR_SYS);
}

int
x509_chain_check(const struct x509_trust *trust, const uint8_t *der, size_t len,
    int64_t at_ms, struct x509_chain_leaf *leaf, enum x509_chain_verdict *v)
{
	(void)trust;
	(void)der;
	(void)len;
	(void)at_ms;
	(void)leaf;
	(void)v;
	return (ERR_SYS);
}

void
seen_note(struct seen *s, const struct seen_use *use)
{
	(void)s;
	(void)use;
}

static struct core_world w;
static struct account_view v;
static struct person boss, vice;

static int
setup(void **state)
{
	(void)state;
	core_world_start(&w);
	core_world_person(&w, "tokyo", "boss", NULL, &boss);
	core_world_person(&w, "tokyo", "vice", NULL, &vice);
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
change(const struct account_input *in)
{
	core_world_begin(&w);
	return (core_world_ended(&w, account_set(&w.core, &w.act, in, &v)));
}

static void
make_administrator(const char *login)
{
	const struct account_input in = { .login = login,
		.roles = "administrator auditor" };

	assert_int_equal(change(&in), 0);
}

static void
give_password(const struct person *p)
{
	const struct password row = { .office = p->account.office,
		.account = p->account.id,
		.hash = "$y$j9T$something",
		.changed_ms = 1 };

	core_world_begin(&w);
	assert_int_equal(
	    w.core.store->ops->password_put(w.core.store, &row, 0), 0);
	assert_int_equal(core_world_ended(&w, 0), 0);
}

/* Both are administrators; ${able} of them can log in. */
static void
make_both(int able)
{
	make_administrator("boss");
	make_administrator("vice");
	if (able > 0)
		give_password(&boss);
	if (able > 1)
		give_password(&vice);
}

static void
lock_out(const struct person *p, enum counter_kind kind)
{
	struct counter row = { .office = p->account.office,
		.account = p->account.id,
		.kind = kind,
		.failures = 5,
		.in_row = 5 };

	core_world_begin(&w);
	row.locked_until_steady = w.act.now.steady_ms + WORLD_HOUR_MS;
	assert_int_equal(w.core.store->ops->counter_put(w.core.store, &row), 0);
	assert_int_equal(core_world_ended(&w, 0), 0);
}

static int
do_disable(const char *login)
{
	return (account_enable(&w.core, &w.act, login, false, &v));
}

static int
do_remove(const char *login)
{
	struct account gone;

	return (account_remove(&w.core, &w.act, login, &gone));
}

static int
do_reset(const char *login)
{
	return (recovery_reset(&w.core, &w.act, login, "lost", &v));
}

static int
do_roles(const char *login)
{
	const struct account_input in = { .login = login, .roles = "auditor" };

	return (account_set(&w.core, &w.act, &in, &v));
}

static int
do_leave(const char *login)
{
	const struct account_input in = { .login = login,
		.leaves_on = "2026-11-20" };

	return (account_set(&w.core, &w.act, &in, &v));
}

static int
do_revoke(const char *login)
{
	struct phone phone;

	return (phone_revoke(&w.core, &w.act, login, NULL, &phone));
}

static int
do_office(const char *login)
{
	struct office office;

	(void)login;
	return (office_enable(&w.core, &w.act, "tokyo", false, &office));
}

static int (*const changes[])(const char *) = { do_disable, do_remove,
	do_reset, do_roles, do_leave, do_revoke, do_office };
#define CHANGES (sizeof(changes) / sizeof(changes[0]))

static int
run(int (*what)(const char *), const char *login)
{
	core_world_begin(&w);
	return (core_world_ended(&w, what(login)));
}

static void
again(void)
{
	core_world_stop(&w);
	(void)setup(NULL);
}

/* Refused, with a reason, and as if it had not been asked. */
static void
assert_guarded(int (*what)(const char *), const char *login)
{
	int64_t seq = core_world_seq(&w);
	struct account_view before, after;

	steady_now(&w.steady, &w.act.now);
	assert_int_equal(account_show(&w.core, &w.act, login, &before), 0);
	assert_int_equal(run(what, login), ERR_WRONG_STATE);
	assert_string_equal(w.act.problem.code, "last_administrator");
	assert_non_null(strstr(w.act.problem.detail, "first"));
	assert_true(strlen(w.act.problem.detail) <
	    sizeof(w.act.problem.detail) - 1);
	assert_true(core_world_seq(&w) == seq);
	assert_int_equal(account_show(&w.core, &w.act, login, &after), 0);
	assert_memory_equal(&after, &before, sizeof(after));
}

static void
test_the_last_one_stays(void **state)
{
	size_t i;

	(void)state;
	make_both(1);
	for (i = 0; i < CHANGES; i++)
		assert_guarded(changes[i], "boss");
	/* The other, who has no password, may be changed at will. */
	assert_int_equal(run(do_remove, "vice"), 0);
	assert_guarded(do_disable, "boss");
	assert_true(core_world_log_is_whole(&w));
}

static void
test_one_of_two_may_go(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < CHANGES; i++) {
		again();
		make_both(2);
		if (changes[i] == do_office) {
			assert_guarded(do_office, "boss");
			continue;
		}
		assert_int_equal(run(changes[i], "boss"), 0);
		assert_guarded(do_disable, "vice");
	}
}

/* Two of them, each removing the other: the writer takes one after another. */
static void
test_two_at_once(void **state)
{
	(void)state;
	make_both(2);
	core_world_begin(&w);
	assert_int_equal(do_disable("boss"), 0);
	assert_int_equal(do_disable("vice"), ERR_WRONG_STATE);
	core_world_rollback(&w);
}

static void
test_nobody_to_keep(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < CHANGES; i++) {
		again(); /* people with phones, none of them administrator */
		give_password(&boss);
		assert_int_equal(run(changes[i], "boss"), 0);
		again(); /* an administrator without a phone yet */
		assert_int_equal(run(do_revoke, "boss"), 0);
		make_administrator("boss");
		give_password(&boss);
		if (changes[i] != do_revoke)
			assert_int_equal(run(changes[i], "boss"), 0);
	}
	again();
	make_both(2);
	assert_int_equal(run(do_disable, "boss"), 0);
	assert_guarded(do_disable, "vice");
	assert_int_equal(run(do_disable, "boss"), 0); /* twice changes nothing */
}

/* A change must not make the best of them worse, one step or two. */
static void
test_locked_or_without_password_is_no_successor(void **state)
{
	size_t i;

	(void)state;
	make_both(1);
	assert_guarded(do_disable, "boss"); /* vice has no password */
	give_password(&vice);
	lock_out(&vice, COUNTER_PASSWORD);
	for (i = 0; i < CHANGES; i++)
		assert_guarded(changes[i], "boss");
	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w,
			     account_unlock(&w.core, &w.act, "vice", &v)),
	    0);
	lock_out(&vice, COUNTER_CODE);
	assert_guarded(do_disable, "boss");
	clock_fake_pass(WORLD_HOUR_MS); /* locks end */
	assert_int_equal(run(do_disable, "boss"), 0);
	/* Locked, and the last: it will end. */
	lock_out(&vice, COUNTER_PASSWORD);
	for (i = 0; i < CHANGES; i++)
		assert_guarded(changes[i], "vice");
	/* No password at all, and the last: one can be set. */
	again();
	make_administrator("boss");
	for (i = 0; i < CHANGES; i++)
		assert_guarded(changes[i], "boss");
}

/* Codes on paper open nothing for who brought no phone by the day. */
static void
test_late_one_is_no_successor(void **state)
{
	struct account_input in = { .login = "late",
		.office = "tokyo",
		.name = "L",
		.roles = "administrator",
		.enrol_by = "2030-01-01" };
	struct recovery_codes codes;
	struct person late;

	(void)state;
	make_administrator("boss");
	give_password(&boss);
	core_world_begin(&w);
	assert_int_equal(
	    core_world_ended(&w, account_add(&w.core, &w.act, &in, &v)), 0);
	late.account = v.account;
	give_password(&late);
	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w,
			     recovery_renew(&w.core, &w.act, "late", &codes)),
	    0);
	in.enrol_by = "2026-11-20";
	in.office = NULL;
	assert_int_equal(change(&in), 0);
	assert_guarded(do_disable, "boss");
	in.enrol_by = "2030-01-01";
	assert_int_equal(change(&in), 0);
	assert_int_equal(run(do_disable, "boss"), 0);
}

/* How a lost phone of the only administrator is replaced. */
static void
test_lost_phone_of_the_last_one(void **state)
{
	struct recovery_codes codes;

	(void)state;
	make_both(1);
	assert_guarded(do_revoke, "boss");
	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w,
			     recovery_renew(&w.core, &w.act, "boss", &codes)),
	    0);
	assert_int_equal(run(do_revoke, "boss"), 0);
	assert_guarded(do_reset, "boss");
}

static void
test_offices(void **state)
{
	struct person other;

	(void)state;
	make_both(1);
	core_world_person(&w, "osaka", "other", NULL, &other);
	give_password(&other);
	assert_guarded(do_office, "boss");
	make_administrator("other");
	/* Nobody of another office helps people here ... */
	assert_guarded(do_disable, "boss");
	assert_guarded(do_disable, "other");
	/* ... but an office may end while there is one. */
	assert_int_equal(run(do_office, NULL), 0);
	assert_int_equal(run(do_disable, "boss"), 0);
	assert_guarded(do_disable, "other");
}

/* In the console nobody locks himself out, whoever else could help. */
static void
test_nobody_locks_himself_out(void **state)
{
	static int (*const own[])(const char *) = { do_disable, do_remove,
		do_leave, do_revoke };
	struct recovery_codes codes;
	size_t i;

	(void)state;
	make_both(2);
	w.act.person = (struct act_person){ .is_set = true,
		.office = boss.account.office,
		.account = boss.account.id,
		.roles = ROLE_ADMINISTRATOR };
	for (i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		assert_int_equal(run(own[i], "boss"), ERR_WRONG_STATE);
		assert_string_equal(w.act.problem.code, "own_account");
	}
	assert_int_equal(run(do_office, "boss"), ERR_WRONG_STATE);
	/* another way in is left: then a phone may go */
	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w,
			     recovery_renew(&w.core, &w.act, "boss", &codes)),
	    0);
	assert_int_equal(run(do_revoke, "boss"), 0);
	/* the other one, who is not the last, may be */
	assert_int_equal(run(do_disable, "vice"), 0);
	assert_int_equal(run(do_disable, "boss"), ERR_WRONG_STATE);
}

/* The other rule holds as well; and root is not held by this one. */
static void
test_the_last_one_in_the_console(void **state)
{
	const struct act_person person = { .is_set = true,
		.office = boss.account.office,
		.account = boss.account.id,
		.roles = ROLE_ADMINISTRATOR };

	(void)state;
	make_administrator("vice");
	give_password(&vice);
	w.act.person = person;
	assert_int_equal(run(do_disable, "vice"), ERR_WRONG_STATE);
	assert_string_equal(w.act.problem.code, "last_administrator");
	assert_int_equal(run(do_revoke, "boss"), ERR_WRONG_STATE);
	assert_string_equal(w.act.problem.code, "own_account");
	memset(&w.act.person, 0, sizeof(w.act.person));
	assert_int_equal(run(do_revoke, "boss"), 0);
	/* nothing to lose any more */
	w.act.person = person;
	assert_int_equal(run(do_disable, "boss"), 0);
}

#define PC "00000000-0000-0000-0000-0000000000e0"

/* A PC of the office that admits ${p}, with a live certificate. */
static void
give_terminal(const struct person *p)
{
	struct store *s = w.core.store;
	struct terminal t = { .office = p->account.office, .label = "PC" };
	struct cert c = { .kind = CERT_TERMINAL,
		.office = p->account.office,
		.serial = { 0x0e },
		.fingerprint = { 0x0e },
		.not_before_ms = 5,
		.der_len = 300 };

	assert_int_equal(id_get_text(PC, &t.id), 0);
	core_world_begin(&w);
	c.holder = t.id;
	c.issued_ms = w.act.now.wall_ms;
	c.not_after_ms = w.act.now.wall_ms + 1000 * WORLD_HOUR_MS;
	assert_int_equal(s->ops->terminal_add(s, &t), 0);
	assert_int_equal(s->ops->cert_add(s, &c), 0);
	assert_int_equal(
	    s->ops->terminal_admit(s, &t.office, &t.id, &p->account.id), 0);
	assert_int_equal(core_world_ended(&w, 0), 0);
}

/* An application that asks for password and terminal, or for more. */
static void
put_app(unsigned factors)
{
	struct app row = { .host = "pay.example.jp",
		.factors = factors,
		.level = 1 };

	core_world_begin(&w);
	(void)w.core.store->ops->app_remove(w.core.store, row.host);
	assert_int_equal(w.core.store->ops->app_add(w.core.store, &row), 0);
	assert_int_equal(core_world_ended(&w, 0), 0);
}

static int
do_lose(const char *login)
{
	struct terminals_view t;

	(void)login;
	return (terminals_lost(&w.core, &w.act, PC, &t));
}

static int
do_drop(const char *login)
{
	const struct terminals_input in = { .drop = login };
	struct terminals_view t;

	return (terminals_set(&w.core, &w.act, PC, &in, &t));
}

static int
do_revoke_cert(const char *login)
{
	struct cert_view cv;

	(void)login;
	return (cert_revoke(&w.core, &w.act, "0E000000000000000000000000000000",
	    CERT_UNSPECIFIED, &cv));
}

/* Where phones are not allowed in the room: password and terminal. */
static void
test_password_and_terminal_is_a_way_in(void **state)
{
	/* a reset leaves password and terminal */
	static int (*const all[])(const char *) = { do_disable, do_remove,
		do_roles, do_leave, do_office, do_lose, do_drop,
		do_revoke_cert };
	size_t i;

	(void)state;
	w.policy.takes_certs = 1;
	put_app(SESSION_PASSWORD | SESSION_TERMINAL);
	give_terminal(&boss);
	make_both(1); /* vice has no password */
	assert_guarded(do_disable, "boss");
	assert_int_equal(run(do_revoke, "boss"), 0); /* the terminal is left */
	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		assert_guarded(all[i], "boss");
	/* with somebody else who can log in all of that may be */
	give_password(&vice);
	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		core_world_begin(&w);
		assert_int_equal(
		    all[i]("boss"), all[i] == do_office ? ERR_WRONG_STATE : 0);
		core_world_rollback(&w);
	}
	assert_int_equal(run(do_lose, "boss"), 0);
}

/* It opens a login only where an application asks for these two, and where the
 * proxy passes certificates on: nobody is let go for it elsewhere. */
static void
test_a_terminal_that_opens_nothing_is_no_way_in(void **state)
{
	(void)state;
	w.policy.takes_certs = 1;
	give_terminal(&vice);
	make_both(2);
	assert_int_equal(run(do_revoke, "vice"), 0);
	assert_guarded(do_disable, "boss");
	put_app(SESSION_PASSWORD | SESSION_CODE | SESSION_TERMINAL);
	assert_guarded(do_disable, "boss");
	put_app(SESSION_PASSWORD | SESSION_TERMINAL);
	w.policy.takes_certs = 0;
	assert_guarded(do_disable, "boss");
	w.policy.takes_certs = 1;
	assert_int_equal(run(do_disable, "boss"), 0);
	assert_guarded(do_lose, "vice");
}

/* Nor does anybody take the own terminal away, when nothing else is left. */
static void
test_nobody_loses_the_own_terminal(void **state)
{
	(void)state;
	w.policy.takes_certs = 1;
	put_app(SESSION_PASSWORD | SESSION_TERMINAL);
	give_terminal(&boss);
	make_both(2);
	assert_int_equal(run(do_revoke, "boss"), 0);
	w.act.person = (struct act_person){ .is_set = true,
		.office = boss.account.office,
		.account = boss.account.id,
		.roles = ROLE_ADMINISTRATOR };
	assert_int_equal(run(do_lose, "boss"), ERR_WRONG_STATE);
	assert_string_equal(w.act.problem.code, "own_account");
	assert_int_equal(run(do_drop, "boss"), ERR_WRONG_STATE);
	assert_int_equal(run(do_revoke_cert, "boss"), ERR_WRONG_STATE);
	w.act.person.account = vice.account.id;
	assert_int_equal(run(do_lose, "boss"), 0);
}

static void
test_R57_a_broken_store_changes_nothing(void **state)
{
	struct store_mem_knobs *s = store_mem_knobs(w.core.store);

	(void)state;
	make_both(2);
	s->fail_read = ERR_STORE;
	assert_int_equal(run(do_disable, "boss"), ERR_STORE);
	s->fail_read = 0;
	assert_int_equal(run(do_disable, "boss"), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_the_last_one_stays),
		TEST(test_one_of_two_may_go),
		TEST(test_two_at_once),
		TEST(test_nobody_to_keep),
		TEST(test_locked_or_without_password_is_no_successor),
		TEST(test_late_one_is_no_successor),
		TEST(test_lost_phone_of_the_last_one),
		TEST(test_offices),
		TEST(test_nobody_locks_himself_out),
		TEST(test_the_last_one_in_the_console),
		TEST(test_password_and_terminal_is_a_way_in),
		TEST(test_a_terminal_that_opens_nothing_is_no_way_in),
		TEST(test_nobody_loses_the_own_terminal),
		TEST(test_R57_a_broken_store_changes_nothing),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
