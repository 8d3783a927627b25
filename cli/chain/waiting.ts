import type { Address } from 'viem'
import type { Chain } from '#client/chain.ts'
import { WaitingTransactionError } from '#client/errors.ts'
import { requireNoneWaiting as requireNone } from '#client/waiting.ts'
import { commandLine } from '../command-line.ts'
import type { NetworkFlags, SigningFlags } from '../options.ts'
import { shareable } from './connection.ts'

/** What says which account of which chain it is about. */
export type SenderFlags = Pick<NetworkFlags, 'rpc' | 'chainId'> & Pick<SigningFlags, 'keystore' | 'passwordFile'>

/** The command that cancels what waits of the account, with the flags that this one was given; up to `nonce` if it is known. */
export function cancelCommand({ rpc, chainId, keystore, passwordFile }: SenderFlags, nonce?: number): string {
  return commandLine(
    'assize',
    'cancel',
    ...(nonce === undefined ? [] : ['--nonce', String(nonce)]),
    ...(rpc === undefined ? [] : ['--rpc', shareable(rpc)]),
    ...(chainId === undefined ? [] : ['--chain-id', String(chainId)]),
    ...(keystore === undefined ? [] : ['--keystore', keystore]),
    ...(passwordFile === undefined ? [] : ['--password-file', passwordFile]),
  )
}

/** Throws WaitingTransactionError while a transaction of the account waits, which names the command that cancels it; DeadRpcError. */
export async function requireNoneWaiting(chain: Chain, account: Address, flags: SenderFlags): Promise<void> {
  await namingCancel(flags, () => requireNone(chain, account))
}

/** Has a WaitingTransactionError that `run` throws name the command that cancels what waits. */
export async function namingCancel<T>(flags: SenderFlags, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    if (!(error instanceof WaitingTransactionError)) throw error
    throw new WaitingTransactionError(
      error.account,
      error.count,
      `take it back, unless a node runs with this key: ${cancelCommand(flags)}`,
    )
  }
}
