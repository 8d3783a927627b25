import { configDefaults, defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, 'contracts/**'],
    environment: 'node',
    allowOnly: false,
    passWithNoTests: false,
    // Against tests that hang: no test is about how long something takes.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
