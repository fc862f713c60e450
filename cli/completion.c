#include <stdbool.h>
#include <string.h>

#include "cli/completion.h"
#include "cli/verbs.h"

static bool
is_file(const struct verb_option *o)
{
	return (o->value != NULL &&
	    (strcmp(o->value, "FILE") == 0 || strcmp(o->value, "PATH") == 0));
}

static bool
is_dir(const struct verb_option *o)
{
	return (o->value != NULL && strcmp(o->value, "DIR") == 0);
}

/* Whether this verb is the first of its noun in the table. */
static bool
is_first(const struct verb *v)
{
	const struct verb *w;

	for (w = verbs_all(); w != v; w++) {
		if (strcmp(w->noun, v->noun) == 0)
			return (false);
	}
	return (true);
}

/* Whether an option of this name came before, with any verb. */
static bool
is_seen(const struct verb *v, const struct verb_option *o)
{
	const struct verb_option *p;
	const struct verb *w;

	for (w = verbs_all(); w != v; w++) {
		for (p = w->options; p != NULL && p->name != NULL; p++) {
			if (strcmp(p->name, o->name) == 0)
				return (true);
		}
	}
	return (false);
}

static void
put_words(FILE *out, const char *choices)
{
	for (; *choices != '\0'; choices++)
		fputc(*choices == '|' ? ' ' : *choices, out);
}

static void
put_nouns(FILE *out)
{
	const struct verb *v;
	const char *blank = "";

	for (v = verbs_all(); v->noun != NULL; v++) {
		if (!is_first(v))
			continue;
		fprintf(out, "%s%s", blank, v->noun);
		blank = " ";
	}
}

static void
put_verbs_of(FILE *out, const char *noun)
{
	const struct verb *v;
	const char *blank = "";

	for (v = verbs_all(); v->noun != NULL; v++) {
		if (strcmp(v->noun, noun) != 0)
			continue;
		fprintf(out, "%s%s", blank, v->name);
		blank = " ";
	}
}

static void
bash_value(FILE *out, const struct verb_option *o)
{
	if (o->kind == VERB_FLAG)
		return;
	fprintf(out, "\t--%s)\n\t\t", o->name);
	if (o->choices != NULL) {
		fputs("mapfile -t COMPREPLY < <(compgen -W '", out);
		put_words(out, o->choices);
		fputs("' -- \"$cur\")\n", out);
	} else if (is_file(o))
		fputs(
		    "mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n", out);
	else if (is_dir(o))
		fputs(
		    "mapfile -t COMPREPLY < <(compgen -d -- \"$cur\")\n", out);
	else
		fputs(":\n", out);
	fputs("\t\treturn\n\t\t;;\n", out);
}

static void
bash_values(FILE *out)
{
	const struct verb_option *o;
	const struct verb *v;

	fputs("\tcase $prev in\n", out);
	for (o = verbs_common(); o->name != NULL; o++)
		bash_value(out, o);
	for (v = verbs_all(); v->noun != NULL; v++) {
		for (o = v->options; o != NULL && o->name != NULL; o++) {
			if (!is_seen(v, o))
				bash_value(out, o);
		}
	}
	fputs("\tesac\n", out);
}

static void
bash_verb(FILE *out, const struct verb *v)
{
	const struct verb_option *o;

	if (v->name != NULL && is_first(v)) {
		fprintf(out, "\t'%s ') words='", v->noun);
		put_verbs_of(out, v->noun);
		fputs("' ;;\n", out);
	}
	fprintf(out, "\t'%s %s'%s) words='", v->noun,
	    v->name == NULL ? "" : v->name, v->name == NULL ? "*" : "");
	for (o = v->options; o != NULL && o->name != NULL; o++)
		fprintf(out, "--%s ", o->name);
	for (o = verbs_common(); o->name != NULL; o++)
		fprintf(out, "%s--%s", o == verbs_common() ? "" : " ", o->name);
	fputs("' ;;\n", out);
}

void
completion_bash(FILE *out)
{
	const struct verb *v;

	fputs(
	    "# shellcheck shell=bash\n"
	    "# bash completion of sekisho(1), made by "
	    "`sekisho help --bash`\n"
	    "_sekisho() {\n"
	    "\tlocal cur=${COMP_WORDS[COMP_CWORD]} noun='' verb='' words='' i\n"
	    "\tlocal prev=${COMP_WORDS[COMP_CWORD - 1]}\n"
	    "\tCOMPREPLY=()\n",
	    out);
	bash_values(out);
	fputs("\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
	      "\t\tcase ${COMP_WORDS[i]} in\n"
	      "\t\t--socket) ((i++)) ;;\n"
	      "\t\t-*) ;;\n"
	      "\t\t*)\n"
	      "\t\t\tif [[ -z $noun ]]; then\n"
	      "\t\t\t\tnoun=${COMP_WORDS[i]}\n"
	      "\t\t\telif [[ -z $verb ]]; then\n"
	      "\t\t\t\tverb=${COMP_WORDS[i]}\n"
	      "\t\t\tfi\n"
	      "\t\t\t;;\n"
	      "\t\tesac\n"
	      "\tdone\n"
	      "\tcase \"$noun $verb\" in\n"
	      "\t' ') words='",
	    out);
	put_nouns(out);
	fputs(" --socket --json --help --version' ;;\n", out);
	for (v = verbs_all(); v->noun != NULL; v++)
		bash_verb(out, v);
	fputs("\tesac\n"
	      "\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- "
	      "\"$cur\")\n"
	      "}\n"
	      "complete -F _sekisho sekisho\n",
	    out);
}

