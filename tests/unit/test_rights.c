/*
 * Goal of this test: each role may do in the console what the table of DESIGN
 * 6.10 and 2 says and nothing else; another office's people and devices are, for
 * a person of this one, as if there were none; roles, the class privileged and
 * the reset of an administrator are root's (R49).
 * Links: authd/core/search.c authd/core/auditlog.c authd/core/urlcheck.c
 * Links: authd/core/logins.c
 * Links: authd/keeper/keeper_crl.c authd/keeper/keeper_ocsp.c
 * Links: certs/x509_crl.c certs/x509_ocsp_sign.c authd/core/source.c authd/core/source_slot.c
 * Links: authd/core/source_address.c authd/core/source_rule.c
 * Links: authd/core/recovery.c authd/core/account.c
 * Links: authd/core/account_input.c authd/core/act.c authd/core/checks.c
 * Links: authd/core/enrol.c authd/core/journal.c authd/core/lock.c
 * Links: authd/core/office.c authd/core/phone.c authd/core/steady.c
 * Links: authd/core/verify.c authd/store/rows.c authd/core/terminal.c
 * Links: authd/core/terminals.c authd/core/cert.c authd/core/cert_life.c
 * Links: authd/core/host.c authd/core/live.c authd/core/seen.c
 * Links: authd/core/means.c
 * Links: authd/core/guard.c authd/audit/audit_record.c
 * Links: authd/audit/audit_chain.c authd/audit/audit_verify.c
 * Links: authd/base/err.c authd/base/log.c authd/base/buf.c authd/base/mem.c
 * Links: authd/base/text.c authd/base/fold.c authd/base/id.c
 * Links: authd/base/timetext.c tests/fakes/core_world.c
 * Links: tests/fakes/clock_fake.c tests/fakes/keeper_fake.c
 * Links: tests/fakes/keeper_fake_cert.c tests/fakes/store_mem.c
 * Links: tests/fakes/store_mem_people.c tests/fakes/store_mem_log.c
 * Links: tests/fakes/store_mem_password.c tests/fakes/store_mem_terminal.c
 * Links: tests/fakes/store_mem_cert.c tests/fakes/cert_world.c
 * Links: tests/fakes/ca_rig.c authd/keeper/keeper_ca.c
 * Links: authd/keeper/keeper_quota.c authd/keeper/keeper_key_source.c
 * Links: authd/keeper/keeper_state.c certs/x509_der.c certs/x509_public.c
 * Links: certs/x509_weak.c certs/x509_request.c certs/x509_subject.c
 * Links: certs/x509_trust.c certs/x509_chain.c certs/x509_pem.c
 * Links: certs/x509_extend.c certs/x509_profile.c certs/x509_issue.c
 * Links: certs/x509_scalar.c certs/x509_root.c certs/x509_key.c
 * Links: certs/x509_url.c tests/fakes/keeper_ca_rig.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "authd/core/auditlog.h"
#include "authd/core/recovery.h"
#include "authd/core/rights.h"
#include "authd/core/search.h"
#include "tests/fakes/core_world.h"

static struct core_world w;
static struct account_view v;
static struct person own, other;

static int
setup(void **state)
{
	(void)state;
	core_world_start(&w);
	core_world_person(&w, "tokyo", "own", NULL, &own);
	core_world_person(&w, "osaka", "other", NULL, &other);
	return (0);
}

static int
teardown(void **state)
{
	(void)state;
	core_world_stop(&w);
	return (0);
}

/* Who asks from here on. */
static void
as(unsigned roles)
{
	w.act.person = (struct act_person){ .is_set = true,
		.is_everywhere = (roles & ROLE_OPERATOR) != 0,
		.office = own.account.office,
		.account = own.account.id,
		.roles = roles };
}

static void
as_root(void)
{
	memset(&w.act.person, 0, sizeof(w.act.person));
}

/* Written out once more, one letter each: what each role may. */
static void
test_R49_table(void **state)
{
	static const struct {
		unsigned role;
		const char *may; /* in the order of enum rights_doing */
	} table[] = {
		/* nothing look log export unlock ticket lost account rules */
		{ 0, "---------" },
		{ ROLE_ADMINISTRATOR, "-yyyyyyy-" },
		{ ROLE_OFFICER, "-yyy-----" },
		{ ROLE_HELPDESK, "-yy-yyy--" },
		{ ROLE_AUDITOR, "-yyy-----" },
		{ ROLE_OPERATOR, "-yyyyyyyy" },
	};
	size_t i, k;

	(void)state;
	assert_int_equal(strlen(table[0].may), RIGHTS_DOINGS);
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		as(table[i].role);
		assert_int_equal(rights_enter(&w.act), table[i].role != 0);
		for (k = 0; k < RIGHTS_DOINGS; k++)
			if (rights_may(&w.act, (enum rights_doing)k) !=
			    (table[i].may[k] == 'y'))
				fail_msg("role %u, doing %zu", table[i].role,
				    k);
		assert_false(rights_may(&w.act, RIGHTS_DOINGS));
		assert_false(rights_may(&w.act, (enum rights_doing)-1));
	}
	/* several roles: what one of them may */
	as(ROLE_OFFICER | ROLE_HELPDESK);
	assert_true(rights_may(&w.act, RIGHTS_EXPORT));
	assert_true(rights_may(&w.act, RIGHTS_UNLOCK));
	assert_false(rights_may(&w.act, RIGHTS_ACCOUNT));
}

