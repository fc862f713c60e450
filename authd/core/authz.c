#include <string.h>

#include "authd/core/app.h"
#include "authd/core/authz.h"
#include "authd/core/source_address.h"
#include "authd/core/terminal.h"

bool
authz_has_word(const char *list, const char *word)
{
	size_t n = strlen(word);
	const char *s;

	if (list[0] == '\0')
		return (true);
	for (s = list; s != NULL; s = strchr(s, ' ')) {
		s += *s == ' ';
		if (strncmp(s, word, n) == 0 && (s[n] == ' ' || s[n] == '\0'))
			return (n > 0);
	}
	return (false);
}

/* Is any of the blank-separated ${words} in ${list}? */
static bool
has_any(const char *list, const char *words)
{
	char copy[LIST_TEXT_MAX + 1], *rest = copy, *word;

	if (list[0] == '\0')
		return (true);
	memcpy(copy, words, sizeof(copy));
	while ((word = strsep(&rest, " ")) != NULL)
		if (*word != '\0' && authz_has_word(list, word))
			return (true);
	return (false);
}

unsigned
authz_missing(const struct app *app, const struct session *row,
    const char *path, size_t n, const struct moment *now)
{
	unsigned missing = app->factors & ~row->factors;
	int64_t age_ms;

	if (app_code_age(app, path, n, &age_ms) &&
	    (row->code_steady == 0 ||
		now->steady_ms - row->code_steady > age_ms))
		missing |= SESSION_CODE;
	return (missing & (SESSION_PASSWORD | SESSION_CODE));
}

/* The certificate, afresh: alive, admitting this account, and the same
 * terminal that the login was at, if it was at one. */
static int
check_terminal(struct core *c, struct act *act, const struct authz_in *in,
    struct authz *out, bool *ok)
{
	const struct id *at = &out->view.row.terminal;
	struct terminal_answer a;
	int r;

	*ok = false;
	r = terminal_check(
	    c, act, in->der, in->der_len, out->view.account.login, &a);
	if (r != 0)
		return (r);
	if (a.verdict == TERMINAL_ACCEPT && !id_is_zero(at) &&
	    !id_equal(at, &a.terminal.id)) {
		a.verdict = TERMINAL_REFUSE;
		a.reason = "other_terminal";
	}
	terminal_seen(c, act, &a);
	*ok = a.verdict == TERMINAL_ACCEPT;
	if (*ok)
		out->terminal = a.terminal.id;
	return (0);
}

const char *
authz_obstacle(const struct app *app, const struct account *who,
    const struct office *office)
{
	if (who->level < app->level)
		return ("level");
	if (!has_any(app->groups, who->groups))
		return ("group");
	if (!authz_has_word(app->offices, office->code))
		return ("office");
	return (NULL);
}

int
authz_run(struct core *c, struct act *act, const struct authz_in *in,
    struct authz *out)
{
	bool ok = true;
	int r;

	memset(out, 0, sizeof(*out));
	out->why = "no_such_app";
	r = c->store->ops->app_find(c->store, in->host, &out->app);
	if (r != 0)
		return (r == ERR_NOTFOUND ? 0 : r);
	out->why = "network";
	if (out->app.networks[0] != '\0' &&
	    !source_address_in(in->source, out->app.networks))
		return (0);
	if ((r = session_find(
		 c, in->token, &out->app, &act->now, &out->view)) != 0)
		return (r);
	if (!out->view.is_live) {
		out->why = out->view.why;
		out->verdict = AUTHZ_LOGIN;
		return (0);
	}
	if ((out->app.factors & SESSION_TERMINAL) != 0 &&
	    (r = check_terminal(c, act, in, out, &ok)) != 0)
		return (r);
	out->why = !ok
	    ? "terminal"
	    : authz_obstacle(&out->app, &out->view.account, &out->view.office);
	if (out->why != NULL)
		return (0);
	if (authz_missing(&out->app, &out->view.row, in->path, in->path_len,
		&act->now) != 0) {
		out->why = "not_proven";
		out->verdict = AUTHZ_LOGIN;
		return (0);
	}
	session_use(c, &out->view.row, &act->now);
	out->verdict = AUTHZ_ACCEPT;
	return (0);
}
