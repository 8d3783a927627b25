import { type Command, InvalidArgumentError, Option } from 'commander'
import { type Address, getAddress, type Hex, isAddress, isHex } from 'viem'
import { type Chain, connect } from '#client/chain.ts'
import { requireCode } from '#client/deploy.ts'
import { createdIn, oracleEvents, potsOf } from '#client/fixing-log.ts'
import { readFixing } from '#client/oracle-reader.ts'
import type { Context } from '../context.ts'
import { InputError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { type FixingView, renderView, viewDocument, viewOf } from '../fixing-view.ts'

type Flags = {
  rpc?: string
  oracle: Address
  fixing?: Hex
  all?: true
  fromBlock: bigint
  json?: true
  exitCode?: true
}

/** Where a node of one's own listens, and anvil by default. */
const DEFAULT_RPC = 'http://127.0.0.1:8545'

/** Adds `assize status`: where fixings stand, read from the chain without a key. */
export function defineStatus(program: Command, context: Context, done: (code: ExitCode) => void): void {
  program
    .command('status')
    .description('Where fixings stand: phase, leader, candidates with stakes and odds, deadline, settlement.')
    .option('--rpc <url>', `JSON-RPC endpoint (default: $ASSIZE_RPC, else ${DEFAULT_RPC})`)
    .requiredOption('--oracle <address>', 'the MaturityOracle', address)
    .option('--fixing <id>', 'one fixing by its id', fixingHash)
    .option('--all', 'every fixing that was created (the default)')
    .addOption(startOption())
    .option('--json', 'print one JSON document on stdout')
    .option('--exit-code', `exit ${EXIT.notFinal} unless every fixing shown is settled`)
    .action(async (flags: Flags) => done(await showStatus(flags, context)))
}

async function showStatus(flags: Flags, { io, env }: Context): Promise<ExitCode> {
  if (flags.fixing !== undefined && flags.all === true) {
    throw new InputError('Expected --fixing or --all, got both.', 'Leave one of them out.')
  }
  const chain = await connect({ rpcUrl: flags.rpc ?? env['ASSIZE_RPC'] ?? DEFAULT_RPC })
  await requireCode(chain, 'a MaturityOracle', flags.oracle)
  const views = await readViews(chain, flags)
  if (flags.json === true) {
    const fixings = views.map(viewDocument)
    io.out(JSON.stringify({ version: 1, chainId: chain.chainId, oracle: flags.oracle, fixings }, undefined, 2))
  } else {
    io.out(views.length === 0 ? 'No fixing was created here.' : views.map(renderView).join('\n\n'))
  }
  const isFinal = views.every(({ snapshot }) => snapshot.phase === 'settled')
  return flags.exitCode === true && !isFinal ? EXIT.notFinal : EXIT.ok
}

async function readViews(chain: Chain, { oracle, fixing: wanted, fromBlock }: Flags): Promise<FixingView[]> {
  const events = await oracleEvents(chain, oracle, { fromBlock })
  const created = createdIn(events).filter(({ id }) => wanted === undefined || id === wanted)
  if (wanted !== undefined && created.length === 0) {
    throw new InputError(
      `Expected fixing ${wanted} at oracle ${oracle}, got no Created event of it.`,
      'List what is there with --all, or look further back with --from-block.',
    )
  }
  return Promise.all(
    created.map(async ({ fixing, id }) => {
      const snapshot = await readFixing(chain, oracle, fixing)
      return viewOf(snapshot, potsOf(events, id, snapshot.facts.round))
    }),
  )
}

function address(text: string): Address {
  if (!isAddress(text, { strict: false })) throw new InvalidArgumentError(`Expected an address, got "${text}".`)
  return getAddress(text)
}

function fixingHash(text: string): Hex {
  if (!isHex(text) || text.length !== 66) throw new InvalidArgumentError(`Expected 32 bytes of hex, got "${text}".`)
  return `0x${text.slice(2).toLowerCase()}`
}

/** Its default is described: help cannot print bigints. */
function startOption(): Option {
  return new Option('--from-block <n>', 'where to start looking for fixings').argParser(block).default(0n, '0')
}

function block(text: string): bigint {
  if (!/^\d{1,18}$/.test(text)) throw new InvalidArgumentError(`Expected a block number, got "${text}".`)
  return BigInt(text)
}
