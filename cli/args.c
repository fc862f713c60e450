#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "authd/base/mem.h"
#include "authd/base/text.h"
#include "cli/args.h"
#include "cli/show.h"

#define LONG_MAX_N (VERBS_OPTIONS_MAX + 6)

static int
bad(const struct args *a, const char *what, const char *word)
{
	const char *noun = a->noun == NULL ? "" : a->noun;
	const char *name =
	    a->verb == NULL || a->verb->name == NULL ? "" : a->verb->name;

	show_error("%s%s%s%s%s; see `sekisho %s%s%s%s--help`", what,
	    word[0] == '\0' ? "" : " `", word, word[0] == '\0' ? "" : "'", "",
	    noun, noun[0] == '\0' ? "" : " ", name, name[0] == '\0' ? "" : " ");
	return (ERR_INVALID);
}

/* Fill getopt's list from the table; val is 1 for every one of them. */
static void
fill_long(const struct verb *v, struct option *list)
{
	const struct verb_option *sets[2] = { verbs_common(),
		v == NULL ? NULL : v->options };
	const struct verb_option *o;
	size_t n = 0, i;

	for (i = 0; i < 2; i++) {
		for (o = sets[i]; o != NULL && o->name != NULL; o++) {
			list[n].name = o->name;
			list[n].has_arg = o->kind == VERB_FLAG
			    ? no_argument
			    : required_argument;
			list[n].val = 'o';
			n++;
		}
	}
	if (v == NULL) {
		list[n].name = "version";
		list[n].val = 'V';
	}
}

static int
take_option(struct args *a, const struct verb_option *o, const char *value)
{
	if (strcmp(o->name, "help") == 0) {
		a->is_help = true;
		return (0);
	}
	if (strcmp(o->name, "json") == 0) {
		a->is_json = true;
		return (0);
	}
	if (strcmp(o->name, "socket") == 0) {
		if (value[0] == '\0')
			return (bad(a, "--socket needs a path", ""));
		a->socket = value;
		return (0);
	}
	if (o->kind != VERB_LIST && args_has(a, o->name))
		return (bad(a, "option given twice", o->name));
	if (a->given_n == ARGS_GIVEN_MAX)
		return (bad(a, "too many options", ""));
	a->given[a->given_n].option = o;
	a->given[a->given_n].value = value;
	a->given_n++;
	return (0);
}

/* A word that is no option: the noun, the verb or an argument of it. */
static int
take_word(struct args *a, char *word)
{
	char name[32];

	if (a->noun == NULL) {
		if (!verbs_has_noun(word))
			return (bad(a, "no such command", word));
		a->noun = word;
		a->verb = verbs_find(word, NULL);
		return (0);
	}
	if (a->verb == NULL) {
		a->verb = verbs_find(a->noun, word);
		return (a->verb == NULL ? bad(a, "no such command", word) : 0);
	}
	if (verbs_arg(a->verb, a->n, name, sizeof(name)) == -1)
		return (bad(a, "too much given:", word));
	a->at[a->n++] = word;
	return (0);
}

/*
 * Options of the verb are known once noun and verb are: read word by word, in
 * order, and choose the list anew each time.
 */
static int
parse_words(struct args *a, int argc, char **argv)
{
	struct option list[LONG_MAX_N];
	const struct verb_option *o;
	const char *word;
	int c, at, index = 0, r;
	size_t n;

	opterr = 0;
	optind = 0; /* glibc: begin anew */
	for (;;) {
		memset(list, 0, sizeof(list));
		fill_long(a->verb, list);
		at = optind == 0 ? 1 : optind;
		c = getopt_long(argc, argv, "-:h", list, &index);
		if (c == -1)
			break;
		word = argv[at];
		if (c == 1) {
			if ((r = take_word(a, optarg)) != 0)
				return (r);
			continue;
		}
		if (c == 'h') {
			a->is_help = true;
			continue;
		}
		if (c == ':')
			return (bad(a, "a value is missing after", word));
		/* getopt takes abbreviations; a script must not rest on one */
		n = strcspn(word, "=");
		if (c == '?' || n < 3 || strncmp(word, "--", 2) != 0 ||
		    strncmp(word + 2, list[index].name, n - 2) != 0 ||
		    list[index].name[n - 2] != '\0')
			return (bad(a, "no such option", word));
		if (c == 'V') {
			a->is_version = true;
			continue;
		}
		o = a->verb == NULL ? NULL
				    : verbs_option(a->verb, list[index].name);
		if (o == NULL)
			o = verbs_common() + index;
		if ((r = take_option(a, o, optarg)) != 0)
			return (r);
	}
	for (; optind < argc; optind++) {
		if ((r = take_word(a, argv[optind])) != 0)
			return (r);
	}
	return (0);
}

static int
check_needed(const struct args *a)
{
	const struct verb_option *o;
	char name[32], option[40];

	if (a->noun == NULL)
		return (bad(a, "a command is missing", ""));
	if (a->verb == NULL)
		return (bad(a, "a verb is missing after", a->noun));
	if (verbs_arg(a->verb, a->n, name, sizeof(name)) == 1)
		return (bad(a, "missing:", name));
	for (o = a->verb->options; o != NULL && o->name != NULL; o++) {
		if (o->is_needed && !args_has(a, o->name)) {
			snprintf(option, sizeof(option), "--%s %s", o->name,
			    o->value);
			return (bad(a, "missing:", option));
		}
	}
	return (0);
}

int
args_parse(struct args *a, int argc, char **argv)
{
	int i, r;

	memset(a, 0, sizeof(*a));
	for (i = 1; i < argc; i++) {
		if (!text_is_utf8(argv[i], strlen(argv[i]))) {
			show_error("argument %d is not UTF-8", i);
			return (ERR_INVALID);
		}
	}
	if ((r = parse_words(a, argc, argv)) != 0)
		return (r);
	if (a->is_help || a->is_version)
		return (0);
	return (check_needed(a));
}

const char *
args_get(const struct args *a, const char *name)
{
	int i;

	for (i = 0; i < a->given_n; i++) {
		if (strcmp(a->given[i].option->name, name) == 0)
			return (a->given[i].value);
	}
	return (NULL);
}

bool
args_has(const struct args *a, const char *name)
{
	int i;

	for (i = 0; i < a->given_n; i++) {
		if (strcmp(a->given[i].option->name, name) == 0)
			return (true);
	}
	return (false);
}

int
args_take_code(struct args *a, int i, int k)
{
	char *code = a->codes[k], *word = a->at[i];
	size_t n = strlen(word);

	if (strcmp(word, "-") == 0) {
		if (fgets(code, ARGS_CODE_MAX + 1, stdin) == NULL)
			return (bad(a, "no code on standard input", ""));
		n = strcspn(code, "\r\n");
		code[n] = '\0';
		if (!text_is_utf8(code, n))
			return (bad(a, "the code is not UTF-8", ""));
	} else {
		if (n > ARGS_CODE_MAX)
			return (bad(a, "the code is too long", ""));
		memcpy(code, word, n + 1);
		mem_wipe(word, n);
	}
	a->at[i] = code;
	return (0);
}

void
args_wipe(struct args *a)
{
	mem_wipe(a->codes, sizeof(a->codes));
}
