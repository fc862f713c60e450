#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <security/pam_ext.h>

#include "authd/base/mem.h"
#include "pam_module/talk.h"

#define HALF_SIZE 256
#define LINE_SIZE (2 * HALF_SIZE + 8)

struct text {
	const char *ja, *en;
};

static const struct text code_prompt = { "認証コード", "Code" };
static const struct text password_prompt = { "パスワード", "Password" };
static const struct text used = {
	"使用済みの認証コードです。次のコードが出るまで %d 秒お待ちください",
	"That code was used already; wait %d s for the next one"
};
static const struct text recovery = {
	"予備コードを使用しました。残り %d 個です",
	"A recovery code was used; %d left"
};
static const struct text told[] = {
	[TALK_DISABLED] = { "このアカウントは無効になっています",
	    "This account is disabled" },
	[TALK_EXPIRED] = { "このアカウントの利用期限が過ぎています",
	    "This account has expired" },
	[TALK_NOT_APPROVED] = { "このアカウントはまだ承認されていません",
	    "This account is not approved yet" },
	[TALK_NEW_PASSWORD] = { "パスワードの変更が必要です。ポータルで変更するか、"
				"管理者に再設定を依頼してください",
	    "The password must be changed first: in the portal, or by an "
	    "administrator" },
	[TALK_UNKNOWN] = { "このサーバーを利用できるアカウントではありません",
	    "This account is not known to Sekisho" },
	[TALK_UNAVAILABLE] = { "認証サービスに接続できません",
	    "The authentication service cannot be reached" },
};

/* One line in the wanted language, or `JA / EN`; n goes into its %d. */
static void
put_text(char out[LINE_SIZE], const struct options *o, const struct text *t,
    int n)
{
	char ja[HALF_SIZE], en[HALF_SIZE];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	/* the two texts with a %d are above */
	snprintf(ja, sizeof(ja), t->ja, n);
	snprintf(en, sizeof(en), t->en, n);
#pragma GCC diagnostic pop
	switch (o->lang) {
	case OPTIONS_JA:
		snprintf(out, LINE_SIZE, "%s", ja);
		break;
	case OPTIONS_EN:
		snprintf(out, LINE_SIZE, "%s", en);
		break;
	case OPTIONS_BOTH:
		snprintf(out, LINE_SIZE, "%s / %s", ja, en);
		break;
	}
}

static int
ask(pam_handle_t *pamh, const char *prompt, char **answer)
{
	*answer = NULL;
	if (pam_prompt(pamh, PAM_PROMPT_ECHO_OFF, answer, "%s", prompt) ==
		PAM_SUCCESS &&
	    *answer != NULL)
		return (PAM_SUCCESS);
	talk_wipe(answer);
	return (PAM_CONV_ERR);
}

int
talk_code(pam_handle_t *pamh, const struct options *o, int wait, char **answer)
{
	char prompt[2 * LINE_SIZE + 8], what[LINE_SIZE], why[LINE_SIZE];

	put_text(what, o, &code_prompt, 0);
	put_text(why, o, &used, wait);
	snprintf(prompt, sizeof(prompt), "%s%s%s%s", wait > 0 ? why : "",
	    wait > 0 ? ". " : "", o->prompt[0] != '\0' ? o->prompt : what,
	    o->prompt[0] != '\0' ? "" : ": ");
	return (ask(pamh, prompt, answer));
}

int
talk_password(pam_handle_t *pamh, const struct options *o, char **answer)
{
	char prompt[LINE_SIZE + 8], what[LINE_SIZE];

	put_text(what, o, &password_prompt, 0);
	snprintf(prompt, sizeof(prompt), "%s: ", what);
	return (ask(pamh, prompt, answer));
}

void
talk_wipe(char **answer)
{
	if (*answer != NULL)
		mem_wipe(*answer, strlen(*answer));
	free(*answer);
	*answer = NULL;
}

static void
say(pam_handle_t *pamh, const struct options *o, int style, const char *line)
{
	/* nobody may be there to hear it: that changes no verdict */
	if (!o->is_silent)
		(void)pam_prompt(pamh, style, NULL, "%s", line);
}

void
talk_used(pam_handle_t *pamh, const struct options *o, int wait)
{
	char line[LINE_SIZE];

	put_text(line, o, &used, wait);
	say(pamh, o, PAM_ERROR_MSG, line);
}

void
talk_recovery(pam_handle_t *pamh, const struct options *o, int left)
{
	char line[LINE_SIZE];

	put_text(line, o, &recovery, left);
	say(pamh, o, PAM_TEXT_INFO, line);
}

void
talk_tell(pam_handle_t *pamh, const struct options *o, enum talk_text what)
{
	char line[LINE_SIZE];

	put_text(line, o, &told[what], 0);
	say(pamh, o, PAM_ERROR_MSG, line);
}
