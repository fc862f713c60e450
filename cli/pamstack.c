#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/pamstack.h"

#define LINE_MAX_BYTES 4096

static const char *const type_names[] = { "auth", "account" };
static const char *const code_names[] = { "success", "auth_err",
	"authinfo_unavail", "conv_err", "ignore", "module_unknown",
	"user_unknown", "acct_expired", "perm_denied", "new_authtok_reqd" };
static const char *const action_names[] = { "ignore", "ok", "done", "bad",
	"die", "reset" };

struct reader {
	struct pamstack *s;
	const char *dir;
	enum pamstack_type type;
	int depth; /* of files */
	int level; /* of substacks */
};

static int read_service(struct reader *rd, const char *service);

static void
set_all(struct pamstack_line *l, int action)
{
	int i;

	for (i = 0; i < PAMSTACK_CODES; i++)
		l->actions[i] = action;
}

/* The four words, as pam.conf(5) spells them out. */
static bool
take_word_control(struct pamstack_line *l)
{
	if (strcmp(l->control, "required") == 0 ||
	    strcmp(l->control, "requisite") == 0) {
		set_all(l,
		    l->control[4] == 'i' && l->control[5] == 's'
			? PAMSTACK_DO_DIE
			: PAMSTACK_DO_BAD);
		l->actions[PAMSTACK_IGNORE] = PAMSTACK_DO_IGNORE;
		l->actions[PAMSTACK_SUCCESS] = PAMSTACK_DO_OK;
		l->actions[PAMSTACK_NEW_AUTHTOK] = PAMSTACK_DO_OK;
	} else if (strcmp(l->control, "sufficient") == 0) {
		l->actions[PAMSTACK_SUCCESS] = PAMSTACK_DO_DONE;
		l->actions[PAMSTACK_NEW_AUTHTOK] = PAMSTACK_DO_DONE;
	} else if (strcmp(l->control, "optional") == 0) {
		l->actions[PAMSTACK_SUCCESS] = PAMSTACK_DO_OK;
		l->actions[PAMSTACK_NEW_AUTHTOK] = PAMSTACK_DO_OK;
	} else
		return (false);
	return (true);
}

static bool
take_action(const char *word, int *out)
{
	size_t i;
	char *end;
	long n;

	for (i = 0; i < sizeof(action_names) / sizeof(action_names[0]); i++) {
		if (strcmp(action_names[i], word) == 0) {
			*out = -(int)i;
			return (true);
		}
	}
	if (!isdigit((unsigned char)word[0]))
		return (false);
	n = strtol(word, &end, 10);
	*out = (int)n;
	return (*end == '\0' && n > 0 && n < PAMSTACK_LINES_MAX);
}

/* `[success=1 default=ignore]`: what is not said is the default, else bad. */
static bool
take_list_control(struct pamstack_line *l)
{
	char text[sizeof(l->control)], *word, *value, *next;
	bool is_set[PAMSTACK_CODES] = { false };
	int action, i, otherwise = PAMSTACK_DO_BAD;

	snprintf(text, sizeof(text), "%s", l->control + 1);
	text[strcspn(text, "]")] = '\0';
	for (word = text; *word != '\0'; word = next) {
		word += strspn(word, " \t");
		next = word + strcspn(word, " \t");
		if (*next != '\0')
			*next++ = '\0';
		if (*word == '\0')
			continue;
		if ((value = strchr(word, '=')) == NULL)
			return (false);
		*value++ = '\0';
		if (!take_action(value, &action))
			return (false);
		if (strcmp(word, "default") == 0)
			otherwise = action;
		for (i = 0; i < PAMSTACK_CODES; i++) {
			if (strcmp(code_names[i], word) == 0) {
				l->actions[i] = action;
				is_set[i] = true;
			}
		}
	}
	for (i = 0; i < PAMSTACK_CODES; i++)
		if (!is_set[i])
			l->actions[i] = otherwise;
	return (true);
}

