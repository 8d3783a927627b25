import type { Command } from 'commander'
import type { Address } from 'viem'
import { giveEther, passTime } from '#client/pass-time.ts'
import { address, duration, ether, port, positive } from '../arguments.ts'
import { connectTo } from '../chain/connection.ts'
import type { Context } from '../context.ts'
import { Cleanup } from '../demo/cleanup.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { ETHER, formatAmount, formatTime } from '../format.ts'
import { DEFAULT_RPC } from '../options.ts'

type Flags = { readonly folder?: string; readonly port: number; readonly json?: true }

type GiveFlags = { readonly rpc?: string; readonly json?: true }

type PassFlags = { readonly rpc?: string; readonly blocks: number; readonly json?: true }

const EXAMPLES = `
Examples:
  assize devnet --folder /tmp/assize-devnet     then, in another terminal: . /tmp/assize-devnet/env
  assize devnet pass 2d`

/** Adds `assize devnet`: a local network with a disputable fixing, to try the commands on. */
export function defineDevnet(program: Command, context: Context, done: (code: ExitCode) => void): void {
  const command = program
    .command('devnet')
    .option('--folder <dir>', 'keep key and environment in this new folder, while it runs')
    .option('--port <n>', "the chain's port; 0 = any", port, 0)
    .option('--json', 'print the environment as one JSON document')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: Flags) => done(await runDevnet(flags, context)))
  command
    .command('pass')
    .description('Let time pass on the network that runs: move its clock on.')
    .argument('<time>', 'such as 90s, 24h, 2d', duration)
    .option('--rpc <url>', `its endpoint (default: $ASSIZE_RPC_URL, else ${DEFAULT_RPC})`)
    .option('--blocks <n>', 'in so many blocks', positive, 1)
    .option('--json', 'print one JSON document')
    .addHelpText('after', '\nExamples:\n  assize devnet pass 2d\n  assize devnet pass 26min --blocks 130')
    .action(async (seconds: number, _flags: unknown, own: Command) => {
      // The network's own command has --json too, and would keep it.
      done(await pass(seconds, own.optsWithGlobals<PassFlags>(), context))
    })
  command
    .command('give')
    .description('Give an account ETH on the network that runs, out of nothing.')
    .argument('<account>', 'its address', address)
    .argument('<amount>', 'such as 2eth', ether)
    .option('--rpc <url>', `its endpoint (default: $ASSIZE_RPC_URL, else ${DEFAULT_RPC})`)
    .option('--json', 'print one JSON document')
    .addHelpText('after', '\nExamples:\n  assize devnet give 0x12… 2eth')
    .action(async (account: Address, wei: bigint, _flags: unknown, own: Command) => {
      done(await give(account, wei, own.optsWithGlobals<GiveFlags>(), context))
    })
}

async function runDevnet(flags: Flags, { io, env, signal, now }: Context): Promise<ExitCode> {
  const cleanup = new Cleanup()
  try {
    // Loaded here: the other commands need neither zod nor the keystore's writer.
    const { exportsOf, openDevnet } = await import('../devnet/devnet.ts')
    const opened = await openDevnet({ folder: flags.folder, port: flags.port, now: now(), env, signal, cleanup })
    const { environment, folder, embedded } = opened
    if (flags.json === true) io.out(JSON.stringify({ version: 1, folder, environment }, undefined, 2))
    else for (const line of exportsOf(environment)) io.out(line)
    io.err(`Ready. In another terminal: . ${folder}/env`)
    io.err('Ctrl-C ends it and removes the folder.')
    const ended = await Promise.race([aborted(signal), embedded.died])
    if (ended instanceof Error) throw ended
    return EXIT.ok
  } finally {
    await cleanup.run()
  }
}

async function pass(seconds: number, { rpc, blocks, json }: PassFlags, { io, env }: Context): Promise<ExitCode> {
  const chain = await connectTo(rpc ?? env['ASSIZE_RPC_URL'] ?? DEFAULT_RPC)
  const time = await passTime(chain, seconds, blocks)
  io.out(json === true ? JSON.stringify({ version: 1, time: Number(time) }) : `It is ${formatTime(time)} on the chain.`)
  return EXIT.ok
}

async function give(account: Address, wei: bigint, { rpc, json }: GiveFlags, { io, env }: Context): Promise<ExitCode> {
  const chain = await connectTo(rpc ?? env['ASSIZE_RPC_URL'] ?? DEFAULT_RPC)
  const balance = await giveEther(chain, account, wei)
  if (json === true) io.out(JSON.stringify({ version: 1, account, balance: balance.toString() }))
  else io.out(`${account} has ${formatAmount(balance, ETHER)}.`)
  return EXIT.ok
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined)
    signal.addEventListener('abort', () => resolve(undefined), { once: true })
  })
}