static void
test_R5_without_a_person(void **state)
{
	struct act nobody;
	int i;

	(void)state;
	memset(&nobody, 0, sizeof(nobody));
	for (i = 0; i < RIGHTS_DOINGS; i++)
		assert_false(rights_may(&nobody, (enum rights_doing)i));
	nobody.right = RIGHT_PROXY;
	assert_false(rights_may(&nobody, RIGHTS_LOOK));
	nobody.right = RIGHT_VERIFY;
	assert_false(rights_may(&nobody, RIGHTS_LOOK));
	nobody.right = RIGHT_ADMIN;
	assert_true(rights_may(&nobody, RIGHTS_ACCOUNT));
	assert_false(rights_may(&nobody, RIGHTS_NOTHING));
	/* a person is not root, by whatever socket he comes */
	nobody.person.is_set = true;
	assert_false(rights_may(&nobody, RIGHTS_LOOK));
}

struct seen {
	char text[200];
};

static int
see(void *arg, const struct account_view *view)
{
	struct seen *s = arg;
	size_t n = strlen(s->text);

	snprintf(s->text + n, sizeof(s->text) - n, "%s ", view->account.login);
	return (0);
}

static int
see_phone(void *arg, const struct search_phone *p)
{
	struct account_view view = { .account = p->account };

	return (see(arg, &view));
}

static int
see_row(void *arg, const struct account *row)
{
	struct account_view view = { .account = *row };

	return (see(arg, &view));
}

static int
see_office(void *arg, const struct office *row)
{
	struct seen *s = arg;
	size_t n = strlen(s->text);

	snprintf(s->text + n, sizeof(s->text) - n, "%s ", row->code);
	return (0);
}

static int
see_record(void *arg, const struct audit_row *row)
{
	struct seen *s = arg;

	if (strcmp(row->record.office, "osaka") == 0)
		snprintf(s->text, sizeof(s->text), "osaka");
	return (0);
}

