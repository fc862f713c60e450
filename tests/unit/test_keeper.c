/*
 * Goal of this test: every call of keeper_client.h against the real keeper's
 * loop, and what becomes of the calls when the keeper is hung, late or gone.
 * Links: authd/keeper/keeper_crl.c authd/keeper/keeper_ocsp.c
 * Links: certs/x509_crl.c certs/x509_ocsp_sign.c
 * Links: certs/x509_key.c
 * Links: authd/keeper/keeper_client.c authd/keeper/keeper_msg.c
 * Links: authd/keeper/keeper_loop.c authd/keeper/keeper_seed.c authd/keeper/keeper_mac.c
 * Links: authd/keeper/keeper_rate.c authd/keeper/keeper_audit.c
 * Links: authd/keeper/keeper_state.c
 * Links: authd/keeper/keeper_cert_answer.c authd/keeper/keeper_cert_msg.c
 * Links: authd/keeper/keeper_ca.c authd/keeper/keeper_quota.c
 * Links: authd/keeper/keeper_key_source.c authd/base/id.c
 * Links: certs/x509_der.c certs/x509_public.c certs/x509_weak.c
 * Links: certs/x509_request.c certs/x509_subject.c certs/x509_trust.c
 * Links: certs/x509_chain.c certs/x509_extend.c certs/x509_profile.c
 * Links: certs/x509_url.c
 * Links: certs/x509_issue.c certs/x509_scalar.c
 * Links: authd/audit/audit_chain.c authd/audit/audit_record.c
 * Links: authd/base/buf.c authd/base/text.c authd/base/mem.c
 * Links: authd/base/log.c authd/base/err.c authd/base/timetext.c
 * Links: tests/fakes/clock_fake.c tests/fakes/keeper_rig.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <liboath/oath.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "authd/base/log.h"
#include "authd/keeper/keeper_client.h"
#include "authd/keeper/keeper_msg.h"
#include "tests/fakes/clock_fake.h"
#include "tests/fakes/keeper_rig.h"

#define T0     1795305600000LL
#define STEP   (T0 / 30000)
#define MINUTE 60000LL

static const struct keeper_owner owner = { { { 1 } }, { { 2 } }, { { 3 } } };
static struct keeper_rig rig;
static struct keeper *k;

static int
begin(void **state)
{
	(void)state;
	log_open("test", LOG_LEVEL_ERROR);
	clock_fake_set(T0, 3600000);
	assert_int_equal(keeper_rig_open(&rig, -1), 0);
	assert_int_equal(keeper_rig_run(&rig), 0);
	return (keeper_client_new(rig.front_fd, 5000, &k));
}

static int
end(void **state)
{
	(void)state;
	keeper_client_free(k);
	keeper_rig_join(&rig);
	close(rig.state_fd);
	keeper_rig_close(&rig);
	assert_int_equal(rig.result, 0);
	return (0);
}

static void
code_of(const uint8_t seed[SEED_LEN], int64_t step, char out[CODE_DIGITS + 1])
{
	assert_int_equal(
	    oath_hotp_generate((const char *)seed, SEED_LEN, (uint64_t)step,
		CODE_DIGITS, false, OATH_HOTP_DYNAMIC_TRUNCATION, out),
	    OATH_OK);
}

/* A confirmed phone with its seed. */
static void
enrol(struct keeper_check *c, uint8_t seed[SEED_LEN])
{
	struct keeper_sealed confirmed;
	struct keeper_seed s;

	memset(c, 0, sizeof(*c));
	assert_int_equal(keeper_client_seed_new(k, &owner, &s), 0);
	memcpy(seed, s.seed, SEED_LEN);
	c->owner = owner;
	c->sealed = s.sealed;
	c->window = 1;
	code_of(seed, STEP, c->code);
	assert_int_equal(keeper_client_seed_confirm(k, c, &confirmed), 0);
	assert_int_equal(c->verdict, KEEPER_MATCH);
	assert_int_equal(c->step, STEP);
	c->sealed = confirmed;
}

