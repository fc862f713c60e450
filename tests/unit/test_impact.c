/*
 * Goal of this test: before a rule changes it is told who gets in no more, why
 * and how many; who could not get in before is not among them; a change that
 * locks out who makes it, or the last administrator who gets in, changes
 * nothing unless it is forced, and then the log says so.
 * Links: authd/core/known.c
 * Links: authd/core/session.c authd/core/session_seen.c authd/core/token.c
 * Links: authd/core/session_order.c authd/core/authz.c authd/core/authz_kept.c
 * Links: authd/core/app.c authd/core/urlcheck.c
 * Links: authd/core/means.c
 * Links: authd/core/guard.c authd/core/impact.c authd/core/way.c
 * Links: authd/core/change.c
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

#include "authd/core/change.h"
#include "authd/core/recovery.h"
#include "authd/core/terminal.h"
#include "tests/fakes/login_world.h"

#define HOST   "pay.example.jp"
#define DAY_MS (24 * WORLD_HOUR_MS)

static struct core_world w;
static struct person yamada, suzuki, tanaka;
static struct account_view v;
static struct impact out;

/* authz.c asks it, and is not asked here. */
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
add_app(const char *host)
{
	const struct app_input in = { .host = host };
	struct app row;

	core_world_begin(&w);
	assert_int_equal(
	    core_world_ended(&w, app_add(&w.core, &w.act, &in, &row)), 0);
}

static int
setup(void **state)
{
	(void)state;
	login_world_start(&w);
	w.policy.takes_certs = 1;
	snprintf(w.policy.portal_url, sizeof(w.policy.portal_url), "%s",
	    "https://login.example.jp");
	login_world_person(&w, "alpha", "yamada", "general", &yamada);
	login_world_person(&w, "alpha", "suzuki", "general", &suzuki);
	login_world_person(&w, "beta", "tanaka", "general", &tanaka);
	add_app(HOST);
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
set_account(const struct account_input *in)
{
	core_world_begin(&w);
	assert_int_equal(
	    core_world_ended(&w, account_set(&w.core, &w.act, in, &v)), 0);
}

static void
give_roles(const char *login, const char *roles)
{
	const struct account_input in = { .login = login, .roles = roles };

	set_account(&in);
}

/* A PC of alpha that admits ${p}, with a certificate of that age. */
static void
give_terminal(const struct person *p, uint8_t n, int64_t age_ms)
{
	struct store *s = w.core.store;
	struct terminal t = { .office = p->account.office,
		.id = { { 0xe0, n } },
		.created_ms = 1 };
	struct cert c = { .kind = CERT_TERMINAL,
		.office = p->account.office,
		.holder = t.id,
		.not_before_ms = 5,
		.der_len = 300 };

	core_world_begin(&w);
	snprintf(t.label, sizeof(t.label), "PC %d", n);
	memset(c.serial, n, sizeof(c.serial));
	memset(c.fingerprint, n, sizeof(c.fingerprint));
	c.issued_ms = w.act.now.wall_ms - age_ms;
	c.not_after_ms = w.act.now.wall_ms + 365 * DAY_MS;
	assert_int_equal(s->ops->terminal_add(s, &t), 0);
	assert_int_equal(s->ops->cert_add(s, &c), 0);
	assert_int_equal(s->ops->terminal_admit(
			     s, &t.office, &t.id, &p->account.id),
	    0);
	assert_int_equal(core_world_ended(&w, 0), 0);
}

static void
take_phone(const char *login)
{
	struct phone phone;

	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w,
			     phone_revoke(
				 &w.core, &w.act, login, NULL, &phone)),
	    0);
}

static void
log_in_from(const struct person *p, uint8_t n, const char *source)
{
	struct session row = { .office = p->account.office,
		.account = p->account.id,
		.id = { { 0x50, n } },
		.token = { n },
		.factors = SESSION_PASSWORD | SESSION_CODE,
		.password_ms = 1,
		.created_ms = 1,
		.seen_ms = 1,
		.login_steady = 1,
		.created_steady = 1,
		.seen_steady = n,
		.until_steady = 1 };

	snprintf(row.source, sizeof(row.source), "%s", source);
	core_world_begin(&w);
	assert_int_equal(
	    w.core.store->ops->session_add(w.core.store, &row), 0);
	assert_int_equal(core_world_ended(&w, 0), 0);
}

static void
look(const struct app_input *in)
{
	memset(&out, 0x5a, sizeof(out));
	assert_int_equal(impact_app_input(&w.core, &w.act, in, &out), 0);
}

