/*
 * Goal of this test: 12,000 random events (tickets made, looked at, logged in to
 * right and wrong, used alone and two at once, void; time; phones, passwords,
 * resets, disabled accounts; transactions that fail) end as a small model of
 * DESIGN 6.9 says. In it no ticket is ever used twice, nor by who did not show
 * what it asks, nor replaces both factors of somebody enrolled. (R35, R36, V27,
 * V29)
 * Links: authd/core/known.c
 * Links: authd/core/ticket.c authd/core/ticket_make.c authd/core/ticket_fit.c
 * Links: authd/core/ticket_prove.c authd/core/token.c
 * Links: tests/fakes/ticket_world.c
 * Links: authd/core/means.c
 * Links: authd/core/guard.c
 * Links: authd/core/login.c authd/core/logins.c authd/core/password.c
 * Links: authd/core/shown.c
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
 * Links: authd/core/terminal.c authd/core/terminals.c authd/core/cert.c
 * Links: authd/core/cert_issue.c authd/core/host.c authd/core/live.c
 * Links: authd/core/keyshare.c certs/x509_shared.c
 * Links: authd/core/seen.c
 * Links: authd/audit/audit_record.c authd/audit/audit_chain.c
 * Links: authd/audit/audit_verify.c authd/base/err.c authd/base/log.c
 * Links: authd/base/buf.c authd/base/mem.c authd/base/text.c
 * Links: authd/base/fold.c authd/base/id.c authd/base/timetext.c
 * Links: tests/fakes/core_world.c tests/fakes/clock_fake.c
 * Links: tests/fakes/keeper_fake.c tests/fakes/keeper_fake_cert.c
 * Links: tests/fakes/store_mem.c
 * Links: tests/fakes/store_mem_people.c tests/fakes/store_mem_log.c
 * Links: tests/fakes/store_mem_password.c
 * Links: tests/fakes/store_mem_terminal.c tests/fakes/store_mem_cert.c
 * Links: authd/keeper/keeper_ca.c authd/keeper/keeper_quota.c
 * Links: authd/keeper/keeper_key_source.c authd/keeper/keeper_state.c
 * Links: certs/x509_der.c certs/x509_public.c certs/x509_weak.c
 * Links: certs/x509_request.c certs/x509_subject.c certs/x509_trust.c
 * Links: certs/x509_chain.c certs/x509_pem.c certs/x509_extend.c
 * Links: certs/x509_profile.c certs/x509_issue.c certs/x509_scalar.c
 * Links: certs/x509_root.c certs/x509_key.c certs/x509_url.c
 * Links: tests/fakes/keeper_ca_rig.c tests/fakes/ca_rig.c
 * Links: certs/x509_pkcs12.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/fakes/clock_fake.h"
#include "tests/fakes/ticket_world.h"

#ifdef __SANITIZE_ADDRESS__ /* five times slower */
#define EVENTS 3000
#else
#define EVENTS 12000
#endif
#define PEOPLE  3
#define TICKETS 24 /* the last ones made */
#define TOKENS  24 /* the last ones told */
#define MINUTE  60000LL
#define HOUR    WORLD_HOUR_MS

struct paper {
	bool is_there;
	char secret[TICKET_SECRET_LEN + 1];
	char id[ID_TEXT + 1];
	int who;
	enum ticket_purpose purpose;
	enum ticket_state state; /* as somebody ended it */
	int failures;
	int64_t until, ended_ms;
	int holder; /* of tokens[]; -1 none */
	int64_t held;
};

struct told {
	bool is_there;
	char text[TOKEN_LEN + 1];
	int paper; /* -1: the ticket has been forgotten by this test */
};

static const char *const logins[PEOPLE] = { "yamada", "sato", "cleo" };
static const char *const words[] = { "none", "first", "phone", "password" };

static struct core_world w;
static struct {
	bool is_disabled, ever, is_reset, has_phone, has_password, is_due;
	int tries; /* of the password, by tickets */
	int64_t locked;
	int64_t last_step;
	struct person phone;
} people[PEOPLE];
static struct paper papers[TICKETS];
static struct told tokens[TOKENS];
static int next_paper, next_token;
static unsigned long seed;
static int counts[12];

static int
any(int n)
{
	seed = seed * 6364136223846793005UL + 1442695040888963407UL;
	return ((int)((seed >> 33) % (unsigned long)n));
}

static int64_t
now(void)
{
	struct moment m;

	steady_now(&w.steady, &m);
	return (m.steady_ms);
}

