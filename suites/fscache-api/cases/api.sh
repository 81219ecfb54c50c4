# SPDX-License-Identifier: GPL-2.0-only
# A cache, the network file system without a network, and the balance of references: what the cases of fscache-api begin with.
for api_part in ktap wait fscache-stats cache cachefiles netless; do
	. "$CRUCIBLE_LIB/$api_part.sh"
done
. "${0%/*}/balance.sh"

# api_begin [FS] [hold]: until the case ends; with `hold` the cache has no daemon that would look at the disk.
api_begin() {
	if [ "${1:-ext4}" = xfs ]; then
		cache_disk "$CRUCIBLE_DISK_XFS" xfs
	else
		cache_disk "$CRUCIBLE_DISK_CACHE"
	fi
	balance_begin
	if [ "${2:-}" = hold ]; then cache_hold; else cache_run; fi || give_up 'the cache did not start'
	netless_load
}

# fan_of KEY: the directory of the object that has this key; it follows from the key, so it can be known before an object is there again.
fan_of() {
	fan_object=$(cache_object "D$1")
	echo "${fan_object%/*}"
}

# forget_names: nothing that nobody uses stays in the dentry cache, so that a look-up has to ask the file system. A first pass only marks.
forget_names() {
	for forget_pass in 1 2 3; do
		echo 2 >/proc/sys/vm/drop_caches
	done
}
