// SPDX-License-Identifier: GPL-2.0
/*
 * An I2C bus of the virtual board. It does plain transfers, and through the core's emulation SMBus as well; i2c-stub does SMBus alone.
 *
 * Chips come and go by lines written to /sys/module/wrale_i2c/parameters/command (numbers as C writes them):
 *   attach ADDRESS WIDTH         a chip of 256 registers of 8 or 16 bits (high byte first); 0: no registers, eight lines with weak pull-ups
 *   poke ADDRESS REGISTER VALUE  sets a register; of eight lines, the mask of those that something outside pulls down
 *   unplug ADDRESS BYTES         it answers so many more bytes and is gone then, in the middle of a transfer if it comes to that
 *   plug ADDRESS                 it is back, its registers as they were
 *   detach ADDRESS               there never was one
 *   hang 1, hang 0               transfers wait; they go on
 */
#include <linux/errno.h>
#include <linux/i2c.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/wait.h>

struct chip {
	unsigned int width;
	bool plugged;
	/* Bytes until it is unplugged; negative: it stays. */
	int bytes_left;
	u16 registers[256];
	u8 pointer;
	/* Which half of a 16-bit register comes next. */
	bool low_half;
};

static struct chip *chips[128];
static DEFINE_MUTEX(chips_lock);
static bool hanging;
static DECLARE_WAIT_QUEUE_HEAD(released);

/* Counts one byte of a transfer; false when the chip was gone before it. */
static bool still_there(struct chip *chip)
{
	if (!chip->plugged)
		return false;
	if (chip->bytes_left == 0) {
		chip->plugged = false;
		return false;
	}
	if (chip->bytes_left > 0)
		chip->bytes_left--;
	return true;
}

static void to_next_half(struct chip *chip)
{
	if (chip->width == 16 && !chip->low_half) {
		chip->low_half = true;
		return;
	}
	chip->low_half = false;
	chip->pointer++;
}

static u8 next_byte(struct chip *chip)
{
	u16 value = chip->registers[chip->pointer];

	if (chip->width == 0)
		return chip->registers[1] & ~chip->registers[0];
	if (chip->width == 16 && !chip->low_half)
		value >>= 8;
	to_next_half(chip);
	return value;
}

static void take_byte(struct chip *chip, u8 byte, bool first)
{
	u16 *value = &chip->registers[chip->pointer];

	if (chip->width == 0) {
		chip->registers[1] = byte;
	} else if (first) {
		chip->pointer = byte;
		chip->low_half = false;
	} else {
		if (chip->width == 8)
			*value = byte;
		else if (chip->low_half)
			*value = (*value & 0xff00) | byte;
		else
			*value = (*value & 0x00ff) | (byte << 8);
		to_next_half(chip);
	}
}

static int transfer_message(struct chip *chip, struct i2c_msg *message)
{
	int i;

	/* A chip that has no bytes left does not acknowledge its address either. */
	if (!chip || !chip->plugged || chip->bytes_left == 0)
		return -ENXIO;
	chip->low_half = false;
	for (i = 0; i < message->len; i++) {
		bool there = still_there(chip);

		/* Nobody but the master acknowledges what is read: with no chip left the bus reads as ones, and nothing fails. */
		if (message->flags & I2C_M_RD)
			message->buf[i] = there ? next_byte(chip) : 0xff;
		else if (there)
			take_byte(chip, message->buf[i], i == 0);
		else
			return -EIO;
	}
	return 0;
}

static int transfer(struct i2c_adapter *adapter, struct i2c_msg *messages, int count)
{
	int result = 0;
	int i;

	if (wait_event_killable(released, !READ_ONCE(hanging)))
		return -ETIMEDOUT;
	mutex_lock(&chips_lock);
	for (i = 0; i < count && result == 0; i++)
		result = messages[i].addr < 128 ? transfer_message(chips[messages[i].addr], &messages[i]) : -ENXIO;
	mutex_unlock(&chips_lock);
	return result ? result : count;
}

static u32 functionality(struct i2c_adapter *adapter)
{
	return I2C_FUNC_I2C | I2C_FUNC_SMBUS_EMUL;
}

static int attach(unsigned int address, unsigned int width)
{
	struct chip *chip;

	if (width != 0 && width != 8 && width != 16)
		return -EINVAL;
	chip = kzalloc(sizeof(*chip), GFP_KERNEL);
	if (!chip)
		return -ENOMEM;
	chip->width = width;
	chip->plugged = true;
	chip->bytes_left = -1;
	if (width == 0)
		chip->registers[1] = 0xff;
	kfree(chips[address]);
	chips[address] = chip;
	return 0;
}

static int change(const char *line, unsigned int address, unsigned int a, unsigned int b, int given)
{
	struct chip *chip;

	if (address > 127)
		return -EINVAL;
	if (strstarts(line, "attach ") && given == 2)
		return attach(address, a);
	chip = chips[address];
	if (!chip)
		return -ENXIO;
	if (strstarts(line, "poke ") && given == 3 && a < 256 && b < 65536) {
		chip->registers[a] = b;
	} else if (strstarts(line, "unplug ") && given == 2 && a < 65536) {
		chip->bytes_left = a;
	} else if (strstarts(line, "plug ") && given == 1) {
		chip->plugged = true;
		chip->bytes_left = -1;
	} else if (strstarts(line, "detach ") && given == 1) {
		kfree(chip);
		chips[address] = NULL;
	} else {
		return -EINVAL;
	}
	return 0;
}

static int command(const char *line, const struct kernel_param *param)
{
	unsigned int address, a, b;
	int given = sscanf(line, "%*s %i %i %i", &address, &a, &b);
	int result;

	if (strstarts(line, "hang ") && given == 1) {
		WRITE_ONCE(hanging, address != 0);
		wake_up_all(&released);
		return 0;
	}
	if (given < 1)
		return -EINVAL;
	mutex_lock(&chips_lock);
	result = change(line, address, a, b, given);
	mutex_unlock(&chips_lock);
	return result;
}

static const struct kernel_param_ops command_ops = { .set = command };
module_param_cb(command, &command_ops, NULL, 0200);

static const struct i2c_algorithm algorithm = { .xfer = transfer, .functionality = functionality };
static struct i2c_adapter adapter = { .owner = THIS_MODULE, .algo = &algorithm, .name = "wrale i2c" };

static int __init start(void)
{
	return i2c_add_adapter(&adapter);
}

static void __exit stop(void)
{
	int i;

	i2c_del_adapter(&adapter);
	for (i = 0; i < 128; i++)
		kfree(chips[i]);
}

module_init(start);
module_exit(stop);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("I2C bus of the virtual board");
