import { expect, test } from 'vitest'
import { lockProblems, type Manifest } from './lock-file.ts'

const lock = {
  packages: {
    '': { devDependencies: { tool: '^1.0.0' } },
    'shared/kernel': { dependencies: { zod: '^4.0.0' } },
    'node_modules/zod': {},
    'node_modules/tool': { optionalDependencies: { '@tool/linux': '1.0.0', '@tool/windows': '1.0.0' } },
    'node_modules/@tool/linux': {},
    'node_modules/tool/node_modules/@tool/windows': {},
  },
}
const manifests = new Map<string, Manifest>([
  ['', { devDependencies: { tool: '^1.0.0' } }],
  ['shared/kernel', { dependencies: { zod: '^4.0.0' } }],
])

test('a lock file that fits its manifests and has every platform passes', () => {
  expect(lockProblems(lock, manifests)).toEqual([])
})

test('a dependency that was added without installing is named', () => {
  const changed = new Map([...manifests, ['shared/kernel', { dependencies: { zod: '^5.0.0', extra: '1' } }]])
  expect(lockProblems(lock, changed)).toEqual([
    'shared/kernel/package.json: zod is not what package-lock.json says; run npm install',
    'shared/kernel/package.json: extra is not what package-lock.json says; run npm install',
  ])
})

test('a platform without an entry is named', () => {
  const { 'node_modules/@tool/linux': _, ...packages } = lock.packages
  expect(lockProblems({ packages }, manifests)).toEqual([
    'package-lock.json: @tool/linux, which node_modules/tool names, has no entry',
  ])
})

test('the address of a registry is named, and the path of a workspace is not', () => {
  const packages = {
    ...lock.packages,
    'node_modules/zod': { resolved: 'https://registry.example/zod.tgz' },
    'node_modules/@wrale/kernel': { resolved: 'shared/kernel' },
  }
  expect(lockProblems({ packages }, manifests)).toEqual([
    'package-lock.json: node_modules/zod names a registry; install with the .npmrc of this folder',
  ])
})
