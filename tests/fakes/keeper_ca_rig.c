#include "tests/fakes/ca_rig.h"

int
keeper_ca_rig_open(struct ca_rig *rig, struct keeper_state *state,
    uint32_t rate, struct keeper_ca **out)
{
	struct keeper_ca_conf conf = {
		.chain = rig->chain,
		.chain_len = rig->chain_len,
		.url = "",
		.issue_rate = rate,
		.state = state,
		.ocsp_scalar = rig->ocsp_scalar,
	};

	keeper_key_source_file(rig->scalar, &conf.source);
	return (keeper_ca_new(&conf, out));
}
