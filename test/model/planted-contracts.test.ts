import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { edited } from '../mutation/edit.ts'
import { ROOT } from '../mutation/scratch.ts'
import { PLANTED_CONTRACTS } from './planted-contracts.ts'

test.each(PLANTED_CONTRACTS)('has exactly one place in the contract as it is: $bug', (planted) => {
  const source = readFileSync(join(ROOT, planted.file), 'utf8')
  expect(edited(source, planted)).not.toBe(source)
})
