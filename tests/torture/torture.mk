# Programs that put the shipped ones under strain, and `make torture`. Some of
# them are used by short tests in tests/e2e as well.
KEEPER_CHILD = tests/torture/keeper_child authd/keeper/keeper_state \
	  authd/keeper/keeper_msg $(AUDIT) $(BASE)
TORTURE_TOOLS = $(BUILD)/tests/keeper_calls $(BUILD)/tests/front_calls \
	  $(BUILD)/tests/evil_front $(BUILD)/tests/filtered

$(BUILD)/tests/keeper_calls: $(call obj,tests/torture/keeper_calls \
	tests/torture/inject $(KEEPER_CHILD))
$(BUILD)/tests/front_calls: $(call obj,tests/torture/front_calls \
	tests/torture/inject)
$(BUILD)/tests/evil_front: $(call obj,tests/torture/evil_front \
	tests/torture/evil_make tests/torture/evil_judge \
	tests/torture/evil_audit tests/torture/needles \
	authd/keeper/keeper_seed authd/keeper/keeper_mac \
	authd/keeper/keeper_client $(KEEPER_CHILD))
$(BUILD)/tests/filtered: $(call obj,tests/torture/filtered)
$(TORTURE_TOOLS):
	@mkdir -p $(@D)
	$(Q)$(CC) -o $@ $^ $(ALL_LDFLAGS) -loath -lcrypto -lseccomp
test-tools $(BUILD)/tests/all: $(TORTURE_TOOLS)

# Each tests/torture/run_*.sh says in its head which options it takes.
.PHONY: torture
torture:
	@contrib/deps.sh --need test
	@$(SUBMAKE) all test-tools
	@rc=0; for t in tests/torture/run_*.sh; do \
	    echo "== $$t"; SEKISHO_BUILD=$(BUILD) $$t || rc=1; done; exit $$rc
