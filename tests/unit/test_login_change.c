/*
 * Goal of this test: a password that another person chose, or that an order is
 * newer than, opens a login only to be changed; a bad new one is answered with
 * all reasons and may be tried again; and it is all over real hashes.
 * Links: authd/core/known.c
 * Links: authd/core/means.c
 * Links: authd/core/guard.c
 * Links: authd/core/login.c authd/core/logins.c authd/core/password.c
 * Links: authd/core/shown.c tests/fakes/terminal_fake.c
 * Links: authd/core/password_policy.c authd/core/password_shape.c
 * Links: authd/core/password_personal.c authd/core/password_strength.c
 * Links: authd/core/password_text.c authd/core/kana.c
 * Links: authd/core/passhash.c authd/core/passhash_format.c
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
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <openssl/evp.h>

#include "authd/base/clock.h"
#include "authd/core/breach.h"
#include "tests/fakes/clock_fake.h"
#include "tests/fakes/login_world.h"

#define OLD LOGIN_WORLD_ONE
#define NEW LOGIN_WORLD_TWO

static struct core_world w;
static struct person yamada;

static int
setup(void **state)
{
	(void)state;
	login_world_start(&w);
	login_world_person(&w, "tokyo", "yamada", NULL, &yamada);
	return (0);
}

static int
teardown(void **state)
{
	(void)state;
	assert_true(core_world_log_is_whole(&w));
	login_world_stop(&w);
	return (0);
}

static void
assert_last(const char *action, const char *result, const char *reason)
{
	struct audit_record rec;

	core_world_last(&w, &rec);
	assert_string_equal(rec.action, action);
	assert_string_equal(rec.result, result);
	assert_string_equal(rec.reason, reason);
	assert_string_equal(rec.account, "yamada");
}

/* What a login with that password and the code of now ends with. */
static enum login_result
both(const char *password)
{
	struct login l = login_world_try(&w, "yamada", password);
	char code[CODE_DIGITS + 1], token[LOGINS_TOKEN_LEN + 1];

	if (l.result != LOGIN_CONTINUE)
		return (l.result);
	clock_fake_pass(WORLD_STEP_MS); /* a code not used yet */
	core_world_code(yamada.seed, core_world_step(), code);
	memcpy(token, l.next_token, sizeof(token));
	login_world_code(&l, token, code);
	return (login_world_step(&w, &l));
}

static void
change_token(char token[LOGINS_TOKEN_LEN + 1])
{
	clock_fake_pass(WORLD_STEP_MS);
	login_world_token(&w, &yamada, OLD, LOGINS_NEW_PASSWORD, token);
}

static struct login
change(const char *token, const char *text)
{
	struct login l;

	login_world_change(&l, token, text);
	(void)login_world_step(&w, &l);
	return (l);
}

static void
test_R15_chosen_by_another_person(void **state)
{
	char token[LOGINS_TOKEN_LEN + 1];
	struct login l;

	(void)state;
	login_world_password(&w, "yamada", OLD, true);
	/* not changed: the next login asks again */
	assert_int_equal(both(OLD), LOGIN_CHANGE_PASSWORD);
	assert_int_equal(both(OLD), LOGIN_CHANGE_PASSWORD);
	change_token(token);
	l = change(token, NEW);
	assert_int_equal(l.result, LOGIN_ACCEPT);
	assert_string_equal(l.next_token, "");
	assert_last("login.change", "accept", "");
	assert_int_equal(both(NEW), LOGIN_ACCEPT);
	assert_int_equal(both(OLD), LOGIN_REFUSE);
	/* the token is used up */
	l = change(token, LOGIN_WORLD_THREE);
	assert_int_equal(l.result, LOGIN_REFUSE);
	assert_int_equal(both(NEW), LOGIN_ACCEPT);
}