/* The next word, `[...]` being one; false at the end of the line. */
static bool
take_word(const char **at, char *out, size_t size)
{
	const char *p = *at + strspn(*at, " \t");
	size_t n;

	if (*p == '\0')
		return (false);
	if (*p == '[') {
		n = strcspn(p, "]");
		n += p[n] == ']' ? 1 : 0;
	} else
		n = strcspn(p, " \t");
	snprintf(out, size, "%.*s", (int)n, p);
	*at = p + n;
	return (true);
}

static int
fail(struct reader *rd, int r, const char *where, const char *what)
{
	snprintf(rd->s->why, sizeof(rd->s->why), "%.190s: %.190s", where,
	    what);
	return (r);
}

/* include goes on in another file; substack does so in a stack of its own. */
static int
take_include(struct reader *rd, struct pamstack_line *l, bool is_substack)
{
	struct pamstack_line *at;
	int mine = rd->s->n, r;

	if (!is_substack)
		return (read_service(rd, l->module));
	if (rd->s->n == PAMSTACK_LINES_MAX)
		return (fail(rd, ERR_INVALID, l->where, "too many lines"));
	at = &rd->s->at[rd->s->n++];
	*at = *l;
	rd->level++;
	r = read_service(rd, l->module);
	rd->level--;
	at->content = rd->s->n - mine - 1;
	return (r);
}

static int
take_line(struct reader *rd, const char *text, const char *where)
{
	struct pamstack_line l;
	const char *type;
	char word[64];

	memset(&l, 0, sizeof(l));
	snprintf(l.where, sizeof(l.where), "%s", where);
	if (!take_word(&text, word, sizeof(word)))
		return (0);
	if (strcmp(word, "@include") == 0) {
		if (!take_word(&text, l.module, sizeof(l.module)))
			return (fail(rd, ERR_INVALID, where, "no file named"));
		return (take_include(rd, &l, false));
	}
	type = word;
	if ((l.may_be_absent = word[0] == '-'))
		type++;
	if (strcasecmp(type, type_names[rd->type]) != 0)
		return (0);
	if (!take_word(&text, l.control, sizeof(l.control)) ||
	    !take_word(&text, l.module, sizeof(l.module)))
		return (fail(rd, ERR_INVALID, where, "the line is cut short"));
	snprintf(l.args, sizeof(l.args), "%s", text + strspn(text, " \t"));
	if (strcmp(l.control, "include") == 0 ||
	    strcmp(l.control, "substack") == 0)
		return (take_include(rd, &l, l.control[0] == 's'));
	if (l.control[0] == '[' ? !take_list_control(&l)
				: !take_word_control(&l))
		return (fail(rd, ERR_INVALID, where, "no such control"));
	if (rd->s->n == PAMSTACK_LINES_MAX)
		return (fail(rd, ERR_INVALID, where, "too many lines"));
	l.depth = rd->level;
	rd->s->at[rd->s->n++] = l;
	return (0);
}

static int
read_file(struct reader *rd, FILE *f, const char *service)
{
	char text[LINE_MAX_BYTES], where[300];
	size_t n = 0;
	int number = 0, first = 1, r = 0;

	while (r == 0 && fgets(text + n, (int)(sizeof(text) - n), f) != NULL) {
		number++;
		n += strcspn(text + n, "\n");
		/* a backslash at the end joins the next line */
		if (n > 0 && text[n - 1] == '\\' && n + 2 < sizeof(text)) {
			text[n - 1] = ' ';
			continue;
		}
		text[n] = '\0';
		text[strcspn(text, "#")] = '\0';
		snprintf(where, sizeof(where), "%s:%d", service, first);
		r = take_line(rd, text, where);
		n = 0;
		first = number + 1;
	}
	return (r);
}

