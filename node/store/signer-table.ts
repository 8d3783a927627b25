import type { Address } from 'viem'
import { getAddress } from 'viem/utils'
import type { Database } from './database.ts'
import type { GuardLedger } from './guard-ledger.ts'

/** Whose signatures this memory is sure to have: all that a key has signed since it was first used with it. */
export interface SignerTable {
  /** Whether the key was used with this memory before. */
  knows(signer: Address): Promise<boolean>
  /** Every key that was. */
  all(): Promise<readonly Address[]>
  /** The key is used from now on. Waits for the disk. */
  add(signer: Address): Promise<void>
}

const SIGNER = 'signer-'

/** A backup leaves these rows out: of a restored memory nobody knows whether it has everything. */
export function signerTable(database: Database, guard: Pick<GuardLedger, 'hasSigned' | 'signers'>): SignerTable {
  const keyOf = (signer: Address): string => `${SIGNER}${signer.toLowerCase()}`
  return {
    // Before there were rows of signers what was signed said who they are.
    knows: async (signer) => guard.hasSigned(signer) || (await database.read('meta', keyOf(signer))) !== undefined,
    async all() {
      const rows = await database.list('meta', { prefix: SIGNER })
      const used = rows.map(({ key }) => getAddress(key.slice(SIGNER.length)))
      return [...new Set([...used, ...guard.signers()])]
    },
    add: (signer) => database.write([{ table: 'meta', key: keyOf(signer), value: true }], 'durable'),
  }
}
