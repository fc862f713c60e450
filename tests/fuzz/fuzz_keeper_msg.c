/*
 * Goal of this target: what any group of fields is read from, it is written
 * back to byte for byte, and what breaks a rule breaks the reader; nothing
 * read is outside the limits of keeper.h.
 * Links: authd/keeper/keeper_msg.c authd/base/buf.c
 */
#include <string.h>

#include "authd/keeper/keeper_msg.h"
#include "tests/fuzz/fuzz.h"

/* One value of every kind. */
union value {
	struct keeper_msg_header header;
	struct keeper_owner owner;
	struct keeper_sealed sealed;
	struct audit_head head;
	char code[CODE_DIGITS + 1];
	struct keeper_check check;
	struct keeper_seed seed;
	struct keeper_hello hello;
	struct keeper_msg_part part;
	struct keeper_mac_in mac;
	int error;
};

#define KINDS 12

static void
get(int kind, struct buf_reader *r, union value *v)
{
	switch (kind) {
	case 0:
		keeper_msg_get_header(r, &v->header);
		break;
	case 1:
		keeper_msg_get_owner(r, &v->owner);
		break;
	case 2:
		keeper_msg_get_sealed(r, &v->sealed);
		break;
	case 3:
		keeper_msg_get_head(r, &v->head);
		break;
	case 4:
		keeper_msg_get_code(r, v->code);
		break;
	case 5:
		keeper_msg_get_check(r, &v->check);
		break;
	case 6:
		keeper_msg_get_verdict(r, &v->check);
		break;
	case 7:
		keeper_msg_get_seed(r, &v->seed);
		break;
	case 8:
		keeper_msg_get_hello(r, &v->hello);
		break;
	case 9:
		keeper_msg_get_part(r, &v->part);
		break;
	case 10:
		keeper_msg_get_mac(r, &v->mac);
		break;
	default:
		/* ERR_PROTO also says that it is none */
		if ((v->error = keeper_msg_get_error(r)) == ERR_PROTO)
			r->is_broken = true;
		break;
	}
}

static void
put(int kind, struct buf *b, const union value *v)
{
	switch (kind) {
	case 0:
		keeper_msg_put_header(b, v->header.type, v->header.number);
		break;
	case 1:
		keeper_msg_put_owner(b, &v->owner);
		break;
	case 2:
		keeper_msg_put_sealed(b, &v->sealed);
		break;
	case 3:
		keeper_msg_put_head(b, &v->head);
		break;
	case 4:
		keeper_msg_put_code(b, v->code);
		break;
	case 5:
		keeper_msg_put_check(b, &v->check);
		break;
	case 6:
		keeper_msg_put_verdict(b, &v->check);
		break;
	case 7:
		keeper_msg_put_seed(b, &v->seed);
		break;
	case 8:
		keeper_msg_put_hello(b, &v->hello);
		break;
	case 9:
		keeper_msg_put_part(b, &v->part);
		break;
	case 10:
		keeper_msg_put_mac(b, &v->mac);
		break;
	default:
		keeper_msg_put_error(b, v->error);
		break;
	}
}

static void
check_limits(int kind, const union value *v)
{
	switch (kind) {
	case 2:
		FUZZ_CHECK(v->sealed.len <= SEALED_MAX);
		break;
	case 3:
		FUZZ_CHECK(v->head.node >= 0 && v->head.seq >= 0);
		break;
	case 4:
		FUZZ_CHECK(strnlen(v->code, sizeof(v->code)) <= CODE_DIGITS);
		break;
	case 5:
		FUZZ_CHECK(v->check.verdict == KEEPER_NO_MATCH);
		FUZZ_CHECK(v->check.window <= KEEPER_WINDOW_MAX);
		FUZZ_CHECK(v->check.offset >= -KEEPER_OFFSET_MAX &&
		    v->check.offset <= KEEPER_OFFSET_MAX);
		break;
	case 6:
		FUZZ_CHECK(
		    v->check.verdict == KEEPER_MATCH || v->check.step == 0);
		FUZZ_CHECK(v->check.step >= 0);
		break;
	case 10:
		FUZZ_CHECK(v->mac.purpose != KEEPER_MAC_NONE);
		FUZZ_CHECK(v->mac.len >= 1 && v->mac.len <= KEEPER_MAC_IN_MAX);
		break;
	case 11:
		FUZZ_CHECK(v->error < 0 && v->error >= ERR_FATAL);
		break;
	default:
		break;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t out[8192];
	struct buf_reader r;
	union value v;
	struct buf b;
	int kind;

	if (size < 1 || size > sizeof(out))
		return (0);
	kind = data[0] % KINDS;
	data++;
	size--;
	FUZZ_CHECK(keeper_msg_name((uint16_t)(size * 7)) != NULL);
	memset(&v, 0xa5, sizeof(v));
	buf_reader_init(&r, data, size);
	get(kind, &r, &v);
	if (r.is_broken) {
		FUZZ_CHECK(buf_end(&r) == ERR_PROTO);
		if (kind == 6) /* zero refuses */
			FUZZ_CHECK(v.check.verdict == KEEPER_NO_MATCH &&
			    v.check.step == 0);
		return (0);
	}
	check_limits(kind, &v);
	buf_init(&b, out, sizeof(out));
	put(kind, &b, &v);
	FUZZ_CHECK(!b.is_broken);
	FUZZ_CHECK(b.len == size - r.left);
	FUZZ_CHECK(b.len == 0 || memcmp(out, data, b.len) == 0);
	return (0);
}
