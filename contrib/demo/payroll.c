/*
 * payroll.c: a small payroll application for `make run`. It has no login: it
 * believes Remote-User and the others, which nginx sets to what Sekisho said,
 * and listens on a unix socket so that nobody else can set them.
 *
 *	payroll SOCKET PORTAL
 *
 * PORTAL is the address of the login pages, for the link to log out. The numbers
 * are made up. It is no part of Sekisho and is not installed.
 */
#include <errno.h>
#include <microhttpd.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define VALUE_MAX 1024
#define ROWS(t)   ((int)(sizeof(t) / sizeof(t[0])))

struct row {
	const char *what;
	long yen;
};

static const struct row earned[] = { { "基本給", 248000 },
	{ "時間外手当", 21840 }, { "通勤手当", 9800 } };
static const struct row taken[] = { { "健康保険料", 13860 },
	{ "厚生年金保険料", 25620 }, { "雇用保険料", 1678 },
	{ "所得税", 5630 }, { "住民税", 11200 } };

static const char *const months[] = { "2026-10", "2026-09", "2026-08" };

static const char head[] =
    "<!DOCTYPE html><html lang=\"ja\"><head><meta charset=\"utf-8\">"
    "<meta name=\"viewport\" content=\"width=device-width\">"
    "<title>給与明細（デモ）</title><style>"
    "body{font:16px/1.7 sans-serif;max-width:40em;margin:2em auto;"
    "padding:0 1em;color:#222}table{border-collapse:collapse;width:100%}"
    "td,th{border-bottom:1px solid #ccc;padding:.3em;text-align:left}"
    "td.n{text-align:right}header,footer{color:#555;font-size:.9em}"
    "a{color:#0b5394}</style></head><body>";

/* A field that the proxy sets, its %XX read; false when it is not there. */
static bool
get(struct MHD_Connection *c, const char *name, char out[VALUE_MAX])
{
	const char *s =
	    MHD_lookup_connection_value(c, MHD_HEADER_KIND, name);
	unsigned byte;
	size_t n = 0;

	out[0] = '\0';
	if (s == NULL)
		return (false);
	for (; *s != '\0' && n + 1 < VALUE_MAX; s++) {
		if (*s == '%' && sscanf(s + 1, "%2x", &byte) == 1 &&
		    byte != 0) {
			out[n++] = (char)byte;
			s += 2;
		} else
			out[n++] = *s;
	}
	out[n] = '\0';
	return (true);
}

static void
put_text(FILE *f, const char *s)
{
	for (; *s != '\0'; s++) {
		switch (*s) {
		case '<':
			fputs("&lt;", f);
			break;
		case '>':
			fputs("&gt;", f);
			break;
		case '&':
			fputs("&amp;", f);
			break;
		case '"':
			fputs("&quot;", f);
			break;
		default:
			putc(*s, f);
		}
	}
}

static void
put_yen(FILE *f, long yen)
{
	if (yen >= 1000)
		fprintf(f, "%ld,%03ld 円", yen / 1000, yen % 1000);
	else
		fprintf(f, "%ld 円", yen);
}

static long
put_rows(FILE *f, const char *title, const struct row *rows, int n)
{
	long sum = 0;
	int i;

	fprintf(f, "<tr><th colspan=\"2\">%s</th></tr>", title);
	for (i = 0; i < n; i++) {
		fprintf(f, "<tr><td>%s</td><td class=\"n\">", rows[i].what);
		put_yen(f, rows[i].yen);
		fputs("</td></tr>", f);
		sum += rows[i].yen;
	}
	return (sum);
}

static void
put_slip(FILE *f, const char *month)
{
	long in, out;

	fprintf(f, "<h2>%s の給与明細</h2><table>", month);
	in = put_rows(f, "支給", earned, ROWS(earned));
	out = put_rows(f, "控除", taken, ROWS(taken));
	fputs("<tr><th>差引支給額</th><td class=\"n\"><b>", f);
	put_yen(f, in - out);
	fputs("</b></td></tr></table><p><a href=\"/\">一覧へ戻る</a></p>", f);
}

static void
put_list(FILE *f)
{
	int i;

	fputs("<h2>給与明細</h2><ul>", f);
	for (i = 0; i < ROWS(months); i++)
		fprintf(f, "<li><a href=\"/meisai/%s\">%s の明細</a></li>",
		    months[i], months[i]);
	fputs("</ul>", f);
}

