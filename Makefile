# Sekisho. The object lists below are the map of the processes: what is not in
# a program's list is not in that process. `make help` lists the targets.

BUILD	?= build
PREFIX	?= /usr
SYSCONF	?= /etc
CC	?= gcc
V	?= 0
Q	= $(if $(filter 1,$(V)),,@)

# SAN=address,undefined or SAN=thread makes a sanitizer build, whose
# processes link sandbox_none.c: a sanitizer needs calls the filter forbids.
SAN	?=
ifneq ($(SAN),)
SANDBOX	= authd/sandbox_none
SANFLAGS = -fsanitize=$(SAN) -fno-omit-frame-pointer -fno-sanitize-recover=all
HARDEN	= -O1
else
SANDBOX	= authd/sandbox
SANFLAGS =
HARDEN	= -O2 -D_FORTIFY_SOURCE=2
endif

WARN	= -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes \
	  -Wmissing-prototypes -Wpointer-arith -Wwrite-strings -Wvla \
	  -Wformat=2 -Wnull-dereference
CFLAGS	?= -g
ALL_CFLAGS = -std=c17 -D_GNU_SOURCE -I. -I$(BUILD)/gen $(WARN) $(HARDEN) \
	  -fPIE -fstack-protector-strong -fstack-clash-protection \
	  -fcf-protection -pthread $(SANFLAGS) $(CFLAGS)
ALL_LDFLAGS = -pie -Wl,-z,relro,-z,now -Wl,-z,noexecstack -Wl,--as-needed \
	  -pthread $(SANFLAGS) $(LDFLAGS)

BASE	= authd/base/err authd/base/log authd/base/clock authd/base/timetext \
	  authd/base/mem authd/base/buf authd/base/text authd/base/id
AUDIT	= authd/audit/audit_record authd/audit/audit_chain
STORE	= authd/store/store_sqlite authd/store/migrate authd/store/schema
include authd/objects.mk

FRONT_LIBS  = -lmicrohttpd -ljansson -lsqlite3 -lcrypto -lunistring \
	      -lseccomp -lqrencode -lpng
KEEPER_LIBS = -loath -lcrypto -lseccomp
AUTHD_LIBS  = -lconfuse -lsqlite3 -lcrypto -lunistring
CLI_LIBS    = -ljansson -lsmartcols -lqrencode -lpng
TEST_LIBS   = -lcmocka $(FRONT_LIBS) $(KEEPER_LIBS) -lconfuse -lsmartcols

PROGRAMS = $(BUILD)/sekisho-authd $(BUILD)/sekisho-front \
	   $(BUILD)/sekisho-keeper $(BUILD)/sekisho

obj	= $(patsubst %,$(BUILD)/obj/%.o,$(1))
link	= $(if $(Q),@echo "  LINK  $@"); $(CC) $(ALL_CFLAGS) -o $@ $(filter %.o,$^)

.PHONY: all help deps test-deps run test lint asan tsan unit install clean \
	format
all: $(PROGRAMS)
.SECONDARY:

$(BUILD)/sekisho-front: $(call obj,$(FRONT))
	$(Q)$(CC) -o $@ $^ $(ALL_LDFLAGS) $(FRONT_LIBS)
$(BUILD)/sekisho-keeper: $(call obj,$(KEEPER))
	$(Q)$(CC) -o $@ $^ $(ALL_LDFLAGS) $(KEEPER_LIBS)
$(BUILD)/sekisho-authd: $(call obj,$(AUTHD))
	$(Q)$(CC) -o $@ $^ $(ALL_LDFLAGS) $(AUTHD_LIBS)
$(BUILD)/sekisho: $(call obj,$(CLI))
	$(Q)$(CC) -o $@ $^ $(ALL_LDFLAGS) $(CLI_LIBS)

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# Unit tests name the real files and the fakes they link in a line
# `Links: ...` of their opening comment.
UNIT	= $(patsubst tests/unit/%.c,%,$(wildcard tests/unit/test_*.c))
UNIT_BIN = $(UNIT:%=$(BUILD)/unit/%)
$(BUILD)/unit.mk: $(wildcard tests/unit/test_*.c)
	@mkdir -p $(@D)
	@for f in $^; do b=$${f##*/}; b=$${b%.c}; \
	    printf '$(BUILD)/unit/%s: $(BUILD)/obj/%s.o' "$$b" "$${f%.c}"; \
	    sed -n 's/^ \* Links: *//p' "$$f" | tr ' ' '\n' | \
	    sed -n 's|^\(.*\)\.c$$| $(BUILD)/obj/\1.o|p' | tr -d '\n'; \
	    echo; done > $@
ifneq ($(filter-out clean help deps test-deps,$(or $(MAKECMDGOALS),all)),)
-include $(BUILD)/unit.mk
endif
$(UNIT_BIN):
	@mkdir -p $(@D)
	$(Q)$(CC) -o $@ $(filter %.o,$^) $(ALL_LDFLAGS) $(TEST_LIBS)
unit: $(UNIT_BIN)
	$(Q)for t in $(UNIT_BIN); do $$t || exit 1; done

clean:
	rm -rf build
format:
	clang-format -i $$(git ls-files '*.c' '*.h')

-include $(wildcard $(BUILD)/obj/*/*.d $(BUILD)/obj/*/*/*.d)
