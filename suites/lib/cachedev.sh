# SPDX-License-Identifier: GPL-2.0-only
# The control device of cachefiles, with the shell in the place of a daemon. Sourced after ktap.sh, wait.sh and cachefiles.sh.
# The device stays open in whatever the shell starts meanwhile, so nothing is left in the background.

# Commands may be about the directory that the shell is in, so this is not there.
device_log=$PWD/device.log

# device_open: until device_close; closing it is what withdraws a cache. Only one may have it.
device_open() {
	exec 9<>/dev/cachefiles
}

device_close() {
	exec 9>&-
}

# device COMMAND...: one command; what the shell said of it stays in device_log.
device() {
	echo "$*" 2>"$device_log" >&9
}

# refuses ERROR COMMAND...: the command fails with this message of strerror().
refuses() {
	refused_with=$1
	shift
	! device "$@" || return
	grep -q "$refused_with" "$device_log" || {
		show "$device_log" "\`$*\` was answered"
		return 1
	}
}

# device_bind DIRECTORY [TAG]: a cache there, which a later device_close withdraws.
device_bind() {
	device_open
	device dir "$1" && device tag "${2:-$cache_tag}" && device bind
}

# device_says: the state of the cache, as a daemon reads it; sets said.
device_says() {
	# cull=0 frun=cd1 fcull=8f7 fstop=3d7 brun=2f8b bcull=214c bstop=e46 freleased=0 breleased=0
	said=$(dd bs=512 count=1 <&9 2>/dev/null)
}
