#include "authd/keeper/keeper_cert_answer.h"
#include "authd/keeper/keeper_cert_msg.h"
#include "authd/keeper/keeper_msg.h"

typedef int handler(
    struct keeper_ca *ca, struct buf_reader *r, struct buf *b);

static int
do_info(struct keeper_ca *ca, struct buf_reader *r, struct buf *b)
{
	struct keeper_ca_info info;
	int e;

	if (buf_end(r) != 0)
		return (ERR_PROTO);
	if ((e = keeper_ca_info(ca, &info)) == 0)
		keeper_cert_msg_put_ca(b, &info);
	return (e);
}

static int
do_issue(struct keeper_ca *ca, struct buf_reader *r, struct buf *b)
{
	struct keeper_cert_ask ask;
	struct keeper_cert cert;
	int e;

	keeper_cert_msg_get_ask(r, &ask);
	if (buf_end(r) != 0)
		return (ERR_PROTO);
	if ((e = keeper_ca_issue(ca, &ask, &cert)) == 0)
		keeper_cert_msg_put_cert(b, &cert);
	return (e);
}

static const struct {
	uint16_t request;
	handler *run;
} table[] = {
	{ KEEPER_MSG_CA_INFO, do_info },
	{ KEEPER_MSG_CERT_ISSUE, do_issue },
};

int
keeper_cert_answer(struct keeper_ca *ca, uint16_t type, struct buf_reader *r,
    struct buf *b)
{
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].request == type)
			return (ca == NULL ? ERR_WRONG_STATE
					   : table[i].run(ca, r, b));
	return (ERR_PROTO);
}
