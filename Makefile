# Sekisho. The object lists below are the map of the processes: what is not in
# a program's list is not in that process. `make help` lists the targets.

BUILD	?= build
PREFIX	?= /usr
ifeq ($(origin CC),default)
CC	= gcc
endif
V	?= 0
Q	= $(if $(filter 1,$(V)),,@)

# SAN=address,undefined or SAN=thread makes a sanitizer build, whose
# processes link sandbox_none.c: a sanitizer needs calls the filter forbids.
SAN	?=
ifneq ($(SAN),)
SANDBOX	= authd/sandbox_none
SANFLAGS = -fsanitize=$(SAN) -fno-omit-frame-pointer -fno-sanitize-recover=all
HARDEN	= -O1
# gcc 12 sees ghosts in instrumented code; the plain build is the judge.
CALM	= -Wno-restrict -Wno-format-truncation -Wno-maybe-uninitialized \
	  -Wno-null-dereference -Wno-stringop-overflow
else
SANDBOX	= authd/sandbox
SANFLAGS =
HARDEN	= -O2 -D_FORTIFY_SOURCE=2
endif

WARN	= -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes \
	  -Wmissing-prototypes -Wpointer-arith -Wwrite-strings -Wvla \
	  -Wformat=2 -Wnull-dereference $(CALM)
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
	      -lqrencode \
	      -lseccomp -lzxcvbn -lcrypt -lsodium
KEEPER_LIBS = -loath -lcrypto -lseccomp
AUTHD_LIBS  = -lconfuse -lsqlite3 -lcrypto -lunistring -lsodium
CLI_LIBS    = -ljansson -lsmartcols -lqrencode -lpng -lcrypt
TEST_LIBS   = -lcmocka $(FRONT_LIBS) $(KEEPER_LIBS) -lconfuse -lsmartcols \
	      -lqrencode -lpng -lpam

PROGRAMS = $(BUILD)/sekisho-authd $(BUILD)/sekisho-front \
	   $(BUILD)/sekisho-keeper $(BUILD)/sekisho $(BUILD)/pam_sekisho.so

obj	= $(patsubst %,$(BUILD)/obj/%.o,$(1))
say	= @printf '  %-5s %s\n' $(1) $@

# How many jobs the targets that build for themselves use.
JOBS	?= $(shell nproc 2>/dev/null || echo 1)
SUBMAKE	= $(MAKE) --no-print-directory \
	  $(if $(findstring -j,$(MAKEFLAGS)),,-j$(JOBS))

.PHONY: all help deps test-deps run test lint asan tsan unit unit-bins \
	test-tools install deb deb-deps clean format
all: $(PROGRAMS)
.SECONDARY:

help:
	@echo 'make             build into $(BUILD)/'
	@echo 'make run         a private instance behind nginx with a demo payroll page'
	@echo 'make test        everything: unit, lint, end to end'
	@echo 'make unit        unit tests only'
	@echo 'make torture     the longer proofs; counts by option, see tests/torture'
	@echo 'make lint        rooms, map, symbols, banned functions, sizes, shell'
	@echo 'make fuzz        every fuzz target for FUZZ_SECONDS=60 (clang)'
	@echo 'make asan        unit and end to end with address,undefined sanitizers'
	@echo 'make tsan        the same with the thread sanitizer'
	@echo 'make install     DESTDIR= PREFIX=$(PREFIX)'
	@echo 'make deb         Debian packages into $(BUILD)/deb'
	@echo 'make deps        install the packages that building and running need'
	@echo 'make test-deps   and those that the tests need'
	@echo 'make format      clang-format over all C'
	@echo 'make clean       remove build/'
	@echo 'V=1 shows the commands, BUILD=DIR builds elsewhere.'

deps:
	@contrib/deps.sh --install run
test-deps:
	@contrib/deps.sh --install test

# Looked at once for each build directory; says in one line what is missing.
$(BUILD)/deps-ok: contrib/deps.sh
	@CC='$(CC)' contrib/deps.sh --check build
	@mkdir -p $(@D)
	@touch $@

$(BUILD)/sekisho-front: $(call obj,$(FRONT))
	$(call say,LINK)
	$(Q)$(CC) -o $@ $^ $(ALL_LDFLAGS) $(FRONT_LIBS)
$(BUILD)/sekisho-keeper: $(call obj,$(KEEPER))
	$(call say,LINK)
	$(Q)$(CC) -o $@ $^ $(ALL_LDFLAGS) $(KEEPER_LIBS)
