#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authd/base/text.h"
#include "authd/core/app.h"
#include "authd/core/journal.h"
#include "authd/core/office.h"
#include "authd/core/source_address.h"
#include "authd/core/urlcheck.h"

#define SECOND 1000LL
#define MINUTE (60 * SECOND)
#define DAY    (24 * 60 * MINUTE)

/* The next word of ${rest}, blank-separated; NULL at the end. */
static char *
next_word(char **rest)
{
	char *word;

	while ((word = strsep(rest, " ")) != NULL)
		if (*word != '\0')
			return (word);
	return (NULL);
}

typedef int word_fn(struct core *c, struct act *act, const char *word);

/* Copy words with one blank between; each is judged by ${fn}. */
static int
take_words(struct core *c, struct act *act, const char *in, char *out,
    size_t size, word_fn *fn)
{
	char copy[APP_PATHS_MAX + 1], *rest = copy, *word;
	size_t at = 0;
	int r;

	if (text_copy(copy, sizeof(copy), in) != 0)
		return (ERR_INVALID);
	out[0] = '\0';
	while ((word = next_word(&rest)) != NULL) {
		if ((r = fn(c, act, word)) != 0)
			return (r);
		r = snprintf(
		    out + at, size - at, "%s%s", at > 0 ? " " : "", word);
		if (r < 0 || (size_t)r >= size - at)
			return (ERR_INVALID);
		at += (size_t)r;
	}
	return (0);
}

static int
take_factors(const char *in, unsigned *out)
{
	char copy[LIST_TEXT_MAX + 1], *rest = copy, *word;
	unsigned factors = 0;

	if (text_copy(copy, sizeof(copy), in) != 0)
		return (ERR_INVALID);
	while ((word = next_word(&rest)) != NULL) {
		if (strcmp(word, "password") == 0)
			factors |= SESSION_PASSWORD;
		else if (strcmp(word, "code") == 0)
			factors |= SESSION_CODE;
		else if (strcmp(word, "terminal") == 0)
			factors |= SESSION_TERMINAL;
		else
			return (ERR_INVALID);
	}
	*out = factors;
	return (factors == 0 ? ERR_INVALID : 0);
}

static int
is_group(struct core *c, struct act *act, const char *word)
{
	(void)c;
	(void)act;
	if (strlen(word) > 32 ||
	    strspn(word,
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"0123456789._-") != strlen(word))
		return (ERR_INVALID);
	return (0);
}

/* An office that exists, by its code in its one form. */
static int
is_office(struct core *c, struct act *act, const char *word)
{
	struct office o;
	int r;

	if ((r = office_find(c, act, word, &o)) != 0)
		return (r);
	return (strcmp(o.code, word) == 0 ? 0 : ERR_INVALID);
}

/* SECONDS of a rule, and its prefix; false when it is none. */
static bool
split_rule(const char *word, long *seconds, const char **prefix)
{
	char *end;

	if (word[0] < '0' || word[0] > '9')
		return (false);
	*seconds = strtol(word, &end, 10);
	if (*end != '=' || *seconds < APP_AGE_MIN_S ||
	    *seconds > APP_AGE_MAX_S)
		return (false);
	*prefix = end + 1;
	return (true);
}

/* A prefix has one spelling: what may be written as an escape or not, is not
 * in it. */
static int
is_path(struct core *c, struct act *act, const char *word)
{
	const char *prefix, *s;
	size_t path_len;
	long seconds;

	(void)c;
	(void)act;
	if (!split_rule(word, &seconds, &prefix) ||
	    urlcheck_target(prefix, strlen(prefix), &path_len) != 0 ||
	    path_len != strlen(prefix))
		return (ERR_INVALID);
	for (s = prefix; *s != '\0'; s++)
		if (strchr("!$&'()*+,;=:@", *s) != NULL ||
		    (*s == '%' && s[1] < '8'))
			return (ERR_INVALID);
	return (0);
}

