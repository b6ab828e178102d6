import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { type LinuxTree, makeLinuxTree } from '../testing/linux-tree.ts'
import { clockFacts, isChronySynchronised } from './clock-source.ts'
import { revisionCode, revisionMemoryBytes } from './revision.ts'
import { blockDevices, emmcWear, parseWrittenBytes, readOnlyAt, systemWrittenBytes } from './wear.ts'

const trees: LinuxTree[] = []
afterEach(async () => {
  for (const tree of trees.splice(0)) await tree.dispose()
})

async function made(files: Readonly<Record<string, string>>): Promise<LinuxTree> {
  const tree = await makeLinuxTree(files)
  trees.push(tree)
  return tree
}

describe('what is written', () => {
  it('by this process is what went to storage, not what was cached', () => {
    expect(parseWrittenBytes('rchar: 9\nwchar: 8\nwrite_bytes: 4096\ncancelled_write_bytes: 7\n')).toBe(4096)
    for (const text of ['', 'write_bytes: many\n', 'cancelled_write_bytes: 7\n'])
      expect(parseWrittenBytes(text)).toBeUndefined()
  })

  it('by the machine is the sum over real devices, and absent where none says', async () => {
    const { roots } = await made({
      'sys/block/mmcblk0/stat': ' 1 2 3 4 5 6 700 8 9 10 11\n',
      'sys/block/mmcblk0/device/type': 'SD\n',
      'sys/block/sda/stat': '1 2 3 4 5 6 30 8 9 10 11 12 13 14 15 16 17\n',
      'sys/block/sda/device/model': 'x\n',
      'sys/block/sdb/stat': 'nonsense\n',
      'sys/block/sdb/device/model': 'x\n',
      'sys/block/zram0/stat': '1 2 3 4 5 6 999 8 9 10 11\n',
    })
    const names = await blockDevices(roots.sys)
    expect(names).toEqual(['mmcblk0', 'sda', 'sdb'])
    expect(systemWrittenBytes(roots.sys, names)).toBe(730 * 512)
    expect(systemWrittenBytes(roots.sys, ['sdb', 'gone'])).toBeUndefined()
  })

  it.each([
    ['0x01 0x01', '0x01', { lifeUsedRatio: 0.1, reserve: 'normal' }],
    ['0x04 0x02', '0x03', { lifeUsedRatio: 0.4, reserve: 'urgent' }],
    ['0x0b 0x00', '0x00', { lifeUsedRatio: 1.1 }],
    ['0x00 0x00', 'nonsense', {}],
  ])('an eMMC that says %s and %s', async (life, reserve, expected) => {
    const { roots } = await made({
      'sys/block/mmcblk0/device/life_time': `${life}\n`,
      'sys/block/mmcblk0/device/pre_eol_info': `${reserve}\n`,
    })
    expect(await emmcWear(roots.sys, ['mmcblk0'])).toEqual(expected)
  })
})

describe('a read-only file system', () => {
  const mounts = [
    '/dev/root / ext4 ro,noatime 0 0',
    'tmpfs /run tmpfs rw,nosuid 0 0',
    '/dev/sda1 /var/lib ext4 rw,errors=remount-ro 0 0',
    '/dev/sdb1 /media/my\\040stick vfat ro 0 0',
    'overlay /var/lib/old overlay ro 0 0',
    '/dev/sdc1 /var/lib/old ext4 rw 0 0',
    '',
  ].join('\n')

  it.each([
    ['/etc', true],
    ['/var/library', true],
    ['/var/lib', false],
    ['/var/lib/wrale', false],
    ['/media/my stick/x', true],
    ['/var/lib/old/x', false],
  ])('is told of %s', (path, expected) => {
    expect(readOnlyAt(mounts, path)).toBe(expected)
  })

  it('is not known where nothing is mounted, whatever the text', () => {
    expect(readOnlyAt('', '/etc')).toBeUndefined()
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect([true, false, undefined]).toContain(readOnlyAt(text, '/etc'))
      }),
    )
  })
})

