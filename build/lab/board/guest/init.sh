#!/bin/busybox sh
# The first program of the virtual board. It makes the hardware, then the machine's own root folder its own, and runs what it was told to.
busybox=/bin/busybox
uptime=/proc/uptime
say() { echo "board: $* after $($busybox cut -d' ' -f1 $uptime) s"; }
$busybox mount -t proc proc /proc
$busybox mount -t sysfs sysfs /sys
$busybox mount -t devtmpfs devtmpfs /dev
for word in $($busybox cat /proc/cmdline); do
  case $word in
    board.run=*) command=$(echo "${word#board.run=}" | $busybox tr , ' ') ;;
    board.limit=*) limit=${word#board.limit=} ;;
    board.watchdog=*) margin=${word#board.watchdog=} ;;
  esac
done
for module in $($busybox cat /modules/order); do
  case $module in
    i2c-stub.ko) options='chip_addr=0x20,0x48' ;;
    softdog.ko) options=soft_margin=$margin ;;
    *) options= ;;
  esac
  $busybox insmod "/modules/$module" $options || say "$module did not load"
done
share=trans=virtio,version=9p2000.L,msize=524288
$busybox mount -t 9p -o "$share,ro,cache=loose" host /host || say 'no root folder'
$busybox mount -t tmpfs tmpfs /layers
$busybox mkdir /layers/upper /layers/work
$busybox mount -t overlay -o lowerdir=/host,upperdir=/layers/upper,workdir=/layers/work overlay /guest
for folder in proc sys dev; do
  $busybox mkdir -p "/guest/$folder"
  $busybox mount --move "/$folder" "/guest/$folder"
done
uptime=/guest/proc/uptime
# For the shell itself, which stays outside.
$busybox mknod /dev/null c 1 3
$busybox mkdir -p /guest/out /guest/run /guest/tmp
$busybox mount -t 9p -o "$share,cache=none" out /guest/out || say 'nowhere to write to'
# Not so /tmp, which the overlay keeps apart already: this project may have been cloned there.
$busybox mount -t tmpfs tmpfs /guest/run
$busybox mount -t configfs configfs /guest/sys/kernel/config
$busybox mount -t debugfs debugfs /guest/sys/kernel/debug
$busybox mount -t cgroup2 cgroup2 /guest/sys/fs/cgroup
$busybox ip link set lo up
# A cable that leads nowhere, with a route for multicast.
$busybox ip address add 10.0.0.2/24 dev dummy0
$busybox ip link set dummy0 up
$busybox ip route add default dev dummy0
# What shuts a machine down: it notes why, and tells every program to end.
printf '#!/bin/sh\necho "$*" >/out/shutdown\nkill -TERM -1\n' >/guest/usr/sbin/shutdown.new
$busybox chmod 755 /guest/usr/sbin/shutdown.new
$busybox mv /guest/usr/sbin/shutdown.new /guest/usr/sbin/shutdown
say ready
# Whoever started the machine may have been killed.
{ $busybox sleep "$limit" && echo o >/guest/proc/sysrq-trigger; } &
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp
$busybox chroot /guest $command
code=$?
echo
say over
echo "board: ended with $code"
echo o >/guest/proc/sysrq-trigger
while :; do $busybox sleep 1; done
