// SPDX-License-Identifier: GPL-2.0-only
/* Acquires an fscache volume when loaded and never gives it back, not even when unloaded. Loaded, it holds fscache's module. */
#include <linux/err.h>
#include <linux/fscache.h>
#include <linux/module.h>

static bool take = true;
module_param(take, bool, 0444);
MODULE_PARM_DESC(take, "acquire the volume");

static int __init planted_volume_init(void)
{
	struct fscache_volume *volume;

	if (!take)
		return 0;
	volume = fscache_acquire_volume("planted,leaked", NULL, NULL, 0);
	return IS_ERR(volume) ? PTR_ERR(volume) : 0;
}
module_init(planted_volume_init);

static void __exit planted_volume_exit(void)
{
}
module_exit(planted_volume_exit);

MODULE_DESCRIPTION("Leaks an fscache volume on purpose");
MODULE_LICENSE("GPL");