static void
test_hello(void **state)
{
	struct keeper_hello h;

	(void)state;
	assert_int_equal(keeper_client_hello(k, &h), 0);
	assert_int_equal(h.confirmed.node, 1);
	assert_int_equal(h.confirmed.seq, 0);
	assert_int_equal(h.gap.seq, 0);
	assert_int_equal(h.wall_ms, T0);
	assert_int_equal(h.high_water_ms, 0);
	assert_false(h.has_secret_memory);
	assert_memory_equal(h.audit_pub, rig.audit.pub, AUDIT_PUB_LEN);
	assert_int_equal(h.seed_key_id, keeper_seed_key_id(rig.box));
}

static void
test_enrolment(void **state)
{
	struct keeper_seed s, again, none = { 0 };
	struct keeper_sealed confirmed;
	struct keeper_check c = { .owner = owner, .window = 1 };
	struct keeper_owner other = owner;

	(void)state;
	assert_int_equal(keeper_client_seed_new(k, &owner, &s), 0);
	assert_int_equal(s.expires_ms, T0 + 15 * MINUTE);
	assert_int_equal(keeper_client_seed_new(k, &owner, &again), 0);
	assert_memory_not_equal(s.seed, again.seed, SEED_LEN);
	/* drawn again, for its owner, until its end */
	assert_int_equal(
	    keeper_client_seed_draw(k, &owner, &s.sealed, &again), 0);
	assert_memory_equal(s.seed, again.seed, SEED_LEN);
	assert_int_equal(again.expires_ms, s.expires_ms);
	other.device.b[15] = 1;
	assert_int_equal(keeper_client_seed_draw(k, &other, &s.sealed, &again),
	    ERR_WRONG_STATE);
	assert_memory_equal(&again, &none, sizeof(none));
	/* a wrong code leaves it pending */
	c.sealed = s.sealed;
	code_of(s.seed, STEP + 5, c.code);
	assert_int_equal(keeper_client_seed_confirm(k, &c, &confirmed), 0);
	assert_int_equal(c.verdict, KEEPER_NO_MATCH);
	assert_int_equal(confirmed.len, 0);
	/* not by CHECK: it is not confirmed */
	code_of(s.seed, STEP, c.code);
	assert_int_equal(keeper_client_check(k, &c, 1), 0);
	assert_int_equal(c.verdict, KEEPER_BAD_SEAL);
	assert_int_equal(keeper_client_seed_confirm(k, &c, &confirmed), 0);
	assert_int_equal(c.verdict, KEEPER_MATCH);
	assert_int_equal(c.step, STEP);
	/* R51: what is confirmed is never shown again */
	assert_int_equal(keeper_client_seed_draw(k, &owner, &confirmed, &again),
	    ERR_WRONG_STATE);
	c.sealed = confirmed;
	assert_int_equal(keeper_client_check(k, &c, 1), 0);
	assert_int_equal(c.verdict, KEEPER_MATCH);
	/* the other one has ended meanwhile */
	clock_fake_pass(15 * MINUTE);
	assert_int_equal(keeper_client_seed_draw(k, &owner, &s.sealed, &again),
	    ERR_WRONG_STATE);
	c.sealed = s.sealed;
	assert_int_equal(keeper_client_seed_confirm(k, &c, &confirmed), 0);
	assert_int_equal(c.verdict, KEEPER_EXPIRED);
	assert_int_equal(confirmed.len, 0);
}

