#include <stdio.h>
#include <string.h>

#include "authd/audit/audit_verify.h"

void
audit_verify_init(
    struct audit_verify *v, const uint8_t pub[AUDIT_PUB_LEN], int32_t node)
{
	memset(v, 0, sizeof(*v));
	memcpy(v->pub, pub, AUDIT_PUB_LEN);
	v->head.node = node;
	v->known.node = node;
}

void
audit_verify_known(struct audit_verify *v, const struct audit_head *known)
{
	v->known = *known;
}

/* The first finding stays: what follows a bad record is bad because of it. */
static void
find(struct audit_verify *v, int64_t seq, const char *why)
{
	if (v->first_bad != 0)
		return;
	v->first_bad = seq < 1 ? 1 : seq;
	snprintf(v->why, sizeof(v->why), "%s", why);
}

void
audit_verify_add(struct audit_verify *v, const struct audit_record *rec,
    const uint8_t hash[AUDIT_HASH_LEN], const uint8_t *seal)
{
	struct audit_head next = v->head;
	int64_t due = v->head.seq + 1;
	int r;

	v->records++;
	if (v->first_bad != 0)
		return;
	r = audit_chain_next(&next, rec);
	if (r == ERR_WRONG_STATE && rec->node != v->head.node)
		find(v, due, "node");
	else if (r == ERR_WRONG_STATE)
		/* A gap is named by what is missing, a double by itself. */
		find(v, rec->seq < due ? rec->seq : due, "sequence");
	else if (r == ERR_INVALID)
		find(v, due, "record");
	else if (r != 0)
		find(v, due, "no_memory");
	else if (memcmp(next.hash, hash, AUDIT_HASH_LEN) != 0)
		find(v, due, "hash");
	if (v->first_bad != 0)
		return;
	if (seal != NULL && !audit_chain_seal_ok(v->pub, &next, seal)) {
		find(v, v->sealed_seq + 1, "seal");
		return;
	}
	if (next.seq == v->known.seq && !audit_chain_equal(&next, &v->known)) {
		find(v, next.seq, "rewritten");
		return;
	}
	v->head = next;
	if (seal != NULL)
		v->sealed_seq = next.seq;
}

bool
audit_verify_end(struct audit_verify *v)
{
	if (v->sealed_seq != v->head.seq)
		find(v, v->sealed_seq + 1, "unsealed");
	if (v->known.seq > v->head.seq)
		find(v, v->head.seq + 1, "missing");
	if (v->known.seq > 0 && v->known.node != v->head.node)
		find(v, 1, "node");
	return (v->first_bad == 0);
}