/* Who is told, as login:why, in order. */
static void
expect_people(const char *wanted)
{
	char text[1000] = "";
	size_t at;
	int i, n = 0;

	for (i = 0; i < out.people_n; i++) {
		at = strlen(text);
		snprintf(text + at, sizeof(text) - at, "%s:%s ",
		    out.people[i].login, way_word(out.people[i].why));
	}
	assert_string_equal(text, wanted);
	for (i = 0; i < WAYS; i++)
		n += out.by[i];
	assert_int_equal(n, out.lost);
}

static void
test_nothing_changes(void **state)
{
	const struct app_input in = { .host = HOST, .name = "給与" };

	(void)state;
	look(&in);
	assert_int_equal(out.accounts, 3);
	assert_true(out.before == 3 && out.after == 3);
	assert_true(out.lost == 0 && out.gained == 0);
	assert_null(impact_refusal(&out));
	expect_people("");
}

static void
test_factors(void **state)
{
	struct app_input in = { .host = HOST, .factors = "password terminal" };

	(void)state;
	give_terminal(&suzuki, 1, 0);
	look(&in);
	assert_true(out.before == 3 && out.after == 1 && out.lost == 2);
	expect_people("tanaka:terminal yamada:terminal ");
	assert_string_equal(out.people[0].office, "beta");
	assert_string_equal(out.people[0].app, HOST);
	/* no proxy may pass certificates on: hers counts for nothing */
	w.policy.takes_certs = 0;
	look(&in);
	expect_people("suzuki:terminal tanaka:terminal yamada:terminal ");
}

static void
test_phone(void **state)
{
	struct app_input by_pc = { .host = HOST,
		.factors = "password terminal" };
	const struct app_input back = { .host = HOST,
		.factors = "password code" };
	struct recovery_codes codes;
	struct app row;

	(void)state;
	give_terminal(&suzuki, 1, 0);
	give_terminal(&yamada, 2, 0);
	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w,
			     app_set(&w.core, &w.act, &by_pc, &row)),
	    0);
	take_phone("yamada");
	take_phone("suzuki");
	look(&back);
	expect_people("suzuki:phone yamada:phone ");
	assert_true(out.before == 2 && out.after == 1 && out.gained == 1);
	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w,
			     recovery_renew(
				 &w.core, &w.act, "yamada", &codes)),
	    0);
	look(&back); /* a recovery code counts as a code */
	expect_people("suzuki:phone ");
}

static void
test_level_group_office(void **state)
{
	const struct app_input level = { .host = HOST, .level = 3 };
	const struct app_input group = { .host = HOST, .groups = "payroll" };
	const struct app_input office = { .host = HOST, .offices = "alpha" };
	const struct account_input high = { .login = "suzuki",
		.level = 4,
		.groups = "staff payroll" };

	(void)state;
	set_account(&high);
	look(&level);
	expect_people("tanaka:level yamada:level ");
	assert_int_equal(out.by[WAY_LEVEL], 2);
	look(&group);
	expect_people("tanaka:group yamada:group ");
	look(&office);
	expect_people("tanaka:office ");
}

static void
test_network(void **state)
{
	const struct app_input in = { .host = HOST,
		.networks = "192.0.2.0/24 2001:db8::/32" };
	const struct office_input beta = { .code = "beta",
		.networks = "198.51.100.0/24" };
	const struct office_input wide = { .code = "beta",
		.networks = "192.0.0.0/16" };
	struct office row;

	(void)state;
	look(&in); /* nobody knows where they come from */
	assert_true(out.lost == 0 && out.unplaced == 3);
	log_in_from(&yamada, 1, "203.0.113.9");
	log_in_from(&suzuki, 2, "192.0.2.9");
	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w,
			     office_set(&w.core, &w.act, &beta, &row)),
	    0);
	look(&in);
	expect_people("tanaka:network yamada:network ");
	assert_int_equal(out.unplaced, 0);
	log_in_from(&yamada, 3, "2001:db8:1::5"); /* the last one counts */
	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w,
			     office_set(&w.core, &w.act, &wide, &row)),
	    0);
	look(&in);
	expect_people("");
}

/* Disabled, left, too late, without a password: locked out already. */
static void
test_who_could_not_before(void **state)
{
	const struct app_input in = { .host = HOST, .level = 5 };
	const struct account_input left = { .login = "suzuki",
		.leaves_on = "2026-11-20" };
	struct person fresh;

	(void)state;
	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w,
			     account_enable(
				 &w.core, &w.act, "yamada", false, &v)),
	    0);
	set_account(&left);
	core_world_person(&w, "beta", "fresh", NULL, &fresh);
	look(&in);
	assert_true(out.accounts == 4 && out.before == 1);
	expect_people("tanaka:level ");
}

