#!/bin/sh
# deb.sh BUILD: Debian packages of the committed tree and what is changed in
# it, left in BUILD/deb.
set -eu
cd "$(dirname "$0")/.."
build=$1
for p in dpkg-buildpackage dh; do
	command -v $p >/dev/null || {
		echo "missing packages: dpkg-dev debhelper (make deb-deps" \
			"installs them)" >&2
		exit 1
	}
done
version=$(sed -n 's/^#define VERSION_TEXT "\(.*\)"$/\1/p' authd/api/version.h)
tree=$build/deb/sekisho-$version
rm -rf "$build/deb"
mkdir -p "$tree"
# of whomever the tree is; one that was unpacked has no list of its files
if [ -e .git ]; then
	git -c safe.directory="$(pwd -P)" ls-files -z
else
	find . -name build -prune -o -type f -print0
fi >"$build/deb/files"
xargs -0 tar cf - <"$build/deb/files" | tar xf - -C "$tree"
rm "$build/deb/files"
cp -R contrib/debian "$tree/debian"
if [ "$(dpkg-parsechangelog -l "$tree/debian/changelog" -S Version)" != \
	"$version" ]; then
	echo "contrib/debian/changelog is not about version $version" >&2
	exit 1
fi
(cd "$tree" && dpkg-buildpackage -us -uc -b)
rm -rf "$tree"
ls "$build"/deb/*.deb