static void
test_batch_of_checks(void **state)
{
	static struct keeper_check c[KEEPER_CHECKS_MAX + 1];
	uint8_t seed[SEED_LEN];
	struct keeper_check one;
	size_t i;

	(void)state;
	enrol(&one, seed);
	for (i = 0; i < KEEPER_CHECKS_MAX; i++) {
		c[i] = one;
		c[i].verdict = KEEPER_MATCH;
		/* 200 of this phone, a row moved to another, a decoy */
		if (i >= 200 && i % 2 == 0)
			c[i].owner.account.b[0] = 9;
		else if (i >= 200)
			c[i].sealed.len = 0;
		else
			code_of(seed, STEP - 2 + (int64_t)i % 5, c[i].code);
	}
	assert_int_equal(keeper_client_check(k, c, KEEPER_CHECKS_MAX), 0);
	for (i = 0; i < KEEPER_CHECKS_MAX; i++) {
		if (i >= 200) {
			/* moved rows are of the same device: 1 and 200 used,
			 * 99 left of its 300 */
			if (i % 2 == 1)
				assert_int_equal(c[i].verdict, KEEPER_NO_MATCH);
			else
				assert_int_equal(c[i].verdict,
				    i < 398 ? KEEPER_BAD_SEAL
					    : KEEPER_TOO_MANY);
			assert_int_equal(c[i].step, 0);
		} else if (i % 5 == 0 || i % 5 == 4)
			assert_int_equal(c[i].verdict, KEEPER_NO_MATCH);
		else {
			assert_int_equal(c[i].verdict, KEEPER_MATCH);
			assert_int_equal(c[i].step, STEP - 2 + (int64_t)i % 5);
		}
	}
	assert_int_equal(
	    keeper_client_check(k, c, KEEPER_CHECKS_MAX + 1), ERR_PROTO);
	assert_int_equal(c[1].verdict, KEEPER_NO_MATCH);
	assert_int_equal(keeper_client_check(k, c, 0), 0);
}

static void
test_301_checks_a_minute(void **state)
{
	struct keeper_check c;
	uint8_t seed[SEED_LEN];
	int32_t offset;
	int i;

	(void)state;
	enrol(&c, seed); /* the first of the 300 */
	for (i = 1; i < KEEPER_RATE_MAX; i++) {
		assert_int_equal(keeper_client_check(k, &c, 1), 0);
		assert_int_equal(c.verdict, KEEPER_MATCH);
	}
	assert_int_equal(keeper_client_check(k, &c, 1), 0);
	assert_int_equal(c.verdict, KEEPER_TOO_MANY);
	assert_int_equal(c.step, 0);
	assert_int_equal(keeper_client_resync(k, &c, "000000", &offset), 0);
	assert_int_equal(c.verdict, KEEPER_TOO_MANY);
	/* setting the wall clock does not help, time does */
	clock_fake_step(3600000);
	code_of(seed, STEP + 120, c.code);
	assert_int_equal(keeper_client_check(k, &c, 1), 0);
	assert_int_equal(c.verdict, KEEPER_TOO_MANY);
	clock_fake_pass(70000);
	code_of(seed, STEP + 122, c.code);
	assert_int_equal(keeper_client_check(k, &c, 1), 0);
	assert_int_equal(c.verdict, KEEPER_MATCH);
}

static void
test_resync(void **state)
{
	char next[CODE_DIGITS + 1];
	uint8_t seed[SEED_LEN];
	struct keeper_check c;
	int32_t offset;

	(void)state;
	enrol(&c, seed);
	code_of(seed, STEP - 20, c.code);
	code_of(seed, STEP - 19, next);
	assert_int_equal(keeper_client_check(k, &c, 1), 0);
	assert_int_equal(c.verdict, KEEPER_NO_MATCH);
	assert_int_equal(keeper_client_resync(k, &c, next, &offset), 0);
	assert_int_equal(c.verdict, KEEPER_MATCH);
	assert_int_equal(c.step, STEP - 19);
	assert_int_equal(offset, -19);
	/* with that offset the phone's codes are right */
	c.offset = offset;
	code_of(seed, STEP - 18, c.code);
	assert_int_equal(keeper_client_check(k, &c, 1), 0);
	assert_int_equal(c.verdict, KEEPER_MATCH);
	assert_int_equal(c.step, STEP - 18);
	code_of(seed, STEP - 21, c.code);
	code_of(seed, STEP - 20, next);
	assert_int_equal(keeper_client_resync(k, &c, next, &offset), 0);
	assert_int_equal(c.verdict, KEEPER_NO_MATCH);
	assert_int_equal(offset, 0);
}

