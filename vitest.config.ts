import { configDefaults, defineConfig } from 'vitest/config'

/** `--mode monitoring`: what needs Prometheus, which npm does not install. */
export default defineConfig(({ mode }) => ({
  test: {
    include: [mode === 'monitoring' ? 'test/monitoring/*.check.ts' : 'test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, 'contracts/**'],
    environment: 'node',
    allowOnly: false,
    passWithNoTests: false,
    // Against tests that hang: no test is about how long something takes.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
}))