static int
read_service(struct reader *rd, const char *service)
{
	char path[4096];
	FILE *f;
	int r;

	if (rd->depth == PAMSTACK_DEPTH_MAX)
		return (fail(rd, ERR_INVALID, service, "included too deeply"));
	if (service[0] == '/')
		snprintf(path, sizeof(path), "%s", service);
	else
		snprintf(path, sizeof(path), "%s/%s", rd->dir, service);
	if ((f = fopen(path, "re")) == NULL)
		return (fail(rd, errno == ENOENT ? ERR_NOTFOUND : ERR_SYS, path,
		    strerror(errno)));
	rd->depth++;
	r = read_file(rd, f, service);
	rd->depth--;
	fclose(f);
	return (r);
}

int
pamstack_read(const char *dir, const char *service, enum pamstack_type type,
    struct pamstack **out)
{
	struct reader rd = { .dir = dir, .type = type };
	int r;

	if ((rd.s = calloc(1, sizeof(*rd.s))) == NULL)
		return (ERR_NOMEM);
	r = read_service(&rd, service);
	if (r == ERR_NOTFOUND && rd.s->n == 0) {
		rd.s->is_other = true;
		r = read_service(&rd, "other");
	}
	*out = rd.s;
	return (r);
}

void
pamstack_free(struct pamstack *s)
{
	free(s);
}

bool
pamstack_is(const struct pamstack_line *line, const char *name)
{
	const char *base = strrchr(line->module, '/');

	return (strcmp(base == NULL ? line->module : base + 1, name) == 0);
}

/* libpam's own account of a stack: undecided, good so far, or lost. */
struct state {
	enum { UNDECIDED, GOOD, LOST } impression;
	enum pamstack_code status;
};

/* How many lines are one step: a substack is passed with all that is in it. */
static int
width(const struct pamstack *s, int i)
{
	return (1 + s->at[i].content);
}

static void
note(struct state *now, int action, enum pamstack_code code)
{
	switch (action) {
	case PAMSTACK_DO_OK:
	case PAMSTACK_DO_DONE:
		if (now->impression == UNDECIDED ||
		    (now->impression == GOOD &&
			now->status == PAMSTACK_SUCCESS)) {
			now->impression = GOOD;
			now->status = code;
		}
		break;
	case PAMSTACK_DO_BAD:
	case PAMSTACK_DO_DIE:
		if (now->impression != LOST) {
			now->impression = LOST;
			now->status = code == PAMSTACK_SUCCESS ||
				code == PAMSTACK_IGNORE
			    ? PAMSTACK_PERM_DENIED
			    : code;
		}
		break;
	}
}

static void
run(const struct pamstack *s, int from, int end, struct state *now,
    enum pamstack_code (*says)(const struct pamstack_line *, void *), void *arg)
{
	const struct state begin = *now;
	enum pamstack_code code;
	int i, action;

	for (i = from; i < end; i += width(s, i)) {
		if (strcmp(s->at[i].control, "substack") == 0) {
			run(s, i + 1, i + width(s, i), now, says, arg);
			continue;
		}
		code = says(&s->at[i], arg);
		action = s->at[i].actions[code];
		note(now, action, code);
		if (action == PAMSTACK_DO_RESET)
			*now = begin;
		if (action == PAMSTACK_DO_DIE ||
		    (action == PAMSTACK_DO_DONE && now->impression == GOOD))
			return;
		for (; action > 0 && i + width(s, i) < end; action--)
			i += width(s, i);
		if (action > 0) { /* over the end: libpam calls that an error */
			now->impression = LOST;
			now->status = PAMSTACK_PERM_DENIED;
		}
	}
}

enum pamstack_code
pamstack_run(const struct pamstack *s,
    enum pamstack_code (*says)(const struct pamstack_line *line, void *arg),
    void *arg)
{
	struct state now = { UNDECIDED, PAMSTACK_PERM_DENIED };

	run(s, 0, s->n, &now, says, arg);
	return (now.impression == UNDECIDED ? PAMSTACK_PERM_DENIED
					    : now.status);
}