static struct audit_record *
records(size_t n, int64_t first)
{
	struct audit_record *r = calloc(n, sizeof(*r));
	size_t i;

	assert_non_null(r);
	for (i = 0; i < n; i++) {
		r[i].node = 1;
		r[i].seq = first + (int64_t)i;
		snprintf(r[i].action, sizeof(r[i].action), "verify");
		memset(r[i].detail, 'x', AUDIT_DETAIL_MAX);
	}
	return (r);
}

static void
test_audit_in_parts(void **state)
{
	/* 800 records of 567 bytes: four packets */
	struct audit_record *r = records(800, 1), *more = records(1, 801);
	struct audit_head head = { .node = 1 }, by_hand = head, after;
	struct keeper_hello h;
	uint8_t seal[AUDIT_SEAL_LEN];
	size_t i;

	(void)state;
	for (i = 0; i < 800; i++)
		assert_int_equal(audit_chain_next(&by_hand, &r[i]), 0);
	assert_int_equal(
	    keeper_client_audit_seal(k, &head, r, 800, &after, seal), 0);
	assert_true(audit_chain_equal(&after, &by_hand));
	assert_true(audit_chain_seal_ok(rig.audit.pub, &after, seal));
	assert_int_equal(keeper_client_hello(k, &h), 0);
	assert_int_equal(h.confirmed.seq, 0);
	assert_int_equal(keeper_client_audit_confirm(k, &head), 0);
	assert_int_equal(keeper_client_audit_confirm(k, &after), 0);
	assert_int_equal(keeper_client_hello(k, &h), 0);
	assert_true(audit_chain_equal(&h.confirmed, &after));
	assert_int_equal(
	    keeper_client_audit_confirm(k, &head), ERR_WRONG_STATE);
	/* not again from the beginning; not out of order in the middle */
	assert_int_equal(
	    keeper_client_audit_seal(k, &head, r, 800, &after, seal),
	    ERR_WRONG_STATE);
	assert_int_equal(after.seq, 0);
	/* head and after may be one */
	after = by_hand;
	assert_int_equal(
	    keeper_client_audit_seal(k, &after, more, 1, &after, seal), 0);
	assert_int_equal(after.seq, 801);
	assert_int_equal(
	    keeper_client_audit_seal(k, &after, r, 0, &after, seal), ERR_PROTO);
	free(r);
	free(more);
}

static void
test_audit_bad_records(void **state)
{
	struct audit_record *r = records(400, 1);
	struct audit_head head = { .node = 1 }, after;
	uint8_t seal[AUDIT_SEAL_LEN];

	(void)state;
	r[399].seq = 7;
	assert_int_equal(
	    keeper_client_audit_seal(k, &head, r, 400, &after, seal),
	    ERR_WRONG_STATE);
	r[399].seq = 400;
	snprintf(r[399].detail, sizeof(r[399].detail), "a\nb");
	assert_int_equal(
	    keeper_client_audit_seal(k, &head, r, 400, &after, seal),
	    ERR_PROTO);
	/* Whatever was begun and left does not disturb the next. */
	assert_int_equal(
	    keeper_client_audit_seal(k, &head, r, 399, &after, seal), 0);
	free(r);
}