/* The page for ${url}; its status. */
static unsigned
write_page(
    FILE *f, struct MHD_Connection *c, const char *url, const char *portal)
{
	char user[VALUE_MAX], name[VALUE_MAX], office[VALUE_MAX],
	    level[VALUE_MAX];
	unsigned status = MHD_HTTP_OK;
	int i;

	fputs(head, f);
	if (!get(c, "Remote-User", user) || user[0] == '\0') {
		fputs("<p>この画面は Sekisho を通してだけ開けます。</p>", f);
		return (MHD_HTTP_FORBIDDEN);
	}
	get(c, "Remote-Name", name);
	get(c, "Remote-Office", office);
	get(c, "Remote-Level", level);
	fputs("<header>デモ給与システム</header><h1>", f);
	put_text(f, name[0] != '\0' ? name : user);
	fputs(" さん、こんにちは</h1>", f);
	if (strcmp(url, "/") == 0)
		put_list(f);
	else {
		for (i = 0; i < ROWS(months); i++)
			if (strncmp(url, "/meisai/", 8) == 0 &&
			    strcmp(url + 8, months[i]) == 0)
				break;
		if (i < ROWS(months))
			put_slip(f, months[i]);
		else {
			fputs("<p>このページはありません。</p>", f);
			status = MHD_HTTP_NOT_FOUND;
		}
	}
	fputs("<footer><p>ID ", f);
	put_text(f, user);
	fputs("・事務所 ", f);
	put_text(f, office);
	fputs("・権限 Lv", f);
	put_text(f, level);
	fprintf(f, "・<a href=\"%s/\">ログイン画面・ログオフ</a></p></footer>",
	    portal);
	return (status);
}

static enum MHD_Result
answer(void *arg, struct MHD_Connection *c, const char *url,
    const char *method, const char *version, const char *upload,
    size_t *upload_len, void **state)
{
	struct MHD_Response *r;
	enum MHD_Result done;
	unsigned status;
	char *text = NULL;
	size_t n;
	FILE *f;

	(void)version;
	(void)upload;
	if (*state == NULL) { /* the head alone was read */
		*state = c;
		return (MHD_YES);
	}
	if (*upload_len > 0) {
		*upload_len = 0;
		return (MHD_YES);
	}
	if ((f = open_memstream(&text, &n)) == NULL)
		return (MHD_NO);
	if (strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0)
		status = write_page(f, c, url, arg);
	else
		status = MHD_HTTP_METHOD_NOT_ALLOWED;
	fputs("</body></html>\n", f);
	if (fclose(f) != 0)
		return (MHD_NO);
	r = MHD_create_response_from_buffer(n, text, MHD_RESPMEM_MUST_FREE);
	if (r == NULL)
		return (MHD_NO);
	MHD_add_response_header(r, "Content-Type", "text/html; charset=utf-8");
	MHD_add_response_header(r, "Cache-Control", "no-store");
	done = MHD_queue_response(c, status, r);
	MHD_destroy_response(r);
	return (done);
}

int
main(int argc, char **argv)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	struct MHD_Daemon *d;
	sigset_t ends;
	int fd, got;

	if (argc != 3 || strlen(argv[1]) >= sizeof(sa.sun_path)) {
		fprintf(stderr, "usage: payroll SOCKET PORTAL\n");
		return (2);
	}
	memcpy(sa.sun_path, argv[1], strlen(argv[1]));
	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigprocmask(SIG_BLOCK, &ends, NULL);
	unlink(argv[1]);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd == -1 || bind(fd, (struct sockaddr *)&sa, sizeof(sa)) != 0 ||
	    chmod(argv[1], 0666) != 0 || listen(fd, 64) != 0) {
		fprintf(stderr, "payroll: %s: %s\n", argv[1], strerror(errno));
		return (1);
	}
	d = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL, 0,
	    NULL, NULL, answer, argv[2], MHD_OPTION_LISTEN_SOCKET, fd,
	    MHD_OPTION_END);
	if (d == NULL) {
		fprintf(stderr, "payroll: no server\n");
		return (1);
	}
	sigwait(&ends, &got);
	MHD_stop_daemon(d);
	unlink(argv[1]);
	return (0);
}
