# SPDX-License-Identifier: GPL-2.0-only
# What the cases of cachefiles-damage begin with: a cache that was good when its daemon went.
for damage_part in ktap wait fscache-stats cache cachefiles netless; do
	. "$CRUCIBLE_LIB/$damage_part.sh"
done

damage_attribute=user.CacheFiles.cache

# set_attribute PATH DIGITS: the coherency attribute of an object or a volume, from hexadecimal digits
set_attribute() {
	setfattr -n $damage_attribute -v "0x$2" "$1"
}

# patched DIGITS AT DIGITS: hexadecimal digits, some of them replaced from the AT-th byte on
patched() {
	echo "$1" | awk -v at="$2" -v by="$3" '{ print substr($0, 1, at * 2) by substr($0, at * 2 + length(by) + 1) }'
}

# stop_and_damage COMMAND...: without a daemon and with nothing in memory the command changes the disk, and it is taken for a cache again.
stop_and_damage() {
	cache_end
	"$@" || give_up "$*"
	echo 2 >/proc/sys/vm/drop_caches
	cache_hold || give_up 'a cache on what was damaged'
}
