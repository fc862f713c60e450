/*
 * Goal of this test: what a client cannot send or see: parts of the log that
 * are not the next, an evil front that fills the log or asks beyond what is
 * allowed, packets that stay in memory, keeper.state on a failing disk, the
 * last days of the CA (R68, R70, F6).
 * Links: authd/keeper/keeper_client.c authd/keeper/keeper_client_cert.c
 * Links: authd/keeper/keeper_msg.c authd/keeper/keeper_cert_msg.c
 * Links: authd/keeper/keeper_loop.c authd/keeper/keeper_cert_answer.c
 * Links: authd/keeper/keeper_ca.c authd/keeper/keeper_quota.c
 * Links: authd/keeper/keeper_crl.c authd/keeper/keeper_ocsp.c
 * Links: authd/keeper/keeper_key_source.c authd/keeper/keeper_seed.c
 * Links: authd/keeper/keeper_mac.c authd/keeper/keeper_rate.c
 * Links: authd/keeper/keeper_audit.c authd/keeper/keeper_state.c
 * Links: certs/x509_der.c certs/x509_public.c certs/x509_weak.c
 * Links: certs/x509_request.c certs/x509_subject.c certs/x509_trust.c
 * Links: certs/x509_chain.c certs/x509_extend.c certs/x509_profile.c
 * Links: certs/x509_url.c certs/x509_issue.c certs/x509_scalar.c
 * Links: certs/x509_root.c certs/x509_key.c certs/x509_pem.c
 * Links: certs/x509_crl.c certs/x509_ocsp.c certs/x509_ocsp_sign.c
 * Links: authd/audit/audit_chain.c authd/audit/audit_record.c
 * Links: authd/base/buf.c authd/base/text.c authd/base/mem.c
 * Links: authd/base/log.c authd/base/err.c authd/base/timetext.c
 * Links: authd/base/id.c tests/fakes/clock_fake.c
 * Links: tests/fakes/keeper_rig.c tests/fakes/ca_rig.c
 * Links: tests/fakes/keeper_ca_rig.c
 * Links: tests/fakes/disk_fake.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <openssl/ocsp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "authd/base/log.h"
#include "authd/keeper/keeper_client.h"
#include "authd/keeper/keeper_client_cert.h"
#include "authd/keeper/keeper_crl.h"
#include "authd/keeper/keeper_msg.h"
#include "authd/keeper/keeper_ocsp.h"
#include "certs/x509_key.h"
#include "certs/x509_ocsp.h"
#include "certs/x509_request.h"
#include "tests/fakes/ca_rig.h"
#include "tests/fakes/clock_fake.h"
#include "tests/fakes/disk_fake.h"
#include "tests/fakes/keeper_rig.h"

#define T0     1795305600000LL
#define MINUTE 60000LL
#define DAY    86400000LL

static const struct audit_head empty = { .node = 1 };
static struct keeper_rig rig;
static struct ca_rig ca;
static struct keeper_ca *opened;
static struct keeper *k;
static struct disk_fake *disk;
static bool is_running;

/* Not running: a test hands its packets in by itself. */
static int
begin(void **state)
{
	(void)state;
	log_open("test", LOG_LEVEL_ERROR);
	clock_fake_set(T0, 3600000);
	disk = disk_fake_reset();
	assert_int_equal(ca_rig_make(&ca, T0), 0);
	assert_int_equal(keeper_rig_open(&rig, -1), 0);
	assert_int_equal(
	    keeper_ca_rig_open(&ca, &rig.state, 1000, &opened), 0);
	rig.loop->ca = opened;
	is_running = false;
	return (0);
}

static int
begin_running(void **state)
{
	(void)begin(state);
	assert_int_equal(keeper_rig_run(&rig), 0);
	is_running = true;
	return (keeper_client_new(rig.front_fd, 60000, &k));
}

/* The front ends, and then the keeper. */
static void
stop(int result)
{
	if (!is_running)
		return;
	is_running = false;
	keeper_client_free(k);
	keeper_rig_join(&rig);
	assert_int_equal(rig.result, result);
}

