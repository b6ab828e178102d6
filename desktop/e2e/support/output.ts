import { dirname, join } from 'node:path'

const root = dirname(dirname(dirname(import.meta.dirname)))

/** Where all tests of the repository leave what they made. */
export const outputFolder = join(root, 'test-output')
