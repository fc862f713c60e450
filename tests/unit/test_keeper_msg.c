/*
 * Goal of this test: messages of the keeper's protocol are read back as they
 * were written; one that is cut off, too long, out of its rules or mutated at
 * random is an error on either side, and never does more than one whole
 * request of its type could.
 * Links: authd/keeper/keeper_crl.c authd/keeper/keeper_ocsp.c
 * Links: certs/x509_crl.c certs/x509_ocsp_sign.c
 * Links: certs/x509_key.c
 * Links: authd/keeper/keeper_msg.c authd/keeper/keeper_loop.c authd/keeper/keeper_mac.c
 * Links: authd/keeper/keeper_seed.c authd/keeper/keeper_rate.c
 * Links: authd/keeper/keeper_audit.c authd/keeper/keeper_state.c
 * Links: authd/keeper/keeper_client.c
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
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "authd/base/clock.h"
#include "authd/base/log.h"
#include "authd/keeper/keeper_client.h"
#include "authd/keeper/keeper_msg.h"
#include "tests/fakes/keeper_rig.h"

#define MAX 8192

struct sample {
	uint16_t type;
	size_t len;
	uint8_t at[MAX];
};

static struct sample samples[16];
static int n_samples;
static struct keeper_rig rig;

static struct buf *
begin(struct buf *b, uint16_t type)
{
	struct sample *s = &samples[n_samples];

	s->type = type;
	buf_init(b, s->at, MAX);
	keeper_msg_put_header(b, type, 0x01020304);
	return (b);
}

static void
end(struct buf *b)
{
	assert_false(b->is_broken);
	samples[n_samples++].len = b->len;
}

/* One good request of each type. */
static int
setup(void **state)
{
	struct keeper_owner o = { { { 1 } }, { { 2 } }, { { 3 } } };
	struct keeper_msg_part part = { .before = { .node = 1 } };
	struct audit_record rec = { .node = 1, .seq = 1 };
	struct keeper_check c = { .owner = o, .code = "123456", .window = 1 };
	uint8_t seed[SEED_LEN] = { 5 }, seal[AUDIT_SEAL_LEN] = { 0 };
	struct keeper_sealed pending;
	uint16_t t;
	struct buf b;
	int i;

	(void)state;
	assert_int_equal(keeper_rig_open(&rig, -1), 0);
	assert_int_equal(
	    keeper_seed_seal(rig.box, &o, KEEPER_SEED_PENDING,
		clock_wall_ms() + PENDING_MS, seed, &pending),
	    0);
	assert_int_equal(keeper_seed_seal(rig.box, &o, KEEPER_SEED_CONFIRMED, 0,
			     seed, &c.sealed),
	    0);
	end(begin(&b, KEEPER_MSG_HELLO));
	keeper_msg_put_owner(begin(&b, KEEPER_MSG_SEED_NEW), &o);
	end(&b);
	keeper_msg_put_owner(begin(&b, KEEPER_MSG_SEED_DRAW), &o);
	keeper_msg_put_sealed(&b, &pending);
	end(&b);
	begin(&b, KEEPER_MSG_CHECK);
	buf_put_u16(&b, 3);
	for (i = 0; i < 3; i++)
		keeper_msg_put_check(&b, &c);
	end(&b);
	keeper_msg_put_check(begin(&b, KEEPER_MSG_RESYNC), &c);
	keeper_msg_put_code(&b, "654321");
	end(&b);
	c.sealed = pending;
	keeper_msg_put_check(begin(&b, KEEPER_MSG_SEED_CONFIRM), &c);
	end(&b);
	snprintf(rec.action, sizeof(rec.action), "verify");
	for (t = KEEPER_MSG_AUDIT_PART; t <= KEEPER_MSG_AUDIT_FOLLOW; t += 2) {
		if (t == KEEPER_MSG_AUDIT_CONFIRM)
			continue;
		part.records = 2;
		keeper_msg_put_part(begin(&b, t), &part);
		rec.seq = 1;
		audit_record_put(&b, &rec);
		rec.seq = 2;
		audit_record_put(&b, &rec);
		if (t == KEEPER_MSG_AUDIT_FOLLOW)
			buf_put_raw(&b, seal, sizeof(seal));
		end(&b);
	}
	keeper_msg_put_head(begin(&b, KEEPER_MSG_AUDIT_CONFIRM), &part.before);
	end(&b);
	return (0);
}