$(BUILD)/sekisho-authd: $(call obj,$(AUTHD))
	$(call say,LINK)
	$(Q)$(CC) -o $@ $^ $(ALL_LDFLAGS) $(AUTHD_LIBS)
$(BUILD)/sekisho: $(call obj,$(CLI))
	$(call say,LINK)
	$(Q)$(CC) -o $@ $^ $(ALL_LDFLAGS) $(CLI_LIBS)

# A library inside other people's programs: only pam_sm_* is to be seen of it,
# what nothing calls is left out, and no sanitizer, which its hosts lack.
$(BUILD)/pam_sekisho.so: $(PAM:%=$(BUILD)/pic/%.o)
	$(call say,LINK)
	$(Q)$(CC) -shared -o $@ $^ -Wl,-z,relro,-z,now,-z,noexecstack,-z,defs \
	    -Wl,--gc-sections $(LDFLAGS) -Wl,--no-as-needed -lpam -lcrypt
$(BUILD)/pic/%.o: %.c | $(BUILD)/deps-ok
	@mkdir -p $(@D)
	$(Q)$(CC) -std=c17 -D_GNU_SOURCE -I. $(WARN) -O2 -D_FORTIFY_SOURCE=2 \
	    -fPIC -fvisibility=hidden -ffunction-sections -fdata-sections \
	    -fstack-protector-strong -fstack-clash-protection -fcf-protection \
	    $(CFLAGS) -MMD -MP -c -o $@ $<

# Made headers: the password estimator's words, the catalogs, the pages, their
# style sheet, script and icon.
GEN	= $(addprefix $(BUILD)/gen/,password_words.h catalog_ids.h \
	  catalog_texts.h page_names.h page_code.h style_name.h style_text.h \
	  script_name.h script_text.h icon_name.h icon_text.h)

$(BUILD)/obj/%.o: %.c | $(BUILD)/deps-ok $(GEN)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

