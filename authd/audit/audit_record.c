#include <string.h>

#include "authd/audit/audit_record.h"
#include "authd/base/text.h"

#define VERSION 1

/* What could not be read back must not be hashed, and no field may forge a line
 * or drive a terminal: it breaks the buffer. */
static void
put_text(struct buf *b, const char *s, size_t size)
{
	size_t n = strnlen(s, size);

	if (n == size || !text_is_clean(s, n))
		b->is_broken = true;
	buf_put_bytes(b, s, n);
}

static void
get_text(struct buf_reader *r, char *out, size_t size)
{
	buf_get_text(r, out, size);
	if (!text_is_clean(out, strlen(out))) {
		out[0] = '\0';
		r->is_broken = true;
	}
}

void
audit_record_put(struct buf *b, const struct audit_record *rec)
{
	if (rec->node < 1 || rec->seq < 1)
		b->is_broken = true;
	buf_put_u8(b, VERSION);
	buf_put_u32(b, (uint32_t)rec->node);
	buf_put_i64(b, rec->seq);
	buf_put_i64(b, rec->at_ms);
	put_text(b, rec->actor, sizeof(rec->actor));
	put_text(b, rec->source, sizeof(rec->source));
	put_text(b, rec->office, sizeof(rec->office));
	put_text(b, rec->account, sizeof(rec->account));
	put_text(b, rec->device, sizeof(rec->device));
	put_text(b, rec->action, sizeof(rec->action));
	put_text(b, rec->result, sizeof(rec->result));
	put_text(b, rec->reason, sizeof(rec->reason));
	put_text(b, rec->request_id, sizeof(rec->request_id));
	put_text(b, rec->detail, sizeof(rec->detail));
}

int
audit_record_get(struct buf_reader *r, struct audit_record *rec)
{
	uint32_t node;

	memset(rec, 0, sizeof(*rec));
	if (buf_get_u8(r) != VERSION)
		r->is_broken = true;
	node = buf_get_u32(r);
	rec->seq = buf_get_i64(r);
	rec->at_ms = buf_get_i64(r);
	get_text(r, rec->actor, sizeof(rec->actor));
	get_text(r, rec->source, sizeof(rec->source));
	get_text(r, rec->office, sizeof(rec->office));
	get_text(r, rec->account, sizeof(rec->account));
	get_text(r, rec->device, sizeof(rec->device));
	get_text(r, rec->action, sizeof(rec->action));
	get_text(r, rec->result, sizeof(rec->result));
	get_text(r, rec->reason, sizeof(rec->reason));
	get_text(r, rec->request_id, sizeof(rec->request_id));
	get_text(r, rec->detail, sizeof(rec->detail));
	if (node < 1 || node > INT32_MAX || rec->seq < 1)
		r->is_broken = true;
	if (r->is_broken) {
		memset(rec, 0, sizeof(*rec));
		return (ERR_PROTO);
	}
	rec->node = (int32_t)node;
	return (0);
}
