import type { Address, Hex } from 'viem'
import { getAddress } from 'viem/utils'
import type { Database } from './database.ts'
import { parseRow } from './row.ts'
import { SIGNED_DIGEST, type SignedDigest, type Witness } from './witness.ts'

/** What was signed, by whom, for which fixing: kept for ever, in the database and in the witness file. */
export interface GuardLedger {
  digestOf(subject: Omit<SignedDigest, 'digest'>): Hex | undefined
  /** Whether anything by the signer is remembered. */
  hasSigned(signer: Address): boolean
  /** Everybody by whom something is remembered. */
  signers(): readonly Address[]
  /** Resolves when both copies are on disk. From the call on, `digestOf` returns the digest even if writing fails. */
  record(entry: SignedDigest): Promise<void>
}

/** What the database and the witness file have of it. */
type Copies = { readonly stored: readonly SignedDigest[]; readonly witnessed: readonly SignedDigest[] }

/** The copy in the database. */
export async function storedDigests(database: Database): Promise<readonly SignedDigest[]> {
  return (await database.list('guard')).map((row) => parseRow(SIGNED_DIGEST, 'guard', row))
}

/** What the two copies say together, by key. Throws {@link GuardConflictError} when they name different digests for one fixing. */
export function joined({ stored, witnessed }: Copies): Map<string, Hex> {
  const digests = new Map<string, Hex>()
  for (const entry of [...stored, ...witnessed]) {
    const known = digests.get(keyOf(entry))
    if (known !== undefined && known !== entry.digest) throw new GuardConflictError(entry.fixingId, known, entry.digest)
    digests.set(keyOf(entry), entry.digest)
  }
  return digests
}

/** Writes to each of the two copies what only the other has. Throws {@link GuardConflictError} as {@link joined} does. */
export async function openGuardLedger(database: Database, witness: Witness, copies: Copies): Promise<GuardLedger> {
  const { stored, witnessed } = copies
  const digests = joined(copies)
  await missingFrom(stored, witnessed, (entry) => database.write([rowOf(entry)], 'durable'))
  await missingFrom(witnessed, stored, (entry) => witness.append(entry))
  return {
    digestOf: (subject) => digests.get(keyOf(subject)),
    hasSigned: (signer) => [...digests.keys()].some((key) => key.startsWith(`${signer.toLowerCase()}:`)),
    signers: () =>
      [...new Set([...digests.keys()].map((key) => key.split(':', 1).join()))].map((one) => getAddress(one)),
    async record(entry) {
      digests.set(keyOf(entry), entry.digest)
      await database.write([rowOf(entry)], 'durable')
      await witness.append(entry)
    },
  }
}

async function missingFrom(
  there: readonly SignedDigest[],
  entries: readonly SignedDigest[],
  add: (entry: SignedDigest) => Promise<void>,
): Promise<void> {
  const known = new Set(there.map(keyOf))
  for (const entry of entries) {
    if (known.has(keyOf(entry))) continue
    known.add(keyOf(entry))
    await add(entry)
  }
}

function keyOf({ signer, fixingId, proposer, attempt }: Omit<SignedDigest, 'digest'>): string {
  const observation = `${signer}:${fixingId}`.toLowerCase()
  if (proposer === undefined) return observation
  const report = `${observation}:${proposer.toLowerCase()}`
  return attempt === undefined ? report : `${report}:${attempt}`
}

const rowOf = (entry: SignedDigest): { table: 'guard'; key: string; value: SignedDigest } => ({
  table: 'guard',
  key: keyOf(entry),
  value: entry,
})

/** Database and witness file name different digests for one fixing: one of them is not this node's. */
export class GuardConflictError extends Error {
  override readonly name = 'Store.GuardConflictError'
  readonly fixingId: Hex
  constructor(fixingId: Hex, got: Hex, want: Hex) {
    super(
      `Expected one digest for fixing ${fixingId}, got ${got} and ${want}. ` +
        'Move store and signed.jsonl away, and restore a backup with assize restore.',
    )
    this.fixingId = fixingId
  }
}
