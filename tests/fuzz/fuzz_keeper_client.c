/*
 * Goal of this target: a keeper that answers anything to the front's calls. A
 * call ends at once; on any error nothing of the answer is left; a verdict
 * other than no match comes only out of a whole, well-formed answer to this
 * very request.
 * Links: authd/keeper/keeper_client.c authd/keeper/keeper_msg.c
 * Links: authd/audit/audit_chain.c authd/audit/audit_record.c
 * Links: authd/base/buf.c authd/base/text.c authd/base/mem.c
 * Links: authd/base/log.c authd/base/err.c authd/base/timetext.c
 * Links: authd/base/clock.c authd/keeper/keeper_client_cert.c
 * Links: authd/keeper/keeper_cert_msg.c
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "authd/keeper/keeper_client.h"
#include "authd/keeper/keeper_client_cert.h"
#include "tests/fuzz/fuzz.h"

#define PACKETS_MAX 4

static const struct audit_record record = { .node = 1, .seq = 1 };
static const struct audit_head before = { .node = 1 };

/* Whatever is wrong with what a call says: nothing to be believed is left. */
static void
check_refused(int r, const struct keeper_check *c)
{
	FUZZ_CHECK(r == 0 || (c->verdict == KEEPER_NO_MATCH && c->step == 0));
	FUZZ_CHECK(c->verdict <= KEEPER_CLOCK && c->step >= 0);
	FUZZ_CHECK(c->verdict == KEEPER_MATCH || c->step == 0);
}

/* The calls about certificates. */
static void
ask_cert(struct keeper *k, int what)
{
	static const struct keeper_crl_entry entry = { .serial = { 1 } };
	static const struct keeper_crl_ask list = { 1, 60000, &entry, 1 };
	struct keeper_ocsp_ask ocsp = { .n = 1, .life_ms = 60000 };
	struct keeper_cert_ask issue = { .csr_len = 1, .life_days = 1 };
	struct keeper_ca_info info;
	struct keeper_ocsp answer;
	struct keeper_cert cert;
	struct keeper_crl crl;
	int r;

	switch (what) {
	case 0:
		r = keeper_client_cert_ca(k, &info);
		FUZZ_CHECK(r == 0 || fuzz_is_zero(&info, sizeof(info)));
		FUZZ_CHECK(info.issuing_len <= sizeof(info.issuing));
		break;
	case 1:
		issue.profile = KEEPER_PROFILE_TERMINAL;
		r = keeper_client_cert_issue(k, &issue, &cert);
		FUZZ_CHECK(r == 0 || fuzz_is_zero(&cert, sizeof(cert)));
		FUZZ_CHECK(cert.len <= sizeof(cert.der));
		break;
	case 2:
		r = keeper_client_cert_crl(k, &list, &crl);
		FUZZ_CHECK(r == 0 || fuzz_is_zero(&crl, sizeof(crl)));
		free(crl.der);
		break;
	default:
		ocsp.states[0].hash = 1;
		ocsp.states[0].serial_len = 1;
		r = keeper_client_cert_ocsp(k, &ocsp, &answer);
		FUZZ_CHECK(r == 0 || fuzz_is_zero(&answer, sizeof(answer)));
		FUZZ_CHECK(answer.len <= sizeof(answer.der));
		break;
	}
	FUZZ_CHECK(r <= 0 && r != ERR_TIMEOUT);
}

static void
ask(struct keeper *k, int what)
{
	struct keeper_check c[3] = { { .code = "123456" } };
	struct keeper_owner owner = { 0 };
	struct keeper_sealed sealed = { 0 };
	struct keeper_mac_in mac_in = { KEEPER_MAC_PASSWORD, .len = 1 };
	uint8_t mac[KEEPER_MAC_LEN];
	uint8_t seal[AUDIT_SEAL_LEN];
	struct audit_head after;
	struct keeper_hello hello;
	struct keeper_seed seed;
	int32_t offset;
	int i, r;

	switch (what) {
	case 0:
		r = keeper_client_hello(k, &hello);
		FUZZ_CHECK(r == 0 || fuzz_is_zero(&hello, sizeof(hello)));
		break;
	case 1:
		r = keeper_client_seed_new(k, &owner, &seed);
		FUZZ_CHECK(r == 0 || fuzz_is_zero(&seed, sizeof(seed)));
		break;
	case 2:
		r = keeper_client_seed_draw(k, &owner, &sealed, &seed);
		FUZZ_CHECK(r == 0 || fuzz_is_zero(&seed, sizeof(seed)));
		break;
	case 3:
		r = keeper_client_seed_confirm(k, &c[0], &sealed);
		check_refused(r, &c[0]);
		FUZZ_CHECK((sealed.len > 0) == (c[0].verdict == KEEPER_MATCH));
		break;
	case 4:
		r = keeper_client_check(k, c, 3);
		for (i = 0; i < 3; i++)
			check_refused(r, &c[i]);
		break;
	case 5:
		r = keeper_client_resync(k, &c[0], "654321", &offset);
		check_refused(r, &c[0]);
		FUZZ_CHECK(offset >= -KEEPER_OFFSET_MAX &&
		    offset <= KEEPER_OFFSET_MAX && (r == 0 || offset == 0));
		break;
	case 6:
		r = keeper_client_audit_seal(
		    k, &before, &record, 1, &after, seal);
		FUZZ_CHECK(r == 0 || fuzz_is_zero(&after, sizeof(after)));
		FUZZ_CHECK(r == 0 || fuzz_is_zero(seal, sizeof(seal)));
		FUZZ_CHECK(after.node >= 0 && after.seq >= 0);
		break;
	case 7:
		r = keeper_client_audit_confirm(k, &before);
		break;
	case 8:
		r = keeper_client_mac(k, &mac_in, mac);
		FUZZ_CHECK(r == 0 || fuzz_is_zero(mac, sizeof(mac)));
		break;
	default:
		memset(seal, 0, sizeof(seal));
		r = keeper_client_audit_follow(k, &before, &record, 1, seal);
		break;
	}
	/* The answers are there and then the end: nothing to wait for. */
	FUZZ_CHECK(r <= 0 && r != ERR_TIMEOUT);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf_reader r;
	struct keeper *k;
	const uint8_t *p;
	int fds[2], i, what;
	size_t n;

	buf_reader_init(&r, data, size);
	/* The numbers of before stay what they were in the corpus. */
	what = buf_get_u8(&r);
	what = what < 250 ? what % 10 : 10 + what % 4;
	FUZZ_CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds) == 0);
	for (i = 0; i < PACKETS_MAX && r.left > 0; i++) {
		n = buf_get_u8(&r);
		p = fuzz_take(&r, &n);
		(void)!send(fds[1], p, n, MSG_NOSIGNAL | MSG_DONTWAIT);
	}
	shutdown(fds[1], SHUT_WR);
	FUZZ_CHECK(keeper_client_new(fds[0], 10000, &k) == 0);
	if (what < 10)
		ask(k, what);
	else
		ask_cert(k, what - 10);
	keeper_client_free(k);
	close(fds[1]);
	return (0);
}