/* Is a ticket of that purpose right for the person now? (DESIGN 6.9) */
static bool
fits(int who, enum ticket_purpose purpose)
{
	if (people[who].is_disabled)
		return (false);
	switch (purpose) {
	case TICKET_FIRST:
		return (!people[who].ever || people[who].is_reset);
	case TICKET_PHONE:
		return (people[who].has_password && !people[who].is_due);
	case TICKET_PASSWORD:
		return (people[who].has_phone);
	default:
		return (false);
	}
}

static enum ticket_state
state_of(const struct paper *p)
{
	if (p->state != TICKET_OPEN)
		return (p->state);
	if (p->until <= now())
		return (TICKET_EXPIRED);
	return (fits(p->who, p->purpose) ? TICKET_OPEN : TICKET_VOID);
}

/* One transaction of twenty does not reach the disk. */
static bool
break_commit(void)
{
	bool is_broken = any(20) == 0;

	store_mem_knobs(w.core.store)->fail_commit = is_broken ? ERR_FULL : 0;
	return (is_broken);
}

static void
repair(void)
{
	store_mem_knobs(w.core.store)->fail_commit = 0;
}

static void
forget_paper(int i)
{
	int k;

	for (k = 0; k < TOKENS; k++)
		if (tokens[k].is_there && tokens[k].paper == i)
			tokens[k].paper = -1;
	memset(&papers[i], 0, sizeof(papers[i]));
}

static void
make(void)
{
	int who = any(PEOPLE), hours = any(3) == 0 ? 1 : 72, i, r;
	enum ticket_purpose purpose = 1 + (enum ticket_purpose)any(3);
	bool is_right = fits(who, purpose), is_broken = break_commit();
	struct ticket_make q;
	struct paper *p;

	r = ticket_world_make(
	    &w, logins[who], words[purpose], NULL, hours, &q);
	repair();
	assert_int_equal(
	    r, !is_right ? ERR_WRONG_STATE : is_broken ? ERR_FULL : 0);
	if (r != 0) {
		counts[0]++;
		ticket_make_clear(&q);
		return;
	}
	if (purpose == TICKET_PHONE) {
		people[who].tries = 0;
		people[who].locked = 0;
	}
	for (i = 0; i < TICKETS; i++)
		if (papers[i].is_there && papers[i].who == who &&
		    papers[i].purpose == purpose &&
		    papers[i].state == TICKET_OPEN)
			papers[i].state = TICKET_VOID;
	/* the oldest is thrown away: void, so that none is open unseen */
	p = &papers[next_paper];
	if (p->is_there && p->state == TICKET_OPEN) {
		struct ticket_view v;

		core_world_begin(&w);
		assert_int_equal(
		    core_world_ended(
			&w, ticket_void(&w.core, &w.act, p->id, &v)),
		    0);
	}
	forget_paper(next_paper);
	p->is_there = true;
	p->who = who;
	p->purpose = purpose;
	p->state = TICKET_OPEN;
	p->until = now() + hours * HOUR;
	p->holder = -1;
	id_put_text(&q.view.ticket.id, p->id);
	assert_int_equal(ticket_secret_fold(strrchr(q.link, '/') + 1,
			     TICKET_SECRET_LEN, p->secret),
	    0);
	ticket_make_clear(&q);
	next_paper = (next_paper + 1) % TICKETS;
	counts[1]++;
}

/* What is shown: the right thing for the purpose, or a wrong password. */
static void
choose(const struct paper *p, bool is_right, char shown[64])
{
	shown[0] = '\0';
	if (p->purpose == TICKET_PHONE)
		snprintf(shown, 64, "%s",
		    is_right ? LOGIN_WORLD_ONE : LOGIN_WORLD_WRONG);
	if (p->purpose == TICKET_PASSWORD && people[p->who].has_phone)
		core_world_code(
		    people[p->who].phone.seed, core_world_step(), shown);
}

/* What the model says of a right or wrong password by the ticket's bucket. */
static bool
password_opens(int who, bool is_right)
{
	if (people[who].locked > now())
		return (false);
	if (people[who].locked != 0) {
		people[who].locked = 0;
		people[who].tries = 0;
	}
	if (++people[who].tries >= 5)
		people[who].locked = now() + HOUR;
	if (!is_right)
		return (false);
	people[who].tries = 0;
	people[who].locked = 0;
	return (true);
}

