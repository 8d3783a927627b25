import type { Command } from 'commander'
import type { Address } from 'viem'
import type { FeeRules } from '#node/signer'
import { address, addresses, ether, gwei, port, whole } from '../arguments.ts'
import type { Context } from '../context.ts'
import { InputError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'

type Flags = {
  readonly keystore: string
  readonly passwordFile: string
  readonly tokenFile: string
  readonly dataDir: string
  readonly newKey?: true
  readonly port?: number
  readonly socket?: string
  readonly chainId: number
  readonly oracle: Address
  readonly registry: Address
  readonly bondToken: Address
  readonly arbitrators?: readonly Address[]
  readonly maxFeeGwei?: bigint
  readonly maxPriorityGwei?: bigint
  readonly maxGas?: number
  readonly maxFeesPerDay?: bigint
  readonly maxNewPerDay?: number
  readonly juries?: readonly Address[]
}

/** Adds `assize signer`: a key kept apart from the nodes that use it, and one memory of what it signed. */
export function defineSigner(program: Command, context: Context, done: (code: ExitCode) => void): void {
  program
    .command('signer')
    .requiredOption('--keystore <file>', 'the key, Web3 Secret Storage v3')
    .requiredOption('--password-file <file>', 'its password')
    .requiredOption('--token-file <file>', "what nodes must send: their signer.token_file's content")
    .requiredOption('--data-dir <dir>', 'where it remembers what was signed; of its own, and never to be lost')
    .option('--new-key', 'once, at the first start: the key has never signed anything, anywhere')
    .requiredOption('--chain-id <n>', 'the chain that it signs for', whole)
    .requiredOption('--oracle <address>', 'the MaturityOracle', address)
    .requiredOption('--registry <address>', 'the ReporterRegistry', address)
    .requiredOption('--bond-token <address>', 'what the oracle takes stake in', address)
    .option('--arbitrators <list>', 'sign stakes only where both that rule are among these; none without it', addresses)
    .option('--max-fee-gwei <amount>', 'what a transaction offers per gas at most; 500gwei without it', gwei)
    .option('--max-priority-gwei <amount>', 'how much of it goes to whoever mines it, at most; 10gwei without it', gwei)
    .option('--max-gas <n>', 'the gas limit of a transaction at most; 12000000 without it', whole)
    .option('--max-fees-per-day <eth>', 'what the transactions of a day offer at most; 2eth without it', ether)
    .option('--max-new-per-day <n>', 'sign so many new observations and reports a day at most; 50000 without it', whole)
    .option('--juries <list>', 'sign votes in these juries; none without it', addresses)
    .option('--port <n>', 'listen on 127.0.0.1; 0 = any', port)
    .option('--socket <path>', 'listen on a Unix socket instead, for this user only')
    .addHelpText(
      'after',
      `
Prints one line of JSON when it listens. docs/operations/signer.md says what it signs, and how to put it on a machine of its own.

Example:
  assize signer --new-key --keystore key.json --password-file password --token-file token --data-dir signed \\
    --chain-id 1 --oracle 0x… --registry 0x… --bond-token 0x… --arbitrators 0x…,0x… --socket /run/assize/signer.sock

After the first time leave --new-key out: a --data-dir that has lost what the key signed is refused without it.
Its token is whatever nobody can guess: openssl rand -hex 32 > token. In node.toml, instead of a keystore:
  [signer]
  url = "unix:/run/assize/signer.sock"
  address = "0x…"
  token_file = "token"`,
    )
    .action(async (flags: Flags) => done(await runSigner(flags, context)))
}

async function runSigner(flags: Flags, { io, signal }: Context): Promise<ExitCode> {
  const { chainId, oracle, registry, bondToken, arbitrators = [], juries = [], socket } = flags
  if ((socket === undefined) === (flags.port === undefined)) {
    throw new InputError('Expected --port or --socket, got both or none.', 'Name one of them.')
  }
  // Loaded here: no other command needs the keystore, the store and a server at once.
  const [{ DEFAULT_FEE_RULES, DEFAULT_MEMORY_RULES, startSigner }, { createLog }] = await Promise.all([
    import('#node/signer'),
    import('#node/log'),
  ])
  const signer = await startSigner({
    ...flags,
    memory: flags.newKey === true ? 'of a new key' : 'kept',
    listening: socket === undefined ? { port: flags.port ?? 0 } : { socket },
    fees: feesOf(flags, DEFAULT_FEE_RULES),
    memoryRules: {
      ...DEFAULT_MEMORY_RULES,
      maxNewPerDay: flags.maxNewPerDay ?? DEFAULT_MEMORY_RULES.maxNewPerDay,
    },
    deployment: { chainId, oracle, registry, bondToken, arbitrators, juries },
    log: createLog('info'),
  })
  try {
    io.out(JSON.stringify({ ready: true, url: signer.url, signer: signer.address }))
    await Promise.race([aborted(signal), signer.failed])
    return EXIT.ok
  } finally {
    await signer.stop()
  }
}

function feesOf(flags: Flags, rules: FeeRules): FeeRules {
  return {
    maxFeePerGas: flags.maxFeeGwei ?? rules.maxFeePerGas,
    maxPriorityFeePerGas: flags.maxPriorityGwei ?? rules.maxPriorityFeePerGas,
    maxGas: flags.maxGas === undefined ? rules.maxGas : BigInt(flags.maxGas),
    maxPerDay: flags.maxFeesPerDay ?? rules.maxPerDay,
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
