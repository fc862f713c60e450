/*
 * Goal of this test: whatever the reason, a refusal costs the same: as many
 * questions of the store, rows written, words with the keeper and records, for
 * codes, recovery codes, passwords and the code after a password; and it counts
 * the same for the source it came from, or one could count them there.
 * Links: authd/core/known.c
 * Links: authd/core/means.c
 * Links: authd/core/guard.c
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
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "authd/core/recovery.h"
#include "tests/fakes/clock_fake.h"
#include "tests/fakes/login_world.h"

#define RIGHT LOGIN_WORLD_ONE
#define WRONG LOGIN_WORLD_WRONG
#define SSHD  "local:sshd"
#define EVIL  "192.0.2.1"
#define PAPER "0123-4567-89ab-cdef" /* nobody's recovery code */

static struct core_world w;
static struct person yamada;
static char token[LOGINS_TOKEN_LEN + 1]; /* of a right password */

static int
setup(void **state)
{
	(void)state;
	login_world_start(&w);
	w.core.generation = 1; /* as in every transaction of the engine */
	login_world_person(&w, "tokyo", "yamada", NULL, &yamada);
	memcpy(w.act.source, EVIL, sizeof(EVIL));
	return (0);
}

static int
teardown(void **state)
{
	(void)state;
	login_world_stop(&w);
	return (0);
}

#define CHANGE(call)                                                           \
	do {                                                                   \
		core_world_begin(&w);                                          \
		assert_int_equal(core_world_ended(&w, (call)), 0);             \
	} while (0)

static void
do_nothing(void)
{
}

static void
do_disable(void)
{
	struct account_view view;

	CHANGE(account_enable(&w.core, &w.act, "yamada", false, &view));
}

static void
do_office(void)
{
	struct office office;

	CHANGE(office_enable(&w.core, &w.act, "tokyo", false, &office));
}

static void
do_revoke(void)
{
	struct phone phone;

	CHANGE(phone_revoke(&w.core, &w.act, "yamada", NULL, &phone));
}

static void
lock(enum counter_kind kind, const char *bucket)
{
	struct counter row = { .office = yamada.account.office,
		.account = yamada.account.id,
		.kind = kind,
		.failures = 5,
		.in_row = 5 };

	snprintf(row.bucket, sizeof(row.bucket), "%s", bucket);
	core_world_begin(&w);
	row.locked_until_steady = w.act.now.steady_ms + WORLD_HOUR_MS;
	assert_int_equal(w.core.store->ops->counter_put(w.core.store, &row), 0);
	assert_int_equal(core_world_ended(&w, 0), 0);
}

static void
do_lock(void)
{
	lock(COUNTER_CODE, "c:" SSHD);
	lock(COUNTER_PASSWORD, "");
}

static void
do_codes(void)
{
	struct recovery_codes codes;

	CHANGE(recovery_renew(&w.core, &w.act, "yamada", &codes));
}

static void
do_codes_alone(void)
{
	do_codes();
	do_revoke();
}

/* The source is refused by now. */
static void
do_block(void)
{
	struct source_held dropped;
	char login[16];
	int i;

	for (i = 0; i < SOURCE_FAILURES_MAX; i++) {
		snprintf(login, sizeof(login), "guess%d", i % 10);
		assert_int_equal(source_failed(w.core.sources, SSHD, EVIL,
				     login, &w.act.now, &dropped),
		    0);
	}
}

static void
do_clock(void)
{
	keeper_fake_knobs(w.core.keeper)->verdict = KEEPER_CLOCK;
}

/* What one refusal costs. */
struct cost {
	int reads, changes;
	unsigned checks, macs;
	int64_t records;
	int failures; /* of its source */
};

static int
source_failures(void)
{
	struct source_view *list;
	int failures;
	size_t n;

	assert_int_equal(source_list(w.core.sources, &w.act.now, &list, &n), 0);
	failures = n == 0 ? 0 : list[0].failures;
	free(list);
	return (failures);
}

