#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# A file is read and closed; when the worker comes to discard its cookie, the file is opened once more, and read from its cache.
for part in ktap wait fscache-stats cache race; do
	. "$CRUCIBLE_LIB/$part.sh"
done

# state_of_cookie: A for active, - for quiescent: the column S of the only row.
state_of_cookie() {
	# COOKIE   VOLUME   REF ACT ACC S FL DEF
	awk 'NR > 2 { print $6 }' /proc/fs/fscache/cookies
}

hash_of() {
	sha256sum | cut -d ' ' -f 1
}

plan 7
mkdir -p mnt
at_exit 'rmdir mnt'
at_exit cache_stop
check 'the cache is active' cache_start "$CRUCIBLE_DISK_CACHE"
at_exit 'unmount "$PWD/mnt" && wait_until 10 "the cookies to be given back" cookies_are_gone'
mount -t 9p -o trans=virtio,version=9p2000.L,cache=none export mnt
head -c 262144 /dev/urandom >mnt/file
expected=$(hash_of <mnt/file)
umount mnt
mount -t 9p -o trans=virtio,version=9p2000.L,cache=fscache export mnt
before=$(cache_writes)
check 'the file is read' [ "$(hash_of <mnt/file)" = "$expected" ]
sync
check 'its content goes to the cache' wait_until 10 'netfs requests to end' netfs_is_idle
evidence first_cache_writes $(($(cache_writes) - before))

check 'the cookie is discarded when it was not used for a while' step 1 10
taskset -cp "$(cpu_of reader)" $$ >/dev/null
exec 3<mnt/file
taskset -cp 0 $$ >/dev/null
check 'the worker has seen the cookie' step 2
check 'the cookie stays active while the file is open' [ "$(state_of_cookie)" = A ]
echo 1 >/proc/sys/vm/drop_caches
before=$(cache_reads)
again=$(hash_of <&3)
evidence again_cache_reads $(($(cache_reads) - before))
check 'what is read through the new open is the file, from the cache' [ "$again" = "$expected" ]
exec 3<&-
