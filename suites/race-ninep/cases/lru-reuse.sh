#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# A file is read and closed; when the worker comes to discard its cookie, the file is opened once more, and read from its cache.
for part in ktap wait fscache-stats cache race; do
	. "$CRUCIBLE_LIB/$part.sh"
done
. "${0%/*}/cached-file.sh"

# state_of_cookie: A for active, - for quiescent: the column S of the only row.
state_of_cookie() {
	# COOKIE   VOLUME   REF ACT ACC S FL DEF
	awk 'NR > 2 { print $6 }' /proc/fs/fscache/cookies
}

plan 7
cached_file_begin 262144
cached_file_read
mark 'the file is closed'
check 'the cookie is to be discarded' step 2
taskset -cp "$(cpu_of reader)" $$ >/dev/null
exec 3<mnt/file
taskset -cp 0 $$ >/dev/null
check 'the worker has seen the cookie' step 3
check 'the cookie stays active while the file is open' [ "$(state_of_cookie)" = A ]
echo 1 >/proc/sys/vm/drop_caches
before=$(cache_reads)
again=$(hash_of <&3)
evidence again_cache_reads $(($(cache_reads) - before))
check 'what is read through the new open is the file, from the cache' [ "$again" = "$(hash_of <content)" ]
exec 3<&-
