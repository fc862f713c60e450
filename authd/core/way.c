#include <stdio.h>
#include <string.h>

#include "authd/core/authz.h"
#include "authd/core/means.h"
#include "authd/core/source_address.h"
#include "authd/core/way.h"

const char *
way_word(enum way way)
{
	static const char *const words[WAYS] = {
		[WAY_LOGIN] = "login",
		[WAY_CLOSED] = "closed",
		[WAY_LEVEL] = "level",
		[WAY_GROUP] = "group",
		[WAY_OFFICE] = "office",
		[WAY_PHONE] = "phone",
		[WAY_TERMINAL] = "terminal",
		[WAY_NETWORK] = "network",
		[WAY_IN] = "",
	};

	return (way >= WAYS ? "login" : words[way]);
}

/* Has one of the blank-separated networks ${a} its first address in ${b}? */
static bool
begins_in(const char *a, const char *b)
{
	char copy[LIST_TEXT_MAX + 1], *rest = copy, *word;

	snprintf(copy, sizeof(copy), "%s", a);
	while ((word = strsep(&rest, " ")) != NULL) {
		word[strcspn(word, "/")] = '\0';
		if (*word != '\0' && source_address_in(word, b))
			return (true);
	}
	return (false);
}

static bool
is_within(const struct means *m, const struct office *office,
    const char *networks, bool *is_known)
{
	if (networks[0] == '\0')
		return (true);
	if (m->source[0] != '\0')
		return (source_address_in(m->source, networks));
	*is_known = office->networks[0] != '\0';
	return (!*is_known || begins_in(office->networks, networks) ||
	    begins_in(networks, office->networks));
}

static enum way
by_list(const struct app *app, const struct means *m, const struct office *o)
{
	const char *word = authz_obstacle(app, &m->account, o);

	if (word == NULL)
		return (WAY_IN);
	if (strcmp(word, "level") == 0)
		return (WAY_LEVEL);
	return (strcmp(word, "group") == 0 ? WAY_GROUP : WAY_OFFICE);
}

/* Is there an application that a terminal opens without a code: this one, or
 * another by which one may come? */
static bool
takes_terminal(const struct way_rule *rule)
{
	return (rule->takes_terminals ||
	    (rule->app != NULL &&
		rule->app->factors == (SESSION_PASSWORD | SESSION_TERMINAL)));
}

enum way
way_find(const struct way_rule *rule, const struct means *m,
    const struct office *office, int64_t wall_ms, bool *is_known)
{
	bool has_code = m->phones > 0 || m->recovery_left > 0;
	bool has_terminal = rule->takes_certs &&
	    (rule->keeps_used ? m->has_kept_terminal : m->has_terminal);
	bool by_terminal = has_terminal && takes_terminal(rule);
	const struct app *app = rule->app;
	enum way way;

	*is_known = true;
	if (rule->is_closed)
		return (WAY_CLOSED);
	/* of an application it is told what is missing, further down */
	if (!means_suffice(
		m, app == NULL ? by_terminal : has_terminal, office, wall_ms))
		return (WAY_LOGIN);
	if (app == NULL)
		return (WAY_IN);
	if ((way = by_list(app, m, office)) != WAY_IN)
		return (way);
	if (!has_code && (!by_terminal || (app->factors & SESSION_CODE) != 0))
		return (WAY_PHONE);
	if ((app->factors & SESSION_TERMINAL) != 0 && !has_terminal)
		return (WAY_TERMINAL);
	if (!is_within(m, office, app->networks, is_known))
		return (WAY_NETWORK);
	return (WAY_IN);
}
