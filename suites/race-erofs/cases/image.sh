# SPDX-License-Identifier: GPL-2.0-only
# An image that has its data in itself. Its object is given back when the super block is put; that of a blob of its own, on 6.1, only after
# a grace period of RCU, and none passes while a CPU is held. Sourced after ondemand.sh.

# image_pack NAME BYTES: NAME.erofs with one file `big`.
image_pack() {
	mkdir "source-$1"
	head -c "$2" /dev/urandom >"source-$1/big"
	erofs_pack "$1.erofs" "source-$1"
}

# image_mount NAME: on NAME; what is asked for from now on is the file's content.
image_mount() {
	erofs_mount "$1.erofs" "$1" && stat "$1/big" >/dev/null
}