static int
end(void **state)
{
	static const uint8_t none[X509_SCALAR_LEN];

	(void)state;
	if (is_running)
		stop(0);
	else
		close(rig.front_fd);
	close(rig.state_fd);
	keeper_rig_close(&rig);
	keeper_ca_free(opened);
	/* R70: the delegate's key goes with it */
	assert_memory_equal(ca.ocsp_scalar, none, sizeof(none));
	ca_rig_close(&ca);
	return (0);
}

static struct buf
packet(uint16_t type)
{
	struct buf b;

	buf_init(&b, rig.loop->in, sizeof(rig.loop->in));
	keeper_msg_put_header(&b, type, 7);
	return (b);
}

/* 0, or the error that is the answer. */
static int
answer_to(const struct buf *b)
{
	struct keeper_msg_header h;
	struct buf_reader r;

	assert_false(b->is_broken);
	buf_reader_init(
	    &r, rig.loop->out, keeper_loop_answer(rig.loop, b->len));
	keeper_msg_get_header(&r, &h);
	assert_int_equal(h.number, 7);
	return (h.type == KEEPER_MSG_ERROR ? keeper_msg_get_error(&r) : 0);
}

/* One record in a part of a go from ${before}; and what follows it. */
static int
part(uint16_t type, uint16_t number, const struct audit_head *before,
    int64_t seq, size_t rest)
{
	struct keeper_msg_part p = { number, *before, 1 };
	struct audit_record rec = { .node = 1, .seq = seq };
	struct buf b = packet(type);

	keeper_msg_put_part(&b, &p);
	audit_record_put(&b, &rec);
	for (; rest > 0; rest--)
		buf_put_u8(&b, 0);
	return (answer_to(&b));
}

static void
test_parts_of_the_log(void **state)
{
	const uint16_t first = KEEPER_MSG_AUDIT_PART;
	const uint16_t last = KEEPER_MSG_AUDIT_SEAL;
	struct audit_head other = { .node = 1, .seq = 1 };

	(void)state;
	/* a part is missing, one comes twice */
	assert_int_equal(part(first, 0, &empty, 1, 0), 0);
	assert_int_equal(part(first, 2, &empty, 2, 0), ERR_WRONG_STATE);
	assert_int_equal(part(last, 1, &empty, 2, 0), ERR_WRONG_STATE);
	assert_int_equal(part(first, 0, &empty, 1, 0), 0);
	assert_int_equal(part(first, 1, &empty, 2, 0), 0);
	assert_int_equal(part(last, 1, &empty, 3, 0), ERR_WRONG_STATE);
	/* of another go */
	assert_int_equal(part(first, 0, &empty, 1, 0), 0);
	assert_int_equal(part(last, 1, &other, 2, 0), ERR_WRONG_STATE);
	/* none was begun, or it was ended */
	assert_int_equal(part(last, 1, &empty, 2, 0), ERR_WRONG_STATE);
	assert_int_equal(part(first, 0, &empty, 1, 0), 0);
	assert_int_equal(part(first, 1, &empty, 2, 1), ERR_PROTO);
	assert_int_equal(part(last, 2, &empty, 3, 0), ERR_WRONG_STATE);
	assert_int_equal(part(last, 0, &empty, 1, 1), ERR_PROTO);
	assert_false(rig.audit.has_pending);
	/* and one that is whole */
	assert_int_equal(part(first, 0, &empty, 1, 0), 0);
	assert_int_equal(part(last, 1, &empty, 2, 0), 0);
	assert_int_equal(rig.audit.pending.seq, 2);
	/* neither the confirmed nor the pending one */
	other = rig.audit.pending;
	other.hash[0] ^= 1;
	assert_int_equal(part(last, 0, &other, 3, 0), ERR_WRONG_STATE);
	assert_true(audit_chain_equal(&rig.audit.confirmed, &empty));
}