static void
test_R15_ordered(void **state)
{
	static const struct {
		const char *login, *office;
		enum login_result result;
	} rows[] = { { "yamada", NULL, LOGIN_CHANGE_PASSWORD },
		{ NULL, "tokyo", LOGIN_CHANGE_PASSWORD },
		{ NULL, NULL, LOGIN_CHANGE_PASSWORD },
		{ NULL, "osaka", LOGIN_ACCEPT },
		{ "tanaka", NULL, LOGIN_ACCEPT } };
	struct person tanaka;
	struct login l;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		(void)teardown(NULL);
		(void)setup(NULL);
		login_world_person(&w, "osaka", "tanaka", NULL, &tanaka);
		clock_fake_pass(1);
		assert_int_equal(both(OLD), LOGIN_ACCEPT);
		/* also when it comes while the login is under way */
		l = login_world_try(&w, "yamada", OLD);
		core_world_begin(&w);
		assert_int_equal(core_world_ended(&w,
				     password_order(&w.core, &w.act,
					 rows[i].login, rows[i].office)),
		    0);
		clock_fake_pass(WORLD_STEP_MS);
		{
			char token[LOGINS_TOKEN_LEN + 1], code[CODE_DIGITS + 1];

			memcpy(token, l.next_token, sizeof(token));
			core_world_code(yamada.seed, core_world_step(), code);
			login_world_code(&l, token, code);
			assert_int_equal(
			    login_world_step(&w, &l), rows[i].result);
			if (l.result == LOGIN_CHANGE_PASSWORD) {
				memcpy(token, l.next_token, sizeof(token));
				l = change(token, NEW);
				assert_int_equal(l.result, LOGIN_ACCEPT);
				assert_int_equal(both(NEW), LOGIN_ACCEPT);
			}
		}
	}
}

static void
test_all_reasons_and_a_new_token(void **state)
{
	static const struct {
		const char *text;
		uint32_t reasons;
	} rows[] = { { "yamada1",
			 PASSWORD_TOO_SHORT | PASSWORD_NO_UPPER |
			     PASSWORD_NO_SYMBOL | PASSWORD_PERSONAL |
			     PASSWORD_WEAK },
		{ OLD, PASSWORD_REUSED },
		{ "Ｋｘ７＃ｖＲｑ２！ｍＷｚ", PASSWORD_REUSED } };
	char token[LOGINS_TOKEN_LEN + 1], before[LOGINS_TOKEN_LEN + 1];
	struct login l;
	size_t i;

	(void)state;
	login_world_password(&w, "yamada", OLD, true);
	change_token(token);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		memcpy(before, token, sizeof(before));
		l = change(token, rows[i].text);
		assert_int_equal(l.result, LOGIN_CHANGE_PASSWORD);
		assert_int_equal(l.reasons, PASSWORD_JUDGED | rows[i].reasons);
		assert_last("login.change", "refuse", "policy");
		memcpy(token, l.next_token, sizeof(token));
		assert_int_equal(strlen(token), LOGINS_TOKEN_LEN);
		assert_string_not_equal(token, before);
		/* the old one opens nothing, nothing was stored */
		assert_int_equal(change(before, NEW).result, LOGIN_REFUSE);
		assert_int_equal(both(NEW), LOGIN_REFUSE);
	}
	/* none, or one too long for its place */
	l = change(token, "");
	assert_int_equal(l.result, LOGIN_CHANGE_PASSWORD);
	assert_true((l.reasons & PASSWORD_TOO_SHORT) != 0);
	memcpy(token, l.next_token, sizeof(token));
	l = change(token, NEW);
	assert_int_equal(l.result, LOGIN_ACCEPT);
	assert_int_equal(both(NEW), LOGIN_ACCEPT);
}

