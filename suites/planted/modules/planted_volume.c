// SPDX-License-Identifier: GPL-2.0-only
/* Acquires an fscache volume when loaded and never gives it back, not even when unloaded. */
#include <linux/err.h>
#include <linux/fscache.h>
#include <linux/module.h>

static int __init planted_volume_init(void)
{
	struct fscache_volume *volume = fscache_acquire_volume("planted,leaked", NULL, NULL, 0);

	return IS_ERR(volume) ? PTR_ERR(volume) : 0;
}
module_init(planted_volume_init);

static void __exit planted_volume_exit(void)
{
}
module_exit(planted_volume_exit);

MODULE_DESCRIPTION("Leaks an fscache volume on purpose");
MODULE_LICENSE("GPL");