/* Lines of a hundred requests that nobody knows. */
static int
lines_logged(void)
{
	struct buf b;
	int fd = memfd_create("log", MFD_CLOEXEC), old, i, n = 0;
	char text[16384];
	ssize_t len;

	fflush(stderr);
	old = dup(STDERR_FILENO);
	assert_int_not_equal(dup2(fd, STDERR_FILENO), -1);
	log_open("test", LOG_LEVEL_INFO);
	for (i = 0; i < 100; i++) {
		b = packet(999);
		(void)answer_to(&b);
	}
	log_open("test", LOG_LEVEL_ERROR);
	assert_int_not_equal(dup2(old, STDERR_FILENO), -1);
	close(old);
	len = pread(fd, text, sizeof(text), 0);
	for (i = 0; i < len; i++)
		n += text[i] == '\n';
	close(fd);
	return (n);
}

static void
test_log_is_not_filled(void **state)
{
	(void)state;
	assert_int_equal(lines_logged(), 21);
	assert_int_equal(lines_logged(), 0);
	clock_fake_pass(MINUTE);
	assert_int_equal(lines_logged(), 21);
}

static int
issue(int32_t days)
{
	struct keeper_cert_ask ask = { .profile = KEEPER_PROFILE_HOST,
		.host = "web1", .life_days = days };
	struct keeper_cert cert;
	EVP_PKEY *key;
	int r;

	assert_int_equal(x509_key_new(&key), 0);
	assert_int_equal(x509_request_make(key, ask.csr, &ask.csr_len), 0);
	EVP_PKEY_free(key);
	r = keeper_ca_issue(opened, &ask, &cert);
	keeper_ca_rest(opened);
	return (r);
}

static int
list(int64_t number, int64_t life_ms, size_t said)
{
	const struct keeper_cert_msg_part only = { 0, 1 };
	const struct keeper_crl_entry e = { .serial = { 0x41 } };
	const struct keeper_crl_ask ask = {
		.number = number, .life_ms = life_ms, .n = said };
	struct keeper_crl out;

	assert_int_equal(keeper_crl_part(opened, &only), 0);
	assert_int_equal(keeper_crl_add(opened, &e), 0);
	return (keeper_crl_sign(opened, &ask, &out));
}

static int
ocsp(int64_t life_ms, struct keeper_ocsp *out)
{
	struct keeper_ocsp_ask ask = { .n = 1, .life_ms = life_ms };

	ask.states[0].hash = X509_OCSP_SHA256;
	ask.states[0].serial_len = 1;
	return (keeper_ocsp_sign(opened, &ask, out));
}

/* Whatever stands in a message, and whoever read it. */
static void
test_limits(void **state)
{
	struct keeper_ocsp out;

	(void)state;
	assert_int_equal(issue(0), ERR_INVALID);
	assert_int_equal(issue(KEEPER_CERT_LIFE_MAX + 1), ERR_INVALID);
	assert_int_equal(issue(KEEPER_CERT_LIFE_MAX), 0);
	assert_int_equal(list(1, DAY, 0), ERR_WRONG_STATE);
	assert_int_equal(list(1, DAY, 2), ERR_WRONG_STATE);
	assert_int_equal(list(1, KEEPER_CRL_LIFE_MIN - 1, 1), ERR_INVALID);
	assert_int_equal(
	    list(1, KEEPER_CERT_CRL_LIFE_MAX + 1, 1), ERR_INVALID);
	assert_int_equal(rig.state.data.crl_number, 0);
	assert_int_equal(list(1, KEEPER_CERT_CRL_LIFE_MAX, 1), 0);
	/* R68: the time, and not one more: a restore begins there */
	assert_int_equal(list(T0 + 1, DAY, 1), ERR_INVALID);
	assert_int_equal(list(T0, DAY, 1), 0);
	assert_int_equal(list(T0, DAY, 1), ERR_INVALID);
	assert_int_equal(list(T0 + 1, DAY, 1), 0);
	assert_int_equal(list(T0 + 3, DAY, 1), ERR_INVALID);
	assert_int_equal(ocsp(KEEPER_OCSP_LIFE_MIN - 1, &out), ERR_INVALID);
	assert_int_equal(
	    ocsp(KEEPER_CERT_OCSP_LIFE_MAX + 1, &out), ERR_INVALID);
	assert_int_equal(ocsp(KEEPER_CERT_OCSP_LIFE_MAX, &out), 0);
}