static void
test_R14_longest_and_a_byte_more(void **state)
{
	char token[LOGINS_TOKEN_LEN + 1], text[1026];
	struct login l;

	(void)state;
	login_world_password(&w, "yamada", OLD, true);
	change_token(token);
	memset(text, 'x', sizeof(text));
	for (size_t i = 0; i < 1024; i++)
		text[i] = "Kx7#vRq2!mWz-Tj4"[i * 7 % 16];
	text[1025] = '\0';
	l = change(token, text);
	assert_int_equal(l.result, LOGIN_CHANGE_PASSWORD);
	memcpy(token, l.next_token, sizeof(token));
	text[1024] = '\0';
	l = change(token, text);
	assert_int_equal(l.result, LOGIN_ACCEPT);
	assert_int_equal(both(text), LOGIN_ACCEPT);
	text[1023] ^= 1;
	assert_int_equal(both(text), LOGIN_REFUSE);
}

static void
test_R14_control_character_is_no_text(void **state)
{
	char token[LOGINS_TOKEN_LEN + 1];
	struct login l;
	bool wants;

	(void)state;
	login_world_password(&w, "yamada", OLD, true);
	change_token(token);
	login_world_change(&l, token, "uT4%gNs8\n?bLe");
	assert_int_equal(login_world_run(&w, &l, &wants), 0);
	assert_true(wants);
	assert_int_equal(login_world_hash(&w, &l), ERR_INVALID);
	assert_int_equal(l.result, LOGIN_REFUSE);
	assert_int_equal(both(OLD), LOGIN_CHANGE_PASSWORD);
}

static void
test_R48_changed_meanwhile(void **state)
{
	char one[LOGINS_TOKEN_LEN + 1], two[LOGINS_TOKEN_LEN + 1];
	struct login l;
	bool wants;

	(void)state;
	login_world_password(&w, "yamada", OLD, true);
	change_token(one);
	change_token(two);
	/* two at once: one of them is the first */
	login_world_change(&l, one, LOGIN_WORLD_THREE);
	assert_int_equal(login_world_run(&w, &l, &wants), 0);
	assert_int_equal(login_world_hash(&w, &l), 0);
	assert_int_equal(change(two, NEW).result, LOGIN_ACCEPT);
	assert_int_equal(login_world_settle(&w, &l), 0);
	assert_int_equal(l.result, LOGIN_REFUSE);
	assert_last("login.change", "refuse", "changed_meanwhile");
	assert_int_equal(both(LOGIN_WORLD_THREE), LOGIN_REFUSE);
	assert_int_equal(both(NEW), LOGIN_ACCEPT);
}

static void
test_V9_keeper_down_changes_nothing(void **state)
{
	char token[LOGINS_TOKEN_LEN + 1];
	struct login l;
	bool wants;

	(void)state;
	login_world_password(&w, "yamada", OLD, true);
	change_token(token);
	login_world_change(&l, token, NEW);
	assert_int_equal(login_world_run(&w, &l, &wants), 0);
	keeper_fake_knobs(w.core.keeper)->fail_mac = ERR_KEEPER;
	assert_int_equal(login_world_hash(&w, &l), ERR_KEEPER);
	keeper_fake_knobs(w.core.keeper)->fail_mac = 0;
	/* judged by nobody: nothing is stored even when it is settled */
	assert_int_equal(login_world_settle(&w, &l), 0);
	assert_int_equal(l.result, LOGIN_CHANGE_PASSWORD);
	assert_int_equal(both(NEW), LOGIN_REFUSE);
	assert_int_equal(both(OLD), LOGIN_CHANGE_PASSWORD);
}

/* The change step has a token of its own. */
static void
test_V29_steps_in_order(void **state)
{
	char token[LOGINS_TOKEN_LEN + 1], code[CODE_DIGITS + 1];
	struct login l;

	(void)state;
	login_world_password(&w, "yamada", OLD, true);
	l = login_world_try(&w, "yamada", OLD);
	memcpy(token, l.next_token, sizeof(token));
	assert_int_equal(change(token, NEW).result, LOGIN_REFUSE);
	change_token(token);
	clock_fake_pass(WORLD_STEP_MS);
	core_world_code(yamada.seed, core_world_step(), code);
	login_world_code(&l, token, code);
	assert_int_equal(login_world_step(&w, &l), LOGIN_REFUSE);
	assert_int_equal(change(token, NEW).result, LOGIN_REFUSE);
	change_token(token);
	snprintf(w.act.actor, sizeof(w.act.actor), "unix:33");
	assert_int_equal(change(token, NEW).result, LOGIN_REFUSE);
	snprintf(w.act.actor, sizeof(w.act.actor), "unix:0");
	change_token(token);
	clock_fake_pass(LOGINS_LIFE_MS);
	assert_int_equal(change(token, NEW).result, LOGIN_REFUSE);
	assert_int_equal(change("", NEW).result, LOGIN_REFUSE);
	assert_int_equal(both(NEW), LOGIN_REFUSE);
}

