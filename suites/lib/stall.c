// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stops others inside the file system that backs a cache, for as long as a case wants. A line written to /sys/kernel/debug/stall:
 *
 *   names DIRECTORY    holds the directory's lock: whoever looks up, creates or links a name in it that is not in the dentry cache waits
 *   writers FILE       holds off whoever wants to begin a write to the file system of FILE; names can be made, files can be read
 *   go                 lets go of what is held
 *
 * A thread of the kernel's holds it, so that no task returns to user space with a lock of the kernel.
 */
#include <linux/completion.h>
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/namei.h>
#include <linux/percpu-rwsem.h>
#include <linux/string.h>

static DEFINE_MUTEX(stall_lock);
static struct task_struct *stall_holder;
static struct completion stall_held;
static struct path stall_path;
static bool stall_writers;

static int stall_hold(void *unused)
{
	struct percpu_rw_semaphore *writers = stall_path.dentry->d_sb->s_writers.rw_sem + SB_FREEZE_WRITE - 1;
	struct inode *inode = d_inode(stall_path.dentry);

	if (stall_writers)
		percpu_down_write(writers);
	else
		inode_lock(inode);
	complete(&stall_held);

	set_current_state(TASK_IDLE);
	while (!kthread_should_stop()) {
		schedule();
		set_current_state(TASK_IDLE);
	}
	__set_current_state(TASK_RUNNING);

	if (stall_writers)
		percpu_up_write(writers);
	else
		inode_unlock(inode);
	return 0;
}

static int stall_begin(const char *name, bool writers)
{
	struct task_struct *holder;
	int error;

	if (stall_holder)
		return -EBUSY;
	error = kern_path(name, LOOKUP_FOLLOW, &stall_path);
	if (error)
		return error;
	stall_writers = writers;
	init_completion(&stall_held);
	holder = kthread_run(stall_hold, NULL, "stall");
	if (IS_ERR(holder)) {
		path_put(&stall_path);
		return PTR_ERR(holder);
	}
	wait_for_completion(&stall_held);
	stall_holder = holder;
	return 0;
}

static int stall_end(void)
{
	if (!stall_holder)
		return -ENOENT;
	kthread_stop(stall_holder);
	stall_holder = NULL;
	path_put(&stall_path);
	return 0;
}

static ssize_t stall_write(struct file *file, const char __user *text, size_t size, loff_t *offset)
{
	char *line = memdup_user_nul(text, min_t(size_t, size, PATH_MAX)), *verb, *name;
	int error = -EINVAL;

	if (IS_ERR(line))
		return PTR_ERR(line);
	name = strim(line);
	verb = strsep(&name, " ");
	mutex_lock(&stall_lock);
	if (!strcmp(verb, "go"))
		error = stall_end();
	else if (name && (!strcmp(verb, "names") || !strcmp(verb, "writers")))
		error = stall_begin(name, !strcmp(verb, "writers"));
	mutex_unlock(&stall_lock);
	kfree(line);
	return error ? error : size;
}

static const struct file_operations stall_fops = { .owner = THIS_MODULE, .write = stall_write };

static struct dentry *stall_file;

static int __init stall_init(void)
{
	stall_file = debugfs_create_file("stall", 0200, NULL, NULL, &stall_fops);
	return PTR_ERR_OR_ZERO(stall_file);
}
module_init(stall_init);

static void __exit stall_exit(void)
{
	debugfs_remove(stall_file);
	stall_end();
}
module_exit(stall_exit);

MODULE_DESCRIPTION("Stops others inside the file system that backs a cache");
MODULE_LICENSE("GPL");
