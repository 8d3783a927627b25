import { statfsSync } from 'node:fs'
import type { Address } from 'viem'
import { type Clock, systemClock } from './clock.ts'
import { readKeystore, readToken, warnOfExposed } from './ground/keystore.ts'
import { createGuard } from './guard.ts'
import { type Listening, startSigningServer } from './http/signing-server.ts'
import type { Log } from './log.ts'
import { createSigner } from './sign.ts'
import { createFeeBudget, DEFAULT_FEE_RULES, type FeeRules } from './sign/fee-rules.ts'
import { localKeys } from './sign/keys.ts'
import { createSigningService, type SigningService } from './sign/service.ts'
import type { Deployment } from './sign/transaction-rules.ts'
import { boundMemory, DEFAULT_MEMORY_RULES, type MemoryRules } from './sign/memory-bound.ts'
import type { SignerTable } from './store/signer-table.ts'
import { openStore } from './store/store.ts'

/** What a signer needs: a key, where it remembers what it signed, and for what it signs. */
export type SignerOptions = {
  readonly keystore: string
  readonly passwordFile: string
  /** Its content is what a node must send. */
  readonly tokenFile: string
  /** Of its own: no node's. */
  readonly dataDir: string
  /** Whether `dataDir` has what the key signed, or the key is new and has signed nothing anywhere. */
  readonly memory: 'kept' | 'of a new key'
  readonly listening: Listening
  readonly deployment: Deployment
  /** What the account may pay for gas; by default {@link DEFAULT_FEE_RULES}. */
  readonly fees?: FeeRules
  /** How much it remembers; by default {@link DEFAULT_MEMORY_RULES}. */
  readonly memoryRules?: MemoryRules
  readonly clock?: Pick<Clock, 'monotonicMs'>
  readonly log: Log
}

/** A signer that listens. */
export interface RunningSigner {
  readonly address: `0x${string}`
  /** As a node's `signer.url` has it. */
  readonly url: string
  /** Rejects with what the disk said when it did not take something: nothing new is signed any more until it is started again. */
  readonly failed: Promise<never>
  /** Waits for what is being written. */
  stop(): Promise<void>
}

export { DEFAULT_FEE_RULES, DEFAULT_MEMORY_RULES, type FeeRules }

/** As long as 128 bits in hex: shorter ones can be guessed. */
const MIN_TOKEN = 32

/**
 * Starts a signer: one key, one memory of what was signed, for any number of nodes. Two machines with this key sign one
 * observation of a fixing between them. Throws {@link ShortTokenError}, {@link UnknownKeyError}, {@link KnownKeyError} and the
 * parts' errors.
 */
export async function startSigner(options: SignerOptions): Promise<RunningSigner> {
  const { deployment, log } = options
  await warnOfExposed([options.keystore, options.passwordFile, options.tokenFile], log)
  const token = await readToken(options.tokenFile)
  if (token.length < MIN_TOKEN) throw new ShortTokenError(options.tokenFile, token.length)
  const keys = localKeys(await readKeystore(options.keystore, options.passwordFile))
  const store = await openStore(options.dataDir)
  try {
    await store.bind(deployment)
    await welcome(store.signers, keys.address, options)
    const clock = options.clock ?? systemClock()
    const freeBytes = (): number => freeIn(options.dataDir)
    const memory = boundMemory(store.guard, options.memoryRules ?? DEFAULT_MEMORY_RULES, { clock, freeBytes })
    // A signer does not know maturities: with a memory that was restored it signs nothing that it does not remember.
    const guard = createGuard(memory, () => store.restoration.maySign(0n))
    const fees = createFeeBudget(options.fees ?? DEFAULT_FEE_RULES, clock)
    const signer = createSigner(keys, deployment, guard)
    const { promise: failed, reject } = Promise.withResolvers<never>()
    // Whoever starts a signer may choose not to look at it.
    failed.catch(() => undefined)
    const sign = createSigningService({ keys, signer, deployment, fees, log })
    const service: SigningService = (method, params) =>
      sign(method, params).finally(() => {
        const failure = store.failure()
        if (failure !== undefined) reject(failure)
      })
    const server = await startSigningServer(service, token, options.listening)
    return {
      address: keys.address,
      url: server.url,
      failed,
      async stop() {
        await server.close()
        await store.close()
      },
    }
  } catch (error) {
    await store.close()
    throw error
  }
}

/** What its user may still write there, bytes. */
function freeIn(folder: string): number {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}

/**
 * INVARIANT: a memory that has never seen the key is used only if the operator says that the key is new: a signer does not
 * know maturities, so that it cannot tell what it may have forgotten.
 */
async function welcome(
  signers: SignerTable,
  signer: Address,
  { memory, dataDir }: Pick<SignerOptions, 'memory' | 'dataDir'>,
): Promise<void> {
  const isKnown = await signers.knows(signer)
  if (isKnown && memory === 'of a new key') throw new KnownKeyError(dataDir, signer)
  if (!isKnown && memory === 'kept') throw new UnknownKeyError(dataDir, signer)
  if (!isKnown) await signers.add(signer)
}

/** The memory has never seen the key: what it signed elsewhere would be signed a second time. */
export class UnknownKeyError extends Error {
  override readonly name = 'Signer.UnknownKeyError'
  constructor(dataDir: string, signer: Address) {
    super(
      `Expected what ${signer} has signed in ${dataDir}, got a memory that does not know it. Name the folder that it signed ` +
        'with; or say --new-key once, if it has never signed anything anywhere.',
    )
  }
}

/** Said of a key that is in use, in a start script for example, it would be said again when the memory is lost. */
export class KnownKeyError extends Error {
  override readonly name = 'Signer.KnownKeyError'
  constructor(dataDir: string, signer: Address) {
    super(`Expected a key that is new in ${dataDir}, got ${signer}, which it knows. Leave --new-key out from now on.`)
  }
}

/** Whoever guesses the token has the key. */
export class ShortTokenError extends Error {
  override readonly name = 'Signer.ShortTokenError'
  constructor(file: string, got: number) {
    super(
      `Expected a token of ${MIN_TOKEN} characters at least in ${file}, got ${got}. Make one with: openssl rand -hex 32`,
    )
  }
}