static void
test_new_application(void **state)
{
	const struct app_input in = { .host = "new.example.jp", .level = 5 };
	const struct account_input high = { .login = "suzuki", .level = 5 };
	const struct app_input bad = { .host = HOST, .factors = "smell" };

	(void)state;
	set_account(&high);
	look(&in);
	assert_true(out.before == 0 && out.after == 1 && out.gained == 1);
	assert_null(impact_refusal(&out));
	assert_int_equal(
	    impact_app_input(&w.core, &w.act, &bad, &out), ERR_INVALID);
	assert_string_equal(w.act.problem.code, "bad_factors");
}

static void
test_many_are_counted(void **state)
{
	const struct app_input in = { .host = HOST, .level = 5 };
	struct person p;
	char login[16];
	int i;

	(void)state;
	for (i = 0; i < IMPACT_PEOPLE_MAX + 5; i++) {
		snprintf(login, sizeof(login), "p%03d", i);
		login_world_person(&w, "alpha", login, "general", &p);
	}
	look(&in);
	assert_int_equal(out.lost, IMPACT_PEOPLE_MAX + 8);
	assert_int_equal(out.people_n, IMPACT_PEOPLE_MAX);
	assert_string_equal(out.people[49].login, "p049");
	assert_int_equal(out.by[WAY_LEVEL], IMPACT_PEOPLE_MAX + 8);
}

/* --- changes --- */

static int
set_rule(const struct app_input *in, bool is_forced)
{
	struct app row;

	core_world_begin(&w);
	return (core_world_ended(&w,
	    change_app_set(&w.core, &w.act, in, is_forced, &row)));
}

static void
expect_level(int wanted)
{
	struct app row;

	assert_int_equal(app_find(&w.core, &w.act, HOST, &row), 0);
	assert_int_equal(row.level, wanted);
}

static void
test_the_last_administrator(void **state)
{
	const struct app_input in = { .host = HOST, .level = 3 };
	const struct account_input high = { .login = "tanaka", .level = 3 };
	struct audit_record last;
	int64_t seq;

	(void)state;
	assert_int_equal(set_rule(&in, false), 0); /* there is none to keep */
	assert_int_equal(
	    set_rule(&(struct app_input){ .host = HOST, .level = 1 }, false),
	    0);
	give_roles("yamada", "administrator");
	give_roles("tanaka", "administrator auditor");
	look(&in);
	assert_true(out.administrators_lost && !out.asker_lost);
	assert_string_equal(impact_refusal(&out), "locks_out_administrators");
	seq = core_world_seq(&w);
	assert_int_equal(set_rule(&in, false), ERR_WRONG_STATE);
	assert_string_equal(w.act.problem.code, "locks_out_administrators");
	assert_true(core_world_seq(&w) == seq);
	expect_level(1);
	set_account(&high); /* one is enough */
	look(&in);
	assert_null(impact_refusal(&out));
	assert_int_equal(set_rule(&in, false), 0);
	expect_level(3);
	/* and forced: it is done, and the log says over what */
	assert_int_equal(
	    set_rule(&(struct app_input){ .host = HOST, .level = 5 }, true),
	    0);
	expect_level(5);
	core_world_last(&w, &last);
	assert_string_equal(last.action, "impact.force");
	assert_string_equal(last.reason, "locks_out_administrators");
	assert_string_equal(last.detail, "change=app.set app=" HOST);
	assert_true(core_world_log_is_whole(&w));
	/* forced for nothing is not told */
	assert_int_equal(
	    set_rule(&(struct app_input){ .host = HOST, .level = 4 }, true),
	    0);
	core_world_last(&w, &last);
	assert_string_equal(last.action, "app.set");
}

