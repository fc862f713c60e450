/*
 * Goal of this test: times are those of Tokyo, in each language's own form.
 * Links: authd/web/portal_time.c authd/render/page.c authd/render/escape.c
 * Links: authd/render/catalog.c authd/base/text.c authd/base/mem.c
 * Links: authd/base/log.c authd/base/err.c authd/base/clock.c
 * Links: authd/base/timetext.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "authd/web/portal_time.h"

/* On a page that shows one text. */
static void
shows(enum catalog_language language, int64_t ms, bool has_time,
    const char *wanted)
{
	struct page_text t;
	struct page *p;

	assert_int_equal(page_new(language, &p), 0);
	if (has_time)
		portal_time_put(p, PAGE_VAR_TEXT, ms);
	else
		portal_time_put_date(p, PAGE_VAR_TEXT, ms);
	assert_int_equal(page_render(p, PAGE_MESSAGE, &t), 0);
	assert_non_null(strstr(t.at, wanted));
	page_text_free(&t);
	page_free(p);
}

static void
test_tokyo(void **state)
{
	const int64_t ms = INT64_C(1793459219999); /* 2026-10-31 15:06 UTC */

	(void)state;
	shows(CATALOG_JA, ms, true, ">2026年11月1日 00:06<");
	shows(CATALOG_EN, ms, true, ">2026-11-01 00:06<");
	shows(CATALOG_JA, ms, false, ">2026年11月1日<");
	shows(CATALOG_EN, ms, false, ">2026-11-01<");
	shows(CATALOG_EN, 1, true, ">1970-01-01 09:00<");
	shows(CATALOG_JA, 0, true, "<p class=\"lead\"></p>");
	shows(CATALOG_JA, -1, true, "<p class=\"lead\"></p>");
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_tokyo) };

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