/* F6: what may not be in the file is not signed, and its number is used. */
static void
test_F6_R68_number_on_a_failing_disk(void **state)
{
	(void)state;
	disk->fails_files = true;
	assert_int_equal(list(5, DAY, 1), ERR_IO);
	assert_int_equal(issue(1), ERR_IO);
	disk->fails_files = false;
	assert_int_equal(list(5, DAY, 1), ERR_INVALID);
	assert_int_equal(list(6, DAY, 1), 0);
	assert_int_equal(issue(1), 0);
}

/* The issuing CA is out of its dates: it makes nothing any more. */
static void
test_last_days_of_the_ca(void **state)
{
	struct keeper_ca_info *info = calloc(1, sizeof(*info));
	struct keeper_ocsp out;
	int64_t end_ms;

	(void)state;
	assert_non_null(info);
	assert_int_equal(keeper_ca_info(opened, info), 0);
	end_ms = info->not_after_ms;
	clock_fake_set(end_ms - DAY / 2, 3600000);
	assert_int_equal(ocsp(DAY, &out), 0);
	assert_true(out.next_ms <= end_ms);
	clock_fake_set(end_ms - 1000, 3600000);
	assert_int_equal(issue(1), 0);
	assert_int_equal(list(1, DAY, 1), 0);
	clock_fake_set(end_ms, 3600000);
	assert_int_equal(issue(1), ERR_WRONG_STATE);
	assert_int_equal(list(2, DAY, 1), ERR_WRONG_STATE);
	assert_int_equal(ocsp(DAY, &out), ERR_WRONG_STATE);
	clock_fake_set(info->not_before_ms - 1, 3600000);
	assert_int_equal(issue(1), ERR_WRONG_STATE);
	assert_int_equal(list(2, DAY, 1), ERR_WRONG_STATE);
	assert_int_equal(ocsp(DAY, &out), ERR_WRONG_STATE);
	free(info);
}

/* With the clock set back the delegate's certificate is not yet good. */
static void
test_R70_clock_set_back(void **state)
{
	STACK_OF(X509) *above = sk_X509_new_null();
	X509_STORE *store = X509_STORE_new();
	struct keeper_ocsp out;
	OCSP_BASICRESP *basic;
	OCSP_RESPONSE *res;
	const uint8_t *p;

	(void)state;
	assert_int_equal(ocsp(DAY, &out), 0);
	clock_fake_step(-30 * MINUTE);
	assert_int_equal(ocsp(DAY, &out), 0);
	p = out.der;
	res = d2i_OCSP_RESPONSE(NULL, &p, (long)out.len);
	assert_non_null(basic = OCSP_response_get1_basic(res));
	X509_STORE_add_cert(store, ca.root.root);
	sk_X509_push(above, ca.root.issuing);
	X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store),
	    (time_t)((T0 - 30 * MINUTE) / 1000));
	assert_int_equal(OCSP_basic_verify(basic, above, store, 0), 1);
	OCSP_BASICRESP_free(basic);
	OCSP_RESPONSE_free(res);
	X509_STORE_free(store);
	sk_X509_free(above);
}

/* Append and confirm one record. */
static void
append(struct audit_head *head)
{
	struct audit_record rec = { .node = 1, .seq = head->seq + 1 };
	uint8_t seal[AUDIT_SEAL_LEN];

	assert_int_equal(
	    keeper_client_audit_seal(k, head, &rec, 1, head, seal), 0);
	assert_int_equal(keeper_client_audit_confirm(k, head), 0);
}

/* keeper.state is written once a second, and at the end whatever was since. */
static void
test_state_at_the_end(void **state)
{
	struct keeper_cert_ask ask = { .profile = KEEPER_PROFILE_HOST,
		.host = "web1", .life_days = 1 };
	struct audit_head head = empty;
	struct keeper_state_data data;
	struct keeper_cert cert;
	uint32_t issued = 0;
	EVP_PKEY *key;
	int i;

	(void)state;
	for (i = 0; i < 50; i++)
		append(&head);
	assert_int_equal(x509_key_new(&key), 0);
	assert_int_equal(x509_request_make(key, ask.csr, &ask.csr_len), 0);
	EVP_PKEY_free(key);
	assert_int_equal(keeper_client_cert_issue(k, &ask, &cert), 0);
	append(&head);
	stop(0);
	assert_in_range(disk->files, 3, 8);
	assert_int_equal(keeper_state_read(rig.state_fd, &data), 0);
	assert_true(audit_chain_equal(&data.confirmed, &head));
	/* what was counted ahead is given back */
	for (i = 0; i < KEEPER_STATE_BUCKETS; i++)
		issued += data.issued[i];
	assert_int_equal(issued, 1);
}

