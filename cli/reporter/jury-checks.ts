import type { Address } from 'viem'
import { type Chain, latestBlock } from '#client/chain.ts'
import { readStanding } from '#client/juror.ts'
import { readPool, readReturned } from '#client/jury.ts'
import type { Config } from '#node/config'
import { signersIn } from '#node/store'
import { commandLine } from '../command-line.ts'
import { failureOf } from '../errors.ts'
import type { Check } from './check.ts'
import { nodesAddress } from './nodes-address.ts'

/**
 * Of each jury of the configuration whether the node would vote for every account that counts on it: its own, those of juror.for, and keys
 * that have signed with this data_dir before. Throws for what this user may not look at.
 */
export async function juryChecks(chain: Chain, config: Config): Promise<Check[]> {
  const { juror, roles, key, dataDir } = config
  const account = nodesAddress(key)
  if (juror.juries.length === 0 || !roles.includes('juror') || account === undefined) return []
  const before = (await signersIn(dataDir)).filter((one) => one !== account && !juror.principals.includes(one))
  const counting = { account, principals: juror.principals, before }
  const found = await Promise.all(juror.juries.map((jury) => checksOf(chain, jury, counting)))
  return found.flat()
}

/** Who counts on a node: its account, those that it has in juror.for, and the keys that were its own before. */
type Counting = {
  readonly account: Address
  readonly principals: readonly Address[]
  readonly before: readonly Address[]
}

async function checksOf(chain: Chain, jury: Address, { account, principals, before }: Counting): Promise<Check[]> {
  const what = `jury ${jury}`
  try {
    const stakesOf = await countStakes(chain, jury)
    const own = await stakesOf(account)
    const unserved: Check[] = []
    for (const juror of principals) {
      const { voter } = await readStanding(chain, jury, juror)
      if (voter !== account) unserved.push(unnamedCheck(what, { juror, account, stakes: await stakesOf(juror) }))
    }
    for (const juror of before) {
      const stakes = await stakesOf(juror)
      if (stakes > 0) unserved.push(formerCheck(what, { juror, account, stakes }))
    }
    const rest = principals.length === 0 ? '' : ', and all of juror.for name it'
    return unserved.length === 0 ? [{ what, state: 'ok', found: `${own} stakes of this key${rest}` }] : unserved
  } catch (error) {
    return [{ what, state: 'bad', found: failureOf(error).message, fix: 'Correct juror.juries in the configuration.' }]
  }
}

/** How many stakes of a juror are in the pool, about to be back in it, or to come. */
async function countStakes(chain: Chain, jury: Address): Promise<(juror: Address) => Promise<number>> {
  const { number } = await latestBlock(chain)
  const lists = await Promise.all([readPool(chain, jury, number), readReturned(chain, jury, number)])
  const all = lists.flat()
  return async (juror) => {
    const { newcomers } = await readStanding(chain, jury, juror)
    return newcomers + all.filter((one) => one === juror).length
  }
}

type Found = { readonly juror: Address; readonly account: Address; readonly stakes: number }

function unnamedCheck(what: string, { juror, account, stakes }: Found): Check {
  const found = `${juror} of juror.for, with ${stakes} stakes, does not name this key its voter: nobody votes for its seats`
  const fix = `With its key: ${commandLine('assize', 'jury', 'voter', account)}. Or take it from juror.for.`
  return { what, state: stakes > 0 ? 'bad' : 'warn', found, fix }
}

function formerCheck(what: string, { juror, account, stakes }: Found): Check {
  const found = `${stakes} stakes of ${juror}, which was the key here before: nobody votes for its seats`
  const voter = commandLine('assize', 'jury', 'voter', account)
  const fix = `With that key: assize jury leave, then assize jury claim. Or: ${voter}, and add it to juror.for.`
  return { what, state: 'bad', found, fix }
}