static void
test_follow_after_a_restart(void **state)
{
	struct audit_record *r = records(500, 1);
	struct audit_head head = { .node = 1 }, one, two, three;
	uint8_t seal[2][AUDIT_SEAL_LEN], wrong[AUDIT_SEAL_LEN];
	struct keeper_hello h;
	int fd;

	(void)state;
	assert_int_equal(
	    keeper_client_audit_seal(k, &head, r, 1, &one, seal[0]), 0);
	assert_int_equal(
	    keeper_client_audit_seal(k, &one, r + 1, 499, &two, seal[1]), 0);
	/* The second is durable in the log, but the keeper was not told. */
	keeper_client_free(k);
	keeper_rig_join(&rig);
	assert_int_equal(rig.result, 0);
	fd = rig.state_fd;
	keeper_rig_close(&rig);
	assert_int_equal(keeper_rig_open(&rig, fd), 0);
	assert_int_equal(keeper_rig_run(&rig), 0);
	assert_int_equal(keeper_client_new(rig.front_fd, 5000, &k), 0);
	assert_int_equal(keeper_client_hello(k, &h), 0);
	assert_true(audit_chain_equal(&h.confirmed, &one));
	memcpy(wrong, seal[1], sizeof(wrong));
	wrong[3] ^= 1;
	assert_int_equal(keeper_client_audit_follow(k, &one, r + 1, 499, wrong),
	    ERR_WRONG_STATE);
	assert_int_equal(keeper_client_audit_follow(k, &head, r, 1, seal[0]),
	    ERR_WRONG_STATE);
	assert_int_equal(
	    keeper_client_audit_follow(k, &one, r + 1, 499, seal[1]), 0);
	assert_int_equal(keeper_client_hello(k, &h), 0);
	assert_true(audit_chain_equal(&h.confirmed, &two));
	three = two;
	r[0].seq = 501;
	assert_int_equal(
	    keeper_client_audit_seal(k, &three, r, 1, &three, seal[0]), 0);
	free(r);
}

static void
test_high_water_is_kept(void **state)
{
	struct keeper_state_data data;
	struct keeper_hello h;

	(void)state;
	/* A fresh state believes its clock after ten minutes. */
	clock_fake_pass(1);
	assert_int_equal(keeper_client_hello(k, &h), 0);
	assert_int_equal(h.high_water_ms, 0);
	clock_fake_pass(11 * MINUTE);
	/* The clock is looked at after a request: the second one sees it. */
	assert_int_equal(keeper_client_hello(k, &h), 0);
	assert_int_equal(keeper_client_hello(k, &h), 0);
	assert_int_equal(h.high_water_ms, T0 + 11 * MINUTE + 1);
	/* Set back: kept. */
	clock_fake_step(-60 * MINUTE);
	assert_int_equal(keeper_client_hello(k, &h), 0);
	assert_int_equal(keeper_client_hello(k, &h), 0);
	assert_int_equal(h.high_water_ms, T0 + 11 * MINUTE + 1);
	assert_int_equal(h.wall_ms, T0 - 49 * MINUTE + 1);
	assert_int_equal(keeper_state_read(rig.state_fd, &data), 0);
}

/* No keeper here: a socket whose other end does as the test says. */
static struct keeper *
alone(int timeout_ms, int *other)
{
	struct keeper *lone;
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds), 0);
	assert_int_equal(keeper_client_new(fds[0], timeout_ms, &lone), 0);
	assert_int_equal(keeper_client_fd(lone), fds[0]);
	*other = fds[1];
	return (lone);
}

static void
put_hello(int fd, uint32_t number, int64_t wall_ms)
{
	struct keeper_hello h = { .wall_ms = wall_ms };
	uint8_t at[256];
	struct buf b;

	buf_init(&b, at, sizeof(at));
	keeper_msg_put_header(&b, KEEPER_MSG_HELLO + 1, number);
	keeper_msg_put_hello(&b, &h);
	assert_int_equal(send(fd, at, b.len, 0), b.len);
}

