import { expect, it } from 'vitest'
import { kernelPackages, newestKernel, parseKernelBuild } from './packages.ts'

const stanza = `Package: linux-image-6.12-amd64
Version: 6.12.117-1~deb12u1
Provides: linux-latest-modules-6.12.117+deb12-amd64, wireguard-modules (= 1.0.0)
Depends: linux-image-6.12.117+deb12-amd64 (= 6.12.117-1~deb12u1)
Description: Linux for 64-bit PCs (meta-package)
`

it('finds the kernel that the package of packages stands for', () => {
  expect(parseKernelBuild(stanza)).toEqual({ release: '6.12.117+deb12-amd64', version: '6.12.117-1~deb12u1' })
})

it('takes nothing that is not one exact kernel of the series', () => {
  for (const depends of ['linux-image-6.1.0-53-amd64 (= 6.1.187-1)', 'linux-image-6.12.117+deb12-amd64', '$(reboot)']) {
    expect(parseKernelBuild(`Depends: ${depends}\n`)).toBeUndefined()
  }
})

it('names every package with the version that belongs to the kernel', () => {
  expect(kernelPackages({ release: '6.12.117+deb12-amd64', version: '1~u1' })).toEqual({
    image: 'linux-image-6.12.117+deb12-amd64=1~u1',
    headers: [
      'linux-headers-6.12.117+deb12-amd64=1~u1',
      'linux-headers-6.12.117+deb12-common=1~u1',
      'linux-kbuild-6.12.117+deb12=1~u1',
    ],
    source: 'linux-source-6.12=1~u1',
  })
})

it.each([
  ['apt fails', undefined],
  ['apt knows no such package', ''],
])('says that there is no such kernel when %s', async (_, answer) => {
  await expect(newestKernel(() => Promise.resolve(answer))).rejects.toMatchObject({ code: 'NOT_FOUND' })
})