/* What is asked of another office's people is answered as of nobody's. */
static void
test_R49_another_office(void **state)
{
	static const char *const logins[] = { "other", "nobody" };
	const struct search_input office = { .office = "osaka", .page = 1 };
	const struct search_input all = { .page = 1 };
	const struct auditlog_query log = { .limit = 1000 };
	const struct auditlog_query theirs = { .account = "other" };
	struct problem told[2];
	struct search_pages pages;
	struct account a;
	struct phone phone;
	struct office o;
	struct seen s = { "" };
	char device[ID_TEXT + 1];
	int i;

	(void)state;
	as(ROLE_ADMINISTRATOR);
	for (i = 0; i < 2; i++) {
		struct account_input in = { .login = logins[i], .level = 5 };

		core_world_begin(&w);
		memset(&w.act.problem, 0, sizeof(w.act.problem));
		assert_int_equal(account_find(&w.core, &w.act, logins[i], &a),
		    ERR_NOTFOUND);
		told[i] = w.act.problem;
		assert_int_equal(account_show(&w.core, &w.act, logins[i], &v),
		    ERR_NOTFOUND);
		assert_int_equal(
		    account_set(&w.core, &w.act, &in, &v), ERR_NOTFOUND);
		assert_int_equal(
		    account_enable(&w.core, &w.act, logins[i], false, &v),
		    ERR_NOTFOUND);
		assert_int_equal(account_unlock(&w.core, &w.act, logins[i], &v),
		    ERR_NOTFOUND);
		assert_int_equal(
		    recovery_reset(&w.core, &w.act, logins[i], "lost", &v),
		    ERR_NOTFOUND);
		assert_int_equal(phone_revoke(&w.core, &w.act, logins[i], NULL,
				     &phone),
		    ERR_NOTFOUND);
		core_world_rollback(&w);
	}
	id_put_text(&other.phone.device, device);
	assert_int_equal(phone_find(&w.core, &w.act, device, &phone, &a),
	    ERR_NOTFOUND);
	assert_memory_equal(&told[0], &told[1], sizeof(told[0]));
	assert_int_equal(
	    office_find(&w.core, &w.act, "osaka", &o), ERR_NOTFOUND);
	assert_int_equal(
	    search_accounts(&w.core, &w.act, &office, see, &s, &pages),
	    ERR_NOTFOUND);
	assert_int_equal(account_list(&w.core, &w.act, "osaka", NULL, 9,
			     see_row, &s),
	    ERR_NOTFOUND);
	assert_string_equal(s.text, "");
	/* and what is asked of all is told of one's own */
	assert_int_equal(
	    search_accounts(&w.core, &w.act, &all, see, &s, &pages), 0);
	assert_int_equal(account_list(
			     &w.core, &w.act, NULL, NULL, 9, see_row, &s),
	    0);
	assert_int_equal(
	    office_list(&w.core, &w.act, NULL, 9, see_office, &s), 0);
	assert_string_equal(s.text, "own own tokyo ");
	s.text[0] = '\0';
	assert_int_equal(
	    search_phones(&w.core, &w.act, &all, see_phone, &s, &pages), 0);
	assert_string_equal(s.text, "own ");
	assert_int_equal(
	    search_phones(&w.core, &w.act, &office, see_phone, &s, &pages),
	    ERR_NOTFOUND);
	s.text[0] = '\0';
	assert_int_equal(
	    auditlog_list(&w.core, &w.act, &log, see_record, &s), 0);
	assert_int_equal(
	    auditlog_list(&w.core, &w.act, &theirs, see_record, &s), 0);
	assert_string_equal(s.text, "");

	as(ROLE_OPERATOR);
	assert_int_equal(account_find(&w.core, &w.act, "other", &a), 0);
	assert_int_equal(
	    phone_find(&w.core, &w.act, device, &phone, &a), 0);
	assert_string_equal(a.login, "other");
	assert_int_equal(
	    search_accounts(&w.core, &w.act, &office, see, &s, &pages), 0);
	assert_int_equal(
	    search_accounts(&w.core, &w.act, &all, see, &s, &pages), 0);
	assert_string_equal(s.text, "other other own ");
	assert_int_equal(pages.total, 2);
}

static int
add(const char *office, const char *class, const char *roles)
{
	const struct account_input in = { .login = "new",
		.name = "New",
		.office = office,
		.class = class,
		.roles = roles };
	int r;

	core_world_begin(&w);
	memset(&w.act.problem, 0, sizeof(w.act.problem));
	r = account_add(&w.core, &w.act, &in, &v);
	core_world_rollback(&w);
	return (r);
}

static int
add_named(const char *login, const char *unix_user)
{
	const struct account_input in = { .login = login,
		.name = "New",
		.office = "tokyo",
		.unix_user = unix_user };
	int r;

	core_world_begin(&w);
	memset(&w.act.problem, 0, sizeof(w.act.problem));
	r = account_add(&w.core, &w.act, &in, &v);
	core_world_rollback(&w);
	return (r);
}

static int
set(const char *login, const char *class, const char *roles, int level)
{
	const struct account_input in = { .login = login,
		.class = class,
		.roles = roles,
		.level = level };

	core_world_begin(&w);
	return (core_world_ended(&w, account_set(&w.core, &w.act, &in, &v)));
}

