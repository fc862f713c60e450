/*
 * Links: tests/fakes/store_mem_search.c
 * Links: tests/fakes/store_mem_ticket.c
 */
#include <stdlib.h>
#include <string.h>

#include "authd/base/text.h"
#include "tests/fakes/store_mem.h"
#include "tests/fakes/store_mem_impl.h"

#define META_MAX 255

struct meta {
	char key[META_MAX + 1], value[META_MAX + 1];
};

/* Rows of one kind. */
struct table {
	char *at;
	size_t n, room, size;
};

static const size_t sizes[STORE_MEM_KINDS] = { sizeof(struct meta),
	sizeof(struct office), sizeof(struct account), sizeof(struct phone),
	sizeof(struct counter), sizeof(struct password),
	sizeof(struct store_mem_past), sizeof(struct store_mem_recovery),
	sizeof(struct store_mem_burned), sizeof(struct terminal),
	sizeof(struct store_mem_admitted), sizeof(struct host),
	sizeof(struct cert), sizeof(struct rsa_key), sizeof(struct session), sizeof(struct app),
	sizeof(struct ticket), sizeof(struct store_mem_file),
	sizeof(struct audit_row) };

struct store_mem {
	struct store base;
	struct store_ops ops;
	struct store_mem_knobs knobs;
	struct table now[STORE_MEM_KINDS], at_begin[STORE_MEM_KINDS],
	    at_mark[STORE_MEM_KINDS];
	bool is_begun, is_marked, is_touched;
};

static struct store_mem *
of(struct store *s)
{
	return ((struct store_mem *)s);
}

void *
store_mem_at(struct store *s, enum store_mem_kind k, size_t i)
{
	return (of(s)->now[k].at + i * sizes[k]);
}

size_t
store_mem_count(struct store *s, enum store_mem_kind k)
{
	return (of(s)->now[k].n);
}

static void
copy_rows(struct table *to, const struct table *from, size_t size)
{
	if (to->room < from->n) {
		to->room = from->n * 2;
		if ((to->at = realloc(to->at, to->room * size)) == NULL)
			abort();
	}
	if (from->n > 0)
		memcpy(to->at, from->at, from->n * size);
	to->n = from->n;
}

/* The log is only added to: its length is copy enough. */
static void
copy_all(struct table *to, const struct table *from)
{
	int k;

	for (k = 0; k < AUDITS; k++)
		copy_rows(&to[k], &from[k], sizes[k]);
	to[AUDITS].n = from[AUDITS].n;
}

int
store_mem_may_note(struct store *s)
{
	if (!of(s)->is_begun)
		return (ERR_WRONG_STATE);
	of(s)->knobs.changes++;
	return (of(s)->knobs.fail_change);
}

int
store_mem_may_change(struct store *s)
{
	of(s)->is_touched = true;
	return (store_mem_may_note(s));
}

int
store_mem_may_read(struct store *s)
{
	of(s)->knobs.reads++;
	return (of(s)->knobs.fail_read);
}

void
store_mem_add(struct store *s, enum store_mem_kind k, const void *row)
{
	struct table *t = &of(s)->now[k];

	if (t->n == t->room) {
		t->room = t->room * 2 + 16;
		if ((t->at = realloc(t->at, t->room * sizes[k])) == NULL)
			abort();
	}
	memcpy(t->at + t->n++ * sizes[k], row, sizes[k]);
}

void
store_mem_remove(struct store *s, enum store_mem_kind k, size_t i)
{
	struct table *t = &of(s)->now[k];

	t->n--;
	memmove(t->at + i * sizes[k], t->at + (i + 1) * sizes[k],
	    (t->n - i) * sizes[k]);
}

static void
op_close(struct store *s)
{
	int k;

	if (s == NULL)
		return;
	for (k = 0; k < STORE_MEM_KINDS; k++) {
		free(of(s)->now[k].at);
		free(of(s)->at_begin[k].at);
		free(of(s)->at_mark[k].at);
	}
	free(s);
}

static int
op_begin(struct store *s)
{
	of(s)->knobs.begins++;
	if (of(s)->is_begun)
		return (ERR_WRONG_STATE);
	if (of(s)->knobs.fail_begin != 0)
		return (of(s)->knobs.fail_begin);
	copy_all(of(s)->at_begin, of(s)->now);
	of(s)->is_begun = true;
	of(s)->is_touched = false;
	return (0);
}

/* Memory has one reader, which is the writer: it sees one moment anyway. */
static int
op_view(struct store *s)
{
	(void)s;
	return (0);
}

static void
op_view_end(struct store *s)
{
	(void)s;
}

static bool
op_is_view_old(struct store *s)
{
	(void)s;
	return (false);
}

static int
op_mark(struct store *s)
{
	if (!of(s)->is_begun || of(s)->is_marked)
		return (ERR_WRONG_STATE);
	of(s)->knobs.marks++;
	copy_all(of(s)->at_mark, of(s)->now);
	of(s)->is_marked = true;
	return (0);
}

