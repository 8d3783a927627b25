import { availableParallelism } from 'node:os'
import { configDefaults, defineConfig } from 'vitest/config'

/** What takes long or needs more than npm installs has a mode of its own. */
const FILES: Readonly<Record<string, string>> = {
  browser: 'test/browser/*.check.ts',
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
    // Vitest would leave one core free. Most files wait for processes and chains that they started; what has a mode of its own
    // measures, or takes the machine for itself.
    maxWorkers: FILES[mode] === undefined ? availableParallelism() : 1,
    // Against tests that hang: no test is about how long something takes.
    testTimeout: 1_800_000,
    hookTimeout: 1_800_000,
    // Against what never comes: on a busy machine minutes may pass before what takes a second alone.
    expect: { poll: { timeout: 600_000 } },
  },
}))
