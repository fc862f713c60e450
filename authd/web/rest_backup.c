#include "authd/web/rest_backup.h"

const char *const rest_backup_members[] = { NULL };

int
rest_backup_parse(struct json_in *in, struct act *act, void *call)
{
	(void)in;
	(void)act;
	(void)call;
	return (0);
}

int
rest_backup_note(struct core *c, struct act *act, void *call)
{
	struct rest_backup *q = call;
	int r = backed_note(c, act);

	return (r != 0 ? r : backed_when(c, &q->at_ms));
}

int
rest_backup_render(const struct act *act, void *call, json_t *o)
{
	const struct rest_backup *q = call;

	(void)act;
	return (json_put_time(o, "noted_at", q->at_ms));
}
