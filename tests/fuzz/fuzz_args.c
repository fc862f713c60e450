/*
 * Goal of this target: any command line is read without harm. One that is
 * taken names a verb of the table with neither too few nor too many arguments,
 * options of that verb in full and once, all of it UTF-8; and reading it once
 * more gives the same.
 * Links: those of tests/unit/test_cli_args.c
 */
#include <stdlib.h>
#include <string.h>

#include "authd/base/text.h"
#include "cli/args.h"
#include "tests/fuzz/fuzz.h"

#define WORDS_MAX 40

/* A word that is an option must be one by its full name. */
static void
check_word(const struct args *a, const char *word)
{
	const struct verb_option *o;
	char name[40];
	size_t n = strcspn(word, "=");

	if (strcmp(word, "--version") == 0 || n < 3 || n >= sizeof(name))
		return;
	memcpy(name, word + 2, n - 2);
	name[n - 2] = '\0';
	FUZZ_CHECK((o = verbs_option(a->verb, name)) != NULL);
	FUZZ_CHECK(word[n] == '\0' || o->kind != VERB_FLAG);
}

static void
check_taken(struct args *a, int argc, char **argv)
{
	const struct verb_option *o;
	char name[32];
	int i, k, times;

	FUZZ_CHECK(a->verb != NULL && strcmp(a->noun, a->verb->noun) == 0);
	FUZZ_CHECK(verbs_arg(a->verb, a->n, name, sizeof(name)) != 1);
	for (i = 0; i < a->n; i++) {
		FUZZ_CHECK(verbs_arg(a->verb, i, name, sizeof(name)) != -1);
		FUZZ_CHECK(text_is_utf8(a->at[i], strlen(a->at[i])));
	}
	for (i = 0; i < a->given_n; i++) {
		o = a->given[i].option;
		FUZZ_CHECK(verbs_option(a->verb, o->name) == o);
		FUZZ_CHECK(
		    (a->given[i].value == NULL) == (o->kind == VERB_FLAG));
		for (k = 0, times = 0; k < a->given_n; k++)
			times += a->given[k].option == o;
		FUZZ_CHECK(times == 1 || o->kind == VERB_LIST);
	}
	FUZZ_CHECK(a->socket == NULL || a->socket[0] != '\0');
	for (o = a->verb->options; o != NULL && o->name != NULL; o++)
		FUZZ_CHECK(!o->is_needed || args_has(a, o->name));
	/* up to what may be the value of an option, or behind `--` */
	for (i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (strncmp(argv[i - 1], "--", 2) != 0 &&
		    strncmp(argv[i], "--", 2) == 0)
			check_word(a, argv[i]);
	}
}

static bool
is_same(const struct args *a, const struct args *b)
{
	return (a->verb == b->verb && a->n == b->n && a->noun == b->noun &&
	    a->given_n == b->given_n && a->is_json == b->is_json &&
	    memcmp(a->at, b->at, sizeof(a->at)) == 0 &&
	    memcmp(a->given, b->given, sizeof(a->given)) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *argv[WORDS_MAX + 2] = { 0 }, *copy;
	static struct args a, b;
	struct buf_reader in;
	int argc = 0, i, r;

	buf_reader_init(&in, data, size);
	argv[argc++] = fuzz_text("sekisho", 7);
	while (argc <= WORDS_MAX && in.left > 0)
		argv[argc++] = fuzz_take_text(&in, 400);
	r = args_parse(&a, argc, argv);
	FUZZ_CHECK(r == 0 || r == ERR_INVALID);
	if (r == 0 && !a.is_help && !a.is_version)
		check_taken(&a, argc, argv);
	FUZZ_CHECK(args_parse(&b, argc, argv) == r);
	FUZZ_CHECK(r != 0 || is_same(&a, &b));
	for (i = 0; r == 0 && i < a.n && i < 2; i++) {
		if (strcmp(a.at[i], "-") == 0)
			continue; /* would read standard input */
		copy = fuzz_text(a.at[i], strlen(a.at[i]));
		if (args_take_code(&a, i, i) == 0) {
			FUZZ_CHECK(strcmp(a.codes[i], copy) == 0);
			FUZZ_CHECK(b.at[i][0] == '\0');
		} else
			FUZZ_CHECK(strlen(copy) > ARGS_CODE_MAX);
		free(copy);
	}
	args_wipe(&a);
	FUZZ_CHECK(fuzz_is_zero(a.codes, sizeof(a.codes)));
	for (i = 0; i < argc; i++)
		free(argv[i]);
	return (0);
}