static void
test_F6_state_cannot_be_written(void **state)
{
	struct audit_head head = empty;

	(void)state;
	append(&head);
	disk->fails_files = true;
	append(&head);
	stop(ERR_IO);
}

/* Neither a code nor a seed stays in the packets' memory, nor what was cut. */
static void
test_packets_are_wiped(void **state)
{
	const struct keeper_owner owner = { { { 1 } }, { { 2 } }, { { 3 } } };
	static const uint8_t none[KEEPER_PACKET_MAX];
	uint8_t *longer = malloc(KEEPER_PACKET_MAX + 1);
	struct keeper_check c = { .owner = owner, .code = "123456" };
	struct keeper_sealed confirmed;
	struct keeper_seed s;

	(void)state;
	assert_non_null(longer);
	assert_int_equal(keeper_client_seed_new(k, &owner, &s), 0);
	c.sealed = s.sealed;
	assert_int_equal(keeper_client_seed_confirm(k, &c, &confirmed), 0);
	memset(longer, 'x', KEEPER_PACKET_MAX + 1);
	assert_int_equal(
	    send(rig.front_fd, longer, KEEPER_PACKET_MAX + 1, 0),
	    KEEPER_PACKET_MAX + 1);
	free(longer);
	/* one more, so that that one was answered */
	assert_int_equal(keeper_client_check(k, &c, 1), 0);
	stop(0);
	assert_memory_equal(rig.loop->in, none, sizeof(none));
	assert_memory_equal(rig.loop->out, none, sizeof(none));
}

/* A keeper gone mad: a right code without the seal that is to be kept. */
static void
test_confirmed_without_a_seal(void **state)
{
	const struct keeper_check match = { .verdict = KEEPER_MATCH,
		.step = 9 };
	struct keeper_sealed seal = { .len = 0 };
	struct keeper_check c;
	struct keeper *lone;
	uint8_t at[256];
	struct buf b;
	int fds[2], i;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds), 0);
	assert_int_equal(keeper_client_new(fds[0], 5000, &lone), 0);
	for (i = 1; i <= 3; i++) {
		/* with one and no match, and at last as it should be */
		seal.len = i == 1 ? 0 : 5;
		buf_init(&b, at, sizeof(at));
		keeper_msg_put_header(
		    &b, KEEPER_MSG_SEED_CONFIRM + 1, (uint32_t)i);
		memset(&c, 0, sizeof(c));
		keeper_msg_put_verdict(&b, i == 2 ? &c : &match);
		keeper_msg_put_sealed(&b, &seal);
		assert_int_equal(send(fds[1], at, b.len, 0), b.len);
		assert_int_equal(keeper_client_seed_confirm(lone, &c, &seal),
		    i == 3 ? 0 : ERR_PROTO);
		assert_int_equal(
		    c.verdict, i == 3 ? KEEPER_MATCH : KEEPER_NO_MATCH);
		assert_int_equal(seal.len, i == 3 ? 5 : 0);
	}
	keeper_client_free(lone);
	close(fds[1]);
}

int
main(void)
{
#define ALONE(f) cmocka_unit_test_setup_teardown(f, begin, end)
#define RUNNING(f) cmocka_unit_test_setup_teardown(f, begin_running, end)
	const struct CMUnitTest tests[] = {
		ALONE(test_parts_of_the_log),
		ALONE(test_log_is_not_filled),
		ALONE(test_limits),
		ALONE(test_F6_R68_number_on_a_failing_disk),
		ALONE(test_last_days_of_the_ca),
		ALONE(test_R70_clock_set_back),
		RUNNING(test_state_at_the_end),
		RUNNING(test_F6_state_cannot_be_written),
		RUNNING(test_packets_are_wiped),
		cmocka_unit_test(test_confirmed_without_a_seal),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
