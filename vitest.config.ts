import { defineConfig } from 'vitest/config'

const ignored = ['**/node_modules/**', '**/dist/**', 'desktop/e2e/**']

/**
 * Four kinds of test: `unit` is pure and parallel; `integration` uses real processes, sockets and files on loopback;
 * `lab` makes network namespaces and runs one file at a time because namespaces share the kernel's tables; `board` starts a virtual
 * board, which takes the whole computer, and has it run the `*.board.test.ts` (build/lab/board).
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['**/*.test.ts'],
          exclude: [...ignored, '**/*.integration.test.ts', '**/*.lab.test.ts', '**/*.{board,boot}.test.ts'],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['**/*.integration.test.ts'],
          exclude: ignored,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'lab',
          include: ['**/*.lab.test.ts'],
          exclude: ignored,
          testTimeout: 180_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'board',
          include: ['build/lab/board/tests/*.boot.test.ts'],
          exclude: ignored,
          globalSetup: 'build/lab/board/tests/setup.ts',
          // Boards that wait beside one that works.
          maxWorkers: 2,
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
})
