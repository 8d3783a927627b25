import { configDefaults, defineConfig } from 'vitest/config'

/** What takes long or needs more than npm installs has a mode of its own. */
const FILES: Readonly<Record<string, string>> = {
  monitoring: 'test/monitoring/*.check.ts',
  crashes: 'test/crash/*.check.ts',
  network: 'test/network/*.check.ts',
}

export default defineConfig(({ mode }) => ({
  test: {
    include: [FILES[mode] ?? 'test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, 'contracts/**'],
    environment: 'node',
    allowOnly: false,
    passWithNoTests: false,
    // Against tests that hang: no test is about how long something takes.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
}))
