import fc from 'fast-check'
import { generateIdentity } from '@wrale/protocol/signing'
import { expect, it } from 'vitest'
import { recoveryWords, rootFromWords } from './recovery-kit.ts'

it('turns a key into words and back', async () => {
  const root = await generateIdentity()
  const words = recoveryWords(root)
  expect(words).toHaveLength(24)
  const typed = words.map((word, index) => `${index + 1}. ${word.toUpperCase()}`).join('\r\n')
  expect((await rootFromWords(typed)).id).toBe(root.id)
})

it('knows the words of the standard’s own example', async () => {
  const zeros = `${'abandon '.repeat(23)}art`
  expect((await rootFromWords(zeros)).id).toMatch(/^12D3KooW/)
  expect(recoveryWords(await rootFromWords(zeros)).join(' ')).toBe(zeros)
})

it('tells words that are wrong, and quotes none', async () => {
  const words = recoveryWords(await rootFromWords(`${'abandon '.repeat(23)}art`))
  const wrong = [words.slice(1), [...words, 'art'], words.with(3, 'wrale'), words.with(0, 'art')]
  for (const each of wrong) {
    await expect(rootFromWords(each.join(' '))).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.not.stringMatching(/abandon|art\b|wrale/) as string,
    })
  }
})

it('refuses any other text', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string(), async (text) => {
      await expect(rootFromWords(text)).rejects.toMatchObject({ code: 'INPUT_INVALID' })
    }),
  )
})
