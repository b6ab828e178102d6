import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { checkElectronBuilder } from './electron-builder.ts'

const ROOT = dirname(dirname(import.meta.dirname))
const good = parse(await readFile(join(ROOT, 'electron-builder.yml'), 'utf8')) as Record<string, unknown>

const planted = (changes: Record<string, unknown>): Promise<string[]> =>
  checkElectronBuilder(ROOT, stringify({ ...good, ...changes }))

describe('the check of the packaging configuration', () => {
  it('finds nothing wrong with ours', async () => {
    expect(await checkElectronBuilder()).toEqual([])
  })

  it('says so in one line and ends with 0', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [join(import.meta.dirname, 'electron-builder.ts')])
    expect(stdout).toBe('electron-builder.yml: ok\n')
  })

  it.each<[string, Record<string, unknown>, RegExp]>([
    ['an option that electron-builder does not know', { asarr: true }, /^asarr: must NOT have additional properties$/],
    ['a value of another type', { npmRebuild: 'no' }, /^npmRebuild: must be boolean$/],
    ['an unknown fuse', { electronFuses: { runAsNod: false } }, /^electronFuses\.runAsNod: must NOT have/],
    ['sources outside an archive', { asar: false }, /^asar: must be true$/],
    ['files beside the archive', { asarUnpack: ['**/*.node'] }, /^asarUnpack: must not be there$/],
    ['a publisher', { publish: { provider: 'generic', url: 'https://x.example' } }, /^publish: must be null$/],
    ['no word on publishing', { publish: undefined }, /^publish: must be null$/],
    ['a publisher of one system', { win: { publish: null } }, /^win\.publish: must not be there$/],
    ['code that runs while packaging', { afterPack: './hook.js' }, /^afterPack: must not be there$/],
    ['native add-ons', { npmRebuild: true }, /^npmRebuild: must be false$/],
    ['more files', { extraResources: ['secrets'] }, /^extraResources: must not be there$/],
    ['the whole folder', { files: ['**/*', '!**/node_modules/**'] }, /^files: '\*\*\/\*' must not be packaged$/],
    ['packages in the package', { files: ['dist/*.mjs'] }, /^files: '!\*\*\/node_modules\/\*\*' is missing$/],
    ['an icon that is not there', { linux: { icon: 'gone.png' } }, /^build\/packaging\/gone\.png: is not there$/],
    [
      'a system whose protection is off',
      { mac: { ...(good['mac'] as object), hardenedRuntime: false } },
      /^mac\.hardenedRuntime: must be true$/,
    ],
  ])('reports %s', async (_what, changes, complaint) => {
    expect(await planted(changes)).toContainEqual(expect.stringMatching(complaint))
  })

  it.each(Object.keys(good['electronFuses'] as object))(
    'reports the fuse %s in the other position, or left alone',
    async (fuse) => {
      const fuses = good['electronFuses'] as Record<string, boolean>
      const complaint = `electronFuses.${fuse}: must be ${fuses[fuse]}`
      expect(await planted({ electronFuses: { ...fuses, [fuse]: !fuses[fuse] } })).toEqual([complaint])
      expect(await planted({ electronFuses: { ...fuses, [fuse]: undefined } })).toEqual([complaint])
    },
  )

  it('reports text that is no configuration', async () => {
    expect(await checkElectronBuilder(ROOT, 'files: [')).toEqual([expect.stringContaining('cannot be read')])
    expect(await checkElectronBuilder(ROOT, 'just text')).toEqual(['the configuration: must be object'])
  })
})
