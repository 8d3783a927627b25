import { expect, test } from 'vitest'
import { VERSION } from '../../../node/ground/version.ts'
import manifest from '../../../package.json' with { type: 'json' }

test('the version is that of the package', () => {
  expect(VERSION).toBe(manifest.version)
})