static void
test_hung_keeper_and_late_answers(void **state)
{
	struct keeper_check c = { .verdict = KEEPER_MATCH, .step = 5 };
	struct keeper_hello h;
	struct keeper *lone;
	int other;

	(void)state;
	lone = alone(20, &other);
	assert_int_equal(keeper_client_check(lone, &c, 1), ERR_TIMEOUT);
	assert_int_equal(c.verdict, KEEPER_NO_MATCH);
	assert_int_equal(c.step, 0);
	assert_int_equal(keeper_client_hello(lone, &h), ERR_TIMEOUT);
	/* Late ones of calls 1 and 2, then the one of call 3. */
	put_hello(other, 1, 111);
	put_hello(other, 2, 222);
	put_hello(other, 3, 333);
	assert_int_equal(keeper_client_hello(lone, &h), 0);
	assert_int_equal(h.wall_ms, 333);
	/* Only a late one: still no answer. */
	put_hello(other, 3, 444);
	assert_int_equal(keeper_client_hello(lone, &h), ERR_TIMEOUT);
	assert_int_equal(h.wall_ms, 0);
	keeper_client_free(lone);
	close(other);
}

static void
test_full_socket_times_out(void **state)
{
	static struct keeper_check c[KEEPER_CHECKS_MAX];
	struct keeper *lone;
	int other, i;

	(void)state;
	lone = alone(1, &other);
	/* 40 packets of 30 KB are far more than a socket takes. */
	for (i = 0; i < 40; i++)
		assert_int_equal(
		    keeper_client_check(lone, c, KEEPER_CHECKS_MAX),
		    ERR_TIMEOUT);
	keeper_client_free(lone);
	close(other);
}

static void
test_keeper_gone(void **state)
{
	struct keeper_check c = { .verdict = KEEPER_MATCH };
	struct keeper_hello h;
	struct keeper_seed s;
	struct keeper *lone;
	int other;

	(void)state;
	lone = alone(5000, &other);
	close(other);
	assert_int_equal(keeper_client_hello(lone, &h), ERR_KEEPER);
	assert_int_equal(keeper_client_check(lone, &c, 1), ERR_KEEPER);
	assert_int_equal(c.verdict, KEEPER_NO_MATCH);
	assert_int_equal(keeper_client_seed_new(lone, &owner, &s), ERR_KEEPER);
	keeper_client_free(lone);
	keeper_client_free(NULL);
}

static void
test_answers_of_another_kind(void **state)
{
	struct keeper_check c = { .verdict = KEEPER_MATCH };
	struct keeper_hello h;
	struct keeper *lone;
	int other;

	(void)state;
	lone = alone(5000, &other);
	put_hello(other, 1, 0);
	assert_int_equal(keeper_client_check(lone, &c, 1), ERR_PROTO);
	/* No memory there, a number that is none, a header cut off. */
	assert_int_equal(send(other, "\0\1\0\0\0\2\0\0\0\1", 10, 0), 10);
	assert_int_equal(keeper_client_hello(lone, &h), ERR_KEEPER);
	assert_int_equal(send(other, "\0\1\0\0\0\3\0\0\0\x63", 10, 0), 10);
	assert_int_equal(keeper_client_hello(lone, &h), ERR_PROTO);
	assert_int_equal(send(other, "\0\1\0\0", 4, 0), 4);
	assert_int_equal(keeper_client_hello(lone, &h), ERR_PROTO);
	/* An answer for fewer checks than were asked. */
	assert_int_equal(send(other, "\0\x0b\0\0\0\5\0\0", 8, 0), 8);
	assert_int_equal(keeper_client_check(lone, &c, 1), ERR_PROTO);
	assert_int_equal(c.verdict, KEEPER_NO_MATCH);
	keeper_client_free(lone);
	close(other);
}

static void
test_too_long_a_packet(void **state)
{
	static uint8_t big[KEEPER_PACKET_MAX + 1];
	uint8_t in[64];

	(void)state;
	big[1] = KEEPER_MSG_HELLO;
	assert_int_equal(
	    send(keeper_client_fd(k), big, sizeof(big), 0), sizeof(big));
	assert_int_equal(recv(keeper_client_fd(k), in, sizeof(in), 0), 10);
	assert_memory_equal(in, "\0\1\0\0\0\0\0\0\0\7", 10);
}

