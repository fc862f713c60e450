/*
 * Goal of this test: a page shows its values and rows, each escaped (V35): no
 * template lets a value out of its place; none has a script, a style of its
 * own, or anything from elsewhere.
 * Links: authd/render/page.c authd/render/escape.c authd/render/catalog.c
 * Links: authd/base/text.c authd/base/mem.c authd/base/log.c authd/base/err.c
 * Links: authd/base/clock.c authd/base/timetext.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "authd/render/page.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct page *
begin(enum catalog_language language)
{
	struct page *p = NULL;

	assert_int_equal(page_new(language, &p), 0);
	return (p);
}

static void
test_values(void **state)
{
	struct page *p = begin(CATALOG_JA);
	struct page_text t;

	(void)state;
	page_put(p, PAGE_VAR_TITLE, "題 & <題>");
	page_put(p, PAGE_VAR_TEXT, "first");
	page_put(p, PAGE_VAR_TEXT, "second");
	page_put(p, PAGE_VAR_LINK, "/login");
	page_put_message(p, PAGE_VAR_LINK_TEXT, CATALOG_FRAME_TO_LOGIN, NULL);
	assert_int_equal(page_render(p, PAGE_MESSAGE, &t), 0);
	assert_int_equal(strlen(t.at), t.len);
	assert_memory_equal(t.at, "<!doctype html>\n<html lang=\"ja\">", 32);
	assert_non_null(strstr(t.at, "<h1>題 &amp; &lt;題&gt;</h1>"));
	assert_non_null(strstr(t.at, ">second</p>"));
	assert_null(strstr(t.at, "first"));
	assert_non_null(
	    strstr(t.at, "<a class=\"button\" href=\"/login\">ログイン画面へ"));
	assert_null(strstr(t.at, "http-equiv"));
	page_text_free(&t);
	assert_null(t.at);
	page_put(p, PAGE_VAR_LINK, "");
	assert_int_equal(page_render(p, PAGE_MESSAGE, &t), 0);
	assert_null(strstr(t.at, "class=\"button\""));
	page_text_free(&t);
	page_free(p);
	page_free(NULL);
}

static void
test_rows(void **state)
{
	struct page *p = begin(CATALOG_EN);
	struct page_text t;
	char name[16];
	int i;

	(void)state;
	page_put(p, PAGE_VAR_APP, "not a row's");
	for (i = 0; i < 3; i++) {
		snprintf(name, sizeof(name), "app <%d>", i);
		page_row(p, PAGE_VAR_APPS);
		if (i != 1) /* the page's own is seen where a row has none */
			page_put(p, PAGE_VAR_APP, name);
		page_put(p, PAGE_VAR_APP_URL, "https://a/");
		page_row_end(p);
	}
	page_put_int(p, PAGE_VAR_RECOVERY_LEFT, -3);
	page_put_flag(p, PAGE_VAR_RECOVERY_LOW, true);
	assert_int_equal(page_render(p, PAGE_HOME, &t), 0);
	assert_non_null(strstr(t.at, ">app &lt;0&gt;<"));
	assert_non_null(strstr(t.at, ">not a row&#39;s<"));
	assert_non_null(strstr(t.at, ">app &lt;2&gt;<"));
	assert_non_null(strstr(t.at, "You have -3 recovery codes"));
	assert_null(strstr(t.at, "no system yet"));
	page_text_free(&t);
	page_put_flag(p, PAGE_VAR_RECOVERY_LOW, false);
	assert_int_equal(page_render(p, PAGE_HOME, &t), 0);
	assert_null(strstr(t.at, "recovery codes"));
	page_text_free(&t);
	page_free(p);
	p = begin(CATALOG_EN);
	assert_int_equal(page_render(p, PAGE_HOME, &t), 0);
	assert_non_null(strstr(t.at, "no system yet"));
	page_text_free(&t);
	page_free(p);
}

static void
test_failures(void **state)
{
	struct page *p = begin(CATALOG_JA);
	char *big = malloc(PAGE_SIZE_MAX + 1);
	const char *args[CATALOG_ARGS_MAX] = { big };
	struct page_text t;

	(void)state;
	assert_non_null(big);
	assert_int_equal(page_render(p, PAGE_NONE, &t), ERR_INVALID);
	assert_int_equal(page_render(p, PAGE_TEMPLATES, &t), ERR_INVALID);
	memset(big, 'a', PAGE_SIZE_MAX);
	big[PAGE_SIZE_MAX] = '\0';
	page_put(p, PAGE_VAR_TEXT, big);
	assert_int_equal(page_render(p, PAGE_MESSAGE, &t), ERR_LIMIT);
	assert_null(t.at);
	/* one that is long and fits */
	big[100000] = '\0';
	page_put(p, PAGE_VAR_TEXT, big);
	assert_int_equal(page_render(p, PAGE_MESSAGE, &t), 0);
	assert_non_null(strstr(t.at, big));
	page_text_free(&t);
	/* a value that did not fit is no page with a hole */
	page_put_message(p, PAGE_VAR_MORE, CATALOG_FRAME_CONTACT, args);
	page_put(p, PAGE_VAR_MORE, "later");
	assert_int_equal(page_render(p, PAGE_MESSAGE, &t), ERR_LIMIT);
	page_free(p);
	/* nor is a message of the template's */
	p = begin(CATALOG_JA);
	page_put(p, PAGE_VAR_CONTACT, big);
	assert_int_equal(page_render(p, PAGE_MESSAGE, &t), ERR_LIMIT);
	page_free(p);
	free(big);
}

