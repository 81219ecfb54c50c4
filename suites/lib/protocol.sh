# SPDX-License-Identifier: GPL-2.0-only
# What the program `protocol` of suites/ondemand-protocol runs on: two images whose data is in blobs of their own, and a disk for the cache.
# Sourced after ktap.sh and ondemand.sh. The KTAP is the program's.

protocol_begin() {
	trap ktap_end EXIT
	trap 'exit 143' TERM
	ondemand_disk "$CRUCIBLE_DISK_CACHE"
	for protocol_image in a b; do
		mkdir source-$protocol_image
		head -c 524288 /dev/urandom >source-$protocol_image/big
		erofs_pack $protocol_image.erofs source-$protocol_image --chunksize=65536 --blobdev="$ondemand_images/$protocol_image.blob"
	done
}
