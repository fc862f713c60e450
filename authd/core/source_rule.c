#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "authd/base/text.h"
#include "authd/core/source_address.h"
#include "authd/core/source_rule.h"

#define TICK_MAX 32  /* records of one tick; the rest waits a second */
#define LAST_MAX 500 /* of the last one */

int
source_rule_blocked(struct core *c, const struct act *act, const char *consumer,
    const struct account *account, bool *out)
{
	static const struct id nobody;
	struct office office;
	int r;

	r = source_blocked(
	    c->sources, consumer, act->source, &act->now, "", out);
	if (r != 0 || !*out)
		return (r);
	/* Only now the office matters: is the address its own? It is asked of
	 * nobody's account too, so that this one takes no less time. */
	memset(&office, 0, sizeof(office));
	r = c->store->ops->office_by_id(
	    c->store, account == NULL ? &nobody : &account->office, &office);
	if (r != 0 && (r != ERR_NOTFOUND || account != NULL))
		return (r);
	return (source_blocked(c->sources, consumer, act->source, &act->now,
	    office.networks, out));
}

/* The one record for all that was held back. */
static int
note_held(struct core *c, const struct act *act, const struct source_held *held)
{
	char detail[AUDIT_DETAIL_MAX + 1];
	const struct journal_entry e = {
		.action = "source.refused",
		.result = "refuse",
		.reason = "too_many",
		.detail = detail,
	};
	struct act last = *act;
	int r;

	if (held->count == 0)
		return (0);
	if ((r = text_copy(last.actor, sizeof(last.actor), held->actor)) != 0 ||
	    (r = text_copy(last.source, sizeof(last.source), held->address)) !=
		0 ||
	    (r = text_copy(last.request_id, sizeof(last.request_id),
		 held->request_id)) != 0)
		return (r);
	snprintf(detail, sizeof(detail), "consumer=%s count=%" PRId64,
	    held->consumer, held->count);
	return (journal_add(c->journal, &last, &e));
}

int
source_rule_failed(struct core *c, const struct act *act, const char *consumer,
    const char *login)
{
	struct source_held dropped;
	int r;

	r = source_failed(
	    c->sources, consumer, act->source, login, &act->now, &dropped);
	return (r == 0 ? note_held(c, act, &dropped) : r);
}

int
source_rule_note(struct core *c, const struct act *act, const char *consumer,
    const struct journal_entry *e)
{
	struct source_held before;
	bool is_held = false;
	int r;

	if (strcmp(e->result, "refuse") == 0 && act->source[0] != '\0') {
		if ((r = source_hold(
			 c->sources, consumer, act, &is_held, &before)) != 0 ||
		    (r = note_held(c, act, &before)) != 0)
			return (r);
	}
	return (is_held ? 0 : journal_add(c->journal, act, e));
}

int
source_rule_tick(struct core *c, const struct act *act, bool is_all)
{
	struct source_held held;
	size_t at = 0;
	int i, r = 0;

	for (i = 0; r == 0 && i < (is_all ? LAST_MAX : TICK_MAX); i++) {
		r = source_due(c->sources, &act->now, is_all, &at, &held);
		if (r == 0)
			r = note_held(c, act, &held);
	}
	return (r == ERR_NOTFOUND ? 0 : r);
}

int
source_rule_unlock(
    struct core *c, struct act *act, const char *consumer, const char *address)
{
	char detail[AUDIT_DETAIL_MAX + 1], named[AUDIT_SOURCE_MAX + 1];
	const struct journal_entry e = {
		.action = "source.unlock",
		.result = "done",
		.detail = detail,
	};
	int r;

	/* What is too long for a source is none. */
	r = source_clear(c->sources, consumer, address, &act->now);
	if (r == ERR_NOTFOUND || r == ERR_INVALID)
		return (act_refuse(act, ERR_NOTFOUND, "no_such_source",
		    "No failures are counted for this consumer and address."));
	if (r != 0 || (r = source_address_name(address, named)) != 0)
		return (r);
	snprintf(
	    detail, sizeof(detail), "consumer=%s address=%s", consumer, named);
	return (journal_add(c->journal, act, &e));
}