describe('where the time comes from', () => {
  const chrony = (leap: string, stratum = 3) =>
    `A29FC87B,time.example,${stratum},1700000000.1,0.0001,0.0001,0.0001,-1.5,0.0,0.01,0.02,0.001,64.5,${leap}\n`

  async function ask(files: Readonly<Record<string, string>>, programs: Readonly<Record<string, string>> = {}) {
    const tree = await made(files)
    const folder = join(tree.path, 'bin')
    await mkdir(folder)
    for (const [name, script] of Object.entries(programs)) {
      await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`)
      await chmod(join(folder, name), 0o755)
    }
    return clockFacts({ roots: tree.roots, programFolders: [folder] })
  }

  it('is nowhere, as far as is known, on a bare board', async () => {
    expect(await ask({})).toEqual({ source: 'none', hasRtc: false })
    // The program is there, and the service is not.
    expect(await ask({}, { chronyc: `echo '${chrony('Normal')}'`, timedatectl: 'echo yes' })).toMatchObject({
      source: 'none',
    })
  })

  it('is a time server when systemd-timesyncd, chrony or the kernel says so', async () => {
    const rtc = { 'sys/class/rtc/rtc0/hctosys': '1\n' }
    expect(await ask({ ...rtc, 'run/systemd/timesync/synchronized': '' })).toEqual({
      source: 'ntp',
      by: 'systemd-timesyncd',
      hasRtc: true,
    })
    const running = { 'run/chrony/chronyd.pid': '7\n' }
    expect(await ask(running, { chronyc: `test "$*" = '-c tracking' && echo '${chrony('Normal').trim()}'` })).toEqual({
      source: 'ntp',
      by: 'chrony',
      hasRtc: false,
    })
    const systemd = { 'run/systemd/system/x': '' }
    expect(await ask(systemd, { timedatectl: 'echo yes' })).toMatchObject({ source: 'ntp', by: 'the kernel' })
  })

  it('is not a time server that did not answer', async () => {
    const running = { 'run/chrony/chronyd.pid': '7\n', 'sys/class/rtc/rtc1/hctosys': '1\n' }
    for (const script of [`echo '${chrony('Not synchronised', 0).trim()}'`, 'exit 1', 'echo nonsense'])
      expect(await ask(running, { chronyc: script })).toEqual({ source: 'rtc', by: 'rtc1', hasRtc: true })
    expect(await ask(running)).toMatchObject({ source: 'rtc' })
    expect(await ask({ 'run/systemd/system/x': '' }, { timedatectl: 'echo no' })).toMatchObject({ source: 'none' })
  })

  it('is not a clock that did not set the time', async () => {
    expect(await ask({ 'sys/class/rtc/rtc0/hctosys': '0\n' })).toEqual({ source: 'none', hasRtc: true })
  })

  it('is judged by the stratum and the leap status of chrony', () => {
    expect(isChronySynchronised(chrony('Normal'))).toBe(true)
    expect(isChronySynchronised(chrony('Insert second', 1))).toBe(true)
    expect(isChronySynchronised(chrony('Not synchronised'))).toBe(false)
    expect(isChronySynchronised(chrony('Normal', 0))).toBe(false)
    expect(isChronySynchronised('')).toBe(false)
  })
})

describe('the revision of a Raspberry Pi', () => {
  it('comes from the device tree, or else from the processor', async () => {
    const tree = await made({ 'proc/cpuinfo': 'Revision\t: a02082\n' })
    expect(await revisionCode(tree.roots.proc)).toBe('a02082')
    await mkdir(join(tree.roots.proc, 'device-tree/system'), { recursive: true })
    await writeFile(join(tree.roots.proc, 'device-tree/system/linux,revision'), Uint8Array.of(0, 0xd0, 0x41, 0x70))
    expect(await revisionCode(tree.roots.proc)).toBe('d04170')
    const { roots } = await made({ 'proc/cpuinfo': 'model name : x86\n' })
    expect(await revisionCode(roots.proc)).toBeUndefined()
  })

  // From the table of codes in the documentation.
  it.each([
    ['0010', undefined],
    ['900021', 2 ** 29],
    ['a02082', 2 ** 30],
    ['b03111', 2 ** 31],
    ['c03111', 2 ** 32],
    ['d04170', 2 ** 33],
  ])('%s has so much memory', (code, bytes) => {
    expect(revisionMemoryBytes(code)).toBe(bytes)
  })
})
