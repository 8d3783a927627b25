import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { keystoreAt } from '../../cli/chain/signer.ts'
import { temporaryFolder } from '../node/temporary.ts'

test.each(['crypto', 'Crypto'])('a file with %s is a keystore, of the address that it carries', (part) => {
  const file = join(temporaryFolder(), 'key.json')
  writeFileSync(file, JSON.stringify({ address: '008aeeda4d805471df9b2a5b0f38a0c3bcba786b', [part]: {} }))
  expect(keystoreAt(file)).toEqual({ address: '0x008AeEda4D805471dF9b2A5B0f38A0C3bCBA786b' })
  writeFileSync(file, JSON.stringify({ address: '008aeeda4d805471df9b2a5b0f38a0c3bcba786b' }))
  expect(keystoreAt(file)).toBe(undefined)
})
