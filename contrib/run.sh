#!/bin/sh
# run.sh [BUILD]: try Sekisho (what `make run` does). Makes a private instance
# with a demo office once and starts it in the foreground, behind nginx with a small
# payroll application; says which address to open, and what to type in a second
# terminal. Started again it goes on with the same data. Ctrl-C ends everything.
# SEKISHO_RUN_DIR: where; SEKISHO_RUN_PORT: of the web pages, else 8443 or the
# next that is free.
set -eu
cd "$(dirname "$0")/.."
top=$(pwd)
build=${1:-build}
case $build in
/*) bin=$build ;;
*) bin=$top/$build ;;
esac
dir=${SEKISHO_RUN_DIR:-$top/run}
case $dir in
/*) ;;
*) dir=$top/$dir ;;
esac
staff=taro
admin=hanako-admin
daemon=
app=
proxy=

# shellcheck source=contrib/run-web.sh
. "$top/contrib/run-web.sh"

say() {
	printf '%s\n' "$*"
}

complain() {
	printf '%s\n' "$*" >&2
	exit 1
}

# Can the service users, which may not be there yet, come to our directory?
strangers_reach() {
	setpriv --reuid 65534 --regid 65534 --clear-groups test -x "$1"
}

if [ "$(id -u)" -eq 0 ] && [ -z "${SEKISHO_RUN_DIR:-}" ]; then
	if ! strangers_reach "$top" ||
		{ [ -d "$dir" ] && [ "$(stat -c %u "$dir")" -ne 0 ]; }; then
		dir=/var/lib/sekisho-run
		say "The service users cannot use $top/run; the instance is in $dir."
	fi
fi

# What nginx and a shell take as it is.
case $dir in
*[!A-Za-z0-9._/-]*)
	if [ -n "${SEKISHO_RUN_DIR:-}" ]; then
		complain "SEKISHO_RUN_DIR may hold letters, digits and . _ - / only: $dir"
	elif [ "$(id -u)" -eq 0 ]; then
		dir=/var/lib/sekisho-run
	else
		dir=${XDG_STATE_HOME:-$HOME/.local/state}/sekisho-run
	fi
	say "The name of $top has characters that not every program takes; the instance is in $dir."
	;;
esac

# One run at a time: the next one would change the files of the first.
mkdir -p "$dir"
exec 9>"$dir/run.lock"
if ! flock -n 9; then
	complain "A run goes on in $dir already: end it there with Ctrl-C, or give" \
		"another place and port with SEKISHO_RUN_DIR= and SEKISHO_RUN_PORT=."
fi

stop() {
	trap - INT TERM HUP EXIT
	for pid in $proxy $app $daemon; do
		kill -TERM "$pid" 2>/dev/null || true
	done
}
trap stop INT TERM HUP EXIT

if [ ! -e "$dir/sekisho.conf" ]; then
	"$bin/sekisho-authd" --init "$dir" >/dev/null
elif [ ! -e "$dir/ca.pem" ]; then
	# made before there were certificates
	"$bin/sekisho-authd" --init-ca -c "$dir/sekisho.conf" >/dev/null
fi
web_prepare
log=$dir/daemon.log
umask 077
: >"$log"
"$bin/sekisho-authd" -c "$dir/sekisho.conf" >>"$log" 2>&1 </dev/null &
daemon=$!
tries=0
until grep -q ' info: ready$' "$log"; do
	tries=$((tries + 1))
	if [ $tries -gt 300 ] || ! kill -0 $daemon 2>/dev/null; then
		cat "$log" >&2
		stop
		wait $daemon || true
		exit 1
	fi
	sleep 0.05
done
web_start
if ! web_wait; then
	stop
	wait $daemon || true
	exit 1
fi
say ready

SEKISHO_SOCKET=$dir/authd.sock
export SEKISHO_SOCKET
sekisho() {
	"$bin/sekisho" "$@"
}
has() {
	"$bin/sekisho" "$@" >/dev/null 2>&1
}

has office show demo ||
	has office add demo --name 'Demo office'
has account show $admin ||
	has account add $admin --name 'Hanako (administrator)' --office demo \
		--class privileged --level 5 --role administrator
has account show $staff ||
	has account add $staff --name '山田 太郎' --office demo --level 3 \
		--group kyuyo
has app show "$app_host" || has app add "$app_host" --name 'Demo payroll'

# know LOGIN FILE: a password of their own (one that an administrator sets must be
# changed first), in FILE, and a phone whose secret oathtool knows. Sets code: what
# to do for one.
know() {
	login=$1 file=$2
	if [ ! -e "$file" ]; then
		echo "Kumo-$(openssl rand -hex 4)-Tori.7" >"$file"
		printf '%s:%s\n' "$login" \
			"$(openssl passwd -6 -stdin <"$file")" >"$dir/demo-hash"
		sekisho password import "$dir/demo-hash" >/dev/null
		rm -f "$dir/demo-hash"
	fi
	code="the one that $login's phone shows, or oathtool as at the first run; a
              new phone, in a second terminal:
              sekisho phone enroll $login
              sekisho phone confirm $login CODE"
	if sekisho phone list "$login" --json | grep -q '"state": "active"'; then
		return
	fi
	sekisho phone enroll "$login" --label demo | sed '/^Scan it/,$d' \
		>"$dir/demo-qr"
	secret=$(sekisho phone enroll "$login" --again --json |
		sed -n 's/.*"secret": "\([A-Z2-7]*\)".*/\1/p')
	# confirmed for you, with the code before the present one
	sekisho phone confirm "$login" \
		"$(echo "$secret" | oathtool --totp -b -N '30 seconds ago' -)" \
		>"$dir/demo-recovery"
	code="run
              oathtool --totp -b $secret"
}

