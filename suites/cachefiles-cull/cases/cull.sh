# SPDX-License-Identifier: GPL-2.0-only
# What the cases of cachefiles-cull begin with.
for cull_part in ktap wait fscache-stats cache cachefiles cachedev netless; do
	. "$CRUCIBLE_LIB/$cull_part.sh"
done

# culled: objects that fscache counts as culled
culled() {
	fscache_stat cull
}

# free_percent blocks|files: of the file system that holds the cache, in whole per cent
free_percent() {
	if [ "$1" = blocks ]; then
		stat -f -c '%a %b' "$cache_mount"
	else
		stat -f -c '%d %c' "$cache_mount"
	fi | awk '{ print int($1 * 100 / $2) }'
}

has_free() {
	[ "$(free_percent "$1")" -ge "$2" ]
}