static int
teardown(void **state)
{
	(void)state;
	close(rig.front_fd);
	close(rig.state_fd);
	keeper_rig_close(&rig);
	return (0);
}

/* Send bytes into the loop; the type of its answer, and its error. */
static uint16_t
answer(const uint8_t *p, size_t n, int *error)
{
	struct keeper_msg_header h;
	struct buf_reader r;
	size_t len;

	memcpy(rig.loop->in, p, n);
	len = keeper_loop_answer(rig.loop, n);
	assert_true(len >= KEEPER_MSG_HEADER && len <= KEEPER_PACKET_MAX);
	buf_reader_init(&r, rig.loop->out, len);
	keeper_msg_get_header(&r, &h);
	*error = 0;
	if (h.type == KEEPER_MSG_ERROR)
		*error = keeper_msg_get_error(&r);
	return (h.type);
}

static void
test_every_request_is_answered(void **state)
{
	struct keeper_msg_header h;
	struct buf_reader r;
	int i, e;

	(void)state;
	for (i = 0; i < n_samples; i++) {
		uint16_t got = answer(samples[i].at, samples[i].len, &e);

		/* The seal of FOLLOW is none: a proper no. */
		if (samples[i].type == KEEPER_MSG_AUDIT_FOLLOW)
			assert_int_equal(e, ERR_WRONG_STATE);
		else
			assert_int_equal(got, samples[i].type + 1);
		buf_reader_init(&r, rig.loop->out, KEEPER_MSG_HEADER);
		keeper_msg_get_header(&r, &h);
		assert_int_equal(h.number, 0x01020304);
		assert_string_not_equal(keeper_msg_name(got), "unknown");
	}
	assert_int_equal(n_samples, 10);
	assert_string_equal(keeper_msg_name(12), "resync");
	assert_string_equal(keeper_msg_name(999), "unknown");
}

static void
test_cut_off_and_trailing(void **state)
{
	uint8_t longer[MAX + 1];
	size_t cut;
	int i, e;

	(void)state;
	log_open("test", LOG_LEVEL_ERROR);
	for (i = 0; i < n_samples; i++) {
		for (cut = 0; cut < samples[i].len; cut++) {
			assert_int_equal(
			    answer(samples[i].at, cut, &e), KEEPER_MSG_ERROR);
			assert_int_equal(e, ERR_PROTO);
		}
		memcpy(longer, samples[i].at, samples[i].len);
		longer[samples[i].len] = 0;
		(void)answer(longer, samples[i].len + 1, &e);
		assert_int_equal(e, ERR_PROTO);
	}
}

static void
test_unknown_types(void **state)
{
	uint8_t p[KEEPER_MSG_HEADER] = { 0 };
	unsigned t;
	int e;

	(void)state;
	for (t = 0; t <= 0xffff; t++) {
		p[0] = (uint8_t)(t >> 8);
		p[1] = (uint8_t)t;
		if (t == KEEPER_MSG_HELLO || t == KEEPER_MSG_CLOCK_CONFIRM ||
		    (t >= KEEPER_MSG_CA_INFO && t <= KEEPER_MSG_OCSP &&
			t % 2 == 0))
			continue;
		assert_int_equal(answer(p, sizeof(p), &e), KEEPER_MSG_ERROR);
		assert_int_equal(e, ERR_PROTO);
	}
}

