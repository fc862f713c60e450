#!/bin/sh
# deps.sh: the Debian packages that building and testing need.
#
#	deps.sh --check build|run|test|bench|deb	name what is missing; exit 1
#	deps.sh --install build|run|test|bench|deb	install it (as root or with sudo)
#	deps.sh --need build|run|test|bench|deb	the same, quiet when nothing is
#
# A package is asked for by what it is for: a program, a header that the
# compiler finds, a file, a library; by itself where dpkg asks so.
set -eu
# where servers are, also for an ordinary user
PATH=$PATH:/usr/sbin:/sbin

# PACKAGE program NAME | PACKAGE header NAME | PACKAGE file PATH |
# PACKAGE library NAME | PACKAGE package NAME
build='
gcc program gcc
libc6-dev header stdio.h
make program make
libmicrohttpd-dev header microhttpd.h
libjansson-dev header jansson.h
libconfuse-dev header confuse.h
libsqlite3-dev header sqlite3.h
liboath-dev header liboath/oath.h
libssl-dev header openssl/evp.h
libseccomp-dev header seccomp.h
libqrencode-dev header qrencode.h
libpng-dev header png.h
libsmartcols-dev header libsmartcols/libsmartcols.h
libunistring-dev header uninorm.h
libcrypt-dev header crypt.h
libpam0g-dev header security/pam_modules.h
libsodium-dev header sodium.h
libzxcvbn-dev header zxcvbn.h
gettext program msgfmt
'
run='
nginx-light program nginx
openssl program openssl
oathtool program oathtool
'
test='
libcmocka-dev header cmocka.h
pamtester program pamtester
libpam-wrapper library libpam_wrapper.so
expect program expect
openssh-server program sshd
openssh-client program ssh
sudo program sudo
login program login
valgrind program valgrind
stunnel4 program stunnel4
iproute2 program ip
oathtool program oathtool
zbar-tools program zbarimg
jq program jq
sqlite3 program sqlite3
shellcheck program shellcheck
universal-ctags program ctags
mandoc program mandoc
curl program curl
procps program pgrep
util-linux program setpriv
xxd program xxd
systemd program systemd-analyze
openssl program openssl
whois program mkpasswd
nginx-light program nginx
chromium program chromium
nodejs program node
npm program npm
fonts-noto-cjk file /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc
gnutls-bin program certtool
libnss3-tools program pk12util
poppler-utils program pdfinfo
'
bench='
jq program jq
sqlite3 program sqlite3
procps program pgrep
nginx-light program nginx
wrk program wrk
freeradius program freeradius
libpam-oath library pam_oath.so
libpam-google-authenticator library pam_google_authenticator.so
curl program curl
'
deb='
debhelper program dh
dpkg-dev program dpkg-buildpackage
build-essential package build-essential
git program git
lintian program lintian
'

usage() {
	echo "usage: deps.sh --check|--install|--need build|run|test|bench|deb" >&2
	exit 2
}

has_header() {
	printf '#include <stdarg.h>\n#include <stddef.h>\n#include <setjmp.h>\n#include <stdint.h>\n#include <%s>\n' "$1" |
		${CC:-gcc} -E -x c -o /dev/null - 2>/dev/null
}

has_library() {
	for dir in /usr/lib/*/ /usr/lib/ /usr/lib/*/security/; do
		[ ! -e "$dir$1" ] || return 0
	done
	return 1
}

has_package() {
	dpkg-query -W -f '${Status}\n' "$1" 2>/dev/null |
		grep -q '^[a-z]* ok installed$'
}

missing() {
	printf '%s' "$list" | while read -r package kind name; do
		case $kind in
		program) command -v "$name" >/dev/null && continue ;;
		header) has_header "$name" && continue ;;
		file) [ -e "$name" ] && continue ;;
		library) has_library "$name" && continue ;;
		package) has_package "$name" && continue ;;
		*) continue ;;
		esac
		printf ' %s' "$package"
	done
}

check() {
	found=$(missing)
	[ -n "$found" ] || return 0
	case $what in
	build | run) target=deps ;;
	*) target="$what-deps" ;;
	esac
	echo "missing packages:$found (make $target installs them)" >&2
	return 1
}

# Of a server only the program is wanted: installing it must not start it.
hold_services() {
	policy=/usr/sbin/policy-rc.d
	[ ! -e $policy ] || return 0
	trap '$sudo rm -f $policy' EXIT
	printf '#!/bin/sh\nexit 101\n' | $sudo tee $policy >/dev/null
	$sudo chmod 755 $policy
}

install() {
	found=$(missing)
	[ -n "$found" ] || return 0
	sudo=
	if [ "$(id -u)" -ne 0 ]; then
		if ! command -v sudo >/dev/null; then
			echo "missing packages:$found; install them as root" >&2
			exit 1
		fi
		sudo=sudo
	fi
	echo "installing:$found"
	case $what in
	run | test | bench) hold_services ;;
	esac
	$sudo apt-get -qq update
	# shellcheck disable=SC2086	# a list of words
	$sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq -y \
		--no-install-recommends install $found
	check
}

[ $# -eq 2 ] || usage
what=$2
case $what in
build) list=$build ;;
run) list=$build$run ;;
test) list=$build$test$deb ;;
bench) list=$build$bench ;;
deb) list=$build$deb ;;
*) usage ;;
esac
PATH=$PATH:/usr/sbin:/sbin
case $1 in
--check) check ;;
--install) install ;;
--need) check 2>/dev/null || install ;;
*) usage ;;
esac