know $admin "$dir/demo-password-admin"
admin_code=$code
know $staff "$dir/demo-password"
# hers is not shown: one QR is enough on a screen
if [ -e "$dir/demo-qr" ]; then
	cat "$dir/demo-qr" "$dir/demo-recovery"
	code="scan the QR above with an authenticator app; or $code"
fi
rm -f "$dir/demo-qr" "$dir/demo-recovery"
cat <<TEXT

Open this in a browser on this machine. It warns of the certificate, which this
run made itself: go on.

    https://$app_host/

    ID        $staff
    password  $(cat "$dir/demo-password")
    code      $code

A code is taken once; the next one comes within 30 seconds. The pages where
people log in and out: $portal/

The administrator's console, best in a private window of the browser: add a person,
print the slip, enrol as that person with a phone, revoke.

    $portal/console

    ID        $admin
    password  $(cat "$dir/demo-password-admin")
    code      $admin_code

In a second terminal:

    export SEKISHO_SOCKET=$SEKISHO_SOCKET
    export PATH="$bin:\$PATH"
    sekisho session list
    sekisho session end --login $staff    # the next click asks again
    sekisho account disable $staff        # or is refused; enable: admitted
    sekisho verify $staff CODE            # what a server asks
    sekisho proxy check $web/nginx.conf
TEXT
# One terminal's certificate as an office gets it, the first time only.
kit=$dir/demo-kit
for n in '' ' 2' ' 3'; do
	[ ! -e "$kit" ] || break
	printf 'demo,%s,Demo PC%s\n' $staff "$n" >"$dir/demo-kit.csv"
	# keys are made when nothing else is to be done: a busy machine may
	# need another try, and a name that is not taken yet
	sekisho cert kit "$dir/demo-kit.csv" --out "$kit" >/dev/null ||
		rm -rf "$kit"
done
[ ! -e "$kit" ] || cat <<TEXT

A certificate for $staff's PC is in $kit:
001-$staff.p12, and the sheet 001-$staff.html with its passphrase and the steps of
importing it, to be opened in a browser and printed. Its terminal:

    sekisho terminal list
    sekisho cert revoke SERIAL        # the number is in the sheet

contrib/nginx/mtls.md puts it in front of a web application.
TEXT
cat <<TEXT

More: sekisho account list, sekisho audit list, sekisho audit verify --dir $dir,
sekisho --help. The data is in $dir. Ctrl-C ends everything. The log:

TEXT

tail -n +1 -f --pid=$daemon "$log" &
follow=$!
rc=0
wait $daemon || rc=$?
# interrupted by a signal that was passed on: wait for the end itself
if kill -0 $daemon 2>/dev/null; then
	rc=0
	wait $daemon || rc=$?
fi
stop
wait $follow $app $proxy 2>/dev/null || true
exit $rc
