#!/usr/bin/env bash
# pamroot.sh COMMAND...: run the command in a private root: its own /etc/pam.d,
# passwd, shadow, group, sudoers, /run, /dev and /var/log, so that real sshd, sudo,
# su and login can be used without touching the machine's. Run by root, in a
# mount namespace of its own (unshare -m). Set by the caller: T, BIN.
#
# /dev/log is read by BIN/tests/dgram into T/syslog. Users: tarou, boss, plain.
set -eu
root=$T/root
mkdir -p "$root/etc" "$root/home/tarou/.ssh" "$root/log" "$root/dev"
mount --make-rprivate /

for file in passwd shadow group; do
	cp -p "/etc/$file" "$root/etc/$file"
done
printf '#!/bin/sh\necho LOGGED-IN\n[ $# -eq 0 ] || exec /bin/sh "$@"\n' \
	>"$root/shell"
chmod 755 "$root/shell"
hash=$(openssl passwd -6 -salt unixOfTarou 'unix password')
uid=61000
for user in tarou boss plain; do
	echo "$user:x:$uid:$uid::$root/home/tarou:$root/shell" >>"$root/etc/passwd"
	echo "$user:$hash:19000:0:99999:7:::" >>"$root/etc/shadow"
	echo "$user:x:$uid:" >>"$root/etc/group"
	uid=$((uid + 1))
done
echo "ops:x:$uid:plain" >>"$root/etc/group"
cp -r /etc/pam.d "$root/etc/pam.d"
# how long other modules make a failure wait is not what is measured
sed -i '/^auth.*pam_unix.so/s/$/ nodelay/; /pam_faildelay/d' "$root"/etc/pam.d/*
printf 'Defaults !lecture, timestamp_timeout=0\ntarou ALL=(ALL) ALL\n' \
	>"$root/etc/sudoers"
chmod 440 "$root/etc/sudoers"
for file in passwd shadow group sudoers pam.d; do
	mount --bind "$root/etc/$file" "/etc/$file"
done
: >"$root/etc/motd"

mount -t tmpfs tmpfs "$root/dev"
for file in null zero full random urandom tty; do
	: >"$root/dev/$file"
	mount --bind "/dev/$file" "$root/dev/$file"
done
mkdir "$root/dev/pts" "$root/dev/shm"
mount --bind /dev/pts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
mount --rbind "$root/dev" /dev
mount -t tmpfs tmpfs /run
mkdir -p /run/sshd /run/lock
mount --bind "$root/log" /var/log
touch /var/log/lastlog /var/log/wtmp /var/log/btmp /run/utmp

"$BIN/tests/dgram" /dev/log >"$T/syslog" 2>&1 &
echo $! >"$T/syslog.pid"
rc=0
"$@" || rc=$?
kill "$(cat "$T/syslog.pid")"
exit $rc