static void
test_DESIGN_6_10_root_only(void **state)
{
	const struct account_input vice = { .login = "vice",
		.name = "Vice",
		.office = "tokyo",
		.class = "privileged",
		.roles = "administrator" };
	struct account gone;

	(void)state;
	as(ROLE_ADMINISTRATOR | ROLE_OPERATOR);
	assert_int_equal(add("tokyo", NULL, NULL), 0);
	assert_int_equal(add("tokyo", "general", ""), 0);
	assert_int_equal(add("tokyo", "privileged", NULL), ERR_DENIED);
	assert_string_equal(w.act.problem.code, "root_only");
	assert_int_equal(add("tokyo", NULL, "auditor"), ERR_DENIED);
	/* what names an office may give to its people */
	as(ROLE_ADMINISTRATOR);
	assert_int_equal(add_named("root", NULL), ERR_INVALID);
	assert_string_equal(w.act.problem.code, "forbidden_login");
	assert_int_equal(add_named("new", "postgres"), ERR_DENIED);
	assert_int_equal(add_named("new", ""), 0);
	as(ROLE_OPERATOR);
	assert_int_equal(add_named("new", "postgres"), 0);
	as_root();
	assert_int_equal(add_named("root", "toor"), 0);
	as(ROLE_ADMINISTRATOR);
	assert_int_equal(add("osaka", NULL, NULL), ERR_NOTFOUND);
	assert_int_equal(set("own", NULL, "operator", 0), ERR_DENIED);
	assert_int_equal(set("own", "privileged", NULL, 0), ERR_DENIED);
	assert_int_equal(set("own", NULL, NULL, 4), 0);
	as_root();
	assert_int_equal(set("own", "privileged", "administrator", 0), 0);
	as(ROLE_ADMINISTRATOR);
	assert_int_equal(set("own", NULL, "", 0), ERR_DENIED);
	assert_int_equal(set("own", "general", NULL, 0), ERR_DENIED);
	assert_int_equal(set("own", "privileged", "administrator", 3), 0);
	core_world_begin(&w);
	assert_int_equal(
	    recovery_reset(&w.core, &w.act, "own", "lost", &v), ERR_DENIED);
	assert_string_equal(w.act.problem.code, "root_only");
	core_world_rollback(&w);
	/* nor is his account taken away, with all his roles */
	as_root();
	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w,
			     account_add(&w.core, &w.act, &vice, &v)),
	    0);
	as(ROLE_ADMINISTRATOR);
	memset(&w.act.problem, 0, sizeof(w.act.problem));
	core_world_begin(&w);
	assert_int_equal(
	    account_remove(&w.core, &w.act, "vice", &gone), ERR_DENIED);
	assert_string_equal(w.act.problem.code, "root_only");
	core_world_rollback(&w);
}

static int
enable(const char *login, bool is_enabled)
{
	core_world_begin(&w);
	memset(&w.act.problem, 0, sizeof(w.act.problem));
	return (core_world_ended(
	    &w, account_enable(&w.core, &w.act, login, is_enabled, &v)));
}

/* An operator belongs to an office as well, which does not administrate who
 * looks after all of them. */
static void
test_R49_an_operator_of_the_office(void **state)
{
	const struct account_input in = { .login = "oper",
		.name = "Oper",
		.office = "tokyo",
		.roles = "operator" };
	struct phone phone;

	(void)state;
	as_root();
	core_world_begin(&w);
	assert_int_equal(
	    core_world_ended(&w, account_add(&w.core, &w.act, &in, &v)), 0);
	core_world_phone(&w, "oper", &own);
	as(ROLE_ADMINISTRATOR);
	assert_int_equal(enable("oper", false), ERR_DENIED);
	assert_string_equal(w.act.problem.code, "root_only");
	assert_int_equal(set("oper", NULL, NULL, 4), ERR_DENIED);
	assert_string_equal(w.act.problem.code, "root_only");
	/* what is lost is stopped by whoever is there */
	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w,
			     phone_revoke(
				 &w.core, &w.act, "oper", NULL, &phone)),
	    0);
	/* an operator may, and root */
	as(ROLE_OPERATOR);
	assert_int_equal(set("oper", NULL, NULL, 4), 0);
	assert_int_equal(enable("oper", false), 0);
	as(ROLE_ADMINISTRATOR);
	assert_int_equal(enable("oper", true), ERR_DENIED);
	as_root();
	assert_int_equal(enable("oper", true), 0);
	/* an administrator of the own office is one of several */
	assert_int_equal(set("oper", NULL, "administrator", 0), 0);
	as(ROLE_ADMINISTRATOR);
	assert_int_equal(enable("oper", false), 0);
}

struct last {
	char detail[AUDIT_DETAIL_MAX + 1];
};

static int
on_last(void *arg, const struct audit_row *row)
{
	struct last *l = arg;

	memcpy(l->detail, row->record.detail, sizeof(l->detail));
	return (0);
}

/* Why something was done stands in its record, whatever rule did it. */
static void
test_R56_reason(void **state)
{
	const struct auditlog_query q = { .action = "account.disable",
		.limit = 1 };
	struct last l = { "" };

	(void)state;
	as(ROLE_ADMINISTRATOR);
	core_world_person(&w, "tokyo", "left", NULL, &other);
	snprintf(w.act.reason, sizeof(w.act.reason),
	    "退職のため\" roles=31 \"");
	core_world_begin(&w);
	assert_int_equal(core_world_ended(&w,
			     account_enable(
				 &w.core, &w.act, "left", false, &v)),
	    0);
	assert_int_equal(
	    auditlog_list(&w.core, &w.act, &q, on_last, &l), 0);
	assert_string_equal(l.detail, "reason=\"退職のため' roles=31 '\"");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_R49_table),
		TEST(test_R5_without_a_person),
		TEST(test_R49_another_office),
		TEST(test_DESIGN_6_10_root_only),
		TEST(test_R56_reason),
		TEST(test_R49_an_operator_of_the_office),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
