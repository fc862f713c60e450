#include <string.h>

#include "authd/base/fold.h"
#include "authd/base/text.h"
#include "authd/core/office.h"
#include "authd/core/search.h"

#define PAGE_MAX (SEARCH_MAX / SEARCH_PAGE)

static int
bad(struct act *act)
{
	return (act_refuse(act, ERR_INVALID, "bad_search",
	    "What is sought is too long, or no such state or page."));
}

/* The number of a word among those of a search; 0 for none. */
static int
take_state(struct act *act, const char *const *words, const char *in, int *out)
{
	int i;

	*out = 0;
	if (in == NULL || in[0] == '\0')
		return (0);
	for (i = 0; words[i] != NULL; i++)
		if (strcmp(words[i], in) == 0) {
			*out = i + 1;
			return (0);
		}
	return (bad(act));
}

/* As it may stand in a name, and as it may in a login. */
static int
take_text(struct act *act, const char *in, char *name, char *login, size_t size)
{
	name[0] = login[0] = '\0';
	if (in == NULL || in[0] == '\0')
		return (0);
	if (text_copy(name, size, in) != 0 || fold_part(in, login, size) != 0)
		return (bad(act));
	for (; *name != '\0'; name++)
		if (*name >= 'A' && *name <= 'Z')
			*name = (char)(*name - 'A' + 'a');
	return (0);
}

static int
take_page(struct act *act, const struct search_input *in, int *offset)
{
	if (in->page < 1 || in->page > PAGE_MAX)
		return (bad(act));
	*offset = (in->page - 1) * SEARCH_PAGE;
	return (0);
}

static void
put_pages(const struct search_input *in, const struct search_found *found,
    struct search_pages *out)
{
	out->total = found->total;
	out->is_part = found->is_part;
	out->page = in->page;
	out->pages = (found->total + SEARCH_PAGE - 1) / SEARCH_PAGE;
}

struct accounts {
	struct core *c;
	struct act *act;
	search_account_fn *fn;
	void *arg;
};

static int
on_account(void *arg, const struct account *row)
{
	struct accounts *l = arg;
	struct account_view v;
	int r;

	if ((r = account_show(l->c, l->act, row->login, &v)) != 0)
		return (r);
	return (l->fn(l->arg, &v));
}

int
search_accounts(struct core *c, struct act *act, const struct search_input *in,
    search_account_fn *fn, void *arg, struct search_pages *out)
{
	static const char *const states[] = { "active", "pending", "disabled",
		"locked", "unenrolled", NULL };
	struct account_search s = { .limit = SEARCH_PAGE };
	struct accounts l = { c, act, fn, arg };
	const struct id *only;
	struct office office;
	struct search_found found;
	int r, state;

	memset(out, 0, sizeof(*out));
	if ((r = office_scope(c, act, in->office, &office, &only)) != 0 ||
	    (r = take_text(
		 act, in->text, s.text, s.login, sizeof(s.text))) != 0 ||
	    (r = take_state(act, states, in->state, &state)) != 0 ||
	    (r = take_page(act, in, &s.offset)) != 0)
		return (r);
	s.is_all = only == NULL;
	s.office = office.id;
	s.pick = (enum account_pick)state;
	s.now_steady = act->now.steady_ms;
	s.looked = SEARCH_MAX;
	r = c->store->ops->account_search(c->store, &s, on_account, &l, &found);
	if (r == 0)
		put_pages(in, &found, out);
	return (r);
}

/* The same search of devices. */
static int
take_devices(struct core *c, struct act *act, const struct search_input *in,
    const char *const *states, struct device_search *s)
{
	const struct id *only;
	struct office office;
	int r, state;

	memset(s, 0, sizeof(*s));
	if ((r = office_scope(c, act, in->office, &office, &only)) != 0 ||
	    (r = take_text(
		 act, in->text, s->text, s->login, sizeof(s->text))) != 0 ||
	    (r = take_state(act, states, in->state, &state)) != 0 ||
	    (r = take_page(act, in, &s->offset)) != 0)
		return (r);
	s->limit = SEARCH_PAGE;
	s->is_all = only == NULL;
	s->office = office.id;
	s->pick = (enum device_pick)state;
	s->now_ms = act->now.wall_ms;
	s->looked = SEARCH_MAX;
	return (0);
}

struct phones {
	struct core *c;
	search_phone_fn *fn;
	void *arg;
};

static int
on_phone(void *arg, const struct phone *row)
{
	struct phones *l = arg;
	struct search_phone p = { .phone = *row };
	int r;

	r = l->c->store->ops->account_by_id(
	    l->c->store, &row->office, &row->account, &p.account);
	return (r != 0 ? r : l->fn(l->arg, &p));
}

int
search_phones(struct core *c, struct act *act, const struct search_input *in,
    search_phone_fn *fn, void *arg, struct search_pages *out)
{
	static const char *const states[] = { "active", "revoked", "pending",
		NULL };
	struct phones l = { c, fn, arg };
	struct search_found found;
	struct device_search s;
	int r;

	memset(out, 0, sizeof(*out));
	if ((r = take_devices(c, act, in, states, &s)) != 0)
		return (r);
	r = c->store->ops->phone_search(c->store, &s, on_phone, &l, &found);
	if (r == 0)
		put_pages(in, &found, out);
	return (r);
}

struct terminal_rows {
	struct core *c;
	struct act *act;
	terminals_fn *fn;
	void *arg;
};

static int
on_terminal(void *arg, const struct terminal *row)
{
	struct terminal_rows *l = arg;
	struct terminals_view v;
	char id[ID_TEXT + 1];
	int r;

	id_put_text(&row->id, id);
	if ((r = terminals_show(l->c, l->act, id, &v)) != 0)
		return (r);
	return (l->fn(l->arg, &v));
}

int
search_terminals(struct core *c, struct act *act,
    const struct search_input *in, terminals_fn *fn, void *arg,
    struct search_pages *out)
{
	static const char *const states[] = { "live", "lost", NULL };
	struct terminal_rows l = { c, act, fn, arg };
	struct search_found found;
	struct device_search s;
	int r;

	memset(out, 0, sizeof(*out));
	if ((r = take_devices(c, act, in, states, &s)) != 0)
		return (r);
	r = c->store->ops->terminal_search(
	    c->store, &s, on_terminal, &l, &found);
	if (r == 0)
		put_pages(in, &found, out);
	return (r);
}