static void
measure(struct cost *c)
{
	const struct store_mem_knobs *s = store_mem_knobs(w.core.store);
	const struct keeper_fake_knobs *k = keeper_fake_knobs(w.core.keeper);

	c->failures = source_failures();
	c->records = core_world_seq(&w);
	c->reads = s->reads;
	c->changes = s->changes;
	c->checks = k->checks;
	c->macs = k->macs;
}

/* Between two measures; what measuring asked itself is the same each time. */
static void
subtract(struct cost *c, const struct cost *before)
{
	c->failures -= before->failures;
	c->records -= before->records;
	c->reads -= before->reads;
	c->changes -= before->changes;
	c->checks -= before->checks;
	c->macs -= before->macs;
}

static void
assert_same(const struct cost *a, const struct cost *b, const char *what)
{
	if (a->reads == b->reads && a->changes == b->changes &&
	    a->checks == b->checks && a->macs == b->macs &&
	    a->records == b->records && a->failures == b->failures)
		return;
	print_error("%s: reads %d %d, changes %d %d, checks %u %u, macs %u "
		    "%u, records %d %d, failures %d %d\n",
	    what, a->reads, b->reads, a->changes, b->changes, a->checks,
	    b->checks, a->macs, b->macs, (int)a->records, (int)b->records,
	    a->failures, b->failures);
	fail();
}

struct kind {
	void (*happen)(void);
	const char *login, *typed, *reason;
};

static void
assert_reason(const struct kind *k)
{
	struct audit_record rec;

	core_world_last(&w, &rec);
	assert_string_equal(rec.result, "refuse");
	assert_string_equal(rec.reason, k->reason);
}

static void
verify_once(const struct kind *k)
{
	struct verify v;

	core_world_ask(&v, k->login, k->typed, SSHD);
	if (v.code[0] == '\0')
		(void)!recovery_fold(k->typed, v.recovery);
	assert_int_equal(core_world_batch(&w, &v, 1), 0);
	assert_int_equal(v.verdict, VERDICT_REFUSE);
}

static void
login_once(const struct kind *k)
{
	struct login l = login_world_try(&w, k->login, k->typed);

	assert_int_equal(l.result, LOGIN_REFUSE);
}

static void
code_once(const struct kind *k)
{
	struct login l;

	login_world_code(&l, token, k->typed);
	if (l.code[0] == '\0')
		(void)!recovery_fold(k->typed, l.recovery);
	assert_int_equal(login_world_step(&w, &l), LOGIN_REFUSE);
}

static void
run_kinds(const struct kind *kinds, size_t n, void (*once)(const struct kind *))
{
	struct cost first, before, cost;
	size_t i;

	memset(&first, 0, sizeof(first));
	for (i = 0; i < n; i++) {
		(void)teardown(NULL);
		(void)setup(NULL);
		if (once == code_once)
			login_world_token(
			    &w, &yamada, RIGHT, LOGINS_CODE, token);
		kinds[i].happen();
		if (strcmp(kinds[i].reason, "wrong_code_again") == 0)
			once(&kinds[i]);
		measure(&before);
		once(&kinds[i]);
		measure(&cost);
		assert_reason(&kinds[i]);
		subtract(&cost, &before);
		if (i == 0)
			first = cost;
		assert_same(&cost, &first, kinds[i].reason);
	}
}

#define RUN(kinds, once)                                                       \
	run_kinds(kinds, sizeof(kinds) / sizeof(kinds[0]), once)

static void
test_F12_codes(void **state)
{
	static const struct kind kinds[] = {
		{ do_nothing, "yamada", "000000", "wrong_code" },
		{ do_nothing, "yamada", "000000", "wrong_code_again" },
		{ do_nothing, "yamada", "12345", "bad_code" },
		{ do_nothing, "nobody", "000000", "unknown_login" },
		{ do_nothing, "", "000000", "unknown_login" },
		{ do_disable, "yamada", "000000", "disabled" },
		{ do_office, "yamada", "000000", "office_disabled" },
		{ do_revoke, "yamada", "000000", "not_enrolled" },
		{ do_lock, "yamada", "000000", "locked" },
	};

	(void)state;
	RUN(kinds, verify_once);
}

