#include <stdio.h>
#include <time.h>

#include "authd/web/portal_time.h"

#define TOKYO_S (9 * 3600) /* no summer time */

static void
put(struct page *page, enum page_var var, int64_t ms, bool has_time)
{
	const bool is_english = page_language(page) == CATALOG_EN;
	time_t at = (time_t)(ms / 1000 + TOKYO_S);
	char text[96] = "", hour[32] = "";
	struct tm tm;

	if (ms > 0 && gmtime_r(&at, &tm) != NULL) {
		if (has_time)
			snprintf(hour, sizeof(hour), " %02d:%02d", tm.tm_hour,
			    tm.tm_min);
		if (is_english)
			snprintf(text, sizeof(text), "%04d-%02d-%02d%s",
			    tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, hour);
		else
			snprintf(text, sizeof(text), "%d年%d月%d日%s",
			    tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, hour);
	}
	page_put(page, var, text);
}

void
portal_time_put(struct page *page, enum page_var var, int64_t ms)
{
	put(page, var, ms, true);
}

void
portal_time_put_date(struct page *page, enum page_var var, int64_t ms)
{
	put(page, var, ms, false);
}
