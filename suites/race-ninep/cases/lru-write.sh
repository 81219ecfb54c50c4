#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# A file is read and closed; when the worker comes to discard its cookie, the file is opened once more, and written to server and cache.
for part in ktap wait fscache-stats cache race; do
	. "$CRUCIBLE_LIB/$part.sh"
done
. "${0%/*}/cached-file.sh"

plan 9
cached_file_begin 262144
cached_file_read
mark 'the file is closed'
check 'the cookie is to be discarded' step 2
head -c 4096 /dev/urandom >page
taskset -cp "$(cpu_of writer)" $$ >/dev/null
exec 3<>mnt/file
dd if=page bs=4096 count=1 conv=notrunc,fsync >&3 2>dd.log
written=$?
taskset -cp 0 $$ >/dev/null
survives $written
show dd.log 'dd said'
check 'a page is written' [ $written -eq 0 ]
check 'the write is over' wait_until 10 'netfs requests to end' netfs_is_idle
echo 1 >/proc/sys/vm/drop_caches
before=$(cache_reads)
rest=$(hash_of <&3)
again=$(($(cache_reads) - before))
evidence again_cache_reads $again
check 'the rest of the file is right' [ "$rest" = "$(tail -c +4097 content | hash_of)" ]
check 'it comes from the cache, for the file is open' [ $again -gt 0 ]
cat page >expected
tail -c +4097 content >>expected
check 'and so is the page that was written' cmp -s mnt/file expected
exec 3<&-
