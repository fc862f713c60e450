#!/bin/sh
# Put what is made from the table of commands where it is kept: the list in
# sekisho.1 and both completions. With --check only say whether they are true.
#
#	cli/regen.sh [--check] [BUILD]
set -eu

mode="write"
if [ "${1:-}" = --check ]; then
	mode=check
	shift
fi
build=${1:-build}
root=$(cd "$(dirname "$0")/.." && pwd)
case $build in
/*) ;;
*) build=$root/$build ;;
esac
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

"$build/sekisho" help --mdoc >"$tmp/mdoc"
"$build/sekisho" help --bash >"$tmp/sekisho.bash"
"$build/sekisho" help --zsh >"$tmp/_sekisho"
awk -v list="$tmp/mdoc" '
	/commands: end$/ { off = 0 }
	!off { print }
	/commands: begin$/ {
		off = 1
		while ((getline line < list) > 0)
			print line
	}' "$root/cli/sekisho.1" >"$tmp/sekisho.1"

rc=0
put() {
	if [ "$mode" = "write" ]; then
		mkdir -p "$(dirname "$2")"
		cat "$1" >"$2"
	elif ! diff -u "$2" "$1"; then
		rc=1
	fi
}
put "$tmp/sekisho.1" "$root/cli/sekisho.1"
put "$tmp/sekisho.bash" "$root/contrib/completion/sekisho.bash"
put "$tmp/_sekisho" "$root/contrib/completion/_sekisho"
exit "$rc"