/* Every value of every page is this one. */
static void
fill(struct page *p, const char *text)
{
	int var, list;

	for (list = 1; list < PAGE_VARS; list++) {
		page_row(p, (enum page_var)list);
		for (var = 1; var < PAGE_VARS; var++)
			page_put(p, (enum page_var)var, text);
		page_row_end(p);
	}
	for (var = 1; var < PAGE_VARS; var++)
		page_put(p, (enum page_var)var, text);
}

static void
refute(const struct page_text *t, const char *what, int template)
{
	if (strstr(t->at, what) != NULL)
		fail_msg("template %d has %s", template, what);
}

/* How many tags there are. */
static size_t
tags(const struct page_text *t)
{
	size_t i, n = 0;

	for (i = 0; i < t->len; i++)
		n += t->at[i] == '<';
	return (n);
}

/* A page has no script but, where it asks for it, the one file; its tag holds
 * an address and nothing else. */
static void
check_script(const struct page_text *t, const char *src, int template)
{
	const char *at = strstr(t->at, "<script");
	char whole[64];

	snprintf(
	    whole, sizeof(whole), "<script src=\"%s\" defer></script>", src);
	if (at == NULL)
		return;
	if (strncmp(at, whole, strlen(whole)) != 0 ||
	    strstr(at + 1, "<script") != NULL)
		fail_msg("template %d: another script", template);
}

static void
test_V35_naughty(void **state)
{
	static const char *const naughty[] = { "<script>alert(1)</script>",
		"\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)",
		"\" autofocus onfocus=\"alert(1)", "javascript:alert(1)",
		"</title><script>", "<!--", "]]>", "{{title}}", "{{{title}}}",
		"%1$s%n%s", "\xe3\x81\"", "//evil.example", "</main>",
		"data:text/html;base64,PHNjcmlwdD4=" };
	struct page_text plain, t;
	struct page *p;
	size_t i;
	int template;

	(void)state;
	for (template = 1; template <PAGE_TEMPLATES; template ++) {
		p = begin(CATALOG_JA);
		fill(p, "/x");
		assert_int_equal(
		    page_render(p, (enum page_template) template, &plain), 0);
		page_free(p);
		for (i = 0; i < COUNT(naughty); i++) {
			p = begin(CATALOG_JA);
			fill(p, naughty[i]);
			assert_int_equal(
			    page_render(p, (enum page_template) template, &t),
			    0);
			/* as many tags and quotes as with a harmless value */
			assert_int_equal(tags(&t), tags(&plain));
			check_script(&t, "#", template);
			refute(&t, "<img", template);
			refute(&t, "href=\"javascript", template);
			refute(&t, "action=\"javascript", template);
			refute(&t, "href=\"data:", template);
			refute(&t, "url=data:", template);
			refute(&t, "url=//", template);
			refute(&t, "href=\"//", template);
			refute(&t, "\" onfocus", template);
			page_text_free(&t);
			page_free(p);
		}
		page_text_free(&plain);
	}
}

/* R44: nothing a strict policy would stop; every form goes to ourselves. */
static void
test_R44_strict(void **state)
{
	struct page_text t;
	struct page *p;
	const char *at;
	int template;

	(void)state;
	for (template = 1; template <PAGE_TEMPLATES; template ++) {
		p = begin(CATALOG_EN);
		fill(p, "/x");
		assert_int_equal(
		    page_render(p, (enum page_template) template, &t), 0);
		check_script(&t, "/x", template);
		refute(&t, "<style", template);
		refute(&t, " style=", template);
		refute(&t, "http://", template);
		refute(&t, "https://", template);
		refute(&t, "<img", template);
		/* a form that sends has its token; one that looks does not */
		for (at = t.at; (at = strstr(at, "<form")) != NULL; at++) {
			const char *end = strstr(at, "</form>");
			const char *post = strstr(at, "method=\"post\"");
			const char *token = strstr(at, "name=\"token\"");

			assert_non_null(end);
			/* one that only looks for something is an address:
			 * it must not have one */
			if (strstr(at, "method=\"get\"") != NULL &&
			    strstr(at, "method=\"get\"") < end) {
				assert_true(token == NULL || token > end);
				continue;
			}
			assert_true(post != NULL && post < end);
			if (token == NULL || token > end)
				fail_msg("template %d: a form has no token",
				    template);
		}
		page_text_free(&t);
		page_free(p);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_failures),
		cmocka_unit_test(test_V35_naughty),
		cmocka_unit_test(test_R44_strict),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
