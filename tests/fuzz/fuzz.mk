# Fuzz targets: one program for each tests/fuzz/fuzz_*.c, which names what it
# links as a unit test does (`Links: ...`); fuzz.c and buf.c are linked into each.
#
#	make fuzz	libFuzzer (clang), FUZZ_SECONDS each, FUZZ="a b" only
#			these; what is found is left in $(BUILD)/fuzz/findings
#	make test	feeds tests/fuzz/corpus/TARGET to each without a fuzzer
#
# A finding becomes a file of the corpus, named after what was wrong.

FUZZ_SECONDS ?= 60
FUZZ	?= $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_BIN = $(FUZZ:%=$(BUILD)/fuzz/fuzz_%)
REPLAY_BIN = $(patsubst tests/fuzz/%.c,$(BUILD)/replay/%,\
	  $(wildcard tests/fuzz/fuzz_*.c))
TOOLS	+= $(REPLAY_BIN)

CLANG	?= clang
FUZZ_CFLAGS = -std=c17 -D_GNU_SOURCE -I. -I$(BUILD)/gen -O1 -g -w -pthread \
	  -fno-omit-frame-pointer -fno-sanitize-recover=all
FUZZ_SAN = address,undefined

$(BUILD)/fuzz/obj/%.o: %.c | $(GEN)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(FUZZ_CFLAGS) -fsanitize=fuzzer-no-link,$(FUZZ_SAN) \
	    -MMD -MP -c -o $@ $<

# `those of tests/unit/test_x.c` stands for what that test links.
$(BUILD)/fuzz.mk: $(wildcard tests/fuzz/fuzz_*.c tests/unit/test_*.c) \
	  tests/fuzz/fuzz.mk
	@mkdir -p $(@D)
	@links() { sed -n 's/^ \* Links: *//p' "$$1" | tr ' ' '\n' | \
	    sed -n 's|\.c$$||p'; }; \
	for f in $(wildcard tests/fuzz/fuzz_*.c); do b=$${f##*/}; b=$${b%.c}; \
	    l=; for i in $$(links "$$f"); do case $$i in \
	    tests/unit/*) l="$$l $$(links "$$i.c")" ;; *) l="$$l $$i" ;; \
	    esac; done; \
	    for i in $$l; do case $$i in tests/fakes/*) \
	    l="$$l $$(links "$$i.c")" ;; esac; done; \
	    l=$$(printf '%s\n' $$l | sort -u); \
	    for k in fuzz replay; do o=obj; [ $$k = replay ] || o=fuzz/obj; \
	    printf '$(BUILD)/%s/%s:' $$k "$$b"; \
	    for i in "$${f%.c}" tests/fuzz/fuzz authd/base/buf $$l; do \
	    printf ' $(BUILD)/%s/%s.o' $$o "$$i"; done; echo; done; done > $@
ifneq ($(filter fuzz fuzz-bins fuzz-replay-bins test-tools $(BUILD)/tests/all \
	  $(BUILD)/fuzz/% $(BUILD)/replay/%,$(MAKECMDGOALS)),)
-include $(BUILD)/fuzz.mk
-include $(wildcard $(BUILD)/fuzz/obj/*/*.d $(BUILD)/fuzz/obj/*/*/*.d)
endif

$(BUILD)/fuzz/fuzz_%:
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(FUZZ_CFLAGS) -fsanitize=fuzzer,$(FUZZ_SAN) -o $@ \
	    $(filter %.o,$^) -Wl,--as-needed $(TEST_LIBS)
$(REPLAY_BIN): $(BUILD)/obj/tests/fuzz/replay.o
	@mkdir -p $(@D)
	$(Q)$(CC) -o $@ $(filter %.o,$^) $(ALL_LDFLAGS) $(TEST_LIBS)

.PHONY: fuzz fuzz-bins fuzz-replay-bins
fuzz-bins: $(FUZZ_BIN)
fuzz-replay-bins: $(REPLAY_BIN)
fuzz:
	@command -v $(CLANG) >/dev/null || \
	    { echo 'make fuzz needs clang: apt-get install clang'; exit 1; }
	@contrib/deps.sh --need test
	@$(SUBMAKE) fuzz-bins
	@tests/fuzz/run.sh $(BUILD) $(FUZZ_SECONDS) $(FUZZ)
