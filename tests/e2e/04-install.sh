#!/usr/bin/env bash
# Goal of this test:
# - `make install DESTDIR=` puts everything in its place, and the installed
#   daemon finds its children there.
# - The packaged layout: /etc/sekisho, /var/lib/sekisho, /run/sekisho.
# - The unit is exposed no more than F28 allows.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin

run make -s -C "$ROOT" BUILD="${SEKISHO_BUILD:-build}" SAN="${SAN:-}" \
	DESTDIR="$T/a root" install
is "make install DESTDIR=, a blank in its name" 0
mv "$T/a root" "$T/root"
equal "the files and their modes" "$(cd "$T/root" &&
	find . -type f -printf '%m %P\n' |
	sed 's|lib/[^/]*/security|lib/zz/security|' | LC_ALL=C sort -k 2)" \
	"755 usr/bin/sekisho
755 usr/lib/sekisho/sekisho-backup
755 usr/lib/sekisho/sekisho-front
755 usr/lib/sekisho/sekisho-keeper
644 usr/lib/systemd/system/sekisho-authd.service
644 usr/lib/systemd/system/sekisho-backup.service
644 usr/lib/systemd/system/sekisho-backup.timer
644 usr/lib/sysusers.d/sekisho.conf
644 usr/lib/tmpfiles.d/sekisho.conf
644 usr/lib/zz/security/pam_sekisho.so
755 usr/sbin/sekisho-authd
644 usr/share/bash-completion/completions/sekisho
644 usr/share/doc/sekisho/API.md
644 usr/share/doc/sekisho/LICENSE
644 usr/share/doc/sekisho/PROTOCOL
644 usr/share/doc/sekisho/README.md
644 usr/share/doc/sekisho/pam.md
644 usr/share/doc/sekisho/stunnel.md
644 usr/share/doc/sekisho/systemd.md
644 usr/share/man/man1/sekisho.1
644 usr/share/man/man5/sekisho.conf.5
644 usr/share/man/man8/pam_sekisho.8
644 usr/share/man/man8/sekisho-authd.8
644 usr/share/pam-configs/sekisho
644 usr/share/sekisho/nginx/README.md
644 usr/share/sekisho/nginx/app.conf
644 usr/share/sekisho/nginx/ask-mtls.conf
644 usr/share/sekisho/nginx/ask.conf
644 usr/share/sekisho/nginx/hosts.conf
644 usr/share/sekisho/nginx/identity.conf
644 usr/share/sekisho/nginx/mtls.conf
644 usr/share/sekisho/nginx/mtls.md
644 usr/share/sekisho/nginx/portal.conf
644 usr/share/sekisho/nginx/sekisho-refused.html
644 usr/share/sekisho/nginx/sekisho.conf
644 usr/share/sekisho/stunnel/sekisho-host.conf
644 usr/share/sekisho/stunnel/sekisho-host.service
644 usr/share/zsh/vendor-completions/_sekisho"

# the installed programs, from a place that service users can reach
BIN=$T/root/usr/sbin
new_dir a
start_daemon "$DIR"
ok "the installed daemon finds its children"
run "$T/root/usr/bin/sekisho" status
is "and the installed client finds the daemon" 0
stop_daemon
equal "and stops" "$DAEMON_RC" 0

unit=$T/root/usr/lib/systemd/system/sekisho-authd.service
refute "no placeholder is left in any file" grep -rq '@PREFIX@' \
	"$T/root/usr/lib/systemd" "$T/root/usr/lib/sekisho/sekisho-backup"
if command -v systemd-analyze >/dev/null; then
	score=$(systemd-analyze security --offline=yes "$unit" 2>/dev/null |
		sed -n 's/.*exposure level for .*: \([0-9.]*\) .*/\1/p')
	if [ -n "$score" ]; then
		check "F28 systemd-analyze security says $score, at most 1.2" \
			awk -v s="$score" 'BEGIN { exit !(s <= 1.2) }'
	else
		skip "F28 exposure of the unit" "systemd-analyze cannot judge it"
	fi
	cp "$unit" "$T/sekisho-authd.service"
	sed -i "s|^ExecStart=.*|ExecStart=/bin/true|; /^Documentation=/d" \
		"$T/sekisho-authd.service"
	run systemd-analyze verify "$T/sekisho-authd.service"
	# it looks at the other units of the machine as well
	equal "systemd understands every line" \
		"$RC:$(grep sekisho <<<"$ERR")" 0:
else
	skip "F28 exposure of the unit" "no systemd-analyze"
fi
if command -v systemd-sysusers >/dev/null; then
	mkdir -p "$T/root/etc"
	run systemd-sysusers --root="$T/root"
	is "systemd-sysusers takes the users" 0
	equal "which cannot log in" \
		"$(sed -nE 's/^(sekisho[^:]*):.*:([^:]*)$/\1 \2/p' \
			"$T/root/etc/passwd" | sort)" \
		"sekisho /usr/sbin/nologin
sekisho-keeper /usr/sbin/nologin"
else
	skip "systemd-sysusers" "not installed"
fi

# The packaged layout, in a mount namespace with its own /etc, /var/lib, /run.
cat >"$T/packaged.sh" <<'INNER'
set -eu
mkdir -p "$T/etc"
cp -a /etc/passwd /etc/group /etc/shadow /etc/gshadow /etc/nsswitch.conf \
	/etc/login.defs "$T/etc/"
mount -t tmpfs -o mode=755 none /run
mkdir "$T/lib"
chmod 755 "$T/etc" "$T/lib"
mount --bind "$T/etc" /etc
mount --bind "$T/lib" /var/lib
mkdir /run/sekisho
"$BIN/sekisho-authd" --init /etc/sekisho
find /etc/sekisho /var/lib/sekisho -printf '%p %U %m\n' | sort >"$T/layout"
id -u sekisho >"$T/uid"
"$BIN/sekisho-authd" -c /etc/sekisho/sekisho.conf 2>"$T/packaged.log" &
pid=$!
for _ in $(seq 300); do
	grep -q 'info: ready$' "$T/packaged.log" && break
	sleep 0.02
done
env -u SEKISHO_SOCKET "$T/root/usr/bin/sekisho" status >"$T/status"
kill $pid
wait $pid
INNER
if [ "$(id -u)" -eq 0 ] && unshare -m true 2>/dev/null; then
	run env T="$T" BIN="$BIN" unshare -m bash "$T/packaged.sh"
	is "init, start, status, stop in the packaged layout" 0
	u=$(cat "$T/uid")
	equal "its owners and modes" "$(cat "$T/layout")" "/etc/sekisho 0 755
/etc/sekisho/audit.pub 0 644
/etc/sekisho/ca.pem 0 644
/etc/sekisho/keys 0 700
/etc/sekisho/keys/audit.key 0 600
/etc/sekisho/keys/ca.key 0 600
/etc/sekisho/keys/seed.key 0 600
/etc/sekisho/root-ca 0 700
/etc/sekisho/root-ca/root-ca.crl 0 644
/etc/sekisho/root-ca/root-ca.key 0 600
/etc/sekisho/root-ca/root-ca.pem 0 644
/etc/sekisho/sekisho.conf 0 640
/var/lib/sekisho 0 755
/var/lib/sekisho/data $u 700
/var/lib/sekisho/keeper.state 0 600"
else
	skip "the packaged layout" "no mount namespace"
fi
