# bench.mk: `make bench` measures what tests/bench/bench.sh says. BENCH_ACCOUNTS,
# BENCH_SECONDS and BENCH_ROUNDS make it larger or longer.
BENCH	= $(BUILD)/bench
BENCH_PEOPLE = tests/bench/bench_people
BENCH_TOOLS = $(BENCH)/mkaccounts $(BENCH)/bare $(BENCH)/loader \
	  $(BENCH)/radius_loader $(BENCH)/people_codes $(BENCH)/pam_clock \
	  $(BENCH)/cert_loops $(BENCH)/bench_hook

$(BENCH)/mkaccounts: $(call obj,tests/bench/mkaccounts $(BENCH_PEOPLE) \
    authd/keeper/keeper_seed authd/keeper/keeper_mac authd/keeper/keeper_msg \
    authd/core/passhash authd/core/passhash_format $(STORE) $(AUDIT) $(BASE))
$(BENCH)/bare: $(call obj,tests/bench/bare)
$(BENCH)/loader: $(call obj,tests/bench/loader tests/bench/bench_tally \
    $(BENCH_PEOPLE))
$(BENCH)/radius_loader: $(call obj,tests/bench/radius_loader \
    tests/bench/bench_tally $(BENCH_PEOPLE))
$(BENCH)/people_codes: $(call obj,tests/bench/people_codes $(BENCH_PEOPLE))
# it replaces syslog for what libpam loads, so that must be seen
$(BENCH)/pam_clock: $(call obj,tests/bench/pam_clock authd/api/client $(BASE))
$(BENCH)/pam_clock: LDFLAGS += -rdynamic
$(BENCH)/cert_loops: $(call obj,tests/bench/cert_loops)
$(BENCH)/bench_hook: $(call obj,tests/bench/bench_hook authd/core/token $(BASE))
$(BENCH_TOOLS):
	@mkdir -p $(@D)
	$(Q)$(CC) -o $@ $^ $(ALL_LDFLAGS) -lmicrohttpd -lsqlite3 -lcrypto \
	    -loath -lunistring -lcrypt -lsodium -lpam

.PHONY: bench bench-tools bench-deps
bench-deps:
	@contrib/deps.sh --install bench
bench-tools: $(BENCH_TOOLS)
bench:
	@contrib/deps.sh --need bench
	@$(SUBMAKE) all bench-tools
	@tests/bench/bench.sh $(BUILD)
	@tests/bench/bench_pam.sh $(BUILD)
