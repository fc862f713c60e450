#include <string.h>

#include "cli/help.h"

static void
put_line(FILE *out, const struct verb *v)
{
	char words[80];

	snprintf(words, sizeof(words), "%s%s%s%s%s", v->noun,
	    v->name == NULL ? "" : " ", v->name == NULL ? "" : v->name,
	    v->args[0] == '\0' ? "" : " ", v->args);
	fprintf(out, "  %-36s %s\n", words, v->help);
}

static void
put_option(FILE *out, const struct verb_option *o)
{
	char words[60];

	snprintf(words, sizeof(words), "--%s%s%s", o->name,
	    o->value == NULL ? "" : " ", o->value == NULL ? "" : o->value);
	fprintf(out, "  %-25s %s", words, o->help);
	if (o->is_needed)
		fputs(" (needed)", out);
	/* levels say their range themselves */
	if (o->choices != NULL && o->kind != VERB_INT)
		fprintf(out, ": %s", o->choices);
	fputc('\n', out);
}

static void
put_synopsis(FILE *out, const struct verb *v)
{
	const struct verb_option *o;

	fprintf(out, "sekisho %s", v->noun);
	if (v->name != NULL)
		fprintf(out, " %s", v->name);
	if (v->args[0] != '\0')
		fprintf(out, " %s", v->args);
	for (o = v->options; o != NULL && o->name != NULL; o++)
		fprintf(out, " %s--%s%s%s%s%s", o->is_needed ? "" : "[",
		    o->name, o->value == NULL ? "" : " ",
		    o->value == NULL ? "" : o->value, o->is_needed ? "" : "]",
		    o->kind == VERB_LIST ? "..." : "");
	fputc('\n', out);
}

static void
put_common(FILE *out)
{
	const struct verb_option *o;

	for (o = verbs_common(); o->name != NULL; o++)
		put_option(out, o);
}

void
help_overview(FILE *out)
{
	const struct verb *v;

	fputs("usage: sekisho [--socket PATH] [--json] COMMAND\n\n", out);
	for (v = verbs_all(); v->noun != NULL; v++)
		put_line(out, v);
	fputc('\n', out);
	put_common(out);
	fputs("  --version                 tell the version\n\n"
	      "`sekisho COMMAND --help` tells more, and so does sekisho(1).\n",
	    out);
}

void
help_noun(FILE *out, const char *noun)
{
	const struct verb *v;

	fprintf(out, "usage: sekisho %s VERB\n\n", noun);
	for (v = verbs_all(); v->noun != NULL; v++) {
		if (strcmp(v->noun, noun) == 0)
			put_line(out, v);
	}
}

void
help_verb(FILE *out, const struct verb *v)
{
	const struct verb_option *o;

	fputs("usage: ", out);
	put_synopsis(out, v);
	fprintf(out, "\n%c%s.\n\n", v->help[0] - 'a' + 'A', v->help + 1);
	for (o = v->options; o != NULL && o->name != NULL; o++)
		put_option(out, o);
	put_common(out);
}

void
help_synopsis(FILE *out)
{
	const struct verb *v;

	for (v = verbs_all(); v->noun != NULL; v++)
		put_synopsis(out, v);
}

static void
put_mdoc_option(FILE *out, const struct verb_option *o)
{
	fprintf(out, ".It Fl -%s", o->name);
	if (o->value != NULL)
		fprintf(out, " Ar %s", o->value);
	fprintf(out, "\n%s", o->help);
	if (o->is_needed)
		fputs(" (needed)", out);
	if (o->choices != NULL && o->kind != VERB_INT) {
		const char *p = o->choices;
		size_t n;

		for (; *p != '\0'; p += n + (p[n] == '|')) {
			n = strcspn(p, "|");
			fprintf(out, "%s\n.Cm %.*s", p == o->choices ? ":" : "",
			    (int)n, p);
			if (p[n] == '|')
				fputs(" ,", out);
		}
		fputs(" .\n", out);
	} else
		fputs(".\n", out);
}

static void
put_mdoc_verb(FILE *out, const struct verb *v)
{
	const struct verb_option *o;
	char arg[32];
	int i, is_needed;

	fprintf(out, ".It Xo\n.Cm %s", v->noun);
	if (v->name != NULL)
		fprintf(out, " %s", v->name);
	fputc('\n', out);
	for (i = 0; (is_needed = verbs_arg(v, i, arg, sizeof(arg))) != -1; i++)
		fprintf(out, ".%s %s\n", is_needed ? "Ar" : "Op Ar", arg);
	for (o = v->options; o != NULL && o->name != NULL; o++)
		fprintf(out, ".%sFl -%s%s%s%s\n", o->is_needed ? "" : "Op ",
		    o->name, o->value == NULL ? "" : " Ar ",
		    o->value == NULL ? "" : o->value,
		    o->kind == VERB_LIST ? " ..." : "");
	fprintf(out, ".Xc\n%c%s.\n", v->help[0] - 'a' + 'A', v->help + 1);
	if (v->options == NULL)
		return;
	fputs(".Pp\n.Bl -tag -width Ds -compact\n", out);
	for (o = v->options; o->name != NULL; o++)
		put_mdoc_option(out, o);
	fputs(".El\n", out);
}

void
help_mdoc(FILE *out)
{
	const struct verb *v;

	fputs(".Bl -tag -width Ds\n", out);
	for (v = verbs_all(); v->noun != NULL; v++)
		put_mdoc_verb(out, v);
	fputs(".El\n", out);
}
