#include <stdio.h>
#include <string.h>
#include <time.h>

#include "authd/base/timetext.h"

#define TOKYO_MS (9 * 3600 * 1000LL) /* UTC+9, no summer time */
#define MS_MAX   253402300799999LL   /* 9999-12-31T23:59:59.999Z */

void
timetext_put(int64_t ms, char out[TIMETEXT_MAX])
{
	struct tm tm;
	time_t sec;
	size_t n;

	if (ms < 0)
		ms = 0;
	if (ms > MS_MAX)
		ms = MS_MAX;
	sec = (time_t)(ms / 1000);
	if (gmtime_r(&sec, &tm) == NULL)
		memset(&tm, 0, sizeof(tm));
	n = strftime(out, TIMETEXT_MAX, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(out + n, TIMETEXT_MAX - n, ".%03dZ", (int)(ms % 1000));
}

int
timetext_get_date(const char *text, int64_t *ms)
{
	struct tm tm, back;
	time_t sec;
	int used = 0;

	memset(&tm, 0, sizeof(tm));
	if (strlen(text) != 10 || strspn(text, "0123456789-") != 10 ||
	    sscanf(text, "%4d-%2d-%2d%n", &tm.tm_year, &tm.tm_mon, &tm.tm_mday,
		&used) != 3 ||
	    used != 10)
		return (ERR_INVALID);
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	back = tm;
	sec = timegm(&back);
	/* timegm() turns February 30 into March 2: such a day is refused. */
	if (back.tm_mday != tm.tm_mday || back.tm_mon != tm.tm_mon ||
	    back.tm_year != tm.tm_year || sec < 24 * 3600)
		return (ERR_INVALID); /* 1970-01-01 there is before 0 */
	*ms = (int64_t)sec * 1000 - TOKYO_MS;
	return (0);
}

void
timetext_put_date(int64_t ms, char out[TIMETEXT_DATE_MAX])
{
	char text[TIMETEXT_MAX];

	timetext_put(ms > MS_MAX ? MS_MAX : ms + TOKYO_MS, text);
	memcpy(out, text, TIMETEXT_DATE_MAX - 1);
	out[TIMETEXT_DATE_MAX - 1] = '\0';
}