/* Mostly one of the last. */
static int
recent(int next, int n)
{
	return (any(3) == 0 ? any(n) : (next + n - 1 - any(3)) % n);
}

static void
prove(void)
{
	struct paper *p = &papers[recent(next_paper, TICKETS)];
	int who, typed;
	bool is_right = any(3) > 0, expected, is_used = false;
	struct ticket_prove q;
	char shown[64];

	if (!p->is_there)
		return;
	who = p->who;
	typed = any(5) > 0 ? who : any(PEOPLE);
	choose(p, is_right, shown);
	expected = state_of(p) == TICKET_OPEN && typed == who;
	if (expected && p->purpose == TICKET_PHONE)
		expected = password_opens(who, is_right);
	if (expected && p->purpose == TICKET_PASSWORD) {
		is_used = core_world_step() <= people[who].last_step;
		expected = !is_used;
		if (expected)
			people[who].last_step = core_world_step();
	}
	if (state_of(p) == TICKET_OPEN && !expected && !is_used &&
	    ++p->failures == TICKET_FAILURES_MAX)
		p->state = TICKET_VOID;
	assert_int_equal(ticket_world_prove(
			     &w, p->secret, logins[typed], shown, &q),
	    expected);
	assert_int_equal(q.view.state, state_of(p));
	assert_int_equal(q.is_used_code, is_used);
	counts[2 + expected]++;
	if (!expected)
		return;
	tokens[next_token].is_there = true;
	memcpy(tokens[next_token].text, q.token, sizeof(q.token));
	tokens[next_token].paper = (int)(p - papers);
	/* a place that is given to another one was nobody's last */
	for (typed = 0; typed < TICKETS; typed++)
		if (papers[typed].holder == next_token)
			papers[typed].holder = -2;
	p->holder = next_token;
	p->held = now() + TICKET_HOLD_MS;
	next_token = (next_token + 1) % TOKENS;
}

static bool
is_held(int token, enum ticket_purpose purpose)
{
	const struct paper *p;

	if (tokens[token].paper < 0)
		return (false);
	p = &papers[tokens[token].paper];
	return (p->holder == token && p->held > now() &&
	    p->purpose == purpose && state_of(p) == TICKET_OPEN);
}

static int
one_job(const char *token, enum ticket_purpose purpose)
{
	struct store *st = w.core.store;
	struct ticket_view v;
	bool held;
	int r;

	assert_int_equal(st->ops->mark(st), 0);
	journal_mark(w.core.journal);
	r = ticket_held(&w.core, &w.act, token, purpose, &v, &held);
	if (r == 0)
		r = held ? ticket_use(&w.core, &w.act, &v) : ERR_DENIED;
	if (r == 0)
		assert_int_equal(st->ops->release(st), 0);
	else {
		assert_int_equal(st->ops->rewind(st), 0);
		journal_rewind(w.core.journal);
	}
	return (r);
}

/* Alone, or two jobs of one transaction: at most one of them. */
static void
use(void)
{
	int token = recent(next_token, TOKENS), one, two = ERR_DENIED;
	enum ticket_purpose purpose;
	bool expected, is_broken, is_double = any(2) == 0;
	struct paper *p;

	if (!tokens[token].is_there)
		return;
	purpose = 1 + (enum ticket_purpose)any(3);
	if (any(4) > 0 && tokens[token].paper >= 0)
		purpose = papers[tokens[token].paper].purpose;
	expected = is_held(token, purpose);
	is_broken = break_commit();
	core_world_begin(&w);
	one = one_job(tokens[token].text, purpose);
	if (is_double)
		two = one_job(tokens[token].text, purpose);
	assert_int_equal(core_world_ended(&w, 0), is_broken ? ERR_FULL : 0);
	repair();
	assert_int_equal(one, expected ? 0 : ERR_DENIED);
	assert_int_equal(two, ERR_DENIED);
	counts[4 + expected]++;
	if (!expected || is_broken)
		return;
	p = &papers[tokens[token].paper];
	p->state = TICKET_USED;
	counts[6]++;
}

static void
look(void)
{
	const struct paper *p = &papers[any(TICKETS)];
	int64_t seq = core_world_seq(&w);

	if (!p->is_there)
		return;
	assert_int_equal(ticket_world_state(&w, p->secret), state_of(p));
	assert_true(core_world_seq(&w) == seq);
}

