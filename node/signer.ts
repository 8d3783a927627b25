import { createGuard } from './guard.ts'
import { type Listening, startSigningServer } from './http/signing-server.ts'
import { readKeystore, readToken } from './keystore.ts'
import type { Log } from './log.ts'
import { createSigner } from './sign.ts'
import { localKeys } from './sign/keys.ts'
import { createSigningService } from './sign/service.ts'
import type { Deployment } from './sign/transaction-rules.ts'
import { openStore } from './store/store.ts'

/** What a signer needs: a key, where it remembers what it signed, and for what it signs. */
export type SignerOptions = {
  readonly keystore: string
  readonly passwordFile: string
  /** Its content is what a node must send. */
  readonly tokenFile: string
  /** Of its own: no node's. */
  readonly dataDir: string
  readonly listening: Listening
  readonly deployment: Deployment
  readonly log: Log
}

/** A signer that listens. */
export interface RunningSigner {
  readonly address: `0x${string}`
  /** As a node's `signer.url` has it. */
  readonly url: string
  /** Waits for what is being written. */
  stop(): Promise<void>
}

/** As long as 128 bits in hex: shorter ones can be guessed. */
const MIN_TOKEN = 32

/**
 * Starts a signer: one key, one memory of what was signed, for any number of nodes. Two machines with this key sign one
 * observation of a fixing between them. Throws {@link ShortTokenError} and the parts' errors.
 */
export async function startSigner(options: SignerOptions): Promise<RunningSigner> {
  const { deployment, log } = options
  const token = await readToken(options.tokenFile)
  if (token.length < MIN_TOKEN) throw new ShortTokenError(options.tokenFile, token.length)
  const keys = localKeys(await readKeystore(options.keystore, options.passwordFile))
  const store = await openStore(options.dataDir)
  try {
    await store.bind(deployment)
    // A signer does not know maturities: with a memory that was restored it signs nothing that it does not remember.
    const guard = createGuard(store.guard, () => store.restoration.maySign(0n))
    const service = createSigningService({ keys, signer: createSigner(keys, deployment, guard), deployment, log })
    const server = await startSigningServer(service, token, options.listening)
    return {
      address: keys.address,
      url: server.url,
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

/** Whoever guesses the token has the key. */
export class ShortTokenError extends Error {
  override readonly name = 'Signer.ShortTokenError'
  constructor(file: string, got: number) {
    super(
      `Expected a token of ${MIN_TOKEN} characters at least in ${file}, got ${got}. Make one with: openssl rand -hex 32`,
    )
  }
}