GEN_OUT	= > $@.new && mv $@.new $@
PO	= authd/web/po/ja.po authd/web/po/en.po
HTML	= $(sort $(wildcard authd/web/html/*.html))
$(BUILD)/gen/password_words.h: authd/core/password_words.txt \
    contrib/gen-words.sh
	@mkdir -p $(@D)
	$(Q)contrib/gen-words.sh $< $(GEN_OUT)
$(BUILD)/gen/catalog_%.h: $(PO) contrib/gen-catalog.sh | $(BUILD)/deps-ok
	@mkdir -p $(@D)
	$(Q)contrib/gen-catalog.sh $* $(PO) $(GEN_OUT)
$(BUILD)/gen/page_%.h: $(BUILD)/gen/catalog_ids.h $(HTML) contrib/gen-pages.sh \
    authd/web/html
	@mkdir -p $(@D)
	$(Q)contrib/gen-pages.sh $* $< $(HTML) $(GEN_OUT)
$(BUILD)/gen/style_%.h: authd/web/style.css contrib/gen-style.sh
	@mkdir -p $(@D)
	$(Q)contrib/gen-style.sh $* $< $(GEN_OUT)
$(BUILD)/gen/script_%.h: authd/web/script.js contrib/gen-style.sh
	@mkdir -p $(@D)
	$(Q)contrib/gen-style.sh $* $< $(GEN_OUT)
$(BUILD)/gen/icon_%.h: authd/web/icon.svg contrib/gen-style.sh
	@mkdir -p $(@D)
	$(Q)contrib/gen-style.sh $* $< $(GEN_OUT)

# The sheet that goes with a certificate, and the slip that is a ticket, as one
# text each.
$(BUILD)/gen/sheet_html.h $(BUILD)/gen/slip_html.h: $(BUILD)/gen/%_html.h: \
    authd/render/%.html
	@mkdir -p $(@D)
	$(Q){ echo 'static const char $*_html[] ='; \
	    sed 's/\\/\\\\/g; s/"/\\"/g; s/.*/"&\\n"/' $<; echo ';'; } $(GEN_OUT)
$(BUILD)/obj/authd/render/sheet.o: $(BUILD)/gen/sheet_html.h
$(BUILD)/obj/authd/render/slip.o: $(BUILD)/gen/slip_html.h

# What stands behind nginx in `make run`; no part of Sekisho.
$(BUILD)/payroll-demo: $(call obj,contrib/demo/payroll)
	$(call say,LINK)
	$(Q)$(CC) -o $@ $^ $(ALL_LDFLAGS) -lmicrohttpd
test-tools: $(BUILD)/payroll-demo

# Unit tests name the real files and the fakes they link in a line
# `Links: ...` of their opening comment; a fake there may name what it needs.
UNIT	= $(patsubst tests/unit/%.c,%,$(wildcard tests/unit/test_*.c))
UNIT_BIN = $(UNIT:%=$(BUILD)/unit/%)
$(BUILD)/unit.mk: $(wildcard tests/unit/test_*.c tests/fakes/*.c) Makefile
	@mkdir -p $(@D)
	@links() { sed -n 's/^ \* Links: *//p' "$$1"; }; \
	for f in $(wildcard tests/unit/test_*.c); do \
	    b=$${f##*/}; b=$${b%.c}; all=; \
	    for l in $$(links "$$f"); do all="$$all $$l"; case $$l in \
	    tests/fakes/*) all="$$all $$(links "$$l" | tr '\n' ' ')" ;; esac; done; \
	    printf '$(BUILD)/unit/%s: $(BUILD)/obj/%s.o' "$$b" "$${f%.c}"; \
	    for l in $$all; do echo "$$l"; done | sort -u | \
	    sed -n 's|^\(.*\)\.c$$| $(BUILD)/obj/\1.o|p' | tr -d '\n'; \
	    echo; done > $@
ifneq ($(filter unit unit-bins $(BUILD)/unit/%,$(MAKECMDGOALS)),)
-include $(BUILD)/unit.mk
endif
$(UNIT_BIN):
	@mkdir -p $(@D)
	$(Q)$(CC) -o $@ $(filter %.o,$^) $(ALL_LDFLAGS) $(TEST_LIBS)
unit-bins: $(UNIT_BIN)
unit: $(UNIT_BIN)
	$(Q)for t in $(UNIT_BIN); do $$t || exit 1; done

# Programs that the end-to-end tests use: one for each tests/e2e/*.c.
# A sanitizer looks for crypt_r() once, at the start: the PAM module brings it later.
ifdef SAN
LINK_CRYPT = -Wl,--no-as-needed -lcrypt
endif
TOOLS	= $(patsubst tests/e2e/%.c,$(BUILD)/tests/%,$(wildcard tests/e2e/*.c))
$(BUILD)/tests/%: $(BUILD)/obj/tests/e2e/%.o
	@mkdir -p $(@D)
	$(Q)$(CC) -o $@ $^ $(ALL_LDFLAGS) -ljansson -loath -lpam \
	    $(LINK_CRYPT) -Wl,--as-needed -lssl -lcrypto
-include tests/fuzz/fuzz.mk
test-tools $(BUILD)/tests/all: $(TOOLS)

test:
	@contrib/deps.sh --need test
	@$(SUBMAKE) all unit-bins test-tools
	@tests/run.sh $(BUILD)

# Fewer rounds: a sanitizer is slow, and it looks for other things.
asan tsan:
	@contrib/deps.sh --need test
	@$(SUBMAKE) BUILD=build/$@ SAN=$(SAN_OF_$@) all unit-bins test-tools
	@SAN=$(SAN_OF_$@) SEKISHO_RACE_ROUNDS=$${SEKISHO_RACE_ROUNDS:-200} \
	    SEKISHO_KILLS=$${SEKISHO_KILLS:-4} tests/run.sh build/$@
SAN_OF_asan = address,undefined
SAN_OF_tsan = thread

-include tests/torture/torture.mk

lint:
	@contrib/deps.sh --need test
	@$(SUBMAKE) all
	@rc=0; for t in tests/lint/*.sh; do $$t $(BUILD) || rc=1; done; exit $$rc

run:
	@contrib/deps.sh --need run
	@$(SUBMAKE) all $(BUILD)/payroll-demo
	@exec contrib/run.sh $(BUILD)

DEST	= $(DESTDIR)$(PREFIX)
# Where libpam looks; nothing is installed into /etc/pam.d.
MULTIARCH := $(shell $(CC) -print-multiarch 2>/dev/null)
SECURITY = $(DEST)/lib/$(if $(MULTIARCH),$(MULTIARCH)/)security
install: all
	install -d "$(SECURITY)" "$(DEST)/share/man/man8" \
	    "$(DEST)/share/doc/sekisho" "$(DEST)/share/pam-configs"
	install -m 644 $(BUILD)/pam_sekisho.so "$(SECURITY)"
	install -m 644 pam_module/pam_sekisho.8 "$(DEST)/share/man/man8"
	install -m 644 contrib/pam-configs/sekisho "$(DEST)/share/pam-configs"
	install -m 644 contrib/pam/README.md "$(DEST)/share/doc/sekisho/pam.md"
	install -m 644 contrib/stunnel/README.md \
	    "$(DEST)/share/doc/sekisho/stunnel.md"
	install -d "$(DEST)/share/sekisho/stunnel"
	install -m 644 contrib/stunnel/sekisho-host.conf \
	    contrib/stunnel/sekisho-host.service "$(DEST)/share/sekisho/stunnel"
	install -d "$(DEST)/bin" "$(DEST)/sbin" "$(DEST)/lib/sekisho" \
	    "$(DEST)/lib/systemd/system" "$(DEST)/lib/sysusers.d" \
	    "$(DEST)/lib/tmpfiles.d" "$(DEST)/share/doc/sekisho" \
	    "$(DEST)/share/man/man1" "$(DEST)/share/man/man5" \
	    "$(DEST)/share/man/man8" \
	    "$(DEST)/share/bash-completion/completions" \
	    "$(DEST)/share/zsh/vendor-completions"
	install -m 755 $(BUILD)/sekisho "$(DEST)/bin"
	install -m 755 $(BUILD)/sekisho-authd "$(DEST)/sbin"
	install -m 755 $(BUILD)/sekisho-front $(BUILD)/sekisho-keeper \
	    "$(DEST)/lib/sekisho"
	install -m 644 cli/sekisho.1 "$(DEST)/share/man/man1"
	install -m 644 authd/sekisho.conf.5 "$(DEST)/share/man/man5"
	install -m 644 authd/sekisho-authd.8 "$(DEST)/share/man/man8"
	install -m 644 contrib/completion/sekisho.bash \
	    "$(DEST)/share/bash-completion/completions/sekisho"
	install -m 644 contrib/completion/_sekisho \
	    "$(DEST)/share/zsh/vendor-completions"
	sed 's|@PREFIX@|$(PREFIX)|' contrib/systemd/sekisho-authd.service \
	    > "$(DEST)/lib/systemd/system/sekisho-authd.service"
	chmod 644 "$(DEST)/lib/systemd/system/sekisho-authd.service"
	for f in sekisho-backup.service sekisho-backup.timer; do \
	    sed 's|@PREFIX@|$(PREFIX)|' contrib/systemd/$$f \
	    > "$(DEST)/lib/systemd/system/$$f" && \
	    chmod 644 "$(DEST)/lib/systemd/system/$$f" || exit 1; done
	sed 's|@PREFIX@|$(PREFIX)|' contrib/systemd/sekisho-backup.sh \
	    > "$(DEST)/lib/sekisho/sekisho-backup"
	chmod 755 "$(DEST)/lib/sekisho/sekisho-backup"
	install -m 644 contrib/systemd/sekisho.sysusers \
	    "$(DEST)/lib/sysusers.d/sekisho.conf"
	install -m 644 contrib/systemd/sekisho.tmpfiles \
	    "$(DEST)/lib/tmpfiles.d/sekisho.conf"
	install -m 644 contrib/systemd/README.md \
	    "$(DEST)/share/doc/sekisho/systemd.md"
	install -d "$(DEST)/share/sekisho/nginx"
	install -m 644 contrib/nginx/* "$(DEST)/share/sekisho/nginx"
	install -m 644 README.md LICENSE \
	    "$(DEST)/share/doc/sekisho"
	install -m 644 authd/api/API.md authd/keeper/PROTOCOL \
	    "$(DEST)/share/doc/sekisho"

deb:
	@contrib/deps.sh --need deb
	@contrib/deb.sh $(BUILD)
deb-deps:
	@contrib/deps.sh --install deb

clean:
	rm -rf build
format:
	clang-format -i $$(git ls-files '*.c' '*.h')

-include tests/bench/bench.mk
-include $(wildcard $(BUILD)/obj/*/*.d $(BUILD)/obj/*/*/*.d \
	  $(BUILD)/pic/*/*.d $(BUILD)/pic/*/*/*.d)