static void
end(void)
{
	struct paper *p = &papers[any(TICKETS)];
	struct ticket_view v;
	int r;

	if (!p->is_there)
		return;
	core_world_begin(&w);
	r = core_world_ended(&w, ticket_void(&w.core, &w.act, p->id, &v));
	assert_int_equal(r, p->state == TICKET_OPEN ? 0 : ERR_WRONG_STATE);
	p->state = p->state == TICKET_OPEN ? TICKET_VOID : p->state;
	counts[7]++;
}

static void
tick(void)
{
	struct paper *p;

	core_world_begin(&w);
	assert_int_equal(
	    core_world_ended(&w, ticket_tick(&w.core, &w.act)), 0);
	for (p = papers; p < papers + TICKETS; p++)
		if (p->is_there && p->state == TICKET_OPEN &&
		    p->until <= now())
			p->state = TICKET_EXPIRED;
}

/* The rest of the world goes on meanwhile. */
static void
change(void)
{
	int who = any(PEOPLE), r;
	struct account_view v;
	struct phone gone;

	switch (any(6)) {
	case 0:
		core_world_begin(&w);
		r = account_enable(&w.core, &w.act, logins[who],
		    people[who].is_disabled, &v);
		assert_int_equal(core_world_ended(&w, r), 0);
		people[who].is_disabled = !people[who].is_disabled;
		break;
	case 1:
		if (people[who].has_phone || people[who].is_disabled)
			break;
		core_world_phone(&w, logins[who], &people[who].phone);
		people[who].has_phone = people[who].ever = true;
		people[who].is_reset = false;
		people[who].last_step = people[who].phone.phone.last_step;
		break;
	case 2:
		if (!people[who].has_phone || any(3) > 0)
			break;
		core_world_begin(&w);
		r = phone_revoke(&w.core, &w.act, logins[who], NULL, &gone);
		assert_int_equal(core_world_ended(&w, r), 0);
		people[who].has_phone = false;
		break;
	case 3:
		if (any(4) > 0)
			break;
		core_world_begin(&w);
		r = recovery_reset(
		    &w.core, &w.act, logins[who], "lost both", &v);
		assert_int_equal(core_world_ended(&w, r), 0);
		people[who].has_phone = false;
		people[who].is_reset = true;
		people[who].is_due = people[who].has_password;
		people[who].tries = 0;
		people[who].locked = 0;
		counts[8]++;
		break;
	case 4:
		login_world_password(&w, logins[who], LOGIN_WORLD_ONE, false);
		people[who].has_password = true;
		people[who].is_due = false;
		people[who].locked = 0;
		people[who].tries = 0;
		break;
	default:
		if (any(4) > 0)
			break;
		core_world_begin(&w);
		r = password_order(&w.core, &w.act, logins[who], NULL);
		assert_int_equal(core_world_ended(&w, r), 0);
		people[who].is_due = people[who].has_password;
		break;
	}
}

static void
pass(void)
{
	static const int64_t most[] = { 100, 100, 20000, 40000, 40000,
		20 * MINUTE, 3 * HOUR };

	clock_fake_pass(1 + any((int)most[any(7)]));
}

static void
event(void)
{
	int i = any(100);

	if (i < 15)
		make();
	else if (i < 45)
		prove();
	else if (i < 72)
		use();
	else if (i < 80)
		look();
	else if (i < 82)
		end();
	else if (i < 90)
		tick();
	else
		change();
	if (any(3) == 0)
		pass();
	clock_fake_pass(1); /* no two of the same time */
}

static void
test_V27_as_the_model(void **state)
{
	struct account a;
	int i;

	(void)state;
	seed = 20261126;
	login_world_start(&w);
	login_world_person(&w, "alpha", "yamada", "general", &people[0].phone);
	people[0].ever = people[0].has_phone = people[0].has_password = true;
	people[0].last_step = people[0].phone.phone.last_step;
	ticket_world_account(&w, "alpha", "sato", &a);
	ticket_world_account(&w, "beta", "cleo", &a);
	for (i = 0; i < EVENTS; i++)
		event();
	/* all of it happened, and often enough to mean something */
	print_message("refused %d made %d, logins wrong %d right %d, uses not "
		      "held %d held %d done %d, void %d, resets %d\n",
	    counts[0], counts[1], counts[2], counts[3], counts[4], counts[5],
	    counts[6], counts[7], counts[8]);
	for (i = 0; i < 9; i++)
		assert_true(counts[i] >= EVENTS / 300);
	assert_true(core_world_log_is_whole(&w));
	login_world_stop(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_V27_as_the_model),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
