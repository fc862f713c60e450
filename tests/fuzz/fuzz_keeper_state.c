/*
 * Goal of this target: whatever lies in keeper.state, it is opened or refused;
 * what was opened can be looked at, moved in time and saved, and is then the
 * same when read again; a slot that is damaged afterwards leaves the other.
 * The sums of the slots are made right, as only somebody could who may write
 * the file: no value in it may break the keeper.
 * Links: authd/keeper/keeper_state.c authd/audit/audit_chain.c
 * Links: authd/audit/audit_record.c authd/base/buf.c authd/base/text.c
 * Links: authd/base/log.c authd/base/err.c authd/base/timetext.c
 * Links: tests/fakes/clock_fake.c
 */
#include <openssl/evp.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>

#include "authd/base/log.h"
#include "authd/keeper/keeper_state.h"
#include "tests/fuzz/fuzz.h"

#define BODY_LEN (KEEPER_STATE_SLOT_LEN - 32)
#define FILE_LEN (KEEPER_STATE_SLOT_GAP + KEEPER_STATE_SLOT_LEN)

/* Lay a slot from the input; with a right beginning and sum when told. */
static void
lay(struct buf_reader *in, uint8_t slot[KEEPER_STATE_SLOT_LEN])
{
	static const uint8_t head[] = { 'S', 'K', 'S', 'T', 0, 1 };
	uint8_t how = buf_get_u8(in);
	size_t n = 6 + 8 + 44 + 44 + 8;
	const uint8_t *p = fuzz_take(in, &n);

	if (n > 0)
		memcpy(slot, p, n);
	if (how & 1)
		memcpy(slot, head, sizeof(head));
	if (how & 2)
		EVP_Digest(
		    slot, BODY_LEN, slot + BODY_LEN, NULL, EVP_sha256(), NULL);
}

static bool
is_same(const struct keeper_state_data *a, const struct keeper_state_data *b)
{
	return (audit_chain_equal(&a->confirmed, &b->confirmed) &&
	    audit_chain_equal(&a->gap, &b->gap) &&
	    a->high_water_ms == b->high_water_ms);
}

static void
use(int fd, struct keeper_state *s, struct buf_reader *in)
{
	struct keeper_state_data read;
	int64_t boot = 0, mark;
	int i;

	FUZZ_CHECK(s->data.confirmed.node >= 1 && s->data.confirmed.seq >= 0);
	FUZZ_CHECK(keeper_state_read(fd, &read) == 0);
	FUZZ_CHECK(is_same(&read, &s->data));
	for (i = 0; i < 8 && in->left > 0; i++) {
		mark = s->data.high_water_ms;
		boot += buf_get_u32(in);
		keeper_state_see(s, buf_get_u32(in) * 1000LL, boot);
		FUZZ_CHECK(s->data.high_water_ms >= mark);
	}
	FUZZ_CHECK(keeper_state_save(s) == 0);
	FUZZ_CHECK(keeper_state_read(fd, &read) == 0);
	FUZZ_CHECK(is_same(&read, &s->data));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t file[FILE_LEN] = { 0 };
	struct audit_head head = { .node = 1, .seq = 7 };
	struct keeper_state_data read;
	struct keeper_state s;
	struct buf_reader in;
	size_t len;
	int fd, r;

	log_open("fuzz", LOG_LEVEL_ERROR);
	buf_reader_init(&in, data, size);
	len = buf_get_u16(&in) % (FILE_LEN + 1);
	lay(&in, file);
	lay(&in, file + KEEPER_STATE_SLOT_GAP);
	FUZZ_CHECK((fd = memfd_create("keeper.state", MFD_CLOEXEC)) != -1);
	FUZZ_CHECK(pwrite(fd, file, len == 0 ? FILE_LEN : len, 0) > 0);
	r = keeper_state_open(&s, fd);
	FUZZ_CHECK(r == 0 || r == ERR_CORRUPT);
	FUZZ_CHECK(keeper_state_create(fd, 1) == ERR_EXISTS);
	if (r == 0)
		use(fd, &s, &in);
	flock(fd, LOCK_UN);
	r = keeper_state_accept_gap(fd, &head);
	FUZZ_CHECK(r == 0 || r == ERR_CORRUPT || r == ERR_INVALID);
	if (r == 0) {
		FUZZ_CHECK(keeper_state_read(fd, &read) == 0);
		FUZZ_CHECK(audit_chain_equal(&read.confirmed, &head));
		FUZZ_CHECK(audit_chain_equal(&read.gap, &head));
	}
	close(fd);
	return (0);
}