static void
test_fields_out_of_rules(void **state)
{
	struct keeper_check c = { .code = "123456" };
	uint8_t at[512];
	struct buf_reader r;
	struct buf b;
	int e;

	(void)state;
#define REFUSED(change)                                                        \
	do {                                                                   \
		struct keeper_check was = c;                                   \
		change;                                                        \
		buf_init(&b, at, sizeof(at));                                  \
		keeper_msg_put_header(&b, KEEPER_MSG_CHECK, 1);                \
		buf_put_u16(&b, 1);                                            \
		keeper_msg_put_check(&b, &c);                                  \
		assert_int_equal(answer(at, b.len, &e), KEEPER_MSG_ERROR);     \
		assert_int_equal(e, ERR_PROTO);                                \
		c = was;                                                       \
	} while (0)
	REFUSED(c.window = 2);
	REFUSED(c.window = 255);
	REFUSED(c.offset = 21);
	REFUSED(c.offset = -21);
	REFUSED(c.offset = INT32_MIN);
	/* no check at all, and too many */
	memcpy(at, "\0\x0a\0\0\0\1\0\0", 8);
	assert_int_equal(answer(at, 8, &e), KEEPER_MSG_ERROR);
	memcpy(at, "\0\x0a\0\0\0\1\2\1", 8);
	assert_int_equal(answer(at, 8, &e), KEEPER_MSG_ERROR);
	/* what cannot be said is not written */
	buf_init(&b, at, sizeof(at));
	memset(c.code, '1', sizeof(c.code));
	keeper_msg_put_check(&b, &c);
	assert_true(b.is_broken);
	/* verdicts from a keeper gone mad */
	memcpy(at, "\6\0\0\0\0\0\0\0\0", 9);
	buf_reader_init(&r, at, 9);
	keeper_msg_get_verdict(&r, &c);
	assert_int_equal(buf_end(&r), ERR_PROTO);
	assert_int_equal(c.verdict, KEEPER_NO_MATCH);
	memcpy(at, "\0\0\0\0\0\0\0\0\7", 9);
	buf_reader_init(&r, at, 9);
	keeper_msg_get_verdict(&r, &c);
	assert_int_equal(buf_end(&r), ERR_PROTO);
	assert_int_equal(c.step, 0);
	memcpy(at, "\1\0\0\0\0\0\0\0\7", 9);
	buf_reader_init(&r, at, 9);
	keeper_msg_get_verdict(&r, &c);
	assert_int_equal(buf_end(&r), 0);
	assert_int_equal(c.verdict, KEEPER_MATCH);
	assert_int_equal(c.step, 7);
	/* error numbers that are none */
	buf_reader_init(&r, "\0\0\0\0", 4);
	assert_int_equal(keeper_msg_get_error(&r), ERR_PROTO);
	buf_reader_init(&r, "\0\0\0\x12", 4);
	assert_int_equal(keeper_msg_get_error(&r), ERR_PROTO);
	buf_reader_init(&r, "\0\0\0\x0d", 4);
	assert_int_equal(keeper_msg_get_error(&r), ERR_WRONG_STATE);
}

static void
mutate(uint8_t *p, size_t *n)
{
	size_t i, changes = 1 + (size_t)rand() % 4;

	for (i = 0; i < changes; i++)
		switch (rand() % 4) {
		case 0:
			p[(size_t)rand() % *n] ^= (uint8_t)(1 << rand() % 8);
			break;
		case 1:
			p[(size_t)rand() % *n] = (uint8_t)rand();
			break;
		case 2:
			*n = 1 + (size_t)rand() % *n;
			break;
		default:
			if (*n < MAX)
				p[(*n)++] = (uint8_t)rand();
		}
}