static void
test_F12_R34_recovery_codes(void **state)
{
	static const struct kind kinds[] = {
		{ do_codes, "yamada", PAPER, "wrong_recovery_code" },
		{ do_nothing, "yamada", PAPER, "wrong_recovery_code" },
		{ do_codes, "yamada", PAPER, "wrong_code_again" },
		{ do_codes_alone, "yamada", PAPER, "wrong_recovery_code" },
		{ do_codes, "nobody", PAPER, "unknown_login" },
		{ do_disable, "yamada", PAPER, "disabled" },
		{ do_office, "yamada", PAPER, "office_disabled" },
		{ do_lock, "yamada", PAPER, "locked" },
	};

	(void)state;
	RUN(kinds, verify_once);
}

static void
test_F12_passwords(void **state)
{
	static const struct kind kinds[] = {
		{ do_nothing, "yamada", WRONG, "wrong_password" },
		{ do_nothing, "nobody", WRONG, "unknown_login" },
		{ do_nothing, "", WRONG, "unknown_login" },
		{ do_disable, "yamada", RIGHT, "disabled" },
		{ do_disable, "yamada", WRONG, "wrong_password" },
		{ do_office, "yamada", RIGHT, "office_disabled" },
		{ do_revoke, "yamada", RIGHT, "not_enrolled" },
		{ do_lock, "yamada", RIGHT, "locked" },
		{ do_lock, "yamada", WRONG, "locked" },
	};

	(void)state;
	RUN(kinds, login_once);
}

/* Who knows the password learns no more from the second step. */
static void
test_F12_V15_code_after_the_password(void **state)
{
	static const struct kind codes[] = {
		{ do_nothing, "yamada", "000000", "wrong_code" },
		{ do_lock, "yamada", "000000", "locked" },
		{ do_disable, "yamada", "000000", "disabled" },
		{ do_office, "yamada", "000000", "office_disabled" },
		{ do_revoke, "yamada", "000000", "not_enrolled" },
	};
	static const struct kind papers[] = {
		{ do_nothing, "yamada", PAPER, "wrong_recovery_code" },
		{ do_lock, "yamada", PAPER, "locked" },
		{ do_disable, "yamada", PAPER, "disabled" },
	};

	(void)state;
	RUN(codes, code_once);
	RUN(papers, code_once);
}

/* From a source that is refused. */
static void
test_F12_blocked(void **state)
{
	static const struct kind codes[] = {
		{ do_block, "yamada", "000000", "source_blocked" },
		{ do_block, "nobody", "000000", "source_blocked" },
		{ do_block, "", "000000", "source_blocked" },
	};
	static const struct kind papers[] = {
		{ do_block, "yamada", PAPER, "source_blocked" },
		{ do_block, "nobody", PAPER, "source_blocked" },
	};
	static const struct kind passwords[] = {
		{ do_block, "yamada", WRONG, "source_blocked" },
		{ do_block, "yamada", RIGHT, "source_blocked" },
		{ do_block, "nobody", WRONG, "source_blocked" },
	};

	(void)state;
	RUN(codes, verify_once);
	RUN(papers, verify_once);
	RUN(passwords, login_once);
}

/* While the clock is wrong no code is a guess, of nobody's either. */
static void
test_F12_clock_is_behind(void **state)
{
	static const struct kind kinds[] = {
		{ do_clock, "yamada", "000000", "clock_behind" },
		{ do_clock, "nobody", "000000", "unknown_login" },
	};

	(void)state;
	RUN(kinds, verify_once);
	assert_int_equal(source_failures(), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(t) cmocka_unit_test_setup_teardown(t, setup, teardown)
		T(test_F12_codes),
		T(test_F12_R34_recovery_codes),
		T(test_F12_passwords),
		T(test_F12_V15_code_after_the_password),
		T(test_F12_blocked),
		T(test_F12_clock_is_behind),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
