#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authd/base/log.h"
#include "authd/base/text.h"
#include "authd/core/journal.h"

struct journal {
	struct audit_head head;  /* committed */
	struct audit_head after; /* sealed, in this transaction */
	struct audit_record *records;
	size_t n, marked;
	bool is_sealed;      /* after is valid */
	bool is_unconfirmed; /* the keeper only knows head as pending */
};

int
journal_new(int32_t node, const struct audit_head *head, struct journal **out)
{
	struct journal *j;

	if ((j = calloc(1, sizeof(*j))) == NULL)
		return (ERR_NOMEM);
	j->records = calloc(JOURNAL_MAX, sizeof(*j->records));
	if (j->records == NULL) {
		free(j);
		return (ERR_NOMEM);
	}
	j->head = *head;
	j->head.node = node;
	*out = j;
	return (0);
}

void
journal_free(struct journal *j)
{
	if (j == NULL)
		return;
	free(j->records);
	free(j);
}

static int
copy(char *out, size_t size, const char *in)
{
	return (text_copy(out, size, in == NULL ? "" : in));
}

/* A record that cannot be encoded would fail the whole transaction at its
 * seal; here it fails the act that brought it. */
static int
check(const struct audit_record *rec)
{
	uint8_t bytes[AUDIT_RECORD_MAX];
	struct buf b;

	buf_init(&b, bytes, sizeof(bytes));
	audit_record_put(&b, rec);
	return (b.is_broken ? ERR_INVALID : 0);
}

/* Stands for the end of a detail that was too long. */
#define CUT "..."

/* What is told beside the detail leaves room for one. */
#define BESIDE_MAX (NAME_MAX_BYTES + ACT_PLACE_MAX + sizeof(" reason=\"\" "))
_Static_assert(BESIDE_MAX + sizeof(CUT) + 100 < AUDIT_DETAIL_MAX, "no room");

/* The reason and the place the consumer told, each with a blank before it;
 * the reason is one word, which nothing in it ends. */
static void
put_beside(char out[BESIDE_MAX + 1], const struct act *act)
{
	char *quote;
	size_t n = 0;

	out[0] = '\0';
	if (act->reason[0] != '\0') {
		n = (size_t)snprintf(
		    out, BESIDE_MAX + 1, " reason=\"%s\"", act->reason);
		quote = strchr(out, '"') + 1;
		for (; quote < out + n - 1; quote++)
			if (*quote == '"')
				*quote = '\'';
	}
	if (act->place[0] != '\0')
		snprintf(out + n, BESIDE_MAX + 1 - n, " %s", act->place);
}

/* The detail, which gives way at its end, then all that is told beside. */
static int
put_detail(
    struct audit_record *rec, const char *detail, const struct act *act)
{
	char beside[BESIDE_MAX + 1];
	size_t n, room;
	int r;

	if ((r = copy(rec->detail, sizeof(rec->detail), detail)) != 0)
		return (r);
	put_beside(beside, act);
	n = strlen(rec->detail);
	room = AUDIT_DETAIL_MAX - strlen(beside);
	if (n > room) {
		n = room - strlen(CUT);
		/* not within a character */
		while (n > 0 && ((uint8_t)rec->detail[n] & 0xc0) == 0x80)
			n--;
		memcpy(rec->detail + n, CUT, sizeof(CUT));
		n += strlen(CUT);
	}
	return (text_copy(rec->detail + n, sizeof(rec->detail) - n,
	    n == 0 && beside[0] != '\0' ? beside + 1 : beside));
}

int
journal_add(
    struct journal *j, const struct act *act, const struct journal_entry *e)
{
	struct audit_record *rec;

	if (j->n == JOURNAL_MAX)
		return (ERR_BUSY);
	rec = &j->records[j->n];
	memset(rec, 0, sizeof(*rec));
	rec->node = j->head.node;
	rec->seq = j->head.seq + (int64_t)j->n + 1;
	rec->at_ms = act->now.wall_ms;
	if (e->device != NULL)
		id_put_text(e->device, rec->device);
	if (copy(rec->actor, sizeof(rec->actor), act->actor) != 0 ||
	    copy(rec->source, sizeof(rec->source), act->source) != 0 ||
	    copy(rec->office, sizeof(rec->office), e->office) != 0 ||
	    copy(rec->account, sizeof(rec->account), e->account) != 0 ||
	    copy(rec->action, sizeof(rec->action), e->action) != 0 ||
	    copy(rec->result, sizeof(rec->result), e->result) != 0 ||
	    copy(rec->reason, sizeof(rec->reason), e->reason) != 0 ||
	    copy(rec->request_id, sizeof(rec->request_id), act->request_id) !=
		0 ||
	    put_detail(rec, e->detail, act) != 0 ||
	    check(rec) != 0)
		return (log_fr(ERR_INVALID, "audit record %s", e->action));
	j->n++;
	return (0);
}

void
journal_begin(struct journal *j)
{
	j->n = 0;
	j->marked = 0;
	j->is_sealed = false;
}

void
journal_mark(struct journal *j)
{
	j->marked = j->n;
}

void
journal_rewind(struct journal *j)
{
	j->n = j->marked;
}

int
journal_seal(struct journal *j, struct keeper *k, struct store *st)
{
	struct audit_head at = j->head;
	struct audit_row row;
	size_t i;
	int r;

	if (j->n == 0)
		return (0);
	memset(&row, 0, sizeof(row));
	r = keeper_client_audit_seal(
	    k, &j->head, j->records, j->n, &j->after, row.seal);
	if (r != 0)
		return (log_fr(r == ERR_WRONG_STATE ? ERR_KEEPER : r,
		    "seal the audit log"));
	for (i = 0; i < j->n; i++) {
		if ((r = audit_chain_next(&at, &j->records[i])) != 0)
			return (log_fr(r, "chain the audit log"));
		row.record = j->records[i];
		memcpy(row.hash, at.hash, sizeof(row.hash));
		row.has_seal = i + 1 == j->n;
		if ((r = st->ops->audit_append(st, &row)) != 0)
			return (r);
	}
	/* Both sides hashed the same bytes, or something is badly wrong. */
	if (!audit_chain_equal(&at, &j->after))
		return (log_fr(ERR_KEEPER, "the keeper sealed another head"));
	j->is_sealed = true;
	return (0);
}

void
journal_ended(struct journal *j, int r)
{
	if (r == 0 && j->is_sealed) {
		j->head = j->after;
		j->is_unconfirmed = true;
	}
	journal_begin(j);
}

int
journal_confirm(struct journal *j, struct keeper *k)
{
	int r;

	if (!j->is_unconfirmed)
		return (0);
	if ((r = keeper_client_audit_confirm(k, &j->head)) == 0)
		j->is_unconfirmed = false;
	return (r);
}

void
journal_head(const struct journal *j, struct audit_head *out)
{
	*out = j->head;
}
