import type { Address } from 'viem'
import { type Chain, DeadRpcError, hostOf, latestBlock } from '#client/chain.ts'
import { readStanding } from '#client/juror.ts'
import { readPool, readReturned } from '#client/jury.ts'
import type { Config } from '#node/config'
import { signersIn } from '#node/store'
import { type Service, type Unserved, unservedOf, whoIs } from '#node/unserved'
import { commandLine } from '../command-line.ts'
import { failureOf } from '../errors.ts'
import type { Check } from './check.ts'
import { nodesAddress } from './nodes-address.ts'

/**
 * Of each jury of the configuration whether the node would vote for every account that counts on it: its own, those of juror.for, and keys
 * that have signed observations or reports with this data_dir before. Throws for what this user may not look at.
 */
export async function juryChecks(chain: Chain, config: Config): Promise<Check[]> {
  const { juror, roles, key, dataDir } = config
  const account = nodesAddress(key)
  if (juror.juries.length === 0 || !roles.includes('juror') || account === undefined) return []
  const before = (await signersIn(dataDir)).filter((one) => one !== account && !juror.principals.includes(one))
  const counting = { account, principals: juror.principals, before }
  const looks = await Promise.all(juror.juries.map((jury) => lookAt(chain, jury, counting)))
  const seen = new Map(looks.flatMap((look) => ('others' in look ? [[look.jury, look.others] as const] : [])))
  const unserved = unservedOf(seen, seen.size === looks.length)
  return looks.flatMap((look) => ('others' in look ? checksOf(look, unserved, counting) : [look]))
}

/** Who counts on a node: its account, those that it has in juror.for, and the keys that were its own before. */
type Counting = {
  readonly account: Address
  readonly principals: readonly Address[]
  readonly before: readonly Address[]
}

/** How an account stands in a jury, and with how many stakes. */
type Staker = Service & { readonly stakes: number }

type Look = { readonly jury: Address; readonly own: number; readonly others: readonly Staker[] }

/** How everybody stands in a jury, or why that is not known. */
async function lookAt(chain: Chain, jury: Address, { account, principals, before }: Counting): Promise<Look | Check> {
  const kinds = [
    ...principals.map((juror) => ({ juror, kind: 'principal' }) as const),
    ...before.map((juror) => ({ juror, kind: 'key' }) as const),
  ]
  try {
    const { number } = await latestBlock(chain)
    const pool = (await Promise.all([readPool(chain, jury, number), readReturned(chain, jury, number)])).flat()
    const standingOf = async (juror: Address) => {
      const { newcomers, voter } = await readStanding(chain, jury, juror)
      return { voter, stakes: newcomers + pool.filter((one) => one === juror).length }
    }
    const others = kinds.map(async (one) => {
      const { voter, stakes } = await standingOf(one.juror)
      return { ...one, names: whoIs(voter, account), hasStake: stakes > 0, stakes }
    })
    return { jury, own: (await standingOf(account)).stakes, others: await Promise.all(others) }
  } catch (error) {
    return unseenCheck(jury, error)
  }
}

function unseenCheck(jury: Address, error: unknown): Check {
  const fix =
    error instanceof DeadRpcError
      ? `Start the endpoint ${hostOf(error.rpcUrl)}, or name another in rpc_url, and run it again.`
      : 'Correct juror.juries in the configuration.'
  return { what: `jury ${jury}`, state: 'bad', found: failureOf(error).message, fix }
}

function checksOf({ jury, own, others }: Look, unserved: readonly Unserved[], counting: Counting): Check[] {
  const { account, principals } = counting
  const here = unserved.filter((one) => one.jury === jury)
  const rest = principals.length === 0 ? '' : ', and no stakes of juror.for lack a voter'
  if (here.length === 0) {
    const found = `${own} stakes of this key${rest}; former keys that have only voted in juries are known to the running node alone`
    return [{ what: `jury ${jury}`, state: 'ok', found }]
  }
  return here.flatMap((one) => {
    const staker = others.find(({ juror }) => juror === one.juror)
    if (staker === undefined) return []
    return [one.kind === 'key' ? formerCheck(one, staker, account) : unnamedCheck(one, staker, account)]
  })
}

function unnamedCheck({ jury, juror, isElsewhere }: Unserved, { stakes }: Staker, account: Address): Check {
  const found = `${juror} of juror.for, with ${stakes} stakes, does not name this key its voter: it is not voted for by this node`
  const own = commandLine('assize', 'jury', 'voter', juror)
  const or = isElsewhere ? `Where it votes itself: ${own}.` : 'Or take it from juror.for.'
  const fix = `With its key: ${commandLine('assize', 'jury', 'voter', account)}. ${or}`
  return { what: `jury ${jury}`, state: stakes > 0 ? 'bad' : 'warn', found, fix }
}

function formerCheck({ jury, juror }: Unserved, { stakes }: Staker, account: Address): Check {
  const found = `${stakes} stakes of ${juror}, which was the key here before: it is not voted for by this node`
  const voter = commandLine('assize', 'jury', 'voter', account)
  const own = commandLine('assize', 'jury', 'voter', juror)
  const fix =
    `With that key: assize jury leave, then assize jury claim. Or: ${voter}, and add it to juror.for. ` +
    `Where it votes itself, as in another node: ${own}.`
  return { what: `jury ${jury}`, state: 'bad', found, fix }
}
