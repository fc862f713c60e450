#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "authd/render/cells.h"
#include "authd/api/json.h"
#include "cli/kit_result.h"
#include "cli/show.h"

#define COLUMNS 11

/* What the people who made the list can do about it, in their language. */
static const char *const reasons[][2] = {
	{ "missing_field", "事務所・ID・端末名のどれかが空です" },
	{ "extra_field", "列が多すぎます" },
	{ "bad_kind", "形式は「標準」か「互換」です" },
	{ "repeated", "同じ行が前にもあります" },
	{ "no_such_office", "事務所が登録されていません" },
	{ "no_such_account", "IDが登録されていません" },
	{ "wrong_office", "このIDは別の事務所のものです" },
	{ "office_disabled", "事務所が無効です" },
	{ "account_disabled", "アカウントが無効です" },
	{ "bad_label", "端末名に使えない文字があるか、長すぎます" },
	{ "label_taken", "同じ名前の端末に、有効な証明書がすでにあります" },
	{ "bad_login", "IDの形が正しくありません" },
	{ "not_written", "ファイルを書き込めませんでした（証明書は失効済み）" },
	{ "not_tried", "途中で止まったため、処理していません" },
	{ "issue_rate", "1時間に発行できる数に達しました" },
	{ "busy", "混み合っています。時間をおいてやり直してください" },
	{ "unavailable",
	    "時間内に終わりませんでした。発行済みかもしれないので、"
	    "端末の一覧を確かめてください" },
	{ "no_answer",
	    "返事がありませんでした。発行済みかもしれないので、"
	    "端末の一覧を確かめてください" },
};

int
kit_result_open(struct kit_result *r, const char *path)
{
	static const char *const head[COLUMNS] = { "行 row", "事務所 office",
		"ID", "端末名 label", "結果 result", "理由 reason",
		"端末番号 terminal", "シリアル番号 serial", "有効期限 until",
		"ファイル file", "用紙 sheet" };
	int fd;

	memset(r, 0, sizeof(*r));
	if ((r->list = json_array()) == NULL) {
		show_error("out of memory");
		return (ERR_NOMEM);
	}
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd != -1 && (r->csv = fdopen(fd, "w")) == NULL)
		close(fd);
	if (r->csv == NULL) {
		show_error("%s: %s", path, strerror(errno));
		return (ERR_SYS);
	}
	fputs(CELLS_MARK, r->csv);
	cells_put(r->csv, head, COLUMNS);
	return (0);
}

static void
put_reason(const struct kit_outcome *o, char *out, size_t size)
{
	const char *ja = "";
	size_t i;

	for (i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		if (strcmp(reasons[i][0], o->code) == 0)
			ja = reasons[i][1];
	}
	snprintf(out, size, "%s%s%s (%s)", ja, ja[0] == '\0' ? "" : " / ",
	    o->detail, o->code);
}

static int
put_json(struct kit_result *r, const struct kit_line *line,
    const struct kit_outcome *o)
{
	json_t *row = json_object();

	if (json_put_int(row, "row", (int64_t)line->row) != 0 ||
	    json_put_text(row, "office", line->office) != 0 ||
	    json_put_text(row, "login", line->login) != 0 ||
	    json_put_text(row, "label", line->label) != 0 ||
	    json_put_bool(row, "ok", o->code[0] == '\0') != 0 ||
	    json_put_text(row, "code", o->code) != 0 ||
	    json_put_text(row, "detail", o->detail) != 0 ||
	    json_put_text(row, "terminal", o->terminal) != 0 ||
	    json_put_text(row, "serial", o->serial) != 0 ||
	    json_put_text(row, "until", o->until) != 0 ||
	    json_put_text(row, "file", o->file) != 0 ||
	    json_put_text(row, "sheet", o->sheet) != 0 ||
	    json_array_append(r->list, row) != 0) {
		json_decref(row);
		show_error("out of memory");
		return (ERR_NOMEM);
	}
	json_decref(row);
	return (0);
}

int
kit_result_put(struct kit_result *r, const struct kit_line *line,
    const struct kit_outcome *o)
{
	char row[24], reason[700] = "";
	const char *fields[COLUMNS] = { row, line->office, line->login,
		line->label, "発行済み issued", reason, o->terminal, o->serial,
		o->until, o->file, o->sheet };

	snprintf(row, sizeof(row), "%zu", line->row);
	if (o->code[0] == '\0')
		r->made++;
	else {
		r->failed++;
		put_reason(o, reason, sizeof(reason));
		fields[4] = strcmp(o->code, "not_tried") == 0
		    ? "未処理 not tried"
		    : "失敗 failed";
	}
	cells_put(r->csv, fields, COLUMNS);
	if (fflush(r->csv) != 0) {
		show_error("%s: %s", KIT_RESULT_NAME, strerror(errno));
		return (ERR_IO);
	}
	return (put_json(r, line, o));
}

int
kit_result_close(struct kit_result *r)
{
	int bad = 0;

	if (r->csv != NULL) {
		bad = fflush(r->csv) != 0 || fsync(fileno(r->csv)) != 0;
		bad = fclose(r->csv) != 0 || bad;
	}
	json_decref(r->list);
	r->csv = NULL;
	r->list = NULL;
	if (bad)
		show_error("%s: %s", KIT_RESULT_NAME, strerror(errno));
	return (bad ? ERR_IO : 0);
}
