// SPDX-License-Identifier: GPL-2.0
/*
 * What a Raspberry Pi 5 has for its heat: a thermal zone `cpu-thermal` and a fan behind the hwmon device `pwmfan`.
 * /sys/module/wrale_climate/parameters: `temperature` of the zone, thousandths of a degree; `stalled`, whether the fan is held fast.
 */
#include <linux/err.h>
#include <linux/hwmon.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/thermal.h>

/* Revolutions per minute at full duty. */
#define FULL_SPEED 8000

static int temperature = 45000;
module_param(temperature, int, 0644);
static bool stalled;
module_param(stalled, bool, 0644);

static struct platform_device *device;
static struct device *fan;
static struct thermal_zone_device *zone;
static long duty;
/* As pwm-fan has it: 0 full power without control, 1 the duty that is written. */
static long enable = 1;

static int get_temperature(struct thermal_zone_device *asked, int *value)
{
	*value = READ_ONCE(temperature);
	return 0;
}

static const struct thermal_zone_device_ops zone_ops = { .get_temp = get_temperature };
static const struct thermal_trip trips[] = {
	{ .type = THERMAL_TRIP_HOT, .temperature = 110000, .hysteresis = 2000 },
};

static umode_t visible(const void *data, enum hwmon_sensor_types type, u32 attribute, int channel)
{
	return type == hwmon_pwm ? 0644 : 0444;
}

static int read_fan(struct device *dev, enum hwmon_sensor_types type, u32 attribute, int channel, long *value)
{
	if (type == hwmon_fan)
		*value = READ_ONCE(stalled) ? 0 : FULL_SPEED * duty / 255;
	else
		*value = attribute == hwmon_pwm_enable ? enable : duty;
	return 0;
}

static int write_fan(struct device *dev, enum hwmon_sensor_types type, u32 attribute, int channel, long value)
{
	if (value < 0 || value > (attribute == hwmon_pwm_enable ? 1 : 255))
		return -EINVAL;
	if (attribute == hwmon_pwm_input) {
		duty = value;
		return 0;
	}
	enable = value;
	if (value == 0)
		duty = 255;
	return 0;
}

static const struct hwmon_ops fan_ops = { .is_visible = visible, .read = read_fan, .write = write_fan };
static const struct hwmon_channel_info *const channels[] = {
	HWMON_CHANNEL_INFO(fan, HWMON_F_INPUT),
	HWMON_CHANNEL_INFO(pwm, HWMON_PWM_INPUT | HWMON_PWM_ENABLE),
	NULL,
};
static const struct hwmon_chip_info chip = { .ops = &fan_ops, .info = channels };

static int __init start(void)
{
	int result;

	device = platform_device_register_simple("wrale-climate", PLATFORM_DEVID_NONE, NULL, 0);
	if (IS_ERR(device))
		return PTR_ERR(device);
	fan = hwmon_device_register_with_info(&device->dev, "pwmfan", NULL, &chip, NULL);
	if (IS_ERR(fan)) {
		result = PTR_ERR(fan);
		goto without_fan;
	}
	zone = thermal_zone_device_register_with_trips("cpu-thermal", trips, ARRAY_SIZE(trips), NULL, &zone_ops, NULL, 0, 0);
	if (IS_ERR(zone)) {
		result = PTR_ERR(zone);
		goto without_zone;
	}
	result = thermal_zone_device_enable(zone);
	if (result == 0)
		return 0;
	thermal_zone_device_unregister(zone);
without_zone:
	hwmon_device_unregister(fan);
without_fan:
	platform_device_unregister(device);
	return result;
}

static void __exit stop(void)
{
	thermal_zone_device_unregister(zone);
	hwmon_device_unregister(fan);
	platform_device_unregister(device);
}

module_init(start);
module_exit(stop);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Thermal zone and fan of the virtual board");