static void *
ask_often(void *arg)
{
	struct keeper_check c = *(struct keeper_check *)arg;
	struct keeper_hello h;
	int i;

	for (i = 0; i < 200; i++) {
		c.verdict = KEEPER_NO_MATCH;
		if (keeper_client_check(k, &c, 1) != 0 ||
		    c.verdict != KEEPER_MATCH ||
		    keeper_client_hello(k, &h) != 0 || h.wall_ms != T0)
			return (arg);
	}
	return (NULL);
}

static void
test_V19_threads_get_their_own(void **state)
{
	struct keeper_check c[4];
	uint8_t seed[SEED_LEN];
	pthread_t t[4];
	void *bad;
	int i;

	(void)state;
	for (i = 0; i < 4; i++) {
		struct keeper_owner o = owner;

		enrol(&c[i], seed);
		o.device.b[5] = (uint8_t)i;
		c[i].owner = o;
		assert_int_equal(
		    keeper_seed_seal(rig.box, &o, KEEPER_SEED_CONFIRMED, 0,
			seed, &c[i].sealed),
		    0);
	}
	for (i = 0; i < 4; i++)
		assert_int_equal(
		    pthread_create(&t[i], NULL, ask_often, &c[i]), 0);
	for (i = 0; i < 4; i++) {
		pthread_join(t[i], &bad);
		assert_null(bad);
	}
}

/* The pepper is asked over the socket like everything else. */
static void
test_mac(void **state)
{
	static const uint8_t key[KEEPER_MAC_KEY_LEN] = { 4 };
	uint8_t got[KEEPER_MAC_LEN], want[KEEPER_MAC_LEN];
	struct keeper_mac_in in = { .purpose = KEEPER_MAC_RECOVERY,
		.office = { { 1 } },
		.account = { { 2 } } };

	(void)state;
	in.len = sizeof(in.at);
	memset(in.at, 'x', in.len);
	assert_int_equal(keeper_client_mac(k, &in, got), 0);
	assert_int_equal(keeper_mac_run(key, &in, want), 0);
	assert_memory_equal(got, want, sizeof(want));
	in.len = 0;
	assert_int_equal(keeper_client_mac(k, &in, got), ERR_PROTO);
	in.len = 1;
	in.purpose = KEEPER_MAC_NONE;
	assert_int_equal(keeper_client_mac(k, &in, got), ERR_PROTO);
}

/* The clock set back: nothing is compared, for nobody, until it is confirmed. */
static void
test_V2_clock_set_back(void **state)
{
	struct keeper_check c, decoy, r;
	struct keeper_sealed confirmed;
	struct keeper_clock set;
	struct keeper_hello h;
	struct keeper_seed s;
	uint8_t seed[SEED_LEN];
	char next[CODE_DIGITS + 1];
	int32_t offset;

	(void)state;
	assert_int_equal(keeper_client_seed_new(k, &owner, &s), 0);
	enrol(&c, seed);
	memset(&decoy, 0, sizeof(decoy));
	/* the first hello lets the loop take in the time before it */
	assert_int_equal(keeper_client_clock_confirm(k, &set), 0);
	assert_int_equal(set.wall_ms, T0);
	/* 5 s back is nothing, 1 ms more is */
	clock_fake_step(-5000);
	code_of(seed, STEP, c.code);
	assert_int_equal(keeper_client_check(k, &c, 1), 0);
	assert_int_equal(c.verdict, KEEPER_MATCH);
	clock_fake_step(-1);
	assert_int_equal(keeper_client_check(k, &c, 1), 0);
	assert_int_equal(c.verdict, KEEPER_CLOCK);
	assert_int_equal(c.step, 0);
	assert_int_equal(keeper_client_check(k, &decoy, 1), 0);
	assert_int_equal(decoy.verdict, KEEPER_CLOCK);
	r = c;
	code_of(seed, STEP - 2, r.code);
	code_of(seed, STEP - 1, next);
	assert_int_equal(keeper_client_resync(k, &r, next, &offset), 0);
	assert_int_equal(r.verdict, KEEPER_CLOCK);
	assert_int_equal(offset, 0);
	r = (struct keeper_check){ .owner = owner, .window = 1 };
	r.sealed = s.sealed;
	code_of(s.seed, STEP - 1, r.code);
	assert_int_equal(keeper_client_seed_confirm(k, &r, &confirmed), 0);
	assert_int_equal(r.verdict, KEEPER_CLOCK);
	assert_int_equal(confirmed.len, 0);
	/* somebody vouches for it, and it is in the file */
	assert_int_equal(keeper_client_clock_confirm(k, &set), 0);
	assert_int_equal(set.wall_ms, T0 - 5001);
	assert_int_equal(set.high_water_ms, T0);
	assert_int_equal(keeper_client_hello(k, &h), 0);
	assert_int_equal(h.high_water_ms, T0 - 5001);
	{
		struct keeper_state_data data;

		assert_int_equal(keeper_state_read(rig.state_fd, &data), 0);
		assert_int_equal(data.high_water_ms, T0 - 5001);
	}
	assert_int_equal(keeper_client_check(k, &c, 1), 0);
	assert_int_equal(c.verdict, KEEPER_MATCH);
	assert_int_equal(keeper_client_check(k, &decoy, 1), 0);
	assert_int_equal(decoy.verdict, KEEPER_NO_MATCH);
	/* also while a step forward is held: from then on, back is back */
	clock_fake_step(60 * MINUTE);
	assert_int_equal(keeper_client_clock_confirm(k, &set), 0);
	assert_int_equal(set.high_water_ms, T0 - 5001);
	clock_fake_step(-5001);
	assert_int_equal(keeper_client_check(k, &c, 1), 0);
	assert_int_equal(c.verdict, KEEPER_CLOCK);
}