static void
zsh_option(FILE *out, const struct verb_option *o)
{
	fprintf(out, "\t\t\t'%s--%s%s[%s]", o->kind == VERB_LIST ? "*" : "",
	    o->name, o->kind == VERB_FLAG ? "" : "=", o->help);
	if (o->kind != VERB_FLAG) {
		fprintf(out, ":%s:", o->value);
		if (o->choices != NULL) {
			fputc('(', out);
			put_words(out, o->choices);
			fputc(')', out);
		} else if (is_file(o))
			fputs("_files", out);
		else if (is_dir(o))
			fputs("_files -/", out);
	}
	fputs("' \\\n", out);
}

static void
zsh_verb(FILE *out, const struct verb *v)
{
	const struct verb_option *o;
	char arg[32];
	int i, is_needed;

	fprintf(out, "\t%s%s%s)\n\t\t_arguments \\\n", v->noun,
	    v->name == NULL ? "" : "/", v->name == NULL ? "" : v->name);
	for (o = verbs_common(); o->name != NULL; o++)
		zsh_option(out, o);
	for (o = v->options; o != NULL && o->name != NULL; o++)
		zsh_option(out, o);
	for (i = 0; (is_needed = verbs_arg(v, i, arg, sizeof(arg))) != -1; i++)
		fprintf(out, "\t\t\t'%d:%s%s: ' \\\n", i + 1,
		    is_needed ? "" : ":", arg);
	fputs("\t\t\t&& return\n\t\t;;\n", out);
}

/* The list `name:help` of a noun's verbs, or of all nouns. */
static void
zsh_describe(FILE *out, const char *noun)
{
	const struct verb *v;

	for (v = verbs_all(); v->noun != NULL; v++) {
		if (noun != NULL && strcmp(v->noun, noun) == 0)
			fprintf(out, "\t\t\t'%s:%s'\n", v->name, v->help);
		else if (noun == NULL && is_first(v) && v->name == NULL)
			fprintf(out, "\t\t\t'%s:%s'\n", v->noun, v->help);
		else if (noun == NULL && is_first(v)) {
			fprintf(out, "\t\t\t'%s:", v->noun);
			put_verbs_of(out, v->noun);
			fputs("'\n", out);
		}
	}
}

void
completion_zsh(FILE *out)
{
	const struct verb *v;

	fputs("#compdef sekisho\n"
	      "# zsh completion of sekisho(1), made by "
	      "`sekisho help --zsh`\n"
	      "_sekisho() {\n"
	      "\tlocal context state state_descr line noun\n"
	      "\tlocal -a list\n"
	      "\ttypeset -A opt_args\n"
	      "\t_arguments -C \\\n",
	    out);
	zsh_option(out, &verbs_common()[0]);
	zsh_option(out, &verbs_common()[1]);
	zsh_option(out, &verbs_common()[2]);
	fputs("\t\t\t'--version[tell the version]' \\\n"
	      "\t\t\t'1:command:->noun' '*::word:->rest' && return\n"
	      "\tif [[ $state == noun ]]; then\n"
	      "\t\tlist=(\n",
	    out);
	zsh_describe(out, NULL);
	fputs("\t\t)\n"
	      "\t\t_describe command list\n"
	      "\t\treturn\n"
	      "\tfi\n"
	      "\tnoun=$words[1]\n"
	      "\tcase $noun in\n",
	    out);
	for (v = verbs_all(); v->noun != NULL; v++) {
		if (v->name == NULL || !is_first(v))
			continue;
		fprintf(out,
		    "\t%s)\n"
		    "\t\tlist=(\n",
		    v->noun);
		zsh_describe(out, v->noun);
		fputs("\t\t)\n"
		      "\t\tif ((CURRENT == 2)); then\n"
		      "\t\t\t_describe verb list\n"
		      "\t\t\treturn\n"
		      "\t\tfi\n"
		      "\t\tnoun=$noun/$words[2]\n"
		      "\t\tshift words\n"
		      "\t\t((CURRENT--))\n"
		      "\t\t;;\n",
		    out);
	}
	fputs("\tesac\n"
	      "\tcase $noun in\n",
	    out);
	for (v = verbs_all(); v->noun != NULL; v++)
		zsh_verb(out, v);
	fputs("\tesac\n"
	      "}\n"
	      "_sekisho \"$@\"\n",
	    out);
}
