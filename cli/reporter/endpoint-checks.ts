import { blockAt, type Chain, hostOf, latestBlock } from '#client/chain.ts'
import { type Config, loneChains } from '#node/config'
import { connectTo } from '../chain/connection.ts'
import { failureOf, InputError } from '../errors.ts'
import { formatDuration, formatTime, shorten } from '../format.ts'
import type { Check } from './check.ts'

/** A clock that is off by more is not one to date observations by, seconds. */
const MOST_OFFSET = 30n
/** An endpoint whose newest block is older has fallen behind, seconds. */
const MOST_AGE = 120n

/** Whether an endpoint answers, of the right chain and time; the chain, if it does. */
export async function endpointCheck(
  rpcUrl: string,
  config: Config,
  now: () => bigint,
): Promise<{ readonly check: Check; readonly chain: Chain | undefined }> {
  const what = `endpoint ${hostOf(rpcUrl)}`
  try {
    const chain = await connectTo(rpcUrl, config.chainId)
    return { check: headCheck(what, await latestBlock(chain), config.clock, now()), chain }
  } catch (error) {
    const isOther = error instanceof InputError
    const fix = isOther
      ? 'Name an endpoint of that chain in rpc_url and rpc_fallbacks, or correct chain_id.'
      : 'Start it, or name another in rpc_url and rpc_fallbacks.'
    return { check: { what, state: 'bad', found: failureOf(error).message, fix }, chain: undefined }
  }
}

/** An old head: the endpoint is behind, or this machine's clock ahead. A head of the future: the clock is behind. */
export function headCheck(
  what: string,
  { number, time }: { readonly number: bigint; readonly time: bigint },
  clock: Config['clock'],
  now: bigint,
): Check {
  const found = `block ${number} of ${formatTime(time)}`
  if (clock === 'chain') return { what, state: 'ok', found: `${found}, by which the node's clock goes` }
  if (time > now + MOST_OFFSET) {
    const off = formatDuration(time - now)
    return {
      what,
      state: 'bad',
      found: `${found}, ${off} after this machine's time`,
      fix: 'Set the clock: enable NTP (timedatectl set-ntp true).',
    }
  }
  if (now > time + MOST_AGE) {
    const off = formatDuration(now - time)
    return {
      what,
      state: 'bad',
      found: `${found}, ${off} ago`,
      fix: 'Let the endpoint catch up; if it has, this clock is ahead: enable NTP.',
    }
  }
  return { what, state: 'ok', found: `${found}, ${formatDuration(now > time ? now - time : 0n)} ago` }
}

/** What sources read of another chain is compared, too. */
export function sourceRpcChecks(config: Config): Check[] {
  return loneChains(config).map((chainId) => ({
    what: `endpoint of chain ${chainId}`,
    state: 'warn',
    found: 'one endpoint alone is believed about what sources read there',
    fix: 'Name others, by other operators, in source_rpc: two more, and one may be dead or lie.',
  }))
}

/** Endpoints that do not have the same block at the height that all of them have are of different chains, or one lies. */
export async function* agreementChecks(chains: readonly Chain[]): AsyncGenerator<Check> {
  const what = 'agreement'
  const [first] = chains
  if (first === undefined) return
  if (chains.length === 1) {
    yield {
      what,
      state: 'warn',
      found: 'one endpoint alone is believed',
      fix: 'Name others, by other operators, in rpc_fallbacks.',
    }
    return
  }
  try {
    const heads = await Promise.all(chains.map(latestBlock))
    const common = heads.map(({ number }) => number).reduce((low, number) => (number < low ? number : low))
    const height = common > 2n ? common - 2n : common
    const blocks = await Promise.all(chains.map((chain) => blockAt(chain, height)))
    const isSame = blocks.every(({ hash }) => hash === blocks[0]?.hash)
    if (isSame) yield { what, state: 'ok', found: `all ${chains.length} have the same block ${height}` }
    else {
      const found = `they have different blocks ${height}: ${blocks.map(({ hash }, i) => `${chains[i]?.rpcUrl} ${shorten(hash)}`).join(', ')}`
      yield {
        what,
        state: 'bad',
        found,
        fix: 'One is of another chain, behind a fork, or lies: compare with an explorer, and replace it.',
      }
    }
  } catch (error) {
    yield {
      what,
      state: 'bad',
      found: failureOf(error).message,
      fix: 'Run it again; if it stays, replace that endpoint.',
    }
  }
}