/* A file of breached passwords with this one in it, newer than all of them. */
static struct breach *
breach_with(const char *text)
{
	struct timespec when[2] = { { .tv_sec = clock_wall_ms() / 1000 + 60 } };
	uint8_t hash[20];
	char line[48];
	struct breach *b = NULL;
	size_t i, n = 0;
	int fd;

	assert_int_equal(
	    EVP_Digest(text, strlen(text), hash, NULL, EVP_sha1(), NULL), 1);
	for (i = 0; i < sizeof(hash); i++)
		n += (size_t)snprintf(
		    line + n, sizeof(line) - n, "%02X", hash[i]);
	n += (size_t)snprintf(line + n, sizeof(line) - n, ":7\n");
	fd = memfd_create("breach", MFD_CLOEXEC);
	assert_true(fd != -1 && write(fd, line, n) == (ssize_t)n);
	when[1] = when[0];
	assert_int_equal(futimens(fd, when), 0);
	assert_int_equal(breach_new(fd, &b), 0);
	return (b);
}

/* The record before the newest one. */
static void
assert_before_last(const char *action)
{
	struct audit_row row;

	assert_int_equal(w.core.store->ops->audit_get(w.core.store, 1,
			     core_world_seq(&w) - 1, &row),
	    0);
	assert_string_equal(row.record.action, action);
}

/* Known to others by now: the right password leads to a new one, not in. */
static void
test_breached_at_login(void **state)
{
	char token[LOGINS_TOKEN_LEN + 1];
	struct breach *b = breach_with(OLD);
	int64_t seq = core_world_seq(&w);
	struct login l;

	(void)state;
	assert_int_equal(both(OLD), LOGIN_ACCEPT);
	w.core.breach = b;
	seq = core_world_seq(&w);
	assert_int_equal(both(LOGIN_WORLD_WRONG), LOGIN_REFUSE);
	assert_int_equal(core_world_seq(&w), seq + 1);
	l = login_world_try(&w, "yamada", OLD);
	assert_int_equal(l.result, LOGIN_CONTINUE);
	assert_before_last("password.breached");
	/* until it is changed */
	assert_int_equal(both(OLD), LOGIN_CHANGE_PASSWORD);
	assert_int_equal(both(OLD), LOGIN_CHANGE_PASSWORD);
	change_token(token);
	l = change(token, OLD);
	assert_int_equal(l.result, LOGIN_CHANGE_PASSWORD);
	assert_true((l.reasons & PASSWORD_BREACHED) != 0);
	memcpy(token, l.next_token, sizeof(token));
	assert_int_equal(change(token, NEW).result, LOGIN_ACCEPT);
	assert_int_equal(both(NEW), LOGIN_ACCEPT);
	w.core.breach = NULL;
	breach_free(b);
}

int
main(void)
{
#define T(t) cmocka_unit_test_setup_teardown(t, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_R15_chosen_by_another_person),
		T(test_R15_ordered),
		T(test_breached_at_login),
		T(test_all_reasons_and_a_new_token),
		T(test_R14_longest_and_a_byte_more),
		T(test_R14_control_character_is_no_text),
		T(test_R48_changed_meanwhile),
		T(test_V9_keeper_down_changes_nothing),
		T(test_V29_steps_in_order),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