/* 90s, 30m, 12h, 7d; "" is 0: as the class has it. */
static int
take_time(const char *in, int64_t min, int64_t *out)
{
	int64_t unit;
	char *end;
	long n;

	*out = 0;
	if (in[0] == '\0')
		return (0);
	if (strspn(in, "0123456789") == 0 || strlen(in) > 8)
		return (ERR_INVALID);
	n = strtol(in, &end, 10);
	unit = strcmp(end, "s") == 0 ? SECOND
	    : strcmp(end, "m") == 0  ? MINUTE
	    : strcmp(end, "h") == 0  ? 60 * MINUTE
	    : strcmp(end, "d") == 0  ? DAY
				     : 0;
	if (unit == 0 || n * unit < min || n * unit > 7 * DAY)
		return (ERR_INVALID);
	*out = n * unit;
	return (0);
}

static int
take_lists(
    struct core *c, struct act *act, const struct app_input *in, struct app *row)
{
	int r;

	if (in->networks != NULL &&
	    source_address_networks(in->networks, row->networks) != 0)
		return (act_refuse(act, ERR_INVALID, "bad_network",
		    "A network must be written like 192.0.2.0/24 or "
		    "2001:db8::/32."));
	if (in->groups != NULL &&
	    take_words(c, act, in->groups, row->groups, sizeof(row->groups),
		is_group) != 0)
		return (act_refuse(act, ERR_INVALID, "bad_group",
		    "A group is 1 to 32 of A-Z a-z 0-9 . _ - and all of them "
		    "at most 512 bytes."));
	if (in->offices != NULL) {
		r = take_words(c, act, in->offices, row->offices,
		    sizeof(row->offices), is_office);
		if (r == ERR_INVALID)
			return (act_refuse(act, r, "bad_office",
			    "Offices are told by their codes, all of them at "
			    "most 512 bytes."));
		if (r != 0)
			return (r);
	}
	if (in->paths != NULL &&
	    take_words(c, act, in->paths, row->paths, sizeof(row->paths),
		is_path) != 0)
		return (act_refuse(act, ERR_INVALID, "bad_path",
		    "A path rule is SECONDS=/PREFIX, 60 to 86400 seconds, the "
		    "prefix of letters, digits, - . _ ~ / and escapes above "
		    "ASCII."));
	return (0);
}

static int
take_input(
    struct core *c, struct act *act, const struct app_input *in, struct app *row)
{
	if (in->name != NULL &&
	    (!text_is_name(in->name) ||
		text_copy(row->name, sizeof(row->name), in->name) != 0))
		return (act_refuse(act, ERR_INVALID, "bad_name",
		    "The name must be 1 to 200 bytes of UTF-8 without "
		    "control characters."));
	if (in->factors != NULL && take_factors(in->factors, &row->factors) != 0)
		return (act_refuse(act, ERR_INVALID, "bad_factors",
		    "Factors are password, code and terminal, at least one."));
	if (in->level != 0)
		row->level = in->level;
	if (row->level < 1 || row->level > 5)
		return (act_refuse(
		    act, ERR_INVALID, "bad_level", "A level is 1 to 5."));
	if ((in->idle != NULL &&
		take_time(in->idle, MINUTE, &row->idle_ms) != 0) ||
	    (in->absolute != NULL &&
		take_time(in->absolute, 5 * MINUTE, &row->absolute_ms) != 0))
		return (act_refuse(act, ERR_INVALID, "bad_time",
		    "A time is written like 30m or 12h: idle at least 1m, "
		    "absolute at least 5m, at most 7d."));
	return (take_lists(c, act, in, row));
}

/* What an auditor wants to know of a rule. */
static int
note(struct core *c, const struct act *act, const struct app *row,
    const char *action)
{
	char detail[AUDIT_DETAIL_MAX + 1];
	const struct journal_entry e = {
		.action = action,
		.result = "done",
		.detail = detail,
	};

	snprintf(detail, sizeof(detail),
	    "app=%s factors=%u level=%d idle=%lld absolute=%lld lists=%zu,%zu,"
	    "%zu,%zu",
	    row->host, row->factors, row->level, (long long)row->idle_ms,
	    (long long)row->absolute_ms, strlen(row->networks),
	    strlen(row->groups), strlen(row->offices), strlen(row->paths));
	return (journal_add(c->journal, act, &e));
}

