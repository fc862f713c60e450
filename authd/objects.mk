# Which source is linked into which program.
KEEPER	= authd/keeper_main $(SANDBOX) $(BASE) $(AUDIT) \
	  authd/keeper/keeper_msg authd/keeper/keeper_loop \
	  authd/keeper/keeper_seed authd/keeper/keeper_audit \
	  authd/keeper/keeper_rate authd/keeper/keeper_state
FRONT	= authd/front_main $(SANDBOX) $(BASE) authd/base/fold $(AUDIT) \
	  $(STORE) authd/store/writer \
	  authd/keeper/keeper_msg authd/keeper/keeper_client
AUTHD	= authd/main authd/conf authd/proc authd/init $(BASE) \
	  authd/base/fold $(AUDIT) authd/audit/audit_verify $(STORE)
CLI	= cli/main $(BASE)
