/*
 * Goal of this test: the table of commands is sound, and everything made from
 * it (--help, the man page's list, both completions) names every command and
 * every option. That the kept files are what is made now is checked end to end.
 * Links: cli/verbs.c cli/verbs_table.c cli/help.c cli/completion.c tests/fakes/cmd_fake.c
 */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/completion.h"
#include "cli/help.h"
#include "cli/verbs.h"

/* What a function prints, in new memory. */
static void
made(void (*print)(FILE *), char **text)
{
	size_t n;
	FILE *f = open_memstream(text, &n);

	assert_non_null(f);
	print(f);
	fclose(f);
}

/* Help goes into mdoc, shell words and zsh specifications as it is. */
static void
check_help(const char *help)
{
	assert_true(help[0] != '\0');
	assert_true(strcspn(help, "'\"[]:`$\\") == strlen(help));
	assert_true(help[strlen(help) - 1] != '.');
	assert_true(strlen(help) < 70);
}

static void
check_option(const struct verb *v, const struct verb_option *o)
{
	const struct verb_option *p;
	size_t i;

	check_help(o->help);
	for (i = 0; o->name[i] != '\0'; i++)
		assert_true(
		    islower((unsigned char)o->name[i]) || o->name[i] == '-');
	assert_int_equal(o->kind == VERB_FLAG, o->value == NULL);
	assert_false(o->kind == VERB_FLAG && o->member != NULL);
	for (p = v->options; p != o; p++)
		assert_string_not_equal(p->name, o->name);
	for (p = verbs_common(); p->name != NULL; p++)
		assert_string_not_equal(p->name, o->name);
}

static void
test_table_is_sound(void **state)
{
	const struct verb_option *o;
	const struct verb *v, *w;
	char arg[32];
	int n, i, k;

	(void)state;
	for (v = verbs_all(); v->noun != NULL; v++) {
		check_help(v->help);
		assert_true(islower((unsigned char)v->help[0]));
		assert_non_null(v->run);
		assert_ptr_equal(verbs_find(v->noun, v->name), v);
		for (n = 0, o = v->options; o != NULL && o->name != NULL; o++) {
			check_option(v, o);
			n++;
		}
		assert_true(n <= VERBS_OPTIONS_MAX);
		/* What may be left out comes last. */
		for (i = 0, k = 1; verbs_arg(v, i, arg, sizeof(arg)) != -1;
		     i++) {
			assert_true(verbs_arg(v, i, arg, sizeof(arg)) <= k);
			k = verbs_arg(v, i, arg, sizeof(arg));
		}
		assert_true(i <= VERBS_ARGS_MAX);
		/* A noun is one command or has verbs, not both. */
		for (w = verbs_all(); w->noun != NULL; w++) {
			if (w != v && strcmp(w->noun, v->noun) == 0)
				assert_true(v->name != NULL && w->name != NULL);
		}
	}
}

/*
 * Completion knows an option by its name alone, and the first decides: names of
 * files are those of directories, too, so that one may come later.
 */
static void
test_same_option_same_values(void **state)
{
	const struct verb_option *o, *p;
	const struct verb *v, *w;

	(void)state;
	for (v = verbs_all(); v->noun != NULL; v++) {
		for (o = v->options; o != NULL && o->name != NULL; o++) {
			for (w = verbs_all(); w != v; w++) {
				if ((p = verbs_option(w, o->name)) == NULL)
					continue;
				assert_int_equal(o->kind, p->kind);
				assert_int_equal(
				    o->choices == NULL, p->choices == NULL);
				if (o->value != NULL &&
				    (strcmp(p->value, "FILE") != 0 ||
					strcmp(o->value, "DIR") != 0))
					assert_string_equal(o->value, p->value);
				break;
			}
		}
	}
}

static void
test_only_known_words_are_found(void **state)
{
	(void)state;
	assert_null(verbs_find("office", NULL));
	assert_null(verbs_find("verify", "now"));
	assert_null(verbs_find("account", "approve"));
	assert_false(verbs_has_noun("parcel"));
	assert_true(verbs_has_noun("audit"));
	assert_null(verbs_option(verbs_find("verify", NULL), "label"));
	assert_non_null(verbs_option(verbs_find("verify", NULL), "json"));
}

static void
test_arguments_of_a_verb(void **state)
{
	const struct verb *v = verbs_find("phone", "revoke");
	char arg[32];

	(void)state;
	assert_int_equal(verbs_arg(v, 0, arg, sizeof(arg)), 1);
	assert_string_equal(arg, "LOGIN");
	assert_int_equal(verbs_arg(v, 1, arg, sizeof(arg)), 0);
	assert_string_equal(arg, "DEVICE");
	assert_int_equal(verbs_arg(v, 2, arg, sizeof(arg)), -1);
}

/* How one of the made texts writes a command and an option. */
struct form {
	void (*print)(FILE *out);
	const char *before, *between, *after; /* a noun and its verb */
	const char *alone;                    /* after a noun without one */
	const char *option;                   /* before an option's name */
};

static void
check_form(const struct form *f)
{
	const struct verb_option *o;
	const struct verb *v;
	char word[80], *text;

	made(f->print, &text);
	for (v = verbs_all(); v->noun != NULL; v++) {
		snprintf(word, sizeof(word), "%s%s%s%s%s", f->before, v->noun,
		    v->name == NULL ? "" : f->between,
		    v->name == NULL ? "" : v->name,
		    v->name == NULL ? f->alone : f->after);
		assert_non_null(strstr(text, word));
		for (o = v->options; o != NULL && o->name != NULL; o++) {
			snprintf(
			    word, sizeof(word), "%s%s", f->option, o->name);
			assert_non_null(strstr(text, word));
		}
	}
	free(text);
}

static void
test_everything_is_named_everywhere(void **state)
{
	static const struct form forms[] = {
		{ help_synopsis, "sekisho ", " ", "", "", "--" },
		{ help_mdoc, ".Cm ", " ", "\n", "\n", "Fl -" },
		{ completion_bash, "'", " ", "')", " '*)", "--" },
		{ completion_zsh, "\t", "/", ")", ")", "--" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		check_form(&forms[i]);
}

static void
test_overview_names_every_command(void **state)
{
	char *text, word[80];
	const struct verb *v;

	(void)state;
	made(help_overview, &text);
	for (v = verbs_all(); v->noun != NULL; v++) {
		snprintf(word, sizeof(word), "\n  %s%s%s", v->noun,
		    v->name == NULL ? "" : " ", v->name == NULL ? "" : v->name);
		assert_non_null(strstr(text, word));
	}
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table_is_sound),
		cmocka_unit_test(test_same_option_same_values),
		cmocka_unit_test(test_only_known_words_are_found),
		cmocka_unit_test(test_arguments_of_a_verb),
		cmocka_unit_test(test_everything_is_named_everywhere),
		cmocka_unit_test(test_overview_names_every_command),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