/* The row of a new one. */
static int
make_new(
    struct core *c, struct act *act, const struct app_input *in, struct app *row)
{
	memset(row, 0, sizeof(*row));
	if (in->host == NULL ||
	    urlcheck_host(in->host, strlen(in->host), row->host) != 0)
		return (act_refuse(act, ERR_INVALID, "bad_host",
		    "An application is told by its host name, with its port "
		    "unless that is 443."));
	row->factors = SESSION_PASSWORD | SESSION_CODE;
	row->level = 1;
	row->created_ms = act->now.wall_ms;
	snprintf(row->name, sizeof(row->name), "%.200s", row->host);
	return (take_input(c, act, in, row));
}

int
app_look_ahead(struct core *c, struct act *act, const struct app_input *in,
    struct app *before, struct app *after, bool *is_new)
{
	int r = app_find(c, act, in->host, before);

	*is_new = r == ERR_NOTFOUND;
	if (*is_new) {
		memset(before, 0, sizeof(*before));
		return (make_new(c, act, in, after));
	}
	*after = *before;
	return (r == 0 ? take_input(c, act, in, after) : r);
}

int
app_add(struct core *c, struct act *act, const struct app_input *in,
    struct app *out)
{
	struct app row;
	int r;

	if ((r = make_new(c, act, in, &row)) != 0)
		return (r);
	r = c->store->ops->app_add(c->store, &row);
	if (r == ERR_EXISTS)
		return (act_refuse(act, r, "app_taken",
		    "There is an application of this host already."));
	if (r != 0 || (r = note(c, act, &row, "app.add")) != 0)
		return (r);
	*out = row;
	return (0);
}

int
app_find(struct core *c, struct act *act, const char *host, struct app *out)
{
	char folded[HOST_MAX + 1];
	int r = ERR_NOTFOUND;

	if (host != NULL && urlcheck_host(host, strlen(host), folded) == 0)
		r = c->store->ops->app_find(c->store, folded, out);
	if (r == ERR_NOTFOUND)
		return (act_refuse(act, r, "no_such_app",
		    "There is no application of this host."));
	return (r);
}

int
app_set(struct core *c, struct act *act, const struct app_input *in,
    struct app *out)
{
	struct app row;
	int r;

	if ((r = app_find(c, act, in->host, &row)) != 0 ||
	    (r = take_input(c, act, in, &row)) != 0 ||
	    (r = c->store->ops->app_set(c->store, &row)) != 0 ||
	    (r = note(c, act, &row, "app.set")) != 0)
		return (r);
	*out = row;
	return (0);
}

int
app_remove(struct core *c, struct act *act, const char *host, struct app *out)
{
	int r;

	if ((r = app_find(c, act, host, out)) != 0 ||
	    (r = c->store->ops->app_remove(c->store, out->host)) != 0)
		return (r);
	return (note(c, act, out, "app.remove"));
}

int
app_list(struct core *c, struct act *act, const char *after, int limit,
    store_app_fn *fn, void *arg)
{
	char folded[HOST_MAX + 1] = "";

	if (after != NULL && after[0] != '\0' &&
	    urlcheck_host(after, strlen(after), folded) != 0)
		return (act_refuse(act, ERR_INVALID, "bad_host",
		    "The place to go on after is no host."));
	return (c->store->ops->app_list(c->store, folded, limit, fn, arg));
}

bool
app_code_age(const char *paths, const char *path, size_t n, int64_t *ms)
{
	char copy[APP_PATHS_MAX + 1], *rest = copy, *word;
	const char *prefix;
	bool is_limited = false;
	long seconds;

	*ms = 0;
	snprintf(copy, sizeof(copy), "%s", paths);
	while ((word = next_word(&rest)) != NULL) {
		/* A rule that cannot be read is the strictest there is. */
		if (!split_rule(word, &seconds, &prefix))
			return (true);
		if (!urlcheck_under(path, n, prefix))
			continue;
		if (!is_limited || seconds * SECOND < *ms)
			*ms = seconds * SECOND;
		is_limited = true;
	}
	return (is_limited);
}

bool
app_is_one_kind(const struct app *app)
{
	return ((app->factors & SESSION_PASSWORD) == 0 ||
	    app->factors == SESSION_PASSWORD);
}