static void
test_the_person_who_asks(void **state)
{
	const struct app_input in = { .host = HOST, .groups = "payroll" };
	const struct account_input low = { .login = "yamada", .level = 1 };
	const struct account_input high = { .login = "yamada", .level = 4 };
	const struct account_input other = { .login = "suzuki", .level = 1 };
	const struct app_input need = { .host = HOST, .level = 4 };
	struct app row;

	(void)state;
	set_account(&high);
	(void)snprintf(w.act.actor, sizeof(w.act.actor), "yamada");
	look(&in);
	assert_true(out.asker_lost);
	assert_int_equal(set_rule(&in, false), ERR_WRONG_STATE);
	assert_string_equal(w.act.problem.code, "locks_out_self");
	assert_int_equal(set_rule(&need, false), 0);
	/* the own account */
	memset(&out, 0x5a, sizeof(out));
	assert_int_equal(
	    impact_account_input(&w.core, &w.act, &low, &out), 0);
	assert_true(out.asker_lost && out.lost == 1);
	assert_string_equal(out.people[0].app, HOST);
	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w,
			     change_account_set(
				 &w.core, &w.act, &low, false, &v)),
	    ERR_WRONG_STATE);
	assert_string_equal(w.act.problem.code, "locks_out_self");
	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w,
			     change_account_set(
				 &w.core, &w.act, &other, false, &v)),
	    0);
	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w,
			     change_app_remove(
				 &w.core, &w.act, HOST, false, &row)),
	    ERR_WRONG_STATE);
	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w,
			     change_app_remove(
				 &w.core, &w.act, HOST, true, &row)),
	    0);
}

static void
test_office(void **state)
{
	(void)state;
	assert_int_equal(impact_office(&w.core, &w.act, "alpha", &out), 0);
	assert_true(out.accounts == 2 && out.before == 2 && out.after == 0);
	expect_people("suzuki:closed yamada:closed ");
	assert_int_equal(
	    impact_office(&w.core, &w.act, "gamma", &out), ERR_NOTFOUND);
}

static void
test_account_that_leaves(void **state)
{
	const struct account_input in = { .login = "suzuki",
		.leaves_on = "2026-11-20" };

	(void)state;
	assert_int_equal(impact_account_input(&w.core, &w.act, &in, &out), 0);
	assert_int_equal(out.lost, 1);
	assert_string_equal(out.people[0].app, "");
	assert_int_equal(out.people[0].why, WAY_LOGIN);
}

static void
look_at_policy(const struct impact_policy *next)
{
	memset(&out, 0x5a, sizeof(out));
	assert_int_equal(impact_policy(&w.core, &w.act, next, &out), 0);
}

static void
test_configuration(void **state)
{
	const struct app_input by_pc = { .host = HOST,
		.factors = "password terminal" };
	struct impact_policy p;

	(void)state;
	give_terminal(&suzuki, 1, 40 * DAY_MS);
	give_terminal(&yamada, 2, 10 * DAY_MS);
	assert_int_equal(set_rule(&by_pc, false), 0);
	impact_policy_of(&w.policy, &p);
	assert_true(p.takes_certs && p.has_portal && p.cert_unused_days == 0);
	look_at_policy(&p);
	assert_true(out.accounts == 3 && out.lost == 0);
	p.cert_unused_days = 30; /* hers would be revoked */
	look_at_policy(&p);
	expect_people("suzuki:terminal ");
	assert_string_equal(out.people[0].app, HOST);
	p.cert_unused_days = 5;
	look_at_policy(&p);
	expect_people("suzuki:terminal yamada:terminal ");
	p.cert_unused_days = 0;
	p.takes_certs = false;
	look_at_policy(&p);
	expect_people("suzuki:terminal yamada:terminal ");
	assert_null(impact_refusal(&out));
	give_roles("suzuki", "administrator");
	p.has_portal = false;
	look_at_policy(&p);
	assert_int_equal(out.lost, 3);
	assert_string_equal(impact_refusal(&out), "locks_out_administrators");
}

static void
test_R57_a_broken_store_accepts_nothing(void **state)
{
	struct store_mem_knobs *s = store_mem_knobs(w.core.store);
	const struct app_input in = { .host = HOST, .level = 3 };

	(void)state;
	s->fail_read = ERR_STORE;
	assert_int_equal(set_rule(&in, false), ERR_STORE);
	assert_int_equal(set_rule(&in, true), ERR_STORE);
	assert_int_equal(
	    impact_app_input(&w.core, &w.act, &in, &out), ERR_STORE);
	s->fail_read = 0;
	expect_level(1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_nothing_changes),
		TEST(test_factors),
		TEST(test_phone),
		TEST(test_level_group_office),
		TEST(test_network),
		TEST(test_who_could_not_before),
		TEST(test_new_application),
		TEST(test_many_are_counted),
		TEST(test_the_last_administrator),
		TEST(test_the_person_who_asks),
		TEST(test_office),
		TEST(test_account_that_leaves),
		TEST(test_configuration),
		TEST(test_R57_a_broken_store_accepts_nothing),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