static int
op_release(struct store *s)
{
	if (!of(s)->is_marked)
		return (ERR_WRONG_STATE);
	of(s)->is_marked = false;
	return (0);
}

static int
op_rewind(struct store *s)
{
	if (!of(s)->is_marked)
		return (ERR_WRONG_STATE);
	of(s)->knobs.rewinds++;
	copy_all(of(s)->now, of(s)->at_mark);
	of(s)->is_marked = false;
	return (0);
}

static int
op_rollback(struct store *s)
{
	of(s)->knobs.rollbacks++;
	if (of(s)->is_begun)
		copy_all(of(s)->now, of(s)->at_begin);
	of(s)->is_begun = of(s)->is_marked = false;
	return (0);
}

static int
op_commit(struct store *s)
{
	struct store_mem_knobs *k = &of(s)->knobs;
	int r = k->fail_commit;

	k->commits++;
	if (!of(s)->is_begun || of(s)->is_marked)
		return (ERR_WRONG_STATE);
	if (r != 0 && k->fail_commit_times > 0 && --k->fail_commit_times == 0)
		k->fail_commit = 0;
	if (r != 0 && r != ERR_IO)
		copy_all(of(s)->now, of(s)->at_begin);
	of(s)->is_begun = false;
	return (r);
}

static bool
op_is_touched(struct store *s)
{
	return (of(s)->is_touched);
}

static int
op_checkpoint(struct store *s)
{
	of(s)->knobs.checkpoints++;
	return (of(s)->is_begun ? ERR_WRONG_STATE : 0);
}

/* So that the writer's tests see every one. */
static bool
op_is_due(struct store *s)
{
	(void)s;
	return (true);
}

static struct meta *
find_meta(struct store *s, const char *key)
{
	struct meta *m;
	size_t i;

	for (i = 0; i < store_mem_count(s, METAS); i++) {
		m = store_mem_at(s, METAS, i);
		if (strcmp(m->key, key) == 0)
			return (m);
	}
	return (NULL);
}

static int
op_meta_get(struct store *s, const char *key, char *out, size_t size)
{
	const struct meta *m;
	int r;

	out[0] = '\0';
	if ((r = store_mem_may_read(s)) != 0)
		return (r);
	if ((m = find_meta(s, key)) == NULL)
		return (ERR_NOTFOUND);
	return (text_copy(out, size, m->value));
}

static int
op_meta_put(struct store *s, const char *key, const char *value)
{
	struct meta row, *m;
	int r;

	memset(&row, 0, sizeof(row));
	if (key[0] == '\0' || text_copy(row.key, sizeof(row.key), key) != 0 ||
	    text_copy(row.value, sizeof(row.value), value) != 0)
		return (ERR_INVALID);
	if ((r = store_mem_may_change(s)) != 0)
		return (r);
	if ((m = find_meta(s, key)) != NULL)
		*m = row;
	else
		store_mem_add(s, METAS, &row);
	return (0);
}

static int
op_meta_note(struct store *s, const char *key, const char *value)
{
	const bool was = of(s)->is_touched;
	int r = op_meta_put(s, key, value);

	of(s)->is_touched = was;
	return (r);
}

void
store_mem_remove_counters(
    struct store *s, const struct id *office, const struct id *account)
{
	const struct counter *c;
	size_t i;

	for (i = store_mem_count(s, COUNTERS); i-- > 0;) {
		c = store_mem_at(s, COUNTERS, i);
		if (id_equal(&c->office, office) &&
		    id_equal(&c->account, account))
			store_mem_remove(s, COUNTERS, i);
	}
}

int
store_mem_new(struct store **out)
{
	static const struct store_ops own = {
		.close = op_close,
		.begin = op_begin,
		.mark = op_mark,
		.release = op_release,
		.rewind = op_rewind,
		.commit = op_commit,
		.is_touched = op_is_touched,
		.rollback = op_rollback,
		.view = op_view,
		.view_end = op_view_end,
		.is_view_old = op_is_view_old,
		.checkpoint = op_checkpoint,
		.is_due = op_is_due,
		.meta_get = op_meta_get,
		.meta_put = op_meta_put,
		.meta_note = op_meta_note,
	};
	struct store_mem *s;

	if ((s = calloc(1, sizeof(*s))) == NULL)
		return (ERR_NOMEM);
	s->ops = own;
	store_mem_people_fill(&s->ops);
	store_mem_search_fill(&s->ops);
	store_mem_log_fill(&s->ops);
	store_mem_password_fill(&s->ops);
	store_mem_terminal_fill(&s->ops);
	store_mem_cert_fill(&s->ops);
	store_mem_ticket_fill(&s->ops);
	s->base.ops = &s->ops;
	*out = &s->base;
	return (0);
}

struct store_mem_knobs *
store_mem_knobs(struct store *s)
{
	return (&of(s)->knobs);
}
