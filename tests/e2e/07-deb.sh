#!/usr/bin/env bash
# Goal of this test:
# - `make deb` makes packages of exactly what `make install` puts in place, and
#   lintian finds no error in them.
# - What they hold runs: a new instance, a daemon that becomes ready.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin

mkdir "$T/build"
run make -s -C "$ROOT" BUILD="$T/build" deb
is "make deb" 0
run lintian --no-tag-display-limit --fail-on error \
	--allow-root "$T"/build/deb/*.changes
is "lintian finds no error" 0
run make -s -C "$ROOT" BUILD="${SEKISHO_BUILD:-build}" \
	DESTDIR="$T/installed" install
is "make install DESTDIR=" 0

mkdir "$T/root"
for deb in "$T"/build/deb/*.deb; do
	case $deb in
	*-dbgsym_*) ;;
	*) dpkg-deb -x "$deb" "$T/root" ;;
	esac
done
files() {
	(cd "$1" && find . -type f | sed 's/\.gz$//' |
		grep -v '/doc/[^/]*/\(changelog\|copyright\|LICENSE\)$' |
		LC_ALL=C sort)
}
equal "the packages hold what is installed" "$(files "$T/root")" \
	"$(files "$T/installed")"

BIN=$T/root/usr/sbin
PATH=$T/root/usr/bin:$PATH
new_dir a
start_daemon "$DIR"
ok "the packaged daemon becomes ready"
run sekisho status
is "and answers the packaged command" 0
stop_daemon
