# Programs that put the shipped ones under strain, and `make torture`. Some of
# them are used by short tests in tests/e2e as well.
KEEPER_CHILD = tests/torture/keeper_child authd/keeper/keeper_state \
	  authd/keeper/keeper_msg $(AUDIT) $(BASE) tests/fakes/ca_rig \
	  $(CERTS) $(ISSUE) certs/x509_root
TORTURE_TOOLS = $(BUILD)/tests/keeper_calls $(BUILD)/tests/front_calls \
	  $(BUILD)/tests/evil_front $(BUILD)/tests/filtered \
	  $(BUILD)/tests/faults $(BUILD)/tests/cli_faults \
	  $(BUILD)/tests/front_faults $(BUILD)/tests/fault_exec \
	  $(BUILD)/tests/clock_storm $(BUILD)/tests/refusal_time \
	  $(BUILD)/tests/overload $(BUILD)/tests/login_race

$(BUILD)/tests/keeper_calls: $(call obj,tests/torture/keeper_calls \
	tests/torture/inject $(KEEPER_CHILD))
$(BUILD)/tests/front_calls: $(call obj,tests/torture/front_calls \
	tests/torture/inject)
$(BUILD)/tests/evil_front: $(call obj,tests/torture/evil_front \
	tests/torture/evil_make tests/torture/evil_judge \
	tests/torture/evil_audit tests/torture/needles \
	tests/torture/evil_cert tests/torture/evil_mutate \
	authd/keeper/keeper_seed authd/keeper/keeper_mac \
	authd/keeper/keeper_client authd/keeper/keeper_client_cert \
	authd/keeper/keeper_cert_msg $(KEEPER_CHILD))
$(BUILD)/tests/filtered: $(call obj,tests/torture/filtered)
$(BUILD)/tests/faults: $(call obj,tests/torture/faults \
	tests/torture/fault_sweep tests/torture/fault_run \
	tests/torture/fault_judge authd/api/client $(BASE))
$(BUILD)/tests/cli_faults: $(call obj,tests/torture/cli_faults)
$(BUILD)/tests/front_faults: $(call obj,tests/torture/front_faults)
$(BUILD)/tests/cli_faults $(BUILD)/tests/front_faults: $(call obj, \
	tests/torture/fault_sweep tests/torture/fault_run \
	tests/torture/fault_judge authd/api/client $(BASE))
# The engine's own unit test and its fakes say what an engine over a fake keeper
# links.
CUT_OBJ	= $(sort $(patsubst %.c,%,$(shell sed -n 's/^ \* Links: *//p' \
	tests/unit/test_engine.c tests/fakes/core_world.c \
	tests/fakes/store_mem.c)))
$(BUILD)/tests/power_cut: $(call obj,tests/torture/power_cut \
	tests/torture/cut_vfs tests/torture/cut_image $(CUT_OBJ))
	@mkdir -p $(@D)
	$(Q)$(CC) -o $@ $^ $(ALL_LDFLAGS) $(TEST_LIBS)
$(BUILD)/tests/overload: $(call obj,tests/torture/overload \
	authd/api/client $(BASE))
$(BUILD)/tests/fault_exec: $(call obj,tests/torture/fault_exec)
$(BUILD)/tests/clock_storm: $(call obj,tests/torture/clock_storm \
	tests/torture/asker)
$(BUILD)/tests/login_race: $(call obj,tests/torture/login_race \
	tests/torture/asker)
$(BUILD)/tests/hammer: $(call obj,tests/torture/asker)
$(BUILD)/tests/refusal_time: $(call obj,tests/torture/refusal_time \
	tests/torture/asker)
$(BUILD)/tests/fault.so: tests/torture/fault_lib.c tests/torture/fault.h
$(BUILD)/tests/clock_shim.so: tests/torture/clock_shim.c
$(BUILD)/tests/fault.so $(BUILD)/tests/clock_shim.so:
	@mkdir -p $(@D)
	$(Q)$(CC) -std=c17 -D_GNU_SOURCE -I. -O1 -g -Wall -Wextra -fPIC \
	    -shared -o $@ $<
$(TORTURE_TOOLS):
	@mkdir -p $(@D)
	$(Q)$(CC) -o $@ $^ $(ALL_LDFLAGS) -loath -lcrypto -lseccomp \
	    -ljansson -lsqlite3 -lm
test-tools $(BUILD)/tests/all: $(TORTURE_TOOLS) $(BUILD)/tests/fault.so \
	$(BUILD)/tests/power_cut \
	$(BUILD)/tests/clock_shim.so

# torture.sh and each run_*.sh say in their heads which options they take.
.PHONY: torture
torture:
	@contrib/deps.sh --need test
	@$(SUBMAKE) all test-tools
	@tests/torture/torture.sh $(BUILD)