/* A seed of a time that the clock was set back from does not stay pending. */
static void
test_V2_pending_of_the_future(void **state)
{
	struct keeper_sealed confirmed;
	struct keeper_seed s, again;
	struct keeper_check c = { .owner = owner, .window = 1 };
	struct keeper_clock set;

	(void)state;
	clock_fake_step(3000 * MINUTE);
	assert_int_equal(keeper_client_seed_new(k, &owner, &s), 0);
	/* 5 s back is nothing here either */
	clock_fake_step(-5000);
	assert_int_equal(
	    keeper_client_seed_draw(k, &owner, &s.sealed, &again), 0);
	clock_fake_step(-1);
	assert_int_equal(keeper_client_clock_confirm(k, &set), 0);
	assert_int_equal(keeper_client_seed_draw(k, &owner, &s.sealed, &again),
	    ERR_WRONG_STATE);
	c.sealed = s.sealed;
	code_of(s.seed, STEP + 6000 - 1, c.code);
	assert_int_equal(keeper_client_seed_confirm(k, &c, &confirmed), 0);
	assert_int_equal(c.verdict, KEEPER_EXPIRED);
	assert_int_equal(confirmed.len, 0);
}

int
main(void)
{
#define WITH_KEEPER(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		WITH_KEEPER(test_hello),
		WITH_KEEPER(test_enrolment),
		WITH_KEEPER(test_batch_of_checks),
		WITH_KEEPER(test_301_checks_a_minute),
		WITH_KEEPER(test_resync),
		WITH_KEEPER(test_audit_in_parts),
		WITH_KEEPER(test_audit_bad_records),
		WITH_KEEPER(test_follow_after_a_restart),
		WITH_KEEPER(test_high_water_is_kept),
		WITH_KEEPER(test_V2_clock_set_back),
		WITH_KEEPER(test_V2_pending_of_the_future),
		WITH_KEEPER(test_too_long_a_packet),
		WITH_KEEPER(test_V19_threads_get_their_own),
		WITH_KEEPER(test_mac),
		cmocka_unit_test(test_hung_keeper_and_late_answers),
		cmocka_unit_test(test_full_socket_times_out),
		cmocka_unit_test(test_keeper_gone),
		cmocka_unit_test(test_answers_of_another_kind),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
