import { expect, test } from 'vitest'
import { layerOf, violation } from './layer-rule.ts'
import { LAYERS } from './layers.ts'

const everything = (): undefined => undefined

test('a file belongs to the layer whose folder holds it, and root files to none', () => {
  expect(layerOf('shared/kernel/src/errors.ts')).toBe('kernel')
  expect(layerOf('desktop/brain/src/compose.ts')).toBe('brain')
  expect(layerOf('vitest.config.ts')).toBeUndefined()
  expect(layerOf('shared/kernel-extras/src/a.ts')).toBeUndefined()
})

test('replica and mesh never import each other', () => {
  expect(violation('shared/replica/src/a.ts', '@wrale/mesh', everything)).toContain('not mesh')
  expect(violation('shared/mesh/src/a.ts', '@wrale/replica', everything)).toContain('not replica')
})

test('a relative path is judged by where it ends, not by how many steps up it takes', () => {
  const file = 'desktop/brain/src/features/nodes/store.ts'
  expect(violation(file, '../../../src/compose.ts', everything)).toBeUndefined()
  expect(violation(file, '../../../../client/src/index.ts', everything)).toContain('reaches outside desktop/brain')
})

test('a package that the manifest does not name is refused although it is installed', () => {
  const declared = (): ReadonlySet<string> => new Set(['pino', '@types/ws'])
  const file = 'shared/host/src/log.ts'
  expect(violation(file, 'pino/file', declared)).toBeUndefined()
  expect(violation(file, 'ws', declared)).toBeUndefined()
  expect(violation(file, 'undici', declared)).toBe('undici is not a dependency in shared/host/package.json')
})

test('no layer but the build may import what only the build may import', () => {
  for (const { folder, imports } of Object.values(LAYERS)) {
    if (imports === 'any') continue
    expect(violation(`${folder}/src/a.ts`, '@wrale/build/lab', everything), folder).toContain('not build')
    expect(violation(`${folder}/src/a.ts`, '@wrale/e2e', everything), folder).toContain('not e2e')
  }
})