static void
test_F21_requests_mutated(void **state)
{
	const struct audit_head empty = { .node = 1 };
	uint8_t p[MAX];
	size_t n;
	int i, e, errors = 0;

	(void)state;
	log_open("test", LOG_LEVEL_ERROR);
	srand(7);
	for (i = 0; i < 100000; i++) {
		const struct sample *s = &samples[i % n_samples];

		memcpy(p, s->at, s->len);
		n = s->len;
		mutate(p, &n);
		if (answer(p, n, &e) == KEEPER_MSG_ERROR)
			errors++;
	}
	/* Some are requests still; the log's head has not moved by them. */
	assert_in_range(errors, 30000, 99999);
	assert_true(audit_chain_equal(&rig.audit.confirmed, &empty));
}

/* A keeper gone mad: whatever it answers, the client ends with an error. */
static void
test_F21_answers_mutated(void **state)
{
	struct keeper_hello hello;
	struct keeper_check c[3];
	struct keeper_sealed sealed;
	struct keeper_seed seed;
	struct audit_head head = { .node = 1 }, after;
	struct audit_record rec = { .node = 1, .seq = 1 };
	uint8_t seal[AUDIT_SEAL_LEN], p[MAX];
	int fds[2], i, r, bad = 0;
	struct keeper *k;
	size_t n;

	(void)state;
	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, fds), 0);
	assert_int_equal(keeper_client_new(fds[0], 0, &k), 0);
	srand(9);
	/* The log of so many errors is not what is tested. */
	fflush(stderr);
	i = dup(STDERR_FILENO);
	assert_non_null(freopen("/dev/null", "w", stderr));
	for (n = 1; n <= 20000; n++) {
		struct keeper_msg_header h;
		struct buf_reader rd;
		uint8_t was[MAX];
		size_t len;

		/* The answer is there before the question. */
		memcpy(rig.loop->in, samples[n % 6].at, samples[n % 6].len);
		rig.loop->in[2] = (uint8_t)(n >> 24);
		rig.loop->in[3] = (uint8_t)(n >> 16);
		rig.loop->in[4] = (uint8_t)(n >> 8);
		rig.loop->in[5] = (uint8_t)n;
		len = keeper_loop_answer(rig.loop, samples[n % 6].len);
		memcpy(p, rig.loop->out, len);
		memcpy(was, p, len);
		buf_reader_init(&rd, p, len);
		keeper_msg_get_header(&rd, &h);
		mutate(p, &len);
		if (len >= 6)
			memcpy(p + 2, was + 2, 4);
		(void)send(fds[1], p, len, 0);
		memset(c, 0, sizeof(c));
		switch (n % 6) {
		case 0:
			r = keeper_client_hello(k, &hello);
			break;
		case 1:
			r = keeper_client_seed_new(k, &c[0].owner, &seed);
			break;
		case 2:
			r = keeper_client_seed_draw(
			    k, &c[0].owner, &sealed, &seed);
			break;
		case 3:
			c[1].verdict = KEEPER_MATCH;
			r = keeper_client_check(k, c, 3);
			if (r != 0)
				assert_int_equal(c[1].verdict, 0);
			break;
		case 4:
			r = keeper_client_audit_seal(
			    k, &head, &rec, 1, &after, seal);
			break;
		default:
			r = keeper_client_seed_confirm(k, c, &sealed);
		}
		if (r != 0)
			bad++;
		else
			assert_int_not_equal(n % 6, 4);
		while (recv(fds[1], p, sizeof(p), 0) > 0)
			;
		while (recv(fds[0], p, sizeof(p), MSG_DONTWAIT) > 0)
			;
		sealed.len = 0;
	}
	fflush(stderr);
	dup2(i, STDERR_FILENO);
	close(i);
	assert_in_range(bad, 10000, 20000);
	keeper_client_free(k);
	close(fds[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_request_is_answered),
		cmocka_unit_test(test_cut_off_and_trailing),
		cmocka_unit_test(test_unknown_types),
		cmocka_unit_test(test_fields_out_of_rules),
		cmocka_unit_test(test_F21_requests_mutated),
		cmocka_unit_test(test_F21_answers_mutated),
	};

	return (cmocka_run_group_tests(tests, setup, teardown));
}
