#include <string.h>

#include "authd/keeper/keeper_cert_msg.h"
#include "authd/keeper/keeper_client_cert.h"
#include "authd/keeper/keeper_client_impl.h"

int
keeper_client_cert_issue(struct keeper *k, const struct keeper_cert_ask *ask,
    struct keeper_cert *out)
{
	struct buf_reader answer;
	int r;

	memset(out, 0, sizeof(*out));
	keeper_client_begin(k);
	keeper_cert_msg_put_ask(
	    keeper_client_packet(k, KEEPER_MSG_CERT_ISSUE), ask);
	if ((r = keeper_client_trip(k, &answer)) == 0) {
		keeper_cert_msg_get_cert(&answer, out);
		r = keeper_client_whole(k, &answer);
	}
	if (r != 0)
		memset(out, 0, sizeof(*out));
	return (keeper_client_end(k, r));
}

int
keeper_client_cert_ca(struct keeper *k, struct keeper_ca_info *out)
{
	struct buf_reader answer;
	int r;

	memset(out, 0, sizeof(*out));
	keeper_client_begin(k);
	keeper_client_packet(k, KEEPER_MSG_CA_INFO);
	if ((r = keeper_client_trip(k, &answer)) == 0) {
		keeper_cert_msg_get_ca(&answer, out);
		r = keeper_client_whole(k, &answer);
	}
	if (r != 0)
		memset(out, 0, sizeof(*out));
	return (keeper_client_end(k, r));
}
