#!/bin/sh
# run.sh [BUILD]: try Sekisho (what `make run` does). Makes a private instance
# with a demo office once, starts it in the foreground and says what to type in
# a second terminal. Started again it goes on with the same data. Ctrl-C ends
# everything.
set -eu
cd "$(dirname "$0")/.."
top=$(pwd)
build=${1:-build}
case $build in
/*) bin=$build ;;
*) bin=$top/$build ;;
esac
dir=${SEKISHO_RUN_DIR:-$top/run}
staff=taro
admin=hanako-admin
daemon=

say() {
	printf '%s\n' "$*"
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

stop() {
	trap - INT TERM HUP
	[ -z "$daemon" ] || kill -TERM "$daemon" 2>/dev/null || true
}
trap stop INT TERM HUP

if [ ! -e "$dir/sekisho.conf" ]; then
	"$bin/sekisho-authd" --init "$dir" >/dev/null
elif [ ! -e "$dir/ca.pem" ]; then
	# made before there were certificates
	"$bin/sekisho-authd" --init-ca -c "$dir/sekisho.conf" >/dev/null
fi
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
	has account add $staff --name 'Taro (staff)' --office demo

next_commands() {
	cat <<TEXT

In a second terminal:

    export SEKISHO_SOCKET=$SEKISHO_SOCKET
    export PATH=$bin:\$PATH
TEXT
}

if sekisho phone list $staff --json | grep -q '"state": "active"'; then
	next_commands
	cat <<TEXT
    sekisho verify $staff CODE        # the code that the phone shows

$staff has a phone already. To begin again with another one:

    sekisho phone enroll $staff
TEXT
else
	sekisho phone enroll $staff --label demo
	secret=$(sekisho phone enroll $staff --again --json |
		sed -n 's/.*"secret": "\([A-Z2-7]*\)".*/\1/p')
	next_commands
	cat <<TEXT
    sekisho phone confirm $staff CODE # the code that the phone shows
    sekisho verify $staff CODE        # the next one, up to 30 s later
    sekisho verify $staff CODE        # the same again is refused

Without a phone, oathtool makes the codes:

    sekisho phone confirm $staff \$(oathtool --totp -b $secret)
    sekisho verify $staff \$(oathtool --totp -b -N '+30 seconds' $secret)
TEXT
fi
# One terminal's certificate as an office gets it, the first time only.
kit=$dir/demo-kit
if [ ! -e "$kit" ]; then
	printf 'demo,%s,Demo PC\n' $staff >"$dir/demo-kit.csv"
	sekisho cert kit "$dir/demo-kit.csv" --out "$kit" >/dev/null
fi
cat <<TEXT

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
wait $follow 2>/dev/null || true
exit $rc
