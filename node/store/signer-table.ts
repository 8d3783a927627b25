import type { Address } from 'viem'
import type { Database } from './database.ts'
import type { GuardLedger } from './guard-ledger.ts'

/** Whose signatures this memory is sure to have: all that a key has signed since it was first used with it. */
export interface SignerTable {
  /** Whether the key was used with this memory before. */
  knows(signer: Address): Promise<boolean>
  /** The key is used from now on. Waits for the disk. */
  add(signer: Address): Promise<void>
}

/** A backup leaves these rows out: of a restored memory nobody knows whether it has everything. */
export function signerTable(database: Database, guard: Pick<GuardLedger, 'hasSigned'>): SignerTable {
  const keyOf = (signer: Address): string => `signer-${signer.toLowerCase()}`
  return {
    // Before there were rows of signers what was signed said who they are.
    knows: async (signer) => guard.hasSigned(signer) || (await database.read('meta', keyOf(signer))) !== undefined,
    add: (signer) => database.write([{ table: 'meta', key: keyOf(signer), value: true }], 'durable'),
  }
}
