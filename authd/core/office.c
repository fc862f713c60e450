#include <string.h>

#include "authd/base/fold.h"
#include "authd/base/text.h"
#include "authd/core/guard.h"
#include "authd/core/journal.h"
#include "authd/core/office.h"
#include "authd/core/source_address.h"

static int
take_input(struct act *act, const struct office_input *in, struct office *row)
{
	if (in->name != NULL) {
		if (!text_is_name(in->name) ||
		    text_copy(row->name, sizeof(row->name), in->name) != 0)
			return (act_refuse(act, ERR_INVALID, "bad_name",
			    "The name must be 1 to 200 bytes of UTF-8 without "
			    "control characters."));
	}
	if (in->contact != NULL) {
		if ((in->contact[0] != '\0' && !text_is_name(in->contact)) ||
		    text_copy(
			row->contact, sizeof(row->contact), in->contact) != 0)
			return (act_refuse(act, ERR_INVALID, "bad_contact",
			    "The contact must be at most 200 bytes of UTF-8 "
			    "without control characters."));
	}
	if (in->networks != NULL &&
	    source_address_networks(in->networks, row->networks) != 0)
		return (act_refuse(act, ERR_INVALID, "bad_network",
		    "A network must be written like 192.0.2.0/24 or "
		    "2001:db8::/32."));
	return (0);
}

static int
note(struct core *c, const struct act *act, const struct office *row,
    const char *action)
{
	const struct journal_entry e = {
		.office = row->code,
		.action = action,
		.result = "done",
	};

	return (journal_add(c->journal, act, &e));
}

int
office_add(struct core *c, struct act *act, const struct office_input *in,
    struct office *out)
{
	struct office row;
	int r;

	memset(&row, 0, sizeof(row));
	if (in->code == NULL || fold_office(in->code, row.code) != 0)
		return (act_refuse(act, ERR_INVALID, "bad_code",
		    "An office code is 1 to 32 letters, digits and hyphens."));
	if (in->name == NULL)
		return (act_refuse(
		    act, ERR_INVALID, "bad_name", "An office needs a name."));
	if ((r = take_input(act, in, &row)) != 0 ||
	    (r = id_new(act->now.wall_ms, &row.id)) != 0)
		return (r);
	row.created_ms = act->now.wall_ms;
	r = c->store->ops->office_add(c->store, &row);
	if (r == ERR_EXISTS)
		return (act_refuse(act, r, "office_taken",
		    "There is an office with this code already."));
	if (r != 0 || (r = note(c, act, &row, "office.add")) != 0)
		return (r);
	*out = row;
	return (0);
}

int
office_find(
    struct core *c, struct act *act, const char *code, struct office *out)
{
	char folded[OFFICE_CODE_MAX + 1];
	int r = ERR_NOTFOUND;

	if (code != NULL && fold_office(code, folded) == 0)
		r = c->store->ops->office_by_code(c->store, folded, out);
	if (r == 0 && !act_sees(act, &out->id)) {
		memset(out, 0, sizeof(*out)); /* whoever looks nevertheless */
		r = ERR_NOTFOUND;
	}
	if (r == ERR_NOTFOUND)
		return (act_refuse(act, r, "no_such_office",
		    "There is no office with this code."));
	return (r);
}

int
office_scope(struct core *c, struct act *act, const char *code,
    struct office *out, const struct id **only)
{
	*only = &out->id;
	if (code != NULL)
		return (office_find(c, act, code, out));
	if (act->person.is_set && !act->person.is_everywhere) {
		return (c->store->ops->office_by_id(
		    c->store, &act->person.office, out));
	}
	memset(out, 0, sizeof(*out));
	*only = NULL;
	return (0);
}

int
office_set(struct core *c, struct act *act, const struct office_input *in,
    struct office *out)
{
	struct office row;
	int r;

	if ((r = office_find(c, act, in->code, &row)) != 0 ||
	    (r = take_input(act, in, &row)) != 0 ||
	    (r = c->store->ops->office_set(c->store, &row)) != 0 ||
	    (r = note(c, act, &row, "office.set")) != 0)
		return (r);
	*out = row;
	return (0);
}

int
office_enable(struct core *c, struct act *act, const char *code,
    bool is_enabled, struct office *out)
{
	struct session_pick all = { .by = SESSION_BY_OFFICE };
	struct office row;
	struct guard g;
	int r;

	if ((r = office_find(c, act, code, &row)) != 0 ||
	    (r = guard_open(c, act, NULL, &g)) != 0)
		return (r);
	all.office = row.id;
	/* for good: being admitted again brings none of them back */
	if (!is_enabled &&
	    (r = c->store->ops->session_end(c->store, &all, NULL)) != 0)
		return (r);
	row.disabled_ms = is_enabled ? 0
	    : row.disabled_ms != 0   ? row.disabled_ms
				     : act->now.wall_ms;
	if ((r = c->store->ops->office_set(c->store, &row)) != 0 ||
	    (r = guard_close(c, act, &g)) != 0 ||
	    (r = note(c, act, &row,
		 is_enabled ? "office.enable" : "office.disable")) != 0)
		return (r);
	*out = row;
	return (0);
}

int
office_list(struct core *c, struct act *act, const char *after, int limit,
    store_office_fn *fn, void *arg)
{
	char folded[OFFICE_CODE_MAX + 1] = "";
	const struct id *only;
	struct office own;
	int r;

	if (after != NULL && after[0] != '\0' &&
	    fold_office(after, folded) != 0)
		return (act_refuse(act, ERR_INVALID, "bad_code",
		    "The place to go on after is no office code."));
	if ((r = office_scope(c, act, NULL, &own, &only)) != 0)
		return (r);
	if (only != NULL)
		return (strcmp(own.code, folded) > 0 && limit > 0
			? fn(arg, &own)
			: 0);
	return (c->store->ops->office_list(c->store, folded, limit, fn, arg));
}
