#include <string.h>

#include "authd/core/app.h"
#include "authd/core/authz.h"
#include "authd/core/known.h"
#include "authd/core/source_address.h"
#include "authd/core/terminal.h"

/* Uses of a session within this are one: it may be idle that much sooner. */
#define NOTE_MS 1000

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

/* From where the application is open to all, or one of its networks. */
static bool
is_from(const char *networks, const char *source)
{
	return (networks[0] == '\0' || source_address_in(source, networks));
}

/* Is the last code as young as this path wants it? */
static bool
is_code_fresh(const char *paths, const char *path, size_t n,
    int64_t code_steady, const struct moment *now)
{
	int64_t age_ms;

	return (paths[0] == '\0' || !app_code_age(paths, path, n, &age_ms) ||
	    (code_steady != 0 && now->steady_ms - code_steady <= age_ms));
}

unsigned
authz_missing(const struct app *app, const struct session *row,
    const char *path, size_t n, const struct moment *now)
{
	unsigned missing = app->factors & ~row->factors;

	if (!is_code_fresh(app->paths, path, n, row->code_steady, now))
		missing |= SESSION_CODE;
	return (missing & (SESSION_PASSWORD | SESSION_CODE));
}

/* The certificate, afresh: alive, admitting this account, and the same
 * terminal that the login was at, if it was at one. */
static int
check_terminal(struct core *c, struct act *act, const struct authz_in *in,
    const struct session_view *view, struct id *shown, bool *ok)
{
	const struct id *at = &view->row.terminal;
	struct terminal_answer a;
	int r;

	*ok = false;
	r = terminal_check(
	    c, act, in->der, in->der_len, view->account.login, &a);
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
		*shown = a.terminal.id;
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

/* A use, which is noted at once, but not more than once a second. */
static void
use(struct core *c, const struct act *act, struct authz_grant *g)
{
	struct session row;

	/* what is the same needs not be written: others hold it as well */
	if (atomic_load(&g->used_steady) != act->now.steady_ms)
		atomic_store(&g->used_steady, act->now.steady_ms);
	if (atomic_load(&g->noted_steady) + NOTE_MS > act->now.steady_ms)
		return;
	atomic_store(&g->noted_steady, act->now.steady_ms);
	memset(&row, 0, sizeof(row));
	row.office = g->office;
	row.account = g->account;
	row.id = g->session;
	row.parent = g->parent;
	session_use(c, &row, &act->now);
}

/* All that the store says. Into ${app} and ${view}, and as out->why if it is a
 * refusal. */
static int
look(struct core *c, struct act *act, const struct authz_in *in,
    struct authz *out, struct app *app, struct session_view *view,
    struct id *terminal)
{
	bool ok = true;
	int r;

	out->why = "no_such_app";
	r = known_app(c, in->host, app);
	if (r != 0)
		return (r == ERR_NOTFOUND ? 0 : r);
	out->why = "network";
	if (!is_from(app->networks, in->source))
		return (0);
	if ((r = session_find(c, in->token, app, &act->now, view)) != 0)
		return (r);
	if (!view->is_live) {
		out->why = view->why;
		out->verdict = AUTHZ_LOGIN;
		return (0);
	}
	if ((app->factors & SESSION_TERMINAL) != 0 &&
	    (r = check_terminal(c, act, in, view, terminal, &ok)) != 0)
		return (r);
	out->why = !ok ? "terminal"
		       : authz_obstacle(app, &view->account, &view->office);
	if (out->why != NULL)
		return (0);
	if (authz_missing(app, &view->row, in->path, in->path_len,
		&act->now) != 0) {
		out->why = "not_proven";
		out->verdict = AUTHZ_LOGIN;
	}
	return (0);
}

int
authz_run(struct core *c, struct act *act, const struct authz_in *in,
    struct authz *out)
{
	struct session_view view;
	struct authz_grant *g;
	struct id terminal;
	struct app app;
	int r;

	memset(out, 0, sizeof(*out));
	memset(&terminal, 0, sizeof(terminal));
	r = look(c, act, in, out, &app, &view, &terminal);
	if (r != 0)
		out->verdict = AUTHZ_REFUSE;
	if (r != 0 || out->why != NULL)
		return (r);
	if ((r = authz_kept_grant(&app, &view, &g)) != 0)
		return (r);
	g->terminal = terminal;
	use(c, act, g);
	/* a certificate is seen afresh each time */
	if (c->kept != NULL && (app.factors & SESSION_TERMINAL) == 0)
		authz_kept_put(c->kept, g, c->as_of);
	out->grant = g;
	out->verdict = AUTHZ_ACCEPT;
	return (0);
}

/* What depends on the time and on the request. */
static bool
still_holds(const struct authz_grant *g, const struct authz_in *in,
    const struct moment *now)
{
	return (now->steady_ms < g->last_steady &&
	    now->steady_ms < atomic_load(&g->used_steady) + g->idle_ms &&
	    (g->leaves_ms == 0 || now->wall_ms < g->leaves_ms) &&
	    is_from(g->networks, in->source) &&
	    is_code_fresh(
		g->paths, in->path, in->path_len, g->code_steady, now));
}

bool
authz_recall(struct core *c, struct act *act, const struct authz_in *in,
    struct authz *out)
{
	uint8_t token[SESSION_HASH_LEN];
	struct authz_grant *g;

	memset(out, 0, sizeof(*out));
	if (c->kept == NULL || token_hash(in->token, token) != 0 ||
	    (g = authz_kept_find(c->kept, token, in->host)) == NULL)
		return (false);
	if (!still_holds(g, in, &act->now)) {
		authz_kept_drop(g);
		return (false);
	}
	use(c, act, g);
	out->grant = g;
	out->verdict = AUTHZ_ACCEPT;
	return (true);
}
