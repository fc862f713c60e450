#include "authd/base/mem.h"
#include "authd/core/password_preview.h"

int
password_preview(struct core *c, struct act *act, const char *login,
    const char *text, uint32_t *reasons)
{
	struct password_known known;
	int r;

	*reasons = 0;
	if ((r = password_load(c, act, login, &known)) == 0) {
		mem_wipe(known.row.hash, sizeof(known.row.hash));
		known.past_n = 0;
		r = password_judge(c->policy, c->keeper, &known, text, reasons);
	}
	if (r == 0)
		r = password_judge_breach(c->breach, text, reasons);
	if (r != 0)
		*reasons = 0;
	mem_wipe(&known, sizeof(known));
	return (r);
}
