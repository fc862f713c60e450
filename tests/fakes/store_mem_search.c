#include <stdlib.h>
#include <string.h>

#include "tests/fakes/store_mem_impl.h"

/* Has the text this part, in whatever case of ASCII? */
static bool
has(const char *text, const char *part)
{
	char lower[NAME_MAX_BYTES + 1];
	size_t i;

	for (i = 0; i < sizeof(lower) - 1 && text[i] != '\0'; i++)
		lower[i] = (char)(text[i] >= 'A' && text[i] <= 'Z'
			? text[i] - 'A' + 'a'
			: text[i]);
	lower[i] = '\0';
	return (strstr(lower, part) != NULL);
}

static bool
is_locked(struct store *s, const struct account *a, int64_t now)
{
	const struct counter *c;
	int in_row = 0;
	bool is = false;
	size_t i;

	for (i = 0; i < store_mem_count(s, COUNTERS); i++) {
		c = store_mem_at(s, COUNTERS, i);
		if (!id_equal(&c->office, &a->office) ||
		    !id_equal(&c->account, &a->id))
			continue;
		is = is || c->locked_until_steady > now;
		in_row += c->kind == COUNTER_CODE ? c->in_row : 0;
	}
	return (is || in_row >= IN_ROW_MAX);
}

static bool
is_enrolled(struct store *s, const struct account *a)
{
	const struct phone *p;
	size_t i;

	for (i = 0; i < store_mem_count(s, PHONES); i++) {
		p = store_mem_at(s, PHONES, i);
		if (id_equal(&p->office, &a->office) &&
		    id_equal(&p->account, &a->id) && p->confirmed_ms != 0)
			return (true);
	}
	return (false);
}

static bool
is_picked(struct store *s, const struct account_search *q,
    const struct account *a)
{
	switch (q->pick) {
	case ACCOUNT_PICK_ANY:
		return (true);
	case ACCOUNT_PICK_ACTIVE:
		return (a->disabled_ms == 0 && a->approved_ms != 0);
	case ACCOUNT_PICK_PENDING:
		return (a->disabled_ms == 0 && a->approved_ms == 0);
	case ACCOUNT_PICK_DISABLED:
		return (a->disabled_ms != 0);
	case ACCOUNT_PICK_LOCKED:
		return (is_locked(s, a, q->now_steady));
	case ACCOUNT_PICK_UNENROLLED:
		return (!is_enrolled(s, a));
	}
	return (false);
}

static int
by_login(const void *a, const void *b)
{
	return (strcmp((*(const struct account *const *)a)->login,
	    (*(const struct account *const *)b)->login));
}

static int
op_account_search(struct store *s, const struct account_search *q,
    store_account_fn *fn, void *arg, int *total)
{
	size_t i, n = 0, most = store_mem_count(s, ACCOUNTS);
	const struct account **found, *a;
	struct office there;
	int r = store_mem_may_read(s);

	*total = 0;
	if (r == 0 && !q->is_all)
		r = s->ops->office_by_id(s, &q->office, &there);
	if (r != 0)
		return (r);
	if ((found = calloc(most + 1, sizeof(*found))) == NULL)
		abort();
	for (i = 0; i < most; i++) {
		a = store_mem_at(s, ACCOUNTS, i);
		if ((q->is_all || id_equal(&a->office, &q->office)) &&
		    (q->text[0] == '\0' || has(a->login, q->login) ||
			has(a->name, q->text) || has(a->kana, q->text)) &&
		    is_picked(s, q, a))
			found[n++] = a;
	}
	qsort(found, n, sizeof(*found), by_login);
	for (i = (size_t)q->offset; r == 0 && i < n &&
	     i < (size_t)(q->offset + q->limit); i++)
		r = fn(arg, found[i]);
	free(found);
	*total = (int)n;
	return (r);
}

void
store_mem_search_fill(struct store_ops *ops)
{
	ops->account_search = op_account_search;
}
